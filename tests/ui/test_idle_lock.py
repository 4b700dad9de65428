"""The idle watch of an open desk with a clock moved by hand: the countdown, real input, the lock."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from photodesk.desk.idle import COUNTDOWN_MS, IdleWatch
from photodesk.ui.idle_filter import IdleFilter
from photodesk.ui.open_desk import OpenDesk
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
    """What `OpenDesk._tick` works with: a real watch, a clock moved by hand, a keeper that listens."""
    clock = HandClock()
    countdown = Countdown()
    qtbot.addWidget(countdown)
    alive: list[int] = []
    locked: list[str] = []
    return SimpleNamespace(
        watch=IdleWatch(LIMIT_MS, clock.monotonic_ms()),
        clock=clock,
        countdown=countdown,
        alive=alive,
        locked=locked,
        _host=SimpleNamespace(clock=clock, link=SimpleNamespace(alive=alive.append)),
        stage=SimpleNamespace(countdown=countdown),
        _ticks=SimpleNamespace(stop=lambda: None),
        lock=locked.append,
    )


def test_it_counts_down_then_locks_and_tells_the_keeper_all_the_while(desk: Any) -> None:
    OpenDesk._tick(desk)
    assert desk.alive == [LIMIT_MS]
    desk.clock.move(LIMIT_MS - COUNTDOWN_MS)
    OpenDesk._tick(desk)
    assert desk.countdown.words == "Locking in 20 s. Move the mouse to stay."
    desk.clock.move(COUNTDOWN_MS - 1)
    OpenDesk._tick(desk)
    assert (desk.countdown.words, desk.locked) == ("Locking in 1 s. Move the mouse to stay.", [])
    desk.clock.move(1)
    OpenDesk._tick(desk)
    assert desk.locked == ["idle"]
    assert desk.alive == [LIMIT_MS, COUNTDOWN_MS, 1]


def test_only_real_input_stops_the_countdown(desk: Any) -> None:
    listening = IdleFilter(desk.watch, desk.clock)
    desk.clock.move(LIMIT_MS - 5_000)
    OpenDesk._tick(desk)
    assert desk.countdown.isVisible()
    made_by_program = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier)
    listening.eventFilter(desk.countdown, made_by_program)
    listening.eventFilter(desk.countdown, QEvent(QEvent.Type.Paint))
    assert desk.watch.state(desk.clock.monotonic_ms()).counting
    typed = SimpleNamespace(type=lambda: QEvent.Type.KeyPress, spontaneous=lambda: True)
    listening.eventFilter(desk.countdown, typed)  # type: ignore[arg-type]
    OpenDesk._tick(desk)
    assert not desk.countdown.isVisible()
    assert desk.alive[-1] == LIMIT_MS
