"""After a lock the same person finds the comparison as it was: mode, divider, panes, zoom, and how photos lie."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from photodesk.compare import LinkedView
from photodesk.photos.comparison import LaidBy
from photodesk.ui.compare.keeping import taken_down
from photodesk.ui.compare.laying import Laying
from photodesk.ui.compare.model import Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.compare.returning import MOST_CHARACTERS, decoded
from tests.ui.pretend_desk import PATIENT, HandTasks, PretendDesk, PretendGate, Went, context, small_timeline

MATRIX = ((1.01, 0.02, 3.0), (-0.02, 0.99, 4.0), (0.0, 0.0, 1.0))
LAID = Laying(LaidBy.ITSELF, MATRIX, 0.83)


class Opened:
    """A comparison page, new or returned to."""

    def __init__(self, qtbot: QtBot, *, seen: str = "", zoom: float = 0.0, ids: tuple[str, ...] = ("", "")) -> None:
        self.qtbot, self.tasks, self.gate, self.went = qtbot, HandTasks(), PretendGate(), Went()
        timeline = small_timeline()
        self.all_ids = tuple(p.photo_id for v in reversed(timeline.visits) for p in v.photos)
        made = context(PretendDesk(timeline, self.gate), self.tasks, self.went)
        self.page = ComparePage(made, PATIENT.patient_id, *ids[:2])
        qtbot.addWidget(self.page)
        self.page.resize(1280, 744)
        self.page.show()
        self.page.entered()
        self.page.restore_zoom(zoom)
        self.page.returning.restore(seen)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.qtbot.keyClick(self.page, getattr(Qt.Key, f"Key_{key}"))
            self.tasks.run()

    def again(self) -> Opened:
        """Locked, and signed in again."""
        _screen, _patient, zoom, ids = self.page.place()
        later = Opened(self.qtbot, seen=self.page.returning.seen(), zoom=zoom, ids=ids)
        later.tasks.run()
        return later


@pytest.fixture
def opened(qtbot: QtBot, dressed: QApplication) -> Opened:
    made = Opened(qtbot)
    made.tasks.run()
    return made


def test_a_curtain_hangs_where_it_hung(opened: Opened) -> None:
    page, model = opened.page, opened.page.model
    opened.press("Left")
    page.laying.lay(model.pair(), LAID)
    opened.press("2", "R", "L", "G")
    page.panes.divide(0.21)
    model.opacity, model.blink_hz, model.pinned = 0.35, 3.5, Side.A
    seen = LinkedView(2.5, 0.4, 0.6, 30.0)
    for side in Side:
        model.show(side, seen, alone=True)
    later = opened.again()
    back = later.page.model
    assert taken_down(back, "x") == taken_down(model, "x")
    assert (back.mode, back.curtain, back.curtain_degrees) == (Mode.CURTAIN, 0.21, 45.0)
    assert (back.opacity, back.blink_hz) == (0.35, 3.5)
    assert (back.linked, back.surround, back.pinned) == (False, 1, Side.A)
    assert later.page.panes.stack.view == seen
    assert later.page.panes.stack.share == 0.21
    assert back.laying == LAID, "it is not looked for anew"
    assert [e[:2] for e in later.gate.entries if e[0] == "COMPARE"] == [("COMPARE", model.pair())]
    assert later.page.returning.seen() == page.returning.seen()


@pytest.mark.parametrize(("key", "mode"), [("3", Mode.OVERLAY), ("4", Mode.BLINK), ("5", Mode.DIFFERENCE)])
def test_every_mode_comes_back(opened: Opened, key: str, mode: Mode) -> None:
    opened.page.laying.lay(opened.page.model.pair(), LAID)
    opened.tasks.run()  # drawn where it lies
    opened.press(key)
    assert opened.page.model.mode is mode
    assert opened.again().page.model.mode is mode


@pytest.mark.parametrize("count", [3, 4, 6])
def test_all_panes_come_back(opened: Opened, count: int) -> None:
    ids = opened.all_ids[:count]
    opened.page.show_photos(ids)
    opened.tasks.run()
    several = opened.page.several
    several.laying.lay((ids[0], ids[2]), LAID)
    several.choose(2)
    several._moved(0, LinkedView(3.0, 0.3, 0.7), alone=False)
    later = opened.again()
    back = later.page.several
    assert back.active
    assert (back.ids, back.chosen, back.views) == (list(ids), 2, several.views)
    assert back.laying.of((ids[0], ids[2])) == LAID
    assert [cell.isVisible() for cell in back.view.cells[:count]] == [True] * count
    assert later.page.model.pair() == (ids[0], ids[2])
    assert [set(e[1]) for e in later.gate.entries if e[0] == "COMPARE"] == [set(ids)], "one entry, of what is seen"


def test_panes_wait_behind_another_mode(opened: Opened) -> None:
    ids = opened.all_ids[:4]
    opened.page.show_photos(ids)
    opened.tasks.run()
    opened.page.several.choose(3)
    opened.press("3")
    later = opened.again()
    assert (later.page.model.mode, later.page.model.pair()) == (Mode.OVERLAY, (ids[0], ids[3]))
    assert [set(e[1]) for e in later.gate.entries if e[0] == "COMPARE"] == [{ids[0], ids[3]}]
    later.press("1")
    assert later.page.several.active
    assert (later.page.several.ids, later.page.several.chosen) == (list(ids), 3)


def test_a_lock_before_the_chart_is_read_loses_nothing(qtbot: QtBot, opened: Opened) -> None:
    opened.press("2", "R")
    seen, place = opened.page.returning.seen(), opened.page.place()
    waiting = Opened(qtbot, seen=seen, zoom=0.7, ids=place[3])
    assert waiting.page.returning.seen() == seen
    assert waiting.page.place() == (*place[:2], 0.7, place[3])


def test_odd_contents_open_the_pair_as_ever(qtbot: QtBot, opened: Opened) -> None:
    opened.press("2")
    text, ids = opened.page.returning.seen(), opened.page.place()[3]
    seen = decoded(text)
    assert seen is not None
    gone = replace(
        seen, pair=replace(seen.pair, laid=(seen.pair.laid[0], replace(seen.pair.laid[1], photo_id="f" * 32)))
    )
    flat = replace(seen, views=(LinkedView(0.0), LinkedView()))
    odd = [msgspec.json.encode(each).decode() for each in (gone, flat)]
    for each in (*odd, text[:-9], "{}", "7", '{"pair": {"laid": []}}'):
        later = Opened(qtbot, seen=each, ids=ids)
        later.tasks.run()
        assert (later.page.model.mode, later.page.model.pair()) == (Mode.SIDE_BY_SIDE, ids)
        assert later.page.panes.canvases[Side.A].item.image is not None
    wild = replace(seen, curtain=7.0, opacity=-1.0, blink_hz=900.0, surround=-8, pinned="C", chosen=99)
    later = Opened(qtbot, seen=msgspec.json.encode(wild).decode(), ids=ids)
    later.tasks.run()
    model = later.page.model
    assert model.mode is Mode.CURTAIN
    assert 0 <= model.opacity <= 1
    assert model.blink_hz < 60
    assert model.pinned is None


def test_it_is_small(opened: Opened) -> None:
    opened.page.show_photos(opened.all_ids[:6])
    opened.tasks.run()
    points = tuple((float(n), 0.1 * n, 1 / (n + 1), 3.0) for n in range(40))
    for one in opened.all_ids[1:6]:
        opened.page.several.laying.lay(
            (opened.all_ids[0], one), replace(LAID, by=LaidBy.LANDMARKS, landmarks=points, bent=True)
        )
    assert 0 < len(opened.page.returning.seen()) < MOST_CHARACTERS
