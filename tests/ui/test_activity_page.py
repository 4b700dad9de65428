"""The activity page over a real log: filters, flags, bars, more lines while scrolling, review, sign-off, export."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from photodesk.background.tasks import Tasks
from photodesk.crypto import SigningKey
from photodesk.desk.activity import ActivityDesk, ChainCheck
from photodesk.log.entry import Action
from photodesk.ui.controls import Button, Text
from photodesk.ui.log import ActivityPage
from photodesk.ui.log.asking import FIRST_LINES
from photodesk.ui.log.dialogs import ExportLogDialog, SignOffDialog
from photodesk.ui.log.reminder import remind_of_sign_off
from photodesk.ui.page import PageContext
from tests.desk.conftest import TestClock, session_of
from tests.desk.logged import WritingKeeper, look, writer_of
from tests.store.conftest import make_store
from tests.ui.conftest import Went

MODEL = "0a" * 16
NOON = int(datetime(2026, 11, 20, 12, 40).timestamp() * 1000)


class Shown:
    """A page over a store whose log was written here."""

    def __init__(self, qtbot: Any, folder: Path) -> None:
        self.qtbot = qtbot
        self.store = make_store(folder / "store")
        self.clock = TestClock(NOON)
        self.keeper = WritingKeeper(self.store.keeper)
        self.writer = writer_of(self.store.layout, self.store.keyset, self.clock, SigningKey.generate())
        self.keeper.writer = self.writer
        self.session = session_of(self.store, self.store.keyset, self.keeper, self.clock)
        self.store.catalog.project_people({MODEL: "Dr. J. Model"})
        self.ada = self.store.patient("000123", "Test", "Ada")
        self.store.visit(self.ada, date(2026, 11, 20))
        self.went = Went()
        self.tasks = Tasks()
        self.window = QWidget()
        qtbot.addWidget(self.window)

    def at(self, day: int, hour: int) -> None:
        self.clock.now_ms = int(datetime(2026, 11, day, hour).timestamp() * 1000)

    def open(self) -> ActivityPage:
        self.clock.now_ms = NOON
        self.page = ActivityPage(PageContext(self.session, self.tasks, self.went))  # type: ignore[arg-type]
        self.page.setParent(self.window)
        self.window.resize(1528, 944)
        self.page.resize(1528, 944)
        self.window.show()
        self.page.entered()
        self.wait()
        return self.page

    def wait(self) -> None:
        self.qtbot.waitUntil(lambda: self.page.model.summary is not None and not self.tasks.busy, timeout=20_000)

    def texts(self) -> set[str]:
        return {one.full_text() for one in self.page.detail.findChildren(Text)}


@pytest.fixture
def shown(qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dressed: Any) -> Iterator[Shown]:
    monkeypatch.setattr(ActivityDesk, "check", lambda _: ChainCheck(True, 48_212, NOON))
    made = Shown(qtbot, tmp_path)
    yield made
    made.tasks.shutdown()
    made.writer.close()
    made.store.close()


def test_flags_are_shown_with_their_reason_and_reviewed_with_a_key(shown: Shown) -> None:
    shown.at(13, 22)
    shown.writer.append(look(MODEL, shown.ada.patient_id))
    shown.at(20, 10)
    for _ in range(3):
        shown.writer.append(look(MODEL, shown.ada.patient_id, "treatment"))
    page = shown.open()
    assert page.model.badge()[1] == "48,212 entries checked today 12:40."
    assert page.model.count_words == "5 entries"  # reading is one
    assert page.parts.filters.flagged.text() == "Flagged 1"
    flagged = [bar.day for bar in page.model.bars() if bar.flagged]
    assert flagged == [date(2026, 11, 13)]
    QTest.mouseClick(page.parts.filters.flagged, Qt.MouseButton.LeftButton)
    shown.wait()
    assert len(page.model.lines) == 1
    page.table.setCurrentIndex(page.table.line_model.index(0, 0))
    assert {"After hours", "The clinic closes at 19:00. No visit that day, and no purpose was given."} <= shown.texts()
    assert {"Test, Ada · 000123", "Dr. J. Model"} <= shown.texts()
    QTest.keyClick(page, Qt.Key.Key_R)
    shown.qtbot.waitUntil(lambda: page.model.open_flags == 0, timeout=10_000)
    assert "Reviewed" in shown.texts()
    assert len(shown.session.log_review.reviews()) == 1
    assert not page.grab().isNull()


def test_filters_ask_anew_and_a_bar_asks_for_its_day(shown: Shown) -> None:
    for day in (18, 19, 20):
        shown.at(day, 10)
        shown.writer.append(look(MODEL, shown.ada.patient_id, "treatment"))
    page = shown.open()
    reads = len(shown.keeper.entries)
    page.parts.filters.action.pick(Action.VIEW.value)
    shown.wait()
    assert [line.action for line in page.model.lines] == [Action.VIEW] * 3
    assert len(shown.keeper.entries) == reads + 1
    bars = page.parts.bars
    number = next(n for n, bar in enumerate(page.model.bars()) if bar.day == date(2026, 11, 19))
    middle = bars.bar_box(number).center()
    QTest.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPointF(middle.x(), 20).toPoint())
    shown.wait()
    assert [datetime.fromtimestamp(line.at_ms / 1000).day for line in page.model.lines] == [19]
    assert page.parts.filters.period.text() == "19 Nov"
    page.parts.filters.period.pick("7")
    shown.wait()
    bars.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Return):
        QTest.keyClick(bars, key)
    shown.wait()
    assert page.model.question.day == date(2026, 11, 18)
    assert bars.accessibleDescription() == "18 Nov: 1 entry"
    page.about_patient("ff" * 16)
    shown.wait()
    assert page.model.sentence == "No entries match. Clear filters"


def test_more_lines_come_while_one_scrolls(shown: Shown) -> None:
    for _ in range(FIRST_LINES + 30):
        shown.writer.append(look(MODEL, shown.ada.patient_id, "treatment"))
    page = shown.open()
    assert len(page.model.lines) == FIRST_LINES
    page.table.line_model.fetchMore(page.table.rootIndex())
    shown.qtbot.waitUntil(lambda: page.table.line_model.rowCount() > FIRST_LINES, timeout=10_000)
    assert page.table.line_model.rowCount() == FIRST_LINES + 31


def test_the_log_is_signed_off_and_leaves_as_a_file(shown: Shown, tmp_path: Path) -> None:
    shown.writer.append(look(MODEL, shown.ada.patient_id, "treatment"))
    page = shown.open()
    assert page.model.sign_off_words()[0].startswith("The first sign-off is due")
    page.officer.sign_off()
    assert isinstance(page.officer.dialog, SignOffDialog)
    page.officer.dialog.accept_signing()
    shown.qtbot.waitUntil(lambda: shown.session.log_review.last() is not None and not shown.tasks.busy, timeout=10_000)
    shown.qtbot.waitUntil(lambda: page.model.sign_off_words()[0] == "Signed off 20 Nov 2026.", timeout=10_000)
    QTest.keyClick(page, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(page.officer.dialog, ExportLogDialog)
    page.officer.dialog.dismiss()
    page.officer._write_log("csv", tmp_path / "log.csv")
    shown.qtbot.waitUntil(lambda: (tmp_path / "log.csv").exists() and not shown.tasks.busy, timeout=10_000)
    page.table.setCurrentIndex(page.table.line_model.index(page.table.line_model.rowCount() - 1, 0))
    assert any(button.text() == "Report for the patient…" for button in page.detail.findChildren(Button))
    page.officer._write_report(shown.ada.patient_id, tmp_path / "who.pdf")
    shown.qtbot.waitUntil(lambda: (tmp_path / "who.pdf").exists() and not shown.tasks.busy, timeout=10_000)
    assert (tmp_path / "who.pdf").read_bytes().startswith(b"%PDF-1.6")


def test_a_sign_off_that_is_overdue_is_said_after_sign_in(shown: Shown) -> None:
    context = PageContext(shown.session, shown.tasks, shown.went)  # type: ignore[arg-type]
    shown.clock.now_ms = NOON + 10 * 86_400_000
    remind_of_sign_off(context)
    shown.qtbot.waitUntil(lambda: bool(shown.went.calls), timeout=10_000)
    name, words, action, _ = shown.went.calls[-1]
    assert (name, action) == ("say", "Open the log")
    assert words == "Activity log: Never signed off. Signing off is overdue by 3 days."
