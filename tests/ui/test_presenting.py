"""Presenting: nothing that says whose the photos are, no key that leads away, and only the desk's person ends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from photodesk.errors import Fixable, Refused
from photodesk.ui.compare.model import Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.controls.text import Text
from photodesk.ui.present.blank import Blank
from photodesk.ui.present.leaving import LeaveDialog
from photodesk.ui.present.stage import Stage
from photodesk.ui.present.window import PresentWindow
from photodesk.ui.window import MainWindow
from tests.ui.pretend_desk import PATIENT, HandTasks, PretendDesk, context, small_timeline

ENDS = {"Before", "After"}

KEY, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier
PASSWORD = "orchid lantern 7"
ALL_KEYS = tuple(
    getattr(KEY, f"Key_{name}") for name in (*"ABCDEFGHIJKLMNOQRSTUVWXYZ56789", "F1", "F2", "Tab", "Return", "Delete")
)
CTRL_KEYS = tuple(getattr(KEY, f"Key_{name}") for name in "KNIDESPZ")


class PretendPresenting:
    """Keeps its entries among the gate's."""

    def __init__(self, entries: list[Any]) -> None:
        self.entries, self.tried, self.full = entries, [], False  # type: ignore[var-annotated]
        self.refuses: Refused | None = None

    def begin(self, patient_id: str, photo_ids: tuple[str, ...], mode: str, shown_on: str) -> Any:
        if self.full:
            raise Fixable("log_not_writable", "Photos cannot be shown: the activity log cannot be written.")
        self.entries.append(("PRESENT started", photo_ids, mode, shown_on))
        return SimpleNamespace(photo_ids=photo_ids)

    def end(self, presented: Any, how: str) -> None:
        self.entries.append(("PRESENT ended", presented.photo_ids, how, ""))

    def confirm(self, password: str) -> None:
        self.tried.append(password)
        if self.refuses is not None:
            raise self.refuses
        if password != PASSWORD:
            raise Refused("wrong_password", "That is not the password.", "Type it again.")


class Desk:
    """The window of a signed-in person on a comparison, ready to present."""

    def __init__(self, qtbot: QtBot, *, demo: bool = False) -> None:
        self.qtbot, self.tasks = qtbot, HandTasks()
        self.desk = PretendDesk(small_timeline())
        self.entries = self.desk.gate.entries
        self.presenting = PretendPresenting(self.entries)
        self.desk.presenting = self.presenting  # type: ignore[attr-defined]
        self.main = MainWindow("Dr. Iris Sample", "Clinician", (("home", "house", "Home"),), demo=demo)
        qtbot.addWidget(self.main)
        self.locked: list[str] = []
        self.limits: list[bool] = []
        self.stage = Stage(
            self.desk,  # type: ignore[arg-type]
            self.tasks,  # type: ignore[arg-type]
            self.main,
            self.presenting.confirm,
            self.locked.append,
            self.limits.append,
            demo=demo,
        )
        self.page = ComparePage(replace(context(self.desk, self.tasks), stage=self.stage), PATIENT.patient_id)
        self.main.resize(1600, 1000)
        self.main.show()
        self.main.show_page(self.page)
        self.tasks.run()
        self.went: list[str] = []
        self.main.back_asked.connect(lambda: self.went.append("back"))
        self.main.find_asked.connect(lambda: self.went.append("find"))
        self.main.new_patient_asked.connect(lambda: self.went.append("new"))
        self.main.section_chosen.connect(lambda name: self.went.append(str(name)))

    def present(self) -> PresentWindow:
        self.qtbot.keyClick(self.page, KEY.Key_P)
        self.tasks.run()
        window = self.stage.window
        assert window is not None
        return window

    def ask(self) -> LeaveDialog:
        window = self.stage.window
        assert window is not None
        self.qtbot.keyClick(window, KEY.Key_Escape)
        return window.findChildren(LeaveDialog)[-1]

    def answer(self, dialog: LeaveDialog, password: str) -> None:
        dialog.findChild(QLineEdit).setText(password)  # type: ignore[union-attr]
        dialog.try_it()
        self.tasks.run()


