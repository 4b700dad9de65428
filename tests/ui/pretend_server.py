"""A clinic server that says what a test wants, and remembers what it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from photodesk.errors import PhotoDeskError
from photodesk.ui.sync.clinic_server import (
    ConflictLine,
    Limits,
    Load,
    ServerNow,
    ServerState,
    ShownServer,
    ToldValue,
    Transfer,
)
from tests.ui.conftest import NOW_MS

MINUTE_MS = 60_000


def conflict(key: str = "k1", **other: Any) -> ConflictLine:
    first = ToldValue("Left forearm", "Dr. I. Sample", "Exam room 2", NOW_MS - 40 * MINUTE_MS)
    second = ToldValue("Right forearm", "Dr. J. Model", "Exam room 1", NOW_MS - 32 * MINUTE_MS)
    known = {"patient_id": "a" * 32, "photo_id": "f" * 32, **other}
    return ConflictLine(key, "photo", "Body site", "Test, Ada", "28 Aug 2026", first, second, **known)


def synced(**other: Any) -> ServerNow:
    known: dict[str, Any] = {"state": ServerState.UP_TO_DATE, "last_success_ms": NOW_MS - 2 * MINUTE_MS}
    return ServerNow(**{**known, "to_send": Load(0, 6, 48_000_000), "online": 3, "others": 4, **other})


@dataclass
class PretendServer:
    says: ServerNow = field(default_factory=synced)
    waiting: list[ConflictLine] = field(default_factory=list)
    bounds: Limits = field(default_factory=Limits)
    passes: list[Transfer] = field(default_factory=list)
    shows: ShownServer = field(default_factory=lambda: ShownServer("https://photos.example:8443", "PEM", bytes(32)))
    fails: dict[str, PhotoDeskError] = field(default_factory=dict)
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def _heard(self, what: str, *values: Any) -> None:
        self.asked.append((what, *values))
        if what in self.fails:
            raise self.fails[what]

    def now(self) -> ServerNow:
        return self.says

    def conflicts(self) -> list[ConflictLine]:
        return list(self.waiting)

    def resolve(self, key: str, *, keep_first: bool) -> None:
        self._heard("resolve", key, keep_first)
        self.waiting = [one for one in self.waiting if one.key != key]

    def sync_now(self) -> None:
        self._heard("sync_now")

    def pause(self, paused: bool) -> None:
        self._heard("pause", paused)

    def limits(self) -> Limits:
        return self.bounds

    def set_limits(self, limits: Limits) -> None:
        self._heard("set_limits", limits)
        self.bounds = limits

    def transfers(self, most: int = 200) -> list[Transfer]:
        return self.passes[:most]

    def look_at(self, url: str) -> ShownServer:
        self._heard("look_at", url)
        return self.shows

    def connect(self, shown: ShownServer, code: str) -> None:
        self._heard("connect", shown, code)
        self.says = synced(url=shown.url)

    def evidence(self) -> bytes:
        self._heard("evidence")
        return b"{}"

    def accept_restore(self) -> None:
        self._heard("accept_restore")
