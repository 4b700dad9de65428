"""Making snapshots of charts for workstations that join: sealed, into the spool, announced.

One is made where a chart has `EVERY` more operations than its last snapshot covers, and half as many more again, so
that all of a chart's snapshots together stay about three times what its operations are. It is the workstation that
wrote the chart's last operation that makes it, unless that many more have come again and nobody did. Only what was put
into the spool before is covered. Whoever else wrote much of what a snapshot covers, and has all of it, announces it
again in their own name, so that what they said need not be verified one by one.

The order is: the sealed file, the announcement, the row in the spool. Killed in between, the file is overwritten or
lies unused, and an announced snapshot that never comes is done without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from photodesk.crypto import sha256
from photodesk.desk.session import Session
from photodesk.errors import Fixable
from photodesk.progress import Cancel
from photodesk.store.backup_chart import chart_payload
from photodesk.store.backup_seal import chart_secret
from photodesk.store.catalog import ChartPointer
from photodesk.store.chart import Chart
from photodesk.store.operations import chained
from photodesk.store.sealed_blob import BlobKind, fixed_name, seal_blob
from photodesk.store.snapshot_announcing import (
    MOST_BYTES,
    REASON,
    Announced,
    Covers,
    announce,
    announced,
    announced_charts,
    vouched,
)
from photodesk.store.travelling import travels
from photodesk.sync.copies_out import changed_charts, written
from photodesk.sync.parcels import OPERATION_BYTES
from photodesk.sync.spool import Spool
from photodesk.sync.spool_blobs import BlobSpool, Out, SpooledBlob

EVERY = 500
AT_ONCE = 4
RANK = 0
_MARK = "snapshot-out:"


@dataclass(frozen=True)
class Snapshot:
    """A chart's operations as they travel, and what that covers."""

    records: tuple[bytes, ...]
    covers: Covers