@pytest.fixture
def desk(qtbot: QtBot, dressed: QApplication) -> Iterator[Desk]:
    for each in QApplication.topLevelWidgets():
        each.hide()  # what earlier tests left: their windows do not close
    made = Desk(qtbot)
    yield made
    if made.stage.window is not None:
        made.stage.window.hide()
    made.main.hide()


def said_in(window: QWidget) -> set[str]:
    """Every word a window says in any way: titles, texts, tool tips, what a screen reader is given."""
    parts = [window, *window.findChildren(QWidget)]
    found: set[str] = set()
    for part in parts:
        found |= {part.windowTitle(), part.toolTip(), part.statusTip(), part.whatsThis()}
        found |= {part.accessibleName(), part.accessibleDescription(), part.objectName()}
        found |= {str(part.property("text") or ""), str(part.property("placeholderText") or "")}
    return found - {""}


def identity(desk: Desk) -> tuple[str, ...]:
    frames = [desk.page.model.frame(side) for side in Side]
    days = [frame.visit.day for frame in frames if frame is not None]
    return (
        *(PATIENT.family, PATIENT.given, PATIENT.mrn, "1968", "Iris"),
        *(str(day.year) for day in days),
        *(f"{day:%b}" for day in days),
        *("weeks", "months", "Visit", "Naevus", "IMG_"),
    )


def test_nothing_is_presented_before_its_entry(desk: Desk) -> None:
    desk.qtbot.keyClick(desk.page, KEY.Key_P)
    assert desk.stage.window is None
    assert desk.main.isVisible()
    desk.tasks.run()
    assert desk.entries[-1][:2] == ("PRESENT started", desk.page.model.pair())
    assert desk.stage.window is not None


def test_a_full_log_presents_nothing_and_says_so(desk: Desk) -> None:
    desk.presenting.full = True
    desk.qtbot.keyClick(desk.page, KEY.Key_P)
    desk.tasks.run()
    assert desk.stage.window is None
    assert "activity log" in desk.main.toast.text()
    assert desk.limits == []


@pytest.mark.parametrize("mode", [Mode.SIDE_BY_SIDE, Mode.CURTAIN, Mode.OVERLAY, Mode.BLINK])
def test_no_window_says_whose_photos_they_are(desk: Desk, mode: Mode) -> None:
    window = desk.present()
    window.show_mode(mode)
    desk.ask()
    seen = [each for each in QGuiApplication.allWindows() if each.isVisible()]
    assert {each.title() for each in seen} <= {"PhotoDesk", ""}
    tops = [each for each in QApplication.topLevelWidgets() if each.isVisible()]
    assert window in tops
    for words in {words for top in tops for words in said_in(top)}:
        assert not [each for each in identity(desk) if each in words], words
    assert {"Before", "After"} <= said_in(window)


def test_the_word_of_the_photo_that_is_not_seen_steps_back(desk: Desk) -> None:
    window = desk.present()
    window.show_mode(Mode.BLINK)
    stack = desk.page.panes.stack
    stack.rest()
    inks = []
    for b_seen in (True, False):
        stack.show_b(b_seen)
        inks.append([words.styleSheet() for words in window.band.findChildren(Text) if words.text() in ENDS])
    assert inks[0] == inks[1][::-1]
    assert inks[0][0] != inks[0][1]
    window.show_mode(Mode.OVERLAY)
    assert {words.styleSheet() for words in window.band.findChildren(Text) if words.text() in ENDS} == {inks[0][1]}


def test_the_desks_own_window_is_gone_or_says_nothing(desk: Desk) -> None:
    desk.present()
    assert not desk.main.isVisible()
    assert not desk.main.centralWidget().isVisibleTo(desk.main)
    assert [each.accessibleName() for each in desk.main.findChildren(Blank)] == ["Presenting on the other screen."]
    assert [each.key().toString() for each in desk.main.findChildren(QShortcut) if each.isEnabled()] == ["Ctrl+L"]


