"""When the next pass is due: at once after news, seldom while all is quiet, later and later while it fails.

Waits after failures double from 2 s to 2 minutes, each drawn anew between its half and its whole, so that a clinic's
workstations do not come back to a server that was restarted all in the same instant (jitter; Brooker 2015). Where
nobody answers at all, asking costs nobody anything: there they end at a quarter of a minute.
"""

from __future__ import annotations

from collections.abc import Callable

from photodesk.clock import Clock
from photodesk.errors import PhotoDeskError
from photodesk.sync.line import ServerBusy

FIRST_MS, LONGEST_MS, UNANSWERED_MS = 2_000, 120_000, 16_000
SOONEST_MS, BREATH_MS = 3_000, 300
POLL_MS, LISTENING_MS = 60_000, 240_000
UNANSWERED = "server_offline"
FOR_GOOD = frozenset({"newer_format"})
SELDOM = frozenset({"revoked"})
"""Nothing travels any more; the clinic's order to erase may still come."""
NEVER_MS = 1 << 62


class Pacing:
    """All instants are of the monotonic clock. `chance()` is a random number in [0, 1)."""

    def __init__(self, clock: Clock, chance: Callable[[], float]) -> None:
        self._clock = clock
        self._chance = chance
        self._failures = 0
        self._due_ms = 0
        self._earliest_ms = 0
        self._not_before_ms = 0
        self._lacked, self._lacking_ms = 0, SOONEST_MS

    def done(self, *, listening: bool, lacks: int = 0) -> None:
        """A pass is done; while the server's events are heard there is no hurry to ask.

        `lacks` says how much is wanted that the server does not have yet: no event tells when it has, so it is asked
        for soon, and more and more seldom while nothing comes.
        """
        now_ms = self._clock.monotonic_ms()
        self._failures, self._earliest_ms, self._not_before_ms = 0, now_ms + BREATH_MS, now_ms
        wait = LISTENING_MS if listening else POLL_MS
        self._lacking_ms = min(2 * self._lacking_ms, wait) if lacks == self._lacked else SOONEST_MS
        self._lacked = lacks
        self._due_ms = now_ms + (min(self._lacking_ms, wait) if lacks else wait)

    def failed(self, error: PhotoDeskError) -> None:
        """A pass failed."""
        now_ms = self._clock.monotonic_ms()
        longest = UNANSWERED_MS if error.code == UNANSWERED else LONGEST_MS
        whole = min(longest, FIRST_MS << min(self._failures, 20))
        self._failures += 1
        wait = round(whole / 2 + self._chance() * whole / 2)
        if error.code in FOR_GOOD:
            wait = NEVER_MS
        if error.code in SELDOM:
            wait = LONGEST_MS
        self._earliest_ms = now_ms + min(wait, SOONEST_MS)
        self._not_before_ms = now_ms
        if isinstance(error, ServerBusy):
            asked = round(error.retry_after_s * 1000 * (1 + self._chance() / 2))
            wait, self._not_before_ms = max(wait, asked), now_ms + asked
        if error.code in FOR_GOOD | SELDOM:
            self._not_before_ms = now_ms + wait
        self._due_ms = now_ms + wait

    def news(self) -> None:
        """Something waits, or is there: at once, but for a server that asked to be left alone, or has just failed."""
        self._due_ms = min(self._due_ms, max(self._earliest_ms, self._not_before_ms))

    def woke(self) -> None:
        """The machine slept, or its network came back: what failed before says nothing now."""
        self._failures = 0
        self._due_ms = min(self._due_ms, self._not_before_ms)

    @property
    def wait_s(self) -> float:
        """How long until the next pass; 0 when it is due."""
        return max(0, self._due_ms - self._clock.monotonic_ms()) / 1000
