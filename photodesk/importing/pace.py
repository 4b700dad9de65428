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

    A slow card (most SD cards; below 120 MB/s, and the copy mostly waits for it) leaves processors idle, so renditions
    are made while it is read. From a fast disk the copy itself needs them, and renditions wait until all is proven;
    so they do where the whole computer is busy, which also makes the copy slow.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._bytes = 0
        self._waited_ms = 0
        self._began_ms: int | None = None
        self._seen_ms = 0

    def now_ms(self) -> int:
        """For `read`: when the copy began to wait for a file."""
        return self._clock.monotonic_ms()

    def read(self, size_bytes: int, since_ms: int) -> None:
        """The copy has a file of this size and waited for it from `since_ms` until now."""
        with self._lock:
            self._bytes += size_bytes
            self._seen_ms = self._clock.monotonic_ms()
            self._waited_ms += self._seen_ms - since_ms
            self._began_ms = since_ms if self._began_ms is None else self._began_ms

    @property
    def card_is_slow(self) -> bool:
        """Whether the card is what the copy waits for; False before enough was read to tell."""
        with self._lock:
            if self._began_ms is None or self._bytes < TELLING_BYTES:
                return False
            took_ms = self._seen_ms - self._began_ms
            return self._bytes * 1000 < SLOW_BYTES_PER_S * took_ms and 2 * self._waited_ms > took_ms


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
