"""Solid plates on a canvas: measurements beside their mark and not over it, and the scale bar."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from photodesk.ui.controls.painting import rounded
from photodesk.ui.fonts import TextRole, font

GROUND, INK, QUIET = "#1A1A1A", "#F2F2F2", "#C6C6C6"
EDGE_PX, AWAY_PX, LINE_PX, PADDING_PX = 16, 14, 17, 9
BAR_LEAST_PX, BAR_MOST_PX, BAR_HIGH_PX = 72, 168, 39


def plate_size(lines: Sequence[str]) -> QSizeF:
    """How large the plate of these lines is, px."""
    strong, small = QFontMetricsF(_strong()), QFontMetricsF(_small())
    wide = max(strong.horizontalAdvance(lines[0]), *(small.horizontalAdvance(line) for line in lines[1:]), 0.0)
    return QSizeF(math.ceil(wide) + 2 * PADDING_PX, LINE_PX * len(lines) + 10)


def place_plate(size: QSizeF, shape: QPainterPath, pane: QRectF, taken: Sequence[QRectF]) -> QRectF:
    """Near the shape without covering it or what is `taken`, inside the pane; a corner where nothing else is free."""
    room = pane.adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
    around = _seen(shape.boundingRect(), pane)
    wide, high = size.width(), size.height()
    left, right = around.left() - wide - AWAY_PX, around.right() + AWAY_PX
    above, below = around.top() - high - AWAY_PX, around.bottom() + AWAY_PX
    inner_right = around.right() - 0.7 * wide
    corners = [
        QPointF(inner_right, around.top() - 0.6 * high),
        QPointF(inner_right, above),
        QPointF(right, around.top()),
        QPointF(around.left() - 0.3 * wide, above),
        QPointF(left, around.top()),
        QPointF(inner_right, below),
        QPointF(right, around.bottom() - high),
        QPointF(left, around.bottom() - high),
        room.topRight() - QPointF(wide, 0),
        room.topLeft(),
        room.bottomRight() - QPointF(wide, high),
    ]
    for corner in corners:
        box = QRectF(corner, size)
        near = box.adjusted(-6, -6, 6, 6)
        if room.contains(box) and not shape.intersects(near) and not any(each.intersects(near) for each in taken):
            return box
    free = [QRectF(corner, size) for corner in corners[-3:]]
    return next((box for box in free if not any(each.intersects(box) for each in taken)), free[0])


def _seen(box: QRectF, pane: QRectF) -> QRectF:
    """The part of a box that is in the pane; a line keeps its length."""
    left, right = (min(max(x, pane.left()), pane.right()) for x in (box.left(), box.right()))
    top, bottom = (min(max(y, pane.top()), pane.bottom()) for y in (box.top(), box.bottom()))
    return QRectF(left, top, right - left, bottom - top)


def draw_plate(painter: QPainter, box: QRectF, lines: Sequence[str]) -> None:
    """The plate with its lines, the first strong."""
    rounded(painter, box, 4, GROUND)
    row = QRectF(box.left() + PADDING_PX, box.top() + 5, box.width() - PADDING_PX, LINE_PX)
    for index, line in enumerate(lines):
        painter.setFont(_small() if index else _strong())
        painter.setPen(QColor(QUIET if index else INK))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, line)
        row.translate(0, LINE_PX)


def bar_length(mm_per_px: float) -> tuple[float, int]:
    """The longest of 1, 2, 5, 10, 20 … mm that fits, and into how many parts it is ticked; pane px."""
    most = BAR_MOST_PX * mm_per_px
    power = 10 ** math.floor(math.log10(most))
    factor = next(each for each in (5, 2, 1) if each * power <= most * 1.0000001)
    return factor * power, 4 if factor == 2 else 5


def bar_box(pane: QRectF, mm_per_px: float) -> QRectF:
    """Where the scale bar lies: bottom left."""
    mm, _ = bar_length(mm_per_px)
    wide = mm / mm_per_px + 20
    return QRectF(pane.left() + EDGE_PX, pane.bottom() - EDGE_PX - BAR_HIGH_PX, wide, BAR_HIGH_PX)


def draw_bar(painter: QPainter, box: QRectF, mm_per_px: float) -> None:
    """The scale bar on its plate."""
    mm, parts = bar_length(mm_per_px)
    rounded(painter, box, 4, GROUND)
    left, wide, base = box.left() + 10, mm / mm_per_px, box.top() + 16
    painter.setPen(QPen(QColor(INK), 1.5))
    painter.drawLine(QPointF(left, base), QPointF(left + wide, base))
    for index in range(parts + 1):
        x = left + wide * index / parts
        high = 8 if index in {0, parts} else 4
        painter.drawLine(QPointF(x, base), QPointF(x, base - high))
    painter.setFont(_small())
    painter.setPen(QColor(INK))
    told = f"{mm:,.0f}\u00a0mm" if mm >= 1 else f"{mm:.10g}\u00a0mm"
    painter.drawText(QRectF(box.left(), base + 3, box.width(), 18), Qt.AlignmentFlag.AlignCenter, told)


def _strong() -> QFont:
    return font(TextRole.SMALL, weight=600)


def _small() -> QFont:
    return font(TextRole.SMALL)
