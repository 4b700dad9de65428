"""The keys of marks and measurement. They act before the page's own, and only while somebody measures, but for `M`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from photodesk.photos.marks import Point
from photodesk.ui.marks.drafting import moved_whole
from photodesk.ui.marks.model import MarkEdit
from photodesk.ui.marks.tool_row import TOOLS
from photodesk.ui.page import Key

if TYPE_CHECKING:
    from photodesk.ui.marks.attached import Marks

MARK_KEYS = (
    Key(("M",), "Measure and draw; again to leave"),
    Key(("V", "D", "U"), "Measuring: move, length, outline"),
    Key(("C", "A", "T", "S"), "Circle, arrow, text, scale"),
    Key(("E",), "Outlines go to edges"),
    Key(("F",), "Follow a lesion"),
    Key(("Enter",), "Close the outline; take a scale that is offered"),
    Key(("Del",), "Take the mark away"),
    Key(("Ctrl Z", "Ctrl ⇧ Z"), "Undo, redo"),
)
_STEPS: dict[Qt.Key, Point] = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}


class MarkKeys(QObject):
    """Watches a page."""

    def __init__(self, marks: Marks, page: QWidget) -> None:
        super().__init__(marks)
        self._marks = marks
        page.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        pressed = event if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        return pressed is not None and self.press(pressed)

    def press(self, event: QKeyEvent) -> bool:
        """Whether a key meant marks."""
        key, held, marks = Qt.Key(event.key()), event.modifiers(), self._marks
        control = bool(held & Qt.KeyboardModifier.ControlModifier)
        shifted = bool(held & Qt.KeyboardModifier.ShiftModifier)
        used = False
        if held & Qt.KeyboardModifier.AltModifier:
            used = False  # a nudge, which is the page's
        elif key == Qt.Key.Key_M and not control:
            marks.toggle()
            used = True
        elif marks.model.measuring and control:
            used = key == Qt.Key.Key_Z
            if used:
                (marks.redo if shifted else marks.undo)()
        elif marks.model.measuring:
            used = event.isAutoRepeat() or self._nudge(key, 10.0 if shifted else 1.0) or self._plain(key)
        return used

    def _plain(self, key: Qt.Key) -> bool:
        marks, drawing = self._marks, self._marks.drawing
        acts: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_E: marks.toggle_snapping,
            Qt.Key.Key_F: marks.asking.ask_lesion,
            Qt.Key.Key_Escape: marks.escape,
            Qt.Key.Key_Backspace: marks.undo if drawing.draft is not None else marks.keeping.take_away,
            Qt.Key.Key_Delete: marks.keeping.take_away,
            Qt.Key.Key_Return: lambda: drawing.finish() or marks.asking.take_offer(),
            Qt.Key.Key_Enter: lambda: drawing.finish() or marks.asking.take_offer(),
        }
        acts.update({Qt.Key(ord(letter)): partial(marks.take_tool, tool) for tool, _, _, letter in TOOLS})
        act = acts.get(key)
        if act is not None:
            act()
        return act is not None

    def _nudge(self, key: Qt.Key, step_px: float) -> bool:
        """An arrow moves the selected mark, by px of its photo."""
        chosen = self._marks.model.chosen
        if key not in _STEPS or chosen is None:
            return False
        by = (step_px * _STEPS[key][0], step_px * _STEPS[key][1])
        self._marks.keeping.make(MarkEdit(chosen, moved_whole(chosen, by, self._marks.keeping.size(chosen.photo_id))))
        return True
