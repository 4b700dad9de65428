"""Adding a person, changing one, and a new password for one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from photodesk.background.waiting_key import WaitingKeyReader
from photodesk.desk.entrance import Role, Strength, judge
from photodesk.desk.people import Person
from photodesk.desk.second_person import Cosigner
from photodesk.ui.controls import CheckBox, Dropdown, LinkButton, Text, TextField, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext
from photodesk.ui.patients.form_dialog import FormDialog
from photodesk.ui.people.model import ROLE_NOTES, ROLE_ORDER, PeopleView
from photodesk.ui.words import role_words

SECOND_WORDS = "There are several administrators: adding one more takes two of them. The other one signs here."
Signed = Cosigner | None


class PersonForm(FormDialog):
    """A form about one person: what is typed is done on the store thread, and `done` says so."""

    def __init__(
        self, window: QWidget, context: PageContext, view: PeopleView, title: str, action: str, done: Callable[[], None]
    ) -> None:
        super().__init__(window, title, action)
        self.context, self.view, self._done = context, view, done
        self.boxes: dict[Role, CheckBox] = {}

    def roles_part(self, held: frozenset[Role]) -> None:
        """A box a role, with what it means."""
        holder = QWidget()
        column = vbox(holder, 0)
        for role in ROLE_ORDER:
            line = hbox(None, 4)
            box = CheckBox(role_words({role}))
            box.setChecked(role in held)
            box.toggled.connect(lambda _on: self.roles_changed())
            self.boxes[role] = box
            line.addWidget(box)
            line.addWidget(Text(ROLE_NOTES[role], TextRole.SMALL, "ink3", elide=True), 1)
            column.addLayout(line)
        self.rows.addWidget(self.labelled("Roles, any combination", holder))

    def password_part(self, label: str = "Password") -> None:
        """A new password, typed by the person themselves, and how good it is."""
        self.password = TextField(label, height=40, password=True)
        self.strength = Text("At least ten characters; a few words are good.", TextRole.SMALL, "ink3", wrap=True)
        self.password.edit.textChanged.connect(self._judge)
        self.fields["password"] = self.password
        self.rows.addWidget(self.labelled(label, self.password))
        self.rows.addWidget(self.strength)

    def second_part(self) -> None:
        """The other administrator, shown where two have to sign."""
        self.second_holder = QWidget()
        column = vbox(self.second_holder, 8)
        column.addWidget(Text(SECOND_WORDS, TextRole.SMALL, "ink2", wrap=True))
        line = hbox(None, 12)
        first = self.view.seconds[0][0] if self.view.seconds else ""
        self.second_who = Dropdown("Second administrator", self.view.seconds, value=first, height=40)
        self.second_password = TextField("Their password", placeholder="Their password", height=40, password=True)
        line.addWidget(self.second_who)
        line.addWidget(self.second_password, 1)
        column.addLayout(line)
        self.rows.addWidget(self.second_holder)
        self.second_holder.hide()

    @property
    def chosen_roles(self) -> frozenset[Role]:
        """The roles that are ticked."""
        return frozenset(role for role, box in self.boxes.items() if box.isChecked())

    def roles_changed(self) -> None:
        """Another box is ticked."""

    def show_second(self, shown: bool) -> None:
        """Ask for the second signature, or not."""
        if self.second_holder.isHidden() == shown:
            self.second_holder.setVisible(shown)
            self._arrange()

    def run(self, work: Callable[[Signed], None]) -> None:
        """On the store thread, with the second signature where one is asked for."""
        people, who, password = self.context.desk.people, self.second_who.value, self.second_password.text()
        signs = not self.second_holder.isHidden()

        def doing() -> None:
            work(people.second(who, password, WaitingKeyReader()) if signs else None)

        self.save_button.setEnabled(False)
        self.context.tasks.store(doing, lambda _: self._finished(), self.refuse)

    def _finished(self) -> None:
        self.dismiss()
        self._done()

    def _judge(self, typed: str) -> None:
        found = judge(typed)
        words = found.reason or {Strength.GOOD: "Good.", Strength.STRONG: "Strong."}.get(found.strength, "")
        self.strength.set_text(words or "At least ten characters; a few words are good.")
        self.strength.set_ink("ink3" if not typed else "bad" if found.reason else "ok")


class AddDialog(PersonForm):
    """A new person."""

    def __init__(self, window: QWidget, context: PageContext, view: PeopleView, done: Callable[[], None]) -> None:
        super().__init__(window, context, view, "Add a person", "Add", done)
        self.rows.addWidget(self.field("name", "Name, as others will see it", placeholder="Ben Roth"))
        self.roles_part(frozenset())
        self.password_part("Their password, typed by themselves")
        self.second_part()
        self.finish(self.save)

    def roles_changed(self) -> None:
        self.show_second(self.view.needs_second(frozenset(), self.chosen_roles))

    def save(self) -> None:
        """A name, a role and a password are needed."""
        name, roles, password = self.text("name"), self.chosen_roles, self.password.text()
        if not name.strip():
            self.need("name", "Type a name.")
        elif not roles:
            self.need("", "Tick at least one role.")
        elif judge(password, (name,)).reason:
            self.need("password", judge(password, (name,)).reason)
        else:
            self.run(lambda second: self._add(name, roles, password, second))

    def _add(self, name: str, roles: frozenset[Role], password: str, second: Signed) -> None:
        self.context.desk.people.add(name, roles, password, second)


class ChangeDialog(PersonForm):
    """The roles of one person, and ways to everything else: `act` hears `password`, `disable`, `allow`, `app`."""

    def __init__(
        self,
        window: QWidget,
        context: PageContext,
        view: PeopleView,
        person: Person,
        done: Callable[[], None],
        act: Callable[[str], None],
    ) -> None:
        super().__init__(window, context, view, person.name, "Save", done)
        self.person = person
        self.roles_part(person.roles)
        self.second_part()
        self.links: dict[str, LinkButton] = {}
        row = hbox(None, 20)
        for name, words in self._offers():
            link = LinkButton(words)
            link.clicked.connect(lambda _checked=False, what=name: self._act(what, act))
            self.links[name] = link
            row.addWidget(link)
        row.addStretch(1)
        self.rows.addLayout(row)
        self.finish(self.save)

    def roles_changed(self) -> None:
        self.show_second(self.view.needs_second(self.person.roles, self.chosen_roles))

    def save(self) -> None:
        """At least one role; nothing happens where nothing changed."""
        person_id, roles = self.person.person_id, self.chosen_roles
        if not roles:
            self.need("", "Tick at least one role, or disable the person.")
        elif roles == self.person.roles:
            self.dismiss()
        else:
            self.run(lambda second: self.context.desk.people.set_roles(person_id, roles, second))

    def _offers(self) -> tuple[tuple[str, str], ...]:
        if self.person.person_id == self.view.me:
            return ()
        app = (("app", "Remove the lost app"),) if self.person.person_id in self.view.apps else ()
        return (
            ("password", "New password"),
            ("allow", "Allow sign-in again"),
            *app,
            ("disable", "Disable"),
        )

    def _act(self, what: str, act: Callable[[str], None]) -> None:
        self.dismiss()
        act(what)


class RenewDialog(PersonForm):
    """A new password and key pair: forgotten, or coming back."""

    def __init__(
        self, window: QWidget, context: PageContext, view: PeopleView, person: Person, done: Callable[[], None]
    ) -> None:
        self._back = person.state == "disabled"
        title = f"Let {person.name} come back" if self._back else f"New password for {person.name}"
        super().__init__(window, context, view, title, "Let in" if self._back else "Set password", done)
        self.person = person
        words = (
            f"As {role_words(person.roles)}, the roles they had. "
            if self._back
            else "The old password opens nothing from then on. "
        )
        words += "They get a new key pair; what they did before stays theirs."
        self.rows.addWidget(Text(words, TextRole.BODY, "ink2", wrap=True))
        self.password_part("Their new password, typed by themselves")
        self.second_part()
        self.finish(self.save)
        self.show_second(view.needs_second(frozenset(), person.roles))

    def save(self) -> None:
        """A good password is needed."""
        password, person_id, people = self.password.text(), self.person.person_id, self.context.desk.people
        reason = judge(password, (self.person.name,)).reason
        if reason:
            self.need("password", reason)
            return
        renew = people.enable if self._back else people.reset
        self.run(lambda second: renew(person_id, password, second))


class DisableDialog(PersonForm):
    """The last question before somebody loses their keys."""

    def __init__(
        self, window: QWidget, context: PageContext, view: PeopleView, person: Person, done: Callable[[], None]
    ) -> None:
        super().__init__(window, context, view, f"Disable {person.name}?", "Disable", done)
        self.person = person
        words = (
            "They can sign in nowhere from now on. Every key they held is made anew, so nothing that comes later opens "
            "to them. What they did stays in the log under their name, and they can come back with a new password."
        )
        self.rows.addWidget(Text(words, TextRole.BODY, "ink2", wrap=True))
        self.second_part()
        self.finish(self.save)

    def save(self) -> None:
        """It is done."""
        person_id, people = self.person.person_id, self.context.desk.people
        self.run(lambda _second: people.disable(person_id))
