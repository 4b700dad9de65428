"""What the keeper tells the process of the live audit feed: where to send, and entries without names or typed texts."""

from __future__ import annotations

from photodesk.protocol.messages import Message


class FeedSettings(Message, frozen=True):
    """First, once. `trust` are PEM certificates, "" for those of the system; `spool_key` seals the file `spool`."""

    host: str
    port: int
    trust: str
    clinic_id: str
    workstation_id: str
    spool: bytes
    spool_key: bytes


class FeedEntry(Message, frozen=True):
    """One entry that is in the log: ids and codes alone."""

    sequence: int
    at_ms: int
    person_id: str
    role: str
    action: str
    patient_id: str
    photo_ids: tuple[str, ...] = ()
    purpose: str = ""
    outcome: str = ""


ToFeeder = FeedSettings | FeedEntry
