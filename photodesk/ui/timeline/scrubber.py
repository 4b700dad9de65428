"""The scrubber: visits to scale in time, A and B with their interval, the part seen. Drag scrolls, click jumps."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from photodesk.ui.controls.painting import draw_focus_ring, rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.theme import DESK
from photodesk.ui.timeline.model import TimelineModel
from photodesk.ui.timeline.time_scale import TimeScale, month_words, scale_of

HEIGHT_PX, INSET_PX, AXIS_Y_PX, REACH_PX, DOT_PX = 66, 60, 36, 12, 12
_SEEN = "#EFEFEF"


class Scrubber(QWidget):
    """`asked` carries the row of the visit to go to."""

    asked = Signal(object)

    def __init__(self, model: TimelineModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._seen: tuple[date, date] | None = None
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Visits over time")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        return QSize(600, HEIGHT_PX)

    def show_seen(self, seen: tuple[date, date] | None) -> None:
        """Shade from the oldest to the newest visit that is seen."""
        if seen != self._seen:
            self._seen = seen
            self.update()

    def days(self) -> list[date]:
        """Days of the rows, newest first."""
        return [section.visit.day for section in self._model.sections]

    def scale_now(self) -> TimeScale | None:
        """The scale over all visits of the chart, or None without any."""
        if self._model.timeline is None or not self._model.timeline.visits:
            return None
        days = [each.visit.day for each in self._model.timeline.visits]
        return scale_of(days, INSET_PX, max(INSET_PX + 10, self.width() - INSET_PX))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position().x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        days = self.days()
        step = {Qt.Key.Key_Left: 1, Qt.Key.Key_Right: -1}.get(Qt.Key(event.key()), 0)
        if not step or not days:
            event.ignore()
            return
        newest = self._seen[1] if self._seen else days[0]
        at = days.index(newest) if newest in days else 0
        self.asked.emit(min(len(days) - 1, max(0, at + step)))

    def _go(self, x_px: float) -> None:
        scale, days = self.scale_now(), self.days()
        if scale is None or not days:
            return
        row = scale.nearest(x_px, days, REACH_PX)
        if row is None:
            wanted = scale.day(x_px).toordinal()
            row = min(range(len(days)), key=lambda i: abs(days[i].toordinal() - wanted))
        self.asked.emit(row)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(self.rect())
        rounded(painter, box, 6, DESK.panel, DESK.line)
        scale = self.scale_now()
        if scale is not None:
            self._ground(painter, scale)
            self._dots(painter, scale)
            self._pair(painter, scale)
        if self.hasFocus():
            draw_focus_ring(painter, box, 6, DESK.accent)

    def _ground(self, painter: QPainter, scale: TimeScale) -> None:
        if self._seen:
            left, right = scale.x(self._seen[0]) - 14, scale.x(self._seen[1]) + 14
            painter.fillRect(QRectF(left, 1, right - left, HEIGHT_PX - 2), QColor(_SEEN))
        painter.setPen(QPen(QColor("#C0C0C0"), 2))
        painter.drawLine(QPointF(scale.left_px, AXIS_Y_PX), QPointF(scale.right_px, AXIS_Y_PX))
        painter.setPen(QPen(QColor(DESK.line2), 1))
        for x in scale.ticks():
            painter.drawLine(QPointF(x, AXIS_Y_PX), QPointF(x, AXIS_Y_PX + 4))
        painter.setFont(font(TextRole.CAPTION))
        painter.setPen(QColor(DESK.ink3))
        days = [each.visit.day for each in self._model.timeline.visits] if self._model.timeline else []
        first, last = month_words(min(days)), month_words(max(days))
        foot = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(scale.left_px, 43, 90, 18), foot | Qt.AlignmentFlag.AlignLeft, first)
        if last != first:
            painter.drawText(QRectF(scale.right_px - 90, 43, 90, 18), foot | Qt.AlignmentFlag.AlignRight, last)
        for x, words in scale.years():
            painter.drawText(QRectF(x - 45, 43, 90, 18), Qt.AlignmentFlag.AlignCenter, words)

    def _dots(self, painter: QPainter, scale: TimeScale) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(DESK.ink2), 2))
        painter.setBrush(QColor(DESK.panel))
        last = -DOT_PX
        for x in sorted({round(scale.x(day)) for day in self.days()}):
            if x - last >= DOT_PX:  # closer ones share a dot
                painter.drawEllipse(QPointF(x, AXIS_Y_PX), 5, 5)
                last = x

    def _pair(self, painter: QPainter, scale: TimeScale) -> None:
        a, b = self._model.marked_days()
        if a and b:
            left, right = sorted((scale.x(a), scale.x(b)))
            painter.setPen(QPen(QColor(DESK.accent), 3))
            painter.drawLine(QPointF(left, AXIS_Y_PX), QPointF(right, AXIS_Y_PX))
            painter.setFont(font(TextRole.SMALL, weight=600))
            painter.setPen(QColor(DESK.accent_ink))
            middle = min(self.width() - 60.0, max(60.0, (left + right) / 2))
            painter.drawText(QRectF(middle - 60, 6, 120, 18), Qt.AlignmentFlag.AlignCenter, self._model.interval())
        for day, letter in ((a, "A"), (b, "B")):
            if day is not None:
                plate = QRectF(scale.x(day) - 10, AXIS_Y_PX - 10, 20, 20)
                rounded(painter, plate, 4, "#1A1A1A")
                painter.setFont(font(TextRole.LABEL, weight=600))
                painter.setPen(QColor("#FFFFFF"))
                painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, letter)
