"""Tables of visits: rows as they are meant, every line that cannot be used named by its number."""

from __future__ import annotations

from datetime import date, time

import pytest

from photodesk.interop.csv_proposal import preview, proposed
from photodesk.interop.csv_table import read_table
from photodesk.interop.texts import MAX_BYTES, MAX_ROWS, day_of, hl7_moment, moment_of, sex_of, status_of, time_of
from photodesk.visits.worklist import RowProblem, RowStatus, WorklistRow
from photodesk.visits.worklist_source import Column, DateOrder, TableFormat

ENGLISH = b"""Record number,Last name,First name,Date of birth,Sex,Date,Time,Room,Clinician,Status
000123,Test,Ada,1968-05-12,F,2026-11-20,09:10,Room 2,Dr. Sample,booked
000147,"Sample, Jr",Ben,1951-01-03,M,2026-11-20,0940,Room 1,,cancelled
"""
GERMAN = """Patientennummer;Nachname;Vorname;Geburtsdatum;Geschlecht;Termin;Raum
12;Müller;Jürgen;13.05.1968;m;20.11.2026 09:10;3
"""


def problems(read: tuple[WorklistRow | RowProblem, ...]) -> list[tuple[int, str]]:
    return [(one.place, one.code) for one in read if isinstance(one, RowProblem)]


def test_a_proposal_fits_an_english_export() -> None:
    proposal = proposed(ENGLISH)
    assert (proposal.table.delimiter, proposal.table.encoding, proposal.table.headings) == (",", "utf-8", True)
    assert proposal.date_orders == (DateOrder.YEAR_FIRST,)
    assert len(proposal.table.columns) == 10
    first, second = read_table(ENGLISH, proposal.table)
    assert first == WorklistRow(
        2,
        "",
        "000123",
        "Test",
        "Ada",
        date(1968, 5, 12),
        "female",
        date(2026, 11, 20),
        time(9, 10),
        "Room 2",
        "Dr. Sample",
    )
    assert isinstance(second, WorklistRow)
    assert (second.family, second.status, second.at) == ("Sample, Jr", RowStatus.CANCELLED, time(9, 40))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_proposal_fits_a_german_export_in_any_character_set(encoding: str) -> None:
    data = GERMAN.encode(encoding)
    proposal = proposed(data)
    assert (proposal.table.delimiter, proposal.table.dates) == (";", DateOrder.DAY_FIRST)
    (row,) = read_table(data, proposal.table)
    assert isinstance(row, WorklistRow)
    assert (row.family, row.given, row.birth, row.at) == ("Müller", "Jürgen", date(1968, 5, 13), time(9, 10))


def test_an_order_of_dates_that_the_file_does_not_prove_is_asked() -> None:
    proposal = proposed(b'MRN,Name,DOB,Date\n1,"Test, Ada",03/04/1968,05/06/2026\n')
    assert set(proposal.date_orders) == {DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST}


def test_a_table_without_headings_is_read_by_number() -> None:
    form = TableFormat(headings=False, columns={Column.MRN: "2", Column.FAMILY: "1", Column.DAY: "3"})
    (row,) = read_table(b"Test,17,2026-11-20\n", form)
    assert isinstance(row, WorklistRow)
    assert (row.mrn, row.family, row.place) == ("17", "Test", 1)
    assert preview(b"Test,17\n", form).headings == ("1", "2")


def test_each_bad_line_is_named_and_the_others_are_read() -> None:
    form = TableFormat(columns={Column.MRN: "no", Column.NAME: "name", Column.BIRTH: "born", Column.DAY: "day"})
    data = (
        b"no,name,born,day\n"
        b'1,"A, B",1968-05-12,2026-11-20\n'
        b',"A, B",1968-05-12,2026-11-20\n'
        b'2,"A, B",12.5.68,2026-11-20\n'
        b'3,"A, B,1968-05-12,2026-11-20\n'
        b'4,"A, B",1968-05-12,2026-02-30\n'
        b"5,Plain,1968-05-12,2026-11-20\n"
        b'6,"A\x00, B",1968-05-12,2026-11-20\n'
        b"\n"
        b'7,"A, B",,2026-11-20\n'
    )
    read = read_table(data, form)
    assert problems(read) == [
        (3, "mrn_missing"),
        (4, "date_unclear"),
        (5, "quote_open"),
        (6, "date_unclear"),
        (7, "name_unclear"),
        (8, "text_unusable"),
    ]
    assert [row.mrn for row in read if isinstance(row, WorklistRow)] == ["1", "7"]
    assert not any("A, B" in one.message for one in read if isinstance(one, RowProblem))


