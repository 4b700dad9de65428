"""The dark panel at the left: mark, clock, clinic, and the work that goes on while locked."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls import Line, ProgressLine, Text, hbox, vbox
from photodesk.ui.controls.chips import Chip, Tone
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import Icon, Mark
from photodesk.ui.theme import VIEWING
from photodesk.ui.words import long_day_words


class DarkPanel(QWidget):
    """The dark ground with the mark on top; `column` takes the rest."""

    def __init__(self, padding_px: int, *, demo: bool = False) -> None:
        super().__init__()
        self.column = vbox(self, 0, padding_px)
        row = hbox(None, 12)
        row.addWidget(Mark(36, VIEWING))
        row.addWidget(Text("PhotoDesk", TextRole.SUBHEADING, theme=VIEWING))
        if demo:
            row.addWidget(Chip("DEMO", Tone.WARN, theme=VIEWING))
        row.addStretch(1)
        self.column.addLayout(row)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(VIEWING.bg))


class GoingOn(QWidget):
    """What goes on while locked: one import, its count and line. Hidden while nothing runs."""

    def __init__(self) -> None:
        super().__init__()
        column = vbox(self, 10)
        column.addWidget(Text("Going on while locked", TextRole.LABEL, "ink3", theme=VIEWING))
        row = hbox(None, 12)
        row.addWidget(Icon("download-simple", VIEWING.ink2, 20), alignment=Qt.AlignmentFlag.AlignVCenter)
        right = vbox(None, 6)
        words = hbox(None, 8)
        self._what = Text("", TextRole.SMALL_STRONG, theme=VIEWING)
        self._count = Text("", TextRole.SMALL, "ink2", theme=VIEWING)
        words.addWidget(self._what)
        words.addStretch(1)
        words.addWidget(self._count)
        right.addLayout(words)
        self._line = ProgressLine(height=4, theme=VIEWING)
        right.addWidget(self._line)
        row.addLayout(right, 1)
        column.addLayout(row)
        self.hide()

    def show_work(self, what: str, done: int, total: int) -> None:
        """Show what goes on; empty words hide it."""
        self._what.set_text(what)
        self._count.set_text(f"{done:,} of {total:,}" if total else "")
        self._line.show_counts(done, total)
        self.setVisible(bool(what))


class ClockPanel(DarkPanel):
    """Readable across the room, nothing about patients."""

    def __init__(self, clinic: str, workstation: str, *, demo: bool = False) -> None:
        super().__init__(64, demo=demo)
        self._clock = Text("", TextRole.CLOCK, theme=VIEWING)
        self._day = Text("", TextRole.HEADING, "ink2", theme=VIEWING)
        self._day.setFont(font(TextRole.HEADING, weight=400))
        self.going_on = GoingOn()
        self.column.addStretch(5)
        self.column.addWidget(self._clock)
        self.column.addSpacing(8)
        self.column.addWidget(self._day)
        self.column.addSpacing(36)
        self.column.addWidget(Line(theme=VIEWING))
        self.column.addSpacing(28)
        self.column.addWidget(Text(clinic, TextRole.HEADING, theme=VIEWING))
        self.column.addSpacing(2)
        self.column.addWidget(Text(workstation, TextRole.BODY, "ink2", theme=VIEWING))
        self.column.addStretch(6)
        self.column.addWidget(self.going_on)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.tell_time)
        self._timer.start(1000)
        self.tell_time()

    def tell_time(self) -> None:
        """Show the workstation's time."""
        now = datetime.now()  # noqa: DTZ005 - the wall clock of this room
        self._clock.set_text(f"{now:%H:%M}")
        self._day.set_text(long_day_words(now.date()))
