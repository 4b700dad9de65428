"""Minus, percent, plus and fit in one outline; the same on every screen that zooms a photo."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.buttons import Button, ButtonKind
from photodesk.ui.controls.painting import rounded
from photodesk.ui.controls.text import Line, Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import VIEWING
from photodesk.ui.words import NBSP


class ZoomControl(QWidget):
    """`zoomed` carries a factor."""

    zoomed = Signal(object)
    fit_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(52)
        row = hbox(self, 0, QMargins(2, 2, 2, 2))
        self._out, self._in = (
            Button("", ButtonKind.QUIET, icon=icon, height=48, theme=VIEWING) for icon in ("minus", "plus")
        )
        self._percent = Text("", TextRole.BODY_STRONG, theme=VIEWING)
        self._percent.setFixedWidth(56)
        self._percent.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._fit = Button("Fit", ButtonKind.QUIET, key="0", height=48, theme=VIEWING)
        for button, name, factor in ((self._out, "Zoom out", 0.8), (self._in, "Zoom in", 1.25)):
            button.setAccessibleName(name)
            button.setFixedWidth(48)
            button.clicked.connect(lambda _=False, f=factor: self.zoomed.emit(f))
        self._fit.clicked.connect(self.fit_asked)
        line = Line(vertical=True, theme=VIEWING)
        line.setFixedHeight(28)
        for widget in (self._out, self._percent, self._in, line, self._fit):
            row.addWidget(widget)

    def show_percent(self, percent: float) -> None:
        """How large the photo is shown, of its own pixels; 0 where there is nothing to zoom."""
        self._percent.set_text(f"{percent:.0f}{NBSP}%" if percent else "")
        for button in (self._out, self._in, self._fit):
            button.setEnabled(bool(percent))

    def show_keys(self, shown: bool) -> None:
        """Key plates drop on small screens."""
        self._fit.set_key("0" if shown else "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        rounded(QPainter(self), QRectF(self.rect()), 8, VIEWING.panel, VIEWING.line2)
