"""Every way to look × every key of the table × a lock: nothing ends the desk, and nothing is left on a canvas."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QGraphicsView
from pytestqt.qtbot import QtBot

from photodesk.imaging.renditions import encode_jpeg
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.compare.photo_canvas import PhotoCanvas, PhotoItem
from tests.ui.pretend_desk import PATIENT, HandTasks, PretendDesk, PretendGate, Went, context, small_timeline

KEY = Qt.Key
NONE, SHIFT, ALT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)
PRESSES = (
    *((key, NONE) for key in (KEY.Key_1, KEY.Key_2, KEY.Key_3, KEY.Key_4, KEY.Key_5, KEY.Key_6)),
    *((key, held) for key in (KEY.Key_Left, KEY.Key_Right) for held in (NONE, SHIFT, ALT, ALT | SHIFT)),
    *((key, held) for key in (KEY.Key_Up, KEY.Key_Down) for held in (NONE, ALT)),
    *((key, held) for key in (KEY.Key_Home, KEY.Key_End) for held in (NONE, SHIFT)),
    *((key, NONE) for key in (KEY.Key_N, KEY.Key_L, KEY.Key_O, KEY.Key_M, KEY.Key_K, KEY.Key_G, KEY.Key_0)),
    *((key, NONE) for key in (KEY.Key_Plus, KEY.Key_Minus, KEY.Key_X, KEY.Key_P, KEY.Key_R, KEY.Key_H, KEY.Key_B)),
    *((key, NONE) for key in (KEY.Key_A, KEY.Key_Comma, KEY.Key_Period, KEY.Key_Space, KEY.Key_Backspace)),
    *((key, held) for key in (KEY.Key_BracketLeft, KEY.Key_BracketRight) for held in (NONE, SHIFT, ALT)),
    *((key, CONTROL) for key in (KEY.Key_S, KEY.Key_E, KEY.Key_Z)),
    (KEY.Key_K, SHIFT),
    (KEY.Key_P, SHIFT),
    (KEY.Key_Escape, NONE),
    (KEY.Key_Return, NONE),
)

BEGINS = tuple(
    (key, held)
    for key, held in PRESSES
    if key
    in {KEY.Key_Right, KEY.Key_N, KEY.Key_O, KEY.Key_M, KEY.Key_K, KEY.Key_X, KEY.Key_H, KEY.Key_A, KEY.Key_Space}
    or held is CONTROL
)
"""Keys that begin something: work on its way, a hand, a dialog."""


@cache
def textured(photo_id: str) -> bytes:
    """Skin-like noise that lies on itself, so that alignment and difference have something to do."""
    random = np.random.default_rng(7)
    coarse = np.kron(random.integers(90, 190, (20, 30, 3)), np.ones((16, 16, 1)))
    pixels = np.clip(coarse + random.normal(0, 6, coarse.shape), 0, 255).astype(np.uint8)
    shift = int(photo_id, 16) % 5
    return encode_jpeg(np.ascontiguousarray(np.roll(pixels, shift, axis=1)), 92)


class Desk:
    """A comparison, and what it left behind when it was locked."""

    def __init__(self, qtbot: QtBot, count: int) -> None:
        self.qtbot, self.tasks, self.went = qtbot, HandTasks(), Went()
        self.tasks.long = lambda work, done, failed=None, _p=None: self.tasks.store(  # type: ignore[attr-defined]
            lambda: work(None, None), done, failed
        )
        self.gate = PretendGate(lambda photo_id, _rendition: textured(photo_id))
        timeline = small_timeline()
        ids = tuple(visit.photos[0].photo_id for visit in reversed(timeline.visits))[:count]
        made = context(PretendDesk(timeline, self.gate), self.tasks, self.went)
        self.page = ComparePage(made, PATIENT.patient_id, ids[0], ids[-1])
        self.page.show_photos(ids)
        qtbot.addWidget(self.page)
        self.page.resize(1280, 800)
        self.page.show()
        self.page.entered()
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            self.tasks.run()
            self.page._settle.timeout.emit()
        self.tasks.run()

    def canvases(self) -> list[PhotoCanvas]:
        found = [each for each in self.page.findChildren(QGraphicsView) if isinstance(each, PhotoCanvas)]
        assert len(found) >= 9
        return found

    def holds_nothing(self) -> bool:
        items = [item for canvas in self.canvases() for item in canvas.scene().items() if isinstance(item, PhotoItem)]
        kept = self.page.loader._jpegs, self.page.several.loader._jpegs, self.page.several.loaded
        frames = self.page.lapse.showing.shown
        return all(item.image is None for item in items) and not any(kept) and frames is None and not self.page.shown


@pytest.fixture(params=[2, 4], ids=["pair", "four"])
def desk(qtbot: QtBot, dressed: QApplication, request: pytest.FixtureRequest) -> Iterator[Desk]:
    made = Desk(qtbot, request.param)
    yield made
    made.page.left()


@pytest.mark.parametrize("mode", list(Mode))
def test_every_key_in_every_mode(desk: Desk, mode: Mode) -> None:
    page = desk.page
    for at, (key, held) in enumerate(PRESSES):
        page.acts.set_mode(mode)
        desk.tasks.run()
        desk.qtbot.keyClick(page, key, held)
        desk.tasks.run()
        if at % 6 == 5:
            page.grab()  # whatever is shown now, painted
        _close_dialogs(page)
    desk.settle()
    assert page.model.ready
    assert not any("went wrong inside" in str(call) for call in desk.went.calls)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_lock_in_the_middle_leaves_nothing_and_late_answers_change_nothing(desk: Desk, mode: Mode) -> None:
    page = desk.page
    page.acts.set_mode(mode)
    desk.settle()
    for key, held in BEGINS:
        page.entered()
        desk.tasks.run()
        page.acts.set_mode(mode)
        desk.tasks.run(1)
        desk.qtbot.keyClick(page, key, held)
        on_their_way = list(desk.tasks.waiting)
        page.left()  # what a lock does first of all
        assert desk.holds_nothing(), (mode, key)
        for asked in on_their_way:
            desk.tasks.finish(asked)
        assert desk.holds_nothing(), ("late", mode, key)
        desk.tasks.waiting.clear()
        _close_dialogs(page)


def _close_dialogs(page: ComparePage) -> None:
    for dialog in (page.outward.keeping.dialog, page.outward.exporting.dialog):
        if dialog is not None:
            dialog.dismiss()
    page.outward.keeping.dialog = page.outward.exporting.dialog = None
