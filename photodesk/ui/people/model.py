"""What the section shows, read from the desk at once, and when a second administrator has to sign."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from photodesk.desk.emergency import Envelope, EnvelopeUse
from photodesk.desk.people import KeyKind, Person, Role
from photodesk.desk.people_words import waiting_sentence, waiting_words
from photodesk.desk.roles import Right
from photodesk.desk.session import Session
from photodesk.ui.controls import Tone
from photodesk.ui.words import counted, role_words

ROLE_ORDER = (Role.CLINICIAN, Role.FRONT_DESK, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)
ROLE_NOTES = {
    Role.CLINICIAN: "sees and compares photos, opens charts",
    Role.FRONT_DESK: "patients, visits, imports; opens no chart",
    Role.PRIVACY_OFFICER: "reads the log, may erase; opens no chart",
    Role.ADMINISTRATOR: "people, keys and policy; opens no chart",
}


@dataclass(frozen=True)
class PeopleView:
    """`seconds` are the other administrators who can sign, as (slot id, name); `apps` whose sign-in asks for a code."""

    people: tuple[Person, ...]
    waits: frozenset[KeyKind]
    envelope: Envelope
    uses: tuple[EnvelopeUse, ...]
    unseen: tuple[EnvelopeUse, ...]
    seconds: tuple[tuple[str, str], ...]
    me: str
    may_manage: bool
    apps: frozenset[str] = frozenset()

    @property
    def summary(self) -> str:
        """`4 people, 1 of them waits for keys`."""
        here = [one for one in self.people if one.state != "disabled"]
        waiting = sum(one.state == "waiting" for one in here)
        words = counted(len(here), "person", "people")
        return f"{words}, {waiting} of them {'waits' if waiting == 1 else 'wait'} for keys" if waiting else words

    @property
    def notice(self) -> str:
        """What has to be done before every key is where it belongs; "" for nothing."""
        return waiting_sentence(self.waits)

    @property
    def administrators(self) -> int:
        """How many there are now."""
        return sum(Role.ADMINISTRATOR in one.roles and one.state != "disabled" for one in self.people)

    def needs_second(self, before: Collection[Role], after: Collection[Role]) -> bool:
        """Whether giving somebody `after`, who acts under `before` now, takes two administrators."""
        gains = Role.ADMINISTRATOR in after and Role.ADMINISTRATOR not in before
        return gains and self.administrators > 1


def read_people(desk: Session) -> PeopleView:
    """Everything at once, on the store thread."""
    manages = desk.may(Right.MANAGE_PEOPLE)
    seconds = desk.people.second_people() if manages else ()
    return PeopleView(
        people=desk.people.everyone(),
        waits=desk.people.waits_for(),
        envelope=desk.emergency.envelope(),
        uses=desk.emergency.uses(),
        unseen=desk.emergency.unseen(),
        seconds=tuple((who.slot_id, who.name) for who in seconds),
        me=desk.person.person_id,
        may_manage=manages,
        apps=frozenset(one.person_id for one in desk.factors.everyone() if one.app),
    )


def state_chip(person: Person) -> tuple[str, Tone] | None:
    """The chip at the right of a person; none where all is well."""
    if person.state == "disabled":
        return "Disabled", Tone.PLAIN
    if person.state == "waiting":
        return f"{waiting_words(person.waits_for).capitalize()}", Tone.WARN
    return None


def second_line(person: Person, me: str) -> str:
    """The line below a name."""
    words = role_words(person.roles)
    return f"{words} · you" if person.person_id == me else words
