"""From a name and a password to a person's keys: exactly one password derivation, everything else checked around it.

Order: `store.json` against its MAC, the whole membership log, `store.json` against the log, the slot against its hash
in the log, then the derivation, the bundle against the person's public keys, each grant against the mark of its key.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from photodesk.crypto import KemPrivateKey
from photodesk.errors import Damaged, Refused
from photodesk.ids import to_bytes
from photodesk.store.bundle import Bundle, bundle_owner, open_bundle
from photodesk.store.grants import is_granted
from photodesk.store.keyring import Secrets, clinic_secret_account, workstation_secret_account
from photodesk.store.keys_file import (
    DATABASES,
    KeysFile,
    database_key,
    inbox_epoch,
    inbox_key,
    key_mark,
    read_grant,
    read_keys,
)
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.members import Member, Members
from photodesk.store.members_log import MembersLog
from photodesk.store.roles import KeyKind, Role
from photodesk.store.slots import Slot, SlotKind, wrong_password
from photodesk.store.slots_file import ShownPerson, SignInNames, SlotsFile, check_not_cut, read_slots
from photodesk.store.store_json import StoreFile, check_mac, mac_key, read_store, settled_store


@dataclass(frozen=True)
class SignInPerson:
    """Someone who may sign in here. `disabled`: no slot is left that is the one the membership log names.

    `slots` are the current ones, password first, then security keys, then emergency. `slot_id` names the first:
    wrong passwords are counted under it, whichever slot of the person they were for.
    """

    person_id: str
    name: str
    roles: frozenset[Role]
    slot_id: str
    disabled: bool
    slots: tuple[Slot, ...] = ()

    @property
    def security_keys(self) -> tuple[Slot, ...]:
        """The slots that also need a security key."""
        return tuple(slot for slot in self.slots if slot.kind is SlotKind.FIDO)

    @property
    def needs_key(self) -> bool:
        """Whether the password alone opens nothing (the envelope's apart)."""
        return bool(self.security_keys) and all(slot.kind is not SlotKind.PASSWORD for slot in self.slots)


@dataclass(frozen=True)
class SignInPage:
    """What is shown before anyone has signed in. `envelope`: a sealed envelope waits to be opened."""

    clinic_name: str
    workstation_name: str
    people: tuple[SignInPerson, ...]
    envelope: bool = False


@dataclass(frozen=True)
class CheckedStore:
    """A store whose files were checked against each other, and its workstation secret."""

    store: StoreFile
    members: Members
    slots: SlotsFile
    names: SignInNames
    workstation_secret: bytes = field(repr=False)

    def current_slots(self) -> tuple[Slot, ...]:
        """The slots that the membership log names; others are left from something unfinished, or are old."""
        return tuple(slot for slot in self.slots.slots if _is_current(slot, self.members))


def check_store(layout: Layout, secrets: Secrets) -> CheckedStore:
    """Read and check the key files without any password.

    Fixable `store_missing`, `keyring_missing`, `keyring_locked`, `secret_missing`; Refused `newer_format`; Damaged.
    """
    store = read_store(layout)
    secret = secrets.get(workstation_secret_account(store.clinic, store.workstation_id))
    check_mac(store, mac_key(secret))
    members = MembersLog.open(layout.members, store.clinic).members
    store = settled_store(layout, store, members, mac_key(secret))
    slots = read_slots(layout, store.clinic)
    names = slots.names(secret)
    check_not_cut(names, members)
    return CheckedStore(store, members, slots, names, secret)


def sign_in_page(layout: Layout, secrets: Secrets) -> SignInPage:
    """Clinic, workstation and people, for the sign-in window."""
    checked = check_store(layout, secrets)
    current = sorted(checked.current_slots(), key=lambda slot: slot.kind)
    people = tuple(
        _sign_in_person(shown, tuple(slot for slot in current if slot.person_id == shown.person_id), checked.members)
        for shown in checked.names.people
        if checked.members.person(shown.person_id) is not None and not checked.members.is_envelope(shown.person_id)
    )
    envelope = any(slot.kind is SlotKind.EMERGENCY for slot in current)
    return SignInPage(checked.names.clinic_name, checked.names.workstation_name, people, envelope)


def _sign_in_person(shown: ShownPerson, slots: tuple[Slot, ...], members: Members) -> SignInPerson:
    slot_id = slots[0].slot_id if slots else _named_slot(members, shown.person_id)
    return SignInPerson(shown.person_id, shown.name, shown.roles, slot_id, not slots, slots)


def people_for_signin(layout: Layout, secrets: Secrets) -> tuple[SignInPerson, ...]:
    """The people who may sign in at this workstation."""
    return sign_in_page(layout, secrets).people


def check_before_sign_in(layout: Layout, who: SignInPerson) -> None:
    """Damage that no password mends, found before an attempt is counted: Damaged `slot_replaced`, or as `read_keys`."""
    if who.disabled and who.slot_id:
        raise slot_replaced()
    read_keys(layout, read_store(layout).clinic)


def open_slot(
    layout: Layout, secrets: Secrets, slot_id: str, password: str, fido_output: bytes | None = None
) -> KeySet:
    """The person's keys; `fido_output` as in `Slot.open`.

    Refused `wrong_password` whichever part was wrong, `security_key_needed`; Damaged `slot_replaced` for an old slot.
    """
    checked = check_store(layout, secrets)
    keys = read_keys(layout, checked.store.clinic)
    member, bundle_key = open_bundle_key(checked, secrets, slot_id, password, fido_output)
    return open_keys(checked, keys, member, bundle_of(keys, member, checked.store.clinic, bundle_key))


def open_bundle_key(
    checked: CheckedStore, secrets: Secrets, slot_id: str, password: str, fido_output: bytes | None = None
) -> tuple[Member, bytes]:
    """Whose slot it is, and UBK (32 bytes), over which a changed password or a new security key makes a new slot.

    Errors as in `open_slot`.
    """
    clinic_id, members = checked.store.clinic, checked.members
    slot = next((slot for slot in checked.slots.slots if slot.slot_id == slot_id), None)
    if slot is None:
        raise slot_replaced() if slot_id in members.slots else wrong_password()
    member = members.person(slot.person_id)
    if member is None:
        raise Refused("person_removed", "This account no longer belongs to the clinic.", "Ask an administrator.")
    if not _is_current(slot, members):
        raise slot_replaced()
    clinic_secret = secrets.get(clinic_secret_account(clinic_id, checked.store.workstation_id, slot.cs_epoch))
    return member, slot.open(clinic_id, password, clinic_secret, fido_output)


def open_keys(checked: CheckedStore, keys: KeysFile, member: Member, bundle: Bundle) -> KeySet:
    """Everything that a person's grants open, each key compared with its mark in the membership log."""
    granted = granted_keys(keys, member, checked.members, bundle.kem)
    if not granted[KeyKind.DESK]:
        raise Refused(
            "waiting_for_grant",
            "This account has no keys yet.",
            "It is ready after a person who holds them has signed in once.",
        )
    chart_keys = granted[KeyKind.CHART]
    marks = checked.members.marks
    known = [record for record in keys.inbox if (KeyKind.INBOX, inbox_epoch(record)) in marks]
    opened = [inbox_key(record, keys.clinic_id, chart_keys) for record in known]
    inbox_keys = dict(one for one in opened if one is not None)
    if any(marks[KeyKind.INBOX, epoch] != key.public for epoch, key in inbox_keys.items()):
        raise _altered()
    named = [database_key(record, keys, granted, checked.workstation_secret) for record in keys.databases]
    database_keys = dict(one for one in named if one is not None)
    expected = {name for name, kind in DATABASES.items() if granted[kind]}
    made = {epoch for epoch in chart_keys if (KeyKind.INBOX, epoch) in marks}
    if set(inbox_keys) != made or set(database_keys) != expected:
        raise _altered()
    newest, inbox_public = checked.members.newest_public(KeyKind.INBOX)
    return KeySet(
        clinic_id=keys.clinic_id,
        workstation_id=checked.store.workstation_id,
        person_id=member.person_id,
        roles=member.roles,
        signing=bundle.signing,
        kem=bundle.kem,
        desk_keys=granted[KeyKind.DESK],
        chart_keys=chart_keys,
        log_keys={epoch: KemPrivateKey(raw) for epoch, raw in granted[KeyKind.LOG].items()},
        inbox_keys=inbox_keys,
        inbox_public=inbox_public,
        inbox_epoch=newest,
        database_keys=database_keys,
    )


def bundle_of(keys: KeysFile, member: Member, clinic_id: bytes, bundle_key: bytes) -> Bundle:
    """The person's bundle; one that a renewal has replaced may still lie beside it."""
    mine = [record for record in keys.bundles if bundle_owner(record) == to_bytes(member.person_id)]
    for record in mine:
        try:
            bundle = open_bundle(record, clinic_id, member.person_id, bundle_key)
        except Damaged:
            if len(mine) == 1:
                raise
            continue
        if (bundle.signing.public, bundle.kem.public) == (member.signing_public, member.kem_public):
            return bundle
    raise _altered()


def granted_keys(
    keys: KeysFile, member: Member, members: Members, kem: KemPrivateKey
) -> dict[KeyKind, dict[int, bytes]]:
    """The keys that a person's grants open, by kind and epoch; each is what the membership log says."""
    mine = {(member.person_id, *one) for one in members.wanted(member)}
    granted: dict[KeyKind, dict[int, bytes]] = {KeyKind.DESK: {}, KeyKind.CHART: {}, KeyKind.LOG: {}}
    for record in keys.grants:
        grant = read_grant(record)
        if (grant.person_id, grant.kind, grant.epoch) not in mine or not is_granted(grant, members):
            continue
        key = grant.open(keys.clinic_id, kem)
        if key_mark(keys.clinic_id, grant.kind, grant.epoch, key) != members.marks[grant.kind, grant.epoch]:
            raise _altered()
        granted[grant.kind][grant.epoch] = key
    if any(one in members.grants and one[2] not in granted[one[1]] for one in mine):
        raise _altered()
    return granted


def _is_current(slot: Slot, members: Members) -> bool:
    return members.slots.get(slot.slot_id) == (slot.person_id, slot.hash())


def _named_slot(members: Members, person_id: str) -> str:
    """The slot that the membership log names for someone, "" where there is none."""
    return next((slot_id for slot_id, (owner, _) in members.slots.items() if owner == person_id), "")


def slot_replaced() -> Damaged:
    """The sentence for a person whose slot is lost, damaged or an old one."""
    return Damaged(
        "slot_replaced",
        "The key slot of this account is not the one the membership log names.",
        "Restore the file slots.msgpack from the backup, or use the recovery code.",
    )


def _altered() -> Damaged:
    return Damaged("keys_altered", "The store's file of wrapped keys does not fit the membership log.")
