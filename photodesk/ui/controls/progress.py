"""Progress: counts where they exist, a 6 px line, ok when finished. Nothing moves without progress."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from photodesk.ui.controls.painting import rounded
from photodesk.ui.controls.text import Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import DESK, Theme

NBSP = "\u00a0"


class ProgressLine(QWidget):
    """The line alone; `height` 6 unless told."""

    def __init__(self, *, height: int = 6, theme: Theme = DESK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._done, self._total = theme, 0, 0
        self.setFixedHeight(height)

    def show_counts(self, done: int, total: int) -> None:
        """Show `done` of `total`; a total of 0 is an empty line."""
        self._done, self._total = done, total
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, t, box = QPainter(self), self._theme, QRectF(self.rect())
        radius = box.height() / 2
        rounded(painter, box, radius, t.well if t.name == "desk" else t.line2)
        if self._total > 0 and self._done > 0:
            share = min(1.0, self._done / self._total)
            fill = t.ok if self._done >= self._total else t.accent
            rounded(painter, QRectF(0, 0, max(box.height(), box.width() * share), box.height()), radius, fill)


class CountedProgress(QWidget):
    """Label left, `78 of 214` right, the line below."""

    def __init__(self, label: str, *, theme: Theme = DESK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        column = vbox(self, 6)
        row = hbox(None, 8)
        self._count = Text("", TextRole.SMALL, "ink2", theme=theme)
        row.addWidget(Text(label, TextRole.SMALL_STRONG, theme=theme))
        row.addStretch(1)
        row.addWidget(self._count)
        column.addLayout(row)
        self._line = ProgressLine(theme=theme)
        column.addWidget(self._line)

    def show_counts(self, done: int, total: int) -> None:
        """Show `done` of `total`."""
        self._count.set_text(f"{done:,} of {total:,}" if total else f"{done:,}")
        self._line.show_counts(done, total)
        self.setAccessibleName(f"{self._label}: {done} of {total}")
