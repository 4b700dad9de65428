"""A slow card lets renditions be made meanwhile; a fast disk makes them wait."""

from __future__ import annotations

from photodesk.importing.pace import SLOW_BYTES_PER_S, TELLING_BYTES, Pace


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000

    def wall_ms(self) -> int:
        return self.now

    def monotonic_ms(self) -> int:
        return self.now


def pace_after(size_bytes: int, took_ms: int) -> Pace:
    clock = Hand()
    pace = Pace(clock)
    began = pace.now_ms()
    clock.now += took_ms
    pace.read(size_bytes, began)
    return pace


def test_a_card_below_the_limit_is_slow() -> None:
    assert pace_after(TELLING_BYTES, TELLING_BYTES * 1000 // SLOW_BYTES_PER_S + 10).card_is_slow


def test_a_disk_above_the_limit_is_not_slow() -> None:
    assert not pace_after(TELLING_BYTES, TELLING_BYTES * 1000 // SLOW_BYTES_PER_S - 10).card_is_slow


def test_little_tells_nothing() -> None:
    assert not pace_after(TELLING_BYTES - 1, 100_000).card_is_slow
    assert not pace_after(0, 0).card_is_slow
