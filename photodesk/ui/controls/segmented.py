"""One of a few ways, side by side."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

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
        self._hints = self._words = True
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
        self.updateGeometry()
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

    def show_words(self, shown: bool) -> None:
        """Whether every segment has its words, or only the chosen one: icons stay, and say them when pointed at."""
        if shown == self._words:
            return
        self._words = shown
        self.updateGeometry()
        self.update()

    def wide_px(self, *, hints: bool) -> int:
        """How wide it is with all its words, with or without its keys."""
        return round(sum(self._widths(hints, words=True))) + 8

    def _widths(self, hints: bool | None = None, *, words: bool | None = None) -> list[float]:
        hints = self._hints if hints is None else hints
        metrics = QFontMetricsF(font(TextRole.BODY_STRONG))
        return [
            32
            + (24 if icon else 0)
            + metrics.horizontalAdvance(self._said(index) if words is None else label)
            + (hint_width(key) + 8 if key and hints else 0)
            for index, (key, icon, label) in enumerate(self._segments)
        ]

    def _said(self, index: int) -> str:
        return self._segments[index][2] if self._words or index == self._index else ""

    def _at(self, x: float) -> int | None:
        left = 4.0
        for index, width in enumerate(self._widths()):
            if left <= x < left + width:
                return index
            left += width
        return None

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            index = self._at(event.pos().x())
            quiet = index is None or self._said(index) != ""
            QToolTip.showText(event.globalPos(), "" if quiet or index is None else self._segments[index][2], self)
            return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        return QSize(round(sum(self._widths())) + 8, self._height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position().x())
        if index is not None:
            self.choose(index)

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
        for index, ((key, icon, _words), width) in enumerate(zip(self._segments, self._widths(), strict=True)):
            segment = QRectF(left, 4, width, box.height() - 8)
            on = index == self._index
            if on:
                rounded(painter, segment, 6, t.accent_soft if t.name == "viewing" else t.panel)
            ink = t.ink if on else t.control if index in self._resting else t.ink2
            x = left + 16 if self._said(index) else segment.center().x() - 9
            if icon:
                paint_icon(painter, icon, QRectF(x, middle - 9, 18, 18), ink)
                x += 24
            painter.setFont(font(TextRole.BODY_STRONG))
            painter.setPen(QColor(ink))
            text = QRectF(x, 0, width, box.height())
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self._said(index))
            if key and self._hints:
                draw_hint(painter, segment.right() - 12, middle, key, (None, t.line2, ink))
            left += width
        if self.hasFocus():
            draw_focus_ring(painter, box, 8, t.accent)
