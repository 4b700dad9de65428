"""HL7 v2 messages in files: SIU (S12 to S15, S17, S26) and ADT (A01, A04, A05, A08, A11, A38, A40).

A file holds one message or many, with or without batch headers (FHS, BHS), with CR, LF or both as ends of segments
and with the framing bytes of MLLP or without. A message's character set is its MSH-18 (HL7 table 0211); where it names
none, the set-up's. Fields: record number PID-3, name PID-5, birth PID-7, sex PID-8; visit SCH-2 or SCH-1, else PV1-19;
time SCH-11.4, TQ1-7, AIS-4, AIL-6, else PV1-44; room AIL-3 or PV1-3; clinician AIP-3 or PV1-7.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from photodesk.errors import Fixable
from photodesk.interop.segments import Message, message_of
from photodesk.interop.texts import (
    MAX_BYTES,
    MAX_LINE_BYTES,
    MAX_ROWS,
    hl7_moment,
    sex_of,
    status_of,
    tidy,
    usable,
)
from photodesk.visits.worklist import Read, RowProblem, RowStatus, WorklistRow
from photodesk.visits.worklist_source import MessageFormat

PLANNED, CANCELLED, ABOUT_PATIENT = RowStatus.PLANNED, RowStatus.CANCELLED, RowStatus.ABOUT_PATIENT
EVENTS = {
    ("SIU", "S12"): PLANNED,
    ("SIU", "S13"): PLANNED,
    ("SIU", "S14"): PLANNED,
    ("SIU", "S15"): CANCELLED,
    ("SIU", "S17"): CANCELLED,
    ("SIU", "S26"): CANCELLED,
    ("ADT", "A01"): PLANNED,
    ("ADT", "A04"): PLANNED,
    ("ADT", "A05"): PLANNED,
    ("ADT", "A08"): ABOUT_PATIENT,
    ("ADT", "A11"): CANCELLED,
    ("ADT", "A38"): CANCELLED,
}
MERGE = ("ADT", "A40")
CHARACTER_SETS = {
    "ASCII": "cp1252",
    "8859/1": "iso8859-1",
    "8859/2": "iso8859-2",
    "8859/3": "iso8859-3",
    "8859/4": "iso8859-4",
    "8859/5": "iso8859-5",
    "8859/6": "iso8859-6",
    "8859/7": "iso8859-7",
    "8859/8": "iso8859-8",
    "8859/9": "iso8859-9",
    "8859/15": "iso8859-15",
    "ISO IR6": "ascii",
    "ISO IR14": "shift_jis",
    "ISO IR87": "iso2022_jp",
    "GB 18030-2000": "gb18030",
    "KS X 1001": "euc_kr",
    "BIG-5": "big5",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UNICODE UTF-16": "utf-16",
    "UNICODE UTF-32": "utf-32",
}
_SEGMENT_ENDS = re.compile(rb"\r\n|\r|\n")
_SEND = "Ask who runs the other system to look at this message."


@dataclass(frozen=True)
class _Raw:
    place: int
    data: bytes


def read_messages(data: bytes, form: MessageFormat) -> Read:
    """Rows and problems of a file, by the line its message begins in. Never raises for what the bytes are.

    Messages of other kinds are left out without a word: a file drop carries many.
    """
    if len(data) > MAX_BYTES:
        what = f"The file is larger than {MAX_BYTES >> 20} MB."
        return (RowProblem(0, "file_too_large", what, "Ask the other system to write smaller files."),)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", "replace").encode("utf-8")
    data = data.removeprefix(codecs.BOM_UTF8)
    found: list[WorklistRow | RowProblem] = []
    for count, raw in enumerate(_messages(data)):
        if count >= MAX_ROWS:
            what = f"The file has more than {MAX_ROWS:,} messages."
            found.append(RowProblem(raw.place, "too_many_rows", what, "Ask for smaller files."))
            break
        row = _read(raw, form)
        if row is not None:
            found.append(row)
    if not found and b"MSH" not in data and data.strip(b"\x0b\x1c\r\n \t\0"):
        print_of = hashlib.sha256(data).digest()
        found.append(RowProblem(0, "no_message", "The file holds no HL7 message.", _SEND, print_of))
    return tuple(found)


def _messages(data: bytes) -> Iterator[_Raw]:
    place, lines, line_number, size = 0, list[bytes](), 0, 0
    for line in _SEGMENT_ENDS.split(data):
        line_number += 1
        segment = line.strip(b"\x0b\x1c \t")
        name = segment[:3]
        if name in {b"FHS", b"BHS", b"BTS", b"FTS", b"MSH"}:
            if lines:
                yield _Raw(place, b"\r".join(lines))
            place, lines, size = line_number, [], 0
        if name in {b"FHS", b"BHS", b"BTS", b"FTS"} or not segment:
            continue
        if name == b"MSH" or lines:
            size += len(segment) + 1
            lines.append(segment if size <= MAX_LINE_BYTES else segment[: MAX_LINE_BYTES + 1])
    if lines:
        yield _Raw(place, b"\r".join(lines))


def _read(raw: _Raw, form: MessageFormat) -> WorklistRow | RowProblem | None:
    print_of = hashlib.sha256(raw.data).digest()
    try:
        message = _decoded(raw.data, form)
        kind = (message.text("MSH", 9, 1), message.text("MSH", 9, 2))
        if kind == MERGE:
            raise Fixable(
                "merged",
                "The other system joined two record numbers of one patient.",
                "Nothing was changed here. Compare both patients; where they are one, open one and say so:"
                " Same person as.",
            )
        return _row(raw.place, message, EVENTS[kind], form) if kind in EVENTS else None
    except Fixable as unreadable:
        return RowProblem(raw.place, unreadable.code, unreadable.message, unreadable.remedy or _SEND, print_of)


def _decoded(data: bytes, form: MessageFormat) -> Message:
    if len(data) > MAX_LINE_BYTES:
        raise Fixable("line_too_long", f"The message is longer than {MAX_LINE_BYTES // 1024} kB.")
    head = message_of(data.decode("latin-1"))
    said = head.text("MSH", 18).strip().upper().replace("ISO8859", "8859").replace("8859-", "8859/")
    if said and said not in CHARACTER_SETS:
        raise Fixable("character_set", "The message names a character set that is not known.")
    encoding = CHARACTER_SETS.get(said) or form.encoding
    if encoding in {"utf-16", "utf-32"}:
        encoding = "utf-8"  # a file of those bytes was turned to UTF-8 as a whole
    try:
        return message_of(data.decode(encoding))
    except (UnicodeError, LookupError):
        raise Fixable("not_text", "The message cannot be read as text in its character set.") from None


def _row(place: int, message: Message, status: RowStatus, form: MessageFormat) -> WorklistRow:
    mrn = _record_number(message, form.authority)
    if not mrn:
        raise Fixable("mrn_missing", "The message has no record number (PID-3).")
    family, given = message.text("PID", 5, 1, 1), " ".join((message.text("PID", 5, 2), message.text("PID", 5, 3)))
    key = message.text("SCH", 2, 1) or message.text("SCH", 1, 1) or message.text("PV1", 19, 1)
    room = message.text("AIL", 3, 2) or message.text("AIL", 3, 1) or message.text("PV1", 3, 2)
    room = room or message.text("PV1", 3, 1)
    texts = [tidy(text) for text in (key, mrn, family, given, room, _clinician(message))]
    if not all(usable(text) for text in texts):
        raise Fixable("text_unusable", "A text is longer than 200 characters or holds what is no text.")
    if status is PLANNED and status_of(message.text("SCH", 25, 1)) is CANCELLED:
        status = CANCELLED
    day, at = _when(message)
    birth = hl7_moment(message.text("PID", 7)[:8])[0]
    if birth is None and message.text("PID", 7).strip('" '):
        raise Fixable("date_unclear", "The birth date (PID-7) cannot be read.")
    if status is PLANNED and day is None:
        raise Fixable("day_missing", "The message has no readable date of the visit.")
    key, mrn, family, given, room, clinician = texts
    return WorklistRow(
        place, key, mrn, family, given, birth, sex_of(message.text("PID", 8)), day, at, room, clinician, status
    )


def _record_number(message: Message, authority: str) -> str:
    """PID-3 of the set-up's authority, else of type MR, else the only one; several without a mark are none."""
    numbers = [
        (
            message.text("PID", 3, 1, 1, repeat),
            message.text("PID", 3, 4, 1, repeat),
            message.text("PID", 3, 5, 1, repeat),
        )
        for repeat in range(1, message.repeats("PID", 3) + 1)
    ]
    if authority:
        return next((number for number, by, _ in numbers if by == authority), "")
    marked = [number for number, _, kind in numbers if kind == "MR" and number]
    plain = [number for number, _, _ in numbers if number]
    return marked[0] if marked else plain[0] if len(plain) == 1 else ""


def _clinician(message: Message) -> str:
    for segment, field in (("AIP", 3), ("PV1", 7), ("PV1", 17)):
        family, given = message.text(segment, field, 2, 1), message.text(segment, field, 3)
        if family:
            return f"{family}, {given}" if given else family
    return ""


def _when(message: Message) -> tuple[date | None, time | None]:
    places = (("SCH", 11, 4), ("TQ1", 7, 1), ("AIS", 4, 1), ("AIL", 6, 1), ("AIG", 8, 1), ("AIP", 6, 1))
    for segment, field, component in (*places, ("PV2", 8, 1), ("PV1", 44, 1)):
        day, at = hl7_moment(message.text(segment, field, component))
        if day is not None:
            return day, at
    if message.text("MSH", 9, 1) == "ADT" and message.text("MSH", 9, 2) != "A05":
        return hl7_moment(message.text("EVN", 6, 1) or message.text("EVN", 2, 1))
    return None, None
