"""Limits before anything is read: how large a body may be, how much of them at once, and how often somebody may ask."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from photodesk.clock import Clock
from photodesk.server.answers import answer_refusal
from photodesk.server.blobs import PIECE_BYTES
from photodesk.server.refusals import busy, too_large, too_often
from photodesk.sync.blob_parts import PART_BYTES

BODY_BYTES = 16 * 1024 * 1024
MOST_HELD_BYTES = 16 * BODY_BYTES
SILENT_S = 60.0
BURST, PER_S = 400, 200.0
KNOCKS, KNOCKS_PER_S = 400, 10.0  # 200 workstations behind one address sign in at once after the server's restart
MOST_REMEMBERED = 10_000


class BodyLimit:
    """Refuses bodies above their limit while they come in, those that stop coming, and more than memory holds."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._held_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        is_part = "/parts/" in scope["path"] or (scope["path"].startswith("/v1/blobs/") and scope["method"] == "PUT")
        limit = PART_BYTES if is_part else BODY_BYTES
        said = headers.get(b"content-length", b"0")
        if not said.isdigit() or int(said) > limit:
            await answer_refusal(too_large(limit))(scope, receive, send)
            return
        need = limit if b"transfer-encoding" in headers else int(said)
        need = min(need, PIECE_BYTES) if is_part else need
        if self._held_bytes + need > MOST_HELD_BYTES:
            await answer_refusal(busy())(scope, receive, send)
            return
        self._held_bytes += need
        try:
            await self._app(scope, _counting(receive, limit), send)
        finally:
            self._held_bytes -= need


def _counting(receive: Receive, limit: int) -> Receive:
    taken, more = 0, True

    async def counted() -> Message:
        nonlocal taken, more
        if not more:
            return await receive()  # whether who asked has gone: that may take as long as it likes
        try:
            async with asyncio.timeout(SILENT_S):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, "The message stopped coming in.") from None
        taken, more = taken + len(message.get("body", b"")), message.get("more_body", False)
        if taken > limit:
            raise HTTPException(413, too_large(limit).message)  # the one error FastAPI lets through while it reads
        return message

    return counted


@dataclass
class _Bucket:
    left: float
    at_ms: int


class RateLimit:
    """A bucket for each workstation, and a small one for each address that asks without a token (codes, sign-ins)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()

    def knock(self, address: str) -> None:
        """Count a request that needs no token. 429 `too_often` with how long to wait."""
        self._take(address, KNOCKS, KNOCKS_PER_S)

    def ask(self, workstation_id: str) -> None:
        """Count a request of a workstation that signed in. 429 `too_often`."""
        self._take(workstation_id, BURST, PER_S)

    def _take(self, name: str, burst: int, per_s: float) -> None:
        now_ms = self._clock.monotonic_ms()
        with self._lock:
            if len(self._buckets) > MOST_REMEMBERED:
                self._buckets.clear()
            bucket = self._buckets.setdefault(name, _Bucket(burst, now_ms))
            bucket.left = min(burst, bucket.left + (now_ms - bucket.at_ms) / 1000 * per_s)
            bucket.at_ms = now_ms
            if bucket.left < 1:
                raise too_often(max(1, round((1 - bucket.left) / per_s)))
            bucket.left -= 1
