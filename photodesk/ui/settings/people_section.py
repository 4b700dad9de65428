"""The people of the clinic, for those who may see who works here."""

from __future__ import annotations

from photodesk.desk.roles import Right
from photodesk.ui.controls import empty, vbox
from photodesk.ui.page import PageContext
from photodesk.ui.settings.section import Section, fact_card
from photodesk.ui.words import role_words

STATES = {"waiting": " · opens charts once a person who holds the keys has signed in", "removed": " · removed"}
ADDING = "People are added on the command line: photodesk user add"


class PeopleSection(Section):
    """Everyone with their roles."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "People")
        self._people = vbox(None)
        self.column.addLayout(self._people)

    def refresh(self) -> None:
        self.context.tasks.store(self._read, self._took, self.failed)

    def _read(self) -> tuple[tuple[str, str], ...]:
        return tuple(
            (person.name, role_words(person.roles) + STATES.get(person.state, ""))
            for person in self.context.desk.people.everyone()
        )

    def _took(self, people: tuple[tuple[str, str], ...]) -> None:
        empty(self._people)
        self._people.addWidget(fact_card("", people, ADDING if self.context.desk.may(Right.MANAGE_PEOPLE) else ""))
