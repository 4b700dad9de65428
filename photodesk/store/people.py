"""Adding people, listing them, and giving them the keys their roles call for.

The membership log says who may have what; whoever holds a key gives it: at once when the one who adds a person holds
it, otherwise the next person who signs in with it does (`complete_grants`). Until then the new person is *waiting*.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from photodesk.clock import Clock, SystemClock
from photodesk.crypto import DEFAULT_COST, Argon2Cost
from photodesk.errors import Fixable, Refused
from photodesk.ids import random_id, to_bytes
from photodesk.store.bundle import Bundle, new_bundle, wrap_bundle
from photodesk.store.keyring import Secrets, clinic_secret_account
from photodesk.store.keys_file import (
    Grant,
    KeysFile,
    key_mark,
    make_grant,
    open_for_recovery,
    read_grant,
    read_keys,
    write_keys,
)
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.member_author import author_of
from photodesk.store.member_entry import AddPerson, GrantMade, SlotMark, open_name, seal_name
from photodesk.store.members import Member, Members
from photodesk.store.members_log import MembersLog
from photodesk.store.password_strength import require_good
from photodesk.store.recovery import identity
from photodesk.store.roles import KeyKind, Role
from photodesk.store.signer import Signer
from photodesk.store.signin import check_store
from photodesk.store.slots import Slot, make_slot
from photodesk.store.slots_file import ShownPerson, encode_slots, write_slots

Random = Callable[[int], bytes]
Keys = dict[tuple[KeyKind, int], bytes]


@dataclass(frozen=True)
class Person:
    """A person as listed. `state` is `active`, `waiting` (for keys) or `removed`."""

    person_id: str
    name: str
    roles: frozenset[Role]
    state: str


def people(layout: Layout, keyset: KeySet) -> tuple[Person, ...]:
    """Everyone the membership log knows, in the order they came."""
    members = MembersLog.open(layout.members, keyset.clinic_id).members
    keys = read_keys(layout, keyset.clinic_id)
    return tuple(
        Person(
            member.person_id,
            open_name(member.sealed_name, to_bytes(member.person_id), keyset.clinic_id, keyset.desk_keys),
            member.roles,
            _state(member, members, keys),
        )
        for member in members.people.values()
    )


def add_person(
    layout: Layout,
    keyset: KeySet,
    secrets: Secrets,
    name: str,
    roles: Iterable[Role],
    password: str,
    signer: Signer,
    clock: Clock,
    cost: Argon2Cost = DEFAULT_COST,
    random: Random = os.urandom,
) -> str:
    """Add a person who can sign in at this workstation; the new person id.

    Refused `no_right` without the administrator's role; Fixable `name_missing`, `name_taken`, `role_needed`,
    `password_weak`.
    """
    if Role.ADMINISTRATOR not in keyset.roles:
        raise Refused("no_right", "Only an administrator adds people.", "Ask an administrator of the clinic.")
    name, held = name.strip(), frozenset(roles)
    checked, clinic_id = check_store(layout, secrets), keyset.clinic_id
    present = tuple(shown for shown in checked.names.people if checked.members.person(shown.person_id))
    _refuse_unfit(name, held, present)
    require_good(password, (checked.names.clinic_name, name))
    person_id, slot_id, bundle_key, bundle = random_id(), random_id(), random(32), new_bundle(random)
    cs_epoch = checked.members.epochs(KeyKind.CLINIC_SECRET)[-1]
    clinic_secret = secrets.get(clinic_secret_account(clinic_id, keyset.workstation_id, cs_epoch))
    slot = make_slot(clinic_id, slot_id, person_id, password, clinic_secret, cs_epoch, bundle_key, cost, random)
    entry = _entry(keyset, person_id, name, held, bundle, slot, random)
    keys = read_keys(layout, clinic_id)
    newcomer = Member(person_id, held, bundle.signing.public, bundle.kem.public, entry.sealed_name)
    grants = _missing_grants(newcomer, checked.members, keys, _held(keyset))
    wrapped = wrap_bundle(bundle, clinic_id, person_id, bundle_key, random)
    names = replace(checked.names, people=(*present, ShownPerson(person_id, name, held)))
    slots = (*checked.current_slots(), slot)
    secret = checked.workstation_secret
    write_keys(layout, keys.with_more(bundles=[wrapped], grants=[grant.record for grant in grants]))
    write_slots(layout, encode_slots(clinic_id, keyset.workstation_id, slots, names, secret, random))
    log = MembersLog.open(layout.members, clinic_id)
    log.append([entry, *map(_made, grants)], author_of(keyset, signer), clock.wall_ms())
    write_slots(layout, encode_slots(clinic_id, keyset.workstation_id, slots, names.at(log.members), secret, random))
    return person_id


def _refuse_unfit(name: str, roles: frozenset[Role], present: tuple[ShownPerson, ...]) -> None:
    if not name or not roles:
        raise Fixable("name_missing" if not name else "role_needed", "A person needs a name and a role.", "Give both.")
    if any(shown.name.casefold() == name.casefold() for shown in present):
        raise Fixable("name_taken", "Someone here has this name already.", "Add something that tells the two apart.")


def _entry(
    keyset: KeySet, person_id: str, name: str, roles: frozenset[Role], bundle: Bundle, slot: Slot, random: Random
) -> AddPerson:
    of, epoch = to_bytes(person_id), keyset.desk_epoch
    return AddPerson(
        person_id=of,
        roles=sorted(roles),
        signing_public=bundle.signing.public,
        kem_public=bundle.kem.public,
        sealed_name=seal_name(name, of, keyset.clinic_id, keyset.desk_keys[epoch], epoch, random),
        slots=[SlotMark(to_bytes(slot.slot_id), slot.hash())],
    )


def complete_grants(layout: Layout, keyset: KeySet, signer: Signer, clock: Clock | None = None) -> int:
    """Give every waiting person the keys this person holds; how many grants were made. Called at each sign-in."""
    return _grant_all(layout, keyset, signer, clock or SystemClock(), _held(keyset))


def grant_from_recovery(layout: Layout, keyset: KeySet, code: str, signer: Signer, clock: Clock) -> int:
    """Where nobody is left who holds a key: an administrator gives it out of the recovery kit.

    Fixable `recovery_code_wrong`; Refused `no_right`; Damaged `not_authentic` for another clinic's code.
    """
    if Role.ADMINISTRATOR not in keyset.roles:
        raise Refused("no_right", "Only an administrator uses the recovery kit.", "Ask an administrator of the clinic.")
    opener = identity(code)
    held: Keys = {}
    for record in read_keys(layout, keyset.clinic_id).recovery:
        kind, epoch, key = open_for_recovery(record, keyset.clinic_id, opener)
        if kind in {KeyKind.DESK, KeyKind.CHART, KeyKind.LOG}:
            held[kind, epoch] = key
    return _grant_all(layout, keyset, signer, clock, held)


def _grant_all(layout: Layout, keyset: KeySet, signer: Signer, clock: Clock, held: Keys) -> int:
    log, keys = MembersLog.open(layout.members, keyset.clinic_id), read_keys(layout, keyset.clinic_id)
    made = [
        grant for member in log.members.people.values() for grant in _missing_grants(member, log.members, keys, held)
    ]
    if made:
        write_keys(layout, keys.with_more(grants=[grant.record for grant in made]))
        log.append([_made(grant) for grant in made], author_of(keyset, signer), clock.wall_ms())
    return len(made)


def _held(keyset: KeySet) -> Keys:
    held: Keys = {(KeyKind.DESK, epoch): key for epoch, key in keyset.desk_keys.items()}
    held |= {(KeyKind.CHART, epoch): key for epoch, key in keyset.chart_keys.items()}
    held |= {(KeyKind.LOG, epoch): key.raw for epoch, key in keyset.log_keys.items()}
    return held


def _missing_grants(member: Member, members: Members, keys: KeysFile, held: Keys) -> list[Grant]:
    """What this person is to have, has not, and can be given; only keys that are what the log says they are."""
    had = _granted(member, keys)
    return [
        make_grant(members.clinic_id, member.person_id, member.kem_public, kind, epoch, held[kind, epoch])
        for kind, epoch in members.wanted(member)
        if (kind, epoch) not in had
        and (kind, epoch) in held
        and key_mark(members.clinic_id, kind, epoch, held[kind, epoch]) == members.marks[kind, epoch]
    ]


def _granted(member: Member, keys: KeysFile) -> set[tuple[KeyKind, int]]:
    grants = map(read_grant, keys.grants)
    return {(grant.kind, grant.epoch) for grant in grants if grant.person_id == member.person_id}


def _state(member: Member, members: Members, keys: KeysFile) -> str:
    if member.removed:
        return "removed"
    return "active" if set(members.wanted(member)) <= _granted(member, keys) else "waiting"


def _made(grant: Grant) -> GrantMade:
    return GrantMade(to_bytes(grant.person_id), grant.kind, grant.epoch, grant.hash())
