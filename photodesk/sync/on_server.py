"""Whether the clinic server holds files whole: each original, and every picture made from its photo, complete there."""

from __future__ import annotations

from collections.abc import Collection

from photodesk.desk.session import Session
from photodesk.store.catalog import ContentState
from photodesk.sync.named_copies import copied
from photodesk.sync.spool import Spool
from photodesk.sync.spool_blobs import BlobSpool, Out


def lacking_on_server(session: Session, spool: Spool, sha256s: Collection[str]) -> int:
    """How many of these files the server does not hold whole, or nobody here can tell; without chart keys all."""
    if not session.has_chart_keys:
        return len(set(sha256s))
    by_patient: dict[str, set[str]] = {}
    lacking = 0
    for sha256 in set(sha256s):
        known = session.catalog.known(session.keyset.content_id(bytes.fromhex(sha256)))
        if known is None or known.state is not ContentState.FILED:
            lacking += 1
        else:
            by_patient.setdefault(known.patient_id, set()).add(sha256)
    return lacking + sum(_lacking_of(session, spool, patient, wanted) for patient, wanted in by_patient.items())


def _lacking_of(session: Session, spool: Spool, patient_id: str, wanted: set[str]) -> int:
    chart = session.charts.open(patient_id, hidden_too=True)
    there = {blob for blob, state in BlobSpool(spool.file).known_out(chart.chart_id).items() if state is Out.THERE}
    held = {piece.names() for blob_id, piece in copied(chart) if blob_id in there}
    pieces = chart.pieces()
    incomplete = {piece.photo_id for piece in pieces if piece.names() not in held}
    whole = {piece.sha256 for piece in pieces if piece.photo_id not in incomplete}
    return len(wanted - whole)
