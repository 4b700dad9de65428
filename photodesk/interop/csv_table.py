"""A table of visits as another system exports it, as rows and plain words.

`csv_proposal` looks at a file and suggests; a person confirms (`TableFormat`), and from then on nothing is guessed.
RFC 4180 quoting; a quoted text may run over lines, at most 20. A quotation mark left open costs its line only.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time

from photodesk.errors import Fixable
from photodesk.interop.texts import (
    MAX_BYTES,
    MAX_LINE_BYTES,
    MAX_ROWS,
    day_of,
    moment_of,
    sex_of,
    status_of,
    tidy,
    time_of,
    usable,
)
from photodesk.visits.worklist import MAX_FIELD, Read, RowProblem, WorklistRow
from photodesk.visits.worklist_source import Column, TableFormat

MAX_COLUMNS, LINES_OF_A_ROW = 200, 20
_BY_HAND = "Add it in the other system, or add the visit by hand."
_SPLIT = "Ask the other system to write a day or a week at a time."
NO_TEXT = "The file cannot be read as text in this character set."
WORDS = {
    Column.MRN: "record number",
    Column.FAMILY: "family name",
    Column.GIVEN: "given name",
    Column.NAME: "name",
    Column.BIRTH: "birth date",
    Column.SEX: "sex",
    Column.DAY: "date of the visit",
    Column.AT: "time of the visit",
    Column.MOMENT: "date and time of the visit",
    Column.ROOM: "room",
    Column.CLINICIAN: "clinician",
    Column.STATUS: "status",
    Column.KEY: "visit number",
}


@dataclass(frozen=True)
class TableRow:
    """One row as it stands: the line it begins in, from 1, its cells, and its bytes' SHA-256."""

    place: int
    cells: tuple[str, ...]
    print_of: bytes


def decoded(data: bytes, encoding: str) -> str | None:
    """The text without its byte order mark, or None where it is not text in this encoding."""
    try:
        text = data.decode(codecs.lookup(encoding).name)
    except (LookupError, UnicodeError):
        return None
    return text.removeprefix("\ufeff")


