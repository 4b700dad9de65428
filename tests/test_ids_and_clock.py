"""Ids have the right shape; the hybrid clock only rises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photodesk.clock import HybridClock, rfc3339
from photodesk.ids import ordered_id, random_id, to_bytes, to_text


class FrozenClock:
    def __init__(self, times_ms: list[int]) -> None:
        self._times_ms = times_ms

    def wall_ms(self) -> int:
        return self._times_ms.pop(0) if len(self._times_ms) > 1 else self._times_ms[0]

    def monotonic_ms(self) -> int:
        return 0


def test_ids() -> None:
    assert to_text(to_bytes(random_id())) != random_id()
    assert random_id()[12] == "4"
    assert ordered_id()[12] == "7"
    assert ordered_id(1) < ordered_id(2)
    with pytest.raises(ValueError):
        to_bytes("ab")


@given(st.lists(st.integers(0, 1 << 47), min_size=1, max_size=50))
def test_the_hybrid_clock_rises_even_when_the_wall_clock_does_not(times_ms: list[int]) -> None:
    clock = HybridClock(FrozenClock(list(times_ms)))
    values = [clock.now() for _ in times_ms]
    assert values == sorted(set(values))


def test_the_hybrid_clock_stays_above_what_it_saw() -> None:
    clock = HybridClock(FrozenClock([5]))
    clock.seen(1 << 40)
    assert clock.now() > 1 << 40


def test_rfc3339() -> None:
    assert rfc3339(0) == "1970-01-01T00:00:00.000Z"
