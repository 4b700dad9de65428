"""A list row: the whole row is the target, a line below, selected is accent soft."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from photodesk.ui.controls.hovering import HoverButton
from photodesk.ui.controls.painting import draw_focus_ring, rounded
from photodesk.ui.controls.text import hbox
from photodesk.ui.theme import DESK, Theme


class Row(HoverButton):
    """A clickable row; `row` takes its contents. Checked means selected. `focused` is told when the focus comes."""

    focused = Signal()

    def __init__(
        self,
        name: str,
        height: int = 52,
        *,
        theme: Theme = DESK,
        line: bool = True,
        padding_px: int = 20,
        radius_px: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._line, self._radius_px = theme, line, radius_px
        self.setAccessibleName(name)
        self.setFixedHeight(height)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.row = hbox(self, 12, QMargins(padding_px, 0, padding_px, 0))

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Append a widget that lets the mouse through to the row."""
        if not isinstance(widget, QAbstractButton):
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.row.addWidget(widget, stretch)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, t, box = QPainter(self), self._theme, QRectF(self.rect())
        if self.isChecked():
            rounded(painter, box, self._radius_px, t.accent_soft)
        elif self._hovered and self.isEnabled():
            rounded(painter, box, self._radius_px, t.hover)
        if self._line:
            painter.fillRect(QRectF(0, box.height() - 1, box.width(), 1), QColor(t.line))
        if self.hasFocus() and not self.isChecked():
            draw_focus_ring(painter, box, max(4, self._radius_px), t.accent)
