"""`F1` shows every key of the screen in the smallest window, whole; what is more than that scrolls."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from photodesk.ui.compare.page import ComparePage
from photodesk.ui.controls.hints import KeyHint
from photodesk.ui.controls.text import Text
from photodesk.ui.keys_popover import EVERYWHERE, open_keys
from photodesk.ui.page import Key, Page
from photodesk.ui.photo.page import PhotoPage
from photodesk.ui.series.page import SeriesPage
from photodesk.ui.timeline.page import TimelinePage
from tests.ui.pretend_desk import PATIENT, HandTasks, PretendDesk, context, small_timeline

SMALLEST = (1280, 800)


@pytest.fixture
def window(qtbot: QtBot, dressed: QApplication) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(*SMALLEST)
    made.show()
    return made


def _keys_of(qtbot: QtBot, kind: type[Page]) -> tuple[Key, ...]:
    desk = PretendDesk(small_timeline())
    arguments = (desk.timeline.timeline.visits[0].photos[0].photo_id,) if kind is PhotoPage else ()
    page = kind(context(desk, HandTasks()), PATIENT.patient_id, *arguments)  # type: ignore[arg-type, call-arg]
    qtbot.addWidget(page)
    return page.keys()


def _where(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("kind", [TimelinePage, ComparePage, PhotoPage, SeriesPage])
def test_every_key_of_a_screen_is_read_whole_in_the_smallest_window(
    qtbot: QtBot, window: QWidget, kind: type[Page]
) -> None:
    keys = _keys_of(qtbot, kind)
    dialog = open_keys(window, keys, "This screen")
    QApplication.processEvents()
    seen = _where(dialog.area.viewport(), window)
    assert window.rect().contains(_where(dialog.box, window))
    assert dialog.area.verticalScrollBar().maximum() == 0
    texts = [text for text in dialog.area.findChildren(Text) if text.full_text()]
    assert {key.words for key in (*keys, *EVERYWHERE)} <= {text.full_text() for text in texts}
    assert len(dialog.area.findChildren(KeyHint)) == sum(len(key.keys) for key in (*keys, *EVERYWHERE))
    for shown in (*texts, *dialog.area.findChildren(KeyHint)):
        assert seen.contains(_where(shown, window))
    for text in texts:
        needs = text.fontMetrics().boundingRect(text.rect(), Qt.TextFlag.TextWordWrap, text.full_text())
        assert needs.width() <= text.width(), text.full_text()
        assert needs.height() <= text.height(), text.full_text()


def test_what_does_not_fit_scrolls_by_key_and_by_wheel(qtbot: QtBot, window: QWidget) -> None:
    keys = tuple(Key((str(at),), f"Act number {at}, said at such length that it needs two lines") for at in range(90))
    dialog = open_keys(window, keys, "This screen")
    QApplication.processEvents()
    bar = dialog.area.verticalScrollBar()
    assert window.rect().contains(_where(dialog.box, window))
    assert bar.maximum() > 0
    qtbot.keyClick(dialog, Qt.Key.Key_Down)
    after_one = bar.value()
    qtbot.keyClick(dialog, Qt.Key.Key_PageDown)
    assert 0 < after_one < bar.value()
    qtbot.keyClick(dialog, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()
    qtbot.keyClick(dialog, Qt.Key.Key_Home)
    middle = QPointF(dialog.area.viewport().rect().center())
    none = Qt.KeyboardModifier.NoModifier
    turn = QWheelEvent(
        middle,
        QPointF(dialog.area.viewport().mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        none,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(dialog.area.viewport(), turn)
    assert bar.value() > 0
    window.resize(1280, 640)  # a lower window: the box stays inside
    QApplication.processEvents()
    assert window.rect().contains(_where(dialog.box, window))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_page_without_keys_shows_those_of_everywhere(qtbot: QtBot, window: QWidget) -> None:
    dialog = open_keys(window, (), "This screen")
    assert "This screen" not in [text.full_text() for text in dialog.box.findChildren(Text)]
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
