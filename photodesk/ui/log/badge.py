"""The card above everything: whether the chain holds, when it was signed off, and what can be done about either."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls import Button, Card, Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import paint_icon
from photodesk.ui.log.model import ActivityModel
from photodesk.ui.theme import DESK


class _Shield(QWidget):
    """The chain's disc."""

    def __init__(self) -> None:
        super().__init__()
        self.good = True
        self.setFixedSize(40, 40)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(DESK.ok_soft if self.good else DESK.bad_soft))
        painter.drawEllipse(self.rect())
        name, ink = ("shield-check", DESK.ok) if self.good else ("warning-circle", DESK.bad)
        paint_icon(painter, name, QRectF(10, 10, 20, 20), ink)


class ChainCard(Card):
    """Buttons are the page's to connect."""

    def __init__(self) -> None:
        super().__init__(0, 0)
        row = hbox(None, 12, QMargins(20, 15, 20, 15))
        self._shield = _Shield()
        self._title = Text("", TextRole.SUBHEADING)
        self._words = Text("", TextRole.SMALL, "ink2", wrap=True)
        self._signed = Text("", TextRole.SMALL, "ink2")
        words = vbox(None, 0)
        head = hbox(None, 12)
        head.addWidget(self._title)
        head.addWidget(self._signed)
        head.addStretch(1)
        words.addLayout(head)
        words.addWidget(self._words)
        self.again = Button("Check again")
        self.sign_off = Button("Sign off")
        self.export = Button("Export", icon="export", key="Ctrl E")
        row.addWidget(self._shield)
        row.addSpacing(4)
        row.addLayout(words, 1)
        for button in (self.again, self.sign_off, self.export):
            row.addWidget(button)
        self.body.addLayout(row)

    def show_model(self, model: ActivityModel) -> None:
        """Say how the chain is, and where signing off stands."""
        title, words, good = model.badge()
        self._title.set_text(title)
        self._words.set_text(words)
        self._shield.good = good
        self._shield.update()
        signed, overdue = model.sign_off_words()
        self._signed.set_text(signed)
        self._signed.set_ink("warn" if overdue else "ink2")
