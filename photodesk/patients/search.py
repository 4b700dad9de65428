"""What a person types to find a patient, made comparable.

Diacritics and case are folded (`Müller` = `muller` = `mueller` is not assumed; ß folds to ss), words match
the start of any name in any order, digits also match record numbers, and anything that reads as a date in a usual
notation is a birth date.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january", "januar", "janvier"),
            ("feb", "february", "februar"),
            ("mar", "march", "marz", "mars"),
            ("apr", "april", "avril"),
            ("may", "mai"),
            ("jun", "june", "juni", "juin"),
            ("jul", "july", "juli"),
            ("aug", "august", "aout"),
            ("sep", "sept", "september"),
            ("oct", "october", "okt", "oktober"),
            ("nov", "november"),
            ("dec", "december", "dez", "dezember"),
        ),
        start=1,
    )
    for name in names
}
_NUMERIC = re.compile(r"^(\d{1,4})[./\-](\d{1,2})[./\-](\d{1,4})$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$|^(\d{2})(\d{2})(\d{4})$")
_WORDED = re.compile(r"^(?:(\d{1,2})[. ]+([^\W\d]+)[., ]+(\d{4})|([^\W\d]+)[. ]+(\d{1,2})[., ]+(\d{4}))$")


@dataclass(frozen=True)
class Query:
    """A parsed search: every one of `words` must match; `births` are the dates the text may mean (any matches)."""

    words: tuple[str, ...]
    births: tuple[date, ...]


def fold(text: str) -> str:
    """Case, diacritics and width folded; punctuation to spaces: `Ångström-Łuk` → `angstrom luk`."""
    lowered = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    plain = "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def parse_query(text: str) -> Query:
    """Words to match and the birth dates the text may stand for."""
    return Query(words=tuple(fold(text).split()), births=_births(text.strip()))


def _births(text: str) -> tuple[date, ...]:
    found: list[date] = []
    if match := _NUMERIC.match(text):
        first, second, third = match.groups()
        if len(first) == 4:
            _add(found, first, second, third)
        elif len(third) == 4 or len(third) == 2:
            for full_year in _years(third):
                _add(found, full_year, second, first)
                _add(found, full_year, first, second)
    elif match := _COMPACT.match(text):
        a, b, c, d, e, f = match.groups()
        if a:
            _add(found, a, b, c)
            _add(found, text[4:], text[2:4], text[:2])
        else:
            _add(found, f, e, d)
            _add(found, f, d, e)
    elif match := _WORDED.match(text):
        day, month, year, month2, day2, year2 = match.groups()
        number = _MONTHS.get(fold(month or month2))
        if number:
            _add(found, year or year2, number, day or day2)
    return tuple(dict.fromkeys(found))


def _years(text: str) -> tuple[int, ...]:
    return (int(text),) if len(text) == 4 else (1900 + int(text), 2000 + int(text))


def _add(found: list[date], year: str | int, month: str | int, day: str | int) -> None:
    try:
        found.append(date(int(year), int(month), int(day)))
    except ValueError:
        return  # not a calendar date: the text may still be a name or number
