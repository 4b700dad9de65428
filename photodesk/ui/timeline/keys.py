"""The keys of the timeline: what each does to the model, and what the page is asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from photodesk.ui.page import Key
from photodesk.ui.timeline.filter_row import FilterRow
from photodesk.ui.timeline.model import TimelineModel
from photodesk.ui.timeline.photo_edits import PhotoEdits
from photodesk.ui.timeline.visit_list import VisitList

_READING = (
    Key(("←", "→", "↑", "↓"), "Move"),
    Key(("Page Up", "Page Down"), "A screen up or down"),
    Key(("A",), "Mark as before"),
    Key(("B",), "Mark as after"),
    Key(("C",), "Compare"),
    Key(("Space",), "Open full size"),
)
_EDITING = (Key(("S",), "Change site"), Key(("V",), "Change view"), Key(("T",), "Change tags"))
_SHOWING = (Key(("/",), "Filter"), Key(("Ctrl D",), "Details"))


class TimelineKeys:
    """`opened` opens a photo, `compare` the pair, `details` shows or hides the inspector."""

    def __init__(
        self,
        model: TimelineModel,
        visits: VisitList,
        edits: PhotoEdits,
        filters: FilterRow,
        opened: Callable[[str], None],
        compare: Callable[[], None],
        details: Callable[[], None],
    ) -> None:
        self._model, self._list, self._edits = model, visits, edits
        self._opened, self._details = opened, details
        self._plain: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_C: compare,
            Qt.Key.Key_Slash: filters.site.open_choices,
        }
        self._on_photo: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_A: lambda: model.mark_before(model.focus),
            Qt.Key.Key_B: lambda: model.mark_after(model.focus),
            Qt.Key.Key_Space: self._open,
            Qt.Key.Key_Return: self._open,
            Qt.Key.Key_Enter: self._open,
            Qt.Key.Key_S: edits.ask_site,
            Qt.Key.Key_V: edits.ask_view,
            Qt.Key.Key_T: edits.ask_tag,
        }

    def known(self) -> tuple[Key, ...]:
        """For `F1`."""
        return (*_READING, *(_EDITING if self._edits.allowed else ()), *_SHOWING)

    def press(self, event: QKeyEvent) -> bool:
        """Whether the key did something."""
        key, held = Qt.Key(event.key()), event.modifiers()
        if held & Qt.KeyboardModifier.ControlModifier:
            if key == Qt.Key.Key_D:
                self._details()
            return key == Qt.Key.Key_D
        if self._move(key, through=bool(held & Qt.KeyboardModifier.ShiftModifier)):
            return True
        act = self._plain.get(key) or (self._on_photo.get(key) if self._model.focus else None)
        if act is not None:
            act()
        return act is not None

    def _move(self, key: Qt.Key, *, through: bool) -> bool:
        model = self._model
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Home: -len(model.order),
            Qt.Key.Key_End: len(model.order),
        }
        if key in steps:
            model.step(steps[key], through=through)
        elif key in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            beside = self._list.photo_beside(model.focus, 1 if key == Qt.Key.Key_Down else -1)
            model.choose(beside, through=through)
        elif key in {Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}:
            further = self._list.photo_a_page_on(model.focus, 1 if key == Qt.Key.Key_PageDown else -1)
            model.choose(further, through=through)
        else:
            return False
        self._list.show_photo(model.focus)
        return True

    def _open(self) -> None:
        self._opened(self._model.focus)
