"""The workstations' logs: checkpoints with a counter-signed receipt, sealed segments kept once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select

from photodesk.clock import Clock
from photodesk.crypto import sha256
from photodesk.errors import PhotoDeskError
from photodesk.ids import random_id, to_bytes
from photodesk.log.records import read_checkpoint
from photodesk.server import schema
from photodesk.server.clinics import Contact
from photodesk.server.database import Database
from photodesk.server.identity import Identity
from photodesk.server.objects import Objects
from photodesk.server.refusals import Refusal, bad_message, unknown, unreadable
from photodesk.server.room import room_of
from photodesk.sync.line import ServerReceipt
from photodesk.sync.statements import sign_receipt

CHECKPOINT, SEGMENT = "checkpoint", "segment"
CHECKPOINT_BYTES = 64 * 1024
SEGMENT_BYTES = 8 * 1024 * 1024
MOST_LISTED = 500


@dataclass(frozen=True)
class KeptCheckpoint:
    """A checkpoint as anybody of the clinic may have it."""

    workstation_id: str
    sequence: int
    record: bytes
    kept: ServerReceipt


class LogKeeping:
    """What of the logs left the workstations."""

    def __init__(self, database: Database, objects: Objects, identity: Identity, clock: Clock) -> None:
        self._database = database
        self._objects = objects
        self._identity = identity
        self._clock = clock

    def put_checkpoint(self, contact: Contact, record: bytes) -> ServerReceipt:
        """Keep a workstation's own checkpoint. 409 `log_forked` where another one has this place; both are told."""
        if len(record) > CHECKPOINT_BYTES:
            raise bad_message("the size of the checkpoint")
        try:
            checkpoint = read_checkpoint(record)
        except PhotoDeskError as error:
            raise unreadable(error) from error
        own = (checkpoint.clinic_id, checkpoint.workstation_id) == (to_bytes(contact.clinic_id), contact.workstation_id)
        if not own or not checkpoint.signed_by(contact.log_signing_key):
            raise Refusal(400, "checkpoint_not_yours", "The checkpoint is not this workstation's.")
        table = schema.checkpoint
        same = (table.c.clinic_id == contact.clinic_id) & (table.c.workstation_id == contact.workstation_id)
        with self._database.write() as connection:
            room_of(connection, contact.clinic_id)
            held = connection.execute(select(table).where(same & (table.c.sequence == checkpoint.sequence))).first()
            if held is not None:
                if read_checkpoint(bytes(held.record)).chain != checkpoint.chain:
                    raise Refusal(409, "log_forked", "Another checkpoint stands at this place of the log.")
                return ServerReceipt(held.received_ms, bytes(held.receipt))
            kept = self._kept(contact.clinic_id, CHECKPOINT, record)
            row: dict[str, Any] = {"clinic_id": contact.clinic_id, "workstation_id": contact.workstation_id}
            row |= {"record": record}
            row |= {"sequence": checkpoint.sequence, "received_ms": kept.received_ms, "receipt": kept.receipt}
            connection.execute(insert(table).values(row))
        return kept

    def checkpoints(self, clinic_id: str, workstation_id: str, after: int, limit: int) -> list[KeptCheckpoint]:
        """A workstation's checkpoints after a place of its log, oldest first."""
        table = schema.checkpoint
        same = (table.c.clinic_id == clinic_id) & (table.c.workstation_id == workstation_id)
        asked = select(table).where(same & (table.c.sequence > after)).order_by(table.c.sequence)
        with self._database.read() as connection:
            rows = connection.execute(asked.limit(min(limit, MOST_LISTED))).all()
        return [
            KeptCheckpoint(
                row.workstation_id, row.sequence, bytes(row.record), ServerReceipt(row.received_ms, bytes(row.receipt))
            )
            for row in rows
        ]

    def put_segment(self, contact: Contact, number: int, data: bytes) -> ServerReceipt:
        """Keep a finished segment, once. 409 `segment_differs` where other bytes came under this number before."""
        if not 0 < len(data) <= SEGMENT_BYTES or not 0 < number < 1 << 31:
            raise bad_message("the size or number of the segment")
        table = schema.log_segment
        same = (table.c.clinic_id == contact.clinic_id) & (table.c.workstation_id == contact.workstation_id)
        hashed = sha256(data)
        with self._database.read() as connection:
            held = connection.execute(select(table).where(same & (table.c.number == number))).first()
        if held is not None:
            return _same_segment(held, hashed)
        stored_as = random_id()
        self._objects.put(_name(contact.clinic_id, stored_as), data)
        kept = self._kept(contact.clinic_id, SEGMENT, data)
        row: dict[str, Any] = {"clinic_id": contact.clinic_id, "workstation_id": contact.workstation_id}
        row["number"] = number
        row |= {"bytes": len(data), "segment_hash": hashed, "stored_as": stored_as}
        row |= {"received_ms": kept.received_ms, "receipt": kept.receipt}
        try:
            with self._database.write() as connection:
                room = room_of(connection, contact.clinic_id)
                first = connection.execute(select(table).where(same & (table.c.number == number))).first()
                if first is not None:  # the same request, sent twice at once
                    return _same_segment(first, hashed)
                room.use_for_log(connection, len(data))
                connection.execute(insert(table).values(row))
                stored_as = ""
        finally:
            if stored_as:
                self._objects.delete(_name(contact.clinic_id, stored_as))
        return kept

    def segment(self, clinic_id: str, workstation_id: str, number: int) -> bytes:
        """A kept segment; 404 for none."""
        table = schema.log_segment
        same = (table.c.clinic_id == clinic_id) & (table.c.workstation_id == workstation_id)
        with self._database.read() as connection:
            row = connection.execute(select(table).where(same & (table.c.number == number))).first()
        if row is None:
            raise unknown("segment")
        return self._objects.get(_name(clinic_id, row.stored_as))

    def _kept(self, clinic_id: str, kind: str, record: bytes) -> ServerReceipt:
        now_ms = self._clock.wall_ms()
        return ServerReceipt(
            now_ms, sign_receipt(self._identity.receipt_key, to_bytes(clinic_id), kind, record, now_ms)
        )


def _same_segment(held: Row[Any], hashed: bytes) -> ServerReceipt:
    if bytes(held.segment_hash) != hashed:
        raise Refusal(409, "segment_differs", "Another segment is kept under this number.")
    return ServerReceipt(held.received_ms, bytes(held.receipt))


def _name(clinic_id: str, stored_as: str) -> str:
    return f"{clinic_id}/log/{stored_as}"
