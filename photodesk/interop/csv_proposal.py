"""What a table's file may mean, for a person to confirm: character set, separator, order of dates, columns.

A proposal only: nothing is read into the catalog by it. A date order that the file itself does not prove is left open.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from photodesk.interop.csv_table import TableRow, decoded, rows_of
from photodesk.interop.texts import MAX_BYTES, moment_of, tidy
from photodesk.patients import fold
from photodesk.visits.worklist_source import Column, DateOrder, TableFormat

SAMPLE_BYTES, SAMPLE_ROWS = 256 * 1024, 200
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = (
    ("utf-8", "Unicode (UTF-8)"),
    ("utf-16", "Unicode (UTF-16)"),
    ("cp1252", "Western Europe (Windows-1252)"),
    ("iso8859-15", "Western Europe (ISO 8859-15)"),
    ("cp1250", "Central Europe (Windows-1250)"),
    ("cp1251", "Cyrillic (Windows-1251)"),
    ("cp1253", "Greek (Windows-1253)"),
    ("cp1254", "Turkish (Windows-1254)"),
    ("cp437", "DOS (437)"),
    ("cp850", "DOS, Western Europe (850)"),
    ("cp932", "Japanese (Shift JIS)"),
    ("gb18030", "Chinese (GB 18030)"),
    ("big5", "Chinese (Big5)"),
    ("cp949", "Korean (KS X 1001)"),
)
_HEADINGS: tuple[tuple[Column, tuple[str, ...]], ...] = (
    (Column.MRN, ("record number", "record no", "record", "mrn", "patient id", "patientid", "pid")),
    (Column.MRN, ("patient number", "chart no")),
    (Column.MRN, ("patientennummer", "patientennr", "pat nr", "patnr", "patient nr", "fallakte", "numero patient")),
    (Column.FAMILY, ("family", "family name", "last name", "lastname", "surname", "nachname", "familienname", "nom")),
    (Column.GIVEN, ("given", "given name", "given names", "first name", "firstname", "forename", "vorname", "prenom")),
    (Column.NAME, ("name", "patient name", "patient", "patientname")),
    (Column.BIRTH, ("birth", "birth date", "birthdate", "date of birth", "dob", "geburtsdatum", "geb", "ddn")),
    (Column.SEX, ("sex", "gender", "geschlecht", "sexe")),
    (Column.MOMENT, ("date time", "datetime", "appointment", "start", "begin", "beginn", "starts at", "termin")),
    (Column.DAY, ("date", "day", "visit date", "appointment date", "datum", "tag", "jour")),
    (Column.AT, ("time", "visit time", "appointment time", "start time", "uhrzeit", "zeit", "heure", "hour")),
    (Column.ROOM, ("room", "location", "raum", "zimmer", "salle")),
    (Column.CLINICIAN, ("clinician", "doctor", "physician", "provider", "arzt", "behandler", "medecin", "resource")),
    (Column.STATUS, ("status", "state", "zustand", "statut")),
    (Column.KEY, ("visit number", "visit no", "visit id", "appointment id", "appointment number", "terminnummer")),
    (Column.KEY, ("accession number", "accession", "case number", "id", "nr", "no")),
)


@dataclass(frozen=True)
class Proposal:
    """A format to confirm. `date_orders` are those the file allows: more than one has to be asked.

    `headings` and `rows` show the file's first rows as the proposed format cuts them.
    """

    table: TableFormat
    date_orders: tuple[DateOrder, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def proposed(data: bytes) -> Proposal:
    """A proposal for these bytes, whatever they are."""
    data = data[:MAX_BYTES]
    return preview(data, TableFormat(encoding=_encoding(data), delimiter=""), guess_columns=True)


def preview(data: bytes, form: TableFormat, *, guess_columns: bool = False) -> Proposal:
    """The file as `form` cuts it; an empty delimiter is proposed, and columns where asked."""
    text = _sample(data, form.encoding)
    delimiter = form.delimiter or _delimiter(text)
    rows = [row for row in itertools.islice(rows_of(text, delimiter), SAMPLE_ROWS) if isinstance(row, TableRow)]
    cells = [tuple(tidy(cell) for cell in row.cells) for row in rows]
    headed = form.headings if not guess_columns else bool(cells) and _is_heading(cells[0])
    headings, body = (cells[0], cells[1:]) if headed and cells else (_numbers(cells), cells)
    columns = _columns(headings, body) if guess_columns else form.columns
    places = [headings.index(name) for name in columns.values() if name in headings]
    wanted = [place for column, name in columns.items() if column in _DATES for place in [_place(name, headings)]]
    orders = _orders(row[place] for row in body for place in wanted if 0 <= place < len(row)) if places else ()
    dates = orders[0] if guess_columns and orders else form.dates
    made = TableFormat(form.encoding, delimiter, dates, headed, columns)
    return Proposal(made, orders, headings, tuple(body))


_DATES = (Column.DAY, Column.MOMENT, Column.BIRTH)


def _sample(data: bytes, encoding: str) -> str:
    """The beginning as text; a character cut in two at its end does not matter."""
    head = data[:SAMPLE_BYTES]
    for cut in range(4 if len(data) > SAMPLE_BYTES else 1):
        text = decoded(head[: len(head) - cut], encoding)
        if text is not None:
            return text
    return decoded(head, "latin-1") or ""


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252" if decoded(data, "cp1252") is not None else "iso8859-15"
    return "utf-8"


def _delimiter(text: str) -> str:
    """The character that cuts most lines into the same number of more than one column."""
    lines = [line for line in text.splitlines()[:50] if line.strip()]

    def agreement(delimiter: str) -> tuple[int, int]:
        counts = Counter(line.count(delimiter) for line in lines)
        cuts, how_many = max(counts.items(), key=lambda item: (item[0] > 0, item[1]), default=(0, 0))
        return (how_many if cuts else 0, cuts)

    return max(DELIMITERS, key=agreement)


def _is_heading(cells: tuple[str, ...]) -> bool:
    """The first row names columns: it holds no number and no date, and something."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and not any(char.isdigit() for cell in filled for char in cell)


