"""A stream that says only that something changed: the place of the order and of the membership log. Nothing else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from photodesk.server.answers import REFUSALS
from photodesk.server.clinics import Contact
from photodesk.server.news import News
from photodesk.server.parts import Parts
from photodesk.server.routes.asking import AskedParts, SignedIn

router = APIRouter(prefix="/v1", responses=REFUSALS)
LOOK_WHETHER_GONE_S = 5.0
BREATH_S = 20.0


@router.get("/events", response_class=StreamingResponse)
async def events(request: Request, parts: AskedParts, who: SignedIn) -> StreamingResponse:
    """Server-sent events: `{"place": …}` when the clinic's order or membership grew; a comment every 20 s."""
    news: News = request.app.state.news
    news.refuse_too_many(who.clinic_id, who.workstation_id)
    return StreamingResponse(_changes(request, parts, news, who), media_type="text/event-stream")


async def _changes(request: Request, parts: Parts, news: News, who: Contact) -> AsyncIterator[str]:
    told, quiet_s = None, 0.0
    parts.metrics.streams.inc()
    try:
        with news.listening(who.clinic_id, who.workstation_id) as watched:
            while not (news.ended or await request.is_disconnected()):
                if watched.places not in {told, None}:
                    told, quiet_s = watched.places, 0.0
                    yield f"data: {json.dumps({'place': told[0], 'members': told[1]})}\n\n"
                elif quiet_s >= BREATH_S:
                    quiet_s = 0.0
                    yield ": still here\n\n"
                await news.wait(watched, LOOK_WHETHER_GONE_S)
                quiet_s += LOOK_WHETHER_GONE_S
    finally:
        parts.metrics.streams.dec()
