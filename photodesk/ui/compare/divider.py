"""How the divider of the curtain looks: its line, the handle that moves it and the one that turns it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from photodesk.ui.icons import paint_icon

HANDLE_PX, TURNER_PX = 64, 48


def draw_divider(painter: QPainter, middle: QPointF, far: QPointF, *, slanted: bool) -> None:
    """4 px white with a dark edge, through `middle` and `far` to both sides."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, slanted)
    for colour, wide in (("#1A1A1A", 6), ("#FFFFFF", 4)):
        painter.setPen(QPen(QColor(colour), wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(middle - far, middle + far)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def draw_turner(painter: QPainter, at: QPointF) -> None:
    """What a hand takes to turn it: a circle of 48 px."""
    painter.setPen(QPen(QColor("#1A1A1A"), 1))
    painter.setBrush(QColor("#FFFFFF"))
    painter.drawEllipse(at, TURNER_PX / 2, TURNER_PX / 2)
    paint_icon(painter, "arrows-clockwise", QRectF(at.x() - 11, at.y() - 11, 22, 22), "#1A1A1A")


def draw_handle(painter: QPainter, middle: QPointF) -> None:
    """What a hand takes to move it: a circle of 64 px with two arrows."""
    painter.setPen(QPen(QColor("#1A1A1A"), 1))
    painter.setBrush(QColor("#FFFFFF"))
    painter.drawEllipse(middle, HANDLE_PX / 2, HANDLE_PX / 2)
    painter.setPen(QPen(QColor("#1A1A1A"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for dy, way in ((-5, -1), (5, 1)):
        tip = QPointF(middle.x() + 11 * way, middle.y() + dy)
        arrow = QPainterPath(QPointF(middle.x() - 11 * way, tip.y()))
        arrow.lineTo(tip)
        arrow.moveTo(tip + QPointF(-5 * way, -5))
        arrow.lineTo(tip)
        arrow.lineTo(tip + QPointF(-5 * way, 5))
        painter.drawPath(arrow)