def _numbers(cells: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(str(place + 1) for place in range(max(map(len, cells), default=0)))


def _place(name: str, headings: tuple[str, ...]) -> int:
    return headings.index(name) if name in headings else -1


def _columns(headings: tuple[str, ...], body: list[tuple[str, ...]]) -> dict[Column, str]:
    found: dict[Column, str] = {}
    folded = {fold(name): name for name in reversed(headings) if fold(name)}
    taken: set[str] = set()
    for column, words in _HEADINGS:
        match = next((folded[word] for word in words if word in folded and folded[word] not in taken), "")
        if match and column not in found and not (column is Column.NAME and Column.FAMILY in found):
            found[column] = match
            taken.add(match)
    if Column.DAY in found and Column.MOMENT not in found and Column.AT not in found:
        place = headings.index(found[Column.DAY])
        texts = [row[place] for row in body if place < len(row) and row[place]]
        if texts and all(" " in text or "T" in text for text in texts):
            found[Column.MOMENT] = found.pop(Column.DAY)
    return found


def _orders(texts: Iterable[str]) -> tuple[DateOrder, ...]:
    """Orders that read most of the texts as dates, more than one where the file proves none; () without dates."""
    filled = [text for text in texts if text]
    reads = {order: sum(1 for text in filled if moment_of(text, order)[0]) for order in DateOrder}
    most = max(reads.values())
    fitting = tuple(order for order, count in reads.items() if count == most > 0)
    return (DateOrder.YEAR_FIRST,) if DateOrder.YEAR_FIRST in fitting else fitting


__all__ = ["DELIMITERS", "ENCODINGS", "Proposal", "preview", "proposed"]
