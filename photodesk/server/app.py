"""The server as an ASGI application: routes, limits, answers to errors, health, metrics, one log line a request."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import text
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import photodesk
from photodesk.clock import rfc3339
from photodesk.server.answers import answer_errors
from photodesk.server.limits import BodyLimit
from photodesk.server.parts import Parts
from photodesk.server.routes import blobs, clinics, events, keys, logs, operations

CLEAN_EVERY_S = 3600.0


def make_app(parts: Parts, *, quiet: bool = False) -> FastAPI:
    """The application over these parts; `quiet` writes no log lines."""
    app = FastAPI(title="PhotoDesk clinic server", version=photodesk.__version__, lifespan=_lifespan)
    app.state.parts, app.state.ending = parts, asyncio.Event()
    for router in (clinics.router, keys.router, operations.router, blobs.router, logs.router, events.router):
        app.include_router(router)
    answer_errors(app)
    app.add_api_route("/healthz", _healthy, include_in_schema=False)
    app.add_api_route("/readyz", _ready, include_in_schema=False)
    app.add_api_route("/metrics", _metrics, include_in_schema=False)
    app.add_middleware(BodyLimit)
    app.add_middleware(Noting, parts=parts, quiet=quiet)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    cleaning = asyncio.create_task(_clean(app.state.parts))
    yield
    app.state.ending.set()
    cleaning.cancel()


async def _clean(parts: Parts) -> None:
    while True:
        await asyncio.sleep(CLEAN_EVERY_S)
        await run_in_threadpool(parts.blobs.drop_stale)


async def _healthy() -> JSONResponse:
    """The process runs."""
    return JSONResponse({"healthy": True})


async def _ready(request: Request) -> JSONResponse:
    """The database answers."""
    parts: Parts = request.app.state.parts

    def look() -> None:
        with parts.database.read() as connection:
            connection.execute(text("SELECT 1"))

    await run_in_threadpool(look)
    return JSONResponse({"ready": True})


async def _metrics(request: Request) -> Response:
    """What Prometheus reads."""
    return Response(request.app.state.parts.metrics.text(), media_type="text/plain; version=0.0.4")


class Noting:
    """Counts and times every answer, and writes one line of it: the route's template, never the ids in it."""

    def __init__(self, app: ASGIApp, parts: Parts, *, quiet: bool) -> None:
        self._app, self._parts, self._quiet = app, parts, quiet

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.monotonic(), 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            path = getattr(scope.get("route"), "path", "other")
            took_s = time.monotonic() - begun
            self._parts.metrics.requests.labels(path, str(status)).inc()
            self._parts.metrics.seconds.labels(path).observe(took_s)
            if not self._quiet:
                _write_line(self._parts, scope["method"], path, status, took_s)


def _write_line(parts: Parts, method: str, path: str, status: int, took_s: float) -> None:
    line = {"at": rfc3339(parts.clock.wall_ms()), "method": method, "path": path, "status": status}
    sys.stderr.write(json.dumps(line | {"ms": round(took_s * 1000, 1)}) + "\n")
