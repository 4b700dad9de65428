"""What somebody looks at and is not here goes into the spool ahead of everything, and the syncer is told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial

from photodesk.desk.session import Session
from photodesk.store.sealed_blob import BlobKind
from photodesk.sync.named_copies import lacking
from photodesk.sync.on_server import lacking_on_server
from photodesk.sync.spool import Spool
from photodesk.sync.spool_blobs import URGENT, BlobSpool, SpooledBlob

WHOLE = frozenset({BlobKind.ORIGINAL, BlobKind.ATTACHMENT})


def wish(
    session: Session, spool: Spool, patient_id: str, ids: Iterable[str], kinds: frozenset[BlobKind] = WHOLE
) -> int:
    """Ask for what lacks of these photos, originals or files, ahead of everything; how many blobs that is.

    From any thread. What no workstation has sealed yet cannot be asked for: it comes with its operation.
    """
    chart, wanted = session.charts.open(patient_id), frozenset(ids)
    asked = [
        SpooledBlob(copy.blob_id, chart.chart_id, copy.kind, copy.size_bytes, URGENT)
        for copy, piece in lacking(chart)
        if (piece.photo_id in wanted or piece.owner_id in wanted) and piece.kind in kinds
    ]
    BlobSpool(spool.file).want(asked, session.clock.wall_ms())
    return len(asked)


def listen_to_wishes(session: Session, spool: Spool, tell: Callable[[], None]) -> None:
    """From now on whatever this desk's charts lack when it is asked for is wished for; `tell` wakes the syncer."""

    def wished(patient_id: str, owner_ids: Collection[str], kind: BlobKind) -> None:
        if wish(session, spool, patient_id, owner_ids, frozenset({kind})):
            tell()

    session.charts.wish = wished


def use_server(session: Session, spool: Spool, tell: Callable[[], None] = lambda: None) -> None:
    """This desk has a clinic server: what is not here is asked for, and what the server holds is known."""
    listen_to_wishes(session, spool, tell)
    session.server_copies.lacking = partial(lacking_on_server, session, spool)
