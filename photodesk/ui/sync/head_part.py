"""The upper part of the popover: how the server stands with its one button, and three figures below it."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls import Button, Line, Text, Tone, empty, hbox, vbox
from photodesk.ui.controls.painting import rounded
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import paint_icon
from photodesk.ui.sync.words import Head
from photodesk.ui.theme import DESK

DISC_PX, EDGE_PX = 40, 24


class Disc(QWidget):
    """A round tint with an icon in its ink."""

    def __init__(self) -> None:
        super().__init__()
        self._icon, self._tone = "cloud-check", Tone.OK
        self.setFixedSize(DISC_PX, DISC_PX)

    def show_state(self, icon: str, tone: Tone) -> None:
        """Another state."""
        self._icon, self._tone = icon, tone
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tint, ink, _ = self._tone.value
        rounded(painter, QRectF(self.rect()), DISC_PX / 2, getattr(DESK, tint))
        paint_icon(painter, self._icon, QRectF(9, 9, 22, 22), getattr(DESK, ink))


class HeadPart(QWidget):
    """`acted` when its button is pressed."""

    acted = Signal()

    def __init__(self) -> None:
        super().__init__()
        row = hbox(self, 12, QMargins(EDGE_PX, 18, EDGE_PX, 18))
        self._disc = Disc()
        row.addWidget(self._disc)
        lines = vbox(None, 0)
        lines.addStretch(1)
        self._title = Text("", TextRole.SUBHEADING)
        self._under = Text("", TextRole.SMALL, "ink2", wrap=True)
        lines.addWidget(self._title)
        lines.addWidget(self._under)
        lines.addStretch(1)
        row.addLayout(lines, 1)
        self.button = Button("")
        self.button.clicked.connect(lambda _checked=False: self.acted.emit())
        row.addWidget(self.button)

    def show_head(self, head: Head) -> None:
        """How it stands now."""
        self._disc.show_state(head.icon, head.tone)
        self._title.set_text(head.title)
        self._under.set_text(head.under)
        self.button.setVisible(bool(head.action))
        if head.action != self.button.text():
            self.button.set_text(head.action)

    @property
    def words(self) -> str:
        """Title and sentence, as they are read."""
        return f"{self._title.full_text()}. {self._under.full_text()}"


class Figures(QWidget):
    """Three labels with what they count, on a quiet ground between two lines."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(61)
        self._row = hbox(self, 0, QMargins(0, 1, 0, 1))
        self.shown: tuple[tuple[str, str], ...] = ()

    def show_figures(self, figures: tuple[tuple[str, str], ...]) -> None:
        """Show these."""
        if figures == self.shown:
            return
        self.shown = figures
        empty(self._row)
        for number, (label, words) in enumerate(figures):
            if number:
                self._row.addWidget(Line(vertical=True))
            holder = QWidget()
            column = vbox(holder, 0, QMargins(EDGE_PX, 10, 8, 10))
            column.addWidget(Text(label, TextRole.LABEL, "ink3"))
            column.addWidget(Text(words, TextRole.BODY_STRONG, elide=True))
            self._row.addWidget(holder, 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, box = QPainter(self), self.rect()
        painter.fillRect(box, DESK.colour("hover"))
        painter.fillRect(0, 0, box.width(), 1, DESK.colour("line"))
        painter.fillRect(0, box.height() - 1, box.width(), 1, DESK.colour("line"))
