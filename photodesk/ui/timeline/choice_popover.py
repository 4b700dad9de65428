"""A popover to choose one of many by typing or by a digit: standard view, tag, visit."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.choices import ChoiceList
from photodesk.ui.controls.fields import TextField
from photodesk.ui.controls.popover import Popover
from photodesk.ui.controls.text import Text
from photodesk.ui.fonts import TextRole


class ChoicePopover(Popover):
    """`chosen` carries the value. The first `digits` choices have a digit. With `free`, what was typed may be taken."""

    chosen = Signal(object)

    def __init__(
        self,
        anchor: QWidget,
        title: str,
        choices: tuple[tuple[str, str], ...],
        *,
        value: str = "",
        free: bool = False,
        digits: int = 0,
    ) -> None:
        super().__init__(anchor, 300, padding_px=12)
        self.body.addWidget(Text(title, TextRole.LABEL, "ink3"))
        self._list = ChoiceList(title, rows=min(9, max(2, len(choices))), free=free)
        self._field = TextField(title, placeholder="Type a few letters, or a digit" if digits else "Type a few letters")
        self._field.edit.textChanged.connect(self._list.narrow)
        self._field.edit.installEventFilter(self)
        self.body.addWidget(self._field)
        self._list.picked.connect(self._take)
        self.body.addWidget(self._list)
        self._list.offer(choices, digits=digits, value=value)

    def _take(self, value: object) -> None:
        self.dismiss()
        self.chosen.emit(str(value))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._field.edit and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if not self._field.edit.text() and self._list.pick_digit(event.key() - Qt.Key.Key_0):
                return True
            if self._list.press(Qt.Key(event.key())):
                return True
        return super().eventFilter(watched, event)
