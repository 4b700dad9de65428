"""A small curve of a lesion's area over time: error bars, and A and B as plates. It states and says nothing more."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from photodesk.compare.lesion_series import SeriesPoint
from photodesk.ui.controls.painting import rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.marks.words import value_words
from photodesk.ui.theme import VIEWING
from photodesk.ui.words import day_words

HIGH_PX, FOOT_PX, RIGHT_PX, PLATE_PX, DOT_PX = 132, 24, 40, 16, 4.0


class AreaCurve(QWidget):
    """132 high."""

    def __init__(self) -> None:
        super().__init__()
        self._points: tuple[SeriesPoint, ...] = ()
        self._letters: dict[str, str] = {}
        self.setFixedHeight(HIGH_PX)

    def show_series(self, points: Sequence[SeriesPoint], letters: dict[str, str]) -> None:
        """Points, the earliest first; `letters` by photo id."""
        self._points, self._letters = tuple(points), dict(letters)
        told = [f"{day_words(each.day)}: {value_words(each.area)}" for each in self._points]
        self.setAccessibleName("Area over time. " + ". ".join(told))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if len(self._points) < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high, ticks = axis(self._points)
        room = QRectF(PLATE_PX / 2, 14, self.width() - RIGHT_PX - PLATE_PX, HIGH_PX - FOOT_PX - 26)
        first, last = self._points[0].day, self._points[-1].day
        span = max(1, (last - first).days)

        def height(value: float) -> float:
            return room.bottom() - room.height() * (value - low) / (high - low)

        self._grid(painter, room, ticks, height)
        places = [
            QPointF(room.left() + room.width() * (each.day - first).days / span, height(each.area.value))
            for each in self._points
        ]
        painter.setPen(QPen(QColor(VIEWING.ink2), 1.5))
        painter.drawPolyline(QPolygonF(places))
        for each, at in zip(self._points, places, strict=True):
            painter.setPen(QPen(QColor(VIEWING.ink2), 1))
            painter.drawLine(
                QPointF(at.x(), height(each.area.value - each.area.error)),
                QPointF(at.x(), height(each.area.value + each.area.error)),
            )
            if each.photo_id not in self._letters:
                painter.setBrush(QColor(VIEWING.panel))
                painter.setPen(QPen(QColor(VIEWING.ink), 1.5))
                painter.drawEllipse(at, DOT_PX, DOT_PX)
        for each, at in zip(self._points, places, strict=True):
            if each.photo_id in self._letters:
                self._plate(painter, at, self._letters[each.photo_id])
        painter.setPen(QColor(VIEWING.ink3))
        painter.setFont(font(TextRole.CAPTION))
        foot = QRectF(0, HIGH_PX - FOOT_PX, self.width() - RIGHT_PX, FOOT_PX)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, f"{first:%b %Y}")
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, f"{last:%b %Y}")

    def _grid(self, painter: QPainter, room: QRectF, ticks: Sequence[float], height: Callable[[float], float]) -> None:
        painter.setFont(font(TextRole.CAPTION))
        for tick in ticks:
            y = height(tick)
            painter.setPen(QPen(QColor(VIEWING.line), 1))
            painter.drawLine(QPointF(0, y), QPointF(self.width() - RIGHT_PX, y))
            painter.setPen(QColor(VIEWING.ink3))
            box = QRectF(self.width() - RIGHT_PX, y - 9, RIGHT_PX, 18)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{tick:,.6g}")

    @staticmethod
    def _plate(painter: QPainter, at: QPointF, letter: str) -> None:
        box = QRectF(at.x() - PLATE_PX / 2, at.y() - PLATE_PX / 2, PLATE_PX, PLATE_PX)
        rounded(painter, box, 3, VIEWING.ink)
        painter.setPen(QColor(VIEWING.on_accent))
        painter.setFont(font(TextRole.HINT, weight=600))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)


def axis(points: Sequence[SeriesPoint]) -> tuple[float, float, tuple[float, ...]]:
    """Lowest and highest value shown, and two to four round values between them."""
    low = min(each.area.value - each.area.error for each in points)
    high = max(each.area.value + each.area.error for each in points)
    spread = max(high - low, 1e-6 * max(abs(high), 1e-9))
    power = 10 ** math.floor(math.log10(spread / 2))
    step = next(factor * power for factor in (1, 2, 5, 10) if spread / (factor * power) <= 3)
    begin, end = math.floor(low / step), math.ceil(high / step)
    ticks = tuple(step * index for index in range(begin, end + 1))
    return ticks[0], ticks[-1], ticks
