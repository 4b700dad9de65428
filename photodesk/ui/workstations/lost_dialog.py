"""A workstation that may be in other hands: what it held, whether that opens, and what can be done at once."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from photodesk.clock import local_today
from photodesk.sync.workstations import HeldPatient, LostWorkstation
from photodesk.ui.controls import Button, ButtonKind, Dialog, Line, Text, fact_row, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext
from photodesk.ui.workstations import words

WIDTH_PX, LABEL_PX, LIST_PX, ROW_PX = 760, 160, 260, 32


class LostDialog(Dialog):
    """`revoke_asked` leads to the question; patients are listed for who may see them."""

    revoke_asked = Signal()

    def __init__(self, window: QWidget, context: PageContext, lost: LostWorkstation, *, may_manage: bool) -> None:
        super().__init__(window, f"What {lost.line.name} held", WIDTH_PX)
        self.lost = lost
        clock = context.desk.clock
        self.facts = words.lost_facts(lost, clock.wall_ms(), local_today(clock))
        self.body.addWidget(Text(lost.line.name, TextRole.HEADING))
        for label, value in self.facts:
            self.body.addWidget(fact_row(label, value, LABEL_PX))
        if lost.held:
            self.body.addWidget(Line())
            self.body.addWidget(self._list())
        foot = hbox(None, 12)
        foot.addStretch(1)
        close = Button("Close", key="Esc", height=40)
        close.clicked.connect(lambda _checked=False: self.dismiss())
        foot.addWidget(close)
        words_of_button = "Wipe it" if lost.line.revoked else "Shut it out"
        self.revoke = Button(words_of_button, ButtonKind.PRIMARY, height=40)
        self.revoke.setVisible(may_manage and not lost.line.here and not lost.line.wiped)
        self.revoke.clicked.connect(self._revoke)
        foot.addWidget(self.revoke)
        self.body.addLayout(foot)

    def _revoke(self, _checked: bool = False) -> None:
        self.dismiss()
        self.revoke_asked.emit()

    def _list(self) -> QScrollArea:
        scroll, inner = QScrollArea(), QWidget()
        inner.setObjectName("scrolled")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName("Patients it held")
        column = vbox(inner, 0)
        for one in self.lost.held:
            column.addWidget(_patient(one))
        column.addStretch(1)
        scroll.setWidget(inner)
        scroll.setFixedHeight(min(LIST_PX, len(self.lost.held) * ROW_PX + 8))
        return scroll


def _patient(one: HeldPatient) -> QWidget:
    holder = QWidget()
    holder.setFixedHeight(ROW_PX)
    row = hbox(holder, 12, QMargins(0, 0, 12, 0))
    row.addWidget(Text(one.name, TextRole.BODY, elide=True), 1)
    row.addWidget(Text(words.held_words(one.originals, one.pictures), TextRole.SMALL, "ink2"))
    return holder
