"""One of a few ways, side by side."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from photodesk.ui.controls.painting import draw_focus_ring, draw_hint, hint_width, rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import paint_icon
from photodesk.ui.theme import VIEWING, Theme


class SegmentedControl(QWidget):
    """Segments as (key, icon, words); `chosen` carries the index. Keys drop below `hints_from_px` of window width."""

    chosen = Signal(object)

    def __init__(
        self,
        name: str,
        segments: tuple[tuple[str, str, str], ...],
        *,
        height: int = 50,
        theme: Theme = VIEWING,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._segments, self._theme, self._height, self._index = segments, theme, height, 0
        self._hints = True
        self._resting: frozenset[int] = frozenset()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def index(self) -> int:
        """The chosen segment."""
        return self._index

    def choose(self, index: int) -> None:
        """Choose a segment ; emits `chosen` on change."""
        if not 0 <= index < len(self._segments) or index == self._index:
            return
        self._index = index
        self.update()
        self.chosen.emit(index)

    def rest(self, resting: frozenset[int]) -> None:
        """Segments that have nothing to show now: drawn quiet; choosing one is still told why by whoever listens."""
        if resting != self._resting:
            self._resting = resting
            self.update()

    def show_hints(self, shown: bool) -> None:
        """Whether keys are drawn (hidden below 1440 px)."""
        if shown == self._hints:
            return
        self._hints = shown
        self.updateGeometry()
        self.update()

    def wide_px(self, *, hints: bool) -> int:
        """How wide it is with or without its keys."""
        return round(sum(self._widths(hints))) + 8

    def _widths(self, hints: bool | None = None) -> list[float]:
        hints = self._hints if hints is None else hints
        metrics = QFontMetricsF(font(TextRole.BODY_STRONG))
        return [
            32 + (24 if icon else 0) + metrics.horizontalAdvance(words) + (hint_width(key) + 8 if key and hints else 0)
            for key, icon, words in self._segments
        ]

    def sizeHint(self) -> QSize:
        return QSize(round(sum(self._widths())) + 8, self._height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = 4.0
        for index, width in enumerate(self._widths()):
            if left <= event.position().x() < left + width:
                self.choose(index)
            left += width

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step:
            self.choose(self._index + step)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, t = QPainter(self), self._theme
        box = QRectF(self.rect())
        rounded(painter, box, 8, t.sunk, t.line)
        left, middle = 4.0, box.height() / 2
        for index, ((key, icon, words), width) in enumerate(zip(self._segments, self._widths(), strict=True)):
            segment = QRectF(left, 4, width, box.height() - 8)
            on = index == self._index
            if on:
                rounded(painter, segment, 6, t.accent_soft if t.name == "viewing" else t.panel)
            ink = t.ink if on else t.control if index in self._resting else t.ink2
            x = left + 16
            if icon:
                paint_icon(painter, icon, QRectF(x, middle - 9, 18, 18), ink)
                x += 24
            painter.setFont(font(TextRole.BODY_STRONG))
            painter.setPen(QColor(ink))
            text = QRectF(x, 0, width, box.height())
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, words)
            if key and self._hints:
                draw_hint(painter, segment.right() - 12, middle, key, (None, t.line2, ink))
            left += width
        if self.hasFocus():
            draw_focus_ring(painter, box, 8, t.accent)
