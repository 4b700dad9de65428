"""Grants: whoever holds a key gives it to those whose roles call for it, and to nobody else.

The membership log says who may have what. A key is given at once when the one who adds a person holds it, otherwise by
the next person who signs in with it (`catching_up`); until then the person is *waiting*.
"""

from __future__ import annotations

from collections.abc import Iterable

from photodesk.clock import Clock
from photodesk.errors import Refused
from photodesk.ids import to_bytes
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
from photodesk.store.member_entry import GrantMade
from photodesk.store.members import Member, Members
from photodesk.store.members_log import MembersLog
from photodesk.store.publishing import once_more
from photodesk.store.recovery import identity
from photodesk.store.roles import KeyKind, Role
from photodesk.store.signer import Signer

Keys = dict[tuple[KeyKind, int], bytes]


def grant_from_recovery(layout: Layout, keyset: KeySet, code: str, signer: Signer, clock: Clock) -> int:
    """Where nobody is left who holds a key: an administrator gives it out of the recovery kit.

    Fixable `recovery_code_wrong`; Refused `no_right`; Damaged `not_authentic` for another clinic's code.
    """
    if Role.ADMINISTRATOR not in keyset.roles:
        raise Refused("no_right", "Only an administrator uses the recovery kit.", "Ask an administrator of the clinic.")
    opener = identity(code)
    opened: Keys = {}
    for record in read_keys(layout, keyset.clinic_id).recovery:
        kind, epoch, key = open_for_recovery(record, keyset.clinic_id, opener)
        if kind in {KeyKind.DESK, KeyKind.CHART, KeyKind.LOG}:
            opened[kind, epoch] = key
    return once_more(layout, signer, lambda: _grant_all(layout, keyset, signer, clock, opened))


def _grant_all(layout: Layout, keyset: KeySet, signer: Signer, clock: Clock, keys_at_hand: Keys) -> int:
    log, keys = MembersLog.open(layout.members, keyset.clinic_id), read_keys(layout, keyset.clinic_id)
    grants = missing_grants(log.members.people.values(), log.members, keys, keys_at_hand)
    if grants:
        write_keys(layout, keys.with_more(grants=[grant.record for grant in grants]))
        log.append([granted_entry(grant) for grant in grants], author_of(keyset, signer), clock.wall_ms())
    return len(grants)


def held(keyset: KeySet) -> Keys:
    """The keys that this person can give."""
    keys: Keys = {(KeyKind.DESK, epoch): key for epoch, key in keyset.desk_keys.items()}
    keys |= {(KeyKind.CHART, epoch): key for epoch, key in keyset.chart_keys.items()}
    keys |= {(KeyKind.LOG, epoch): key.raw for epoch, key in keyset.log_keys.items()}
    return keys


def missing_grants(people: Iterable[Member], members: Members, keys: KeysFile, keys_at_hand: Keys) -> list[Grant]:
    """What these people are to have, have not, and can be given; only keys that are what the log says they are."""
    return [
        make_grant(members.clinic_id, member.person_id, member.kem_public, kind, epoch, keys_at_hand[kind, epoch])
        for member in people
        for kind, epoch in lacking(member, members, keys)
        if (kind, epoch) in keys_at_hand
        and key_mark(members.clinic_id, kind, epoch, keys_at_hand[kind, epoch]) == members.marks[kind, epoch]
    ]


def lacking(member: Member, members: Members, keys: KeysFile) -> list[tuple[KeyKind, int]]:
    """The keys a person's roles call for and nobody has given them yet."""
    grants = map(read_grant, keys.grants)
    given = {
        (grant.kind, grant.epoch)
        for grant in grants
        if grant.person_id == member.person_id and is_granted(grant, members)
    }
    return [one for one in members.wanted(member) if one not in given]


def is_granted(grant: Grant, members: Members) -> bool:
    """Whether the membership log names this very grant; others are left from something unfinished, or are old."""
    return members.grants.get((grant.person_id, grant.kind, grant.epoch)) == grant.hash()


def granted_entry(grant: Grant) -> GrantMade:
    """What the membership log says about a grant."""
    return GrantMade(to_bytes(grant.person_id), grant.kind, grant.epoch, grant.hash())
