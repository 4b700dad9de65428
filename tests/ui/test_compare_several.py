"""Three to six photos beside each other: one entry, one view, the chosen pane, and the way back to two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from photodesk.compare import LinkedView, render_row
from photodesk.compare.render import GREY
from photodesk.photos.comparison import LaidBy
from photodesk.ui.compare.exporting import row_of
from photodesk.ui.compare.keeping import all_taken_down
from photodesk.ui.compare.kept_dialog import KeptDialog
from photodesk.ui.compare.laying import Laying
from photodesk.ui.compare.loading import Rank
from photodesk.ui.compare.model import Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.compare.picture import Look
from photodesk.ui.theme import SURROUNDS
from tests.ui.pretend_desk import PATIENT, HandTasks, PretendDesk, PretendGate, Went, context, small_timeline
from tests.ui.test_presenting import PASSWORD, Desk, said_in

KEY = Qt.Key


class Opened:
    """The first so many photos of the chart, opened together as the grid of a series opens them."""

    def __init__(self, qtbot: QtBot, count: int) -> None:
        self.tasks, self.went, self.gate = HandTasks(), Went(), PretendGate()
        timeline = small_timeline()
        self.ids = tuple(p.photo_id for v in reversed(timeline.visits) for p in v.photos)[:count]
        made = context(PretendDesk(timeline, self.gate), self.tasks, self.went)
        self.page = ComparePage(made, PATIENT.patient_id, self.ids[0], self.ids[-1])
        self.page.show_photos(self.ids)
        qtbot.addWidget(self.page)
        self.page.resize(1280, 744)
        self.page.show()
        self.page.entered()
        self.settle()

    def settle(self) -> None:
        self.tasks.run()
        self.page._settle.timeout.emit()
        self.tasks.run()


@pytest.mark.parametrize(("count", "rows"), [(3, 1), (4, 2), (5, 2), (6, 2)])
def test_all_are_named_in_one_entry_and_seen(qtbot: QtBot, count: int, rows: int) -> None:
    opened = Opened(qtbot, count)
    several = opened.page.several
    assert [set(e[1]) for e in opened.gate.entries if e[0] == "COMPARE"] == [set(opened.ids)]
    cells = several.view.shown
    assert len(cells) == count
    assert all(cell.isVisible() and cell.canvas.item.image is not None for cell in cells)
    assert len({cell.y() for cell in cells}) == rows
    assert not opened.page.panes.isVisible()
    assert opened.page.band.zoom._percent.full_text().endswith("%")
    assert all("Visit" in cell.head.accessibleName() for cell in cells)
    assert "Not aligned" in cells[1].head.accessibleName()


def test_linked_panes_move_together_and_alt_moves_the_chosen_one(qtbot: QtBot) -> None:
    opened = Opened(qtbot, 4)
    page, cells = opened.page, opened.page.several.view.shown
    qtbot.keyClick(page, KEY.Key_Plus)
    assert {round(cell.canvas.view.zoom, 6) for cell in cells} == {1.25}
    qtbot.keyClick(page, KEY.Key_BracketRight)
    assert {round(cell.canvas.view.turn_degrees, 6) for cell in cells} == {1.0}
    qtbot.keyClick(page, KEY.Key_Down)
    assert page.several.chosen == 2
    qtbot.keyClick(page, KEY.Key_Right, Qt.KeyboardModifier.AltModifier)
    at = [round(cell.canvas.view.centre_x, 6) for cell in cells]
    assert at[2] != at[0] == at[1] == at[3]
    qtbot.keyClick(page, KEY.Key_0)
    assert all(cell.canvas.view == LinkedView() for cell in cells)
    qtbot.keyClick(page, KEY.Key_L)
    cells[1].canvas.zoom_about(2.0)
    assert [round(cell.canvas.view.zoom) for cell in cells] == [1, 2, 1, 1]


def test_other_modes_take_the_first_and_the_chosen_one_and_back(qtbot: QtBot) -> None:
    opened = Opened(qtbot, 4)
    page = opened.page
    page.several.choose(3)
    qtbot.keyClick(page, KEY.Key_2)
    opened.settle()
    assert page.model.mode is Mode.CURTAIN
    assert page.model.pair() == (opened.ids[0], opened.ids[3])
    assert page.panes.stack.isVisible()
    assert not page.several.view.isVisible()
    assert page.panes.stack.above.image is not None
    qtbot.keyClick(page, KEY.Key_1)
    opened.settle()
    assert page.several.view.isVisible()
    assert all(cell.canvas.item.image is not None for cell in page.several.view.shown)


def test_an_arrow_steps_the_chosen_pane(qtbot: QtBot) -> None:
    opened = Opened(qtbot, 3)
    page = opened.page
    before = tuple(page.several.ids)
    qtbot.keyClick(page, KEY.Key_Right)
    opened.settle()
    assert page.several.ids[0] == before[0]
    assert page.several.ids[1] == page.model.b
    assert len(set(page.several.ids)) == 3


def test_leaving_lets_go_of_all_pixels(qtbot: QtBot) -> None:
    opened = Opened(qtbot, 4)
    opened.page.left()
    assert all(cell.canvas.item.image is None for cell in opened.page.several.view.cells)
    assert all(opened.page.panes.canvases[side].item.image is None for side in Side)


def test_full_resolution_comes_only_for_two(qtbot: QtBot) -> None:
    opened = Opened(qtbot, 4)
    qtbot.keyClick(opened.page, KEY.Key_Plus)
    canvas = opened.page.several.view.cells[0].canvas
    canvas.to_full()
    opened.settle()
    opened.settle()
    originals = {e[1][0] for e in opened.gate.entries if e[2] == "original"}
    assert originals == set(opened.ids[:2])
    assert "Screen size" in opened.page.several.view.cells[3].head.accessibleName()


def test_a_laid_photo_in_full_lets_go_of_its_untouched_pixels(qtbot: QtBot) -> None:
    opened = Opened(qtbot, 3)
    several = opened.page.several
    pair = (opened.ids[0], opened.ids[1])
    several.laying.lay(pair, Laying(LaidBy.ITSELF, ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), 0.95))
    opened.settle()
    several.view.cells[0].canvas.to_full()
    for _ in range(3):
        opened.settle()
    asked = [e for e in opened.gate.entries if e[2] == "original"]
    assert several.loaded[pair[0]].rank is Rank.ORIGINAL
    assert several._drawn[pair[1]].rank is Rank.ORIGINAL
    assert several.loaded[pair[1]].rank is Rank.SCREEN, "only where it lies it is kept in full"
    opened.settle()
    assert [e for e in opened.gate.entries if e[2] == "original"] == asked, "and not asked for again"
    qtbot.keyClick(opened.page, KEY.Key_O)
    for _ in range(3):
        opened.settle()
    assert several.loaded[pair[1]].rank is Rank.ORIGINAL, "untouched it comes again"


MATRIX = ((1.0, 0.01, 3.0), (-0.01, 1.0, 5.0), (0.0, 0.0, 1.0))


def _kept(opened: Opened, qtbot: QtBot) -> KeptDialog:
    qtbot.keyClick(opened.page, KEY.Key_S, Qt.KeyboardModifier.ControlModifier)
    opened.tasks.run()
    dialog = opened.page.outward.keeping.dialog
    assert dialog is not None
    return dialog


def test_the_pairs_pixels_are_not_kept_behind_several(qtbot: QtBot) -> None:
    opened = Opened(qtbot, 4)
    page, ids = opened.page, opened.ids
    page.several.take(ids[:2])
    opened.settle()
    assert all(page.panes.canvases[side].item.image is not None for side in Side)
    page.several.take(ids)
    opened.settle()
    assert not page.showing._loaded
    assert all(page.panes.canvases[side].item.image is None for side in Side)
    page.several.take(ids[:2])
    opened.settle()
    assert all(page.panes.canvases[side].item.image is not None for side in Side), "and come again"


def test_four_photos_are_kept_and_come_back_exactly(qtbot: QtBot) -> None:
    opened = Opened(qtbot, 4)
    several = opened.page.several
    several.laying.lay((opened.ids[0], opened.ids[2]), Laying(LaidBy.LANDMARKS, MATRIX))
    several.views = {opened.ids[0]: LinkedView(2.0, 0.4, 0.6), opened.ids[1]: LinkedView(3.0, 0.3, 0.6, 4.0, free=True)}
    several.refresh()
    opened.page.acts.surround()
    dialog = _kept(opened, qtbot)
    assert " to " in dialog.name.edit.text()
    dialog.name.edit.setText("Forearm, four visits")
    dialog.save()
    opened.tasks.run()
    as_seen = all_taken_down(several, "x")
    assert [one.photo_id for one in as_seen.laid] == list(opened.ids)
    assert as_seen.laid[2].matrix == MATRIX
    several.take(opened.ids[:2])  # a pair again
    opened.settle()
    assert not several.active
    several.laying.forget((opened.ids[0], opened.ids[2]))
    opened.page.acts.surround()
    before = len(opened.gate.entries)
    _kept(opened, qtbot).rows[0].click()
    opened.settle()
    assert several.active
    assert opened.page.model.surround == 1
    assert several.view.cells[2].canvas.backgroundBrush().color().name().upper() == SURROUNDS[1]
    assert all_taken_down(several, "x") == as_seen
    assert [set(e[1]) for e in opened.gate.entries[before:] if e[0] == "COMPARE"] == [set(opened.ids)]


def test_four_photos_leave_as_one_picture(qtbot: QtBot, tmp_path: Path) -> None:
    opened = Opened(qtbot, 4)
    several = opened.page.several
    several.laying.lay((opened.ids[0], opened.ids[2]), Laying(LaidBy.LANDMARKS, MATRIX))
    qtbot.keyClick(opened.page, KEY.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = opened.page.outward.exporting.dialog
    assert dialog is not None
    assert not dialog.comparability.isVisibleTo(dialog), "it is measured of two"
    picture = row_of(several, PATIENT.patient_id)
    assert picture is not None
    assert picture.notes(Look()) == ["C aligned on A", "B and D shown as taken, not aligned"]
    words = picture.words(Look(dates=True, notes=True), (), {})
    assert words.foot[0].startswith("From the left, row by row: A ")
    assert (words.left, words.right) == ("", "")
    several.originals = True
    taken = row_of(several, PATIENT.patient_id)
    assert taken is not None
    assert taken.notes(Look()) == ["B, C and D shown as taken, not aligned"]


@pytest.mark.parametrize(("count", "columns", "rows"), [(3, 3, 1), (4, 2, 2), (5, 3, 2), (6, 3, 2)])
def test_photos_in_rows_keep_their_places(count: int, columns: int, rows: int) -> None:
    photos = [np.full((40, 60, 3), 20 * (at + 1), np.uint8) for at in range(count)]
    page = render_row(photos, 900, columns, [None] * count)
    wide, gap = (900 - 5 * (columns - 1)) // columns, 5
    high = page.shape[0] // rows
    assert page.shape[1] == 900
    for at in range(count):
        down, across = divmod(at, columns)
        middle = page[down * high + high // 2, across * (wide + gap) + wide // 2]
        assert tuple(middle) == (20 * (at + 1),) * 3
    moved = ((1.0, 0.0, 60.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    laid = render_row(photos, 900, columns, [None, moved, *[None] * (count - 2)])
    assert tuple(laid[high // 2, wide + gap + wide // 2]) == (GREY,) * 3, "it lies beside the first's frame"


def test_all_of_them_are_presented_and_nothing_is_said_of_them(qtbot: QtBot, dressed: QApplication) -> None:
    desk = Desk(qtbot)
    ids = tuple(p.photo_id for v in reversed(desk.desk.timeline.timeline.visits) for p in v.photos)[:4]
    desk.page.show_photos(ids)
    desk.tasks.run()
    several = desk.page.several
    several.views = {ids[0]: LinkedView(2.0)}
    window = desk.present()
    assert [set(e[1]) for e in desk.entries if e[0] == "PRESENT started"] == [set(ids)]
    assert several.view.window() is window
    assert not any(cell.head.isVisible() for cell in several.view.cells)
    assert {cell.canvas.view.zoom for cell in several.view.shown} == {1.0}
    said = said_in(window)
    assert not any(word in text for text in said for word in ("2025", "2026", "Visit", "Test"))
    qtbot.keyClick(window, KEY.Key_2)
    assert several.active, "three photos or more stay beside each other"
    qtbot.keyClick(window, KEY.Key_Plus)
    assert {round(cell.canvas.view.zoom, 3) for cell in several.view.shown} == {1.25}
    qtbot.keyClick(window, KEY.Key_0)
    assert {cell.canvas.view.zoom for cell in several.view.shown} == {1.0}
    desk.answer(desk.ask(), PASSWORD)
    assert several.view.window() is desk.main
    assert all(cell.head.isVisible() for cell in several.view.shown)
    assert several.views[ids[0]].zoom == 2.0


def test_keeping_and_exporting_several_have_buttons(qtbot: QtBot) -> None:
    opened = Opened(qtbot, 4)
    page = opened.page
    buttons = [button for button, _right, _act in page.outward._of_several]
    assert [button.accessibleName() for button in buttons] == ["Save", "Export"]
    assert all(button.isVisible() for button in buttons)
    page.resize(1280, 744)
    opened.settle()
    QApplication.processEvents()
    last = page.outward.present_button
    seen = [*buttons, *([last] if last.isVisible() else [])]
    ends = [button.mapTo(page.bar, button.rect().topRight()).x() for button in seen]
    assert all(button.width() >= 48 for button in seen)
    assert all(end <= page.bar.width() - 16 for end in ends), "nothing is cut off"
    buttons[0].click()
    opened.tasks.run()
    assert page.outward.keeping.dialog is not None
    qtbot.keyClick(page, KEY.Key_2)
    opened.settle()
    assert not any(button.isVisible() for button in buttons), "a pair has them beside its facts"