def rows_of(text: str, delimiter: str) -> Iterator[TableRow | RowProblem]:
    """Rows and the lines that are none; empty lines are left out."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    at, count = 0, 0
    while at < len(lines):
        line, place = lines[at], at + 1
        if not line.strip():
            at += 1
            continue
        count += 1
        if count > MAX_ROWS + 1:
            yield RowProblem(place, "too_many_rows", f"The file has more than {MAX_ROWS:,} rows.", _SPLIT)
            return
        row, used = _row(lines, at, delimiter)
        at += used
        yield row


def _row(lines: list[str], at: int, delimiter: str) -> tuple[TableRow | RowProblem, int]:
    line, place = lines[at], at + 1
    print_of = hashlib.sha256(line.encode("utf-8", "surrogatepass")).digest()
    if len(line) > MAX_LINE_BYTES:
        what = f"The line is longer than {MAX_LINE_BYTES // 1024} kB."
        return RowProblem(place, "line_too_long", what, "Correct the file; the other lines were read.", print_of), 1
    reader = csv.reader(_short(lines, at), delimiter=delimiter, strict=True)
    try:
        cells = next(reader)
    except (csv.Error, StopIteration):
        what = "A quotation mark in the line does not close."
        return RowProblem(place, "quote_open", what, "Correct the file; the other lines were read.", print_of), 1
    if len(cells) > MAX_COLUMNS:
        what = f"The line has more than {MAX_COLUMNS} columns."
        return RowProblem(place, "too_many_columns", what, "Check which character separates columns.", print_of), 1
    return TableRow(place, tuple(cells), print_of), reader.line_num


def _short(lines: list[str], at: int) -> Iterator[str]:
    for line in lines[at : at + LINES_OF_A_ROW]:
        if len(line) > MAX_LINE_BYTES:
            return
        yield line + "\n"


def read_table(data: bytes, form: TableFormat) -> Read:
    """Rows and problems of a file, by line. Never raises for what the bytes are."""
    if len(data) > MAX_BYTES:
        return (RowProblem(0, "file_too_large", f"The file is larger than {MAX_BYTES >> 20} MB.", _SPLIT),)
    text = decoded(data, form.encoding)
    if text is None:
        print_of = hashlib.sha256(data).digest()
        return (RowProblem(0, "not_text", NO_TEXT, "Choose another character set in the worklist's set-up.", print_of),)
    rows = rows_of(text, form.delimiter)
    head = next(rows, None) if form.headings else None
    if form.headings and not isinstance(head, TableRow):
        return (head,) if head is not None else ()
    places = column_places(form, head.cells if isinstance(head, TableRow) else ())
    if isinstance(places, str):
        what = f"There is no column \u201c{places}\u201d in the first line."
        return (RowProblem(1, "column_missing", what, "Set up the columns again; nothing of this file was used."),)
    return tuple(row if isinstance(row, RowProblem) else _visit(row, places, form) for row in rows)


def column_places(form: TableFormat, headings: tuple[str, ...]) -> dict[Column, int] | str:
    """Where each column stands, from 0; or the heading that is not there."""
    names = {tidy(name).casefold(): place for place, name in reversed(list(enumerate(headings)))}
    places = {}
    for column, name in form.columns.items():
        if form.headings and tidy(name).casefold() in names:
            places[column] = names[tidy(name).casefold()]
        elif name.isascii() and name.isdigit() and 0 < int(name[:6]) <= MAX_COLUMNS:
            places[column] = int(name) - 1
        else:
            return name
    return places


def _visit(row: TableRow, places: Mapping[Column, int], form: TableFormat) -> WorklistRow | RowProblem:
    try:
        return _visit_of(row.place, _cells(row, places), form)
    except Fixable as unusable:
        return RowProblem(row.place, unusable.code, unusable.message, unusable.remedy, row.print_of)


def _visit_of(place: int, cells: Mapping[Column, str], form: TableFormat) -> WorklistRow:
    if not cells[Column.MRN]:
        raise Fixable("mrn_missing", "The record number is missing.", _BY_HAND)
    day, at = _when(cells, form)
    birth = day_of(cells[Column.BIRTH], form.dates)
    _clear(birth, cells, Column.BIRTH)
    family, given = _names(cells)
    return WorklistRow(
        place,
        cells[Column.KEY],
        cells[Column.MRN],
        family,
        given,
        birth,
        sex_of(cells[Column.SEX]),
        day,
        at,
        cells[Column.ROOM],
        cells[Column.CLINICIAN],
        status_of(cells[Column.STATUS]),
    )


def _cells(row: TableRow, places: Mapping[Column, int]) -> Mapping[Column, str]:
    """Every column's text, "" where the table has none."""
    cells = dict.fromkeys(Column, "")
    for column, place in places.items():
        cells[column] = tidy(row.cells[place]) if place < len(row.cells) else ""
        if not usable(cells[column]):
            what = f"The {WORDS[column]} is longer than {MAX_FIELD} characters or holds characters that are no text."
            raise Fixable("text_unusable", what, "Correct it in the other system.")
    return cells


def _when(cells: Mapping[Column, str], form: TableFormat) -> tuple[date | None, time | None]:
    day, at = moment_of(cells[Column.MOMENT], form.dates)
    _clear(day, cells, Column.MOMENT)
    if cells[Column.DAY]:
        day = moment_of(cells[Column.DAY], form.dates)[0]
        _clear(day, cells, Column.DAY)
    if cells[Column.AT]:
        at = time_of(cells[Column.AT]) or moment_of(cells[Column.AT], form.dates)[1]
        _clear(at, cells, Column.AT)
    return day, at


def _clear(value: date | time | None, cells: Mapping[Column, str], column: Column) -> None:
    if value is None and cells[column]:
        remedy = "Check how dates are written in the worklist's set-up, or add the visit by hand."
        raise Fixable("date_unclear", f"The {WORDS[column]} cannot be read.", remedy)


def _names(cells: Mapping[Column, str]) -> tuple[str, str]:
    """Family and given name; one column of both is `Family, Given` or `Family^Given`."""
    whole = cells[Column.NAME]
    if cells[Column.FAMILY] or not whole:
        return cells[Column.FAMILY], cells[Column.GIVEN]
    mark = "," if "," in whole else "^"
    family, found, given = whole.partition(mark)
    if not found and not cells[Column.GIVEN]:
        what = "The name has no comma, so that family and given name cannot be told apart."
        raise Fixable("name_unclear", what, "Export both in columns of their own, or add the visit by hand.")
    return family.strip(), cells[Column.GIVEN] or given.replace("^", " ").strip()
