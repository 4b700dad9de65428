"""How many entries a day, as bars. Days with open flags are amber, today is in the accent; a click asks for a day."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.fonts import TextRole, font
from photodesk.ui.log.model import Bar
from photodesk.ui.theme import DESK
from photodesk.ui.words import counted, short_day_words

HEIGHT_PX, BARS_PX, MOST_WIDTH_PX, LEAST_PX = 64, 42, 26, 4
GREY, AMBER = "#8A8A8A", "#C98A1B"


class Bars(QWidget):
    """`picked` carries the day of a bar of one day."""

    picked = Signal(object)

    def __init__(self, today: date) -> None:
        super().__init__()
        self._today = today
        self._bars: tuple[Bar, ...] = ()
        self._cursor = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName("Entries by day")

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        """Show these; none hides the row."""
        self._bars, self._cursor = bars, max(0, len(bars) - 1)
        self.setVisible(bool(bars))
        busiest = max(bars, key=lambda bar: bar.count, default=None)
        if busiest is not None and busiest.count:
            words = counted(busiest.count, "entry", "entries")
            self.setAccessibleDescription(f"Most on {short_day_words(busiest.day, self._today)}: {words}")
        self.update()

    def bar_box(self, number: int) -> QRectF:
        """Where a bar stands; its height is its share of the highest."""
        step = self.width() / max(1, len(self._bars))
        width = min(MOST_WIDTH_PX, max(2.0, step - 6))
        highest = max((bar.count for bar in self._bars), default=0)
        count = self._bars[number].count
        height = max(LEAST_PX, BARS_PX * count / highest) if count else 0
        return QRectF(number * step + (step - width) / 2, BARS_PX - height, width, height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for number, bar in enumerate(self._bars):
            box = self.bar_box(number)
            today = bar.day == self._today
            painter.setBrush(QColor(AMBER if bar.flagged else DESK.accent if today else GREY))
            painter.drawRoundedRect(box, 2, 2)
        if self.hasFocus() and self._bars:
            box = self.bar_box(self._cursor)
            painter.fillRect(QRectF(box.x(), BARS_PX - 1, box.width(), 3), QColor(DESK.accent))
        painter.fillRect(QRectF(0, BARS_PX, self.width(), 1), QColor(DESK.line2))
        painter.setFont(font(TextRole.LABEL))
        painter.setPen(QColor(DESK.ink3))
        row = QRectF(0, BARS_PX + 4, self.width(), HEIGHT_PX - BARS_PX - 4)
        if self._bars:
            first, middle = self._bars[0].day, self._bars[len(self._bars) // 2].day
            painter.drawText(row, Qt.AlignmentFlag.AlignLeft, short_day_words(first, self._today))
            if len(self._bars) > 4:
                painter.drawText(row, Qt.AlignmentFlag.AlignHCenter, short_day_words(middle, self._today))
            painter.drawText(row, Qt.AlignmentFlag.AlignRight, "Today")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go from day to day, Enter asks for one."""
        if event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right} and self._bars:
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            self._cursor = min(max(self._cursor + step, 0), len(self._bars) - 1)
            bar = self._bars[self._cursor]
            words = f"{short_day_words(bar.day, self._today)}: {counted(bar.count, 'entry', 'entries')}"
            self.setAccessibleDescription(f"{words}, flagged" if bar.flagged else words)
            self.update()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._pick(self._cursor)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pick(int(event.position().x() / (self.width() / max(1, len(self._bars)))))

    def _pick(self, number: int) -> None:
        of_one_day = len(self._bars) > 1 and (self._bars[1].day - self._bars[0].day).days == 1
        if 0 <= number < len(self._bars) and of_one_day and self._bars[number].count:
            self.picked.emit(self._bars[number].day)
