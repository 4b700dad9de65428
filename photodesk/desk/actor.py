"""The signed-in person as every service of a desk sees them: rights, changes and entries carry this person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from photodesk.clock import Clock
from photodesk.desk.keeper import Keeper
from photodesk.desk.roles import Right, allowed, require
from photodesk.errors import PhotoDeskError
from photodesk.log.entry import Action, Entry, Receipt
from photodesk.store.change import Change
from photodesk.store.roles import Role


@dataclass(frozen=True)
class SignedInPerson:
    """Who sits at this desk. `emergency`: who opened the sealed envelope and why, as they said; "" otherwise."""

    person_id: str
    name: str
    roles: frozenset[Role]
    emergency: str = ""


class Actor:
    """A person acting: asks for rights, makes `Change`s, writes entries."""

    def __init__(self, person: SignedInPerson, keeper: Keeper, clock: Clock) -> None:
        self.person = person
        self.keeper = keeper
        self.clock = clock

    @property
    def person_id(self) -> str:
        """The person's id."""
        return self.person.person_id

    @property
    def role(self) -> str:
        """The roles as entries write them: sorted, separated by a space."""
        return " ".join(sorted(self.person.roles))

    def may(self, right: Right) -> bool:
        """Whether the person has the right."""
        return allowed(self.person.roles, right)

    def require(self, right: Right) -> None:
        """`Refused("no_right")` unless the person has it."""
        require(self.person.roles, right)

    def change(self, reason: str) -> Change:
        """Every change to data goes through one of these."""
        return Change(self.person_id, reason)

    def entry(
        self,
        action: Action,
        patient_id: str = "",
        *,
        visit_id: str = "",
        photo_ids: tuple[str, ...] = (),
        rendition: str = "",
        screen: str = "",
        purpose: str = "",
        outcome: str = "",
        details: Mapping[str, str] | None = None,
    ) -> Entry:
        """An entry in this person's name; in emergency access every one is marked."""
        marked = {"emergency": "yes"} if self.person.emergency else {}
        return Entry(
            action,
            self.person_id,
            self.role,
            patient_id,
            visit_id,
            photo_ids,
            rendition,
            screen,
            purpose,
            outcome,
            {**(details or {}), **marked},
        )

    def log(self, entry: Entry) -> Receipt:
        """Append, durable when it returns; `Fixable("log_not_writable")`."""
        return self.keeper.append(entry)

    @contextmanager
    def logged(self, entry: Entry) -> Iterator[None]:
        """Append before a change; where the change fails, a second entry says with what outcome."""
        self.keeper.append(entry)
        try:
            yield
        except PhotoDeskError as error:
            self.keeper.append(replace(entry, outcome=error.code))
            raise
