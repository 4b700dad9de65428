"""The workstations' logs on the server: checkpoints with receipts, sealed segments."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from photodesk.server import messages as m
from photodesk.server.answers import REFUSALS
from photodesk.server.routes.asking import AfterQuery, AskedParts, IdPath, IdQuery, LimitQuery, NumberPath, SignedIn
from photodesk.server.routes.blobs import OCTETS

router = APIRouter(prefix="/v1/log", responses=REFUSALS)


@router.post("/checkpoints")
def put_checkpoint(body: m.PutCheckpoint, parts: AskedParts, who: SignedIn) -> m.Receipt:
    """Keep a checkpoint of the workstation's own log; the receipt is signed by the server."""
    kept = parts.logs.put_checkpoint(who, body.record)
    return m.Receipt(received_ms=kept.received_ms, receipt=kept.receipt)


@router.get("/checkpoints")
def read_checkpoints(
    parts: AskedParts, who: SignedIn, workstation_id: IdQuery, after: AfterQuery = 0, limit: LimitQuery = 500
) -> m.CheckpointsPage:
    """Checkpoints of any workstation of the clinic, after a place of its log."""
    found = parts.logs.checkpoints(who.clinic_id, workstation_id, after, limit)
    return m.CheckpointsPage(
        checkpoints=[
            m.Checkpoint(
                workstation_id=one.workstation_id,
                sequence=one.sequence,
                record=one.record,
                received_ms=one.kept.received_ms,
                receipt=one.kept.receipt,
            )
            for one in found
        ]
    )


@router.put("/segments/{number}", openapi_extra=OCTETS)
async def put_segment(number: NumberPath, request: Request, parts: AskedParts, who: SignedIn) -> m.Receipt:
    """Keep a finished segment of the workstation's own log, once."""
    data = await request.body()
    kept = await run_in_threadpool(parts.logs.put_segment, who, number, data)
    return m.Receipt(received_ms=kept.received_ms, receipt=kept.receipt)


@router.get("/segments/{workstation_id}/{number}", response_class=Response)
def read_segment(workstation_id: IdPath, number: NumberPath, parts: AskedParts, who: SignedIn) -> Response:
    """A kept segment; sealed, as it came."""
    return Response(parts.logs.segment(who.clinic_id, workstation_id, number), media_type="application/octet-stream")
