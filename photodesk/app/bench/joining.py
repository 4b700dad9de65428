"""`bench join`: a long chart at a workstation that joins, from its snapshot, against its operations one by one.

Both start from the same operations in the spool and end with them in catalog, chart, index and content ids; the
snapshot's bytes are here and sealed. In the ratio half of the operations are said by whoever announced the snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from photodesk import ids
from photodesk.app.bench.applying import PHOTO, Other, fill, memory, original_fields, take_all
from photodesk.app.bench.figures import Result, Wanted, timed
from photodesk.app.bench.workshop import workshop
from photodesk.desk.session import Session
from photodesk.store.backup_chart import chart_payload
from photodesk.store.backup_seal import chart_secret
from photodesk.store.catalog_schema import CATALOG_FORMAT, CATALOG_TABLES
from photodesk.store.chart_schema import CHART_FORMAT, CHART_TABLES
from photodesk.store.members import Members
from photodesk.store.operations import Compartment, Scope, chained
from photodesk.store.projection import Edit
from photodesk.store.sealed_blob import BlobKind, BlobName, seal_blob
from photodesk.store.snapshot_announcing import Announced, announcing
from photodesk.sync import snapshots_in
from photodesk.sync.desk_side import SyncDesk
from photodesk.sync.spool import Spool
from photodesk.sync.spool_blobs import BlobSpool, SpooledBlob

NOTE_EVERY = 40
RUNS = 1


@dataclass
class _History:
    """A chart's operations as two workstations made them, one of which announced a snapshot of all of them."""

    stations: tuple[Other, Other]
    chart_id: str
    rows: list[tuple[str, int, bytes]]
    blob: bytes

    def members(self, session: Session) -> Members:
        members = self.stations[0].members(session)
        more = self.stations[1].members(session)
        members.workstations.update(more.workstations)
        members.people.update(more.people)
        return members


def bench_join(wanted: Wanted) -> Result:
    """Operations a second, of a chart of so many."""
    count = wanted.photos or 20_000
    plain = [_one_by_one(count) for _ in range(wanted.runs or RUNS)]
    half = [_run(count, 0.5, snapshot=True) for _ in range(wanted.runs or RUNS)]
    own, others = _run(count, 1.0, snapshot=True), _run(count, 0.0, snapshot=True)
    without = _run(count, 0.5, snapshot=False)
    return Result.of(
        half,
        plain,
        at="rate",
        unit="operations/s from a snapshot ÷ operations/s one by one; higher is better",
        n=count,
        notes="One chart, six operations a photo; half of them said by the person who announced the snapshot.",
        per_sample=count,
        more={
            "all_by_announcer": round(count / own, 1),
            "none_by_announcer": round(count / others, 1),
            "at_once_without_snapshot": round(count / without, 1),
        },
    )


def _one_by_one(count: int) -> float:
    """As it is where a chart is not new, or what waits of it does not prove whole."""
    most, snapshots_in.MOST_AT_ONCE = snapshots_in.MOST_AT_ONCE, 0
    try:
        return _run(count, 0.5, snapshot=False)
    finally:
        snapshots_in.MOST_AT_ONCE = most


def _run(count: int, share: float, *, snapshot: bool) -> float:
    """Seconds."""
    with workshop() as shop:
        session = shop.desk.session
        history = _made(session, count, share)
        spool = Spool(shop.folder / "spool")
        fill(spool, history.stations[0], history.rows if snapshot else history.rows[:-1])
        if snapshot:
            _here(spool, history)
        desk = SyncDesk(session, spool, lambda: history.members(session))
        seconds = timed(take_all, desk, len(history.rows) - (not snapshot))
        spool.close()
    return seconds


def _made(session: Session, count: int, share: float) -> _History:
    announcer, stranger = Other(session), Other(session, stranger=True)
    chart_id, patient_id = ids.random_id(), ids.random_id()
    scope = Scope(chart_id, session.catalog.erasure.make([chart_id])[chart_id])
    catalog, book = memory(CATALOG_FORMAT.steps), announcer.book(Compartment.DESK, CATALOG_TABLES)
    fields = {"mrn": "A-1", "family": "Test", "given": "Ada", "birth": "1980-05-12", "chart_id": chart_id}
    patient = announcer.record(book, catalog, scope, Edit("patient", patient_id, "add", fields))
    records: list[bytes] = []
    covers: dict[str, tuple[int, bytes]] = {}
    for other, some in ((announcer, round(count * share)), (stranger, count - round(count * share))):
        chart, chart_book = memory(CHART_FORMAT.steps), other.book(Compartment.CLINICAL, CHART_TABLES)
        of_it = [other.record(chart_book, chart, scope, edit) for edit in _edits(some)]
        records += of_it
        if of_it:
            covers[other.keyset.workstation_id] = len(of_it), chained(of_it[-1])
    payload = chart_payload(chart_id, records)
    epoch = session.keyset.chart_epoch
    secret = chart_secret(session.keyset.chart_keys[epoch], scope.erasure_key)
    pieces = seal_blob((payload,), len(payload), BlobKind.SNAPSHOT, secret, session.keyset.clinic_id)
    blob = b"".join(pieces)
    said = announcing(chart_id, Announced(_name(blob), len(blob), epoch, covers))
    rows = [(chart_id, 1, patient), *((chart_id, 2, record) for record in records)]
    rows.append((chart_id, 1, announcer.record(book, catalog, scope, said)))
    return _History((announcer, stranger), chart_id, rows, blob)


def _edits(count: int) -> Iterator[Edit]:
    """What an import and a reader say: six operations a photo, and a visit's text now and then."""
    for number in range(count):
        kind = number % 6
        if kind == 0:
            photo_id = ids.ordered_id()
            yield Edit("photo", photo_id, "add", PHOTO)
        elif kind == 1:
            yield Edit("original", photo_id, "add", original_fields(photo_id))
        elif kind < 5:
            yield Edit("copy", ids.random_id(), "add", _copy(photo_id, kind - 1))
        elif number % NOTE_EVERY:
            yield Edit("photo", photo_id, "set", {"body_site": "", "tags": [f"tag {number}"]})
        else:
            yield Edit("visit_text", ids.random_id(), "set", {"title": f"visit {number}", "reason": "check"})


def _copy(photo_id: str, kind: int) -> dict[str, Any]:
    return {"owner_id": photo_id, "kind": kind, "blob_id": bytes(32), "bytes": 8_000_000}


def _name(blob: bytes) -> bytes:
    name = BlobName()
    name.add(blob)
    return name.digest()


def _here(spool: Spool, history: _History) -> None:
    """The snapshot came, and its name was proven."""
    blobs, blob_id = BlobSpool(spool.file), _name(history.blob)
    blobs.want([SpooledBlob(blob_id, history.chart_id, BlobKind.SNAPSHOT, len(history.blob), 0)])
    blobs.in_path(blob_id).write_bytes(history.blob)
    blobs.arrived_here(blob_id)


BENCHES = {"join": bench_join}
