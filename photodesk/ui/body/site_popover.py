"""Choosing a body site: what this patient had last under a digit, a field to type into, the whole body to point at."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from photodesk.photos import BODY_SITES, body_site
from photodesk.ui.body.site_map import Placed, SiteMap
from photodesk.ui.controls.choices import ChoiceList
from photodesk.ui.controls.fields import TextField
from photodesk.ui.controls.popover import Popover
from photodesk.ui.controls.text import Text, hbox, vbox
from photodesk.ui.fonts import TextRole

WIDTH_PX, MAP_WIDTH_PX, MAP_HEIGHT_PX = 800, 520, 418
_ROW = ("right", "left")


def _whole_body() -> tuple[Placed, ...]:
    placed = [
        Placed("front", QRectF(0, 4, 134, 310)),
        Placed("back", QRectF(136, 4, 134, 310)),
        Placed("head", QRectF(280, 4, 116, 150)),
        Placed("mouth", QRectF(404, 24, 112, 122)),
    ]
    hands = [f"{side}-{part}" for part in ("hand", "palm") for side in _ROW]
    feet = [f"{side}-{part}" for part in ("foot", "sole") for side in _ROW]
    placed += [Placed(name, QRectF(272 + 62 * at, 166, 58, 94)) for at, name in enumerate(hands)]
    placed += [Placed(name, QRectF(272 + 62 * at, 274, 58, 112)) for at, name in enumerate(feet)]
    return tuple(placed)


class SitePopover(Popover):
    """`chosen` carries a code, empty for no site. `recent`: codes this patient had, the latest first."""

    chosen = Signal(object)

    def __init__(self, anchor: QWidget, recent: tuple[str, ...] = (), *, value: str = "") -> None:
        super().__init__(anchor, WIDTH_PX, padding_px=16)
        columns = hbox(None, 20)
        self.body.addLayout(columns)
        left = vbox(None, 8)
        left.addWidget(Text("Body site", TextRole.LABEL, "ink3"))
        self.list = ChoiceList("Body sites", rows=10)
        self.field = TextField("Body site", placeholder="Type, or a digit for the latest")
        self.field.edit.textChanged.connect(self.list.narrow)
        self.field.edit.installEventFilter(self)
        left.addWidget(self.field)
        self.list.picked.connect(self._take)
        left.addWidget(self.list)
        left.addStretch(1)
        columns.addLayout(left, 1)
        right = vbox(None, 4)
        self.map = SiteMap()
        self.map.setFixedSize(MAP_WIDTH_PX, MAP_HEIGHT_PX - 24)
        self.map.place(_whole_body())
        self.map.show_sites(value)
        self.map.chosen.connect(self._take)
        self.map.pointed.connect(self._name)
        right.addWidget(self.map)
        self._named = Text("", TextRole.SMALL, "ink2")
        right.addWidget(self._named)
        columns.addLayout(right)
        names = [(code, body_site(code).name) for code in recent]
        rest = [(site.code, site.name) for site in BODY_SITES if site.code not in recent]
        self.list.offer((*names, *rest, ("", "No site")), digits=len(names), value=value)
        self._name("")

    def _name(self, code: object) -> None:
        words = body_site(str(code)).name if code else "Point at a part, or press Tab and use the arrow keys."
        self._named.set_text(words)

    def _take(self, code: object) -> None:
        self.dismiss()
        self.chosen.emit(str(code))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field.edit and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            digit = event.key() - Qt.Key.Key_0
            if not self.field.edit.text() and self.list.pick_digit(digit):
                return True
            if self.list.press(Qt.Key(event.key())):
                return True
        return super().eventFilter(watched, event)
