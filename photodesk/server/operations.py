"""Operations: taken in parcels, given a place in the clinic's order, passed on after a place. Idempotent both ways."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, insert, select

from photodesk.clock import Clock
from photodesk.errors import PhotoDeskError
from photodesk.ids import random_id, to_bytes
from photodesk.server import schema
from photodesk.server.clinics import Contact
from photodesk.server.database import Database
from photodesk.server.parcel_batch import Batch, Contradiction
from photodesk.server.refusals import Refusal, unreadable
from photodesk.server.turns import Job, Turns
from photodesk.sync.line import OrderPage, Placed, Pushed
from photodesk.sync.parcels import MOST_OPERATIONS, PARCEL_BYTES, OperationHead, Parcel, operation_head, read_parcel

MOST_EVIDENCE = 100  # of one workstation: enough to judge it by, not enough to fill a disk


class Operations:
    """Push and pull."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._turns = Turns(self._write)

    def push(self, contact: Contact, record: bytes, operations: Sequence[bytes]) -> Pushed:
        """Keep a parcel and its operations, all or none; the same parcel again answers the same.

        409 `parcel_forked` where another parcel has this number, or an operation's id came with other bytes (both are
        kept as evidence); 409 `parcel_gap` where one before is missing; 400 for what does not verify; 507 `quota_full`.
        """
        parcel, heads = _read(contact, record, operations)
        try:
            return self._turns.push(Job(contact, parcel, heads, operations))
        except Contradiction as found:
            self._keep_evidence(contact, found)
            raise found.refusal from None

    def pull(self, clinic_id: str, after: int, limit: int) -> OrderPage:
        """Operations after a place, in order, and where the order ends: both of one moment."""
        table = schema.operation
        asked = (
            select(table.c.place, table.c.chain, table.c.record)
            .where((table.c.clinic_id == clinic_id) & (table.c.place > after))
            .order_by(table.c.place)
            .limit(min(limit, MOST_OPERATIONS))
        )
        clinic = select(schema.clinic).where(schema.clinic.c.clinic_id == clinic_id)
        with self._database.read() as connection:
            head = connection.execute(clinic).one()
            placed = [Placed(row.place, bytes(row.chain), bytes(row.record)) for row in connection.execute(asked)]
        return OrderPage(tuple(placed), head.next_order - 1, bytes(head.order_head))

    def parcels(self, clinic_id: str, workstation_id: str, after: int, limit: int) -> list[bytes]:
        """A workstation's parcels after one of its numbers: how others check that nothing of it was left out."""
        table = schema.parcel
        same = (table.c.clinic_id == clinic_id) & (table.c.workstation_id == workstation_id)
        asked = select(table.c.record).where(same & (table.c.send_sequence > after)).order_by(table.c.send_sequence)
        with self._database.read() as connection:
            return [bytes(one) for one in connection.execute(asked.limit(min(limit, MOST_OPERATIONS))).scalars()]

    def _write(self, clinic_id: str, jobs: Sequence[Job]) -> None:
        with self._database.write() as connection:
            batch = Batch(connection, clinic_id, jobs)
            batch.take()
            batch.write()

    def _keep_evidence(self, contact: Contact, found: Contradiction) -> None:
        row = {
            "evidence_id": random_id(),
            "clinic_id": contact.clinic_id,
            "workstation_id": contact.workstation_id,
            "kind": found.kind,
            "record": found.record,
            "received_ms": self._clock.wall_ms(),
        }
        table = schema.evidence
        same = (table.c.clinic_id == contact.clinic_id) & (table.c.workstation_id == contact.workstation_id)
        with self._database.write() as connection:
            kept = connection.execute(select(func.count()).select_from(table).where(same)).scalar_one()
            if kept < MOST_EVIDENCE:
                connection.execute(insert(table).values(row))


def _read(contact: Contact, record: bytes, operations: Sequence[bytes]) -> tuple[Parcel, list[OperationHead]]:
    if sum(map(len, operations)) > PARCEL_BYTES:
        raise Refusal(413, "too_large", f"A parcel holds at most {PARCEL_BYTES} bytes.", "Send smaller parcels.")
    try:
        parcel = read_parcel(record)
        heads = [operation_head(operation) for operation in operations]
    except PhotoDeskError as error:
        raise unreadable(error) from error
    if parcel.workstation_id != contact.workstation_id or not parcel.signed_by(
        contact.signing_key, to_bytes(contact.clinic_id)
    ):
        raise Refusal(400, "parcel_not_yours", "The parcel is not signed by the workstation that sends it.")
    if not parcel.lists(operations) or any(head.workstation_id != contact.workstation_id for head in heads):
        raise Refusal(400, "parcel_wrong", "The operations are not those the parcel lists.")
    return parcel, heads
