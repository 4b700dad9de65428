"""A list to choose one of many from, steered from the field above it: letters narrow, arrows move, digits take."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from photodesk.ui.fonts import TextRole, font
from photodesk.ui.theme import DESK

ROW_PX = 34
_LIST = f"""
QListWidget {{ background: {DESK.panel}; border: none; outline: 0; }}
QListWidget::item {{ padding: 0 8px; border-radius: 4px; color: {DESK.ink}; }}
QListWidget::item:hover {{ background: {DESK.hover}; }}
QListWidget:focus {{ border: 2px solid {DESK.accent}; border-radius: 6px; }}
QListWidget::item:selected {{ background: {DESK.accent_soft}; color: {DESK.accent_ink}; }}
"""


class ChoiceList(QListWidget):
    """`picked` carries the value. The first `digits` choices have a digit. With `free`, what was typed may be taken."""

    picked = Signal(object)

    def __init__(
        self, name: str, *, rows: int = 9, free: bool = False, focusable: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._choices: tuple[tuple[str, str], ...] = ()
        self._digits, self._value, self._free = 0, "", free
        self.setStyleSheet(_LIST)
        self.setFont(font(TextRole.BODY))
        self.setAccessibleName(name)
        self.setFixedHeight(rows * ROW_PX + 4)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if focusable else Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(self._clicked)

    def offer(self, choices: Sequence[tuple[str, str]], *, digits: int = 0, value: str = "") -> None:
        """(value, words) each; `value` is the one that holds now."""
        self._choices, self._digits, self._value = tuple(choices), min(9, digits), value
        self.narrow("")

    def narrow(self, typed: str) -> None:
        """Show what has every word that was typed; what begins with them comes first."""
        words = typed.casefold().split()
        self.clear()
        found = [
            (not name.casefold().startswith(" ".join(words)), at, value, name)
            for at, (value, name) in enumerate(self._choices)
            if all(word in name.casefold() for word in words)
        ]
        for _, at, value, name in sorted(found) if words else found:
            self._add(value, f"{at + 1}   {name}" if at < self._digits and not words else name)
        tidy = " ".join(typed.split())
        if self._free and tidy and tidy.casefold() not in {name.casefold() for _, name in self._choices}:
            self._add(tidy, f"Add “{tidy}”")
        current = next((i for i in range(self.count()) if self._at(i) == self._value and not words), 0)
        self.setCurrentRow(current)

    def press(self, key: Qt.Key) -> bool:
        """Whether a key of the field was for this list."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}.get(key, 0)
        if step:
            self.setCurrentRow(min(self.count() - 1, max(0, self.currentRow() + step)))
            return True
        if key not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            return False
        item = self.currentItem()
        if item is not None:
            self._clicked(item)
        return True

    def value(self) -> str:
        """The value of the current row."""
        return self._at(self.currentRow()) if self.count() else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt or event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.ignore()  # the dialog around it knows what to do
        else:
            super().keyPressEvent(event)

    def pick_digit(self, digit: int) -> bool:
        """Take the choice with a digit; whether there is one."""
        if not 1 <= digit <= self._digits:
            return False
        self.picked.emit(self._choices[digit - 1][0])
        return True

    def _add(self, value: str, words: str) -> None:
        item = QListWidgetItem(words)
        item.setData(Qt.ItemDataRole.UserRole, value)
        item.setSizeHint(QSize(100, ROW_PX))
        self.addItem(item)

    def _at(self, row: int) -> str:
        return str(self.item(row).data(Qt.ItemDataRole.UserRole))

    def _clicked(self, item: QListWidgetItem) -> None:
        self.picked.emit(str(item.data(Qt.ItemDataRole.UserRole)))
