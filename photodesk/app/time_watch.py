"""Notices that the machine slept or that its clock was moved."""

from __future__ import annotations

from photodesk.clock import Clock

JUMP_MS = 5_000


class TimeWatch:
    """Compares how far the wall clock and the monotonic clock went between two looks (Linux: CLOCK_MONOTONIC stands
    still while the machine sleeps, the wall clock does not)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall_ms, self._monotonic_ms = clock.wall_ms(), clock.monotonic_ms()

    def jump_ms(self) -> int:
        """How far the wall clock jumped since the last look, in ms; 0 for less than 5 s."""
        wall_ms, monotonic_ms = self._clock.wall_ms(), self._clock.monotonic_ms()
        jump = (wall_ms - self._wall_ms) - (monotonic_ms - self._monotonic_ms)
        self._wall_ms, self._monotonic_ms = wall_ms, monotonic_ms
        return jump if abs(jump) >= JUMP_MS else 0
