"""Marks and measurement by hand: every tool, key and lock; every edit is kept at once through the desk's service."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from photodesk import ids
from photodesk.compare.measurement import crosses_itself
from photodesk.desk.roles import Right
from photodesk.imaging.renditions import encode_jpeg
from photodesk.photos.comparison import LaidBy
from photodesk.photos.marks import Lesion, Mark, MarkKind, Point, Scale, ScaleSource
from photodesk.ui.compare.laying import Laying
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.marks.attached import Marks
from photodesk.ui.marks.layer import PhotoLayer
from photodesk.ui.marks.model import Tool
from photodesk.ui.marks.snapping import on_edge
from photodesk.ui.photo.page import PhotoPage
from tests.ui.pretend_desk import PATIENT, HandTasks, PretendDesk, PretendGate, Went, context, small_timeline

KEY, MOD, BUTTON = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton
DISC = (1200.0, 900.0, 600.0)
"""Middle and radius of a dark disc on the 6000 × 4000 px photos, px of the original."""


WIDE_PX = 960


@cache
def disc_jpeg() -> bytes:
    pixels = np.full((640, WIDE_PX, 3), (214, 170, 150), np.uint8)
    factor = WIDE_PX / 6000
    middle = (round((DISC[0] + 0.5) * factor), round((DISC[1] + 0.5) * factor))
    cv2.circle(pixels, middle, round(DISC[2] * factor), (96, 60, 45), -1, cv2.LINE_AA)
    noise = np.random.default_rng(4).normal(0, 4, pixels.shape)
    return encode_jpeg(np.clip(pixels + noise, 0, 255).astype(np.uint8), 95)


class Opened:
    """A page with pixels on its canvases, and hands on it."""

    def __init__(self, qtbot: QtBot, kind: str = "photo", rights: frozenset[Right] | None = None) -> None:
        self.tasks, self.went = HandTasks(), Went()
        picture = disc_jpeg()
        self.desk = PretendDesk(small_timeline(), PretendGate(lambda _p, _r: picture), rights=rights)
        made = context(self.desk, self.tasks, self.went)
        self.ids = [p.photo_id for v in self.desk.timeline.timeline.visits for p in v.photos]
        self.page: PhotoPage | ComparePage
        if kind == "photo":
            self.page = PhotoPage(made, PATIENT.patient_id, self.ids[1])
            self.marks: Marks = self.page.marks
        else:
            self.page = ComparePage(made, PATIENT.patient_id)
            self.marks = self.page.marks.marks
        qtbot.addWidget(self.page)
        self.page.resize(1528, 944)
        self.page.show()
        self.page.entered()
        self.tasks.run()
        self.layers = self.desk.layers

    def layer(self) -> PhotoLayer:
        return next(layer for layer in self.marks.layers if layer.photo_id())

    def key(self, *keys: Qt.Key, held: Qt.KeyboardModifier = MOD.NoModifier, run: bool = True) -> None:
        for key in keys:
            QTest.keyClick(self.page, key, held)
            if run:
                self.tasks.run()

    def at(self, point: Point, layer: PhotoLayer | None = None) -> QPoint:
        place = (layer or self.layer()).to_pane().map(QPointF(*point))
        return place.toPoint()

    def drag(self, *points: Point, layer: PhotoLayer | None = None, held: Qt.KeyboardModifier = MOD.NoModifier) -> None:
        viewport = (layer or self.layer()).canvas.viewport()
        places = [self.at(point, layer) for point in points]
        QTest.mousePress(viewport, BUTTON.LeftButton, held, places[0])
        for place in places[1:]:
            QTest.mouseMove(viewport, place)
        QTest.mouseRelease(viewport, BUTTON.LeftButton, held, places[-1])
        self.tasks.run()

    def click(self, point: Point, held: Qt.KeyboardModifier = MOD.NoModifier) -> None:
        QTest.mouseClick(self.layer().canvas.viewport(), BUTTON.LeftButton, held, self.at(point))
        self.tasks.run()

    def answer(self, text: str) -> None:
        self.marks.row.field.edit.setText(text)
        QTest.keyClick(self.marks.row.field.edit, KEY.Key_Return)
        self.tasks.run()

    def kept(self) -> list[Mark]:
        return list(self.layers.marks.values())

    def tolerance(self) -> float:
        """Px of the original that one px of the canvas covers."""
        return 1.5 / self.layer().px_per_px()


def near(found: Point, wanted: Point, within: float) -> bool:
    return math.dist(found, wanted) <= within


@pytest.fixture
def opened(qtbot: QtBot) -> Opened:
    made = Opened(qtbot)
    made.key(KEY.Key_M)
    return made


def test_m_opens_measuring_and_esc_leaves(qtbot: QtBot) -> None:
    made = Opened(qtbot)
    assert not made.marks.row.isVisible()
    made.key(KEY.Key_M)
    assert made.marks.row.isVisible()
    made.key(KEY.Key_Escape)
    assert not made.marks.row.isVisible()
    assert made.went.calls == []
    assert not made.marks.escape(), "the next one goes back"


@pytest.mark.parametrize(
    ("key", "kind"), [(KEY.Key_D, MarkKind.LENGTH), (KEY.Key_C, MarkKind.CIRCLE), (KEY.Key_A, MarkKind.ARROW)]
)
def test_two_points_by_stroke_or_by_presses(opened: Opened, key: Qt.Key, kind: MarkKind) -> None:
    opened.key(key)
    opened.drag((1000.0, 800.0), (1500.0, 900.0), (2000.0, 800.0))
    opened.click((1000.0, 2000.0))
    assert len(opened.kept()) == 1
    opened.click((2200.0, 2000.0))
    first, second = opened.kept()
    assert {first.kind, second.kind} == {kind}
    for mark, ends in ((first, ((1000.0, 800.0), (2000.0, 800.0))), (second, ((1000.0, 2000.0), (2200.0, 2000.0)))):
        assert all(near(a, b, opened.tolerance()) for a, b in zip(mark.points, ends, strict=True))
    assert [what for what, _ in opened.layers.entries] == ["draw", "draw"]


def test_a_length_takes_bends_with_shift(opened: Opened) -> None:
    opened.key(KEY.Key_D)
    opened.click((1000.0, 800.0))
    opened.click((2000.0, 800.0), MOD.ShiftModifier)
    opened.click((2000.0, 1800.0))
    [mark] = opened.kept()
    assert len(mark.points) == 3


def test_words_belong_to_a_place(opened: Opened) -> None:
    opened.key(KEY.Key_T)
    opened.click((3000.0, 2000.0))
    opened.answer("  itches   since May ")
    opened.click((3500.0, 2000.0))
    opened.answer("   ")
    [mark] = opened.kept()
    assert (mark.kind, mark.text) == (MarkKind.TEXT, "itches since May")


def test_an_outline_goes_to_the_edge_and_pinned_points_stay(opened: Opened) -> None:
    opened.key(KEY.Key_U)
    x, y, radius = DISC
    turns = [2 * math.pi * n / 24 for n in range(24)]
    points = [(x + (radius + 12) * math.cos(t), y + (radius - 8) * math.sin(t)) for t in turns]
    opened.click(points[0], MOD.ShiftModifier)
    for point in points[1:]:
        opened.click(point)
    pinned = opened.marks.drawing.draft.points[0]  # type: ignore[union-attr]
    opened.key(KEY.Key_Return)
    [mark] = opened.kept()
    assert mark.aided
    assert [mark.points[index] for index in mark.pinned] == [pinned]
    factor = WIDE_PX / 6000
    away = [abs(math.dist(p, (x, y)) - radius) * factor for p in mark.points if p != pinned]
    assert np.percentile(away, 95) < 2, "px of the rendition"


def test_an_outline_without_edges_stays_as_drawn(opened: Opened) -> None:
    opened.key(KEY.Key_U, KEY.Key_E)
    x, y, radius = DISC
    turns = [2 * math.pi * n / 12 for n in range(12)]
    ring = [(x + (radius + 20) * math.cos(t), y + (radius + 20) * math.sin(t)) for t in turns]
    for point in ring:
        opened.click(point)
    opened.click(ring[0])
    [mark] = opened.kept()
    assert not mark.aided
    assert len(mark.points) == 12
    opened.key(KEY.Key_E)
    [aided] = opened.kept()
    assert aided.aided, "the selected outline goes to its edge"
    assert aided.mark_id == mark.mark_id


def test_a_stroke_closes_where_the_hand_is_lifted(opened: Opened) -> None:
    opened.key(KEY.Key_U, KEY.Key_E)
    opened.drag(*[(1200 + 500 * math.cos(t), 900 + 500 * math.sin(t)) for t in np.linspace(0, 6, 40)])
    [mark] = opened.kept()
    assert mark.kind is MarkKind.OUTLINE
    assert len(mark.points) > 20


def test_a_double_click_closes(opened: Opened) -> None:
    opened.key(KEY.Key_U, KEY.Key_E)
    for point in ((800.0, 600.0), (1700.0, 600.0)):
        opened.click(point)
    viewport, place = opened.layer().canvas.viewport(), opened.at((1700.0, 1500.0))
    before = opened.page.model.view if isinstance(opened.page, PhotoPage) else None
    QTest.mouseClick(viewport, BUTTON.LeftButton, MOD.NoModifier, place)
    QTest.mouseDClick(viewport, BUTTON.LeftButton, MOD.NoModifier, place)
    opened.tasks.run()
    assert [len(mark.points) for mark in opened.kept()] == [3]
    assert isinstance(opened.page, PhotoPage)
    assert opened.page.model.view == before, "it does not zoom"


def test_points_are_dragged_and_an_outline_gives_way(opened: Opened) -> None:
    opened.key(KEY.Key_U, KEY.Key_E)
    opened.drag(*[(1200 + 500 * math.cos(t), 900 + 500 * math.sin(t)) for t in np.linspace(0, 6, 60)])
    opened.key(KEY.Key_V)
    [mark] = opened.kept()
    before = mark.points
    opened.drag(before[0], (1850.0, 900.0))
    [moved] = opened.kept()
    assert near(moved.points[0], (1850.0, 900.0), opened.tolerance())
    assert moved.pinned == (0,)
    assert before[1] != moved.points[1]
    assert before[30] == moved.points[30]
    opened.drag(moved.points[0], moved.points[0], held=MOD.ShiftModifier)
    assert opened.kept()[0].pinned == ()


def test_a_press_beside_moves_the_photo(opened: Opened) -> None:
    opened.key(KEY.Key_Plus, KEY.Key_Plus, KEY.Key_Plus)
    assert isinstance(opened.page, PhotoPage)
    before = opened.page.model.view
    opened.drag((3000.0, 2000.0), (3400.0, 2200.0))
    assert opened.page.model.view != before
    assert opened.kept() == []
    middle = opened.page.model.view
    opened.key(KEY.Key_D)
    viewport = opened.layer().canvas.viewport()
    QTest.mousePress(viewport, BUTTON.MiddleButton, MOD.NoModifier, QPoint(400, 300))
    QTest.mouseMove(viewport, QPoint(460, 330))
    QTest.mouseRelease(viewport, BUTTON.MiddleButton, MOD.NoModifier, QPoint(460, 330))
    assert opened.page.model.view != middle
    assert opened.kept() == []


def test_delete_undo_and_redo_are_edits(opened: Opened) -> None:
    opened.key(KEY.Key_D)
    opened.drag((1000.0, 800.0), (2000.0, 800.0))
    [mark] = opened.kept()
    opened.key(KEY.Key_Delete)
    assert opened.kept() == []
    opened.key(KEY.Key_Z, held=MOD.ControlModifier)
    assert opened.kept() == [mark]
    opened.key(KEY.Key_Z, held=MOD.ControlModifier)
    assert opened.kept() == []
    opened.key(KEY.Key_Z, held=MOD.ControlModifier | MOD.ShiftModifier)
    assert opened.kept() == [mark]
    told = [what for what, _ in opened.layers.entries]
    assert told == ["draw", "take away", "draw", "take away", "draw"]
    opened.key(KEY.Key_Z, KEY.Key_Z, held=MOD.ControlModifier)
    assert opened.went.calls[-1][0] == "say"


def test_arrows_move_the_selected_mark(opened: Opened) -> None:
    opened.key(KEY.Key_D)
    opened.drag((1000.0, 800.0), (2000.0, 800.0))
    before = opened.kept()[0].points
    opened.key(KEY.Key_Right)
    opened.key(KEY.Key_Down, held=MOD.ShiftModifier)
    after = opened.kept()[0].points
    assert [(b[0] - a[0], b[1] - a[1]) for a, b in zip(before, after, strict=True)] == [(1.0, 10.0)] * 2
    assert isinstance(opened.page, PhotoPage)
    assert opened.page.model.photo_id == opened.ids[1], "the page's own arrows rest meanwhile"


def test_points_are_held_to_the_edge_of_the_photo(opened: Opened) -> None:
    opened.key(KEY.Key_D)
    opened.drag((-900.0, 800.0), (2000.0, -700.0))
    [mark] = opened.kept()
    assert near(mark.points[0], (-0.5, 800.0), opened.tolerance())
    assert near(mark.points[1], (2000.0, -0.5), opened.tolerance())
    assert mark.points[0][0] == mark.points[1][1] == -0.5
    opened.key(KEY.Key_Left, KEY.Key_Up)
    assert opened.kept()[0].points == mark.points, "it lies at the edge"
    opened.key(KEY.Key_V)
    opened.drag(mark.points[1], (2000.0, -600.0))
    assert opened.kept()[0].points[1][1] == -0.5
    opened.key(KEY.Key_C)
    opened.drag((3000.0, -400.0), (9000.0, 2000.0))
    circle = next(one for one in opened.kept() if one.kind is MarkKind.CIRCLE)
    assert (circle.points[0][1], circle.points[1][0]) == (-0.5, 5999.5)


def test_what_was_drawn_beside_the_photo_alone_is_not_kept(opened: Opened) -> None:
    opened.key(KEY.Key_E, KEY.Key_U)
    opened.drag((-900.0, 800.0), (-600.0, 1200.0), (-700.0, 1600.0), (-800.0, 1200.0))
    assert opened.kept() == []
    assert opened.went.calls[-1][0] == "say"
    assert opened.marks.drawing.draft is None


def test_a_mark_that_lies_outside_is_shown_and_moves_inwards(opened: Opened) -> None:
    far = Mark(ids.random_id(), opened.ids[1], MarkKind.LENGTH, ((-5000.0, 800.0), (1000.0, 800.0)))
    opened.layers.marks[far.mark_id] = far
    opened.marks.read()
    opened.tasks.run()
    opened.marks.model.selected = far.mark_id
    opened.key(KEY.Key_Left)
    opened.key(KEY.Key_Right)
    [(start, end)] = [mark.points for mark in opened.kept()]
    assert (start[0], end[0]) == (-0.5, 1001.0)


def test_a_scale_from_a_ruler_gives_millimetres(opened: Opened) -> None:
    opened.key(KEY.Key_D)
    assert "No scale in this photo." in opened.marks.row.words()
    opened.key(KEY.Key_S)
    opened.drag((1000.0, 800.0), (3000.0, 800.0))
    opened.answer("nothing")
    assert opened.layers.scales == {}
    opened.answer("50 mm")
    [scale] = opened.layers.scales.values()
    assert scale.source is ScaleSource.RULER
    assert scale.across_mm == pytest.approx(50 / 2000, rel=0.005)
    assert 0 < scale.error_share < 0.01
    assert opened.layer().mm_per_px() > 0
    opened.key(KEY.Key_Z, held=MOD.ControlModifier)
    assert opened.layers.scales == {}


def test_sticker_and_hand_are_one_key_further(opened: Opened) -> None:
    opened.key(KEY.Key_S, KEY.Key_S)
    opened.drag((1000.0, 800.0), (2000.0, 800.0))
    opened.answer("20")
    assert next(iter(opened.layers.scales.values())).source is ScaleSource.STICKER
    opened.key(KEY.Key_S, KEY.Key_S)
    opened.answer("0,05 ± 3 %")
    scale = next(iter(opened.layers.scales.values()))
    assert (scale.source, scale.across_mm, scale.error_share) == (ScaleSource.HAND, 0.05, 0.03)
    opened.key(KEY.Key_S)
    opened.answer("400")
    assert next(iter(opened.layers.scales.values())).across_mm == 0.05


def test_the_spacing_of_the_file_offers_itself(qtbot: QtBot) -> None:
    made = Opened(qtbot)
    assert isinstance(made.page, PhotoPage)
    held = made.page.model.mark
    assert held is not None
    photo = replace(held.photo, facts=replace(held.photo.facts, pixel_spacing_mm=(0.2, 0.1)))
    made.page.model._marks[photo.photo_id] = replace(held, photo=photo)
    made.key(KEY.Key_M)
    assert made.marks.row._offer.isVisible()
    made.key(KEY.Key_Return)
    scale = made.layers.scales[photo.photo_id]
    assert (scale.source, scale.across_mm, scale.down_mm) == (ScaleSource.DICOM, 0.1, 0.2)
    assert not made.marks.row._offer.isVisible()


def test_a_lesion_is_followed_by_name(opened: Opened) -> None:
    opened.key(KEY.Key_F)
    opened.answer("L1 left forearm")
    [lesion] = opened.layers.lesions
    opened.key(KEY.Key_U, KEY.Key_E)
    opened.drag(*[(1200 + 500 * math.cos(t), 900 + 500 * math.sin(t)) for t in np.linspace(0, 6, 40)])
    opened.key(KEY.Key_A)
    opened.drag((1000.0, 800.0), (2000.0, 800.0))
    assert [mark.lesion_id for mark in opened.kept()] == [lesion.lesion_id, ""]
    opened.key(KEY.Key_F)
    opened.answer("l1 LEFT forearm")
    assert opened.layers.lesions == [lesion], "the same name is the same lesion"
    opened.key(KEY.Key_F)
    opened.answer("")
    assert opened.marks.model.lesion_id == ""


def test_a_length_beside_the_lesion_is_not_its_own(opened: Opened) -> None:
    opened.key(KEY.Key_F)
    opened.answer("L1")
    opened.key(KEY.Key_U, KEY.Key_E)
    opened.drag(*[(1200 + 500 * math.cos(t), 900 + 500 * math.sin(t)) for t in np.linspace(0, 6, 40)])
    opened.key(KEY.Key_D)
    opened.drag((900.0, 900.0), (1600.0, 920.0))
    opened.drag((3000.0, 2900.0), (4600.0, 2900.0))
    assert [bool(mark.lesion_id) for mark in opened.kept()] == [True, True, False]


def test_where_no_edge_leads_round_the_outline_stays_as_drawn() -> None:
    noise = np.random.default_rng(2).integers(0, 255, (640, WIDE_PX, 3), np.uint8)
    ring = [(2000.0, 2000.0), (2060.0, 1990.0), (2100.0, 2050.0), (2040.0, 2100.0)]
    found = on_edge(encode_jpeg(noise, 90), 6000, ring, ())
    assert found is None or not crosses_itself(found[0])


def test_an_edit_that_is_not_kept_is_not_shown(opened: Opened) -> None:
    opened.layers.broken = True
    opened.key(KEY.Key_D)
    opened.drag((1000.0, 800.0), (2000.0, 800.0))
    assert opened.marks.model.of(opened.ids[1]) == ()
    assert "not kept" in opened.went.calls[-1][1]
    assert not opened.marks.model.can_undo


def test_a_role_that_edits_nothing_draws_nothing(qtbot: QtBot) -> None:
    made = Opened(qtbot, rights=frozenset({Right.SEE_CHART}))
    made.key(KEY.Key_M)
    assert not made.marks.row.isVisible()
    assert made.went.calls[-1][0] == "say"


@pytest.mark.parametrize("key", [KEY.Key_D, KEY.Key_U, KEY.Key_C, KEY.Key_A, KEY.Key_T, KEY.Key_S])
def test_a_lock_keeps_the_unfinished_drawing(qtbot: QtBot, opened: Opened, key: Qt.Key) -> None:
    opened.key(KEY.Key_F)
    opened.answer("L1")
    opened.key(key)
    opened.click((1000.0, 800.0))
    draft = opened.marks.draft()
    assert draft
    opened.page.left()
    assert opened.kept() == []
    later = Opened(qtbot)
    later.marks.restore(draft)
    later.tasks.run()
    assert later.marks.model.measuring
    assert later.marks.drawing.draft is not None
    assert later.marks.model.lesion_id == opened.layers.lesions[0].lesion_id
    assert later.marks.asking.photo_id == opened.ids[1]
    assert later.marks.drawing.draft.points == opened.marks.drawing.draft.points  # type: ignore[union-attr]
    if key not in {KEY.Key_T, KEY.Key_U}:
        later.click((2000.0, 800.0))
        assert later.kept() or later.marks.row.field.isVisible()


def test_an_outline_that_was_closed_is_kept_when_the_desk_locks(opened: Opened) -> None:
    opened.key(KEY.Key_U)
    for point in ((800.0, 600.0), (1700.0, 600.0), (1700.0, 1400.0)):
        opened.click(point)
    opened.key(KEY.Key_Return, run=False)
    opened.page.left()
    opened.tasks.run()
    [mark] = opened.kept()
    assert not mark.aided


def test_escape_drops_the_draft_then_the_tool_then_leaves(opened: Opened) -> None:
    opened.key(KEY.Key_U)
    opened.click((1000.0, 800.0))
    opened.key(KEY.Key_Escape)
    assert opened.marks.drawing.draft is None
    opened.key(KEY.Key_Escape)
    assert opened.marks.model.tool is Tool.MOVE
    opened.key(KEY.Key_Escape)
    assert not opened.marks.model.measuring


def test_backspace_takes_the_last_point_back(opened: Opened) -> None:
    opened.key(KEY.Key_U)
    opened.click((1000.0, 800.0))
    opened.click((1500.0, 800.0))
    opened.key(KEY.Key_Backspace)
    assert len(opened.marks.drawing.draft.points) == 1  # type: ignore[union-attr]
    opened.key(KEY.Key_Z, held=MOD.ControlModifier)
    assert opened.marks.drawing.draft is None


# -- on a comparison --------------------------------------------------------------------------------------------------


def ring_of(photo_id: str, lesion_id: str, radius: float) -> Mark:
    points = tuple((DISC[0] + radius * math.cos(t), DISC[1] + radius * math.sin(t)) for t in np.linspace(0, 6.27, 720))
    return Mark(ids.random_id(), photo_id, MarkKind.OUTLINE, points, lesion_id=lesion_id)


@pytest.fixture
def pair(qtbot: QtBot) -> Opened:
    made = Opened(qtbot, "compare")
    lesion = Lesion("7" * 32, "L1")
    made.layers.lesions.append(lesion)
    assert isinstance(made.page, ComparePage)
    for photo_id, radius in zip(made.page.model.pair(), (500.0, 550.0), strict=True):
        mark = ring_of(photo_id, lesion.lesion_id, radius)
        made.layers.marks[mark.mark_id] = mark
        made.layers.scales[photo_id] = Scale(photo_id, 0.01, 0.01, 0.015, ScaleSource.STICKER)
    made.page.refresh()
    made.tasks.run()
    return made


def test_the_change_of_area_leads_the_panel(pair: Opened) -> None:
    assert isinstance(pair.page, ComparePage)
    panel = pair.page.marks.panel
    assert panel.isVisible()
    figure, error, values = panel.told()
    assert figure == "+21.0\u00a0%"
    assert error == "±\u00a05.2\u00a0%"
    assert values.startswith("78.5 → 95.0\u00a0mm² in")


def test_without_a_lesion_the_panel_is_not_there(qtbot: QtBot) -> None:
    made = Opened(qtbot, "compare")
    assert isinstance(made.page, ComparePage)
    assert not made.page.marks.panel.isVisible()


def test_marks_of_b_lie_where_b_is_laid(pair: Opened) -> None:
    page = pair.page
    assert isinstance(page, ComparePage)
    a, b = page.model.pair()
    laying = Laying(LaidBy.HAND, ((1.0, 0.0, 300.0), (0.0, 1.0, -200.0), (0.0, 0.0, 1.0)), 1.0)
    page.laying.lay((a, b), laying)
    pair.tasks.run()
    of_a, of_b = pair.marks.layers[0], pair.marks.layers[1]
    assert (of_a.photo_id(), of_b.photo_id()) == (a, b)
    there = of_a.to_pane().map(QPointF(1300.0, 800.0))
    assert of_b.to_pane().map(QPointF(1000.0, 1000.0)) == there
    back = of_b.to_photo(there)
    assert back is not None
    assert near(back, (1000.0, 1000.0), 1e-6)


def test_each_mode_shows_the_marks_of_what_is_seen(pair: Opened) -> None:
    page = pair.page
    assert isinstance(page, ComparePage)
    a, b = page.model.pair()

    def shown() -> list[str]:
        return [layer.photo_id() for layer in pair.marks.layers[:4]]

    assert shown() == [a, b, "", ""]
    for mode, wanted in ((Mode.CURTAIN, ["", "", a, b]), (Mode.OVERLAY, ["", "", a, b]), (Mode.BLINK, ["", "", "", b])):
        page.acts.set_mode(mode)
        assert shown() == wanted, mode
    page.panes.stack.show_b(False)
    assert shown() == ["", "", a, ""]
    page.acts.set_mode(Mode.CURTAIN)
    left, right = QPointF(20, 300), QPointF(page.panes.stack.pane()[0] - 20, 300)
    assert [layer.covers(left) for layer in pair.marks.layers[:4]] == [False, False, True, False]
    assert [layer.covers(right) for layer in pair.marks.layers[:4]] == [False, False, False, True]


@pytest.mark.parametrize("mode", [Mode.SIDE_BY_SIDE, Mode.CURTAIN, Mode.OVERLAY, Mode.BLINK])
def test_every_tool_draws_in_every_mode_and_a_lock_loses_nothing(pair: Opened, mode: Mode) -> None:
    page = pair.page
    assert isinstance(page, ComparePage)
    page.acts.set_mode(mode)
    pair.key(KEY.Key_M)
    layer = next(each for each in reversed(pair.marks.layers) if each.photo_id())
    photo_id, before = layer.photo_id(), len(pair.kept())
    wide, high = layer.canvas.pane()
    start, end = QPointF(0.72 * wide, 0.4 * high), QPointF(0.86 * wide, 0.6 * high)
    viewport = layer.canvas.viewport()
    kinds = [tool.kind for tool in Tool if tool.kind is not None]
    for tool in (tool for tool in Tool if tool.kind is not None):
        pair.marks.take_tool(tool)
        pair.marks.model.selected = ""
        QTest.mousePress(viewport, BUTTON.LeftButton, MOD.NoModifier, start.toPoint())
        for place in (start + (end - start) * 0.3, QPointF(start.x(), end.y()), end):
            QTest.mouseMove(viewport, place.toPoint())
        QTest.mouseRelease(viewport, BUTTON.LeftButton, MOD.NoModifier, end.toPoint())
        if tool is Tool.TEXT:
            pair.answer("here")
    page.left()
    pair.tasks.run()
    assert [mark.kind for mark in pair.kept()[before:]] == kinds
    assert {mark.photo_id for mark in pair.kept()[before:]} == {photo_id}


def test_plates_lie_beside_their_marks(pair: Opened) -> None:
    page = pair.page
    assert isinstance(page, ComparePage)
    for canvas in (layer.canvas for layer in pair.marks.layers[:2]):
        canvas.grab()
    for layer in pair.marks.layers[:2]:
        [plate] = layer.plates
        assert layer.boundingRect().contains(plate)
        middle = layer.to_pane().map(QPointF(DISC[0], DISC[1]))
        assert not plate.contains(middle)
    page.acts.set_mode(Mode.OVERLAY)
    page.panes.stack.grab()
    below, above = pair.marks.layers[2:4]
    assert below.plates
    assert above.plates
    assert not below.plates[0].intersects(above.plates[0])


def test_presenting_shows_no_words_and_takes_no_marks(qtbot: QtBot, pair: Opened) -> None:
    page = pair.page
    assert isinstance(page, ComparePage)
    photo_id = page.model.pair()[0]
    word = Mark(ids.random_id(), photo_id, MarkKind.TEXT, ((3000.0, 3000.0),), "Ada's arm")
    pair.marks.model.marks[word.mark_id] = word
    pair.key(KEY.Key_M, KEY.Key_D)
    layer = pair.marks.layers[0]
    layer.canvas.grab()
    assert len(layer.plates) == 2
    window = QWidget()
    qtbot.addWidget(window)
    home = page.panes.parentWidget()
    page.panes.setParent(window)
    window.resize(1200, 800)
    page.panes.resize(1200, 800)
    window.show()
    page.panes.show()
    layer.canvas.grab()
    assert len(layer.plates) == 1
    before = len(pair.kept())
    pair.drag((4000.0, 3000.0), (5000.0, 3000.0), layer=layer)
    assert len(pair.kept()) == before
    page.panes.setParent(home)


def test_a_finger_draws(opened: Opened) -> None:
    opened.key(KEY.Key_D)
    finger = QTest.createTouchDevice()
    viewport = opened.layer().canvas.viewport()
    start, end = opened.at((1000.0, 800.0)), opened.at((2000.0, 800.0))
    QTest.touchEvent(viewport, finger).press(0, start, viewport).commit()
    QTest.touchEvent(viewport, finger).move(0, (start + end) / 2, viewport).commit()
    QTest.touchEvent(viewport, finger).move(0, end, viewport).commit()
    QTest.touchEvent(viewport, finger).release(0, end, viewport).commit()
    opened.tasks.run()
    [mark] = opened.kept()
    assert near(mark.points[1], (2000.0, 800.0), opened.tolerance())
