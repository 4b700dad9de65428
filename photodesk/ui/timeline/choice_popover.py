"""A popover to choose one of many by typing: body site, standard view, tag."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from photodesk.ui.controls.fields import TextField
from photodesk.ui.controls.popover import Popover
from photodesk.ui.controls.text import Text
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.theme import DESK

_LIST = f"""
QListWidget {{ background: {DESK.panel}; border: none; outline: 0; }}
QListWidget::item {{ padding: 0 8px; border-radius: 4px; color: {DESK.ink}; }}
QListWidget::item:hover {{ background: {DESK.hover}; }}
QListWidget::item:selected {{ background: {DESK.accent_soft}; color: {DESK.accent_ink}; }}
"""


class ChoicePopover(Popover):
    """`chosen` carries the value. With `free`, what was typed may be chosen although it is not listed."""

    chosen = Signal(object)

    def __init__(
        self, anchor: QWidget, title: str, choices: tuple[tuple[str, str], ...], *, value: str = "", free: bool = False
    ) -> None:
        super().__init__(anchor, 280, padding_px=12)
        self._choices, self._free, self._value = choices, free, value
        self.body.addWidget(Text(title, TextRole.LABEL, "ink3"))
        self._field = TextField(title, placeholder="Type a few letters")
        self._field.edit.textChanged.connect(self._fill)
        self._field.edit.installEventFilter(self)
        self.body.addWidget(self._field)
        self._list = QListWidget()
        self._list.setStyleSheet(_LIST)
        self._list.setFont(font(TextRole.BODY))
        self._list.setAccessibleName(title)
        self._list.setFixedHeight(min(9, max(2, len(choices))) * 34 + 4)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.itemClicked.connect(self._take)
        self.body.addWidget(self._list)
        self._fill("")

    def _fill(self, typed: str) -> None:
        words = typed.casefold().split()
        self._list.clear()
        for value, name in self._choices:
            if all(word in name.casefold() for word in words):
                self._add(value, name)
        tidy = " ".join(typed.split())
        if self._free and tidy and tidy.casefold() not in {name.casefold() for _, name in self._choices}:
            self._add(tidy, f"Add “{tidy}”")
        current = next((i for i in range(self._list.count()) if self._at(i) == self._value and not words), 0)
        self._list.setCurrentRow(current)

    def _add(self, value: str, name: str) -> None:
        item = QListWidgetItem(name)
        item.setData(Qt.ItemDataRole.UserRole, value)
        item.setSizeHint(QSize(100, 34))
        self._list.addItem(item)

    def _at(self, row: int) -> str:
        return str(self._list.item(row).data(Qt.ItemDataRole.UserRole))

    def _take(self, item: QListWidgetItem) -> None:
        value = str(item.data(Qt.ItemDataRole.UserRole))
        self.dismiss()
        self.chosen.emit(value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._field.edit and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
            if step:
                self._list.setCurrentRow(min(self._list.count() - 1, max(0, self._list.currentRow() + step)))
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                item = self._list.currentItem()
                if item is not None:
                    self._take(item)
                return True
        return super().eventFilter(watched, event)
