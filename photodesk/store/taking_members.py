"""Taking membership entries and key records that other workstations made: into `members.log` and the key files.

Done by the keeper, with nobody signed in: so whoever got a slot elsewhere signs in here, and whoever was removed does
not. The order is that of a change made here (`membership`): first the files hold what was and what will be, then the
log takes the entries, then only what it names is left.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from photodesk.store.changing import changing_members
from photodesk.store.gathering import Gathered, gather
from photodesk.store.key_records import make_key_record, mark_of, own_inners
from photodesk.store.keyring import Secrets, clinic_secret_account
from photodesk.store.keys_file import read_keys, write_keys
from photodesk.store.layout import Layout
from photodesk.store.member_entry import decode_entry
from photodesk.store.members import Members, altered
from photodesk.store.members_log import MembersLog
from photodesk.store.membership import settle
from photodesk.store.roles import KeyKind
from photodesk.store.signin import CheckedStore, check_store
from photodesk.store.slots_file import ShownPerson, SignInNames, encode_slots, write_slots

Random = Callable[[int], bytes]


@dataclass(frozen=True)
class TakenMembers:
    """`revoked`: this workstation was shut out; `wipe`: and the membership log orders its store to be erased."""

    changed: bool
    revoked: bool = False
    wipe: bool = False


def take_members(
    layout: Layout,
    secrets: Secrets,
    entries: Sequence[bytes],
    key_records: Iterable[bytes],
    *,
    wait: bool = False,
    random: Random = os.urandom,
) -> TakenMembers:
    """Take what came. Entries that are here already are compared, those that do not fit refused.

    Damaged `members_altered` for entries that this log does not lead to; Fixable `members_busy` unless `wait`.
    """
    with changing_members(layout, wait=wait):
        checked = check_store(layout, secrets)
        before = checked.members
        log = MembersLog.open(layout.members, before.clinic_id)
        fresh = _fresh(entries, log.members)
        prepared = log.prepare_records(fresh) if fresh else None
        after = prepared.after if prepared is not None else log.members
        keys = read_keys(layout, before.clinic_id)
        gathered = gather(key_records, after, clinic_secrets(checked, secrets))
        more = gathered.added_to(keys, before)
        if more != keys:
            write_keys(layout, more)
        changed = prepared is not None or more != keys
        changed = _write_slots(layout, checked, gathered, random) or changed
        if prepared is not None:
            log.write(prepared, published=True)
        if changed:
            settle(layout, check_store(layout, secrets), read_keys(layout, before.clinic_id), random)
    return standing(after, checked.store.workstation_id, changed=changed)


def standing(members: Members, workstation_id: str, *, changed: bool = False) -> TakenMembers:
    """Whether this workstation still belongs to the clinic."""
    end = members.workstations[workstation_id].revocation
    return TakenMembers(changed, end is not None, end is not None and end.wipe)


def own_key_records(
    layout: Layout, secrets: Secrets, sign: Callable[[str, bytes], bytes], known: frozenset[bytes] = frozenset()
) -> list[tuple[bytes, bytes]]:
    """(mark, signed record) of everything in this workstation's key files that others need and is not `known`.

    Also what a change has prepared and not made yet: it is to be at the server before the entries that name it.
    """
    checked = check_store(layout, secrets)
    members, station = checked.members, checked.store.workstation_id
    epoch = members.epochs(KeyKind.CLINIC_SECRET)[-1]
    secret = clinic_secrets(checked, secrets)[epoch]
    names = {one.person_id: one.name for one in checked.names.people if one.name}
    keys = read_keys(layout, members.clinic_id)
    inners = own_inners(keys, checked.slots.slots, names, members.recovery_public, epoch, secret)
    return [
        (mark, make_key_record(what, inner, station, sign))
        for what, inner in inners
        if (mark := mark_of(what, inner)) not in known
    ]


def clinic_secrets(checked: CheckedStore, secrets: Secrets) -> dict[int, bytes]:
    """CS of every epoch, from where this workstation's secrets lie."""
    clinic_id, station = checked.store.clinic, checked.store.workstation_id
    return {
        epoch: secrets.get(clinic_secret_account(clinic_id, station, epoch))
        for epoch in checked.members.epochs(KeyKind.CLINIC_SECRET)
    }


def _fresh(entries: Sequence[bytes], members: Members) -> list[bytes]:
    """The entries behind this log's end; those before it must be the ones that are here."""
    fresh = []
    for record in entries:
        entry = decode_entry(record)
        if entry.sequence > members.sequence:
            fresh.append(record)
        elif entry.sequence < 1 or members.hashes[entry.sequence - 1] != entry.hash():
            raise altered(entry.sequence)
    return fresh


def _write_slots(layout: Layout, checked: CheckedStore, gathered: Gathered, random: Random) -> bool:
    """Old and new slots, and the names of everybody who will be shown; whether anything is new."""
    known = {slot.slot_id for slot in checked.slots.slots}
    slots = (*checked.slots.slots, *(slot for slot_id, slot in gathered.slots.items() if slot_id not in known))
    names = with_names(checked.names, gathered)
    if (slots, names) == (checked.slots.slots, checked.names):
        return False
    clinic_id, station = checked.store.clinic, checked.store.workstation_id
    write_slots(layout, encode_slots(clinic_id, station, slots, names, checked.workstation_secret, random))
    return True


def with_names(names: SignInNames, gathered: Gathered) -> SignInNames:
    """The sign-in page with everybody whose name is known; roles as the membership log has them."""
    members = gathered.members
    shown = {one.person_id: one for one in names.people}
    for person_id, name in gathered.names.items():
        member = members.person(person_id)
        if member is not None and not members.is_envelope(person_id):
            shown[person_id] = ShownPerson(person_id, name, member.roles)
    return replace(names, people=tuple(shown.values()))
