"""Shared strokes: rounded boxes, the focus ring, key plates."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from photodesk.ui.fonts import TextRole, font

HINT_HEIGHT_PX = 19


def rounded(
    painter: QPainter, box: QRectF, radius_px: float, fill: str | None, outline: str | None = None, width_px: float = 1
) -> None:
    """A rounded box whose outline lies inside `box`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(fill) if fill else Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(outline), width_px) if outline else Qt.PenStyle.NoPen)
    inset = width_px / 2 if outline else 0
    painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius_px, radius_px)


def draw_focus_ring(painter: QPainter, box: QRectF, radius_px: float, colour: str) -> None:
    """The 2 px ring along the inner edge of `box`."""
    rounded(painter, box, radius_px, None, colour, 2)


def hint_width(text: str) -> float:
    """Width of a key plate in px."""
    return max(22.0, QFontMetricsF(font(TextRole.HINT)).horizontalAdvance(text) + 12)


def draw_hint(painter: QPainter, right: float, middle: float, text: str, colours: tuple[str | None, str, str]) -> float:
    """A key plate ending at `right`, centred on `middle`; `colours` are fill, outline, ink. Returns its left edge."""
    fill, outline, ink = colours
    width = hint_width(text)
    box = QRectF(right - width, middle - HINT_HEIGHT_PX / 2, width, HINT_HEIGHT_PX)
    rounded(painter, box, 4, fill, outline)
    painter.setFont(font(TextRole.HINT))
    painter.setPen(QColor(ink))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    return box.left()
