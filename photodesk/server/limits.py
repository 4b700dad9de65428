"""Limits before anything is read: how large a body may be, and how often somebody may ask."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from photodesk.clock import Clock
from photodesk.server.answers import answer_refusal
from photodesk.server.refusals import too_large, too_often
from photodesk.sync.blob_parts import PART_BYTES

BODY_BYTES = 16 * 1024 * 1024
BURST, PER_S = 400, 200.0
KNOCKS, KNOCKS_PER_S = 400, 10.0  # 200 workstations behind one address sign in at once after the server's restart
MOST_REMEMBERED = 10_000


class BodyLimit:
    """Refuses bodies above their limit while they come in; nothing larger is ever held in memory."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = PART_BYTES if "/parts/" in scope["path"] else BODY_BYTES
        said = dict(scope["headers"]).get(b"content-length", b"0")
        if not said.isdigit() or int(said) > limit:
            await answer_refusal(too_large(limit))(scope, receive, send)
            return
        await self._app(scope, _counting(receive, limit), send)


def _counting(receive: Receive, limit: int) -> Receive:
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
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
