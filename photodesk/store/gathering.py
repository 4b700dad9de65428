"""What of the key records that came from the clinic server belongs into this workstation's key files.

Only what the membership log names counts: slots and grants by their hash, everything else by its person, epoch or kit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import msgspec

from photodesk.crypto import sha256
from photodesk.errors import PhotoDeskError
from photodesk.ids import NO_ID, to_text
from photodesk.store.bundle import bundle_owner
from photodesk.store.grants import is_granted
from photodesk.store.key_records import KeyRecord, What, open_shown_name, read_key_record
from photodesk.store.keys_file import KeysFile, inbox_epoch, read_grant, recovery_holder, recovery_key_of
from photodesk.store.members import Members
from photodesk.store.roles import KeyKind
from photodesk.store.slots import Slot, read_slot

MOST_BUNDLES = 4
"""Of one person: only one opens, but who cannot open them cannot tell which."""


@dataclass
class Gathered:
    """Records that count, and names by person id."""

    members: Members
    clinic_secrets: Mapping[int, bytes] = field(repr=False)
    slots: dict[str, Slot] = field(default_factory=dict)
    bundles: list[bytes] = field(default_factory=list)
    grants: list[bytes] = field(default_factory=list)
    inbox: dict[int, bytes] = field(default_factory=dict)
    recovery: list[bytes] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def take(self, record: KeyRecord) -> None:
        """Keep one that counts; what cannot be read is left."""
        try:
            {
                What.SLOT: self._slot,
                What.BUNDLE: self._bundle,
                What.GRANT: self._grant,
                What.INBOX: self._inbox,
                What.RECOVERY: self._recovery,
                What.NAME: self._name,
            }[record.what](record.inner)
        except (PhotoDeskError, msgspec.MsgspecError, ValueError):
            return

    def _slot(self, inner: bytes) -> None:
        slot = read_slot(inner)
        if self.members.slots.get(slot.slot_id) == (slot.person_id, slot.hash()):
            self.slots[slot.slot_id] = slot

    def _bundle(self, inner: bytes) -> None:
        owner = bundle_owner(inner)
        known = sum(bundle_owner(one) == owner for one in self.bundles)
        if self.members.person(to_text(owner)) is not None and inner not in self.bundles and known < MOST_BUNDLES:
            self.bundles.append(inner)

    def _grant(self, inner: bytes) -> None:
        if is_granted(read_grant(inner), self.members) and inner not in self.grants:
            self.grants.append(inner)

    def _inbox(self, inner: bytes) -> None:
        epoch = inbox_epoch(inner)
        if (KeyKind.INBOX, epoch) in self.members.marks:
            self.inbox.setdefault(epoch, inner)

    def _recovery(self, inner: bytes) -> None:
        kit, record = msgspec.msgpack.decode(inner, type=tuple[bytes, bytes])
        known = recovery_key_of(record) in self.members.marks and recovery_holder(record) == NO_ID
        if kit == sha256(self.members.recovery_public) and known and record not in self.recovery:
            self.recovery.append(record)

    def _name(self, inner: bytes) -> None:
        opened = open_shown_name(inner, self.members.clinic_id, self.clinic_secrets)
        if opened is not None and self.members.person(opened[0]) is not None:
            self.names[opened[0]] = opened[1]

    def added_to(self, keys: KeysFile, before: Members) -> KeysFile:
        """The key file with what is new. Copies for a recovery kit that was replaced go once the new ones are here."""
        marks = {key for key in self.members.marks if key[0] is not KeyKind.WORKSTATION_SECRET}
        whole = marks <= {recovery_key_of(one) for one in self.recovery}
        renewed = before.recovery_public != self.members.recovery_public and whole
        if renewed:
            keys = replace(keys, recovery=())
        held = {inbox_epoch(one) for one in keys.inbox}
        here = {recovery_key_of(one) for one in keys.recovery if recovery_holder(one) == NO_ID}
        return keys.with_more(
            bundles=[one for one in self.bundles if one not in keys.bundles],
            grants=[one for one in self.grants if one not in keys.grants],
            inbox=[one for epoch, one in self.inbox.items() if epoch not in held],
            recovery=[one for one in self.recovery if recovery_key_of(one) not in here],
        )


def gather(records: Iterable[bytes], members: Members, clinic_secrets: Mapping[int, bytes]) -> Gathered:
    """Those that a workstation of the clinic signed and the membership log names; of revoked ones only what fills gaps.

    The newest come last; a name counts as the newest says.
    """
    gathered = Gathered(members, clinic_secrets)
    read = [one for record in records if (one := read_key_record(record, members)) is not None]
    for one in (*(one for one in read if one.trusted), *(one for one in read if not one.trusted)):
        if one.trusted or one.what is not What.NAME or not _named(one, gathered):
            gathered.take(one)
    return gathered


def _named(record: KeyRecord, gathered: Gathered) -> bool:
    opened = open_shown_name(record.inner, gathered.members.clinic_id, gathered.clinic_secrets)
    return opened is not None and opened[0] in gathered.names
