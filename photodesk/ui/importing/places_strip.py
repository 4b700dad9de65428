"""Site and view for the photos chosen, or for the whole group: `S`, `V`, and a digit for what was used before."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from photodesk.importing.shot_marks import Place
from photodesk.photos import STANDARD_VIEWS
from photodesk.ui.body.site_popover import SitePopover
from photodesk.ui.controls import Button, ButtonKind, Text, empty, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.importing.recent_places import place_words
from photodesk.ui.timeline.choice_popover import ChoicePopover

HEIGHT_PX = 32


class PlacesStrip(QWidget):
    """`placed` carries (site or None, view or None): codes, "" takes one away."""

    placed = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.recent: tuple[Place, ...] = ()
        self.setFixedHeight(HEIGHT_PX)
        row = hbox(self, 8)
        self._words = Text("", TextRole.SMALL, "ink2")
        row.addWidget(self._words)
        self.site = Button("Site", key="S", height=HEIGHT_PX)
        self.view = Button("View", key="V", height=HEIGHT_PX)
        self.site.clicked.connect(self.ask_site)
        self.view.clicked.connect(self.ask_view)
        row.addWidget(self.site)
        row.addWidget(self.view)
        self._recent = hbox(None, 4)
        row.addLayout(self._recent)
        row.addStretch(1)

    def show_choice(self, chosen: int, whole: int) -> None:
        """How many photos a choice would be for."""
        self._words.set_text(f"{chosen:,} chosen" if chosen else "Whole group" if whole else "")
        for button in (self.site, self.view):
            button.setEnabled(bool(chosen or whole))

    def show_recent(self, recent: tuple[Place, ...]) -> None:
        """What one digit chooses."""
        if recent == self.recent:
            return
        self.recent = recent
        empty(self._recent)
        for number, place in enumerate(recent, start=1):
            button = Button(place_words(place), ButtonKind.QUIET, key=str(number), height=HEIGHT_PX)
            button.clicked.connect(partial(self.take_recent, number))
            self._recent.addWidget(button)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Only what there is room for is shown; its digit holds all the same."""
        left = self._words.sizeHint().width() + self.site.sizeHint().width() + self.view.sizeHint().width() + 40
        for at in range(self._recent.count()):
            item = self._recent.itemAt(at)
            widget = item.widget() if item is not None else None
            if widget is not None:
                left += widget.sizeHint().width() + 4
                widget.setVisible(left <= self.width())

    def take_recent(self, number: int, _checked: bool = False) -> bool:
        """Choose what digit `number` stands for; False where there is none."""
        if not 1 <= number <= len(self.recent):
            return False
        place = self.recent[number - 1]
        self.placed.emit(place.site, place.view)
        return True

    def ask_site(self) -> None:
        """Choose a body site: by digit, by typing, on the body."""
        if self.site.isEnabled():
            popover = SitePopover(self.site, tuple(dict.fromkeys(one.site for one in self.recent if one.site)))
            popover.chosen.connect(lambda code: self.placed.emit(code, None))
            popover.open()

    def ask_view(self) -> None:
        """Choose a standard view by digit or by typing."""
        if self.view.isEnabled():
            recent = tuple(dict.fromkeys(one.view for one in self.recent if one.view))
            names = {view.code: view.name for view in STANDARD_VIEWS}
            order = dict.fromkeys((*(code for code in recent if code in names), *names))
            choices = (*((code, names[code]) for code in order), ("", "No view"))
            popover = ChoicePopover(self.view, "View", choices, digits=len(recent))
            popover.chosen.connect(lambda code: self.placed.emit(None, code))
            popover.open()
