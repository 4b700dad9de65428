"""The idle watch of an open desk with a clock moved by hand: the countdown, real input, the lock."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from photodesk.desk.idle import COUNTDOWN_MS
from photodesk.desk.policy_rules import RULES
from photodesk.protocol.messages import Computer
from photodesk.ui.idle_filter import IdleFilter
from photodesk.ui.locking import DeskLock
from tests.log.writing import HandClock

LIMIT_MS = 300_000


class Countdown(QWidget):
    """What the window shows of it."""

    words = ""

    def say(self, words: str, *, stays: bool) -> None:
        assert stays
        self.words = words
        self.show()


@pytest.fixture
def desk(qtbot: QtBot) -> Any:
    """A real desk lock, a clock moved by hand, a keeper that listens."""
    clock = HandClock()
    countdown = Countdown()
    qtbot.addWidget(countdown)
    alive: list[int] = []
    locked: list[str] = []
    lock = DeskLock(clock, frozenset({"clinician"}), lambda: countdown, locked.append, alive.append)  # type: ignore[arg-type, return-value]
    return SimpleNamespace(
        lock=lock, watch=lock.watch, clock=clock, countdown=countdown, alive=alive, locked=locked, tick=lock.tick
    )


def test_it_counts_down_then_locks_and_tells_the_keeper_all_the_while(desk: Any) -> None:
    desk.tick()
    assert desk.alive == [LIMIT_MS]
    desk.clock.move(LIMIT_MS - COUNTDOWN_MS)
    desk.tick()
    assert desk.countdown.words == "Locking in 20 s. Move the mouse to stay."
    desk.clock.move(COUNTDOWN_MS - 1)
    desk.tick()
    assert (desk.countdown.words, desk.locked) == ("Locking in 1 s. Move the mouse to stay.", [])
    desk.clock.move(1)
    desk.tick()
    assert desk.locked == ["idle"]
    assert desk.alive == [LIMIT_MS, COUNTDOWN_MS, 1]


def test_only_real_input_stops_the_countdown(desk: Any) -> None:
    listening = IdleFilter(desk.watch, desk.clock)
    desk.clock.move(LIMIT_MS - 5_000)
    desk.tick()
    assert desk.countdown.isVisible()
    made_by_program = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier)
    listening.eventFilter(desk.countdown, made_by_program)
    listening.eventFilter(desk.countdown, QEvent(QEvent.Type.Paint))
    assert desk.watch.state(desk.clock.monotonic_ms()).counting
    typed = SimpleNamespace(type=lambda: QEvent.Type.KeyPress, spontaneous=lambda: True)
    listening.eventFilter(desk.countdown, typed)  # type: ignore[arg-type]
    desk.tick()
    assert not desk.countdown.isVisible()
    assert desk.alive[-1] == LIMIT_MS


def test_input_elsewhere_on_the_computer_counts_where_somebody_tells_of_it(desk: Any) -> None:
    desk.clock.move(LIMIT_MS - 5_000)
    desk.lock.hear(Computer(("session",)))
    desk.tick()
    assert desk.countdown.isVisible()
    desk.lock.hear(Computer(("session",), "desktop", 2_000))
    desk.tick()
    assert not desk.countdown.isVisible()
    assert desk.alive[-1] == LIMIT_MS - 2_000
    desk.clock.move(LIMIT_MS)
    desk.lock.hear(Computer(("session",), "desktop", LIMIT_MS + 2_000))
    desk.tick()
    assert desk.locked == ["idle"]


def test_the_clinic_s_times_hold_within_their_caps_and_presenting_has_its_own(desk: Any) -> None:
    policy = {rule.name: rule.default for rule in RULES} | {"idle.clinician": "120", "idle.presenting": "99999"}
    desk.lock.choose(policy.__getitem__)
    assert desk.lock.limits_ms == (120_000, 3_600_000)
    desk.clock.move(100_000)
    desk.tick()
    assert desk.countdown.isVisible()
    desk.lock.set_presenting(True)
    desk.tick()
    assert not desk.countdown.isVisible()
    desk.lock.set_presenting(False)
    desk.clock.move(20_000)
    desk.tick()
    assert desk.locked == ["idle"]


def test_ctrl_l_locks_also_past_a_window_in_front(desk: Any, qtbot: QtBot) -> None:
    """Whatever has the keyboard: a print dialog is a window of its own, and its keys come to the filter only."""
    dialog = QDialog()
    qtbot.addWidget(dialog)
    for modifiers, locked in (
        (Qt.KeyboardModifier.NoModifier, []),
        (Qt.KeyboardModifier.ControlModifier, ["asked"]),
    ):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_L, modifiers)
        assert desk.lock._filter.eventFilter(dialog, Spontaneous(event)) is bool(locked)
        assert desk.locked == locked


class Spontaneous(QKeyEvent):
    """As the system sends it."""

    def __init__(self, like: QKeyEvent) -> None:
        super().__init__(like.type(), like.key(), like.modifiers())

    def spontaneous(self) -> bool:
        return True
