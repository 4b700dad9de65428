"""The key files of a restored store: a new workstation in an old clinic, brought by one entry of its membership log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from photodesk.crypto import SigningKey
from photodesk.ids import to_bytes
from photodesk.store.coming_back import Comer, clinic_name_of, names_of, recovery_entry
from photodesk.store.files import write_atomically
from photodesk.store.grants import granted_entry
from photodesk.store.keyring import Secrets, keep_secrets
from photodesk.store.keys_file import DATABASES, KeysFile, seal_for_recovery, wrap_database_key, write_keys
from photodesk.store.layout import Layout
from photodesk.store.member_entry import AddWorkstation, Author, seal_name
from photodesk.store.members_log import MembersLog
from photodesk.store.restore_source import Opened
from photodesk.store.roles import KeyKind
from photodesk.store.slots_file import ShownPerson, SignInNames, encode_slots, write_slots
from photodesk.store.workstation import wrap_workstation_keys

Random = Callable[[int], bytes]


@dataclass(frozen=True)
class NewStation:
    """What is drawn at random once, and who it is for. `databases` are 48-byte keys by name."""

    workstation_id: str
    comer: Comer
    signing: SigningKey = field(repr=False)
    log_signing: SigningKey = field(repr=False)
    secret: bytes = field(repr=False)
    databases: dict[str, bytes] = field(repr=False)


def make_key_files(
    opened: Opened,
    layout: Layout,
    secrets: Secrets,
    new: NewStation,
    code: str,
    workstation_name: str,
    author: Author,
    time_ms: int,
    random: Random,
) -> MembersLog:
    """Everything but `store.json`; the membership log with the entry that brings this workstation."""
    clinic_id, held = opened.run.clinic_id, opened.held
    keep_secrets(secrets, clinic_id, new.workstation_id, held.of(KeyKind.CLINIC_SECRET), new.secret)
    write_keys(layout, _keys_file(opened, new, random))
    write_atomically(layout.members, opened.members_log)
    log = MembersLog.open(layout.members, clinic_id)
    desk_keys = held.of(KeyKind.DESK)
    epoch, station = max(desk_keys), to_bytes(new.workstation_id)
    sealed = seal_name(workstation_name, station, clinic_id, desk_keys[epoch], epoch, random)
    added = AddWorkstation(station, new.signing.public, new.log_signing.public, sealed)
    entry = recovery_entry(log.members, new.comer, added, code)
    log.append([entry, *map(granted_entry, new.comer.grants)], author, time_ms, published=True)
    _write_names(layout, log, new, workstation_name, desk_keys, random)
    wrapped = wrap_workstation_keys(clinic_id, new.workstation_id, new.signing, new.log_signing, new.secret, random)
    write_atomically(layout.workstation_key, wrapped)
    return log


def _write_names(
    layout: Layout, log: MembersLog, new: NewStation, workstation_name: str, desk_keys: dict[int, bytes], random: Random
) -> None:
    """Everybody is shown; the slots of all but one rest until they are renewed."""
    members = log.members
    shown = tuple(
        ShownPerson(person_id, name, members.people[person_id].roles)
        for person_id, name in names_of(members, desk_keys).items()
    )
    names = SignInNames(clinic_name_of(members, desk_keys), workstation_name, shown).at(members)
    slots = (new.comer.slot,)
    write_slots(layout, encode_slots(members.clinic_id, new.workstation_id, slots, names, new.secret, random))


def _keys_file(opened: Opened, new: NewStation, random: Random) -> KeysFile:
    clinic_id, held, station = opened.run.clinic_id, opened.held, new.workstation_id
    public = opened.members.recovery_public
    sealed = seal_for_recovery(clinic_id, public, KeyKind.WORKSTATION_SECRET, 1, new.secret, station)
    databases = []
    for name, kind in DATABASES.items():
        epoch = max(held.of(kind))
        under, key = held.keys[kind, epoch], new.databases[name]
        databases.append(wrap_database_key(clinic_id, station, name, epoch, under, new.secret, key, random))
    return KeysFile(
        clinic_id=clinic_id,
        workstation_id=station,
        databases=tuple(databases),
        inbox=opened.keys.inbox,
        bundles=(new.comer.wrapped,),
        grants=(*opened.keys.grants, *(grant.record for grant in new.comer.grants)),
        recovery=(*held.records, sealed),
    )
