"""Three to six photos beside each other: one entry, one view, the chosen pane, and the way back to two."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from photodesk.compare import LinkedView
from photodesk.ui.compare.model import Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.page import ComparePage
from tests.ui.pretend_desk import PATIENT, HandTasks, PretendDesk, PretendGate, Went, context, small_timeline

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
