"""The strip below: what the icons mean, and what would be lost if the card went now."""

from __future__ import annotations

from PySide6.QtCore import QMargins
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls import Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.theme import DESK

HEIGHT_PX = 44
LEGEND = (
    ("download-simple", "ink2", "copied"),
    ("check-circle", "ok", "verified"),
    ("copy", "ink2", "already in PhotoDesk"),
    ("warning-circle", "warn", "cannot be shown, kept as is"),
)


class ImportFoot(QWidget):
    """Legend left, sentence right; what went wrong takes the legend's place."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT_PX)
        row = hbox(self, 8, QMargins(24, 1, 24, 0))
        self._legend = QWidget()
        legend = hbox(self._legend, 8)
        for icon, tone, words in LEGEND:
            legend.addWidget(Icon(icon, getattr(DESK, tone), 16))
            legend.addWidget(Text(words, TextRole.SMALL, "ink2"))
            legend.addSpacing(12)
        self._wrong = Text("", TextRole.SMALL_STRONG, "bad", elide=True)
        self._wrong.hide()
        row.addWidget(self._legend)
        row.addWidget(self._wrong, 1)
        row.addStretch(1)
        self._strong, self._rest = Text("", TextRole.SMALL_STRONG), Text("", TextRole.SMALL, "ink2")
        row.addWidget(self._strong)
        row.addWidget(self._rest)

    def show_words(self, strong: str, rest: str, wrong: str) -> None:
        """The sentence of the moment."""
        self._strong.set_text(strong)
        self._rest.set_text(rest)
        self._wrong.set_text(wrong)
        self._wrong.setVisible(bool(wrong))
        self._legend.setVisible(not wrong)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(DESK.panel))
        painter.fillRect(0, 0, self.width(), 1, QColor(DESK.line))
