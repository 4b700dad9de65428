"""Chips: a state with icon and word, a filter that is on or off."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from photodesk.ui.controls.painting import draw_focus_ring, rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import paint_icon
from photodesk.ui.theme import DESK, Theme

HEIGHT_PX, ICON_PX = 24, 14


class Tone(Enum):
    """What a chip says; each has its tint, its ink and, unless told, its icon."""

    PLAIN = ("sunk", "ink2", "")
    ACCENT = ("accent_soft", "accent_ink", "")
    OK = ("ok_soft", "ok", "check-circle")
    WARN = ("warn_soft", "warn", "warning-circle")
    BAD = ("bad_soft", "bad", "x-circle")


class Chip(QWidget):
    """A state: tint, icon and word."""

    def __init__(
        self,
        text: str,
        tone: Tone = Tone.PLAIN,
        *,
        icon: str | None = None,
        theme: Theme = DESK,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_state(text, tone, icon)

    def show_state(self, text: str, tone: Tone, icon: str | None = None) -> None:
        """Show another state."""
        self._text, self._tone = text, tone
        self._icon = tone.value[2] if icon is None else icon
        self.setAccessibleName(text)
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        words = QFontMetricsF(font(TextRole.LABEL)).horizontalAdvance(self._text)
        return QSize(round(words + 20 + (ICON_PX + 6 if self._icon else 0)), HEIGHT_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tint, ink, _ = self._tone.value
        box = QRectF(self.rect())
        rounded(painter, box, HEIGHT_PX / 2, getattr(self._theme, tint))
        left = 10.0
        if self._icon:
            paint_icon(painter, self._icon, QRectF(left, 5, ICON_PX, ICON_PX), getattr(self._theme, ink))
            left += ICON_PX + 6
        painter.setFont(font(TextRole.LABEL))
        painter.setPen(QColor(getattr(self._theme, ink)))
        painter.drawText(box.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._text)


class FilterChip(QAbstractButton):
    """A filter that is on (soft) or off (outline). `closing` shows a × while it is on."""

    def __init__(self, text: str, *, closing: bool = False, theme: Theme = DESK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._closing = theme, closing
        self.setCheckable(True)
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        words = QFontMetricsF(font(TextRole.LABEL)).horizontalAdvance(self.text())
        return QSize(round(words + 22 + (18 if self._closing and self.isChecked() else 0)), HEIGHT_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        t, box, on = self._theme, QRectF(self.rect()), self.isChecked()
        rounded(painter, box, HEIGHT_PX / 2, t.accent_soft if on else None, None if on else t.line2)
        ink = t.accent_ink if on else t.ink2
        painter.setFont(font(TextRole.LABEL))
        painter.setPen(QColor(ink))
        painter.drawText(box.adjusted(11, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        if on and self._closing:
            paint_icon(painter, "x", QRectF(box.right() - 22, 6, 12, 12), ink)
        if self.hasFocus():
            draw_focus_ring(painter, box, HEIGHT_PX / 2, t.accent)
