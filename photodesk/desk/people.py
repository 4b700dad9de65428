"""The people of the clinic as an administrator sees them, and changes them."""

from __future__ import annotations

from collections.abc import Iterable

from photodesk.crypto import DEFAULT_COST, Argon2Cost
from photodesk.desk.actor import Actor
from photodesk.desk.roles import Right
from photodesk.desk.second_person import second_people, second_person
from photodesk.desk.security_key import KeyReader
from photodesk.log.entry import Action, Entry
from photodesk.store import people as members
from photodesk.store.catalog import Catalog
from photodesk.store.epochs import raise_epochs
from photodesk.store.keyring import Secrets
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.member_entry import Cosigner
from photodesk.store.membership import Membership
from photodesk.store.people import Person
from photodesk.store.person_name import same_name
from photodesk.store.rewrapping import rewrap_charts
from photodesk.store.roles import KeyKind, Role
from photodesk.store.signin import SignInPerson, people_for_signin

__all__ = ["KeyKind", "PeopleDesk", "Person", "Role"]


class PeopleDesk:
    """Add, list and change people. The membership log is the truth; the catalog's names are its projection.

    What takes keys from somebody raises their epochs: here where this administrator holds them, otherwise when the next
    person who does signs in.
    """

    def __init__(
        self,
        actor: Actor,
        layout: Layout,
        keyset: KeySet,
        secrets: Secrets,
        catalog: Catalog,
        cost: Argon2Cost = DEFAULT_COST,
    ) -> None:
        self._actor = actor
        self._layout = layout
        self._keyset = keyset
        self._secrets = secrets
        self._catalog = catalog
        self._cost = cost

    def everyone(self) -> tuple[Person, ...]:
        """Everybody, with roles and state; no envelope's account."""
        self._actor.require(Right.SEE_PEOPLE)
        return tuple(one for one in members.people(self._layout, self._keyset) if not one.envelope)

    def named(self, name: str) -> Person:
        """One person by name. Fixable `person_unknown`."""
        found = next((one for one in self.everyone() if same_name(one.name, name)), None)
        if found is None:
            raise members.unknown_person()
        return found

    def waits_for(self) -> frozenset[KeyKind]:
        """Keys that somebody waits for, or that are owed a new epoch: their holder has to sign in once."""
        missing = {kind for person in self.everyone() for kind in person.waits_for}
        owed = set(self._membership().members.owed) - {KeyKind.INBOX}
        return frozenset(missing | owed)

    def add(self, name: str, roles: Iterable[Role], password: str, second: Cosigner | None = None) -> str:
        """A new person's id. Fixable `name_taken`, `password_weak`; Refused `no_right`, `second_needed`.

        Grants of keys this administrator holds are made now, the others when a holder next signs in.
        """
        self._actor.require(Right.MANAGE_PEOPLE)
        chosen = frozenset(roles)
        person_id = members.add_person(self._membership(), name, chosen, password, self._cost, second)
        self._actor.log(self._entry("added", person_id, second, roles=" ".join(sorted(chosen))))
        self._project()
        return person_id

    def set_roles(self, person_id: str, roles: Iterable[Role], second: Cosigner | None = None) -> None:
        """Other roles, from this moment on. Refused `no_right`, `last_administrator`, `own_roles`, `second_needed`."""
        self._actor.require(Right.MANAGE_PEOPLE)
        chosen = frozenset(roles)
        with self._actor.logged(self._entry("roles", person_id, second, roles=" ".join(sorted(chosen)))):
            members.set_roles(self._membership(), person_id, chosen, second)
        self.renew_keys()

    def disable(self, person_id: str) -> None:
        """They sign in no more. Refused `no_right`, `last_administrator`, `own_roles`."""
        self._actor.require(Right.MANAGE_PEOPLE)
        with self._actor.logged(self._entry("disabled", person_id)):
            members.remove_person(self._membership(), person_id)
        self.renew_keys()

    def enable(self, person_id: str, password: str, second: Cosigner | None = None) -> None:
        """A disabled person comes back, with a new key pair and this password; the roles are those they had."""
        self._renew("enabled", person_id, password, second)

    def reset(self, person_id: str, password: str, second: Cosigner | None = None) -> None:
        """A new key pair and password for somebody who forgot theirs. Refused `no_right`, `second_needed`."""
        self._renew("password reset", person_id, password, second)

    def allow(self, person_id: str) -> None:
        """After ten wrong passwords: this person's may be tried again on this workstation."""
        self._actor.require(Right.MANAGE_PEOPLE)
        who = next((one for one in people_for_signin(self._layout, self._secrets) if one.person_id == person_id), None)
        if who is None:
            raise members.unknown_person()
        self._actor.log(self._entry("allowed again", person_id))
        for slot_id in {who.slot_id, *(slot.slot_id for slot in who.slots)}:
            self._actor.keeper.attempt_right(slot_id)

    def second_people(self) -> tuple[SignInPerson, ...]:
        """The other administrators who can sign what needs two."""
        return second_people(self._actor, self._layout, self._secrets)

    def second(self, name: str, password: str, keys: KeyReader | None = None) -> Cosigner:
        """Another administrator's signature, by their password and key. Refused as `second_person`."""
        return second_person(self._actor, self._layout, self._secrets, name, password, keys)

    def _renew(self, what: str, person_id: str, password: str, second: Cosigner | None) -> None:
        self._actor.require(Right.MANAGE_PEOPLE)
        with self._actor.logged(self._entry(what, person_id, second)):
            members.renew_person(self._membership(), person_id, password, self._cost, second)

    def renew_keys(self) -> None:
        """Make the epochs that are owed since somebody, or a workstation, was shut out, as far as this desk can."""
        kinds = raise_epochs(self._membership())
        if not kinds:
            return
        words = " ".join(kind.name.lower() for kind in kinds)
        self._actor.log(self._actor.entry(Action.PERSON, details={"what": "new keys", "keys": words}))
        if KeyKind.CHART in kinds and not self._catalog.behind_log:
            rewrap_charts(self._catalog)

    def _project(self) -> None:
        if not self._catalog.behind_log:
            listed = members.people(self._layout, self._keyset)
            self._catalog.project_people({person.person_id: person.name for person in listed})

    def _membership(self) -> Membership:
        return Membership(self._layout, self._keyset, self._secrets, self._actor.keeper, self._actor.clock)

    def _entry(self, what: str, person_id: str, second: Cosigner | None = None, **more: str) -> Entry:
        details = {"what": what, "person": person_id, **more}
        if second is not None:
            details["second"] = second.person_id
        return self._actor.entry(Action.PERSON, details=details)
