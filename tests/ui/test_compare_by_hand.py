"""Laying B on A by hand: points, bending, moving B over A, and going back to what was found automatically."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from photodesk.photos.comparison import LaidBy
from photodesk.ui.compare.laying import Laying
from photodesk.ui.compare.model import CompareModel, Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.compare.pane import alignment_words
from photodesk.ui.compare.placing import Points, residual_words
from photodesk.ui.compare.side_panel import SidePanel
from photodesk.ui.controls.buttons import Button
from tests.ui.pretend_desk import (
    PATIENT,
    TODAY,
    HandTasks,
    PretendDesk,
    PretendGate,
    Went,
    context,
    grey_jpeg,
    small_timeline,
)

KEY = Qt.Key
PLACES = ((1200.0, 900.0), (4500.0, 1000.0), (4200.0, 3100.0), (1500.0, 3000.0), (3000.0, 2000.0))


class Opened:
    """The comparison of two flat photos, which never align by themselves."""

    def __init__(self, qtbot: QtBot, *, settled: bool = True) -> None:
        self.tasks, self.went, self.gate = HandTasks(), Went(), PretendGate()
        made = context(PretendDesk(small_timeline(), self.gate), self.tasks, self.went)
        self.page = ComparePage(made, PATIENT.patient_id)
        qtbot.addWidget(self.page)
        self.page.resize(1528, 944)
        self.page.show()
        self.page.entered()
        self.tasks.run()
        if settled:
            self.settle()

    def settle(self) -> None:
        """The hand rests, and answers come."""
        self.tasks.run()
        self.page._settle.timeout.emit()
        self.tasks.run()

    def click(self, qtbot: QtBot, side: Side, point: tuple[float, float]) -> None:
        """Click a place of a photo in its pane."""
        canvas = self.page.panes.canvases[side]
        at = canvas.to_canvas(QPointF(*point)).toPoint()
        qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
        self.tasks.run()


def moved(point: tuple[float, float]) -> tuple[float, float]:
    return point[0] * 0.9 + 200, point[1] * 0.9 + 150


@pytest.fixture
def opened(qtbot: QtBot) -> Opened:
    made = Opened(qtbot)
    assert made.page.model.laying == Laying(LaidBy.NOBODY, None, 0.0)
    return made


def test_two_points_lay_b_at_once_and_say_who_did(qtbot: QtBot, opened: Opened) -> None:
    page = opened.page
    qtbot.keyClick(page, KEY.Key_H)
    for place in PLACES[:2]:
        opened.click(qtbot, Side.A, place)
        assert "in B" in page.tools.hand.points.next_words()
        opened.click(qtbot, Side.B, moved(place))
    assert alignment_words(page.model) == ("Aligned by landmarks", False)
    assert page.model.aligned
    assert page.panes.canvases[Side.B].item.image is not None
    (ax, _, _), _, _ = page.model.laying.matrix
    assert ax == pytest.approx(1 / 0.9, abs=0.02)
    a, b = (
        page.panes.canvases[side].to_canvas(QPointF(*point))
        for side, point in ((Side.A, PLACES[0]), (Side.B, page.tools.hand.points.placed[Side.B][0]))
    )
    assert (a - b).manhattanLength() < 1.5, "the same place lies at the same spot of both panes"


def test_what_a_hand_can_do_is_seen_whole_also_in_a_narrow_panel(qtbot: QtBot, opened: Opened) -> None:
    page = opened.page
    page.resize(1280, 800)
    qtbot.keyClick(page, KEY.Key_H)
    for place in PLACES[:3]:
        opened.click(qtbot, Side.A, place)
        opened.click(qtbot, Side.B, moved(place))
    area, part = page.side._area, page.side.alignment
    qtbot.waitUntil(lambda: area.widget().width() == area.viewport().width())  # nothing is cut off at the right
    qtbot.waitUntil(lambda: part.visibleRegion().boundingRect().height() == part.height())


def test_a_point_is_dragged_and_taken_back(qtbot: QtBot, opened: Opened) -> None:
    page = opened.page
    qtbot.keyClick(page, KEY.Key_H)
    for place in PLACES[:2]:
        opened.click(qtbot, Side.A, place)
        opened.click(qtbot, Side.B, place)
    before, canvas = page.model.laying.matrix, page.panes.canvases[Side.A]
    at = canvas.to_canvas(QPointF(*PLACES[1])).toPoint()
    qtbot.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    for step in (10, 20, 30):
        qtbot.mouseMove(canvas.viewport(), at + QPoint(step, 0))
    qtbot.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=at + QPoint(30, 0))
    opened.tasks.run()
    assert page.model.laying.matrix != before
    assert len(page.tools.hand.points.pairs) == 2
    qtbot.keyClick(page, KEY.Key_Backspace)
    opened.tasks.run()
    assert not page.model.aligned
    assert alignment_words(page.model) == ("Not aligned", True)


def test_four_points_may_bend_and_are_labelled(qtbot: QtBot, opened: Opened) -> None:
    page = opened.page
    qtbot.keyClick(page, KEY.Key_H)
    qtbot.keyClick(page, KEY.Key_B)
    assert "four" in opened.went.calls[-1][1]
    for place in PLACES:
        opened.click(qtbot, Side.A, place)
        opened.click(qtbot, Side.B, moved(place))
    qtbot.keyClick(page, KEY.Key_B)
    opened.tasks.run()
    assert page.model.laying.bent
    assert alignment_words(page.model) == ("Bent to fit", True)
    qtbot.keyClick(page, KEY.Key_H)
    assert page.tools.hand.points is None
    assert page.model.laying.bent, "what the points gave stays when the hand ends"


def test_points_that_would_fold_skin_are_refused_in_words(qtbot: QtBot, opened: Opened) -> None:
    page = opened.page
    qtbot.keyClick(page, KEY.Key_H)
    corners = ((300.0, 300.0), (5700.0, 300.0), (5700.0, 3700.0), (300.0, 3700.0))
    near = ((2900.0, 1900.0), (3100.0, 1900.0), (3100.0, 2100.0), (2900.0, 2100.0))
    for place, other in (*zip(corners, corners, strict=True), *zip(near, (*near[2:], *near[:2]), strict=True)):
        page.tools.hand.points.put(Side.A, place)
        page.tools.hand.points.put(Side.B, other)
    page.tools.hand.placed()
    qtbot.keyClick(page, KEY.Key_B)
    opened.tasks.run()
    assert "fold" in opened.went.calls[-1][1]
    assert not page.model.laying.bent


def test_points_no_camera_could_see_are_refused_in_words(qtbot: QtBot, opened: Opened) -> None:
    page = opened.page
    qtbot.keyClick(page, KEY.Key_H)
    for place, other in zip(PLACES, (*PLACES[:4], (5500.0, 300.0)), strict=True):
        page.tools.hand.points.put(Side.A, place)
        page.tools.hand.points.put(Side.B, other)
    page.tools.hand.points.move(Side.B, 2, (1300.0, 3300.0))
    page.tools.hand.placed()
    opened.tasks.run()
    assert "same places" in opened.went.calls[-1][1]
    assert not page.model.aligned


@pytest.mark.parametrize("mode", [Mode.CURTAIN, Mode.OVERLAY, Mode.BLINK])
def test_alt_lays_b_where_the_hand_moved_it(qtbot: QtBot, opened: Opened, mode: Mode) -> None:
    page = opened.page
    page.acts.set_mode(mode)
    qtbot.keyClick(page, KEY.Key_Right, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(page, KEY.Key_BracketRight, Qt.KeyboardModifier.AltModifier)
    assert alignment_words(page.model)[0] != "Aligned by landmarks"
    opened.settle()
    laying = page.model.laying
    assert laying.by is LaidBy.HAND
    assert alignment_words(page.model) == ("Laid by hand", False)
    turned = np.degrees(np.arctan2(laying.matrix[1][0], laying.matrix[0][0]))
    assert turned == pytest.approx(1.0, abs=1e-6)
    scale = page.panes.stack.placement().scale
    middle = np.array(laying.matrix) @ (2999.5, 1999.5, 1.0)
    assert (middle[:2] - (2999.5, 1999.5)) * scale == pytest.approx((4, 0), abs=0.6)
    assert not page.model.nudged


def test_automatic_again_forgets_the_hand(qtbot: QtBot, opened: Opened) -> None:
    page = opened.page
    page.acts.set_mode(Mode.OVERLAY)
    qtbot.keyClick(page, KEY.Key_Down, Qt.KeyboardModifier.AltModifier)
    opened.settle()
    assert page.model.laying.by is LaidBy.HAND
    qtbot.keyClick(page, KEY.Key_A)
    opened.settle()
    assert page.model.laying == Laying(LaidBy.NOBODY, None, 0.0)
    assert not page.model.aligned


def test_an_answer_that_comes_late_does_not_undo_the_hand(qtbot: QtBot) -> None:
    made = Opened(qtbot, settled=False)
    page = made.page
    page.showing.find()  # asked, not answered
    rows = ((1.0, 0.0, 5.0), (0.0, 1.0, 6.0), (0.0, 0.0, 1.0))
    page.laying.lay(page.model.pair(), Laying(LaidBy.HAND, rows))
    made.tasks.run()
    assert page.model.laying.by is LaidBy.HAND


def test_points_belong_to_one_pair(qtbot: QtBot, opened: Opened) -> None:
    page = opened.page
    qtbot.keyClick(page, KEY.Key_H)
    opened.click(qtbot, Side.A, PLACES[0])
    qtbot.keyClick(page, KEY.Key_Left)
    opened.tasks.run()
    assert page.tools.hand.points is None


def test_how_well_points_agree_is_said() -> None:
    points = Points()
    for place in PLACES:
        points.put(Side.A, place)
        points.put(Side.B, moved(place))
    exact = points.laying((6000, 4000), (6000, 4000))
    assert "always agree" in residual_words(exact, 7211.0) or exact.residual_px > 0.01
    points.move(Side.B, 4, (3100.0, 2060.0))
    off = points.laying((6000, 4000), (6000, 4000))
    assert off.residual_px > 5
    assert "agree within" in residual_words(off, 7211.0)


def test_landmarks_are_opened_again(opened: Opened) -> None:
    marks = tuple((*a, *moved(a)) for a in PLACES[:2])
    found = Points.of(Laying(LaidBy.LANDMARKS, None, 0.0, marks))
    assert [len(found.placed[side]) for side in Side] == [2, 2]
    assert found.laying((6000, 4000), (6000, 4000)).landmarks == marks


def test_light_is_matched_by_one_key_labelled_and_taken_away(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    page = opened.page
    bright, dark = 150, 100
    opened.gate.pictures = lambda photo_id, _rank: grey_jpeg(value=bright if photo_id == page.model.a else dark)
    page.left()
    page.entered()
    opened.settle()
    canvas = page.panes.canvases[Side.B]
    assert canvas.item.image.pixelColor(5, 5).red() == pytest.approx(dark, abs=2)
    qtbot.keyClick(page, KEY.Key_K)
    opened.settle()
    assert page.model.light is not None
    assert canvas.item.image.pixelColor(5, 5).red() == pytest.approx(bright, abs=3)
    assert page.panes.canvases[Side.A].item.image.pixelColor(5, 5).red() == pytest.approx(bright, abs=2)
    assert "Colour and light matched to A" in page.header.accessibleName()
    rows = ((1.0, 0.0, 5.0), (0.0, 1.0, 6.0), (0.0, 0.0, 1.0))
    page.laying.lay(page.model.pair(), Laying(LaidBy.HAND, rows))
    opened.settle()
    assert page.model.aligned
    assert canvas.item.image.pixelColor(20, 20).red() == pytest.approx(bright, abs=3), "laid in A's light too"
    qtbot.keyClick(page, KEY.Key_K)
    opened.settle()
    assert canvas.item.image.pixelColor(20, 20).red() == pytest.approx(dark, abs=2)
    assert "matched" not in page.header.accessibleName()
    qtbot.keyClick(page, KEY.Key_K)
    opened.settle()
    qtbot.keyClick(page, KEY.Key_Left)
    opened.settle()
    assert page.model.light is None, "a match belongs to one pair"


def test_what_the_hand_does_next_is_in_sight_in_a_low_window(qtbot: QtBot) -> None:
    side = SidePanel(CompareModel(TODAY))
    qtbot.addWidget(side)
    filler = QWidget()
    filler.setFixedHeight(500)
    side.put_lead(filler)
    side.resize(248, 480)
    side.show()
    side.show_hand(Points(), moving=False)

    def done_is_seen() -> bool:
        buttons = side.alignment.findChildren(Button)
        return bool(buttons) and not any(button.visibleRegion().isEmpty() for button in buttons)

    qtbot.waitUntil(done_is_seen, timeout=3000)
