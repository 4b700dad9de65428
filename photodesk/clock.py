"""Time as PhotoDesk uses it: injected, so that tests own it.

`_ms` are milliseconds; wall time is Unix time, monotonic time counts from an unknown start and goes
on through changes of the wall clock. `HybridClock` gives the operations' clock: 48 bits of wall
milliseconds and a 16-bit counter, always above everything seen (Kulkarni et al. 2014, HLC).
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Protocol

LAST_MS = 253_402_300_799_999
FOLLOWED_AHEAD_MS = 48 * 3_600_000


class Clock(Protocol):
    """Where time comes from."""

    def wall_ms(self) -> int:
        """Unix time in milliseconds."""
        ...

    def monotonic_ms(self) -> int:
        """Milliseconds from an unknown start, never going back."""
        ...


class SystemClock:
    """The machine's clocks."""

    def wall_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


def utc_from_ms(wall_ms: int) -> datetime:
    """An aware UTC instant; what lies behind the calendar's last (altered bytes of a log may) is that last one."""
    return datetime.fromtimestamp(min(wall_ms, LAST_MS) / 1000, UTC)


def rfc3339(wall_ms: int) -> str:
    """`2026-11-20T09:14:05.123Z`."""
    return utc_from_ms(wall_ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local_today(clock: Clock) -> date:
    """Today's date where the workstation stands."""
    return datetime.fromtimestamp(clock.wall_ms() / 1000).date()


class HybridClock:
    """Hybrid logical clock: `now()` is `wall_ms << 16 | counter`, strictly rising in one process."""

    def __init__(self, clock: Clock, last: int = 0) -> None:
        self._clock = clock
        self._last = last

    def now(self) -> int:
        """The next value, above every value given or seen before."""
        self._last = max(self._clock.wall_ms() << 16, self._last + 1)
        return self._last

    def above(self, value: int) -> int:
        """The next value, also above this one; one far in the future is outranked and not followed."""
        self.seen(value)
        now = self.now()
        return now if now > value else value + 1

    def seen(self, value: int) -> None:
        """Another clock value was read: later ones lie above it, unless it is more than 48 hours ahead of this clock.

        Such a value comes from a clock that was set wrong, and following it would set this one wrong for ever.
        """
        if value >> 16 <= self._clock.wall_ms() + FOLLOWED_AHEAD_MS:
            self._last = max(self._last, value)
