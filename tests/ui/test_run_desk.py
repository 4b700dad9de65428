"""From the password to the desk, when something goes wrong on the way: a sentence, another try, or the way out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from photodesk.desk.entrance import SignInPage
from photodesk.errors import Damaged, Fixable, PhotoDeskError, Refused
from photodesk.protocol.messages import Show
from photodesk.ui import run_desk
from photodesk.ui.controls import Button
from photodesk.ui.page import sentence
from photodesk.ui.run_desk import DeskRun
from tests.ui.conftest import AtOnce, FixedClock

DAMAGE = Damaged("database_damaged", "The catalog is damaged.", "Restore it from the backup.")
WHO = SimpleNamespace(
    person_id="1", name="Iris Sample", roles=("clinician",), slot_id="s1", disabled=False, needs_key=False
)


class EveryFault(AtOnce):
    """Faults of the program reach the one who asked, too."""

    def store(self, work: Any, done: Any, failed: Any = None) -> SimpleNamespace:
        try:
            result = work()
        except (RuntimeError, PhotoDeskError) as failure:
            failed(failure)
        else:
            done(result)
        return SimpleNamespace(cancel=lambda: None)

    decode = store


class Link:
    founded, front, problem = True, True, None

    def __init__(self) -> None:
        self.locked: list[str] = []
        self.quits = 0

    def ask_lock(self, reason: str) -> None:
        self.locked.append(reason)

    def quit(self) -> None:
        self.quits += 1

    def shown(self) -> None:
        """The cover is drawn."""


@pytest.fixture
def run(dressed: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A desk in front whose sign-in gives whatever `session` is, or raises it."""
    link = Link()
    host = SimpleNamespace(
        link=link,
        pushes=SimpleNamespace(watch=lambda _: None),
        folder=Path("store"),
        clock=FixedClock(),
        demo=False,
        demo_password="",
    )
    desk = DeskRun(dressed, host)  # type: ignore[arg-type]
    desk.tasks.shutdown()
    desk.tasks = EveryFault()  # type: ignore[assignment]
    outcome = SimpleNamespace(session=object())

    def begin_sign_in(*_: object) -> object:
        if isinstance(outcome.session, Exception):
            raise outcome.session
        return SimpleNamespace(needs_code=False, must_enrol=False, finish=lambda: outcome.session)

    page = SignInPage("Clinic", "Room 1", (WHO,))  # type: ignore[arg-type]
    desk._entrance = SimpleNamespace(page=lambda: page, begin_sign_in=begin_sign_in)  # type: ignore[assignment]
    told: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, _error, _trace: told.append(kind))
    desk.begin()
    yield SimpleNamespace(desk=desk, link=link, outcome=outcome, told=told, view=desk._view)
    if desk._screens is not None:
        desk._screens.take_away()
    desk._decoders.close()


def type_password(run: Any) -> None:
    QTest.keyClicks(run.view.card.field.edit, "secret")
    QTest.keyClick(run.view.card.field.edit, Qt.Key.Key_Return)


def close_button(run: Any) -> Button:
    return next(b for b in run.view.findChildren(Button) if b.text() == "Close PhotoDesk")


def status(run: Any) -> str:
    return str(run.view.model.status(1_000))


def test_a_fault_while_the_desk_is_made_is_a_sentence(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a value that nobody may read")

    monkeypatch.setattr(run_desk, "OpenDesk", broken)
    type_password(run)
    assert status(run) == sentence(RuntimeError())
    assert run.view.card.button.isEnabled()
    assert run.link.locked == [sentence(RuntimeError())], "the keys that were opened end with this process"
    assert run.told == [RuntimeError]


def test_a_fault_while_the_desk_is_shown_is_a_sentence(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[bool] = []

    class Desk:
        def __init__(self, *_: object) -> None:
            """Made without trouble."""

        def show(self, _application: Any, _shown: Any, not_shown: Any) -> None:
            not_shown(Fixable("disk_full", "The disk is full.", "Make room."))

        def abandon(self) -> None:
            gone.append(True)

    monkeypatch.setattr(run_desk, "OpenDesk", Desk)
    type_password(run)
    words = "The disk is full. Make room."
    assert (gone, status(run), run.link.locked) == ([True], words, [words])
    assert run.desk.open_desk is None
    assert not run.told


def test_damage_behind_the_sign_in_is_said_and_photodesk_can_be_closed(run: Any) -> None:
    assert close_button(run).isHidden()
    run.outcome.session = DAMAGE
    type_password(run)
    assert status(run) == sentence(DAMAGE)
    assert run.link.locked == [sentence(DAMAGE)]
    assert run.view.card.button.isEnabled()
    close_button(run).click()
    assert run.link.quits == 1


def test_a_wrong_password_is_no_trouble(run: Any) -> None:
    run.outcome.session = Refused("wrong_password", "The name or the password is not right.", "Type both again.")
    type_password(run)
    assert status(run) == "That did not work."
    assert run.link.locked == []
    assert close_button(run).isHidden()


def test_the_next_sign_in_shows_the_sentence(run: Any) -> None:
    run.desk._show(Show(sentence(DAMAGE), "s1"))
    assert run.view._reason.full_text() == sentence(DAMAGE)
    assert not close_button(run).isHidden()
    run.desk._show(Show("idle", "s1"))
    assert close_button(run).isHidden()