class SnapshotsOut:
    """One signed-in person's side; in the desk's one writing lane."""

    def __init__(self, session: Session, spool: Spool, every: int = EVERY) -> None:
        self._session = session
        self._spool = spool
        self._blobs = BlobSpool(spool.file)
        self._every = every

    def run(self, cancel: Cancel | None = None) -> int:
        """Make what is due, a few at a time; how many. Fixable `disk_full`."""
        cancel, made = cancel or Cancel(), 0
        if not self._session.has_chart_keys:
            return 0
        announced_now = announced_charts(self._session.catalog)
        for pointer in list(changed_charts(self._session, self._marks(announced_now))):
            cancel.check()
            if made == AT_ONCE:
                break
            made += self._look(pointer)
        return made

    def _marks(self, announced_now: Mapping[str, bytes]) -> dict[str, int]:
        """By chart: the generation it was looked at, where that was under its present snapshot."""
        rows = self._spool.file.rows(
            "SELECT name, value FROM fact WHERE name >= 'snapshot-out:' AND name < 'snapshot-out;'"
        )
        marks = {str(name).partition(":")[2]: bytes(value) for name, value in rows}
        return {
            scope: int.from_bytes(mark[:8], "little")
            for scope, mark in marks.items()
            if mark[8:] == announced_now.get(scope, b"")[:8]
        }

    def _look(self, pointer: ChartPointer) -> int:
        chart = self._session.charts.open(pointer.patient_id, hidden_too=True)
        database = chart.ledger.database
        generation = database.generation()
        heads = {str(row[0]): int(row[1]) for row in database.rows(_HEADS)}
        if heads.get(chart.workstation_id, 0) > self._spool.number(f"spooled:{chart.chart_id}"):
            return 0  # what others are told of first has to be on its way
        last = announced(self._session.catalog, chart.chart_id)
        made = False
        if self._is_due(chart, heads, last):
            made = self._make(chart)
        elif last is not None and self._is_to_sign(chart, last):
            announce(self._session.catalog, self._session.actor.change(REASON), chart.patient_id, last)
            made = True
        now = announced_charts(self._session.catalog).get(chart.chart_id, b"")
        self._spool.set_facts({_MARK + chart.chart_id: generation.to_bytes(8, "little") + now[:8]})
        return int(made)

    def _is_to_sign(self, chart: Chart, last: Announced) -> bool:
        """Whether much of what was written here is covered, and this person has all of it and did not say so yet."""
        mine = last.covers.get(chart.workstation_id, (0, b""))[0]
        if mine < self._every:
            return False
        catalog, keyset = self._session.catalog, self._session.keyset
        with catalog.ledger.database.reader() as connection:
            said = vouched(connection, keyset, chart.chart_id, catalog.erasure.key(chart.chart_id))
        signed = [one.covers.get(chart.workstation_id, (0, b""))[0] for one in said if one.person == keyset.person_id]
        return mine - max(signed, default=0) >= self._every and _has(chart, last.covers)

    def _is_due(self, chart: Chart, heads: dict[str, int], last: Announced | None) -> bool:
        covers = last.covers if last is not None else {}
        covered = sum(number for number, _ in covers.values())
        fresh = sum(number - min(number, covers.get(station, (0, b""))[0]) for station, number in heads.items())
        wanted = max(self._every, covered // 2)
        if last is not None and self._blobs.known_out(chart.chart_id).get(last.blob_id) is Out.LACKING:
            return True  # the server lost it
        row = chart.ledger.database.row(_LAST)
        mine = row is not None and row[0] == chart.workstation_id
        return fresh >= (wanted if mine else 2 * wanted)

    def _make(self, chart: Chart) -> bool:
        snapshot = snapshot_of(chart)
        payload = chart_payload(chart.chart_id, snapshot.records)
        session, keyset = self._session, self._session.keyset
        epoch = keyset.chart_epoch
        secret = chart_secret(keyset.chart_keys[epoch], session.catalog.erasure.key(chart.chart_id))
        uuid, salt = fixed_name(secret, BlobKind.SNAPSHOT, sha256(payload))
        pieces = seal_blob((payload,), len(payload), BlobKind.SNAPSHOT, secret, keyset.clinic_id, uuid, salt)
        partial = self._blobs.out_folder / f"{uuid.hex()}.part"
        try:
            name = written(partial, pieces)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise Fixable(
                "disk_full", "There is no room left on this disk for the spool.", "Free some space."
            ) from error
        if name.size_bytes > MOST_BYTES:
            partial.unlink()
            return False
        blob_id = name.digest()
        partial.replace(self._blobs.out_path(blob_id))
        announce(
            session.catalog,
            session.actor.change(REASON),
            chart.patient_id,
            Announced(blob_id, name.size_bytes, epoch, snapshot.covers),
        )
        self._blobs.supersede(chart.chart_id, blob_id)
        blob = SpooledBlob(blob_id, chart.chart_id, BlobKind.SNAPSHOT, name.size_bytes, RANK)
        self._blobs.add_out([blob], Out.SEALED)
        return True


def _has(chart: Chart, covers: Covers) -> bool:
    """Whether each of these chains runs here as it is named."""
    for workstation, (number, chain) in covers.items():
        row = chart.ledger.database.row(
            "SELECT record FROM operation WHERE workstation = ? AND sequence = ?", (workstation, number)
        )
        if row is None or chained(bytes(row[0])) != chain:
            return False
    return True


def snapshot_of(chart: Chart) -> Snapshot:
    """What a chart's snapshot holds: every operation that travels, in each workstation's order."""
    rows = chart.ledger.database.rows(
        "SELECT workstation, sequence, entity, entity_id, record FROM operation ORDER BY workstation, sequence"
    )
    records: list[bytes] = []
    covers: dict[str, tuple[int, bytes]] = {}
    for workstation, sequence, entity, entity_id, record in rows:
        if travels(entity, entity_id) and len(record) <= OPERATION_BYTES:
            records.append(bytes(record))
            covers[str(workstation)] = int(sequence), records[-1]
    return Snapshot(tuple(records), {station: (number, chained(last)) for station, (number, last) in covers.items()})


_HEADS = "SELECT workstation, max(sequence) FROM operation GROUP BY workstation"
_LAST = "SELECT workstation FROM operation ORDER BY clock DESC, workstation DESC LIMIT 1"
