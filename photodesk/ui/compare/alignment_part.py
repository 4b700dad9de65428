"""The side panel's part about alignment: how sure it is, what it took, and what a hand can do instead."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from photodesk.photos.comparison import LaidBy
from photodesk.ui.compare.confidence import ConfidenceBar, alignment_sentences
from photodesk.ui.compare.model import CompareModel
from photodesk.ui.compare.placing import Points
from photodesk.ui.controls.buttons import Button
from photodesk.ui.controls.hints import KeyHint
from photodesk.ui.controls.text import Text, empty, fact_row, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import VIEWING


class AlignmentPart(QWidget):
    """What is said of how B lies. `asked` carries the key whose button was pressed."""

    asked = Signal(object)

    def __init__(self, model: CompareModel) -> None:
        super().__init__()
        self._model = model
        self._points: Points | None = None
        self._moving = False
        self._keys_shown = True
        self._rows = vbox(self, 7)

    @property
    def by_hand(self) -> bool:
        """Whether a hand lays B now."""
        return self._points is not None or self._moving

    def show_keys(self, shown: bool) -> None:
        """Key plates on its buttons, or none where room is short."""
        if shown != self._keys_shown:
            self._keys_shown = shown
            self.refresh()

    def show_hand(self, points: Points | None, *, moving: bool) -> None:
        """What a hand is doing: placing these points, moving B, or nothing."""
        self._points, self._moving = points, moving
        self.refresh()

    def refresh(self) -> None:
        """How B lies on A, how sure that is, and what it took."""
        empty(self._rows)
        laying, model = self._model.laying, self._model
        if laying is None:
            self._rows.addWidget(fact_row("Looking", "", VIEWING))
        else:
            if laying.confidence and laying.by in {LaidBy.ITSELF, LaidBy.NOBODY}:
                self._rows.addWidget(ConfidenceBar(laying.confidence))
            for words in alignment_sentences(laying, math.hypot(*model.sizes()[0])):
                self._say(words)
            if laying.matrix is not None:
                self._rows.addWidget(_switch_row("Originals", "On" if model.originals else "Off", "O"))
        if self._points is not None:
            self._placing(self._points)
        elif self._moving:
            self._say("Drag moves B over A. The wheel or two fingers scale it, [ and ] turn it.")
            self._button("Done", "check-circle", "H")
        else:
            self._offers()

    def _offers(self) -> None:
        laying = self._model.laying
        if laying is None:
            return
        if laying.matrix is None:
            self._button("Place points by hand", "crosshair", "H")
            return
        self._rows.addWidget(_switch_row("By hand", "", "H"))
        if laying.by in {LaidBy.LANDMARKS, LaidBy.HAND}:
            self._button("Align automatically", "arrows-clockwise", "A")

    def _placing(self, points: Points) -> None:
        self._say(points.next_words())
        if points.can_bend or points.bent:
            words = "Do not bend" if points.bent else "Bend skin to fit"
            self._button(words, "waves", "B")
        if points.order:
            self._button("Take last point back", "arrow-counter-clockwise", "⌫")
        self._button("Done", "check-circle", "H")

    def _say(self, words: str) -> None:
        self._rows.addWidget(Text(words, TextRole.SMALL, "ink2", theme=VIEWING, wrap=True))

    def _button(self, words: str, icon: str, key: str) -> None:
        button = Button(words, icon=icon, key=key if self._keys_shown else "", height=48, theme=VIEWING)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda _=False: self.asked.emit(key))
        self._rows.addWidget(button)


def _switch_row(words: str, state: str, key: str) -> QWidget:
    """What a key switches, and how it stands."""
    holder = QWidget()
    row = hbox(holder, 8)
    row.addWidget(Text(words, TextRole.SMALL, "ink3", theme=VIEWING))
    row.addStretch(1)
    row.addWidget(Text(state, TextRole.SMALL, theme=VIEWING))
    row.addWidget(KeyHint(key, theme=VIEWING))
    return holder
