"""The body in the patient's column: a count at every site that has photos; a click shows only what lies there."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from photodesk.photos import body_site, within
from photodesk.ui.body.figures import TABS
from photodesk.ui.body.site_map import Placed, SiteMap
from photodesk.ui.controls.buttons import LinkButton
from photodesk.ui.controls.text import Text, hbox, vbox
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.timeline.model import SiteCount
from photodesk.ui.words import counted

MAP_PX = 190


class BodyMap(QWidget):
    """`chosen` carries the code of the site clicked, empty where it was chosen already."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: Mapping[str, int] = {}
        self._site, self._tab = "", TABS[0]
        column = vbox(self, 2)
        self.map = SiteMap()
        self.map.setFixedHeight(MAP_PX)
        self.map.chosen.connect(self._clicked)
        self.map.pointed.connect(self._name)
        column.addWidget(self.map)
        self._named = Text("", TextRole.LABEL, "ink3", elide=True)
        self._named.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._named.setFixedHeight(18)
        column.addWidget(self._named)
        row = hbox(None, 0)
        self.tabs: dict[str, LinkButton] = {}
        for name, _ in TABS:
            link = LinkButton(name)
            link.setFont(font(TextRole.LABEL))
            link.set_plain(name != self._tab[0])
            link.setAccessibleName(f"{name} on the body map")
            link.clicked.connect(lambda _=False, wanted=name: self.show_tab(wanted))
            self.tabs[name] = link
            row.addWidget(link)
        column.addLayout(row)

    def show_counts(self, counts: tuple[SiteCount, ...], site: str) -> None:
        """Show counts; `site` is the one filtered by."""
        self._counts, self._site = {each.code: each.count for each in counts}, site
        self.map.show_sites(site, self._counts)

    def show_tab(self, name: str) -> None:
        """Another part of the body."""
        self._tab = next(tab for tab in TABS if tab[0] == name)
        for tab, link in self.tabs.items():
            link.set_plain(tab != name)
        self._place()

    def badges(self) -> list[tuple[str, int]]:
        """(code, count) of what is shown on the drawings."""
        return [(code, count) for code, count, _ in self.map.badges()]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        names = self._tab[1]
        columns = 2 if len(names) > 1 else 1
        rows = -(-len(names) // columns)
        wide, high = self.width() / columns, (MAP_PX - 6) / rows
        self.map.place(
            tuple(
                Placed(name, QRectF((at % columns) * wide + 4, 3 + (at // columns) * high, wide - 8, high - 2))
                for at, name in enumerate(names)
            )
        )

    def _clicked(self, code: object) -> None:
        self.chosen.emit("" if code == self._site else code)

    def _name(self, code: object) -> None:
        if not code:
            self._named.set_text("")
            return
        here = sum(count for held, count in self._counts.items() if within(held, str(code)))
        self._named.set_text(f"{body_site(str(code)).name} · {counted(here, 'photo') if here else 'no photos'}")
