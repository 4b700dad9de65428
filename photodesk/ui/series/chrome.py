"""The bar above the grid and the foot below it."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.buttons import Button, ButtonKind
from photodesk.ui.controls.chips import Chip, Tone
from photodesk.ui.controls.dropdown import Dropdown
from photodesk.ui.controls.text import Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.series.model import SeriesModel
from photodesk.ui.theme import VIEWING

TOP_PX, FOOT_PX, ALL = 64, 76, "*"


class SeriesBar(QWidget):
    """64 high: back, who and what, one site or all. `site_chosen` carries a code, "" for all."""

    back = Signal()
    site_chosen = Signal(object)

    def __init__(self, *, demo: bool) -> None:
        super().__init__()
        self.setFixedHeight(TOP_PX)
        row = hbox(self, 12, QMargins(16, 0, 16, 1))
        back = Button("", ButtonKind.QUIET, icon="arrow-left", height=48, theme=VIEWING)
        back.setFixedWidth(48)
        back.setAccessibleName("Back")
        back.clicked.connect(self.back)
        self._name = Text("", TextRole.SUBHEADING, theme=VIEWING, elide=True)
        self._what = Text("", TextRole.SMALL, "ink3", theme=VIEWING, elide=True)
        names = vbox(None, 0)
        names.addStretch(1)
        names.addWidget(self._name)
        names.addWidget(self._what)
        names.addStretch(1)
        self.site = Dropdown("All sites", (), height=48, theme=VIEWING)
        self.site.picked.connect(lambda code: self.site_chosen.emit("" if code == ALL else code))
        row.addWidget(back)
        row.addLayout(names, 1)
        if demo:
            row.addWidget(Chip("DEMO", Tone.WARN, theme=VIEWING))
        row.addWidget(self.site)

    def show_names(self, name: str, what: str) -> None:
        """Who and what."""
        self._name.set_text(name)
        self._what.set_text(what)

    def show_sites(self, sites: tuple[tuple[str, str], ...], chosen: str) -> None:
        """Offer the sites there are; hidden where there is only one."""
        self.site.set_choices(((ALL, "All sites"), *sites), chosen or ALL)
        self.site.setVisible(len(sites) > 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(VIEWING.line))


class SeriesFoot(QWidget):
    """76 high: what the cell with the focus shows or lacks, how many are chosen, and the one next step."""

    compare_asked = Signal()
    clear_asked = Signal()

    def __init__(self, model: SeriesModel) -> None:
        super().__init__()
        self._model = model
        self.setFixedHeight(FOOT_PX)
        row = hbox(self, 12, QMargins(20, 1, 16, 0))
        self._words = Text("", TextRole.BODY, theme=VIEWING, elide=True)
        self._count = Text("", TextRole.SMALL, "ink3", theme=VIEWING)
        self._clear = Button("Clear", ButtonKind.QUIET, key="Esc", height=48, theme=VIEWING)
        self._clear.clicked.connect(self.clear_asked)
        self.compare = Button("Compare", ButtonKind.PRIMARY, key="C", height=48, theme=VIEWING)
        self.compare.clicked.connect(self.compare_asked)
        for button in (self._clear, self.compare):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row.addWidget(self._words, 1)
        for widget in (self._count, self._clear, self.compare):
            row.addWidget(widget)

    def text(self) -> str:
        """What is said of the cell with the focus."""
        return self._words.full_text()

    def refresh(self) -> None:
        """The focus or the choice has changed."""
        model, chosen = self._model, len(self._model.chosen())
        self._words.set_text(model.words(model.focus) if model.focus is not None else "")
        self._count.set_text(f"{chosen} chosen" if chosen else "Choose two to six photos")
        self._clear.setVisible(bool(chosen))
        self.compare.setEnabled(chosen > 1)

    def show_keys(self, shown: bool) -> None:
        """Key plates drop on small screens."""
        self._clear.set_key("Esc" if shown else "")
        self.compare.set_key("C" if shown else "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(VIEWING.panel))
        painter.fillRect(0, 0, self.width(), 1, QColor(VIEWING.line))
