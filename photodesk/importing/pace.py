"""How fast the card gives its files: who waits for whom while an import runs."""

from __future__ import annotations

import threading

from photodesk.clock import Clock
from photodesk.progress import Progress, Report

TELLING_SHARE = 10
SLOW_BYTES_PER_S = 120_000_000
TELLING_BYTES = 64_000_000


class Pace:
    """Bytes read and the time it took. Thread-safe.

    A slow card (most SD cards; below 120 MB/s) leaves processors idle, so renditions are made while it is read. From
    a fast disk the copy itself needs them, and renditions wait until everything is proven.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._bytes = 0
        self._ms = 0

    def now_ms(self) -> int:
        """For `read`: when a file was begun."""
        return self._clock.monotonic_ms()

    def read(self, size_bytes: int, since_ms: int) -> None:
        """A file of this size was read from `since_ms` until now."""
        with self._lock:
            self._bytes += size_bytes
            self._ms += self._clock.monotonic_ms() - since_ms

    @property
    def card_is_slow(self) -> bool:
        """Whether the card is what the copy waits for; False before enough was read to tell."""
        with self._lock:
            return self._bytes >= TELLING_BYTES and self._bytes * 1000 < SLOW_BYTES_PER_S * self._ms


def paced_report(report: Report, clock: Clock) -> Report:
    """Passes on what is reported as long as that takes no more than a tenth of the time; a new phase always.

    A window that lists each file of a card of 100,000 needs a while to take in a report.
    """
    told, not_before_ms = "", 0

    def paced(now: Progress) -> None:
        nonlocal told, not_before_ms
        began_ms = clock.monotonic_ms()
        if now.what.partition(" ")[0] == told and began_ms < not_before_ms:
            return
        report(now)
        ended_ms = clock.monotonic_ms()
        told, not_before_ms = now.what.partition(" ")[0], ended_ms + TELLING_SHARE * (ended_ms - began_ms)

    return paced
