"""When a pass is due, and how fast photos go: waits that double, a server that is left alone, limits by the hour."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from photodesk.errors import Cancelled, Fixable, Refused
from photodesk.sync.bandwidth import Bandwidth
from photodesk.sync.line import ServerBusy
from photodesk.sync.pacing import (
    BREATH_MS,
    FIRST_MS,
    LISTENING_MS,
    LONGEST_MS,
    POLL_MS,
    SOONEST_MS,
    UNANSWERED_MS,
    Pacing,
)
from photodesk.sync.spool import Spool
from photodesk.sync.sync_settings import SyncSettings, write_settings
from tests.log.writing import HandClock

OFFLINE = Fixable("server_offline", "Not there.")
FAILING = Fixable("server_failed", "It failed.")


@pytest.mark.parametrize(("failure", "longest_ms"), [(FAILING, LONGEST_MS), (OFFLINE, UNANSWERED_MS)])
def test_waits_double_with_jitter_to_a_bound_and_begin_anew(failure: Fixable, longest_ms: int) -> None:
    for chance, share in ((0.0, 0.5), (1.0, 1.0)):
        clock = HandClock()
        pacing = Pacing(clock, lambda chance=chance: chance)  # type: ignore[misc]
        assert pacing.wait_s == 0
        waits = []
        for _ in range(12):
            pacing.failed(failure)
            waits.append(pacing.wait_s * 1000)
        assert waits[:3] == [FIRST_MS * share, FIRST_MS * 2 * share, FIRST_MS * 4 * share]
        assert waits[-1] == longest_ms * share
        pacing.done(listening=False)
        assert pacing.wait_s * 1000 == POLL_MS
        pacing.done(listening=True)
        assert pacing.wait_s * 1000 == LISTENING_MS
        pacing.failed(OFFLINE)
        assert pacing.wait_s * 1000 == FIRST_MS * share


def test_what_the_server_does_not_have_yet_is_asked_for_soon_and_then_more_and_more_seldom() -> None:
    clock = HandClock()
    pacing = Pacing(clock, lambda: 0.0)
    pacing.done(listening=True)
    waits = []
    for _ in range(9):
        pacing.done(listening=True, lacks=500)
        waits.append(pacing.wait_s * 1000)
    assert waits[:3] == [SOONEST_MS, 2 * SOONEST_MS, 4 * SOONEST_MS]
    assert waits[-1] == LISTENING_MS
    pacing.done(listening=True, lacks=200)
    assert pacing.wait_s * 1000 == SOONEST_MS
    pacing.done(listening=True)
    assert pacing.wait_s * 1000 == LISTENING_MS


def test_news_hurries_but_never_hammers() -> None:
    clock = HandClock()
    pacing = Pacing(clock, lambda: 1.0)
    pacing.done(listening=True)
    pacing.news()
    assert pacing.wait_s * 1000 == BREATH_MS
    for _ in range(8):
        pacing.failed(OFFLINE)
    pacing.news()
    assert pacing.wait_s * 1000 == SOONEST_MS
    pacing.woke()
    assert pacing.wait_s == 0


def test_a_server_that_asks_to_be_left_alone_is_also_after_sleep_and_news() -> None:
    clock = HandClock()
    pacing = Pacing(clock, lambda: 0.0)
    pacing.failed(ServerBusy("server_busy", "Too many requests.", "", 90))
    for hurry in (pacing.news, pacing.woke):
        hurry()
        assert pacing.wait_s == 90
    clock.move(90_000)
    assert pacing.wait_s == 0


def test_who_is_too_old_asks_no_more() -> None:
    pacing = Pacing(HandClock(), lambda: 0.0)
    pacing.failed(Refused("newer_format", "Update."))
    for hurry in (pacing.news, pacing.woke):
        hurry()
        assert pacing.wait_s > 10**9


def test_who_was_shut_out_asks_seldom_for_the_order_to_erase() -> None:
    pacing = Pacing(HandClock(), lambda: 0.0)
    pacing.failed(Refused("revoked", "Shut out."))
    for hurry in (pacing.news, pacing.woke):
        hurry()
        assert pacing.wait_s * 1000 == LONGEST_MS


@pytest.fixture
def waits() -> list[float]:
    return []


def test_a_limit_holds_in_its_hours(tmp_path: Path, waits: list[float]) -> None:
    clock = HandClock()
    spool = Spool(tmp_path)

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        clock.move(round(seconds * 1000))
        return False

    width = Bandwidth(spool, clock, wait)
    hour = datetime.fromtimestamp(clock.wall_ms() / 1000).hour
    for _ in range(10):
        width.spend(1_000_000)
    assert waits == []
    write_settings(spool, SyncSettings(limit_kb_s=500, from_hour=hour, until_hour=hour + 1))
    clock.move(1_000)
    began = clock.monotonic_ms()
    for _ in range(10):
        width.spend(1_000_000)
    assert clock.monotonic_ms() - began == 20_000
    assert width.bytes_s > 0
    write_settings(spool, SyncSettings(limit_kb_s=500, from_hour=hour + 1, until_hour=hour + 2))
    clock.move(1_000)
    waits.clear()
    width.spend(1_000_000)
    assert waits == []


def test_a_pause_ends_what_travels(tmp_path: Path) -> None:
    clock = HandClock()
    spool = Spool(tmp_path)
    width = Bandwidth(spool, clock, lambda _seconds: True)
    width.spend(10)
    write_settings(spool, SyncSettings(paused=True))
    clock.move(2_000)
    with pytest.raises(Cancelled):
        width.spend(10)
    write_settings(spool, SyncSettings(limit_kb_s=2))
    clock.move(2_000)
    with pytest.raises(Cancelled):
        width.spend(10_000)
