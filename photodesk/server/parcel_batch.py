"""Several parcels of one clinic in one transaction: each is judged by itself; those that hold are written together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, tuple_, update

from photodesk.ids import to_bytes
from photodesk.server import schema
from photodesk.server.refusals import Refusal, bad_message, not_signed_in, quota_full, revoked, unknown
from photodesk.server.turns import Job
from photodesk.sync.line import Pushed
from photodesk.sync.parcels import OperationHead, Parcel
from photodesk.sync.statements import next_order

MOST_NAMES = 2000  # in one question


class Contradiction(Exception):
    """What a workstation sends speaks against what it sent before: kept, and refused."""

    def __init__(self, refusal: Refusal, kind: str, record: bytes) -> None:
        super().__init__(refusal.code)
        self.refusal, self.kind, self.record = refusal, kind, record


@dataclass
class _Station:
    """Where a workstation's parcels stand in this transaction."""

    send_sequence: int
    parcel_head: bytes
    revoked: bool
    moved: bool = False


class Batch:
    """The parcels of a transaction. The clinic's row is locked by the first question."""

    def __init__(self, connection: Connection, clinic_id: str, jobs: Sequence[Job]) -> None:
        self._connection, self._clinic_id, self._jobs = connection, clinic_id, jobs
        clinics = schema.clinic
        clinic = connection.execute(select(clinics).where(clinics.c.clinic_id == clinic_id).with_for_update()).first()
        if clinic is None:
            raise unknown("clinic")
        self._place, self._chain = clinic.next_order, bytes(clinic.order_head)
        self._used, self._most = clinic.used_bytes, clinic.quota_bytes - clinic.promised_bytes
        self._stations = self._read_stations()
        self._parcels = self._read_parcels()
        self._hashes = self._read_hashes()
        self._new_operations: list[dict[str, Any]] = []
        self._new_parcels: list[dict[str, Any]] = []

    def take(self) -> None:
        """Judge every job: fills in what it came to, or why it is refused."""
        for job in self._jobs:
            try:
                job.taken = self._take(job)
            except (Refusal, Contradiction) as refusal:
                job.failed = refusal

    def write(self) -> None:
        """Write what holds."""
        if not self._new_parcels:
            return
        clinics, stations, clinic_id = schema.clinic, schema.workstation, self._clinic_id
        self._connection.execute(insert(schema.operation), self._new_operations)
        self._connection.execute(insert(schema.parcel), self._new_parcels)
        counted = {"next_order": self._place, "order_head": self._chain, "used_bytes": self._used}
        self._connection.execute(update(clinics).where(clinics.c.clinic_id == clinic_id).values(counted))
        same = (stations.c.clinic_id == clinic_id) & (stations.c.workstation_id == bindparam("which"))
        heads: dict[str, Any] = {"send_sequence": bindparam("sent"), "parcel_head": bindparam("head")}
        moved = [
            {"which": name, "sent": one.send_sequence, "head": one.parcel_head}
            for name, one in self._stations.items()
            if one.moved
        ]
        self._connection.execute(update(stations).where(same).values(heads), moved)

    def _take(self, job: Job) -> Pushed:
        station = self._stations.get(job.contact.workstation_id)
        if station is None:
            raise not_signed_in()
        if station.revoked:
            raise revoked()
        again = self._again(job, station)
        if again is not None:
            return again
        self._refuse_other_bytes(job.heads)
        if self._used + job.size_bytes > self._most:
            raise quota_full(job.size_bytes)
        first = self._place
        for head, operation in zip(job.heads, job.operations, strict=True):
            self._chain = next_order(self._chain, to_bytes(self._clinic_id), self._place, head.hash)
            self._new_operations.append(_row(self._clinic_id, self._place, self._chain, head, operation))
            self._hashes[head.operation_id] = head.hash
            self._place += 1
        self._used += job.size_bytes
        taken = Pushed(job.parcel.send_sequence, first, self._place - 1)
        self._keep_parcel(job, station, taken)
        return taken

    def _again(self, job: Job, station: _Station) -> Pushed | None:
        """What this parcel came to before; None where it is the next one."""
        parcel = job.parcel
        if parcel.send_sequence == station.send_sequence + 1:
            if parcel.previous != station.parcel_head:
                raise Contradiction(_forked(), "parcel", parcel.record)
            return None
        if parcel.send_sequence > station.send_sequence:
            raise Refusal(
                409, "parcel_gap", f"The server waits for parcel {station.send_sequence + 1}.", "Send that one first."
            )
        record, taken = self._parcels[parcel.workstation_id, parcel.send_sequence]
        if record != parcel.record:
            raise Contradiction(_forked(), "parcel", parcel.record)
        return taken

    def _refuse_other_bytes(self, heads: Sequence[OperationHead]) -> None:
        hashes = {head.operation_id: head.hash for head in heads}
        if len(hashes) != len(heads):
            raise bad_message("an operation twice in one parcel")
        held = [name for name in hashes if name in self._hashes]
        if not held:
            return
        refusal = Refusal(409, "operation_repeated", "An operation of this parcel came in another parcel before.")
        if any(hashes[name] != self._hashes[name] for name in held):
            raise Contradiction(refusal, "operation", b"".join(hashes[name] for name in held))
        raise refusal

    def _keep_parcel(self, job: Job, station: _Station, taken: Pushed) -> None:
        parcel = job.parcel
        self._new_parcels.append(
            {
                "clinic_id": self._clinic_id,
                "workstation_id": parcel.workstation_id,
                "send_sequence": parcel.send_sequence,
                "record": parcel.record,
                "first_order": taken.first_place,
                "last_order": taken.last_place,
            }
        )
        self._parcels[parcel.workstation_id, parcel.send_sequence] = (parcel.record, taken)
        station.send_sequence, station.parcel_head, station.moved = parcel.send_sequence, parcel.hash(), True

    def _read_stations(self) -> dict[str, _Station]:
        table = schema.workstation
        names = {job.contact.workstation_id for job in self._jobs}
        asked = select(table).where((table.c.clinic_id == self._clinic_id) & table.c.workstation_id.in_(names))
        return {
            row.workstation_id: _Station(row.send_sequence, bytes(row.parcel_head), bool(row.revoked))
            for row in self._connection.execute(asked)
        }

    def _read_parcels(self) -> dict[tuple[str, int], tuple[bytes, Pushed]]:
        """Parcels of these jobs that came before; mostly there is nothing to ask."""
        earlier = [parcel for parcel in (job.parcel for job in self._jobs) if self._came_before(parcel)]
        if not earlier:
            return {}
        table = schema.parcel
        names = [(parcel.workstation_id, parcel.send_sequence) for parcel in earlier]
        same = tuple_(table.c.workstation_id, table.c.send_sequence).in_(names)
        return {
            (row.workstation_id, row.send_sequence): (
                bytes(row.record),
                Pushed(row.send_sequence, row.first_order, row.last_order),
            )
            for row in self._connection.execute(select(table).where((table.c.clinic_id == self._clinic_id) & same))
        }

    def _came_before(self, parcel: Parcel) -> bool:
        station = self._stations.get(parcel.workstation_id)
        return station is not None and parcel.send_sequence <= station.send_sequence

    def _read_hashes(self) -> dict[str, bytes]:
        """Operations of these jobs that are here already."""
        table = schema.operation
        names = [head.operation_id for job in self._jobs if not self._came_before(job.parcel) for head in job.heads]
        held: dict[str, bytes] = {}
        mine = table.c.clinic_id == self._clinic_id
        for start in range(0, len(names), MOST_NAMES):
            some = table.c.operation_id.in_(names[start : start + MOST_NAMES])
            asked = select(table.c.operation_id, table.c.record_hash).where(mine & some)
            held |= {row.operation_id: bytes(row.record_hash) for row in self._connection.execute(asked)}
        return held


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
