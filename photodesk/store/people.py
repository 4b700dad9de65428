"""The people of the clinic: listing, adding, giving other roles, removing, letting come back with new keys.

Every change is an entry of the membership log. Somebody who loses a key owes it a new epoch (`epochs`); somebody who is
to have one and has not yet is *waiting* for the next person who holds it (`grants`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from photodesk.crypto import DEFAULT_COST, Argon2Cost
from photodesk.errors import Fixable, Refused
from photodesk.ids import random_id, to_bytes
from photodesk.store.bundle import bundle_owner, new_bundle, wrap_bundle
from photodesk.store.grants import granted_entry, held, lacking, missing_grants
from photodesk.store.keyring import clinic_secret_account
from photodesk.store.keys_file import KeysFile, read_keys
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.member_entry import (
    AddPerson,
    Body,
    Cosigner,
    RemovePerson,
    SetRoles,
    SlotMark,
    open_name,
    seal_name,
)
from photodesk.store.member_rules import needs_two, takes_last_administrator
from photodesk.store.members import Member, Members
from photodesk.store.members_log import MembersLog
from photodesk.store.membership import Membership, NewRecords
from photodesk.store.password_strength import require_good
from photodesk.store.roles import KeyKind, Role, keys_of
from photodesk.store.slots import SlotKind, make_slot
from photodesk.store.slots_file import ShownPerson


@dataclass(frozen=True)
class Person:
    """A person as listed. `state` is `active`, `waiting` (for the keys of `waits_for`) or `disabled`.

    `since_ms` is when they came, or came back; 0 for who set up the clinic. `envelope`: a sealed envelope's account.
    """

    person_id: str
    name: str
    roles: frozenset[Role]
    state: str
    waits_for: frozenset[KeyKind] = frozenset()
    since_ms: int = 0
    envelope: bool = False


def people(layout: Layout, keyset: KeySet) -> tuple[Person, ...]:
    """Everyone the membership log knows, in the order they came."""
    members = MembersLog.open(layout.members, keyset.clinic_id).members
    keys = read_keys(layout, keyset.clinic_id)
    return tuple(_listed(member, members, keys, keyset) for member in members.people.values())


def add_person(
    membership: Membership,
    name: str,
    roles: Iterable[Role],
    password: str,
    cost: Argon2Cost = DEFAULT_COST,
    cosigner: Cosigner | None = None,
) -> str:
    """Add a person who can sign in at this workstation; the new person id.

    Refused `no_right` without the administrator's role, `second_needed`; Fixable `name_missing`, `name_taken`,
    `role_needed`, `password_weak`.
    """
    require_administrator(membership)
    name, chosen = name.strip(), frozenset(roles)
    present = membership.checked.names.people
    if not name or not chosen:
        raise Fixable("name_missing" if not name else "role_needed", "A person needs a name and a role.", "Give both.")
    if any(one.name.casefold() == name.casefold() for one in present if membership.members.person(one.person_id)):
        raise Fixable("name_taken", "Someone here has this name already.", "Add something that tells the two apart.")
    person_id = random_id()
    bring_in(membership, ShownPerson(person_id, name, chosen), password, cost, cosigner)
    return person_id


def renew_person(
    membership: Membership,
    person_id: str,
    password: str,
    cost: Argon2Cost = DEFAULT_COST,
    cosigner: Cosigner | None = None,
) -> None:
    """A new key pair and password for somebody who forgot theirs, or who comes back; the roles stay.

    What they signed before stays good. Refused `no_right`, `second_needed`; Fixable `person_unknown`, `password_weak`.
    """
    require_administrator(membership)
    keyset, member = membership.keyset, membership.members.people.get(person_id)
    if member is None:
        raise unknown_person()
    if person_id == keyset.person_id:
        raise Refused("own_password", "This is your own account.", "Change your own password instead.")
    name = open_name(member.sealed_name, to_bytes(person_id), keyset.clinic_id, keyset.desk_keys)
    bring_in(membership, ShownPerson(person_id, name, member.roles), password, cost, cosigner)


def bring_in(
    membership: Membership,
    shown: ShownPerson,
    password: str,
    cost: Argon2Cost,
    cosigner: Cosigner | None = None,
    kind: SlotKind = SlotKind.PASSWORD,
    first: Sequence[Body] = (),
) -> str:
    """New keys, a slot and the grants at hand for a new person or one the log knows; the slot's id.

    `first` are entries that go before.
    """
    keyset, random = membership.keyset, membership.random
    members, clinic_id, person_id = membership.members, keyset.clinic_id, shown.person_id
    if kind is not SlotKind.EMERGENCY:
        require_good(password, (membership.checked.names.clinic_name, shown.name))
    slot_id, bundle_key, bundle = random_id(), random(32), new_bundle(random)
    cs_epoch = members.epochs(KeyKind.CLINIC_SECRET)[-1]
    secret = membership.secrets.get(clinic_secret_account(clinic_id, keyset.workstation_id, cs_epoch))
    of, epoch = to_bytes(person_id), keyset.desk_epoch
    sealed_name = seal_name(shown.name, of, clinic_id, keyset.desk_keys[epoch], epoch, random)
    newcomer = Member(person_id, shown.roles, bundle.signing.public, bundle.kem.public, sealed_name)
    _refuse_alone(members, _added(newcomer, []), cosigner)
    slot = make_slot(clinic_id, slot_id, person_id, password, secret, cs_epoch, bundle_key, cost, random, kind)
    none_yet = KeysFile(clinic_id, keyset.workstation_id)
    new = NewRecords(
        bundles=[wrap_bundle(bundle, clinic_id, person_id, bundle_key, random)],
        grants=missing_grants([newcomer], members, none_yet, held(keyset)),
        slots=[slot],
        shown=shown if kind is not SlotKind.EMERGENCY else None,
        old_bundles=[record for record in membership.keys.bundles if bundle_owner(record) == of],
    )
    added = _added(newcomer, [SlotMark(to_bytes(slot_id), slot.hash())])
    membership.commit([*first, added, *map(granted_entry, new.grants)], new, cosigner)
    return slot_id


def set_roles(membership: Membership, person_id: str, roles: Iterable[Role], cosigner: Cosigner | None = None) -> None:
    """Give a person other roles. What they no longer may open is owed a new epoch.

    Refused `no_right`, `last_administrator`, `own_roles`, `second_needed`; Fixable `person_unknown`, `role_needed`.
    """
    require_administrator(membership)
    members, chosen = membership.members, frozenset(roles)
    member = members.person(person_id)
    if member is None:
        raise unknown_person()
    if not chosen:
        raise Fixable("role_needed", "A person needs at least one role.", "Give a role, or disable the person.")
    if chosen == member.roles:
        return
    body = SetRoles(to_bytes(person_id), sorted(chosen))
    _refuse_last(members, body)
    if person_id == membership.keyset.person_id and Role.ADMINISTRATOR not in chosen:
        raise not_yourself()
    _refuse_alone(members, body, cosigner)
    gained = keys_of(chosen) - keys_of(member.roles)
    after = Member(person_id, chosen, member.signing_public, member.kem_public, member.sealed_name)
    grants = [
        grant
        for grant in missing_grants([after], members, membership.keys, held(membership.keyset))
        if grant.kind in gained
    ]
    membership.commit([body, *map(granted_entry, grants)], NewRecords(grants=grants), cosigner)


def remove_person(membership: Membership, person_id: str) -> None:
    """Take a person out of the clinic: they can sign in nowhere, and every key they held is owed a new epoch.

    Refused `no_right`, `last_administrator`, `own_roles`; Fixable `person_unknown`.
    """
    require_administrator(membership)
    if membership.members.person(person_id) is None:
        raise unknown_person()
    body = RemovePerson(to_bytes(person_id))
    _refuse_last(membership.members, body)
    if person_id == membership.keyset.person_id:
        raise not_yourself()
    membership.commit([body])


def unknown_person() -> Fixable:
    """Nobody who could be meant."""
    return Fixable("person_unknown", "There is no such person here.", "See `photodesk user list` for those there are.")


def not_yourself() -> Refused:
    """What nobody does to themselves by mistake."""
    return Refused(
        "own_roles",
        "You cannot disable yourself or give up your own administrator's role.",
        "Let another administrator do it.",
    )


def second_needed() -> Refused:
    """What one administrator alone may not do."""
    return Refused(
        "second_needed",
        "This needs the signature of a second administrator.",
        "Let another administrator type their password too.",
    )


def _added(member: Member, slots: list[SlotMark]) -> AddPerson:
    return AddPerson(
        person_id=to_bytes(member.person_id),
        roles=sorted(member.roles),
        signing_public=member.signing_public,
        kem_public=member.kem_public,
        sealed_name=member.sealed_name,
        slots=slots,
    )


def _listed(member: Member, members: Members, keys: KeysFile, keyset: KeySet) -> Person:
    name = open_name(member.sealed_name, to_bytes(member.person_id), keyset.clinic_id, keyset.desk_keys)
    missing = frozenset(kind for kind, _ in lacking(member, members, keys))
    state = "disabled" if member.removed else "waiting" if missing else "active"
    person_id = member.person_id
    since_ms = members.since.get(person_id, 0)
    return Person(person_id, name, member.roles, state, missing, since_ms, members.is_envelope(person_id))


def require_administrator(membership: Membership) -> None:
    """Refused `no_right` for everybody else; the log would not take it either."""
    if Role.ADMINISTRATOR not in membership.keyset.roles:
        raise Refused("no_right", "Only an administrator changes people.", "Ask an administrator of the clinic.")


def _refuse_last(members: Members, body: Body) -> None:
    if takes_last_administrator(members, body):
        raise Refused(
            "last_administrator",
            "This is the last administrator; without one nobody could add people any more.",
            "Make another person an administrator first.",
        )


def _refuse_alone(members: Members, body: Body, cosigner: Cosigner | None) -> None:
    if cosigner is None and needs_two(members, body):
        raise second_needed()