def test_every_other_key_is_dead(desk: Desk) -> None:
    window = desk.present()
    mode, pair = desk.page.model.mode, desk.page.model.pair()
    before = len(desk.entries)
    for key in ALL_KEYS:
        desk.qtbot.keyClick(window, key)
    for key in CTRL_KEYS:
        desk.qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.keyClick(window, KEY.Key_Left, Qt.KeyboardModifier.AltModifier)
    desk.tasks.run()
    assert desk.stage.window is window
    assert desk.went == []
    assert (desk.page.model.mode, desk.page.model.pair(), len(desk.entries)) == (mode, pair, before)
    assert not window.findChildren(LeaveDialog)


def test_keys_of_presenting(desk: Desk) -> None:
    window, model = desk.present(), desk.page.model
    for key, mode in zip("1234", (Mode.SIDE_BY_SIDE, Mode.CURTAIN, Mode.OVERLAY, Mode.BLINK), strict=True):
        desk.qtbot.keyClick(window, getattr(KEY, f"Key_{key}"))
        assert model.mode is mode
    desk.qtbot.keyClick(window, KEY.Key_Right)
    assert model.curtain == 0.5, "only the curtain moves"
    desk.qtbot.keyClick(window, KEY.Key_2)
    desk.qtbot.keyClick(window, KEY.Key_Right)
    assert model.curtain == pytest.approx(0.51)
    desk.qtbot.keyClick(window, KEY.Key_Left, SHIFT)
    assert model.curtain == pytest.approx(0.41)
    for _ in range(12):
        desk.qtbot.keyClick(window, KEY.Key_Left, SHIFT)
    assert model.curtain == 0.0


def test_the_band_hides_and_any_touch_brings_it_back(desk: Desk) -> None:
    window = desk.present()
    assert window.band.controls.isVisible()
    assert window._rests.isActive()
    assert window._rests.interval() == 3000
    high = window.lent.panes.height()
    window._rest()
    assert not window.band.controls.isVisible()
    assert window.lent.panes.height() == high, "the photo stays where it is"
    desk.qtbot.mouseMove(window.lent.panes.canvas(Side.A).viewport())
    desk.qtbot.mouseClick(window.lent.panes.canvas(Side.A).viewport(), Qt.MouseButton.LeftButton)
    assert window.band.controls.isVisible()
    window._rest()
    desk.qtbot.keyClick(window, KEY.Key_Z)
    assert window.band.controls.isVisible()


def test_leaving_takes_the_password(desk: Desk) -> None:
    model = desk.page.model
    desk.qtbot.keyClick(desk.page, KEY.Key_3)
    views = {side: model.view(side) for side in Side}
    window = desk.present()
    desk.qtbot.keyClick(window, KEY.Key_1)
    dialog = desk.ask()
    desk.answer(dialog, "not it")
    assert desk.stage.window is window
    assert "not the password" in dialog.wrong.full_text()
    assert dialog.field.text() == ""
    desk.qtbot.keyClick(dialog, KEY.Key_Escape)
    assert desk.stage.window is window
    desk.answer(desk.ask(), PASSWORD)
    assert desk.stage.window is None
    assert desk.entries[-1] == ("PRESENT ended", model.pair(), "password", "")
    assert desk.main.isVisible()
    assert desk.page.panes.isVisible()
    assert desk.page.isAncestorOf(desk.page.panes)
    assert (model.mode, {side: model.view(side) for side in Side}) == (Mode.OVERLAY, views)
    assert desk.limits == [True, False]
    assert all(each.isEnabled() for each in desk.main.findChildren(QShortcut))


def test_wrong_passwords_are_told_to_wait(desk: Desk) -> None:
    desk.present()
    dialog = desk.ask()
    desk.presenting.refuses = Refused("sign_in_waits", "After wrong passwords, it rests for 5 s.", "Wait.")
    desk.answer(dialog, PASSWORD)
    assert "5 s" in dialog.wrong.full_text()
    assert desk.stage.window is not None
    dialog.try_it()
    assert len(desk.presenting.tried) == 1, "an empty field is no try"


