"""A separator card on the whole monitor, for the camera: a large quiet code with the time in it. `Esc` closes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.importing.separator_cards import SeparatorCard
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.paper import paint_qr, qr_rows

NEW_EVERY_MS = 2_000
QUIET_ZONE = 4
GROUND, INK, QUIET = "#D6D6D6", "#1A1A1A", "#4A4A4A"
WORDS_PX = 132


class SeparatorScreen(QWidget):
    """Covers the window, which fills the monitor meanwhile. `text_now` gives the code's text with the present time."""

    closed = Signal()

    def __init__(self, window: QWidget, card: SeparatorCard, text_now: Callable[[], str]) -> None:
        super().__init__(window)
        self._window, self._card, self._text_now = window, card, text_now
        self._state, self._before = window.windowState(), window.focusWidget()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Separator card for the camera. Esc closes.")
        self._rows = qr_rows(text_now(), QUIET_ZONE)
        self._timer = QTimer(self)
        self._timer.setInterval(NEW_EVERY_MS)
        self._timer.timeout.connect(self._renew)

    def open(self) -> None:
        """Fill the monitor."""
        self._window.installEventFilter(self)
        self._window.showFullScreen()
        self._fill()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self._timer.start()

    def dismiss(self) -> None:
        """Back to the window as it was."""
        self._timer.stop()
        self._window.removeEventFilter(self)
        self.hide()
        self._window.setWindowState(self._state)
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()
        if event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.dismiss()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.dismiss()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._window:
            self._fill()
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(GROUND))
        side = float(min(self.width() - 64, self.height() - WORDS_PX - 64))
        box = QRectF((self.width() - side) / 2, (self.height() - WORDS_PX - side) / 2, side, side)
        paint_qr(painter, box, self._rows)
        line = QRectF(0, box.bottom() + 20, self.width(), 38)
        lines = (
            (self._card.patient.display_name, TextRole.TITLE_LARGE, INK),
            (f"{self._card.patient.mrn} · {datetime.now():%H:%M:%S}", TextRole.HEADING, QUIET),  # noqa: DTZ005
            (
                "Photograph it before the first photo and after the last. Esc or a click closes it.",
                TextRole.SMALL,
                QUIET,
            ),
        )
        for words, role, ink in lines:
            painter.setFont(font(role))
            painter.setPen(QColor(ink))
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, words)
            line.translate(0, 34)

    def _renew(self) -> None:
        self._rows = qr_rows(self._text_now(), QUIET_ZONE)
        self.update()

    def _fill(self) -> None:
        if self.geometry() != self._window.rect():
            self.setGeometry(self._window.rect())
