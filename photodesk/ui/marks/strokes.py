"""Lines over photos: white 2 px with a 1.3 px black casing, so that they are seen on any skin."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from photodesk.photos.marks import MarkKind, Point

LINE_PX, CASING_PX, DOT_PX, HEAD_PX = 2.0, 1.3, 4.5, 12.0
_CASING = QColor(0, 0, 0, 191)
_ROUND = 72


def shape_of(kind: MarkKind, points: Sequence[Point], place: QTransform) -> QPainterPath:
    """A mark as a path in px of the canvas; a circle stays one of the photo, so it may be drawn as an ellipse."""
    path = QPainterPath()
    if kind is MarkKind.CIRCLE:
        (x, y), edge = points[0], points[1]
        radius = math.dist(points[0], edge)
        turns = (2 * math.pi * index / _ROUND for index in range(_ROUND))
        ring = [QPointF(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns]
        path.addPolygon(place.map(QPolygonF(ring)))
        path.closeSubpath()
        return path
    line = [place.map(QPointF(*point)) for point in points]
    if kind is MarkKind.TEXT:
        path.addEllipse(line[0], DOT_PX, DOT_PX)
        return path
    path.addPolygon(QPolygonF(line))
    if kind is MarkKind.OUTLINE:
        path.closeSubpath()
    if kind is MarkKind.ARROW:
        _add_head(path, line[0], line[1])
    return path


def stroke(painter: QPainter, path: QPainterPath, *, dashed: bool = False) -> None:
    """Draw a path as a mark."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, wide in ((_CASING, LINE_PX + 2 * CASING_PX), (QColor("#FFFFFF"), LINE_PX)):
        pen = QPen(colour, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        if dashed and wide == LINE_PX:
            pen.setDashPattern([4, 3])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawPath(path)


def draw_dot(painter: QPainter, at: QPointF, *, filled: bool = False) -> None:
    """An end or a point that can be taken; `filled` where it is pinned."""
    painter.setPen(QPen(QColor("#1A1A1A"), CASING_PX))
    painter.setBrush(QColor("#FFFFFF"))
    painter.drawEllipse(at, DOT_PX, DOT_PX)
    if filled:
        painter.setBrush(QColor("#1A1A1A"))
        painter.drawEllipse(at, DOT_PX / 2.5, DOT_PX / 2.5)


def _add_head(path: QPainterPath, tail: QPointF, head: QPointF) -> None:
    turn = math.atan2(head.y() - tail.y(), head.x() - tail.x())
    for way in (-1, 1):
        side = turn + math.pi + way * 0.45
        path.moveTo(head)
        path.lineTo(head + QPointF(HEAD_PX * math.cos(side), HEAD_PX * math.sin(side)))
