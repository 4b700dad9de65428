"""A stream that says only that something changed: the place of the order and of the membership log. Nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from photodesk.server.answers import REFUSALS
from photodesk.server.parts import Parts
from photodesk.server.routes.asking import AskedParts, SignedIn

router = APIRouter(prefix="/v1", responses=REFUSALS)
LOOK_EVERY_S = 1.0
BREATH_S = 20.0


@router.get("/events", response_class=StreamingResponse)
async def events(request: Request, parts: AskedParts, who: SignedIn) -> StreamingResponse:
    """Server-sent events: `{"place": …}` when the clinic's order or membership grew; a comment every 20 s."""
    return StreamingResponse(_changes(request, parts, who.clinic_id), media_type="text/event-stream")


async def _changes(request: Request, parts: Parts, clinic_id: str) -> AsyncIterator[str]:
    told, quiet_s = None, 0.0
    parts.metrics.streams.inc()
    try:
        while not await request.is_disconnected() and not request.app.state.ending.is_set():
            now = await run_in_threadpool(parts.clinics.places, clinic_id)
            if now != told:
                told, quiet_s = now, 0.0
                yield f"data: {json.dumps({'place': now[0], 'members': now[1]})}\n\n"
            elif quiet_s >= BREATH_S:
                quiet_s = 0.0
                yield ": still here\n\n"
            await asyncio.sleep(LOOK_EVERY_S)
            quiet_s += LOOK_EVERY_S
    finally:
        parts.metrics.streams.dec()
