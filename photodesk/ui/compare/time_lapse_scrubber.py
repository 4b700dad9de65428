"""The scrubber of a time-lapse: visits to scale in time, the one seen as a plate. Click or drag to go there."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from photodesk.ui.compare.time_lapse_model import LapseModel
from photodesk.ui.controls.painting import rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.theme import VIEWING
from photodesk.ui.timeline.time_scale import TimeScale, month_words, scale_of
from photodesk.ui.words import day_words

HEIGHT_PX, INSET_PX, AXIS_Y_PX, DOT_PX, PLATE_PX = 66, 44, 36, 12, 20
_FOOT_PX, _MONTH_PX, _DAY_PX = 45, 80, 110


class LapseScrubber(QWidget):
    """`asked` carries the index of the frame to see."""

    asked = Signal(object)

    def __init__(self, model: LapseModel) -> None:
        super().__init__()
        self._model = model
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Visits over time")

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT_PX)

    def refresh(self) -> None:
        """Another frame is seen, or more is known."""
        self.setAccessibleDescription(f"{self._model.day_words()}, {self._model.place_words()}")
        self.update()

    def days(self) -> list[date]:
        """Days of the frames, oldest first."""
        return [frame.visit.day for frame in self._model.frames]

    def scale_now(self) -> TimeScale | None:
        """From the first visit to the last, or None without any."""
        days = self.days()
        return scale_of(days, INSET_PX, max(INSET_PX + 10, self.width() - INSET_PX)) if days else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position().x())

    def _go(self, x_px: float) -> None:
        scale = self.scale_now()
        index = scale.nearest(x_px, self.days(), float("inf")) if scale is not None else None
        if index is not None and index != self._model.index:
            self.asked.emit(index)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rounded(painter, QRectF(self.rect()), 6, VIEWING.panel, VIEWING.line)
        scale, days = self.scale_now(), self.days()
        if scale is None:
            return
        self._ground(painter, scale, days)
        self._seen(painter, scale, days)

    def _ground(self, painter: QPainter, scale: TimeScale, days: list[date]) -> None:
        painter.setPen(QPen(QColor(VIEWING.line2), 2))
        painter.drawLine(QPointF(scale.left_px, AXIS_Y_PX), QPointF(scale.right_px, AXIS_Y_PX))
        painter.setPen(QPen(QColor(VIEWING.line2), 1))
        for x in scale.ticks():
            painter.drawLine(QPointF(x, AXIS_Y_PX), QPointF(x, AXIS_Y_PX + 4))
        painter.setPen(QPen(QColor(VIEWING.accent), 3))
        here = scale.x(days[max(0, self._model.seen)])
        painter.drawLine(QPointF(scale.x(days[0]), AXIS_Y_PX), QPointF(here, AXIS_Y_PX))
        painter.setFont(font(TextRole.CAPTION))
        painter.setPen(QColor(VIEWING.ink3))
        first, last = month_words(days[0]), month_words(days[-1])
        middle = Qt.AlignmentFlag.AlignVCenter
        left = QRectF(scale.left_px, _FOOT_PX, _MONTH_PX, 18)
        painter.drawText(left, middle | Qt.AlignmentFlag.AlignLeft, first)
        if last != first:
            right = QRectF(scale.right_px - _MONTH_PX, _FOOT_PX, _MONTH_PX, 18)
            painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, last)
        for x, words in scale.years():
            painter.drawText(QRectF(x - _MONTH_PX / 2, _FOOT_PX, _MONTH_PX, 18), Qt.AlignmentFlag.AlignCenter, words)
        last_x = -float(DOT_PX)
        for index, day in enumerate(days):
            x = scale.x(day)
            if x - last_x < DOT_PX:  # closer ones share a dot
                continue
            last_x = x
            warns = self._model.unaligned(index)
            painter.setPen(QPen(QColor(VIEWING.warn if warns else VIEWING.ink2), 2))
            painter.setBrush(QColor(VIEWING.panel))
            painter.drawEllipse(QPointF(x, AXIS_Y_PX), 5, 5)
            if warns:  # struck through: colour never says it alone
                painter.drawLine(QPointF(x - 3.5, AXIS_Y_PX + 3.5), QPointF(x + 3.5, AXIS_Y_PX - 3.5))

    def _seen(self, painter: QPainter, scale: TimeScale, days: list[date]) -> None:
        at = max(0, self._model.seen)
        x = scale.x(days[at])
        plate = QRectF(x - PLATE_PX / 2, AXIS_Y_PX - PLATE_PX / 2, PLATE_PX, PLATE_PX)
        rounded(painter, plate, 4, "#F2F2F2")
        painter.setFont(font(TextRole.LABEL, weight=600))
        painter.setPen(QColor("#1A1A1A"))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, str(at + 1))
        painter.setFont(font(TextRole.SMALL, weight=600))
        painter.setPen(QColor(VIEWING.ink))
        middle = min(self.width() - _DAY_PX / 2, max(_DAY_PX / 2, x))
        box = QRectF(middle - _DAY_PX / 2, 5, _DAY_PX, 18)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, day_words(days[at]))
