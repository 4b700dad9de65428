"""Originals that were fetched and are more than this workstation keeps: the earliest fetched go, from here only.

Only what came from the clinic server, and is known to be whole there, is let go; what was imported here never is, nor
anything of a pinned patient. It comes again when somebody looks at it.
"""

from __future__ import annotations

from photodesk.desk.session import Session
from photodesk.progress import Cancel
from photodesk.store.catalog import ChartPointer
from photodesk.sync.named_copies import copied
from photodesk.sync.pins import pinned
from photodesk.sync.spool_blobs import BlobSpool, SpooledBlob


def keep_room(session: Session, blobs: BlobSpool, limit_bytes: int, cancel: Cancel) -> int:
    """Let originals go until those that were fetched are within the limit; how many went. 0 is no limit."""
    fetched = blobs.fetched_originals() if limit_bytes else []
    over = sum(one.size_bytes for one in fetched) - limit_bytes
    if not limit_bytes or over <= 0:
        return 0
    pins = pinned(session.catalog, session.keyset.workstation_id)
    pointers = {one.chart_id: one for one in session.catalog.chart_pointers() if one.made}
    chosen: dict[str, list[SpooledBlob]] = {}
    for one in fetched:
        pointer = pointers.get(one.scope)
        if over > 0 and pointer is not None and pointer.patient_id not in pins:
            chosen.setdefault(one.scope, []).append(one)
            over -= one.size_bytes
    gone = 0
    for scope, going in chosen.items():
        cancel.check()
        gone += _let_go(session, blobs, pointers[scope], going)
    return gone


def _let_go(session: Session, blobs: BlobSpool, pointer: ChartPointer, going: list[SpooledBlob]) -> int:
    chart = session.charts.open(pointer.patient_id, hidden_too=True)
    fetched, named = chart.fetched_originals(), dict(copied(chart))
    known = [one.blob_id for one in going if one.blob_id in named and blobs.are_there([one.blob_id])]
    owners = [named[blob_id].owner_id for blob_id in known if named[blob_id].owner_id in fetched]
    chart.let_bytes_go(owners)
    blobs.unwanted([one.blob_id for one in going])
    return len(owners)
