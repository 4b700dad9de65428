"""What a time-lapse is seen on: a head with the date, one canvas, and a band with play, speed, scrubber and zoom."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.compare.photo_canvas import PhotoCanvas
from photodesk.ui.compare.time_lapse_model import LapseModel
from photodesk.ui.compare.time_lapse_scrubber import LapseScrubber
from photodesk.ui.compare.zoom_control import ZoomControl
from photodesk.ui.controls.buttons import Button
from photodesk.ui.controls.chips import Chip, Tone
from photodesk.ui.controls.text import Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import VIEWING

HEAD_PX, BAND_PX, LOW_BAND_PX, NARROW_BELOW_PX = 44, 120, 104, 1440


class LapseView(QWidget):
    """44 high over the canvas: place in the series, date, visit; how long after the first; whether it lies on it."""

    def __init__(self, model: LapseModel) -> None:
        super().__init__()
        self._model = model
        self.canvas = PhotoCanvas("Time-lapse")
        self._head = QWidget()
        self._head.setFixedHeight(HEAD_PX)
        self._head.setObjectName("panel")
        self._head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = hbox(self._head, 12, QMargins(16, 0, 16, 0))
        self._place = Chip("", Tone.PLAIN, theme=VIEWING)
        self._day = Text("", TextRole.SUBHEADING, theme=VIEWING)
        self._visit = Text("", TextRole.SMALL, "ink3", theme=VIEWING, elide=True)
        self._since = Text("", TextRole.SMALL_STRONG, theme=VIEWING)
        self._laid = Chip("", theme=VIEWING)
        row.addWidget(self._place)
        row.addWidget(self._day)
        row.addWidget(self._visit, 1)
        row.addWidget(self._since)
        row.addWidget(self._laid)
        column = vbox(self)
        column.addWidget(self._head)
        column.addWidget(self.canvas, 1)

    def laid_words(self) -> str:
        """What the chip says."""
        return self._laid.accessibleName() if self._laid.isVisibleTo(self) else ""

    def refresh(self) -> None:
        """Another frame is seen, or more is known of it."""
        model = self._model
        self._place.show_state(model.place_words(), Tone.PLAIN)
        self._day.set_text(model.day_words())
        self._visit.set_text(model.visit_words())
        self._since.set_text(model.since_words())
        words, warns = model.laid_words()
        self._laid.setVisible(bool(words))
        if words:
            self._laid.show_state(words, Tone.WARN if warns else Tone.OK)
        said = (model.day_words(), model.place_words(), model.since_words(), words)
        self.setAccessibleName(", ".join(filter(None, said)))


class LapseBand(QWidget):
    """120 high: play or pause, how fast, the scrubber, the zoom."""

    play_asked = Signal()
    speed_asked = Signal()

    def __init__(self, model: LapseModel) -> None:
        super().__init__()
        self._model, self._low = model, False
        row = hbox(self, 12, QMargins(16, 1, 16, 0))
        self.play = Button("Play", icon="play", key="Space", height=48, theme=VIEWING)
        self.play.clicked.connect(self.play_asked)
        self.speed = Button("", key=". ,", height=48, theme=VIEWING)
        self.speed.clicked.connect(self.speed_asked)
        self.scrubber, self.zoom = LapseScrubber(model), ZoomControl()
        for widget in (self.play, self.speed):
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(widget)
        row.addWidget(self.scrubber, 1)
        row.addWidget(self.zoom, 0, Qt.AlignmentFlag.AlignVCenter)
        self.fit_to(NARROW_BELOW_PX)

    def fit_to(self, width_px: int) -> None:
        """Labels drop before targets shrink."""
        self._low = width_px < NARROW_BELOW_PX
        self.setFixedHeight(LOW_BAND_PX if self._low else BAND_PX)
        self.play.set_key("" if self._low else "Space")
        self.speed.set_key("" if self._low else ". ,")
        self.zoom.show_keys(not self._low)

    def refresh(self) -> None:
        """Another frame, or playing began or ended."""
        words = "Pause" if self._model.playing else "Play"
        self.play.set_text(words)
        self.play.set_icon_name("pause" if self._model.playing else "play")
        self.speed.set_text(self._model.rate_words())
        self.speed.setAccessibleName(f"Speed: {self._model.rate_words()}")
        self.scrubber.refresh()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(self.rect()), QColor(VIEWING.bg))
        painter.fillRect(0, 0, self.width(), 1, QColor(VIEWING.line))
