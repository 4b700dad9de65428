"""The keys of a board."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from photodesk.ui.page import Key

if TYPE_CHECKING:
    from photodesk.ui.importing.board_view import BoardView

KEYS = (
    Key(("↑", "↓"), "Group"),
    Key(("→",), "Into the photos; Esc back to the groups"),
    Key(("Enter",), "File this group"),
    Key(("F",), "Other patient"),
    Key(("X",), "Split at the photo with the focus"),
    Key(("J",), "Join with the next group"),
    Key(("N",), "New group of the chosen photos"),
    Key(("U",), "The chosen card is a photo"),
    Key(("S",), "Site"),
    Key(("V",), "View"),
    Key(("1 … 9",), "Site and view used before"),
    Key(("Ctrl Z",), "Undo"),
    Key(("Ctrl Shift Z",), "Redo"),
)


class BoardKeys:
    """Single letters; the page asks only while nobody types."""

    def __init__(self, view: BoardView) -> None:
        self._view = view
        changes = view.changes
        self._acts: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Up: partial(view.step, -1),
            Qt.Key.Key_Down: partial(view.step, 1),
            Qt.Key.Key_Right: view.grid.step_in,
            Qt.Key.Key_Return: view.head.file,
            Qt.Key.Key_Enter: view.head.file,
            Qt.Key.Key_F: self._other,
            Qt.Key.Key_X: changes.split,
            Qt.Key.Key_J: changes.join,
            Qt.Key.Key_N: changes.new_group,
            Qt.Key.Key_U: changes.not_cards,
            Qt.Key.Key_S: view.places.ask_site,
            Qt.Key.Key_V: view.places.ask_view,
        }

    def press(self, event: QKeyEvent) -> bool:
        """True when the key was for the board."""
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            return self._undo_or_redo(key, shift=bool(modifiers & Qt.KeyboardModifier.ShiftModifier))
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            return self._view.places.take_recent(key - Qt.Key.Key_0)
        act = self._acts.get(key)
        if act is None:
            return False
        act()
        return True

    def _undo_or_redo(self, key: Qt.Key, *, shift: bool) -> bool:
        if key not in {Qt.Key.Key_Z, Qt.Key.Key_Y}:
            return False
        again = key == Qt.Key.Key_Y or shift
        (self._view.changes.redo if again else self._view.changes.undo)()
        return True

    def _other(self) -> None:
        if self._view.model.can_change():
            self._view.head.choose_patient()
