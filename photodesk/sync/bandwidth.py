"""How fast photos may travel: a limit by the hours of the day, and the pause."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from photodesk.clock import Clock
from photodesk.errors import Cancelled
from photodesk.sync.spool import Spool
from photodesk.sync.sync_settings import SyncSettings, read_settings

LOOK_EVERY_MS = 1_000
MEASURED_MS = 5_000
Wait = Callable[[float], bool]
"""Waits so many seconds, or until the work is to end: whether it is (`threading.Event.wait`)."""


class Bandwidth:
    """`spend` is told of every piece of a photo. Raises `Cancelled` when the person paused or the process ends."""

    def __init__(self, spool: Spool, clock: Clock, wait: Wait) -> None:
        self._spool = spool
        self._clock = clock
        self._wait = wait
        self._lock = threading.Lock()
        self._settings = SyncSettings()
        self._looked_ms = -LOOK_EVERY_MS
        self._free_ms = 0.0
        self._began_ms, self._moved = 0, 0
        self.bytes_s = 0

    def spend(self, size: int) -> None:
        """So many bytes are about to go, or came: wait as long as the limit says. Several threads may."""
        with self._lock:
            wait_ms = self._due(size, self._clock.monotonic_ms())
        if wait_ms > 0 and self._wait(wait_ms / 1000):
            raise Cancelled

    def _due(self, size: int, now_ms: int) -> float:
        self._measure(size, now_ms)
        if now_ms - self._looked_ms >= LOOK_EVERY_MS:
            self._settings, self._looked_ms = read_settings(self._spool), now_ms
        if self._settings.paused:
            raise Cancelled
        hour = datetime.fromtimestamp(self._clock.wall_ms() / 1000).hour
        limit = self._settings.limit_at(hour)
        self._free_ms = max(self._free_ms, now_ms) + size * 1000 / limit if limit else 0.0
        return self._free_ms - now_ms

    def _measure(self, size: int, now_ms: int) -> None:
        """Bytes a second over the last few seconds in which photos travelled."""
        if now_ms - self._began_ms > 4 * MEASURED_MS:
            self._began_ms, self._moved = now_ms, 0
        self._moved += size
        if now_ms - self._began_ms >= MEASURED_MS:
            self.bytes_s = self._moved * 1000 // (now_ms - self._began_ms)
            self._began_ms, self._moved = now_ms, 0
