"""Fingers on a comparison, as the system reports them: pinch, turn, two-finger pan, one finger, and the divider."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from photodesk.ui.compare.model import Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.compare.photo_canvas import PhotoCanvas
from tests.ui.pretend_desk import PATIENT, HandTasks, PretendDesk, Went, context, small_timeline

STEPS = 24


@pytest.fixture(scope="module")
def screen() -> QPointingDevice:
    """A touch screen."""
    return QTest.createTouchDevice()


@pytest.fixture
def page(qtbot: QtBot, dressed: QApplication) -> ComparePage:
    tasks = HandTasks()
    made = ComparePage(context(PretendDesk(small_timeline()), tasks, Went()), PATIENT.patient_id)
    qtbot.addWidget(made)
    made.resize(1600, 1000)
    made.show()
    made.entered()
    tasks.run()
    qtbot.waitExposed(made)
    return made


def two_fingers(
    canvas: PhotoCanvas, screen: QPointingDevice, begin: tuple[QPoint, QPoint], end: tuple[QPoint, QPoint]
) -> None:
    """Down, in small steps from `begin` to `end`, and up. The offscreen screen is 800 × 800: fingers stay on it."""
    on: QWidget = canvas.viewport()
    QTest.touchEvent(on, screen).press(0, begin[0], on).press(1, begin[1], on).commit()
    for step in range(1, STEPS + 1):
        share = step / STEPS
        one, other = (
            QPoint(round(a.x() + (b.x() - a.x()) * share), round(a.y() + (b.y() - a.y()) * share))
            for a, b in zip(begin, end, strict=True)
        )
        QTest.touchEvent(on, screen).move(0, one, on).move(1, other, on).commit()
    QTest.touchEvent(on, screen).release(0, end[0], on).release(1, end[1], on).commit()


def around(centre: QPoint, reach: int, degrees: float = 0.0) -> tuple[QPoint, QPoint]:
    """Two points opposite each other."""
    angle = math.radians(degrees)
    by = QPoint(round(reach * math.cos(angle)), round(reach * math.sin(angle)))
    return centre - by, centre + by


def test_a_pinch_zooms_both_about_the_fingers(page: ComparePage, screen: QPointingDevice) -> None:
    canvas = page.panes.canvases[Side.A]
    page.model.start(2.0)
    page.panes.refresh()
    centre = QPoint(220, 300)
    before = canvas.photo_point(QPointF(centre))
    two_fingers(canvas, screen, around(centre, 60), around(centre, 120))
    zoom = page.model.view(Side.A).zoom
    assert zoom == pytest.approx(4.0, rel=0.12)
    assert page.model.view(Side.B).zoom == pytest.approx(zoom), "linked"
    after = canvas.photo_point(QPointF(centre))
    moved_px = math.dist((before.x(), before.y()), (after.x(), after.y())) * canvas.percent() / 100
    assert moved_px < 12, "what lies under the fingers stays there"
    two_fingers(canvas, screen, around(centre, 150), around(centre, 20))
    assert page.model.view(Side.A).zoom == pytest.approx(1.0), "and no smaller than the pane"


def test_two_fingers_pan(page: ComparePage, screen: QPointingDevice) -> None:
    canvas = page.panes.canvases[Side.B]
    page.model.start(4.0)
    page.panes.refresh()
    before = canvas.placement()
    begin, end = around(QPoint(60, 300), 40), around(QPoint(100, 280), 40)
    two_fingers(canvas, screen, begin, end)
    after = canvas.placement()
    assert after.x_px - before.x_px == pytest.approx(40, abs=6)
    assert after.y_px - before.y_px == pytest.approx(-20, abs=6)
    assert page.model.view(Side.B).zoom == pytest.approx(4.0, rel=0.05)
    assert page.model.view(Side.A).centre_x == pytest.approx(page.model.view(Side.B).centre_x)


def test_two_fingers_turn_beyond_what_a_hand_trembles(page: ComparePage, screen: QPointingDevice) -> None:
    canvas, centre = page.panes.canvases[Side.A], QPoint(300, 300)
    two_fingers(canvas, screen, around(centre, 120), around(centre, 120, 3))
    assert page.model.view(Side.A).turn_degrees == 0, "a trembling hand turns nothing"
    two_fingers(canvas, screen, around(centre, 120), around(centre, 120, 40))
    assert 15 < page.model.view(Side.A).turn_degrees < 45


@pytest.mark.parametrize("mode", [Mode.CURTAIN, Mode.OVERLAY, Mode.BLINK])
def test_a_pinch_works_on_one_canvas_too(page: ComparePage, screen: QPointingDevice, mode: Mode) -> None:
    page.acts.set_mode(mode)
    stack = page.panes.stack
    two_fingers(stack, screen, around(QPoint(250, 200), 50), around(QPoint(250, 200), 150))
    assert page.model.view(Side.A).zoom > 2
    assert page.model.view(Side.A).zoom == pytest.approx(page.model.view(Side.B).zoom)


def test_a_pinch_in_a_time_lapse(page: ComparePage, screen: QPointingDevice) -> None:
    page.acts.set_mode(Mode.TIME_LAPSE)
    two_fingers(page.lapse.view.canvas, screen, around(QPoint(250, 200), 50), around(QPoint(250, 200), 150))
    assert page.lapse.showing.look.zoom > 2


def test_touch_targets_are_large_enough_and_apart(page: ComparePage) -> None:
    """Nothing below 48 × 48 in the bar and the band (STYLE: touch)."""
    page.acts.set_mode(Mode.OVERLAY)
    buttons = [each for part in (page.bar, page.band) for each in part.findChildren(QWidget) if each.isVisible()]
    targets = [each for each in buttons if type(each).__name__ == "Button"] + [page.band.degree.slider]
    assert len(targets) >= 6
    assert [each.accessibleName() for each in targets if each.height() < 48 or each.width() < 48] == []
    assert page.bar.modes.height() >= 48
