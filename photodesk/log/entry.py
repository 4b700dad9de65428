"""What one line of the log says, and how it is written inside its sealed frame.

Body: msgpack array `[1, 1, action, person, role, patient, visit, [photo…], rendition, screen, purpose, outcome,
{details}]`; ids are 16 bytes, or empty where there is none. Ids only, never names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from photodesk import ids
from photodesk.errors import Damaged, Refused

VERSION = 1
SUITE = 1
FIELDS = 13


class Action(StrEnum):
    """What happened."""

    VIEW = "VIEW"
    COMPARE = "COMPARE"
    PRESENT = "PRESENT"
    SEARCH = "SEARCH"
    IMPORT = "IMPORT"
    FILE = "FILE"
    EDIT = "EDIT"
    CONSENT = "CONSENT"
    EXPORT = "EXPORT"
    PRINT = "PRINT"
    SHARE = "SHARE"
    MOVE = "MOVE"
    DELETE = "DELETE"
    ERASE = "ERASE"
    MERGE = "MERGE"
    RECORD_OPENED = "RECORD_OPENED"
    VIEW_END = "VIEW_END"
    UNLOCK = "UNLOCK"
    UNLOCK_FAILED = "UNLOCK_FAILED"
    LOCK = "LOCK"
    START = "START"
    STOP = "STOP"
    LOG_READ = "LOG_READ"
    PERSON = "PERSON"
    WORKSTATION = "WORKSTATION"
    POLICY = "POLICY"
    BACKUP = "BACKUP"
    RESTORE = "RESTORE"
    TIME_JUMP = "TIME_JUMP"
    DAMAGE = "DAMAGE"


@dataclass(frozen=True)
class Entry:
    """One entry. Ids are 32 hex digits or empty; the other texts are codes of ours, never names of people."""

    action: Action
    person_id: str = ""
    role: str = ""
    patient_id: str = ""
    visit_id: str = ""
    photo_ids: tuple[str, ...] = ()
    rendition: str = ""
    screen: str = ""
    purpose: str = ""
    outcome: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Receipt:
    """Proof that an entry is on the disk: its number on this workstation and the chain that covers it."""

    workstation_id: str
    sequence: int
    chain: bytes


def encode(entry: Entry) -> bytes:
    """The body's exact bytes; ValueError where an id is not 32 hex digits."""
    return msgspec.msgpack.encode(
        [
            VERSION,
            SUITE,
            entry.action.value,
            _raw(entry.person_id),
            entry.role,
            _raw(entry.patient_id),
            _raw(entry.visit_id),
            [ids.to_bytes(photo_id) for photo_id in entry.photo_ids],
            entry.rendition,
            entry.screen,
            entry.purpose,
            entry.outcome,
            dict(entry.details),
        ]
    )


def decode(body: bytes) -> Entry:
    """The entry; `Refused("newer_format")` for a later version, `Damaged("bad_log_body")` for what can not be read."""
    try:
        row: list[Any] = msgspec.msgpack.decode(body, type=list[Any])
        version, suite = row[0], row[1]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, IndexError):
        raise Damaged("bad_log_body", "A log entry can not be read.") from None
    if (version, suite) != (VERSION, SUITE):
        raise Refused("newer_format", "The log was written by a newer PhotoDesk.", "Update PhotoDesk.")
    try:
        return _entry(row)
    except (TypeError, ValueError, AttributeError):
        raise Damaged("bad_log_body", "A log entry can not be read.") from None


def _entry(row: list[Any]) -> Entry:
    if len(row) != FIELDS:
        raise ValueError("a body has 13 fields")
    texts = [row[4], row[8], row[9], row[10], row[11]]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a text is expected")
    return Entry(
        action=Action(row[2]),
        person_id=_text(row[3]),
        role=row[4],
        patient_id=_text(row[5]),
        visit_id=_text(row[6]),
        photo_ids=tuple(ids.to_text(raw) for raw in row[7]),
        rendition=row[8],
        screen=row[9],
        purpose=row[10],
        outcome=row[11],
        details={str(name): str(value) for name, value in row[12].items()},
    )


def _raw(identifier: str) -> bytes:
    return ids.to_bytes(identifier) if identifier else b""


def _text(raw: bytes) -> str:
    return ids.to_text(raw) if raw else ""
