"""The band below a presented pair: ways to look, zoom, End. 118 high; what it says stays, its buttons come and go."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.compare.modes import SEGMENTS, Mode
from photodesk.ui.controls.buttons import Button, ButtonKind
from photodesk.ui.controls.chips import Chip, Tone
from photodesk.ui.controls.painting import rounded
from photodesk.ui.controls.text import Line, Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import VIEWING

BAND_PX, CONTROL_PX, EDGE_PX, WIDER_PX = 118, 56, 40, 8
MODES = (Mode.SIDE_BY_SIDE, Mode.CURTAIN, Mode.OVERLAY, Mode.BLINK)
ZOOM = 1.25


class _Controls(QWidget):
    """The plate with the buttons."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        rounded(QPainter(self), QRectF(self.rect()), 10, VIEWING.panel, VIEWING.line)


class PresentBand(QWidget):
    """`mode_chosen` carries a `Mode`, `zoomed` a factor."""

    mode_chosen = Signal(object)
    zoomed = Signal(object)
    fit_asked = Signal()
    end_asked = Signal()

    def __init__(self, *, demo: bool = False) -> None:
        super().__init__()
        self.setFixedHeight(BAND_PX)
        row = hbox(self, 16, QMargins(EDGE_PX, 0, EDGE_PX, 0))
        self._left, self._right = (
            Text("", TextRole.PRESENTING, theme=VIEWING),
            Text("", TextRole.PRESENTING, theme=VIEWING),
        )
        self._note = Text("", TextRole.SMALL, "ink2", theme=VIEWING)
        left = hbox(None, 16)
        left.addWidget(self._left)
        if demo:
            left.addWidget(Chip("DEMO", Tone.WARN, theme=VIEWING))
        left.addStretch(1)
        right = vbox(None, 2)
        right.addStretch(1)
        for words in (self._right, self._note):
            words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            right.addWidget(words)
        right.addStretch(1)
        self._note.hide()
        self._modes = [self._button(icon, words) for _key, icon, words in SEGMENTS[: len(MODES)]]
        self.controls = self._make_controls()
        policy = self.controls.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.controls.setSizePolicy(policy)
        row.addLayout(left, 1)
        row.addWidget(self.controls, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(right, 1)

    def _make_controls(self) -> QWidget:
        plate = _Controls()
        row = hbox(plate, 8, QMargins(4, 4, 4, 4))
        for button, mode in zip(self._modes, MODES, strict=True):
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, m=mode: self.mode_chosen.emit(m))
            row.addWidget(button)
        self._line(row)
        for icon, name, factor in (("minus", "Zoom out", 1 / ZOOM), ("plus", "Zoom in", ZOOM)):
            button = self._button(icon, "", name)
            button.clicked.connect(lambda _checked=False, f=factor: self.zoomed.emit(f))
            row.addWidget(button)
        fit = self._button("arrows-out-simple", "", "Fit")
        fit.clicked.connect(lambda _checked=False: self.fit_asked.emit())
        row.addWidget(fit)
        self._line(row)
        end = self._button("lock-simple", "End")
        end.clicked.connect(lambda _checked=False: self.end_asked.emit())
        row.addWidget(end)
        return plate

    @staticmethod
    def _button(icon: str, words: str, name: str = "") -> Button:
        button = Button(words, ButtonKind.QUIET, icon=icon, height=CONTROL_PX, theme=VIEWING)
        button.setAccessibleName(name or words)
        button.setFixedWidth(button.sizeHint().width() + 2 * WIDER_PX if words else CONTROL_PX)
        return button

    @staticmethod
    def _line(row: object) -> None:
        line = Line(vertical=True, theme=VIEWING)
        line.setFixedHeight(28)
        row.addWidget(line)  # type: ignore[attr-defined]

    def show_modes(self, shown: bool) -> None:
        """Whether there are ways to choose from."""
        for button in self._modes:
            button.setVisible(shown)

    def show_mode(self, mode: Mode) -> None:
        """Which way is chosen."""
        for button, each in zip(self._modes, MODES, strict=True):
            button.setChecked(each is mode)

    def show_in_turn(self, b_seen: bool | None) -> None:
        """The photos change in turn: the word for the one that is not seen now steps back."""
        self._left.set_ink("ink3" if b_seen else "ink")
        self._right.set_ink("ink3" if b_seen is False else "ink")

    def say(self, ends: tuple[str, str], note: str) -> None:
        """The words at both ends, and what has to be said of the pair."""
        self._left.set_text(ends[0])
        self._right.set_text(ends[1])
        self._note.set_text(note)
        self._note.setVisible(bool(note))
