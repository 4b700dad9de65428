"""Set-up: a new clinic with its first person, first workstation, every key, and the recovery code.

`store.json` is written last: a store exists once it does. What an interrupted set-up left is never taken over.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from photodesk.clock import Clock, SystemClock
from photodesk.crypto import DEFAULT_COST, Argon2Cost, KemPrivateKey, SigningKey
from photodesk.errors import Fixable
from photodesk.ids import random_id, to_bytes
from photodesk.store.bundle import Bundle, new_bundle, wrap_bundle
from photodesk.store.catalog import Catalog
from photodesk.store.files import write_atomically
from photodesk.store.keyring import Secrets, keep_secrets
from photodesk.store.keys_file import (
    DATABASES,
    Grant,
    KeysFile,
    key_mark,
    make_grant,
    seal_for_recovery,
    wrap_database_key,
    wrap_inbox_key,
    write_keys,
)
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.member_entry import KIND as MEMBERSHIP
from photodesk.store.member_entry import (
    AddPerson,
    AddWorkstation,
    Author,
    Body,
    Found,
    GrantMade,
    KeyMark,
    Policy,
    SlotMark,
    seal_name,
)
from photodesk.store.members_log import MembersLog
from photodesk.store.password_strength import require_good
from photodesk.store.recovery import SIGNING_POLICY, identity, new_code, signing_key
from photodesk.store.roles import FOUNDER_ROLES, KeyKind, Role, keys_of
from photodesk.store.signer import UnwatchedGenerations
from photodesk.store.slots import Slot, make_slot
from photodesk.store.slots_file import ShownPerson, SignInNames, encode_slots, write_slots
from photodesk.store.store_json import StoreFacts, mac_key, make_store, write_store
from photodesk.store.unfinished import refuse_unfinished
from photodesk.store.workstation import WorkstationSigner, wrap_workstation_keys

Random = Callable[[int], bytes]
FIRST_EPOCH = 1


@dataclass(frozen=True)
class Founded:
    """What set-up has to show. The recovery code is shown once and kept nowhere."""

    clinic_id: str
    workstation_id: str
    person_id: str
    recovery_code: str = field(repr=False)
    keyring_name: str


@dataclass(frozen=True)
class _Start:
    """Everything that is drawn at random once."""

    clinic_id: bytes
    workstation_id: str
    person_id: str
    slot_id: str
    code: str = field(repr=False)
    signing: SigningKey = field(repr=False)
    log_signing: SigningKey = field(repr=False)
    workstation_secret: bytes = field(repr=False)
    bundle_key: bytes = field(repr=False)
    bundle: Bundle = field(repr=False)
    keys: dict[KeyKind, bytes] = field(repr=False)
    databases: dict[str, bytes] = field(repr=False)


def found(
    layout: Layout,
    clinic_name: str,
    workstation_name: str,
    user_name: str,
    password: str,
    roles: Iterable[Role],
    secrets: Secrets,
    cost: Argon2Cost = DEFAULT_COST,
    clock: Clock | None = None,
    random: Random = os.urandom,
) -> Founded:
    """Make a store. The first person is an administrator whatever `roles` says; without any, every role but front desk.

    Fixable `store_exists`, `name_missing`, `password_weak`, `folder_read_only`, `keyring_missing`, `keyring_locked`,
    `disk_full`; Refused `network_folder`.
    """
    clinic_name, workstation_name, user_name = clinic_name.strip(), workstation_name.strip(), user_name.strip()
    held = _founder_roles(roles, clinic_name, user_name)
    require_good(password, (clinic_name, user_name))
    _refuse_taken(layout)
    keyring_name = secrets.name()
    layout.prepare()
    clock, start = clock or SystemClock(), _draw(random)
    clinic_secret, secret = start.keys[KeyKind.CLINIC_SECRET], start.workstation_secret
    keep_secrets(secrets, start.clinic_id, start.workstation_id, {FIRST_EPOCH: clinic_secret}, secret)
    slot = make_slot(
        start.clinic_id,
        start.slot_id,
        start.person_id,
        password,
        clinic_secret,
        FIRST_EPOCH,
        start.bundle_key,
        cost,
        random,
    )
    grants = _grants(start, held)
    write_keys(layout, _keys_file(start, grants, random))
    log = MembersLog.create(layout.members, start.clinic_id)
    founder = ShownPerson(start.person_id, user_name, held)
    entry = _first_entry(start, clinic_name, workstation_name, founder, slot, random)
    log.append([entry, _kit(start), *(_made(grant) for grant in grants)], _author(start), clock.wall_ms())
    names = SignInNames(clinic_name, workstation_name, (founder,)).at(log.members)
    write_slots(layout, encode_slots(start.clinic_id, start.workstation_id, (slot,), names, secret, random))
    _keep_workstation_keys(layout, start, random)
    _make_databases(layout, start, held, user_name, clock)
    facts = StoreFacts(start.workstation_id, keyring_name, start.person_id)
    write_store(layout, make_store(log.members, facts, start.bundle.signing, mac_key(secret)))
    return Founded(start.clinic_id.hex(), start.workstation_id, start.person_id, start.code, keyring_name)


def _founder_roles(roles: Iterable[Role], clinic_name: str, user_name: str) -> frozenset[Role]:
    if not clinic_name or not user_name:
        raise Fixable("name_missing", "The clinic and its first person need a name.", "Give both.")
    asked = frozenset(roles)
    return asked | {Role.ADMINISTRATOR} if asked else FOUNDER_ROLES


def _keep_workstation_keys(layout: Layout, start: _Start, random: Random) -> None:
    wrapped = wrap_workstation_keys(
        start.clinic_id, start.workstation_id, start.signing, start.log_signing, start.workstation_secret, random
    )
    write_atomically(layout.workstation_key, wrapped)


def _grants(start: _Start, roles: frozenset[Role]) -> list[Grant]:
    return [
        make_grant(start.clinic_id, start.person_id, start.bundle.kem.public, kind, FIRST_EPOCH, start.keys[kind])
        for kind in sorted(keys_of(roles))
    ]


def _kit(start: _Start) -> Body:
    """What later proves that the recovery code is at hand."""
    return Policy(SIGNING_POLICY, signing_key(start.code).public.hex())


def _made(grant: Grant) -> Body:
    return GrantMade(to_bytes(grant.person_id), grant.kind, grant.epoch, grant.hash())


def _refuse_taken(layout: Layout) -> None:
    if layout.store_json.exists():
        raise Fixable("store_exists", "There is a PhotoDesk store in this folder already.", "Choose another folder.")
    refuse_unfinished(layout)
    files = (layout.members, layout.slots, layout.keys, layout.workstation_key, layout.catalog, layout.secrets_local)
    if any(path.exists() for path in files):
        raise Fixable(
            "store_unfinished",
            "This folder holds parts of a store whose set-up did not finish, or that lost its file store.json.",
            "Choose an empty folder; delete this one only if no photo was ever imported into it.",
        )


def _draw(random: Random) -> _Start:
    workstation_secret = random(32)
    keys = {
        KeyKind.DESK: random(32),
        KeyKind.CHART: random(32),
        KeyKind.LOG: KemPrivateKey(random(96)).raw,
        KeyKind.INBOX: KemPrivateKey(random(96)).raw,
        KeyKind.CLINIC_SECRET: random(32),
    }
    return _Start(
        clinic_id=to_bytes(random_id()),
        workstation_id=random_id(),
        person_id=random_id(),
        slot_id=random_id(),
        code=new_code(random),
        signing=SigningKey(random(32)),
        log_signing=SigningKey(random(32)),
        workstation_secret=workstation_secret,
        bundle_key=random(32),
        bundle=new_bundle(random),
        keys=keys,
        databases={name: random(48) for name in DATABASES},
    )


def _keys_file(start: _Start, grants: list[Grant], random: Random) -> KeysFile:
    clinic_id, workstation_id, keys = start.clinic_id, start.workstation_id, start.keys
    recovery_public, secret = identity(start.code).public, start.workstation_secret
    sealed = [
        seal_for_recovery(clinic_id, recovery_public, kind, FIRST_EPOCH, key) for kind, key in sorted(keys.items())
    ]
    sealed.append(
        seal_for_recovery(clinic_id, recovery_public, KeyKind.WORKSTATION_SECRET, FIRST_EPOCH, secret, workstation_id)
    )
    databases = tuple(
        wrap_database_key(
            clinic_id, workstation_id, name, FIRST_EPOCH, keys[kind], secret, start.databases[name], random
        )
        for name, kind in DATABASES.items()
    )
    inbox = wrap_inbox_key(clinic_id, FIRST_EPOCH, keys[KeyKind.CHART], KemPrivateKey(keys[KeyKind.INBOX]), random)
    bundle = wrap_bundle(start.bundle, clinic_id, start.person_id, start.bundle_key, random)
    return KeysFile(
        clinic_id,
        workstation_id,
        databases,
        (inbox,),
        (bundle,),
        tuple(grant.record for grant in grants),
        tuple(sealed),
    )


def _first_entry(
    start: _Start, clinic_name: str, workstation_name: str, founder: ShownPerson, slot: Slot, random: Random
) -> Body:
    def sealed(name: str, of: bytes) -> bytes:
        return seal_name(name, of, start.clinic_id, start.keys[KeyKind.DESK], FIRST_EPOCH, random)

    person, workstation = to_bytes(start.person_id), to_bytes(start.workstation_id)
    marks = [
        KeyMark(kind, FIRST_EPOCH, key_mark(start.clinic_id, kind, FIRST_EPOCH, key))
        for kind, key in sorted(start.keys.items())
    ]
    return Found(
        sealed_clinic_name=sealed(clinic_name, start.clinic_id),
        person=AddPerson(
            person_id=person,
            roles=sorted(founder.roles),
            signing_public=start.bundle.signing.public,
            kem_public=start.bundle.kem.public,
            sealed_name=sealed(founder.name, person),
            slots=[SlotMark(to_bytes(slot.slot_id), slot.hash())],
        ),
        workstation=AddWorkstation(
            workstation, start.signing.public, start.log_signing.public, sealed(workstation_name, workstation)
        ),
        recovery_public=identity(start.code).public,
        keys=marks,
    )


def _author(start: _Start) -> Author:
    return Author(
        start.person_id,
        start.workstation_id,
        lambda data: start.bundle.signing.sign(MEMBERSHIP, start.clinic_id, data),
        lambda data: start.signing.sign(MEMBERSHIP, start.clinic_id, data),
    )


def _make_databases(layout: Layout, start: _Start, roles: frozenset[Role], user_name: str, clock: Clock) -> None:
    """Catalog, erasure keys and index, with all their keys at hand, and the first name in the catalog's projection."""
    inbox = KemPrivateKey(start.keys[KeyKind.INBOX])
    keyset = KeySet(
        clinic_id=start.clinic_id,
        workstation_id=start.workstation_id,
        person_id=start.person_id,
        roles=roles,
        signing=start.bundle.signing,
        kem=start.bundle.kem,
        desk_keys={FIRST_EPOCH: start.keys[KeyKind.DESK]},
        chart_keys={FIRST_EPOCH: start.keys[KeyKind.CHART]},
        log_keys={},
        inbox_keys={FIRST_EPOCH: inbox},
        inbox_public=inbox.public,
        inbox_epoch=FIRST_EPOCH,
        database_keys=start.databases,
    )
    signer = WorkstationSigner(start.signing, start.clinic_id)
    catalog = Catalog.create(layout, keyset, signer, UnwatchedGenerations(), clock)
    try:
        catalog.project_people({start.person_id: user_name})
    finally:
        catalog.close()
