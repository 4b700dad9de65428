"""A slow card lets renditions be made meanwhile; a fast disk makes them wait. Slow listeners are told less often."""

from __future__ import annotations

from photodesk.importing.pace import SLOW_BYTES_PER_S, TELLING_BYTES, Pace, paced_report
from photodesk.progress import Progress


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


def test_a_busy_computer_is_no_slow_card() -> None:
    clock = Hand()
    pace = Pace(clock)
    for _ in range(8):
        began = pace.now_ms()
        clock.now += 100
        pace.read(TELLING_BYTES // 8, began)
        clock.now += 400
    assert not pace.card_is_slow


def test_a_slow_listener_takes_a_tenth_of_the_time_and_hears_every_phase() -> None:
    clock, heard = Hand(), []

    def slow(now: Progress) -> None:
        heard.append((now.what, now.done))
        clock.now += 50

    report = paced_report(slow, clock)
    for done in range(100):
        report(Progress(f"Copying {done}", done, 100))
        clock.now += 10
    assert len(heard) == 2
    report(Progress("Filing photos", 1, 100))
    assert heard[-1] == ("Filing photos", 1)


def test_a_quick_listener_hears_all() -> None:
    heard: list[int] = []
    report = paced_report(lambda now: heard.append(now.done), Hand())
    for done in range(10):
        report(Progress("Filing photos", done, 10))
    assert heard == list(range(10))
