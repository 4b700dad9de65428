"""Operations: taken in parcels, given a place in the clinic's order, passed on after a place. Idempotent both ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from photodesk.clock import Clock
from photodesk.errors import PhotoDeskError
from photodesk.ids import random_id, to_bytes
from photodesk.server import schema
from photodesk.server.clinics import Contact
from photodesk.server.database import Database
from photodesk.server.refusals import Refusal, bad_message, quota_full
from photodesk.sync.line import OrderPage, Placed, Pushed
from photodesk.sync.parcels import MOST_OPERATIONS, PARCEL_BYTES, OperationHead, Parcel, operation_head, read_parcel
from photodesk.sync.statements import next_order

MOST_EVIDENCE = 100  # of one workstation: enough to judge it by, not enough to fill a disk


class Operations:
    """Push and pull."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def push(self, contact: Contact, record: bytes, operations: Sequence[bytes]) -> Pushed:
        """Keep a parcel and its operations, all or none; the same parcel again answers the same.

        409 `parcel_forked` where another parcel has this number, or an operation's id came with other bytes (both are
        kept as evidence); 409 `parcel_gap` where one before is missing; 400 for what does not verify; 507 `quota_full`.
        """
        parcel, heads = _read(contact, record, operations)
        try:
            with self._database.write() as connection:
                return self._take(connection, contact, parcel, heads, operations)
        except _Contradiction as found:
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

    def _take(
        self,
        connection: Connection,
        contact: Contact,
        parcel: Parcel,
        heads: Sequence[OperationHead],
        operations: Sequence[bytes],
    ) -> Pushed:
        clinics, clinic_id = schema.clinic, contact.clinic_id
        clinic = connection.execute(select(clinics).where(clinics.c.clinic_id == clinic_id).with_for_update()).one()
        again = self._again(connection, contact, parcel)
        if again is not None:
            return again
        self._refuse_other_bytes(connection, clinic_id, heads)
        size = sum(map(len, operations)) + len(parcel.record)
        if clinic.used_bytes + clinic.promised_bytes + size > clinic.quota_bytes:
            raise quota_full(size)
        place, chain, rows = clinic.next_order, bytes(clinic.order_head), []
        for head, operation in zip(heads, operations, strict=True):
            chain = next_order(chain, to_bytes(clinic_id), place, head.hash)
            rows.append(_row(clinic_id, place, chain, head, operation))
            place += 1
        connection.execute(insert(schema.operation), rows)
        counted = {"next_order": place, "order_head": chain, "used_bytes": clinic.used_bytes + size}
        connection.execute(update(clinics).where(clinics.c.clinic_id == clinic_id).values(counted))
        taken = Pushed(parcel.send_sequence, clinic.next_order, place - 1)
        self._keep_parcel(connection, contact, parcel, taken)
        return taken

    def _again(self, connection: Connection, contact: Contact, parcel: Parcel) -> Pushed | None:
        """What this parcel came to before; None where it is the next one."""
        stations, parcels = schema.workstation, schema.parcel
        same = stations.c.clinic_id == contact.clinic_id
        station = connection.execute(
            select(stations).where(same & (stations.c.workstation_id == contact.workstation_id))
        ).one()
        if parcel.send_sequence == station.send_sequence + 1:
            if parcel.previous != bytes(station.parcel_head):
                raise _Contradiction(_forked(), "parcel", parcel.record)
            return None
        if parcel.send_sequence > station.send_sequence:
            raise Refusal(
                409, "parcel_gap", f"The server waits for parcel {station.send_sequence + 1}.", "Send that one first."
            )
        found = (parcels.c.clinic_id == contact.clinic_id) & (parcels.c.workstation_id == contact.workstation_id)
        held = connection.execute(
            select(parcels).where(found & (parcels.c.send_sequence == parcel.send_sequence))
        ).one()
        if bytes(held.record) != parcel.record:
            raise _Contradiction(_forked(), "parcel", parcel.record)
        return Pushed(parcel.send_sequence, held.first_order, held.last_order)

    def _refuse_other_bytes(self, connection: Connection, clinic_id: str, heads: Sequence[OperationHead]) -> None:
        table = schema.operation
        ids = [head.operation_id for head in heads]
        held = connection.execute(
            select(table.c.operation_id, table.c.record_hash).where(
                (table.c.clinic_id == clinic_id) & table.c.operation_id.in_(ids)
            )
        ).all()
        hashes = {head.operation_id: head.hash for head in heads}
        if len(hashes) != len(heads):
            raise bad_message("an operation twice in one parcel")
        if not held:
            return
        refusal = Refusal(409, "operation_repeated", "An operation of this parcel came in another parcel before.")
        if any(hashes[row.operation_id] != bytes(row.record_hash) for row in held):
            others = b"".join(hashes[row.operation_id] for row in held)
            raise _Contradiction(refusal, "operation", others)
        raise refusal

    def _keep_parcel(self, connection: Connection, contact: Contact, parcel: Parcel, taken: Pushed) -> None:
        row = {
            "clinic_id": contact.clinic_id,
            "workstation_id": contact.workstation_id,
            "send_sequence": parcel.send_sequence,
            "record": parcel.record,
            "first_order": taken.first_place,
            "last_order": taken.last_place,
        }
        connection.execute(insert(schema.parcel).values(row))
        table = schema.workstation
        same = (table.c.clinic_id == contact.clinic_id) & (table.c.workstation_id == contact.workstation_id)
        head = {"send_sequence": parcel.send_sequence, "parcel_head": parcel.hash()}
        connection.execute(update(table).where(same).values(head))

    def _keep_evidence(self, contact: Contact, found: _Contradiction) -> None:
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


class _Contradiction(Exception):
    """What a workstation sends speaks against what it sent before: kept, and refused."""

    def __init__(self, refusal: Refusal, kind: str, record: bytes) -> None:
        super().__init__(refusal.code)
        self.refusal, self.kind, self.record = refusal, kind, record


def _read(contact: Contact, record: bytes, operations: Sequence[bytes]) -> tuple[Parcel, list[OperationHead]]:
    if sum(map(len, operations)) > PARCEL_BYTES:
        raise Refusal(413, "too_large", f"A parcel holds at most {PARCEL_BYTES} bytes.", "Send smaller parcels.")
    try:
        parcel = read_parcel(record)
        heads = [operation_head(operation) for operation in operations]
    except PhotoDeskError as error:
        raise bad_message(error.message) from error
    if parcel.workstation_id != contact.workstation_id or not parcel.signed_by(
        contact.signing_key, to_bytes(contact.clinic_id)
    ):
        raise Refusal(400, "parcel_not_yours", "The parcel is not signed by the workstation that sends it.")
    if not parcel.lists(operations) or any(head.workstation_id != contact.workstation_id for head in heads):
        raise Refusal(400, "parcel_wrong", "The operations are not those the parcel lists.")
    return parcel, heads


def _row(clinic_id: str, place: int, chain: bytes, head: OperationHead, record: bytes) -> dict[str, Any]:
    return {
        "clinic_id": clinic_id,
        "place": place,
        "operation_id": head.operation_id,
        "workstation_id": head.workstation_id,
        "scope": head.scope,
        "record": record,
        "record_hash": head.hash,
        "chain": chain,
    }


def _forked() -> Refusal:
    return Refusal(
        409,
        "parcel_forked",
        "This workstation sent something else under this number before.",
        "The workstation's store was put back to an earlier state; both versions are kept as evidence.",
    )
