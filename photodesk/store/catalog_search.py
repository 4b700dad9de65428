"""Finding patients while a person types: record number, names in any order, diacritics folded, birth date.

`name_word` holds one row for every folded word of a patient, ordered by kind (how the family name begins, its other
words, given names, record number) and word, with all words of that patient beside it. A search walks the narrowest
word's range in that order and looks at the words beside it, so it reads one short stretch of the file whatever the
number of patients.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from photodesk.patients import Patient, fold, parse_query

FAMILY, FAMILY_MORE, GIVEN, MRN = range(4)
_KINDS = (FAMILY, FAMILY_MORE, GIVEN, MRN)
_COUNT_TO = 4000
NO_MAINS: Mapping[int, int] = MappingProxyType({})
_DATE_LIKE = re.compile(r"^\d{1,4}[./\-]\d{1,2}[./\-]\d{1,4}$")


def index_patient(connection: Any, patient: Patient) -> None:
    """Write the words of a patient; those of the earlier names must have been removed."""
    number = connection.execute("SELECT number FROM patient WHERE patient_id = ?", (patient.patient_id,)).fetchone()[0]
    line = "".join(f" {word}" for _, word in _words(patient))
    connection.executemany(
        "INSERT OR IGNORE INTO name_word VALUES (?, ?, ?, ?)",
        [(kind, word, number, line) for kind, word in _words(patient)],
    )
    sort_key = f"{fold(patient.family)} {fold(patient.given)}"
    connection.execute("UPDATE patient SET sort_key = ? WHERE number = ?", (sort_key, number))


def remove_patient(connection: Any, patient: Patient) -> None:
    """Remove the words of a patient."""
    number = connection.execute("SELECT number FROM patient WHERE patient_id = ?", (patient.patient_id,)).fetchone()[0]
    connection.executemany(
        "DELETE FROM name_word WHERE kind = ? AND word = ? AND number = ?",
        [(kind, word, number) for kind, word in _words(patient)],
    )


def find(connection: Any, text: str, limit: int, mains: Mapping[int, int] = NO_MAINS) -> list[int]:
    """Numbers of at most `limit` matching patients: by birth date, then family, given names and record number.

    `mains`: by the number of an entry that was merged, that of its person's main one, which is found in its place.
    """
    query = parse_query(text)
    words, births = query.words, query.births
    found: dict[int, None] = {}
    if not words:
        statement = "SELECT number FROM patient WHERE NOT hidden ORDER BY sort_key"
        shown = (row[0] for row in connection.execute(statement))
        _take(found, (number for number in shown if number not in mains), limit, NO_MAINS)
        return list(found)
    if births:
        _take(found, _born(connection, [day.isoformat() for day in births], ()), limit, mains)
    else:
        rest, days = _split_dates(text)
        if days:
            _take(found, _born(connection, days, rest), limit, mains)
    _take(found, _named(connection, words), limit, mains)
    return list(found)


def _words(patient: Patient) -> list[tuple[int, str]]:
    mrn = fold(patient.mrn).split()
    family = fold(patient.family).split()
    words = [(FAMILY_MORE if place else FAMILY, word) for place, word in enumerate(family)]
    words += [(GIVEN, word) for word in fold(patient.given).split()]
    words += [(MRN, word) for word in dict.fromkeys([*mrn, "".join(mrn), *(word.lstrip("0") for word in mrn)]) if word]
    return words


def _split_dates(text: str) -> tuple[tuple[str, ...], list[str]]:
    """`muller 12.5.1980` → words without the dates in them, and the days those may mean."""
    plain: list[str] = []
    days: list[str] = []
    for piece in text.split():
        births = parse_query(piece).births if _DATE_LIKE.match(piece) else ()
        if births:
            days += [day.isoformat() for day in births]
        else:
            plain.append(piece)
    return tuple(fold(" ".join(plain)).split()), days


def _take(found: dict[int, None], numbers: Iterator[int], limit: int, mains: Mapping[int, int]) -> None:
    for number in numbers:
        if len(found) >= limit:
            return
        found[mains.get(number, number)] = None


def _born(connection: Any, days: list[str], words: tuple[str, ...]) -> Iterator[int]:
    for day in days:
        statement = "SELECT number, sort_key, mrn FROM patient WHERE birth = ? AND NOT hidden ORDER BY sort_key"
        rows = connection.execute(statement, (day,))
        for number, sort_key, mrn in rows.fetchall():
            if all(f" {word}" in f" {sort_key} {fold(mrn)}" for word in words):
                yield number


def _named(connection: Any, words: tuple[str, ...]) -> Iterator[int]:
    distinct = _without_prefixes(words)
    driver = min(distinct, key=lambda word: _width(connection, word)) if len(distinct) > 1 else distinct[0]
    others = [word for word in distinct if word != driver]
    condition = "".join(" AND instr(line, ?)" for _ in others)
    statement = (
        "SELECT number FROM name_word WHERE kind = ? AND word >= ? AND word < ?"  # noqa: S608
        f"{condition} ORDER BY word, number"
    )
    for kind in _KINDS:
        values = (kind, driver, driver + "\U0010ffff", *(f" {word}" for word in others))
        yield from (row[0] for row in connection.execute(statement, values))


def _without_prefixes(words: tuple[str, ...]) -> list[str]:
    """Longest first, repeated words once."""
    return sorted(dict.fromkeys(words), key=len, reverse=True)


def _width(connection: Any, word: str) -> int:
    """How many rows start with a word, counted to a few thousand."""
    total = 0
    for kind in _KINDS:
        row = connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM name_word WHERE kind = ? AND word >= ? AND word < ? LIMIT ?)",
            (kind, word, word + "\U0010ffff", _COUNT_TO),
        ).fetchone()
        total += int(row[0])
    return total
