"""`slots.msgpack`: the key slots, and beside them the names that the sign-in page shows, wrapped under WS.

`[version, suite, clinic_id, workstation_id, [slot, …], nonce12, wrapped]`; inside the wrapped part `[version, suite,
clinic_name, workstation_name, sequence, head32, [[person_id, name, [role, …]], …]]`, bound to the workstation id.
Sequence and head are the membership log's when the file was written: a log that no longer has that entry was cut.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec

from photodesk.crypto import SUITE, VERSION, decrypt, derive, encrypt, label
from photodesk.errors import Damaged
from photodesk.ids import to_bytes, to_text
from photodesk.store.files import write_atomically
from photodesk.store.layout import Layout
from photodesk.store.members import Members, altered
from photodesk.store.record_version import bad_record, read_record, read_typed
from photodesk.store.records import pack
from photodesk.store.roles import Role
from photodesk.store.slots import Slot, read_slot

_KIND = "sign-in-names"


@dataclass(frozen=True)
class ShownPerson:
    """A name on the sign-in page."""

    person_id: str
    name: str
    roles: frozenset[Role]


@dataclass(frozen=True)
class SignInNames:
    """What the sign-in page shows before anyone signed in."""

    clinic_name: str
    workstation_name: str
    people: tuple[ShownPerson, ...]
    sequence: int = 0
    head: bytes = bytes(32)

    def at(self, members: Members) -> SignInNames:
        """The same, as of this state of the membership log."""
        return replace(self, sequence=members.sequence, head=members.head)


@dataclass(frozen=True)
class SlotsFile:
    """The file with its names still wrapped."""

    clinic_id: bytes
    workstation_id: str
    slots: tuple[Slot, ...]
    nonce: bytes
    wrapped: bytes

    def names(self, workstation_secret: bytes) -> SignInNames:
        """Unwrap the names; Damaged `not_authentic`."""
        inside = decrypt(
            _names_key(workstation_secret),
            self.nonce,
            self.wrapped,
            _KIND,
            self.clinic_id,
            to_bytes(self.workstation_id),
        )
        clinic_name, workstation_name, sequence, head, people = msgspec.convert(
            read_record(inside, "names", 7)[2:], tuple[str, str, int, bytes, list[tuple[bytes, str, list[Role]]]]
        )
        shown = tuple(ShownPerson(to_text(person), name, frozenset(roles)) for person, name, roles in people)
        return SignInNames(clinic_name, workstation_name, shown, sequence, head)


def read_slots(layout: Layout, clinic_id: bytes) -> SlotsFile:
    """The file; Refused `newer_format`, Damaged where it is missing or altered."""
    try:
        record = layout.slots.read_bytes()
    except FileNotFoundError:
        raise Damaged("slots_missing", "The store's file of key slots is missing.") from None
    clinic, workstation, slots, nonce, wrapped = read_typed(
        record, "slots", tuple[bytes, bytes, list[bytes], bytes, bytes], {0: 16, 1: 16, 3: 12}
    )
    if clinic != clinic_id:
        raise bad_record("slots")
    return SlotsFile(clinic, to_text(workstation), tuple(read_slot(slot) for slot in slots), nonce, wrapped)


def encode_slots(
    clinic_id: bytes,
    workstation_id: str,
    slots: tuple[Slot, ...],
    names: SignInNames,
    workstation_secret: bytes,
    random: Callable[[int], bytes],
) -> bytes:
    """The bytes of the file."""
    nonce = random(12)
    people = [[to_bytes(one.person_id), one.name, sorted(one.roles)] for one in names.people]
    inside = pack([VERSION, SUITE, names.clinic_name, names.workstation_name, names.sequence, names.head, people])
    wrapped = encrypt(_names_key(workstation_secret), nonce, inside, _KIND, clinic_id, to_bytes(workstation_id))
    records = [slot.record for slot in slots]
    return pack([VERSION, SUITE, clinic_id, to_bytes(workstation_id), records, nonce, wrapped])


def write_slots(layout: Layout, data: bytes) -> None:
    """Replace the file, durably."""
    write_atomically(layout.slots, data)


def check_not_cut(names: SignInNames, members: Members) -> None:
    """Damaged `members_altered` where the membership log lost entries that this workstation has seen."""
    if names.sequence > members.sequence or (names.sequence and members.hashes[names.sequence - 1] != names.head):
        raise altered(names.sequence)


def _names_key(workstation_secret: bytes) -> bytes:
    return derive(workstation_secret, b"", label(_KIND))
