"""Keys of three photos or more beside each other, and the words above each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.compare.loading import SCREEN_PX, Rank
from photodesk.ui.compare.model import Frame
from photodesk.ui.page import Key
from photodesk.ui.timeline.sections import unshown_words
from photodesk.ui.words import NBSP, day_words

if TYPE_CHECKING:
    from photodesk.ui.compare.several import Several

SEVERAL_KEYS = (Key(("↑", "↓"), "Three photos or more: the pane that is stepped"),)
_STEPS = {
    Qt.Key.Key_Left: (-4, 0),
    Qt.Key.Key_Right: (4, 0),
    Qt.Key.Key_Up: (0, -4),
    Qt.Key.Key_Down: (0, 4),
}
_TURNS = {
    Qt.Key.Key_BracketLeft: -1.0,
    Qt.Key.Key_BracketRight: 1.0,
    Qt.Key.Key_BraceLeft: -0.1,
    Qt.Key.Key_BraceRight: 0.1,
}


class SeveralKeys(QObject):
    """Watches the page; takes only keys that mean all panes or the chosen one."""

    def __init__(self, several: Several, page: QWidget) -> None:
        super().__init__(several)
        self._several = several
        page.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        pressed = event if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        return pressed is not None and self._several.active and self.press(pressed)

    def press(self, event: QKeyEvent) -> bool:
        """Whether a key meant the panes."""
        key, held, several = Qt.Key(event.key()), event.modifiers(), self._several
        if held & Qt.KeyboardModifier.ControlModifier:
            return False
        alone = bool(held & Qt.KeyboardModifier.AltModifier)
        canvas = several.view.cells[several.chosen if alone else 0].canvas
        acts: dict[Qt.Key, Callable[[], None]] = {Qt.Key.Key_0: several.fit, Qt.Key.Key_O: several.switch_originals}
        acts |= {turn: partial(canvas.turn_about, degrees, alone=alone) for turn, degrees in _TURNS.items()}
        if alone:
            acts |= {step: partial(canvas.pan, *by, alone=True) for step, by in _STEPS.items()}
        else:
            acts[Qt.Key.Key_Up] = partial(several.choose, several.chosen - 1)
            acts[Qt.Key.Key_Down] = partial(several.choose, several.chosen + 1)
            acts |= dict.fromkeys((Qt.Key.Key_H, Qt.Key.Key_B, Qt.Key.Key_A), partial(_pair_only, several))
        act = acts.get(key)
        if act is not None:
            act()
        return act is not None


def _pair_only(several: Several) -> None:
    """Laying by hand is for two photos: the first and the chosen one."""
    several.page.context.navigate.say("By hand two photos are laid: press 2 or 3 for the first and the chosen one.")


def cell_words(frame: Frame, today: date) -> tuple[str, str]:
    """Date and visit above a photo."""
    what = "today" if frame.visit.day == today else frame.visit.title
    return day_words(frame.visit.day), " · ".join(filter(None, (f"Visit {frame.number}", what)))


def cell_state(several: Several, photo_id: str, frame: Frame) -> tuple[str, bool]:
    """How a photo lies on the first, or why it is not as sharp as it could be; whether that warns."""
    loaded = several.loaded.get(photo_id)
    if loaded is not None and loaded.image.isNull():
        return unshown_words(frame.photo, damaged=several.loader.damaged(photo_id)), True
    canvas, at = several.canvas(photo_id), several.ids.index(photo_id)
    seen = max(canvas.photo()) * canvas.percent() / 100
    if loaded is not None and loaded.rank is not Rank.ORIGINAL and seen > SCREEN_PX * 1.02 and at != several.chosen > 0:
        return ("Screen size" if at else ""), False
    known = several.laying.of((several.ids[0], photo_id)) if at else None
    if known is None:
        return "", False
    if known.matrix is None:
        return "Not aligned", True
    return ("Shown as taken" if several.originals else f"Aligned, {100 * known.confidence:.0f}{NBSP}% sure"), False
