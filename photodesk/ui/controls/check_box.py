"""A check box: the tick says it, not the colour alone."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton

from photodesk.ui.controls.painting import draw_focus_ring, rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import paint_icon
from photodesk.ui.theme import DESK, Theme

HEIGHT_PX, BOX_PX, GAP_PX, EDGE_PX = 32, 18, 10, 6


class CheckBox(QAbstractButton):
    """The whole row is the target."""

    def __init__(self, text: str, *, theme: Theme = DESK) -> None:
        super().__init__()
        self._theme = theme
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFont(font(TextRole.BODY_STRONG))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        words = QFontMetricsF(self.font()).horizontalAdvance(text)
        self.setFixedSize(QSize(round(words) + BOX_PX + GAP_PX + 2 * EDGE_PX + 2, HEIGHT_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, t = QPainter(self), self._theme
        box = QRectF(EDGE_PX, (HEIGHT_PX - BOX_PX) / 2, BOX_PX, BOX_PX)
        rounded(painter, box, 4, t.accent if self.isChecked() else t.panel, t.accent if self.isChecked() else t.control)
        if self.isChecked():
            paint_icon(painter, "check-bold", box.adjusted(3, 3, -3, -3), t.on_accent)
        painter.setFont(self.font())
        painter.setPen(QColor(t.ink))
        words = QRectF(self.rect()).adjusted(EDGE_PX + BOX_PX + GAP_PX, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()), 6, t.accent)
