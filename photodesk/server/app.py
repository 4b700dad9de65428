"""The server as an ASGI application: routes, limits, answers to errors, health, metrics, one log line a request."""

from __future__ import annotations

import asyncio
import json
import sys
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import text
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import photodesk
from photodesk.clock import rfc3339
from photodesk.server import refusals
from photodesk.server.answers import answer_errors, answer_refusal
from photodesk.server.limits import BodyLimit
from photodesk.server.news import News
from photodesk.server.parts import Parts
from photodesk.server.routes import blobs, clinics, events, keys, logs, operations

CLEAN_EVERY_S = 3600.0
GONE = 499  # who asked went away before the answer; in the log only


def make_app(parts: Parts, *, quiet: bool = False) -> FastAPI:
    """The application over these parts; `quiet` writes no log lines."""
    app = FastAPI(title="PhotoDesk clinic server", version=photodesk.__version__, lifespan=_lifespan)
    app.state.parts, app.state.news = parts, News(parts.clinics.places)
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
    app.state.news.end()
    cleaning.cancel()


async def _clean(parts: Parts) -> None:
    while True:
        await asyncio.sleep(CLEAN_EVERY_S)
        try:
            await run_in_threadpool(parts.blobs.drop_stale)
        except Exception as error:  # noqa: BLE001 - a database that is away for a while does not end the cleaning
            _write_line(parts, {"cleaning": "failed", "fault": _place_of(error)})


async def _healthy() -> JSONResponse:
    """The process runs."""
    return JSONResponse({"healthy": True})


async def _ready(request: Request) -> JSONResponse:
    """The databases answer and the photos' place is there; not while the process is ending."""
    parts: Parts = request.app.state.parts
    if request.app.state.news.ended:
        raise refusals.not_writable()

    def look() -> None:
        for database in (parts.database, parts.erasure):
            with database.glance() as connection:
                connection.execute(text("SELECT 1"))
        parts.objects.refuse_unready()

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
        begun, status, begun_answer = time.monotonic(), 500, False

        async def sent(message: Message) -> None:
            nonlocal status, begun_answer
            if message["type"] == "http.response.start":
                status, begun_answer = message["status"], True
            await send(message)

        fault = ""
        try:
            await self._app(scope, receive, sent)
        except ClientDisconnect:
            status = GONE
        except Exception as error:  # noqa: BLE001 - whatever it is, its words may hold content: only its place is told
            fault = _place_of(error)
            if not begun_answer:
                await answer_refusal(refusals.fault())(scope, receive, sent)
        finally:
            path = getattr(scope.get("route"), "path", "other")
            took_s = time.monotonic() - begun
            self._parts.metrics.requests.labels(path, str(status)).inc()
            self._parts.metrics.seconds.labels(path).observe(took_s)
            if not self._quiet:
                line = {"method": scope["method"], "path": path, "status": status, "ms": round(took_s * 1000, 1)}
                _write_line(self._parts, line | ({"fault": fault} if fault else {}))


def _write_line(parts: Parts, line: dict[str, object]) -> None:
    sys.stderr.write(json.dumps({"at": rfc3339(parts.clock.wall_ms())} | line) + "\n")


def _place_of(error: BaseException) -> str:
    """Which kind of error, in which file and line of the server: never its words, which may hold content."""
    while isinstance(error, BaseExceptionGroup) and error.exceptions:
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)
    home = str(Path(photodesk.__file__).parent)
    own = [frame for frame in frames if frame.filename.startswith(home)] or frames
    place = f" at {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
    return f"{type(error).__name__}{place}"
