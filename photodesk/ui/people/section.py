"""Settings, section "People": who works here, the sealed envelope, who may do what."""

from __future__ import annotations

from PySide6.QtCore import QMargins
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.desk.people import Person
from photodesk.ui.controls import Text, empty, hbox, vbox
from photodesk.ui.controls.painting import rounded
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.page import PageContext
from photodesk.ui.people.banner import UsedStrip
from photodesk.ui.people.dialogs import AddDialog, ChangeDialog, DisableDialog, PersonForm, RenewDialog
from photodesk.ui.people.envelope_card import CodeDialog, EnvelopeCard
from photodesk.ui.people.model import PeopleView, read_people
from photodesk.ui.people.rights_card import RightsCard
from photodesk.ui.people.roster import Roster
from photodesk.ui.settings.section import Section
from photodesk.ui.theme import DESK


class PeopleSection(Section):
    """Everything is read again after each change."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "People")
        self._cards = vbox(None, 16)
        self.column.addLayout(self._cards)
        self.column.addWidget(RightsCard())
        self.view: PeopleView | None = None
        self.roster: Roster | None = None
        self.envelope: EnvelopeCard | None = None
        self.dialog: PersonForm | CodeDialog | None = None

    def refresh(self) -> None:
        self.context.tasks.store(lambda: read_people(self.context.desk), self._show, self.failed)

    def _show(self, view: PeopleView) -> None:
        self.view = view
        empty(self._cards)
        if view.notice:
            self._cards.addWidget(Notice(view.notice))
        self.roster = Roster(view)
        self.roster.add_asked.connect(self.add)
        self.roster.chosen.connect(self.change)
        self._cards.addWidget(self.roster)
        self.envelope = EnvelopeCard(view)
        self.envelope.renew_asked.connect(self.renew_envelope)
        self.envelope.seen_asked.connect(self.acknowledge)
        self._cards.addWidget(self.envelope)

    def add(self) -> None:
        """Ask for a new person."""
        if self.view is not None:
            self._open(AddDialog(self.window(), self.context, self.view, self.said("Added.")))

    def change(self, person: Person) -> None:
        """Ask what is to change about a person; who is disabled can only come back."""
        if self.view is None:
            return
        if person.state == "disabled":
            self._open(
                RenewDialog(self.window(), self.context, self.view, person, self.said("They may sign in again."))
            )
            return

        def act(what: str) -> None:
            self._act(person, what)

        self._open(ChangeDialog(self.window(), self.context, self.view, person, self.said("Roles changed."), act))

    def renew_envelope(self) -> None:
        """A new code, shown once."""

        def made(code: str) -> None:
            self.refresh()
            dialog = CodeDialog(self.window(), code, self.context.clinic.name, self.context.navigate.say)
            self.dialog = dialog
            dialog.open()

        self.context.tasks.store(self.context.desk.emergency.renew, made, self.failed)

    def acknowledge(self) -> None:
        """The uses so far are known."""

        def seen(_: None) -> None:
            for strip in self.window().findChildren(UsedStrip):
                strip.hide()
            self.said("Noted.")()

        self.context.tasks.store(self.context.desk.emergency.acknowledge, seen, self.failed)

    def _act(self, person: Person, what: str) -> None:
        if self.view is None:
            return
        window, context, view = self.window(), self.context, self.view
        if what == "password":
            self._open(RenewDialog(window, context, view, person, self.said("The new password holds.")))
        elif what == "disable":
            self._open(DisableDialog(window, context, view, person, self.said("They sign in no more.")))
        else:
            removing, person_id = what == "app", person.person_id
            work = context.desk.factors.remove_totp if removing else context.desk.people.allow
            said = self.said("Their sign-in asks for no code now." if removing else "They may try again.")
            context.tasks.store(lambda: work(person_id), lambda _: said(), self.failed)

    def _open(self, dialog: PersonForm) -> None:
        self.dialog = dialog
        dialog.open()


class Notice(QWidget):
    """What has to be done by somebody else, on a warm tint."""

    def __init__(self, words: str) -> None:
        super().__init__()
        row = hbox(self, 12, QMargins(20, 14, 20, 14))
        row.addWidget(Icon("clock", DESK.warn, 20))
        row.addWidget(Text(words, TextRole.BODY, "warn", wrap=True), 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        rounded(QPainter(self), self.rect().toRectF(), 8, QColor(DESK.warn_soft).name())
