"""The filmstrip: photos of the same site and view in time, A and B ringed. Click puts B there, Shift-click A."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from photodesk.ui.compare.model import CompareModel, Frame
from photodesk.ui.controls.painting import rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.picture_source import PictureSource
from photodesk.ui.theme import VIEWING
from photodesk.ui.words import day_words

GAP_PX, TOP_PX = 16, 13
_ASK_AFTER_MS = 40


class Filmstrip(QWidget):
    """`picked` carries (photo id, whether for A)."""

    picked = Signal(object)

    def __init__(self, model: CompareModel, source: PictureSource) -> None:
        super().__init__()
        self._model, self._source = model, source
        self._frames: tuple[Frame, ...] = ()
        self._offset, self._pressed = 0, ""
        self._well = (100, 72)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Photos of this site and view")
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(_ASK_AFTER_MS)
        self._ask.timeout.connect(self._ask_for_visible)
        source.changed.connect(self.update)

    def set_low(self, low: bool) -> None:
        """Smaller thumbnails for a strip of 104 px."""
        self._well = (80, 60) if low else (100, 72)
        self._source.set_size(*self._well, self.devicePixelRatioF())
        self.refresh()

    def refresh(self) -> None:
        """The pair or the photos have changed: show both, B first."""
        self._frames = self._model.strip()
        ids = [frame.photo_id for frame in self._frames]
        for photo_id in (self._model.a, self._model.b):
            if photo_id in ids:
                self._reveal(ids.index(photo_id))
        self._ask.start()
        self.update()

    def visible(self) -> tuple[Frame, ...]:
        """Frames that touch the strip."""
        pitch = self._well[0] + GAP_PX
        first = max(0, self._offset // pitch)
        return self._frames[first : first + self.width() // pitch + 2]

    def scroll(self, by_px: int) -> None:  # type: ignore[override]
        """Move along."""
        pitch = self._well[0] + GAP_PX
        self._offset = max(0, min(self._offset + by_px, len(self._frames) * pitch - GAP_PX + 8 - self.width()))
        self._ask.start()
        self.update()

    def _reveal(self, index: int) -> None:
        pitch = self._well[0] + GAP_PX
        left = index * pitch
        self._offset = min(self._offset, max(0, left - pitch))
        self._offset = max(self._offset, left + pitch + self._well[0] - self.width() + 8, 0)
        self._offset = max(0, min(self._offset, len(self._frames) * pitch - GAP_PX + 8 - self.width()))

    def _ask_for_visible(self) -> None:
        if self.isVisible():
            self._source.want([frame.photo_id for frame in self.visible()])

    def _left(self, index: int) -> int:
        return 4 + index * (self._well[0] + GAP_PX) - self._offset

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.refresh()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.scroll(-(event.angleDelta().y() or event.angleDelta().x()))
        event.accept()

    def photo_at(self, x_px: float) -> str:
        """The photo so far along the strip, or nothing."""
        for index, frame in enumerate(self._frames):
            if self._left(index) <= x_px < self._left(index) + self._well[0]:
                return frame.photo_id
        return ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self.photo_at(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Picked when it is let go where it was pressed: a drag puts it on the pane it is dropped on."""
        pressed, self._pressed = self._pressed, ""
        if pressed and pressed == self.photo_at(event.position().x()):
            self.picked.emit((pressed, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = {frame.photo_id for frame in self.visible()}
        for index, frame in enumerate(self._frames):
            if frame.photo_id in shown:
                self._frame(painter, self._left(index), frame)

    def _frame(self, painter: QPainter, left: int, frame: Frame) -> None:
        wide, high = self._well
        well = QRectF(left, TOP_PX, wide, high)
        letter = "A" if frame.photo_id == self._model.a else "B" if frame.photo_id == self._model.b else ""
        if letter:
            rounded(painter, well.adjusted(-4, -4, 4, 4), 5, None, "#FFFFFF", 2.5)
        pixmap = self._source.pixmap(frame.photo_id)
        if pixmap is None:
            rounded(painter, well, 3, VIEWING.well)
        else:
            painter.drawPixmap(well.toRect(), pixmap)
        if letter:
            plate = QRectF(left + 5, TOP_PX + 5, 22, 22)
            rounded(painter, plate, 4, "#F2F2F2")
            painter.setFont(font(TextRole.SMALL, weight=600))
            painter.setPen(QColor("#1A1A1A"))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, letter)
        painter.setFont(font(TextRole.CAPTION, weight=500 if letter else 400))
        painter.setPen(QColor(VIEWING.ink if letter else VIEWING.ink3))
        words = day_words(frame.visit.day)
        short = f"{words[:-4]}{words[-2:]}"
        painter.drawText(QRectF(left - 8, TOP_PX + high + 5, wide + 16, 18), Qt.AlignmentFlag.AlignCenter, short)
