"""HL7 messages: the fields we want, whatever the ends of lines, framing, batches, escapes and character sets."""

from __future__ import annotations

from datetime import date, time

import pytest

from photodesk.interop.messages import read_messages
from photodesk.visits.worklist import RowProblem, RowStatus, WorklistRow
from photodesk.visits.worklist_source import MessageFormat

FORM = MessageFormat()


def siu(
    event: str = "S12",
    at: str = "202611200910",
    charset: str = "UNICODE UTF-8",
    name: str = "Test^Ada^Maria",
    status: str = "Booked",
) -> str:
    return (
        f"MSH|^~\\&|RIS|CLINIC|PD|PD|20261120080000||SIU^{event}^SIU_S12|1|P|2.5.1||||||{charset}\r"
        f"SCH|P1|F1|||||CHECK^Check-up||15|MIN|^^15^{at}^||||||||||||||{status}\r"
        f"PID|1||99^^^OTHER^PI~000123^^^CLINIC^MR||{name}||19680512|F\r"
        f"RGS|1\rAIL|1||ROOM2^Room 2\rAIP|1||7^Sample^Iris\r"
    )


def adt(event: str) -> str:
    return (
        f"MSH|^~\\&|PAS|C|PD|PD|20261120080000||ADT^{event}|2|P|2.3\rEVN|{event}|20261120081500\r"
        "PID|||000147||Sample^Ben||19510103|M\rPV1||O|CLINIC^3||||7^Model^Max||||||||||||V77\r"
    )


def only(data: bytes | str, form: MessageFormat = FORM) -> WorklistRow | RowProblem:
    (row,) = read_messages(data.encode() if isinstance(data, str) else data, form)
    return row


@pytest.mark.parametrize(
    ("event", "status"),
    [("S12", "planned"), ("S13", "planned"), ("S14", "planned"), ("S15", "cancelled"), ("S26", "cancelled")],
)
def test_appointments(event: str, status: str) -> None:
    assert only(siu(event)) == WorklistRow(
        1,
        "F1",
        "000123",
        "Test",
        "Ada Maria",
        date(1968, 5, 12),
        "female",
        date(2026, 11, 20),
        time(9, 10),
        "Room 2",
        "Sample, Iris",
        RowStatus(status),
    )


def test_an_appointment_may_say_itself_that_it_is_cancelled() -> None:
    row = only(siu("S14", status="Cancelled"))
    assert isinstance(row, WorklistRow)
    assert row.status is RowStatus.CANCELLED


@pytest.mark.parametrize(
    ("event", "status"),
    [("A01", "planned"), ("A04", "planned"), ("A08", "about-patient"), ("A11", "cancelled")],
)
def test_admissions(event: str, status: str) -> None:
    row = only(adt(event))
    assert isinstance(row, WorklistRow)
    assert (row.key, row.mrn, row.room, row.clinician, row.status.value) == ("V77", "000147", "3", "Model, Max", status)
    assert (row.day, row.at) == (date(2026, 11, 20), time(8, 15))


def test_other_messages_are_left_out_and_a_merge_is_said() -> None:
    assert read_messages(adt("A03").encode() + b"MSH|^~\\&|||||||ORU^R01\r", FORM) == ()
    merged = only(adt("A40") + "MRG|000999\r")
    assert isinstance(merged, RowProblem)
    assert merged.code == "merged"


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_batches_framing_and_ends_of_lines(end: str) -> None:
    text = f"FHS|^~\\&\rBHS|^~\\&\r{siu()}\x0b{adt('A04')}\x1c\rBTS|2\rFTS|1\r".replace("\r", end)
    read = read_messages(text.encode(), FORM)
    assert [(row.place, type(row)) for row in read] == [(3, WorklistRow), (9, WorklistRow)]


@pytest.mark.parametrize(
    ("charset", "codec", "name"),
    [
        ("UNICODE UTF-8", "utf-8", "Łukasz"),
        ("8859/1", "iso8859-1", "Müller"),
        ("8859/2", "iso8859-2", "Łukasz"),
        ("8859/15", "iso8859-15", "Œuvre"),
        ("GB 18030-2000", "gb18030", "王"),
        ("ISO IR14", "shift_jis", "ソ"),
        ("", "utf-8", "Åse"),
    ],
)
def test_character_sets(charset: str, codec: str, name: str) -> None:
    row = only(siu(charset=charset, name=f"{name}^Ada").encode(codec))
    assert isinstance(row, WorklistRow)
    assert row.family == name


def test_utf_16_with_its_mark() -> None:
    row = only(siu(name="Łukasz^Ada", charset="UNICODE UTF-16").encode("utf-16"))
    assert isinstance(row, WorklistRow)
    assert row.family == "Łukasz"


def test_escapes_are_undone() -> None:
    row = only(siu(name="Smith \\T\\ Sons\\.br\\\\H\\x\\N\\^A\\XE9\\b\\Zxx\\"))
    assert isinstance(row, WorklistRow)
    assert (row.family, row.given) == ("Smith & Sons x", "Aéb")


def test_the_record_number_of_the_right_authority() -> None:
    assert only(siu(), MessageFormat(authority="OTHER")).mrn == "99"  # type: ignore[union-attr]
    unmarked = siu().replace("^^^CLINIC^MR", "^^^CLINIC").replace("^^^OTHER^PI", "^^^OTHER")
    row = only(unmarked)
    assert isinstance(row, RowProblem)
    assert row.code == "mrn_missing"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"not a message at all", "no_message"),
        (b"MSH|", "header"),
        (b"MSH|||||||", "header"),
        (b"MSHxxxxx", "header"),
        (siu(charset="KLINGON").encode(), "character_set"),
        (siu(charset="UNICODE UTF-8", name="M\xfc").encode("latin-1"), "not_text"),
        (siu(at="soon").encode(), "day_missing"),
        (siu().replace("19680512", "unknown").encode(), "date_unclear"),
        (siu(name="x" * 201).encode(), "text_unusable"),
        (siu(name="x" * 70_000).encode(), "line_too_long"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_line(data: bytes, code: str) -> None:
    row = only(data)
    assert isinstance(row, RowProblem)
    assert row.code == code
    assert row.remedy
