"""Whether a password is good enough: long, not one of the common ones, not about the clinic; no composition rules.

NIST SP 800-63B-4 §3.1.1.2: a minimum length, a blocklist, and no demand for kinds of characters. The list of common
passwords is `resources/passwords/common.txt`; beside it repeats, keyboard and number runs, and the names of clinic and
person are refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from photodesk.errors import Fixable

MINIMUM_CHARACTERS = 10
LONG_CHARACTERS = 16
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm",
    "qwertzuiopü", "asdfghjklöä", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn",
    "1q2w3e4r5t6z7u8i9o0p", "1q2w3e4r5t6y7u8i9o0p",
)  # fmt: skip
_PLAIN = str.maketrans("@4031!$57", "aaoeliSsT".lower())


class Strength(StrEnum):
    """How a password is shown while it is typed. Only `WEAK` is refused."""

    WEAK = "weak"
    GOOD = "good"
    STRONG = "strong"


@dataclass(frozen=True)
class Judgement:
    """`reason` is a sentence for a weak password, "" otherwise."""

    strength: Strength
    reason: str = ""


def judge(password: str, names: Iterable[str] = ()) -> Judgement:
    """How good a password is. `names` are clinic, person and workstation, which it must not be made of."""
    text = unicodedata.normalize("NFKC", password)
    folded = text.casefold()
    if len(text) < MINIMUM_CHARACTERS:
        return Judgement(Strength.WEAK, f"It needs at least {MINIMUM_CHARACTERS} characters; a few words are easiest.")
    if _is_common(folded):
        return Judgement(Strength.WEAK, "It is one of the passwords that are tried first.")
    if _is_repeat(folded) or _is_run(folded):
        return Judgement(Strength.WEAK, "It repeats itself or follows the keyboard.")
    if any(_made_of(folded, name.casefold()) for name in names):
        return Judgement(Strength.WEAK, "It is made of the clinic's or the person's name.")
    return Judgement(Strength.STRONG if len(text) >= LONG_CHARACTERS else Strength.GOOD)


def require_good(password: str, names: Iterable[str] = ()) -> None:
    """Fixable `password_weak`, with the reason."""
    judgement = judge(password, names)
    if judgement.strength is Strength.WEAK:
        raise Fixable("password_weak", "The new password is too weak.", judgement.reason)


def common_passwords_file() -> Path:
    """Where the blocklist lies: beside the package, as in the repository."""
    return Path(__file__).resolve().parents[2] / "resources" / "passwords" / "common.txt"


@cache
def _common() -> frozenset[str]:
    lines = common_passwords_file().read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _is_common(folded: str) -> bool:
    trimmed = folded.strip(" 0123456789!?.,;:-_*#+$%&()")
    forms = {folded, folded.replace(" ", ""), trimmed, trimmed.translate(_PLAIN), folded.translate(_PLAIN)}
    joined = folded.replace(" ", "")
    half = joined[: len(joined) // 2]
    halves = {half} if half * 2 == joined else set()
    return bool((forms | halves) & _common())


def _is_repeat(folded: str) -> bool:
    """A piece of up to a third of the length, over and over; or fewer than five different characters."""
    if len(set(folded)) < 5:
        return True
    return any(
        (folded[:size] * (len(folded) // size + 1)).startswith(folded) for size in range(1, len(folded) // 3 + 1)
    )


def _is_run(folded: str) -> bool:
    """Runs of four and more along alphabet, digits or keyboard cover most of it."""
    covered = at = 0
    while at < len(folded):
        length = max(_run_length(folded[at:], line) for row in _RUNS for line in (row, row[::-1]))
        if length >= 4:
            covered += length
        at += max(length if length >= 4 else 1, 1)
    return covered * 4 > len(folded) * 3 - 1


def _run_length(text: str, line: str) -> int:
    start, length = line.find(text[0]), 0
    while start >= 0 and length < len(text) and start + length < len(line) and text[length] == line[start + length]:
        length += 1
    return length


def _made_of(folded: str, name: str) -> bool:
    """Without the name, its words, digits and signs, hardly anything is left."""
    rest = folded
    for word in sorted({name, name.replace(" ", ""), *name.split()}, key=len, reverse=True):
        if len(word) >= 3:
            rest = rest.replace(word, "")
    left = "".join(character for character in rest if character.isalpha())
    return rest != folded and len(left) < 4
