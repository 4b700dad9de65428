"""The list of the clinic's computers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QWidget

from photodesk.sync.workstations import WorkstationLine
from photodesk.ui.controls import Button, Card, Chip, Row, Text, hbox, pass_mouse, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.theme import DESK
from photodesk.ui.workstations import words

ROW_PX, EDGE_PX = 60, 24


class Roster(Card):
    """`chosen` carries a line, `invite_asked` nothing. Those shut out come last."""

    chosen = Signal(object)
    invite_asked = Signal()

    def __init__(self, lines: Sequence[WorkstationLine], now_ms: int, today: date, *, may_manage: bool) -> None:
        super().__init__(0, 0)
        self._now_ms, self._today = now_ms, today
        head = hbox(None, 12, QMargins(EDGE_PX, 16, EDGE_PX, 16))
        there = sum(not line.revoked for line in lines)
        head.addWidget(Text(words.summary(there), TextRole.SUBHEADING), 1)
        self.invite = Button("Invite a workstation", icon="plus")
        self.invite.clicked.connect(lambda _checked=False: self.invite_asked.emit())
        self.invite.setVisible(may_manage)
        head.addWidget(self.invite)
        self.body.addLayout(head)
        self.rows: dict[str, Row] = {}
        shown = sorted(lines, key=lambda line: (line.revoked, not line.here, line.name.casefold()))
        for line in shown:
            self.rows[line.name] = self._row(line, last=line is shown[-1])
            self.body.addWidget(self.rows[line.name])

    def _row(self, line: WorkstationLine, *, last: bool) -> Row:
        says = words.contact_words(line, self._now_ms, self._today)
        row = Row(f"{line.name}, {says}", ROW_PX, padding_px=EDGE_PX, line=not last)
        row.add(Icon("desktop-tower", DESK.ink3 if line.revoked else DESK.ink2, 22))
        names = QWidget()
        column = vbox(names, 0)
        column.addStretch(1)
        column.addWidget(Text(line.name, TextRole.BODY_STRONG, "ink3" if line.revoked else "ink"))
        column.addWidget(Text(says, TextRole.SMALL, "ink3"))
        column.addStretch(1)
        pass_mouse(names)
        row.add(names, 1)
        chip = words.chip(line, self._now_ms)
        if chip is not None:
            row.add(Chip(*chip))
        row.add(Icon("caret-right", size_px=16))
        row.clicked.connect(partial(self._chosen, line))
        return row

    def _chosen(self, line: WorkstationLine, _checked: bool = False) -> None:
        self.chosen.emit(line)
