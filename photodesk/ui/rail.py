"""The rail: where a person can go, what waits there, and the lock."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.hovering import HoverButton
from photodesk.ui.controls.painting import draw_focus_ring, rounded
from photodesk.ui.controls.text import vbox
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import Mark, paint_icon
from photodesk.ui.theme import DESK, Theme

WIDTH_PX, ENTRY_PX = 72, 54


class RailEntry(HoverButton):
    """One entry: icon, word, and a count of what waits."""

    def __init__(self, name: str, icon: str, words: str, theme: Theme = DESK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self._icon, self._theme, self._count = name, icon, theme, 0
        self.setText(words)
        self.setAccessibleName(words)
        self.setCheckable(True)
        self.setFixedSize(60, ENTRY_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        return QSize(60, ENTRY_PX)

    def show_count(self, count: int) -> None:
        """Show how much waits; 0 shows nothing."""
        self._count = count
        self.setAccessibleName(f"{self.text()}, {count} waiting" if count else self.text())
        self.update()

    def nextCheckState(self) -> None:
        """The window lights the entry, not the click."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, t, box = QPainter(self), self._theme, QRectF(self.rect())
        on = self.isChecked()
        if on:
            rounded(painter, box, 8, t.panel, t.line)
        elif self._hovered:
            rounded(painter, box, 8, t.bg)
        ink = t.accent_ink if on else t.ink2
        paint_icon(painter, self._icon, QRectF(19, 8, 22, 22), ink)
        painter.setFont(font(TextRole.HINT, size_px=12))
        painter.setPen(QColor(ink))
        painter.drawText(QRectF(0, 31, 60, 18), Qt.AlignmentFlag.AlignCenter, self.text())
        if self._count:
            self._paint_count(painter)
        if self.hasFocus():
            draw_focus_ring(painter, box, 8, t.accent)

    def _paint_count(self, painter: QPainter) -> None:
        words = f"{self._count:,}" if self._count < 1000 else "999+"
        painter.setFont(font(TextRole.HINT, weight=600))
        width = max(20.0, QFontMetricsF(painter.font()).horizontalAdvance(words) + 12)
        box = QRectF(min(58 - width, 28), 2, width, 18)
        rounded(painter, box, 9, self._theme.accent)
        painter.setPen(QColor(self._theme.on_accent))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


class Rail(QWidget):
    """The column at the left. `chosen` carries an entry's name."""

    chosen = Signal(object)

    def __init__(self, entries: tuple[tuple[str, str, str], ...], theme: Theme = DESK) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedWidth(WIDTH_PX)
        column = vbox(self, 4, QMargins(6, 10, 6, 12))
        column.addWidget(Mark(36, theme), alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(12)
        self._entries = [RailEntry(name, icon, words, theme) for name, icon, words in entries]
        bottom = {"settings", "lock"}
        for entry in (e for e in self._entries if e.name not in bottom):
            column.addWidget(entry)
        column.addStretch(1)
        for entry in (e for e in self._entries if e.name in bottom):
            column.addWidget(entry)
        for entry in self._entries:
            entry.clicked.connect(lambda _=False, name=entry.name: self.chosen.emit(name))

    def light(self, section: str) -> None:
        """Light the entry of the page shown."""
        for entry in self._entries:
            entry.setChecked(entry.name == section)

    def show_count(self, name: str, count: int) -> None:
        """How much waits behind an entry."""
        for entry in self._entries:
            if entry.name == name:
                entry.show_count(count)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.sunk))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), QColor(self._theme.line))
