"""How sure an alignment is, as a bar with its threshold and as sentences."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.compare import ALIGNED_FROM
from photodesk.photos.comparison import LaidBy, Rows
from photodesk.ui.compare.laying import Laying
from photodesk.ui.compare.placing import residual_words
from photodesk.ui.controls.painting import rounded
from photodesk.ui.theme import VIEWING
from photodesk.ui.words import NBSP

HIGH_PX, BAR_PX = 14, 6


class ConfidenceBar(QWidget):
    """0 to 1, with a mark where photos are shown aligned from."""

    def __init__(self, confidence: float) -> None:
        super().__init__()
        self._confidence = confidence
        self.setFixedHeight(HIGH_PX)
        self.setAccessibleName(f"{100 * confidence:.0f} % sure")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        top = (HIGH_PX - BAR_PX) / 2
        rounded(painter, QRectF(0, top, self.width(), BAR_PX), BAR_PX / 2, VIEWING.line)
        ink = VIEWING.accent if self._confidence >= ALIGNED_FROM else VIEWING.warn
        rounded(painter, QRectF(0, top, self.width() * self._confidence, BAR_PX), BAR_PX / 2, ink)
        painter.fillRect(QRectF(self.width() * ALIGNED_FROM - 1, 0, 2, HIGH_PX), QColor(VIEWING.ink))


def alignment_sentences(laying: Laying, diagonal_px: float = 0.0) -> tuple[str, ...]:
    """What is said below the bar; `diagonal_px` is A's, for the points' residual."""
    if laying.matrix is None:
        if not laying.confidence:
            return ("Not aligned. Both photos are shown as taken." if laying.looked else "Not measured.",)
        sure, needed = (f"{100 * share:.0f}{NBSP}%" for share in (laying.confidence, ALIGNED_FROM))
        return (f"Too little in common: {sure} sure, {needed} needed. Both photos are shown as taken.",)
    turned, scaled = turn_and_scale(laying.matrix)
    moved = f"Turned {abs(turned):.1f}°, scaled {abs(scaled - 1) * 100:.1f}{NBSP}%."
    if laying.by is LaidBy.ITSELF:
        sure, needed = (f"{100 * share:.0f}{NBSP}%" for share in (laying.confidence, ALIGNED_FROM))
        return f"{sure} sure. Shown aligned from {needed}.", moved
    if laying.bent:
        return (
            f"Skin is bent through {len(laying.landmarks)} points to fit. For looking only, not for measuring.",
            moved,
        )
    if laying.landmarks:
        return residual_words(laying, diagonal_px), moved
    return f"{laying.by.value.capitalize()}.", moved


def turn_and_scale(matrix: Rows) -> tuple[float, float]:
    """Degrees and factor of what the mapping does in the middle, perspective aside."""
    (a, b, _), (c, d, _), _ = matrix
    return math.degrees(math.atan2(c - b, a + d)), math.sqrt(abs(a * d - b * c))
