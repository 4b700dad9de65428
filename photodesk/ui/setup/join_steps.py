"""The steps of joining a clinic: invitation, this workstation, who joins."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from photodesk.ui.controls import Avatar, Row, Text, TextField, empty, pass_mouse, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.setup.join_model import JoinModel
from photodesk.ui.setup.steps import KeysPage, StepPage
from photodesk.ui.words import role_words

LIST_PX, ROW_PX = 244, 60


class InvitationStep(StepPage[JoinModel]):
    """The server's address and the code."""

    def __init__(self, model: JoinModel) -> None:
        super().__init__(
            model,
            "Join a clinic",
            "An administrator makes the code at another workstation: Settings, Workstations, Invite a workstation.",
        )
        self._first = self.field("Address of the clinic server", "address", placeholder="https://photos.clinic:8443")
        self.code = self.field("Code", "code", placeholder="ABCD-EFGH-JKMN-PQRS-TVWX")
        self._words = Text("", TextRole.SMALL, "ink2", wrap=True)
        self.card.body.addWidget(self._words)

    def entered(self) -> None:
        (self.code if self.model.url else self._first).edit.setFocus()
        self.show_model()

    def show_model(self) -> None:
        if self.code.text() != self.model.code:
            self.code.edit.setText(self.model.code)
        self._words.set_text(self.model.code_sentence())


class WorkstationStep(KeysPage[JoinModel]):
    """Its name, where the store lies, who guards half of the key."""

    def __init__(self, model: JoinModel, folder: str) -> None:
        super().__init__(
            model,
            "This workstation",
            "Its name is shown to everybody in the clinic. It gets keys of its own, which can be shut out later.",
        )
        self._first = self.field("Name of this workstation", "workstation", placeholder="Exam room 2")
        self.add_storage(folder)

    def entered(self) -> None:
        self._first.edit.setFocus()
        self.show_model()


class PersonStep(StepPage[JoinModel]):
    """Everybody of the clinic who signs in with a password, and the password."""

    def __init__(self, model: JoinModel) -> None:
        super().__init__(
            model,
            "Who you are",
            "Sign in as at every other workstation. Charts open here for whoever may open them there.",
        )
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setAccessibleName("People of the clinic")
        inner = QWidget()
        inner.setObjectName("scrolled")
        self._list = vbox(inner, 0)
        self._scroll.setWidget(inner)
        self.card.body.addWidget(self._scroll)
        self.password: TextField = self.field("Password", "password", password=True)
        self.rows: dict[str, Row] = {}

    def entered(self) -> None:
        empty(self._list)
        self.rows = {}
        for person in self.model.people:
            row = Row(f"{person.name}, {role_words(person.roles)}", ROW_PX, padding_px=12, radius_px=6)
            row.setCheckable(True)
            row.setAutoExclusive(True)
            row.add(Avatar(person.name, 36))
            names = QWidget()
            column = vbox(names, 0)
            column.addStretch(1)
            column.addWidget(Text(person.name, TextRole.BODY_STRONG))
            column.addWidget(Text(role_words(person.roles), TextRole.SMALL, "ink3"))
            column.addStretch(1)
            row.add(pass_mouse(names), 1)
            row.setChecked(person.slot_id == self.model.slot_id)
            row.clicked.connect(partial(self.choose, person.slot_id))
            self.rows[person.slot_id] = row
            self._list.addWidget(row)
        self._list.addStretch(1)
        self._scroll.setFixedHeight(min(LIST_PX, max(1, len(self.rows)) * ROW_PX + 4))
        self.password.edit.clear()
        if self.model.slot_id:
            self.password.edit.setFocus()
        elif self.rows:
            next(iter(self.rows.values())).setFocus()

    def choose(self, slot_id: str, _checked: bool = False) -> None:
        """This person joins."""
        self.model.slot_id = slot_id
        self.rows[slot_id].setChecked(True)
        self.password.edit.setFocus()
        self.changed.emit()
