"""How much of B an overlay holds, or how fast the photos change in turn: a slider in the band, for hand and touch."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSlider, QWidget

from photodesk.ui.compare.model import CompareModel
from photodesk.ui.compare.modes import Mode
from photodesk.ui.controls.text import Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import VIEWING
from photodesk.ui.words import NBSP

TALL_PX, WIDE_PX, WORDS_PX = 48, 140, 96
SLOWEST_HZ, FASTEST_HZ = 0.5, 6.0
_STYLE = f"""
QSlider {{ background: transparent; }}
QSlider::groove:horizontal {{ height: 4px; background: {VIEWING.line2}; border-radius: 2px; }}
QSlider::handle:horizontal {{ width: 24px; height: 24px; margin: -11px 0; border-radius: 13px;
    background: {VIEWING.panel}; border: 1px solid {VIEWING.control}; }}
QSlider::handle:horizontal:hover {{ background: {VIEWING.hover}; }}
QSlider::handle:horizontal:focus {{ border: 2px solid {VIEWING.accent}; }}
"""


class DegreeControl(QWidget):
    """Hidden where there is nothing to set. `asked` carries the new share (overlay) or changes a second (blink)."""

    asked = Signal(object)

    def __init__(self, model: CompareModel) -> None:
        super().__init__()
        self._model, self._mode = model, Mode.SIDE_BY_SIDE
        self.setFixedHeight(TALL_PX)
        row = hbox(self, 8)
        self._words = Text("", TextRole.SMALL, "ink2", theme=VIEWING)
        self._words.setFixedWidth(WORDS_PX)
        self._words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setFixedSize(WIDE_PX, TALL_PX)
        self.slider.setStyleSheet(_STYLE)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the page
        self.slider.valueChanged.connect(self._moved)
        row.addWidget(self._words)
        row.addWidget(self.slider)
        self.hide()

    def refresh(self) -> None:
        """Another mode, or another value by key."""
        model, mode = self._model, self._model.mode
        there = mode in {Mode.OVERLAY, Mode.BLINK}
        self.setVisible(there)
        if not there:
            return
        overlay = mode is Mode.OVERLAY
        said = f"{100 * model.opacity:.0f}{NBSP}% of B" if overlay else f"{model.blink_hz:.1f} a second"
        self._words.set_text(said)
        self.slider.blockSignals(True)
        if mode is not self._mode:
            self._mode = mode
            self.slider.setRange(*((0, 100) if overlay else (round(2 * SLOWEST_HZ), round(2 * FASTEST_HZ))))
            self.slider.setPageStep(10 if overlay else 1)
        self.slider.setValue(round(100 * model.opacity if overlay else 2 * model.blink_hz))
        self.slider.blockSignals(False)
        self.slider.setAccessibleName(f"How much of B is seen: {said}" if overlay else f"Changes: {said}")

    def _moved(self, value: int) -> None:
        self.asked.emit(value / 100 if self._mode is Mode.OVERLAY else value / 2)
