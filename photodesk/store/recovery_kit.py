"""A new recovery kit: every key sealed to a new code, the old code opens nothing from then on.

`keys.msgpack` first holds the copies for both codes, then the membership log names the new kit's public keys, then the
old copies go: interrupted anywhere, one of the two codes opens everything.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from photodesk.clock import Clock, SystemClock
from photodesk.errors import Refused
from photodesk.store.grants import held
from photodesk.store.keyring import Secrets, clinic_secret_account, workstation_secret_account
from photodesk.store.keys_file import read_keys, seal_for_recovery, write_keys
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.member_author import author_of
from photodesk.store.member_entry import Policy
from photodesk.store.members import Members
from photodesk.store.members_log import MembersLog
from photodesk.store.publishing import once_more
from photodesk.store.recovery import SIGNING_POLICY, identity, new_code, signing_key
from photodesk.store.recovery_keys import open_with_code
from photodesk.store.roles import KeyKind, Role
from photodesk.store.signer import Signer

Random = Callable[[int], bytes]
Keys = dict[tuple[KeyKind, int], bytes]


def renew_kit(
    layout: Layout,
    keyset: KeySet,
    secrets: Secrets,
    signer: Signer,
    clock: Clock | None = None,
    old_code: str = "",
    random: Random = os.urandom,
    code: str = "",
) -> str:
    """The new code: `code`, or one that is drawn. Keys that this person does not hold come from the old code.

    Refused `no_right`, `keys_missing` where the old code is needed, `recovery_code_of_another`; Fixable
    `recovery_code_wrong`.
    """
    if Role.ADMINISTRATOR not in keyset.roles:
        raise Refused("no_right", "Only an administrator renews the recovery kit.", "Ask an administrator.")

    def change() -> str:
        return _renew(layout, keyset, secrets, signer, clock or SystemClock(), old_code, code or new_code(random))

    return once_more(layout, signer, change)


def _renew(
    layout: Layout, keyset: KeySet, secrets: Secrets, signer: Signer, clock: Clock, old_code: str, code: str
) -> str:
    clinic_id = keyset.clinic_id
    log, keys = MembersLog.open(layout.members, clinic_id), read_keys(layout, clinic_id)
    found, stations = _at_hand(keyset, secrets, log.members)
    if old_code:
        opened = open_with_code(old_code, log.members, keys)
        found, stations = opened.keys | found, opened.workstation_secrets | stations
    wanted = [one for one in log.members.marks if one[0] is not KeyKind.WORKSTATION_SECRET]
    if any(one not in found for one in wanted):
        raise Refused(
            "keys_missing",
            "Your role does not hold every key of the clinic, so you cannot seal them to a new kit.",
            "Type the old code too, or let somebody renew it who is also clinician and privacy officer.",
        )
    public = identity(code).public
    sealed = [seal_for_recovery(clinic_id, public, *one, found[one]) for one in wanted]
    sealed += [
        seal_for_recovery(clinic_id, public, KeyKind.WORKSTATION_SECRET, 1, secret, station)
        for station, secret in stations.items()
    ]
    write_keys(layout, replace(keys, recovery=(*keys.recovery, *sealed)))
    kit = Policy(SIGNING_POLICY, (signing_key(code).public + public).hex())
    log.append([kit], author_of(keyset, signer), clock.wall_ms())
    write_keys(layout, replace(keys, recovery=tuple(sealed)))
    return code


def _at_hand(keyset: KeySet, secrets: Secrets, members: Members) -> tuple[Keys, dict[str, bytes]]:
    """What this person and this workstation hold."""
    clinic_id, station = keyset.clinic_id, keyset.workstation_id
    found: Keys = dict(held(keyset))
    found |= {(KeyKind.INBOX, epoch): key.raw for epoch, key in keyset.inbox_keys.items()}
    for epoch in members.epochs(KeyKind.CLINIC_SECRET):
        found[KeyKind.CLINIC_SECRET, epoch] = secrets.get(clinic_secret_account(clinic_id, station, epoch))
    return found, {station: secrets.get(workstation_secret_account(clinic_id, station))}
