"""The people of the clinic as an administrator sees them."""

from __future__ import annotations

from collections.abc import Iterable

from photodesk.crypto import DEFAULT_COST, Argon2Cost
from photodesk.desk.actor import Actor
from photodesk.desk.roles import Right
from photodesk.log.entry import Action
from photodesk.store import people as members
from photodesk.store.keyring import Secrets
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.people import Person
from photodesk.store.roles import Role


class PeopleDesk:
    """Add and list people. The membership log is the truth; the catalog's names are its projection."""

    def __init__(
        self, actor: Actor, layout: Layout, keyset: KeySet, secrets: Secrets, cost: Argon2Cost = DEFAULT_COST
    ) -> None:
        self._actor = actor
        self._layout = layout
        self._keyset = keyset
        self._secrets = secrets
        self._cost = cost

    def everyone(self) -> tuple[Person, ...]:
        """Everybody, with roles and state."""
        self._actor.require(Right.SEE_PEOPLE)
        return members.people(self._layout, self._keyset)

    def add(self, name: str, roles: Iterable[Role], password: str) -> str:
        """A new person's id. Fixable `name_taken`, `password_weak`; Refused `no_right`.

        Grants of keys this administrator holds are made now, the others when a holder next signs in.
        """
        self._actor.require(Right.MANAGE_PEOPLE)
        person_id = members.add_person(
            self._layout,
            self._keyset,
            self._secrets,
            name,
            frozenset(roles),
            password,
            self._actor.keeper,
            self._actor.clock,
            self._cost,
        )
        self._actor.log(
            self._actor.entry(
                Action.PERSON,
                details={
                    "what": "added",
                    "person": person_id,
                    "roles": " ".join(sorted(roles)),
                },
            )
        )
        return person_id
