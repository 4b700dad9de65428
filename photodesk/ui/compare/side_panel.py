"""The side panel: days apart, how comparable the pair is, and how each photo was taken. Measured and stated."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from photodesk.compare import Measure, Verdict, ratio_words
from photodesk.compare.light_match import Source
from photodesk.ui.compare.alignment_part import AlignmentPart
from photodesk.ui.compare.model import SURROUND_NAMES, CompareModel, Side
from photodesk.ui.compare.placing import Points
from photodesk.ui.controls.hints import KeyHint
from photodesk.ui.controls.text import Line, Text, empty, fact_row, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import VIEWING
from photodesk.ui.timeline.sections import NOT_RECORDED, capture_facts
from photodesk.ui.words import day_words

WIDE_PX, NARROW_PX, EDGE_PX, LAID_OUT_MS = 304, 248, 20, 50
_VERDICTS = {Verdict.NEAR: "near", Verdict.DIFFERS: "differs", Verdict.DIFFERS_A_LOT: "differs a lot"}
_NAMES = {
    "scale": "Scale",
    "rotation": "Rotation",
    "focal_length": "Focal length",
    "distance": "Distance",
    "resolution": "Pixels",
    "exposure": "Exposure",
    "white_balance": "White balance",
    "sharpness": "Sharpness",
}
_BY = {Source.SKIN: "skin", Source.PATCH: "a grey patch", Source.CHART: "a chart"}
_FROM_CAMERA = {"focal_length", "distance"}


class SidePanel(QWidget):
    """Facts about one pair."""

    def __init__(self, model: CompareModel) -> None:
        super().__init__()
        self._model = model
        self.setFixedWidth(WIDE_PX)
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(f"QWidget#side {{ background: {VIEWING.panel}; }}")
        whole = vbox(self, 0, QMargins(0, 0, 0, 16))
        self._area, column = _scrolled()
        whole.addWidget(self._area, 1)
        self._lead = vbox(None)
        column.addLayout(self._lead)
        self._between = QWidget()
        column.addWidget(self._between)
        between = vbox(self._between)
        self._when = Text("Time between", TextRole.LABEL, "ink2", theme=VIEWING)
        self._interval = Text("", TextRole.FIGURE, theme=VIEWING)
        self._days = Text("", TextRole.SMALL, "ink2", theme=VIEWING, wrap=True)
        between.addWidget(self._when)
        between.addSpacing(2)
        between.addWidget(self._interval)
        between.addSpacing(4)
        between.addWidget(self._days)
        between.addSpacing(16)
        between.addWidget(Line(theme=VIEWING))
        self.alignment = AlignmentPart(model)
        self._part(column, "Alignment").addWidget(self.alignment)
        column.addWidget(Line(theme=VIEWING))
        self._comparable = self._part(column, "How comparable")
        column.addWidget(Line(theme=VIEWING))
        self._taken = {side: self._part(column, f"Photo {side.value}") for side in Side}
        column.addStretch(1)
        self._colours_row = fact_row("Colours", "", VIEWING)
        self._colours_row.setContentsMargins(EDGE_PX, 8, EDGE_PX, 0)
        self._colours_row.hide()
        whole.addWidget(self._colours_row)
        self._colours = self._colours_row.findChildren(Text)[-1]
        self._light = self._switch(whole, "Colour match", "Off", "K")
        self._surround = self._switch(whole, "Surround", SURROUND_NAMES[0], "G")

    @staticmethod
    def _switch(whole: QVBoxLayout, words: str, state: str, key: str) -> Text:
        """A row at the foot: what a key switches; the text that says how it stands."""
        foot = hbox(None, 8, QMargins(EDGE_PX, 8, EDGE_PX, 0))
        foot.addWidget(Text(words, TextRole.SMALL, "ink3", theme=VIEWING))
        foot.addStretch(1)
        said = Text(state, TextRole.SMALL, theme=VIEWING)
        foot.addWidget(said)
        foot.addWidget(KeyHint(key, theme=VIEWING))
        whole.addLayout(foot)
        return said

    def show_colours(self, words: str) -> None:
        """What is done to the colours of both photos; "" for nothing."""
        if words != self._colours.full_text():
            self._colours.set_text(words)
            self._colours_row.setVisible(bool(words))

    @staticmethod
    def _part(column: QVBoxLayout, title: str) -> QVBoxLayout:
        column.addSpacing(14)
        column.addWidget(Text(title, TextRole.LABEL, "ink2", theme=VIEWING))
        column.addSpacing(8)
        rows = vbox(None, 7)
        column.addLayout(rows)
        column.addSpacing(14)
        return rows

    def put_lead(self, part: QWidget) -> None:
        """A part that stands first."""
        self._lead.addWidget(part)

    def show_interval(self, shown: bool) -> None:
        """The time between as the first part: the seam says it too."""
        self._between.setVisible(shown)

    def set_narrow(self, narrow: bool) -> None:
        """248 px instead of 304."""
        self.setFixedWidth(NARROW_PX if narrow else WIDE_PX)
        self.alignment.show_keys(not narrow)

    def show_surround(self) -> None:
        """Name the surround."""
        self._surround.set_text(SURROUND_NAMES[self._model.surround])

    def show_light(self) -> None:
        """Whether B is shown in A's light."""
        light = self._model.light
        self._light.set_text("Off" if light is None else f"On, by {_BY[light.source]}")

    def show_hand(self, points: Points | None, *, moving: bool) -> None:
        """What a hand that lays photos does next, and in sight."""
        self.alignment.show_hand(points, moving=moving)
        self._keep_hand_in_sight()

    def show_alignment(self) -> None:
        """How B lies on A, how sure that is, and what it took."""
        self.alignment.refresh()
        if self.alignment.by_hand:
            self._keep_hand_in_sight()

    def _keep_hand_in_sight(self) -> None:
        QTimer.singleShot(LAID_OUT_MS, self, lambda: self._area.ensureWidgetVisible(self.alignment, 0, 16))

    def refresh(self) -> None:
        """The pair has changed: facts now, measures when they come."""
        model = self._model
        self._interval.set_text(model.interval())
        a, b = model.frame(Side.A), model.frame(Side.B)
        self._days.set_text(f"{day_words(a.visit.day)} → {day_words(b.visit.day)}" if a and b else "")
        self.show_measures(None)
        for side, frame in ((Side.A, a), (Side.B, b)):
            rows = self._taken[side]
            empty(rows)
            for label, words in capture_facts(frame.photo) if frame else ():
                self._line(rows, label, words)

    def show_measures(self, measures: tuple[Measure, ...] | None) -> None:
        """How far apart; None while measuring."""
        empty(self._comparable)
        if not measures:
            self._line(self._comparable, "Measuring" if measures is None else "Not measured", "")
            return
        found = {each.name: each for each in measures}
        for name, words in _NAMES.items():
            each = found.get(name)
            if each is not None and each.verdict is not None:
                told = f"{value_words(each)}{_VERDICTS[each.verdict]}"
                self._line(self._comparable, words, told, strong=each.verdict is not Verdict.NEAR)
            elif each is not None:
                self._line(self._comparable, words, "too few pixels", strong=False)
            elif name in _FROM_CAMERA:
                self._line(self._comparable, words, NOT_RECORDED, strong=False)

    @staticmethod
    def _line(rows: QVBoxLayout, label: str, words: str, *, strong: bool = True) -> None:
        rows.addWidget(fact_row(label, words, VIEWING, "ink" if strong else "ink2"))


def _scrolled() -> tuple[QScrollArea, QVBoxLayout]:
    """The area facts scroll in, and their column: as wide with a scroll bar as without, it ends where the foot does."""
    area, inside = QScrollArea(), QWidget()
    area.setWidgetResizable(True)
    area.setAccessibleName("Facts of the pair")
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    inside.setObjectName("scrolled")
    area.setWidget(inside)
    column = vbox(inside, 0, QMargins(EDGE_PX, 18, EDGE_PX, 8))
    bar = area.verticalScrollBar()

    def keep_width(_least: int, most: int) -> None:
        column.setContentsMargins(EDGE_PX, 18, EDGE_PX - (bar.sizeHint().width() if most else 0), 8)

    bar.rangeChanged.connect(keep_width)
    return area, column


def value_words(each: Measure) -> str:
    """The number before the verdict, where it says something: `× 1.32 · `."""
    if each.unit == "ratio" and abs(each.value - 1) >= 0.005:
        return f"{ratio_words(each.value)} · "
    if each.unit == "stops" and abs(each.value) >= 0.05:
        return f"{'+' if each.value > 0 else '−'}{abs(each.value):.1f} stops · "
    if each.unit == "degrees":
        return f"{each.value:.0f}° · "
    return ""