def test_a_text_over_two_lines_counts_lines_right() -> None:
    form = TableFormat(columns={Column.MRN: "1", Column.FAMILY: "2", Column.DAY: "3"}, headings=False)
    read = read_table(b'1,"two\nlines",2026-11-20\n,x,2026-11-20\n', form)
    assert isinstance(read[0], WorklistRow)
    assert read[0].family == "two lines"
    assert problems(read) == [(3, "mrn_missing")]


def test_limits_are_said() -> None:
    form = TableFormat(columns={Column.MRN: "1", Column.FAMILY: "2", Column.DAY: "3"}, headings=False)
    assert problems(read_table(bytes(MAX_BYTES + 1), form)) == [(0, "file_too_large")]
    assert problems(read_table(b"1,a,2026-11-20\n" * (MAX_ROWS + 2), form))[-1][1] == "too_many_rows"
    assert problems(read_table(b"x" * 100_000 + b"\n", form)) == [(1, "line_too_long")]
    assert problems(read_table(b"," * 300 + b"\n", form)) == [(1, "too_many_columns")]
    assert problems(read_table(b"\xff\xfe\xff", form)) == [(0, "not_text")]
    assert problems(read_table(b"a,b\n", TableFormat(columns={Column.MRN: "gone"}))) == [(1, "column_missing")]
    assert read_table(b"", form) == ()


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2026-11-20", DateOrder.DAY_FIRST, date(2026, 11, 20)),
        ("20261120", DateOrder.MONTH_FIRST, date(2026, 11, 20)),
        ("3.4.2026", DateOrder.DAY_FIRST, date(2026, 4, 3)),
        ("3/4/2026", DateOrder.MONTH_FIRST, date(2026, 3, 4)),
        ("3/4/2026", DateOrder.YEAR_FIRST, None),
        ("3/4/26", DateOrder.DAY_FIRST, None),
        ("31.2.2026", DateOrder.DAY_FIRST, None),
        ("٢٠٢٦-١١-٢٠", DateOrder.DAY_FIRST, None),
    ],
)
def test_dates(text: str, order: DateOrder, expected: date | None) -> None:
    assert day_of(text, order) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:40", time(9, 40)),
        ("09.40", time(9, 40)),
        ("0940", time(9, 40)),
        ("940", time(9, 40)),
        ("094000", time(9, 40)),
        ("9:40 PM", time(21, 40)),
        ("12:05 a.m.", time(0, 5)),
        ("9:40:59", time(9, 40)),
        ("25:00", None),
        ("9:60", None),
        ("", None),
        ("now", None),
    ],
)
def test_times(text: str, expected: time | None) -> None:
    assert time_of(text) == expected


def test_moments_sex_and_status() -> None:
    assert moment_of("20.11.2026 09:40", DateOrder.DAY_FIRST) == (date(2026, 11, 20), time(9, 40))
    assert moment_of("2026-11-20T09:40:00", DateOrder.YEAR_FIRST) == (date(2026, 11, 20), time(9, 40))
    assert hl7_moment("202611200940") == (date(2026, 11, 20), time(9, 40))
    assert hl7_moment("20261320") == (None, None)
    assert hl7_moment("00010101000000+1400") in {(None, None), (date(1, 1, 1), time(0, 0))}
    assert [sex_of(text) for text in ("W", "male", "x", "")] == ["female", "male", "", ""]
    assert status_of("Storniert") is RowStatus.CANCELLED
    assert status_of("No-show") is RowStatus.CANCELLED
    assert status_of("booked") is RowStatus.PLANNED
