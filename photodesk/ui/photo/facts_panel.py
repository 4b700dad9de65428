"""The column beside a photo: what is known about how it was made."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QWidget

from photodesk.photos import Photo
from photodesk.ui.controls.hints import KeyHint
from photodesk.ui.controls.text import Text, empty, fact_row, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import VIEWING
from photodesk.ui.timeline.sections import capture_facts
from photodesk.ui.words import size_words

WIDE_PX, NARROW_PX = 304, 248
_HINTS = (
    ("Next, previous", "← →"),
    ("Own pixels", "1"),
    ("Fit", "0"),
    ("Measure", "M"),
    ("Surround", "G"),
    ("Facts", "Ctrl D"),
)


class FactsPanel(QWidget):
    """Facts about one photo."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(f"QWidget#side {{ background: {VIEWING.panel}; }}")
        column = vbox(self, 8, QMargins(20, 18, 20, 18))
        column.addWidget(Text("This photo", TextRole.LABEL, "ink2", theme=VIEWING))
        self._rows = vbox(None, 8)
        column.addLayout(self._rows)
        column.addStretch(1)
        for words, key in _HINTS:
            line = hbox()
            line.addWidget(Text(words, TextRole.SMALL, "ink3", theme=VIEWING))
            line.addStretch(1)
            line.addWidget(KeyHint(key, theme=VIEWING))
            column.addLayout(line)

    def show_photo(self, photo: Photo, colours: str = "") -> None:
        """Its facts; what is not known is left out. `colours`: what is done to them for the screen."""
        empty(self._rows)
        lines = [*capture_facts(photo), ("Size", size_words(sum(o.size_bytes for o in photo.originals)))]
        if photo.tags:
            lines.append(("Tags", ", ".join(photo.tags)))
        if colours:
            lines.append(("Colours", colours))
        for label, words in lines:
            self._rows.addWidget(fact_row(label, words, VIEWING))