def test_keys_stay_with_the_question_while_nobody_types(desk: Desk, qtbot: QtBot) -> None:
    window, model = desk.present(), desk.page.model
    window._rest()
    desk.ask()
    dialog = window.findChildren(LeaveDialog)[-1]
    for answer in ("not it", PASSWORD):
        window._rest()
        assert window._rests.isActive(), "it rests once the question is gone"
        assert window.band.controls.isVisible()
        assert window.cursor().shape() != Qt.CursorShape.BlankCursor, "the pointer is seen over the question"
        assert dialog.field.edit is window.focusWidget(), "keys are for the question"
        for key in "1234+":
            qtbot.keyClicks(window, key)
        assert (model.mode, model.view(Side.A)) == (Mode.SIDE_BY_SIDE, window._opened)
        qtbot.keyClicks(window.focusWidget(), answer)
        qtbot.keyClick(window.focusWidget(), KEY.Key_Return)
        desk.tasks.run()
    assert desk.presenting.tried == ["not it", PASSWORD]
    assert desk.stage.window is None


def test_it_rests_again_after_the_question(desk: Desk) -> None:
    window = desk.present()
    dialog = desk.ask()
    window._rest()
    desk.qtbot.keyClick(dialog.field.edit, KEY.Key_Escape)
    assert window.focusWidget() is window
    window._rest()
    assert not window.band.controls.isVisible()


def test_an_answer_that_comes_too_late_is_not_heard(desk: Desk) -> None:
    window = desk.present()
    dialog = desk.ask()
    dialog.field.edit.setText("not it")
    dialog.try_it()
    desk.qtbot.keyClick(dialog, KEY.Key_Escape)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    desk.tasks.run()
    assert desk.stage.window is window
    desk.answer(desk.ask(), PASSWORD)
    assert desk.stage.window is None


def test_the_window_manager_does_not_close_it(desk: Desk) -> None:
    window = desk.present()
    window.close()
    assert window.isVisible()
    assert window.findChildren(LeaveDialog)


def test_a_lock_ends_it_at_once(desk: Desk) -> None:
    window = desk.present()
    desk.ask()
    desk.qtbot.keyClick(window, KEY.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert desk.locked == ["asked"]
    desk.stage.lock_comes()
    desk.stage.lock_comes()
    assert [each[0] for each in desk.entries].count("PRESENT ended") == 1
    assert desk.entries[-1][2] == "locked"
    assert not window.lent.panes.isVisible()


def test_it_has_its_own_countdown(desk: Desk) -> None:
    assert desk.stage.countdown is desk.main.countdown
    window = desk.present()
    assert desk.stage.countdown is window.countdown
    assert desk.limits == [True]


def test_a_screen_removed_locks_and_one_added_hides_the_photos(desk: Desk) -> None:
    window = desk.present()
    screen = QGuiApplication.primaryScreen()
    desk.stage.screen_added(screen)
    (blank,) = window.findChildren(Blank)
    window._rest()
    assert window.focusWidget() is blank, "keys are for what covers it"
    assert blank.geometry() == window.rect()
    desk.qtbot.keyClick(blank, KEY.Key_2)
    desk.qtbot.keyClick(blank, KEY.Key_Escape)
    assert desk.page.model.mode is Mode.SIDE_BY_SIDE
    blank.button.click()
    assert not blank.isVisible()
    desk.stage.screen_removed(screen)
    assert desk.locked == ["screen_removed"]


def test_a_screen_added_hides_the_desks_photos_too(desk: Desk) -> None:
    desk.stage.screen_added(QGuiApplication.primaryScreen())
    desk.stage.screen_added(QGuiApplication.primaryScreen())
    (blank,) = desk.main.findChildren(Blank)
    desk.qtbot.keyClick(blank, KEY.Key_P)
    desk.tasks.run()
    assert desk.stage.window is None
    blank.button.click()
    assert not blank.isVisible()
    desk.present()


def test_the_earlier_photo_is_before_wherever_it_hangs(desk: Desk) -> None:
    desk.qtbot.keyClick(desk.page, KEY.Key_X)
    desk.tasks.run()
    window = desk.present()
    assert (window.band._left.full_text(), window.band._right.full_text()) == ("After", "Before")


def test_the_demo_is_marked_there_too(qtbot: QtBot, dressed: QApplication) -> None:
    window = Desk(qtbot, demo=True).present()
    assert "DEMO" in said_in(window)
