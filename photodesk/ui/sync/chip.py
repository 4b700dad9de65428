"""The chip in the top bar: how the clinic server stands, in a few words; a click opens the popover."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from photodesk.ui.controls import Tone
from photodesk.ui.controls.hovering import HoverButton
from photodesk.ui.controls.painting import draw_focus_ring, rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import paint_icon
from photodesk.ui.sync.words import ChipWords
from photodesk.ui.theme import DESK, Theme

HEIGHT_PX, ICON_PX, PADDING_PX = 30, 18, 10


class ServerChip(HoverButton):
    """Hidden while there is no server."""

    def __init__(self, theme: Theme = DESK) -> None:
        super().__init__()
        self._theme = theme
        self._chip = ChipWords("")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFont(font(TextRole.SMALL_STRONG))
        self.hide()

    def show_words(self, chip: ChipWords) -> None:
        """Say something else."""
        self._chip = chip
        self.setText(chip.words)
        self.setAccessibleName(f"Clinic server: {chip.words}")
        self.setFixedSize(self.sizeHint())
        self.setVisible(bool(chip.words))
        self.update()

    def sizeHint(self) -> QSize:
        words = QFontMetricsF(self.font()).horizontalAdvance(self._chip.words)
        return QSize(round(words) + ICON_PX + 8 + 2 * PADDING_PX, HEIGHT_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, t, box = QPainter(self), self._theme, QRectF(self.rect())
        tint, ink, _ = self._chip.tone.value
        plain = self._chip.tone is Tone.PLAIN
        fill = (t.hover if self._hovered else None) if plain else getattr(t, tint)
        if fill:
            rounded(painter, box, 6, fill)
        colour = t.ink if plain else getattr(t, ink)
        paint_icon(painter, self._chip.icon, QRectF(PADDING_PX, 6, ICON_PX, ICON_PX), t.ink2 if plain else colour)
        painter.setFont(self.font())
        painter.setPen(QColor(colour))
        words = box.adjusted(PADDING_PX + ICON_PX + 8, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self._chip.words)
        if self.hasFocus():
            draw_focus_ring(painter, box, 6, t.accent)
