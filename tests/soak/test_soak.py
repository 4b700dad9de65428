"""The short forms of the long runs. The long ones are commands: `python -m tests.soak.locks`, `…cycles`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.background import mock_buses
from tests.journeys.screen import available, wait_until
from tests.soak.cycles import run as run_cycles
from tests.soak.locks import LOCK_MS, Figures
from tests.soak.locks import run as run_locks
from tests.soak.room import monitors, soak_room

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(
        not available() or not shutil.which("xrandr") or not mock_buses.available(),
        reason="no X tools or no pretended services here",
    ),
]


def holds(figures: Figures, locks: int) -> None:
    """On a busy machine the times are not the budget's: the long run says those."""
    assert len(figures.lock_ms) == locks
    assert figures.left == set()
    assert max(figures.lock_ms) < 3 * LOCK_MS


def test_a_lock_on_two_screens_leaves_nothing(tmp_path: Path) -> None:
    for figures in run_locks(1, ["sleep", "screen_removed", "unseen_sleep"], 2, tmp_path).values():
        holds(figures, 1)


def test_a_screen_that_is_plugged_in_shows_no_photo_until_somebody_says_so(tmp_path: Path) -> None:
    with soak_room(tmp_path, 2, plugged=1) as room:
        room.view()
        monitors(room.screen, 2)
        wait_until(lambda: not room.seen(), "the photos to be hidden")
        room.screen.key("ctrl+k", "Escape")
        assert not room.seen()
        room.screen.key("Tab", "space")
        wait_until(room.seen, "the photo, for somebody said so")


@pytest.mark.thorough
def test_every_trigger_on_one_screen(tmp_path: Path) -> None:
    names = ["ctrl_l", "session_lock", "user_switch", "shutdown", "gnome_saver", "lid", "idle", "desk_hung"]
    for figures in run_locks(3, [*names, "desk_killed", "keeper_killed"], 1, tmp_path).values():
        holds(figures, 3)


def test_locking_again_and_again_leaks_nothing(tmp_path: Path) -> None:
    wrong = [one for one in run_cycles(4, tmp_path) if " p99 " not in one]
    assert wrong == []
