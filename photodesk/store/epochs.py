"""New epochs: after somebody lost a key, everything from then on is under one they never held.

The membership log knows which kinds of key are owed a new epoch. Whoever holds the newest one makes the next: at once
when that is the administrator who removed the person, otherwise the next person who signs in with it. Everybody whose
role calls for the key is granted the new one in the same change, before it counts; database keys and chart keys are
wrapped anew, no database is rewritten. The second factor of all slots, CS, has epochs in its format and none are made
yet.
"""

from __future__ import annotations

from collections.abc import Sequence

from photodesk.crypto import KemPrivateKey
from photodesk.store.grants import Keys, granted_entry
from photodesk.store.keys_file import (
    DATABASES,
    Grant,
    key_mark,
    make_grant,
    seal_for_recovery,
    wrap_database_key,
    wrap_inbox_key,
)
from photodesk.store.keyset import KeySet
from photodesk.store.member_entry import Body, KeyMark
from photodesk.store.members import Members
from photodesk.store.membership import Membership, NewRecords
from photodesk.store.roles import KeyKind, keys_of


def raise_epochs(membership: Membership) -> tuple[KeyKind, ...]:
    """Make the epochs that are owed and that this person can make; which. The key set learns them."""
    kinds = _mine(membership.members, membership.keyset)
    if not kinds:
        return ()
    fresh = {(kind, membership.members.epochs(kind)[-1] + 1): _draw(kind, membership) for kind in kinds}
    new = _records(membership, fresh)
    membership.commit(_entries(membership, fresh, new.grants), new)
    for (kind, epoch), key in fresh.items():
        membership.keyset.learn(kind, epoch, key)
    return kinds


def _entries(membership: Membership, fresh: Keys, grants: Sequence[Grant]) -> list[Body]:
    """Of each kind first the grants and then the mark, so that an epoch never counts before everybody has it."""
    entries: list[Body] = []
    for (kind, epoch), key in fresh.items():
        entries += [granted_entry(grant) for grant in grants if grant.kind is kind]
        entries.append(KeyMark(kind, epoch, key_mark(membership.keyset.clinic_id, kind, epoch, key)))
    return entries


def _mine(members: Members, keyset: KeySet) -> tuple[KeyKind, ...]:
    """The owed kinds of which this person holds the newest epoch; the inbox pair comes after its CK."""
    newest = {
        KeyKind.DESK: max(keyset.desk_keys, default=0),
        KeyKind.CHART: max(keyset.chart_keys, default=0),
        KeyKind.LOG: max(keyset.log_keys, default=0),
    }
    newest[KeyKind.INBOX] = newest[KeyKind.CHART]
    of = {KeyKind.INBOX: KeyKind.CHART}
    return tuple(
        kind
        for kind, epoch in newest.items()
        if kind in members.owed and members.epochs(of.get(kind, kind))[-1] == epoch
    )


def _draw(kind: KeyKind, membership: Membership) -> bytes:
    if kind in {KeyKind.LOG, KeyKind.INBOX}:
        return KemPrivateKey(membership.random(96)).raw
    return membership.random(32)


def _records(membership: Membership, fresh: Keys) -> NewRecords:
    """Grants for everybody who is to have a key, its copy for the recovery kit, and what lies under it."""
    members, keyset, random = membership.members, membership.keyset, membership.random
    clinic_id, station, secret = keyset.clinic_id, keyset.workstation_id, membership.checked.workstation_secret
    chart_keys = keyset.chart_keys | {epoch: key for (kind, epoch), key in fresh.items() if kind is KeyKind.CHART}
    people, own = [one for one in members.people.values() if not one.removed], keyset.database_keys
    return NewRecords(
        grants=[
            make_grant(clinic_id, member.person_id, member.kem_public, kind, epoch, key)
            for (kind, epoch), key in fresh.items()
            for member in people
            if kind in keys_of(member.roles)
        ],
        databases=[
            wrap_database_key(clinic_id, station, name, epoch, key, secret, own[name], random)
            for (kind, epoch), key in fresh.items()
            for name, of in DATABASES.items()
            if of is kind
        ],
        inbox=[
            wrap_inbox_key(clinic_id, epoch, chart_keys[epoch], KemPrivateKey(key), random)
            for (kind, epoch), key in fresh.items()
            if kind is KeyKind.INBOX
        ],
        recovery=[
            seal_for_recovery(clinic_id, members.recovery_public, kind, epoch, key)
            for (kind, epoch), key in fresh.items()
        ],
    )
