"""The set-up of the worklist as it stands in the dialog, and what is still missing. No widgets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from photodesk.desk.worklist_setup import check_columns, check_server
from photodesk.errors import Fixable
from photodesk.interop.csv_proposal import DELIMITERS, ENCODINGS, Proposal, preview, proposed
from photodesk.interop.csv_table import read_table
from photodesk.interop.drop_folder import SUFFIXES, data_of
from photodesk.visits.worklist import RowProblem
from photodesk.visits.worklist_source import (
    AfterReading,
    Column,
    DateOrder,
    SourceKind,
    WorklistSource,
)

KINDS = (
    (SourceKind.BY_HAND, "By hand"),
    (SourceKind.CSV, "CSV files"),
    (SourceKind.HL7, "HL7 files"),
    (SourceKind.DICOM, "DICOM worklist"),
)
AFTER = (
    (AfterReading.REMOVE, "Remove each file once all of it was read"),
    (AfterReading.LEAVE, "Leave the files; another system clears the folder"),
)
DATES = (
    (DateOrder.YEAR_FIRST, "2026-11-20 (year first)"),
    (DateOrder.DAY_FIRST, "20.11.2026 (day first)"),
    (DateOrder.MONTH_FIRST, "11/20/2026 (month first)"),
)
DELIMITER_WORDS = tuple(zip(DELIMITERS, ("Comma", "Semicolon", "Tab", "Bar"), strict=True))
ENCODING_WORDS = ENCODINGS
COLUMN_WORDS = (
    ("", "Not used"),
    (Column.MRN, "Record number"),
    (Column.FAMILY, "Family name"),
    (Column.GIVEN, "Given name"),
    (Column.NAME, "Family, given"),
    (Column.BIRTH, "Birth date"),
    (Column.SEX, "Sex"),
    (Column.DAY, "Visit date"),
    (Column.AT, "Visit time"),
    (Column.MOMENT, "Visit date and time"),
    (Column.ROOM, "Room"),
    (Column.CLINICIAN, "Clinician"),
    (Column.STATUS, "Status"),
    (Column.KEY, "Visit number"),
)
SHOWN_ROWS = 4


class SetupModel:
    """What was chosen so far. `after_chosen` and `dates_chosen`: nobody decides these for the person."""

    def __init__(self, source: WorklistSource) -> None:
        self.source = source
        files = source.kind in SUFFIXES
        self.after_chosen = files
        self.dates_chosen = source.kind is SourceKind.CSV
        self.proposal: Proposal | None = None
        self._data = b""

    def choose_kind(self, kind: SourceKind) -> None:
        """Another source."""
        self.source = replace(self.source, kind=kind)

    def choose_folder(self, folder: str) -> None:
        """The folder the other system writes into."""
        self.source = replace(self.source, folder=folder)

    def choose_after(self, after: AfterReading) -> None:
        """What becomes of files that were read."""
        self.source, self.after_chosen = replace(self.source, after_reading=after), True

    def take_sample(self, data: bytes) -> None:
        """A file to look at: its proposal, unless the set-up already reads it."""
        self._data = data
        kept = self.source.table
        known = bool(kept.columns) and any(not isinstance(row, RowProblem) for row in read_table(data, kept))
        if known:
            self.proposal = preview(data, kept)
            return
        self.proposal = proposed(data)
        self.dates_chosen = len(self.proposal.date_orders) == 1
        self.source = replace(self.source, table=self.proposal.table)

    def change_table(self, **changes: object) -> None:
        """Another character set, separator, date order or heading line; the sample is cut again."""
        self.dates_chosen = self.dates_chosen or "dates" in changes
        table = replace(self.source.table, **changes)  # type: ignore[arg-type]
        if {"encoding", "delimiter", "headings"} & set(changes):
            guessed = "headings" not in changes
            again = preview(self._data, replace(table, columns={}), guess_columns=guessed)
            table = replace(table, columns=again.table.columns)
        self.source = replace(self.source, table=table)
        self.proposal = preview(self._data, table) if self._data else None

    def meaning_of(self, heading: str) -> str:
        """What a column means, "" for nothing."""
        return next((column.value for column, name in self.source.table.columns.items() if name == heading), "")

    def choose_meaning(self, heading: str, meaning: str) -> None:
        """A column means this; what meant it before means nothing."""
        columns = {
            column: name
            for column, name in self.source.table.columns.items()
            if name != heading and column.value != meaning
        }
        if meaning:
            columns[Column(meaning)] = heading
        self.change_table(columns=columns)

    def change_messages(self, **changes: object) -> None:
        """Whose record number, and the character set where a message names none."""
        self.source = replace(self.source, messages=replace(self.source.messages, **changes))  # type: ignore[arg-type]

    def change_server(self, **changes: object) -> None:
        """Host, port, titles, TLS."""
        self.source = replace(self.source, server=replace(self.source.server, **changes))  # type: ignore[arg-type]

    @property
    def sample_words(self) -> str:
        """How many lines of the sample can be used: what a person confirms."""
        if self.proposal is None:
            return ""
        read = read_table(self._data, self.source.table)
        bad = [row for row in read if isinstance(row, RowProblem)]
        good = len(read) - len(bad)
        first = f" Line {bad[0].place}: {bad[0].message}" if bad else ""
        return f"{good:,} of {len(read):,} lines can be used.{first}"

    def missing(self) -> str:
        """What is still missing, in a sentence; "" when it can be kept. The desk checks once more."""
        source = self.source
        try:
            if source.kind in SUFFIXES:
                self._check_folder()
            if source.kind is SourceKind.CSV:
                if not source.table.columns:
                    return "Put a file of the other system into the folder, then look again, to name its columns."
                check_columns(source.table)
                if not self.dates_chosen:
                    return "Say how dates are written: the file can be read in two ways."
            if source.kind is SourceKind.DICOM:
                check_server(source.server)
        except Fixable as wrong:
            return f"{wrong.message} {wrong.remedy}"
        return ""

    def _check_folder(self) -> None:
        if not self.source.folder:
            raise Fixable("folder_missing", "No folder is chosen.", "Choose the folder the other system writes into.")
        if not self.after_chosen:
            raise Fixable("after_missing", "The files hold names.", "Say what becomes of them once they are read.")


def newest_sample(folder: str) -> bytes:
    """The bytes of the newest table in a folder, b"" where there is none. Not for the GUI thread."""
    try:
        files = [path for path in Path(folder).iterdir() if path.suffix.lower() in SUFFIXES[SourceKind.CSV]]
        newest = max((path for path in files if path.is_file()), key=lambda path: path.stat().st_mtime, default=None)
    except OSError:
        return b""
    return (data_of(newest) or b"") if newest is not None else b""
