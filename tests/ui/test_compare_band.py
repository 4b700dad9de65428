"""What is set in the band and around it: shares and speeds by slider, keys where they fit, own pixels, tilt."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from photodesk.compare import LinkedView
from photodesk.photos.comparison import LaidBy
from photodesk.photos.marks import Mark, MarkKind, Scale, ScaleSource
from photodesk.ui.compare.laying import Laying
from photodesk.ui.compare.model import Side, followed
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.marks.words import scale_words
from tests.ui.pretend_desk import PATIENT, HandTasks, PretendDesk, PretendGate, Went, context, small_timeline

KEY = Qt.Key


class Opened:
    def __init__(self, qtbot: QtBot, width: int = 1600) -> None:
        self.tasks = HandTasks()
        self.page = ComparePage(
            context(PretendDesk(small_timeline(), PretendGate()), self.tasks, Went()), PATIENT.patient_id
        )
        qtbot.addWidget(self.page)
        self.page.resize(width, 1000)
        self.page.show()
        self.page.entered()
        self.tasks.run()


@pytest.fixture
def opened(qtbot: QtBot, dressed: QApplication) -> Opened:
    return Opened(qtbot)


def test_the_slider_holds_how_much_of_b_is_seen(opened: Opened, qtbot: QtBot) -> None:
    page = opened.page
    assert not page.band.degree.isVisible()
    qtbot.keyClick(page, KEY.Key_3)
    degree = page.band.degree
    assert degree.isVisible()
    assert (degree.width(), degree.height()) >= (48, 48)
    degree.slider.setValue(80)
    assert page.model.opacity == 0.8
    assert "80" in degree.slider.accessibleName()
    qtbot.keyClick(page, KEY.Key_Comma)
    assert degree.slider.value() == 75, "a key moves it too"
    assert page.hasFocus() or not page.isActiveWindow(), "keys stay with the page"
    qtbot.keyClick(page, KEY.Key_2)
    assert not degree.isVisible()


def test_the_slider_holds_how_fast_they_change(opened: Opened, qtbot: QtBot) -> None:
    page = opened.page
    qtbot.keyClick(page, KEY.Key_4)
    degree = page.band.degree
    degree.slider.setValue(degree.slider.maximum())
    assert page.model.blink_hz == 6.0
    degree.slider.setValue(degree.slider.minimum())
    assert page.model.blink_hz == 0.5
    qtbot.keyClick(page, KEY.Key_Period)
    assert degree.slider.value() == 2
    qtbot.keyClick(page, KEY.Key_3)
    assert degree.slider.value() == 50, "each way keeps its own"


def test_one_photo_is_seen_in_turn_and_the_letter_of_the_other_steps_back(opened: Opened, qtbot: QtBot) -> None:
    page = opened.page
    stack, header = page.panes.stack, page.header

    def brightness_of_a() -> int:
        image = header.grab().toImage()
        return max(image.pixelColor(x, 12).lightness() for x in range(18, 38))

    qtbot.keyClick(page, KEY.Key_4)
    stack.rest()
    stack.show_b(True)
    assert (stack.item.isVisible(), stack.above.isVisible()) == (False, True)
    dim = brightness_of_a()
    stack.show_b(False)
    assert (stack.item.isVisible(), stack.above.isVisible()) == (True, False)
    assert brightness_of_a() > 2 * dim
    qtbot.keyClick(page, KEY.Key_3)
    assert (stack.item.isVisible(), stack.above.isVisible()) == (True, True)
    assert brightness_of_a() > 2 * dim, "both are seen again"


@pytest.mark.parametrize(("width", "keys"), [(1280, False), (1920, True), (2400, True)])
def test_keys_stand_on_the_ways_where_they_fit(qtbot: QtBot, dressed: QApplication, width: int, keys: bool) -> None:
    page = Opened(qtbot, width).page
    assert page.bar.modes._hints is keys
    bar = page.bar
    parts = [bar.modes, bar.link, *[button for button, _words, _key in bar._added if button.isVisible()]]
    boxes = [part.rect().translated(part.mapTo(bar, part.rect().topLeft())) for part in parts]
    assert all(bar.rect().contains(box) for box in boxes)
    assert not any(one.intersects(other) for at, one in enumerate(boxes) for other in boxes[at + 1 :])


def test_a_small_photo_goes_down_to_its_own_pixels_and_below() -> None:
    photo, pane = (200.0, 100.0), (800.0, 800.0)
    fit = LinkedView()
    own = fit.zoomed_about((400, 400), 0.25, photo, pane)
    assert own.placement(photo, pane).scale == pytest.approx(1.0)
    half = own.zoomed_about((10, 10), 0.01, photo, pane)
    assert half.placement(photo, pane).scale == pytest.approx(0.5)
    assert (half.centre_x, half.centre_y) == (0.5, 0.5), "it stays in the middle"
    large = fit.zoomed_about((400, 400), 0.25, (4000.0, 3000.0), pane)
    assert large.zoom == 1.0, "a large one is never smaller than its pane"
    assert followed(fit, fit, own).zoom == pytest.approx(0.25), "the other goes with it"


def test_double_click_shows_a_small_photo_at_its_own_pixels_and_fits_it_again(opened: Opened, qtbot: QtBot) -> None:
    canvas = opened.page.panes.canvases[Side.A]
    canvas.item.size = (200.0, 150.0)
    canvas.show_view(LinkedView())
    assert canvas.percent() > 250
    seen: list[LinkedView] = []
    canvas.moved.connect(lambda moved: seen.append(moved[0]))
    canvas.to_full()
    canvas.show_view(seen[-1])
    assert canvas.percent() == pytest.approx(100)
    canvas.to_full()
    assert seen[-1] == LinkedView()


def test_a_scale_says_that_tilt_is_not_counted() -> None:
    ruler = Scale("p", 0.1, 0.1, 0.012, ScaleSource.RULER)
    assert scale_words(ruler).endswith("tilt not counted")
    assert "tilt" not in scale_words(Scale("p", 0.1, 0.1, 0.0, ScaleSource.DICOM))


def test_marks_are_seen_over_the_frames_of_a_time_lapse(opened: Opened, qtbot: QtBot) -> None:
    page = opened.page
    qtbot.keyClick(page, KEY.Key_6)
    opened.tasks.run()
    shown = page.lapse.showing.shown
    assert shown is not None
    mark = Mark("m" * 32, shown.photo_id, MarkKind.CIRCLE, ((3000.0, 2000.0), (3400.0, 2000.0)))
    page.marks.marks.model.marks[mark.mark_id] = mark
    layer = page.marks.marks.layers[-1]
    assert layer.canvas is page.lapse.view.canvas
    assert layer.photo_id() == shown.photo_id
    canvas = layer.canvas
    before = canvas.grab().toImage()
    canvas.viewport().update()
    middle = layer.to_pane().map(3400.0, 2000.0)
    colours = {
        before.pixelColor(round(middle[0]) + dx, round(middle[1]) + dy).lightness()
        for dx in (-2, -1, 0, 1, 2)
        for dy in (-1, 0, 1)
    }
    assert max(colours) > 240, "the white line of the mark"
    qtbot.keyClick(page, KEY.Key_1)
    opened.tasks.run()
    assert layer.photo_id() == ""


def test_a_mark_lies_where_its_laid_frame_puts_it(opened: Opened, qtbot: QtBot) -> None:
    page = opened.page
    qtbot.keyClick(page, KEY.Key_6)
    opened.tasks.run()
    frames = page.lapse.model.frames
    matrix = ((1.0, 0.0, 600.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    page.laying.lay((frames[0].photo_id, frames[1].photo_id), Laying(LaidBy.HAND, matrix))
    page.lapse.showing.frames.drop()
    qtbot.keyClick(page, KEY.Key_Right)
    opened.tasks.run()
    layer = page.marks.marks.layers[-1]
    assert layer.photo_id() == frames[1].photo_id
    at = layer.to_pane().map(1000.0, 1000.0)
    as_first = layer.canvas.to_canvas(QPointF(1600.0, 1000.0))
    assert at[0] == pytest.approx(as_first.x(), abs=1), "as a point of the first photo, 600 px further right"
