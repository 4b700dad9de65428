"""Coming back with the recovery code: new keys and a new password for one person of the clinic, as an administrator.

On this workstation after a password or a keyring is lost (`come_back`), or on a new one (`restore_run`). The entry in
the membership log is signed by the code itself; every other slot rests until an administrator renews it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from photodesk.clock import Clock, SystemClock
from photodesk.crypto import DEFAULT_COST, Argon2Cost
from photodesk.errors import Fixable, PhotoDeskError, Refused
from photodesk.ids import random_id, to_bytes
from photodesk.store.bundle import Bundle, bundle_owner, new_bundle, wrap_bundle
from photodesk.store.grants import Keys, granted_entry, missing_grants
from photodesk.store.keyring import Secrets, keep_secrets
from photodesk.store.keys_file import Grant, KeysFile, read_keys
from photodesk.store.layout import Layout
from photodesk.store.member_entry import AddPerson, AddWorkstation, RecoveryUsed, SlotMark, open_name, seal_name
from photodesk.store.member_rules import RECOVERY_KIND, recovery_proof
from photodesk.store.members import Member, Members
from photodesk.store.members_log import MembersLog
from photodesk.store.membership import Membership, NewRecords
from photodesk.store.password_strength import require_good
from photodesk.store.person_name import same_name
from photodesk.store.publishing import Publisher
from photodesk.store.recovery import SIGNING_POLICY, signing_key
from photodesk.store.recovery_keys import CodeKeys, open_with_code
from photodesk.store.roles import KeyKind, Role
from photodesk.store.slots import Slot, make_slot
from photodesk.store.slots_file import ShownPerson
from photodesk.store.store_json import StoreFacts, mac_key, make_store, read_store, write_store
from photodesk.store.workstation import WorkstationSigner, unwrap_workstation_keys

Random = Callable[[int], bytes]
Way = Callable[[WorkstationSigner], Publisher | None]


@dataclass(frozen=True)
class Comer:
    """Who comes back, with everything that is new about them."""

    shown: ShownPerson
    added: AddPerson
    bundle: Bundle = field(repr=False)
    wrapped: bytes = field(repr=False)
    slot: Slot = field(repr=False)
    grants: tuple[Grant, ...] = field(repr=False)


def names_of(members: Members, desk_keys: dict[int, bytes]) -> dict[str, str]:
    """The names of everybody who belongs to the clinic, by person id."""
    return {
        one.person_id: open_name(one.sealed_name, to_bytes(one.person_id), members.clinic_id, desk_keys)
        for one in members.people.values()
        if not one.removed and not members.is_envelope(one.person_id)
    }


def clinic_name_of(members: Members, desk_keys: dict[int, bytes]) -> str:
    """What the clinic is called."""
    return open_name(members.sealed_clinic_name, members.clinic_id, members.clinic_id, desk_keys)


def make_comer(
    members: Members,
    held: CodeKeys,
    name: str,
    password: str,
    cost: Argon2Cost = DEFAULT_COST,
    random: Random = os.urandom,
) -> Comer:
    """New keys, slot and grants for the person of this name. Fixable `person_unknown`, `password_weak`; Refused
    `recovery_not_prepared` in a clinic whose kit cannot sign yet.
    """
    if SIGNING_POLICY not in members.policies:
        raise Refused(
            "recovery_not_prepared",
            "This clinic was set up before its recovery kit could do this.",
            "Let an administrator who can still sign in renew the kit: photodesk recovery renew",
        )
    desk_keys, clinic_id = held.of(KeyKind.DESK), members.clinic_id
    names = names_of(members, desk_keys)
    person_id = next((one for one, called in names.items() if same_name(called, name)), None)
    if person_id is None:
        raise Fixable(
            "person_unknown",
            "Nobody of this name belongs to the clinic.",
            f"Give one of these names with --user: {'; '.join(sorted(names.values()))}",
        )
    require_good(password, (clinic_name_of(members, desk_keys), names[person_id]))
    roles = members.people[person_id].roles | {Role.ADMINISTRATOR}
    of, epoch, bundle, bundle_key = to_bytes(person_id), max(desk_keys), new_bundle(random), random(32)
    cs_epoch, slot_id = max(held.of(KeyKind.CLINIC_SECRET)), random_id()
    secret = held.keys[KeyKind.CLINIC_SECRET, cs_epoch]
    slot = make_slot(clinic_id, slot_id, person_id, password, secret, cs_epoch, bundle_key, cost, random)
    sealed = seal_name(names[person_id], of, clinic_id, desk_keys[epoch], epoch, random)
    mark = SlotMark(to_bytes(slot_id), slot.hash())
    added = AddPerson(of, sorted(roles), bundle.signing.public, bundle.kem.public, sealed, [mark])
    member = Member(person_id, roles, bundle.signing.public, bundle.kem.public, sealed)
    grantable: Keys = {one: key for one, key in held.keys.items() if one[0] is not KeyKind.CLINIC_SECRET}
    grants = missing_grants([member], members, KeysFile(clinic_id, ""), grantable)
    wrapped = wrap_bundle(bundle, clinic_id, person_id, bundle_key, random)
    return Comer(ShownPerson(person_id, names[person_id], roles), added, bundle, wrapped, slot, tuple(grants))


def recovery_entry(members: Members, comer: Comer, workstation: AddWorkstation, code: str) -> RecoveryUsed:
    """The entry that follows the membership log as it stands."""
    proven = recovery_proof(members.head, comer.added, workstation)
    return RecoveryUsed(comer.added, workstation, signing_key(code).sign(RECOVERY_KIND, members.clinic_id, proven))


def come_back(
    layout: Layout,
    secrets: Secrets,
    code: str,
    name: str,
    password: str,
    cost: Argon2Cost = DEFAULT_COST,
    clock: Clock | None = None,
    random: Random = os.urandom,
    way: Way = lambda _signer: None,
) -> str:
    """On this workstation: the keyring's secrets are put back, and this person has a new password; the person id.

    `secrets` is where they lie from now on; `way` leads to the clinic server, which is asked where it answers.

    Fixable `recovery_code_wrong`, `person_unknown`, `password_weak`, `keyring_missing`, `members_changed`; Refused
    `recovery_code_of_another`, `recovery_not_prepared`; Damaged.
    """
    store = read_store(layout)
    clinic_id, workstation_id = store.clinic, store.workstation_id
    held = _opened(layout, clinic_id, code)[1]
    secret = held.workstation_secrets.get(workstation_id)
    if secret is None:
        raise Refused(
            "recovery_not_prepared",
            "The secret of this workstation is not sealed to the recovery kit.",
            "Restore the newest backup into a new folder with the recovery code.",
        )
    keep_secrets(secrets, clinic_id, workstation_id, held.of(KeyKind.CLINIC_SECRET), secret)
    signing, _ = unwrap_workstation_keys(layout.workstation_key.read_bytes(), clinic_id, workstation_id, secret)
    signer = _Signer(WorkstationSigner(signing, clinic_id), way)
    signer.take()
    members, held = _opened(layout, clinic_id, code)
    comer = make_comer(members, held, name, password, cost, random)
    keyset = held.keyset(clinic_id, workstation_id, comer.shown.person_id, comer.bundle.signing, comer.bundle.kem, {})
    membership = Membership(layout, keyset, secrets, signer, clock or SystemClock(), random, alone=True)
    there = membership.members.workstations[workstation_id]
    station = AddWorkstation(
        to_bytes(workstation_id), there.signing_public, there.log_signing_public, there.sealed_name
    )
    old = [record for record in membership.keys.bundles if bundle_owner(record) == comer.added.person_id]
    new = NewRecords([comer.wrapped], list(comer.grants), slots=[comer.slot], shown=comer.shown, old_bundles=old)
    entry = recovery_entry(membership.members, comer, station, code)
    membership.commit([entry, *map(granted_entry, comer.grants)], new)
    _name_keyring(layout, secrets, membership, secret)
    return comer.shown.person_id


def _opened(layout: Layout, clinic_id: bytes, code: str) -> tuple[Members, CodeKeys]:
    members = MembersLog.open(layout.members, clinic_id).members
    return members, open_with_code(code, members, read_keys(layout, clinic_id))


class _Signer:
    """The workstation's own signature, with nobody signed in, and the way to the server where there is one."""

    def __init__(self, signer: WorkstationSigner, way: Way) -> None:
        self._signer = signer
        self.publisher = way(signer)

    def sign(self, kind: str, data: bytes) -> bytes:
        """As `WorkstationSigner`."""
        return self._signer.sign(kind, data)

    def take(self) -> None:
        """What others changed meanwhile, so that coming back goes on from there; not where nobody answers."""
        if self.publisher is not None:
            with suppress(PhotoDeskError):
                self.publisher.take()


def _name_keyring(layout: Layout, secrets: Secrets, membership: Membership, secret: bytes) -> None:
    """Where the secrets lie somewhere else than before, `store.json` says so."""
    store, name = membership.checked.store, secrets.name()
    if store.keyring != name:
        facts = StoreFacts(store.workstation_id, name, membership.keyset.person_id)
        write_store(layout, make_store(membership.members, facts, membership.keyset.signing, mac_key(secret)))
