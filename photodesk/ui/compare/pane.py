"""Above the panes: letter, date and visit of each, and the interval on the seam because it belongs to both."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.photos.comparison import LaidBy
from photodesk.ui.compare.model import CompareModel, Side
from photodesk.ui.controls.painting import rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import paint_icon
from photodesk.ui.theme import VIEWING
from photodesk.ui.words import NBSP

HEADER_PX, LABEL_PX, SEAM_PX = 44, 28, 4
_UNSEEN = 0.35


class PairHeader(QWidget):
    """44 high over both panes. Nothing covers a photo."""

    def __init__(self, model: CompareModel) -> None:
        super().__init__()
        self._model, self._visits = model, True
        self._unseen: Side | None = None
        self.setFixedHeight(HEADER_PX)

    def show_visits(self, shown: bool) -> None:
        """Dates alone on small screens."""
        self._visits = shown
        self.update()

    def show_in_turn(self, b_seen: bool | None) -> None:
        """The photos change in turn: what belongs to the one that is not seen now steps back."""
        self._unseen = None if b_seen is None else Side.A if b_seen else Side.B
        self.update()

    def refresh(self) -> None:
        """The pair has changed, or what is done to it."""
        light = self._model.light
        self.setFixedHeight(HEADER_PX + (LABEL_PX if light is not None else 0))
        words = [" ".join(self._model.header(side)) for side in Side]
        told = ", ".join(filter(None, (f"A {words[0]}", self._model.interval(), f"B {words[1]}")))
        pinned = f"{self._model.pinned} pinned" if self._model.pinned else ""
        said = (told, alignment_words(self._model)[0], pinned, light.words if light is not None else "")
        self.setAccessibleName(", ".join(filter(None, said)))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, box = QPainter(self), QRectF(self.rect())
        painter.fillRect(self.rect(), QColor(VIEWING.panel))
        middle = box.width() / 2
        chip = self._chip(painter, middle)
        self._side(painter, Side.A, 16, chip.left() - 12)
        told = self._alignment(painter, box.right() - 16)
        self._side(painter, Side.B, max(middle + 64, chip.right() + 20), told - 12)
        self._light(painter, QRectF(middle + SEAM_PX / 2, HEADER_PX, box.width() - middle, LABEL_PX))

    def _light(self, painter: QPainter, box: QRectF) -> None:
        """B's label as long as it is not shown in its own light."""
        light = self._model.light
        if light is None:
            return
        painter.fillRect(box, QColor(VIEWING.warn_soft))
        paint_icon(painter, "warning-circle", QRectF(box.left() + 14, box.top() + 6, 16, 16), VIEWING.warn)
        small = font(TextRole.SMALL, weight=500, size_px=12)
        blown = f". {100 * light.clipped:.0f}{NBSP}% is blown out" if light.clipped >= 0.01 else ""
        words = QFontMetricsF(small).elidedText(light.words + blown, Qt.TextElideMode.ElideRight, box.width() - 52)
        painter.setFont(small)
        painter.setPen(QColor(VIEWING.warn))
        painter.drawText(box.adjusted(38, 0, -8, 0), Qt.AlignmentFlag.AlignVCenter, words)

    def _chip(self, painter: QPainter, middle: float) -> QRectF:
        words = self._model.interval()
        painter.fillRect(QRectF(middle - SEAM_PX / 2, 0, SEAM_PX, HEADER_PX), QColor(VIEWING.line))
        chosen = font(TextRole.BODY_STRONG, weight=600, size_px=13)
        wide = QFontMetricsF(chosen).horizontalAdvance(words) + 30
        chip = QRectF(middle - wide / 2, 8, wide, 28)
        if words:
            rounded(painter, chip, 14, VIEWING.accent)
            painter.setFont(chosen)
            painter.setPen(QColor(VIEWING.on_accent))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, words)
        return chip

    def _alignment(self, painter: QPainter, right: float) -> float:
        """The chip at the right: whether the photos lie on each other; where it begins."""
        words, warns = alignment_words(self._model)
        if not words:
            return right
        chosen = font(TextRole.SMALL, weight=500, size_px=12)
        icon = "warning-circle" if warns else "check-circle"
        wide = QFontMetricsF(chosen).horizontalAdvance(words) + 44
        chip = QRectF(right - wide, 8, wide, 28)
        ink, ground = (VIEWING.warn, VIEWING.warn_soft) if warns else (VIEWING.ink, VIEWING.accent_soft)
        rounded(painter, chip, 14, ground)
        paint_icon(painter, icon, QRectF(chip.left() + 10, 14, 16, 16), ink)
        painter.setFont(chosen)
        painter.setPen(QColor(ink))
        painter.drawText(chip.adjusted(32, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)
        return chip.left()

    def _side(self, painter: QPainter, side: Side, left: float, right: float) -> None:
        day, visit = self._model.header(side)
        painter.setOpacity(_UNSEEN if side is self._unseen else 1.0)
        plate = QRectF(left, 10, 24, 24)
        rounded(painter, plate, 4, "#F2F2F2")
        painter.setPen(QColor("#1A1A1A"))
        painter.setFont(font(TextRole.BODY_STRONG, weight=600))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, side.value)
        if self._model.pinned is side:
            paint_icon(painter, "push-pin", QRectF(left + 30, 13, 18, 18), VIEWING.ink)
            left += 22
        centre = Qt.AlignmentFlag.AlignVCenter
        chosen = font(TextRole.SUBHEADING, weight=500)
        painter.setFont(chosen)
        painter.setPen(QColor(VIEWING.ink))
        box = QRectF(left + 34, 0, max(0.0, right - left - 34), HEADER_PX)
        painter.drawText(box, centre, day)
        box.setLeft(box.left() + QFontMetricsF(chosen).horizontalAdvance(day) + 12)
        small = font(TextRole.SMALL)
        painter.setFont(small)
        painter.setPen(QColor(VIEWING.ink3))
        shown = QFontMetricsF(small).elidedText(visit, Qt.TextElideMode.ElideRight, max(0.0, box.width()))
        if box.width() > 40 and self._visits:
            painter.drawText(box, centre, shown)
        painter.setOpacity(1.0)


def alignment_words(model: CompareModel) -> tuple[str, bool]:
    """What the chip says and whether it warns; "" while nobody knows."""
    laying = model.laying
    if laying is None:
        return "", False
    if laying.matrix is None:
        return "Not aligned", True
    if model.originals:
        return "Shown as taken", False
    if model.nudged:
        return "Moved by hand", False
    if laying.bent:
        return "Bent to fit", True
    sure = f"Aligned, {100 * laying.confidence:.0f}{NBSP}% sure"
    return {LaidBy.LANDMARKS: "Aligned by landmarks", LaidBy.HAND: "Laid by hand"}.get(laying.by, sure), False


class Seam(QWidget):
    """The 4 px between the panes."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(SEAM_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(VIEWING.line))
