"""What a sign-in finishes: an interrupted change, grants that waited for this person, epochs that are owed."""

from __future__ import annotations

from photodesk.clock import Clock
from photodesk.errors import PhotoDeskError
from photodesk.ids import to_bytes
from photodesk.store.changing import changing_members
from photodesk.store.epochs import raise_epochs
from photodesk.store.grants import granted_entry, held, missing_grants
from photodesk.store.keyring import Secrets
from photodesk.store.keys_file import KeysFile, recovery_holder, seal_for_recovery
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.membership import Membership, NewRecords, settle
from photodesk.store.publishing import WAITS
from photodesk.store.roles import KeyKind
from photodesk.store.signer import Signer


def catch_up(
    layout: Layout, keyset: KeySet, secrets: Secrets, signer: Signer, clock: Clock
) -> tuple[int, tuple[KeyKind, ...]]:
    """How many grants were made, and of which kinds a new epoch; the key set learns those.

    While the clinic server cannot be reached they wait for a later sign-in.
    """
    membership = Membership(layout, keyset, secrets, signer, clock)
    with changing_members(layout):
        settle(layout, membership.checked, _with_own_copy(membership))
    try:
        return _grant(membership), raise_epochs(membership)
    except PhotoDeskError as error:
        if error.code not in WAITS:
            raise
        return 0, ()


def _with_own_copy(membership: Membership) -> KeysFile:
    """The keys with this workstation's secret sealed for the recovery kit: one renewed elsewhere took the old copy."""
    keys, station = membership.keys, membership.checked.store.workstation_id
    if any(recovery_holder(one) == to_bytes(station) for one in keys.recovery):
        return keys
    public, secret = membership.members.recovery_public, membership.checked.workstation_secret
    own = seal_for_recovery(keys.clinic_id, public, KeyKind.WORKSTATION_SECRET, 1, secret, station)
    membership.keys = keys.with_more(recovery=[own])
    return membership.keys


def _grant(membership: Membership) -> int:
    members = membership.members
    grants = missing_grants(members.people.values(), members, membership.keys, held(membership.keyset))
    if grants:
        membership.commit(map(granted_entry, grants), NewRecords(grants=grants))
    return len(grants)
