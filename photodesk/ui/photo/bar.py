"""The bar above a photo: back, what it is, previous and next, zoom."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QWidget

from photodesk.ui.compare.zoom_control import ZoomControl
from photodesk.ui.controls.buttons import Button, ButtonKind
from photodesk.ui.controls.chips import Chip, Tone
from photodesk.ui.controls.text import Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import VIEWING


class PhotoBar(QWidget):
    """`stepped` carries −1 or 1."""

    back = Signal()
    stepped = Signal(object)

    def __init__(self, *, demo: bool = False) -> None:
        super().__init__()
        self.setFixedHeight(64)
        row = hbox(self, 12, QMargins(16, 0, 16, 0))
        back = Button("", ButtonKind.QUIET, icon="arrow-left", height=48, theme=VIEWING)
        back.setFixedWidth(48)
        back.setAccessibleName("Back")
        back.clicked.connect(self.back)
        names = vbox(None, 0)
        self._title = Text("", TextRole.SUBHEADING, theme=VIEWING)
        self._when = Text("", TextRole.SMALL, "ink3", theme=VIEWING)
        names.addStretch(1)
        names.addWidget(self._title)
        names.addWidget(self._when)
        names.addStretch(1)
        row.addWidget(back)
        row.addLayout(names)
        row.addStretch(1)
        if demo:
            row.addWidget(Chip("DEMO", Tone.WARN, theme=VIEWING))
        for icon, name, by in (("caret-left", "Previous photo", -1), ("caret-right", "Next photo", 1)):
            button = Button("", icon=icon, height=48, theme=VIEWING)
            button.setFixedWidth(48)
            button.setAccessibleName(name)
            button.clicked.connect(lambda _=False, step=by: self.stepped.emit(step))
            row.addWidget(button)
        row.addSpacing(8)
        self.zoom = ZoomControl()
        row.addWidget(self.zoom)

    def show_words(self, title: str, when: str) -> None:
        """What is shown and of when."""
        self._title.set_text(title)
        self._when.set_text(when)
