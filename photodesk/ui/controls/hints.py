"""Key plates: which key does it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.painting import HINT_HEIGHT_PX, draw_hint, hint_width
from photodesk.ui.controls.text import Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import DESK, Theme


class KeyHint(QWidget):
    """One key on a plate."""

    def __init__(self, key: str, *, theme: Theme = DESK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key, self._theme = key, theme
        self.setAccessibleName(f"Key {key}")
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(round(hint_width(self._key)), HINT_HEIGHT_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill = self._theme.panel if self._theme.name == "desk" else None
        draw_hint(painter, self.width(), self.height() / 2, self._key, (fill, self._theme.line2, self._theme.ink2))


class KeyLine(QWidget):
    """Keys and what they do: `↑` `↓` move."""

    def __init__(
        self, keys: tuple[str, ...], words: str, *, theme: Theme = DESK, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = hbox(self, 6)
        for key in keys:
            row.addWidget(KeyHint(key, theme=theme))
        row.addWidget(Text(words, TextRole.SMALL, "ink3", theme=theme))
