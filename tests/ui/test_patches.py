"""Light matched by a patch or the fields of a chart a person drags over in both photos; display only, one key off."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from photodesk.compare.light_match import Source
from photodesk.imaging.renditions import encode_jpeg
from photodesk.imaging.srgb import encoded, linear
from photodesk.photos import Rendition
from photodesk.ui.compare.model import Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.compare.patches import FIRST, MORE
from tests.ui.pretend_desk import PATIENT, HandTasks, PretendDesk, PretendGate, Went, context, small_timeline

KEY, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier
GAINS = np.array([1.3, 1.0, 0.75])
FIELDS = {(0.1, 0.1): 90, (0.4, 0.1): 130, (0.7, 0.1): 160}  # left, top as shares: a grey of the chart


def lit(grey: int, gains: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    return np.rint(encoded(np.clip(linear(np.full(3, grey / 255.0)) * gains, 0, 1)) * 255).astype(np.uint8)


def chart(gains: np.ndarray) -> bytes:  # type: ignore[type-arg]
    """A reddish photo with three grey fields, under a lamp."""
    pixels = np.full((400, 600, 3), (150, 90, 80), np.uint8)
    for (left, top), grey in FIELDS.items():
        pixels[round(top * 400) : round(top * 400) + 80, round(left * 600) : round(left * 600) + 120] = lit(grey, gains)
    return encode_jpeg(pixels, 95)


class Opened:
    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot, self.tasks, self.went = qtbot, HandTasks(), Went()
        plain, other = chart(np.ones(3)), chart(1 / GAINS)
        self.page: ComparePage | None = None
        self.first = ""
        gate = PretendGate(lambda p, _r: plain if p == self.first else other)
        self.desk = PretendDesk(small_timeline(), gate)
        page = self.page = ComparePage(context(self.desk, self.tasks, self.went), PATIENT.patient_id)
        page.model.load(self.desk.timeline.timeline, "", "")
        self.first = page.model.a
        qtbot.addWidget(page)
        page.resize(1600, 1000)
        page.show()
        page.entered()
        self.tasks.run()

    def drag(self, side: Side, field: tuple[float, float]) -> None:
        assert self.page is not None
        canvas = self.page.panes.canvases[side]
        left, top = field[0] * 6000 + 200, field[1] * 4000 + 160
        one, other = (canvas.to_canvas(QPointF(*at)).toPoint() for at in ((left, top), (left + 800, top + 480)))
        viewport = canvas.viewport()
        self.qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=one)
        self.qtbot.mouseMove(viewport, other)
        self.qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=other)
        self.tasks.run()


@pytest.fixture
def opened(qtbot: QtBot, dressed: QApplication) -> Opened:
    return Opened(qtbot)


def test_one_patch_in_each_matches_them_and_says_by_what(opened: Opened) -> None:
    page, model = opened.page, opened.page.model  # type: ignore[union-attr]
    assert page is not None
    opened.qtbot.keyClick(page, KEY.Key_K, SHIFT)
    assert page.message.text() == FIRST
    opened.drag(Side.A, (0.4, 0.1))
    assert model.light is None
    assert page.message.text() == "Now the same patch in B."
    opened.drag(Side.B, (0.4, 0.1))
    assert model.light is not None
    assert model.light.source is Source.PATCH
    assert np.allclose(model.light.gains, GAINS, rtol=0.04)
    assert page.message.text() == MORE
    assert "grey patch" in page.header.accessibleName()
    assert page.side._light.full_text() == "On, by a grey patch"
    opened.qtbot.keyClick(page, KEY.Key_Return)
    assert not page.tools.patches.active
    assert model.light is not None
    opened.qtbot.keyClick(page, KEY.Key_K)
    assert model.light is None, "one key off"
    assert {entry[2] for entry in opened.desk.gate.entries} <= {Rendition.SCREEN.value, Rendition.THUMBNAIL.value, ""}


def test_more_fields_are_a_chart_and_a_wrong_one_does_not_decide(opened: Opened) -> None:
    page = opened.page
    assert page is not None
    opened.qtbot.keyClick(page, KEY.Key_K, SHIFT)
    fields = list(FIELDS)
    for at, field in enumerate(fields):
        opened.drag(Side.A, field)
        opened.drag(Side.B, fields[0] if at == 1 else field)  # one is marked wrongly
    assert page.model.light is not None
    assert page.model.light.source is Source.CHART
    assert np.allclose(page.model.light.gains, GAINS, rtol=0.05)
    assert page.side._light.full_text() == "On, by a chart"


def test_a_patch_dragged_again_on_one_side_counts_once(opened: Opened) -> None:
    page = opened.page
    assert page is not None
    opened.qtbot.keyClick(page, KEY.Key_K, SHIFT)
    opened.drag(Side.A, (0.1, 0.1))
    opened.drag(Side.A, (0.7, 0.1))
    assert len(page.tools.patches.marked[Side.A]) == 1
    opened.qtbot.mouseClick(page.panes.canvases[Side.B].viewport(), Qt.MouseButton.LeftButton, pos=QPoint(90, 90))
    assert not page.tools.patches.marked[Side.B], "a click is no patch"


def test_escape_shows_b_as_it_was_and_another_pair_or_mode_ends_it(opened: Opened) -> None:
    page = opened.page
    assert page is not None
    qtbot = opened.qtbot
    qtbot.keyClick(page, KEY.Key_K, SHIFT)
    opened.drag(Side.A, (0.4, 0.1))
    opened.drag(Side.B, (0.4, 0.1))
    qtbot.keyClick(page, KEY.Key_Escape)
    assert page.model.light is None
    assert not page.tools.patches.active
    qtbot.keyClick(page, KEY.Key_K, SHIFT)
    opened.drag(Side.A, (0.4, 0.1))
    qtbot.keyClick(page, KEY.Key_Left)
    opened.tasks.run()
    assert not page.tools.patches.active
    assert not page.tools.patches.marked[Side.A]
    qtbot.keyClick(page, KEY.Key_K, SHIFT)
    assert page.tools.patches.active
    page.acts.set_mode(Mode.CURTAIN)
    page._settle.timeout.emit()
    assert not page.tools.patches.active, "there is no A and B beside each other to mark in"
    qtbot.keyClick(page, KEY.Key_K, SHIFT)
    assert not page.tools.patches.active
    assert "beside each other" in str(opened.went.calls[-1])


def test_a_black_patch_matches_nothing_and_says_why(opened: Opened) -> None:
    page = opened.page
    assert page is not None
    page.tools.light.match_by(Source.PATCH, ((0.0, 0.0, 0.0, 0.0),), ())
    opened.tasks.run()
    assert page.model.light is None
    assert "patches" in str(opened.went.calls[-1])
