"""The list of people: who they are, what they may do, what they wait for."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtWidgets import QWidget

from photodesk.desk.people import Person
from photodesk.ui.controls import Avatar, Button, Card, Chip, Row, Text, hbox, pass_mouse, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.people.model import PeopleView, second_line, state_chip

ROW_PX, EDGE_PX = 60, 24


class Roster(Card):
    """`chosen` carries a person, `add_asked` nothing. Those who left come last."""

    chosen = Signal(object)
    add_asked = Signal()

    def __init__(self, view: PeopleView) -> None:
        super().__init__(0, 0)
        head = hbox(None, 12, QMargins(EDGE_PX, 16, EDGE_PX, 16))
        head.addWidget(Text(view.summary, TextRole.SUBHEADING), 1)
        self.add = Button("Add a person", icon="plus", height=36)
        self.add.clicked.connect(lambda _checked=False: self.add_asked.emit())
        self.add.setVisible(view.may_manage)
        head.addWidget(self.add)
        self.body.addLayout(head)
        self.rows: dict[str, Row] = {}
        shown = sorted(view.people, key=lambda one: one.state == "disabled")
        for person in shown:
            self.rows[person.name] = self._row(person, view, last=person is shown[-1])
            self.body.addWidget(self.rows[person.name])

    def _row(self, person: Person, view: PeopleView, *, last: bool) -> Row:
        words = second_line(person, view.me)
        row = Row(f"{person.name}, {words}", ROW_PX, padding_px=EDGE_PX, line=not last)
        row.add(Avatar(person.name, 36))
        names = QWidget()
        column = vbox(names, 0)
        column.addStretch(1)
        gone = person.state == "disabled"
        column.addWidget(Text(person.name, TextRole.BODY_STRONG, "ink3" if gone else "ink"))
        column.addWidget(Text(words, TextRole.SMALL, "ink3"))
        column.addStretch(1)
        pass_mouse(names)
        row.add(names, 1)
        chip = state_chip(person)
        if chip is not None:
            row.add(Chip(*chip, icon="clock" if person.state == "waiting" else None))
        if view.may_manage:
            row.add(Icon("caret-right", size_px=16))
            row.clicked.connect(partial(self._chosen, person))
        else:
            row.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return row

    def _chosen(self, person: Person, _checked: bool = False) -> None:
        self.chosen.emit(person)
