"""Rounds with the spool: what came is told, a slice that was too short goes on, trouble is said once."""

from __future__ import annotations

from typing import Any

import pytest

from photodesk.errors import Cancelled, Fixable, PhotoDeskError
from photodesk.progress import Cancel
from photodesk.ui.sync.clinic_server import Arrived
from photodesk.ui.sync.rounds import Rounds, Slice
from tests.ui.conftest import AtOnce
from tests.ui.pretend_server import PretendServer

FULL = Fixable("disk_full", "There is no room left on this disk.", "Free some space.")


class Tasks(AtOnce):
    """Tells about every error, as the real ones do."""

    def store(self, work: Any, done: Any, failed: Any = None) -> Any:
        try:
            result = work()
        except (PhotoDeskError, AssertionError) as failure:
            failed(failure)
        else:
            done(result)


class Going:
    """Rounds over a pretended server; timers run by hand."""

    def __init__(self) -> None:
        self.server, self.woken, self.said = PretendServer(), 0, list[str]()
        tasks: Any = Tasks()
        self.rounds = Rounds(tasks, self.server, self._wake, self.said.append)
        self.heard: list[Arrived] = []
        self.rounds.arrived.connect(self.heard.append)

    def _wake(self) -> None:
        self.woken += 1

    def once(self) -> None:
        self.rounds._due.stop()
        self.rounds._begin()


@pytest.fixture
def going(dressed: object) -> Going:
    return Going()


def test_what_came_is_told_and_what_it_makes_is_sent(going: Going) -> None:
    going.server.comes = Arrived(frozenset({"a"}), catalog=True, spooled=True)
    going.once()
    assert going.heard == [Arrived(frozenset({"a"}), catalog=True, spooled=True)]
    assert going.server.asked == [("take",), ("give",)]
    assert going.woken == 1
    going.once()
    assert len(going.heard) == 1


def test_a_slice_that_was_too_short_goes_on_longer_and_tells_at_the_end(
    going: Going, monkeypatch: pytest.MonkeyPatch
) -> None:
    slices: list[float] = []

    def take(cancel: Cancel) -> Arrived:
        assert isinstance(cancel, Slice)
        slices.append(going.rounds._slice_s)
        if len(slices) < 3:
            raise Cancelled
        return Arrived()

    monkeypatch.setattr(going.server, "take", take)
    for _ in range(3):
        going.once()
    assert slices == sorted(slices)
    assert slices[0] < slices[2]
    assert going.heard == [Arrived(everything=True)]
    assert going.rounds._slice_s == slices[0]


def test_trouble_is_said_once_and_giving_goes_on_without_taking(going: Going) -> None:
    going.server.fails["take"] = FULL
    going.once()
    going.once()
    assert going.said == ["There is no room left on this disk. Free some space."]
    assert ("give",) in going.server.asked


def test_a_change_here_begins_a_round_soon(going: Going) -> None:
    going.once()
    going.rounds._look_for_changes()
    assert not going.rounds._due.isActive()
    going.server.commits += 1
    going.rounds._look_for_changes()
    assert going.rounds._due.isActive()
    going.rounds.stop()
    going.rounds.soon()
    assert not going.rounds._due.isActive()


def test_a_slice_ends_by_itself() -> None:
    assert not Slice(60).requested
    with pytest.raises(Cancelled):
        Slice(0).check()
