"""What belongs to one patient: every id, name and hash by which the rest of the store could still tell of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from photodesk.store.catalog import Catalog
from photodesk.store.charts import Charts
from photodesk.store.operations import open_operation
from photodesk.store.traces import Named, Traces

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

_ids = msgspec.json.Decoder(list[str])


@dataclass(frozen=True)
class Reach:
    """`shots` are assigned to the patient and perhaps still in the inbox, by job; `moved` were in other charts once.

    `shared` are those of the jobs that also had photos of others.
    """

    patient_id: str
    chart_id: str
    shots: dict[str, frozenset[str]]
    shared: frozenset[str]
    contents: frozenset[bytes]
    moved: dict[str, frozenset[str]]
    traces: Traces


def reach(catalog: Catalog, charts: Charts, keyset: KeySet, patient_id: str) -> Reach:
    """Read it from the catalog, and from the chart where it is still there."""
    chart_id = catalog.chart_pointer(patient_id, hidden_too=True).chart_id
    rows = catalog.ledger.database.rows
    contents = frozenset(
        bytes(row[0]) for row in rows("SELECT content_id FROM content WHERE patient_id = ?", (patient_id,))
    )
    known = {chart_id}
    for sql in (
        "SELECT visit_id FROM visit WHERE patient_id = ?",
        "SELECT planned_id FROM planned WHERE patient_id = ?",
        "SELECT assignment_id FROM assignment WHERE patient_id = ?",
        "SELECT photo_id FROM content WHERE patient_id = ?",
        "SELECT photo_id FROM deletion WHERE patient_id = ?",
    ):
        known.update(str(row[0]) for row in rows(sql, (patient_id,)))
    shots, moved = _shots(rows, patient_id), _moved(rows, patient_id)
    hashes = _of_chart(charts, catalog, keyset, patient_id, known)
    known.update(shot for some in shots.values() for shot in some)

    def is_theirs(sha256: str) -> bool:
        return sha256 in hashes or keyset.content_id(bytes.fromhex(sha256)) in contents

    names = _names(catalog, keyset, patient_id, chart_id)
    traces = Traces(patient_id, frozenset(known) - {""}, names, is_theirs)
    return Reach(patient_id, chart_id, shots, _shared(rows, patient_id, shots), contents, moved, traces)


def _shots(rows: Any, patient_id: str) -> dict[str, frozenset[str]]:
    """Shots whose latest assignment is to this patient, by job; of jobs that ever had one."""
    jobs = [str(row[0]) for row in rows("SELECT DISTINCT job_id FROM assignment WHERE patient_id = ?", (patient_id,))]
    found: dict[str, frozenset[str]] = {}
    for job_id in jobs:
        owner: dict[str, str] = {}
        for shot_ids, whose in rows(
            "SELECT shot_ids, patient_id FROM assignment WHERE job_id = ? ORDER BY clock, assignment_id", (job_id,)
        ):
            owner.update(dict.fromkeys(_ids.decode(shot_ids), whose))
        found[job_id] = frozenset(shot for shot, whose in owner.items() if whose == patient_id)
    return found


def _shared(rows: Any, patient_id: str, jobs: Iterable[str]) -> frozenset[str]:
    others = {str(row[0]) for row in rows("SELECT job_id FROM assignment WHERE patient_id <> ?", (patient_id,))}
    return frozenset(jobs) & others


def _moved(rows: Any, patient_id: str) -> dict[str, frozenset[str]]:
    """Photos that were once in the patient's chart or came into it, by the other patients they were with."""
    every = [
        (frozenset(_ids.decode(photo_ids)), {str(source), str(target)})
        for photo_ids, source, target in rows("SELECT photo_ids, patient_id, to_patient_id FROM photo_move")
    ]
    theirs = frozenset(photo for photo_ids, whose in every if patient_id in whose for photo in photo_ids)
    found: dict[str, frozenset[str]] = {}
    for photo_ids, whose in every:
        for other in whose - {patient_id} if photo_ids & theirs else set():
            found[other] = found.get(other, frozenset()) | (photo_ids & theirs)
    return found


def _of_chart(charts: Charts, catalog: Catalog, keyset: KeySet, patient_id: str, known: set[str]) -> frozenset[str]:
    """SHA-256 of everything in the chart and purged from it; its ids are added to `known`."""
    pointer = catalog.chart_pointer(patient_id, hidden_too=True)
    if not pointer.made or not charts.has_file(pointer.chart_id):
        return frozenset()
    chart = charts.open_pointer(pointer)
    try:
        rows = chart.ledger.database.rows("SELECT original_id, photo_id, sha256 FROM original")
    finally:
        chart.ledger.database.close()
    hashes: set[str] = set()
    for original_id, photo_id, sha256 in rows:
        content = catalog.known(keyset.content_id(bytes.fromhex(sha256)))
        if content is None or content.patient_id in ("", patient_id):  # else it moved on and is another patient's
            known.update((str(original_id), str(photo_id)))
            hashes.add(str(sha256))
    return frozenset(hashes)


def _names(catalog: Catalog, keyset: KeySet, patient_id: str, chart_id: str) -> frozenset[Named]:
    """What the patient is called and ever was, from the operations."""
    erasure_key = catalog.erasure.key(chart_id)
    now = catalog.patient(patient_id, hidden_too=True)
    called = {"mrn": "", "family": "", "given": ""}
    found = {Named(now.mrn, now.family, now.given)}
    rows = catalog.ledger.database.rows(
        "SELECT record FROM operation WHERE entity = 'patient' AND entity_id = ? ORDER BY clock", (patient_id,)
    )
    for (record,) in rows:
        fields = open_operation(bytes(record), keyset, lambda _: erasure_key).edit.fields
        called.update({name: str(fields[name]) for name in called if name in fields})
        found.add(Named(**called))
    return frozenset(found)
