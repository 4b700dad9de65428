"""The recovery code: 256 random bits on paper, and the sealing identity and signing key that grow out of them.

Written in Crockford's base32 (no I, L, O, U) as 13 groups of four and a last group `*` + check symbol:
`7K3M-9QXT-…-*4`. 52 characters hold 260 bits: the 256 of the code and 4 of its SHA-256, so that every character looks
random and typing errors are found twice. The check symbol is Crockford's, the number modulo 37.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from photodesk.crypto import KemPrivateKey, SigningKey, derive, label, sha256
from photodesk.errors import Fixable

GROUPS = 13
SIGNING_POLICY = "recovery-signing"
SIGNING_BYTES = 32
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECK = _ALPHABET + "*~$=U"
_LOOKALIKES = str.maketrans("OIL", "011")
_CHARACTERS = 4 * GROUPS


def new_code(random: Callable[[int], bytes] = os.urandom) -> str:
    """A new code, 68 characters with its hyphens."""
    return _written(random(32))


def groups(code: str) -> tuple[str, ...]:
    """The 14 groups as shown; the last is `*` and the check symbol."""
    return tuple(_written(entropy(code)).split("-"))


def asked_groups(random: Callable[[int], bytes] = os.urandom) -> tuple[int, int]:
    """Two different group numbers (1 to 13, rising) for set-up to ask for."""
    first = int.from_bytes(random(8), "little") % GROUPS
    second = (first + 1 + int.from_bytes(random(8), "little") % (GROUPS - 1)) % GROUPS
    low, high = sorted((first, second))
    return low + 1, high + 1


def group_matches(code: str, number: int, typed: str) -> bool:
    """Whether what was typed is group `number` (1 to 13); case, spaces and look-alike letters do not matter."""
    return _plain(typed).translate(_LOOKALIKES) == groups(code)[number - 1]


def identity(code: str) -> KemPrivateKey:
    """The recovery identity's private key. Fixable `recovery_code_wrong` where the code was mistyped."""
    return KemPrivateKey(derive(entropy(code), b"", label("recovery-identity"), 96))


def signing_key(code: str) -> SigningKey:
    """What proves in the membership log that the code was at hand; its public half stands there as a policy."""
    return SigningKey(derive(entropy(code), b"", label("recovery-signing")))


def entropy(code: str) -> bytes:
    """The 32 bytes behind a code as typed. Fixable `recovery_code_wrong`."""
    plain = _plain(code)
    characters, check = plain[:_CHARACTERS].translate(_LOOKALIKES), plain[_CHARACTERS:]
    if len(check) == 2 and check[0] == "*":
        check = check[1]
    if len(characters) != _CHARACTERS or len(check) != 1 or any(c not in _ALPHABET for c in characters):
        raise _wrong()
    number = 0
    for character in characters:
        number = number << 5 | _ALPHABET.index(character)
    found = (number >> 4).to_bytes(32, "big")
    if _CHECK[number % 37] != check.translate(_LOOKALIKES) or number & 15 != _rest(found):
        raise _wrong()
    return found


def _written(secret: bytes) -> str:
    number = int.from_bytes(secret, "big") << 4 | _rest(secret)
    characters = "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_CHARACTERS)))
    shown = [characters[start : start + 4] for start in range(0, _CHARACTERS, 4)]
    return "-".join([*shown, "*" + _CHECK[number % 37]])


def _rest(secret: bytes) -> int:
    """The 4 bits that fill the last character."""
    return sha256(label("recovery-code"), secret)[0] >> 4


def _plain(typed: str) -> str:
    return "".join(typed.upper().replace("-", "").split())


def _wrong() -> Fixable:
    return Fixable(
        "recovery_code_wrong",
        "The recovery code is not complete or is mistyped somewhere.",
        "Compare it with the paper group by group; it has 13 groups of four and a check sign.",
    )
