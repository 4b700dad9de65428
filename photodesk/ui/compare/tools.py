"""What a hand can do to a pair beyond looking, with its keys: watches the page, so that the page stays what it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent

from photodesk.compare.light_match import Region
from photodesk.photos.marks import MarkKind
from photodesk.ui.compare.by_hand import ByHand
from photodesk.ui.compare.light import LightMatching
from photodesk.ui.compare.model import CompareModel, Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.pane import PairHeader
from photodesk.ui.compare.panes import Panes
from photodesk.ui.compare.patches import Patches
from photodesk.ui.compare.showing import PairShowing
from photodesk.ui.compare.side_panel import SidePanel
from photodesk.ui.page import Key

if TYPE_CHECKING:
    from photodesk.ui.compare.page import ComparePage

TOOL_KEYS = (
    Key(("H",), "By hand: points beside each other, B itself on one canvas"),
    Key(("B",), "Bend skin through four points or more"),
    Key(("⌫",), "Take the last point back"),
    Key(("A",), "Align automatically again"),
    Key(("K",), "Colour and light of B matched to A by skin; again to leave"),
    Key(("⇧ K",), "The same by a grey patch or the fields of a chart, dragged in both"),
    Key(("[", "]"), "Turn by 1°, with ⇧ 0.1°; with Alt B alone"),
)
_TURNS = {
    Qt.Key.Key_BracketLeft: -1.0,
    Qt.Key.Key_BracketRight: 1.0,
    Qt.Key.Key_BraceLeft: -0.1,
    Qt.Key.Key_BraceRight: 0.1,
}


class CompareTools(QObject):
    """Joins the hand to the parts of a comparison. `settle` is the page's timer for a resting hand."""

    def __init__(
        self,
        page: ComparePage,
        model: CompareModel,
        panes: Panes,
        header: PairHeader,
        side: SidePanel,
        showing: PairShowing,
        settle: QTimer,
        say: Callable[[str], None],
    ) -> None:
        super().__init__(page)
        self._model, self._panes, self._header, self._side = model, panes, header, side
        self.hand = ByHand(model, panes, showing.laying, say)
        self.hand.changed.connect(self._hand_changed)
        showing.laid.connect(self.hand.pair_changed)
        settle.timeout.connect(self.hand.settle)
        self.light = LightMatching(model, page.loader, page.context.tasks, lambda side: _lesions(page, side), say)
        self.light.changed.connect(lambda: self._lit(showing))
        showing.laid.connect(self.light.pair_changed)
        self.patches = Patches(model, panes, self.light, self._tell, say)
        showing.laid.connect(self.patches.pair_changed)
        settle.timeout.connect(self.patches.pair_changed)
        self._message = page.message
        page.beside.done.connect(lambda: page.bar.modes.rest(resting(model)))
        self._acts: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_H: self._by_hand,
            Qt.Key.Key_B: self.hand.bend,
            Qt.Key.Key_A: self.hand.again,
            Qt.Key.Key_K: self.light.toggle,
        }
        side.alignment.asked.connect(self._asked)
        page.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        pressed = event if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        return pressed is not None and self._model.ready and self.press(pressed)

    def press(self, event: QKeyEvent) -> bool:
        """Whether a key meant the hand."""
        key, held = Qt.Key(event.key()), event.modifiers()
        if held & Qt.KeyboardModifier.ControlModifier:
            return False
        if key in _TURNS:
            fine = bool(held & Qt.KeyboardModifier.ShiftModifier) and abs(_TURNS[key]) == 1
            self.turn(_TURNS[key] * (0.1 if fine else 1), alone=bool(held & Qt.KeyboardModifier.AltModifier))
            return True
        if key == Qt.Key.Key_K and held & Qt.KeyboardModifier.ShiftModifier:
            self.hand.end()
            self.patches.toggle()
            return True
        return not held & Qt.KeyboardModifier.AltModifier and self._plain(key)

    def _tell(self, words: str) -> None:
        if words:
            self._message.say(words)
        else:
            self._message.rest()

    def _plain(self, key: Qt.Key) -> bool:
        if key in {Qt.Key.Key_Backspace, Qt.Key.Key_Delete}:
            return self.hand.take_back()
        if key in {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            return self.patches.end(forget=key == Qt.Key.Key_Escape) or self.hand.end()
        act = self._acts.get(key)
        if act is not None:
            act()
        return act is not None

    def _by_hand(self) -> None:
        self.patches.end()
        self.hand.toggle()

    def _asked(self, key: str) -> None:
        """A button of the side panel."""
        self._plain(Qt.Key.Key_Backspace if key == "⌫" else Qt.Key(ord(key)))

    def turn(self, degrees: float, *, alone: bool = False) -> None:
        """Turn the linked photos together; B alone where they are not linked, with `alone`, or while it is moved."""
        self._panes.turn(Side.B, degrees, alone=alone or self.hand.moving or not self._model.linked)

    def _hand_changed(self) -> None:
        self._header.refresh()
        self._side.show_hand(self.hand.points, moving=self.hand.moving)

    def _lit(self, showing: PairShowing) -> None:
        self._header.refresh()
        self._side.show_light()
        showing.lit()


def resting(model: CompareModel) -> frozenset[int]:
    """Segments of modes that say nothing about this pair."""
    return frozenset(at for at, mode in enumerate(Mode) if mode.needs_alignment and not model.aligned)


def _lesions(page: ComparePage, side: Side) -> list[Region]:
    """The boxes around what is outlined or circled on a photo, as shares of it, a tenth wider each way."""
    frame = page.model.frame(side)
    if frame is None or not (frame.photo.facts.width_px and frame.photo.facts.height_px):
        return []
    size = np.array((frame.photo.facts.width_px, frame.photo.facts.height_px))
    found: list[Region] = []
    for mark in page.marks.marks.model.of(frame.photo_id):
        points = np.array(mark.points) / size
        if mark.kind is MarkKind.CIRCLE:
            reach = float(np.linalg.norm(np.array(mark.points[1]) - mark.points[0]))
            points = np.array([points[0] - reach / size, points[0] + reach / size])
        elif mark.kind is not MarkKind.OUTLINE:
            continue
        low, high = points.min(axis=0), points.max(axis=0)
        edge = (high - low) / 10
        left, top, right, bottom = (float(x) for x in np.clip([*(low - edge), *(high + edge)], 0, 1))
        found.append((left, top, right, bottom))
    return found
