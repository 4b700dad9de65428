"""What the visit with the focus lacks of the chosen series; each gap takes the chosen photos with one key."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.buttons import Button, LinkButton
from photodesk.ui.controls.text import Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.theme import DESK
from photodesk.ui.timeline.model import TimelineModel
from photodesk.ui.words import day_words

GAP_PX, BUTTON_PX = 8, 30


class SeriesBar(QWidget):
    """`filled` carries the `Step` the chosen photos are to stand for, `closed` that no series is followed any more."""

    filled = Signal(object)
    closed = Signal()

    def __init__(self, model: TimelineModel) -> None:
        super().__init__()
        self._model = model
        self._shown: tuple[object, ...] = ()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = vbox(self, 6, QMargins(16, 8, 16, 8))
        head = hbox(None, 8)
        self._icon = Icon("check-circle", DESK.ink2, 16)
        self._words = Text("", TextRole.SMALL_STRONG, elide=True)
        close = LinkButton("Close")
        close.setAccessibleName("Close the series")
        close.clicked.connect(self.closed)
        head.addWidget(self._icon)
        head.addWidget(self._words, 1)
        head.addWidget(close)
        column.addLayout(head)
        self._gaps = vbox(None, 6)
        column.addLayout(self._gaps)
        self.hide()

    def text(self) -> str:
        """What is said."""
        return self._words.full_text()

    def refresh(self) -> None:
        """Show the visit of the photo with the focus, or the newest."""
        model = self._model
        visit = model.series_visit
        found = model.series.coverage(visit.visit_id) if visit is not None else None
        self.setVisible(found is not None)
        state = (found, visit, self.width())
        if found is None or visit is None or state == self._shown:
            return
        self._shown = state
        self._words.set_text(f"{found.words} · {day_words(visit.day)}")
        self._icon.setVisible(not found.missing)
        empty(self._gaps)
        targets = model.series.targets(visit.visit_id)
        holder, room, used, row = QWidget(), max(300, self.width() - 40), 0, None
        lines = vbox(holder, 6)
        for at, step in enumerate(targets):
            button = Button(found.protocol.step_name(step), key=str(at + 1), height=BUTTON_PX)
            button.setAccessibleName(f"{found.protocol.step_name(step)} is missing: use the chosen photos for it")
            button.clicked.connect(lambda _=False, wanted=step: self.filled.emit(wanted))
            wide = button.sizeHint().width()
            if row is None or used + GAP_PX + wide > room:
                row, used = hbox(None, GAP_PX), 0
                row.addStretch(1)
                lines.addLayout(row)
            row.insertWidget(row.count() - 1, button)
            used += GAP_PX + wide
        more = len(found.missing) - len(targets)
        if more > 0 and row is not None:
            row.insertWidget(row.count() - 1, Text(f"and {more} more", TextRole.SMALL, "ink3"))
        self._gaps.addWidget(holder)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QPainter(self).fillRect(0, 0, self.width(), 1, QColor(DESK.line2))
