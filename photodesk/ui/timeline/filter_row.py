"""The row above the list: what is shown, how many, how large."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSlider, QWidget

from photodesk.ui.controls.buttons import Button, ButtonKind, LinkButton
from photodesk.ui.controls.dropdown import Dropdown
from photodesk.ui.controls.text import Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.theme import DESK
from photodesk.ui.timeline.geometry import DEFAULT_PX, LARGEST_PX, SMALLEST_PX
from photodesk.ui.timeline.model import TimelineModel
from photodesk.ui.timeline.sections import Filter, site_name
from photodesk.ui.words import counted

ALL = "*"
_SLIDER = f"""
QSlider::groove:horizontal {{ height: 3px; background: {DESK.line2}; border-radius: 1px; }}
QSlider::handle:horizontal {{ width: 14px; height: 14px; margin: -7px 0; border-radius: 8px;
    background: {DESK.panel}; border: 1px solid {DESK.control}; }}
QSlider::handle:horizontal:focus {{ border: 2px solid {DESK.accent}; }}
"""


class FilterRow(QWidget):
    """`changed` carries the new `Filter`, `sized` the width of thumbnails in px, `followed` a series' code.

    `grid_asked`: views and visits.
    """

    changed = Signal(object)
    sized = Signal(object)
    followed = Signal(object)
    grid_asked = Signal()

    def __init__(self, model: TimelineModel) -> None:
        super().__init__()
        self._model = model
        self.setFixedHeight(56)
        row = hbox(self, 8)
        self.site, self.view, self.tag = (Dropdown(name, (), height=32) for name in ("Site", "View", "Tag"))
        for button in (self.site, self.view, self.tag):
            button.setCheckable(True)
            button.picked.connect(self._picked)
            button.clicked.connect(self._light)
            row.addWidget(button)
        self.series = Dropdown("Series", (), height=32)
        self.series.setCheckable(True)
        self.series.picked.connect(lambda code: self.followed.emit("" if code == ALL else code))
        self.series.clicked.connect(self._light)
        row.addWidget(self.series)
        self._clear = LinkButton("Clear filters")
        self._clear.clicked.connect(lambda: self.changed.emit(Filter()))
        row.addSpacing(4)
        row.addWidget(self._clear)
        row.addStretch(1)
        self.grid = Button("", ButtonKind.QUIET, icon="grid-four", key="G", height=32)
        self.grid.setAccessibleName("Views and visits")
        self.grid.setToolTip("Views and visits")
        self.grid.clicked.connect(self.grid_asked)
        row.addWidget(self.grid)
        row.addSpacing(4)
        self._count = Text("", TextRole.SMALL, "ink3")
        row.addWidget(self._count)
        row.addSpacing(12)
        row.addWidget(Icon("image", DESK.ink3, 14))
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(SMALLEST_PX, LARGEST_PX)
        self._slider.setValue(DEFAULT_PX)
        self._slider.setFixedWidth(92)
        self._slider.setStyleSheet(_SLIDER)
        self._slider.setAccessibleName("Size of thumbnails")
        self._slider.valueChanged.connect(self.sized.emit)
        row.addWidget(self._slider)
        row.addWidget(Icon("image", DESK.ink2, 20))

    def refresh(self) -> None:
        """Offer what the chart has and show what is chosen."""
        model, chosen = self._model, self._model.filter
        sites = model.site_choices()
        if chosen.site and chosen.site not in dict(sites):  # a site of the body map around some of them
            sites = (*sites, (chosen.site, site_name(chosen.site)))
        for button, choices, value, words in (
            (self.site, sites, chosen.site, "All sites"),
            (self.view, model.view_choices(), chosen.view, "All views"),
            (self.tag, model.tag_choices(), chosen.tag, "All tags"),
        ):
            button.set_choices(((ALL, words), *choices), value)
            button.setVisible(bool(choices))
        series = model.series
        self.series.set_choices(((ALL, "No series"), *((one.code, one.name) for one in series.protocols)), series.code)
        self.grid.setVisible(model.photo_count > 1)
        self.series.setVisible(bool(series.protocols and model.photo_count))
        self._light()
        self._clear.setVisible(chosen.active)
        shown = len(model.order)
        photos = counted(model.photo_count, "photo")
        if chosen.active:
            photos = f"{shown:,} of {photos}"
        self._count.set_text(f"{counted(model.visit_count, 'visit')} · {photos}")

    def _light(self) -> None:
        for button in (self.site, self.view, self.tag, self.series):
            button.setChecked(bool(button.value) and button.value != ALL)

    def _picked(self, _value: object) -> None:
        site, view, tag = ("" if b.value == ALL else b.value for b in (self.site, self.view, self.tag))
        self.changed.emit(Filter(site, view, tag))
