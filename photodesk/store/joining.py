"""A new workstation in a clinic that has a server, for a person of the clinic and with an invitation's code.

Everything is checked before anything counts: the package was sealed by who knew the code, the membership log begins and
goes on where it says, the server is the one the log names, the person's password opens their slot. New are the
workstation's id, its secret, its signing keys and the database keys. The entry that brings it is signed by the person,
the workstation and the invitation. `store.json` is written last: until then there is no store, and the same command
begins again, with another code where this one was used up.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from photodesk.clock import Clock
from photodesk.crypto import SigningKey
from photodesk.errors import Damaged, PhotoDeskError, Refused
from photodesk.ids import random_id, to_bytes
from photodesk.store.bundle import Bundle
from photodesk.store.catalog import Catalog
from photodesk.store.coming_back import clinic_name_of, names_of
from photodesk.store.files import write_atomically
from photodesk.store.gathering import Gathered, gather
from photodesk.store.invitation import InvitationKeys, Package, invitation_over
from photodesk.store.keyring import Secrets, keep_secrets
from photodesk.store.keys_file import DATABASES, KeysFile, seal_for_recovery, wrap_database_key, write_keys
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.member_author import author_of
from photodesk.store.member_entry import AddWorkstation, seal_name
from photodesk.store.members import Member, Members
from photodesk.store.members_log import MembersLog
from photodesk.store.publishing import SERVER_PIN, SERVER_RECEIPT_KEY
from photodesk.store.restore_run import begin, refuse_taken
from photodesk.store.roles import KeyKind
from photodesk.store.signer import UnwatchedGenerations
from photodesk.store.signin import CheckedStore, SignInPerson, bundle_of, granted_keys, open_bundle_key, open_keys
from photodesk.store.slots_file import ShownPerson, SignInNames, SlotsFile, encode_slots, write_slots
from photodesk.store.store_json import StoreFacts, StoreFile, blank_store, mac_key, make_store, write_store
from photodesk.store.unfinished import MARK
from photodesk.store.workstation import WorkstationSigner, wrap_workstation_keys

Random = Callable[[int], bytes]
TRIES = 8
"""How often the membership log may grow at the server while this workstation joins."""


class JoinLine(Protocol):
    """What joining asks of the server; nothing it answers is believed unchecked."""

    def members(self, after: int) -> list[bytes]:
        """Membership entries after a number, all there are."""
        ...

    def key_records(self) -> list[bytes]:
        """Every key record."""
        ...

    def join(self, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        """Append the entry that brings this workstation; Refused `members_changed`."""
        ...


@dataclass(frozen=True)
class Joined:
    """A store that was made."""

    clinic_id: str
    workstation_id: str
    person_id: str
    keyring_name: str


@dataclass
class Joining:
    """Begun by `open_joining`; then the person is chosen and their slot opened (`sign_in`), then `finish`."""

    layout: Layout
    secrets: Secrets
    package: Package
    keys: InvitationKeys
    log: MembersLog
    gathered: Gathered
    clock: Clock
    random: Random
    workstation_id: str = field(default_factory=random_id)
    secret: bytes = field(init=False, repr=False)
    signing: SigningKey = field(init=False, repr=False)
    log_signing: SigningKey = field(init=False, repr=False)
    databases: dict[str, bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.secret = self.random(32)
        self.signing, self.log_signing = SigningKey(self.random(32)), SigningKey(self.random(32))
        self.databases = {name: self.random(48) for name in DATABASES}

    @property
    def members(self) -> Members:
        """Who belongs to the clinic."""
        return self.log.members

    def people(self) -> tuple[SignInPerson, ...]:
        """Who may sign in here, by the names that came along."""
        found = []
        for person_id, name in self.gathered.names.items():
            member = self.members.person(person_id)
            if member is None or self.members.is_envelope(person_id):
                continue
            slots = tuple(
                sorted(
                    (one for one in self.gathered.slots.values() if one.person_id == person_id),
                    key=lambda slot: slot.kind,
                )
            )
            slot_id = slots[0].slot_id if slots else ""
            found.append(SignInPerson(person_id, name, member.roles, slot_id, not slots, slots))
        return tuple(found)

    def sign_in(self, slot_id: str, password: str, fido_output: bytes | None = None) -> Opened:
        """Open the person's keys. Refused `wrong_password`, `keys_needed` for somebody who cannot open charts."""
        package = self.package
        keep_secrets(self.secrets, package.clinic_id, self.workstation_id, package.clinic_secrets, self.secret)
        checked, keys = self._checked(), self._keys_file(())
        member, bundle_key = open_bundle_key(checked, self.secrets, slot_id, password, fido_output)
        bundle = bundle_of(keys, member, checked.store.clinic, bundle_key)
        granted = granted_keys(keys, member, self.members, bundle.kem)
        if not granted[KeyKind.DESK] or not granted[KeyKind.CHART]:
            raise Refused(
                "keys_needed",
                "A new workstation is set up by somebody who may open charts: its databases are made with those keys.",
                "Let a clinician of the clinic sign in here first.",
            )
        wrapped = []
        for name, kind in DATABASES.items():
            epoch = max(granted[kind])
            key = granted[kind][epoch]
            args = (checked.store.clinic, self.workstation_id, name, epoch, key, self.secret, self.databases[name])
            wrapped.append(wrap_database_key(*args, self.random))
        keys = self._keys_file(tuple(wrapped))
        return Opened(member, bundle, keys, open_keys(checked, keys, member, bundle))

    def finish(self, line: JoinLine, opened: Opened, workstation_name: str) -> Joined:
        """Make the store and let the server's log take this workstation. Refused `code_wrong` where it is over."""
        layout, keyset = self.layout, opened.keyset
        write_keys(layout, opened.keys)
        clinic_id = keyset.clinic_id
        wrapped = wrap_workstation_keys(
            clinic_id, self.workstation_id, self.signing, self.log_signing, self.secret, self.random
        )
        write_atomically(layout.workstation_key, wrapped)
        signer = WorkstationSigner(self.signing, clinic_id)
        catalog = Catalog.create(layout, keyset, signer, UnwatchedGenerations(), self.clock)
        try:
            catalog.project_people(names_of(self.members, keyset.desk_keys))
        finally:
            catalog.close()
        self._append(line, opened, workstation_name)
        clinic_name = clinic_name_of(self.members, keyset.desk_keys)
        self._write_names(clinic_name, workstation_name)
        facts = StoreFacts(self.workstation_id, self.secrets.name(), keyset.person_id)
        write_store(layout, make_store(self.members, facts, opened.bundle.signing, mac_key(self.secret)))
        (layout.root / MARK).unlink()
        return Joined(clinic_id.hex(), self.workstation_id, keyset.person_id, self.secrets.name())

    # -- inside --

    def _append(self, line: JoinLine, opened: Opened, workstation_name: str) -> None:
        """By compare-and-swap, again where others changed the log meanwhile."""
        clinic_id, desk_keys = opened.keyset.clinic_id, opened.keyset.desk_keys
        station, epoch = to_bytes(self.workstation_id), opened.keyset.desk_epoch
        sealed = seal_name(workstation_name, station, clinic_id, desk_keys[epoch], epoch, self.random)
        body = AddWorkstation(station, self.signing.public, self.log_signing.public, sealed)
        author = author_of(opened.keyset, WorkstationSigner(self.signing, clinic_id))
        for left in reversed(range(TRIES)):
            self._refuse_over()
            prepared = self.log.prepare([body], author, self.clock.wall_ms(), self.keys.cosigner(clinic_id))
            try:
                line.join(self.members.sequence, self.members.head, prepared.records)
            except PhotoDeskError as error:
                if error.code != "members_changed" or not left:
                    raise
                fresh = line.members(self.members.sequence)
                self.log.write(self.log.prepare_records(fresh), published=True)
                continue
            self.log.write(prepared, published=True)
            return

    def _refuse_over(self) -> None:
        invitation = self.members.invitations.get(self.keys.invitation_id)
        if invitation is None or invitation.used or self.clock.wall_ms() > invitation.expires_ms:
            raise invitation_over()

    def _names(self) -> SignInNames:
        people = tuple(ShownPerson(one.person_id, one.name, one.roles) for one in self.people())
        return SignInNames("", "", people).at(self.members)

    def _write_names(self, clinic_name: str, workstation_name: str) -> None:
        names = SignInNames(clinic_name, workstation_name, self._names().people).at(self.members)
        slots = tuple(
            one
            for one in self.gathered.slots.values()
            if self.members.slots.get(one.slot_id) == (one.person_id, one.hash())
        )
        data = encode_slots(self.package.clinic_id, self.workstation_id, slots, names, self.secret, self.random)
        write_slots(self.layout, data)

    def _checked(self) -> CheckedStore:
        """The store as it will be, for what opens slots and keys."""
        clinic_id, slots = self.package.clinic_id, tuple(self.gathered.slots.values())
        store: StoreFile = blank_store(clinic_id, self.workstation_id)
        file = SlotsFile(clinic_id, self.workstation_id, slots, b"", b"")
        return CheckedStore(store, self.members, file, self._names(), self.secret)

    def _keys_file(self, databases: tuple[bytes, ...]) -> KeysFile:
        clinic_id, public = self.package.clinic_id, self.members.recovery_public
        keys = self.gathered.added_to(KeysFile(clinic_id, self.workstation_id, databases), self.members)
        own = seal_for_recovery(clinic_id, public, KeyKind.WORKSTATION_SECRET, 1, self.secret, self.workstation_id)
        return keys.with_more(recovery=[own])


@dataclass(frozen=True)
class Opened:
    """The person who sets this workstation up."""

    member: Member
    bundle: Bundle = field(repr=False)
    keys: KeysFile = field(repr=False)
    keyset: KeySet = field(repr=False)


def open_joining(
    layout: Layout,
    secrets: Secrets,
    package: Package,
    keys: InvitationKeys,
    line: JoinLine,
    pin: bytes,
    clock: Clock,
    random: Random = os.urandom,
) -> Joining:
    """Check what the server serves against the package, and take the folder. `pin` is the key it showed.

    Refused `server_pin_wrong`, `invitation_altered`, `code_wrong`; Fixable `store_exists`, `folder_not_empty`.
    """
    refuse_taken(layout)
    secrets.name()  # a keyring that is missing is said before anything is asked
    records = line.members(0)
    begin(layout)
    log = MembersLog.create(layout.members, package.clinic_id)
    try:
        prepared = log.prepare_records(records)
    except Damaged:
        raise _other_clinic() from None
    members = prepared.after
    seen = members.hashes[package.sequence - 1] if 0 < package.sequence <= members.sequence else b""
    if not members.hashes or members.hashes[0] != package.first_entry or seen != package.head:
        raise _other_clinic()
    signed = (members.policies.get(SERVER_PIN, ""), members.policies.get(SERVER_RECEIPT_KEY, ""))
    if package.pin != pin or signed != (pin.hex(), package.receipt_key.hex()):
        raise _other_clinic()
    log.write(prepared, published=True)
    gathered = gather(line.key_records(), members, package.clinic_secrets)
    return Joining(layout, secrets, package, keys, log, gathered, clock, random)


def _other_clinic() -> Refused:
    return Refused(
        "server_alarm",
        "This server is not the one the invitation was made for, or it hides part of the clinic's membership log.",
        "Nothing was set up here. Call your administrator.",
    )
