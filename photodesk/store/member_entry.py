"""One entry of the membership log, as bytes.

`[version, suite, sequence, previous32, type, time_ms, author, author_workstation, body, signature,
workstation_signature, cosignature]`: the person signs label ‖ clinic id ‖ the bytes before the signature, the
workstation the bytes before its own (so the person's signature too), a cosigner `[person_id or invitation_id,
signature]` the bytes before the cosignature, or it is nil. Bodies are fixed-order arrays, by type; names inside are
sealed under DK (`sealed_name`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import msgspec

from photodesk.crypto import SUITE, VERSION, decrypt, derive, encrypt, label, sha256
from photodesk.errors import Damaged
from photodesk.ids import to_bytes, to_text
from photodesk.store.record_version import bad_record, newer_format, read_record, read_typed
from photodesk.store.records import pack
from photodesk.store.roles import KeyKind, Role

KIND = "membership"
_FIELDS = 12
_HEAD = b"\x9c"  # a msgpack array of twelve
Sign = Callable[[bytes], bytes]
Publish = Callable[[int, bytes, Sequence[bytes]], None]


class EntryType(IntEnum):
    """What an entry does."""

    FOUND = 1
    ADD_PERSON = 2
    SET_ROLES = 3
    REMOVE_PERSON = 4
    ADD_WORKSTATION = 5
    REVOKE_WORKSTATION = 6
    GRANT = 7
    NEW_EPOCH = 8
    SLOT_SET = 9
    POLICY = 10
    INVITATION = 11
    ERASE_PATIENT = 12
    SERVER_RESTORED = 13
    RECOVERY_USED = 14


class _Body(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """Bodies travel as arrays of their fields in order."""


class SlotMark(_Body, frozen=True):
    """Which slot, and the hash of its bytes."""

    slot_id: bytes
    hash: bytes


class KeyMark(_Body, frozen=True):
    """Which key of which epoch, and its mark (see `keys_file.key_mark`)."""

    kind: KeyKind
    epoch: int
    mark: bytes


class AddPerson(_Body, frozen=True):
    """A person with roles, public keys, the name under DK, and the first slots.

    For someone the log knows it is a renewal (forgotten password, coming back): new keys and slots for the same person.
    """

    person_id: bytes
    roles: list[Role]
    signing_public: bytes
    kem_public: bytes
    sealed_name: bytes
    slots: list[SlotMark]


class AddWorkstation(_Body, frozen=True):
    """A workstation with its two verify keys and its name under DK."""

    workstation_id: bytes
    signing_public: bytes
    log_signing_public: bytes
    sealed_name: bytes


class Found(_Body, frozen=True):
    """The clinic begins: its name under DK, the first person and workstation, the recovery identity, the first keys."""

    sealed_clinic_name: bytes
    person: AddPerson
    workstation: AddWorkstation
    recovery_public: bytes
    keys: list[KeyMark]


class SetRoles(_Body, frozen=True):
    person_id: bytes
    roles: list[Role]


class RemovePerson(_Body, frozen=True):
    person_id: bytes


class RevokeWorkstation(_Body, frozen=True):
    workstation_id: bytes
    last_sequence: int
    last_hash: bytes
    wipe: bool


class GrantMade(_Body, frozen=True):
    """A grant, by the hash of its record."""

    person_id: bytes
    kind: KeyKind
    epoch: int
    hash: bytes


class SlotSet(_Body, frozen=True):
    """A new slot, and those it replaces."""

    slot: SlotMark
    person_id: bytes
    replaces: list[bytes]


class Policy(_Body, frozen=True):
    name: str
    value: str


class Invitation(_Body, frozen=True):
    """A new workstation may join until an instant, once, with a signature by this key."""

    invitation_id: bytes
    signing_public: bytes
    expires_ms: int


class ErasePatient(_Body, frozen=True):
    """A patient is to be erased everywhere: the id of their chart, which says nothing about who it was."""

    chart_id: bytes


class ServerRestored(_Body, frozen=True):
    """The clinic server was put back to an earlier state: its order of operations goes on after this place."""

    place: int
    chain: bytes


class RecoveryUsed(_Body, frozen=True):
    """Who came back with the recovery code, on which new workstation, and the proof that the code was at hand."""

    person: AddPerson
    workstation: AddWorkstation
    proof: bytes


Body = (
    Found
    | AddPerson
    | SetRoles
    | RemovePerson
    | AddWorkstation
    | RevokeWorkstation
    | GrantMade
    | KeyMark
    | SlotSet
    | Policy
    | Invitation
    | ErasePatient
    | ServerRestored
    | RecoveryUsed
)
BODIES: dict[int, type[Body]] = {
    EntryType.FOUND: Found,
    EntryType.ADD_PERSON: AddPerson,
    EntryType.SET_ROLES: SetRoles,
    EntryType.REMOVE_PERSON: RemovePerson,
    EntryType.ADD_WORKSTATION: AddWorkstation,
    EntryType.REVOKE_WORKSTATION: RevokeWorkstation,
    EntryType.GRANT: GrantMade,
    EntryType.NEW_EPOCH: KeyMark,
    EntryType.SLOT_SET: SlotSet,
    EntryType.POLICY: Policy,
    EntryType.INVITATION: Invitation,
    EntryType.ERASE_PATIENT: ErasePatient,
    EntryType.SERVER_RESTORED: ServerRestored,
    EntryType.RECOVERY_USED: RecoveryUsed,
}
_TYPES = {body: EntryType(entry_type) for entry_type, body in BODIES.items()}


@dataclass(frozen=True)
class MemberEntry:
    """An entry as read. `record` is its exact bytes; signatures are not checked yet."""

    sequence: int
    previous: bytes
    type: EntryType
    time_ms: int
    author_id: str
    workstation_id: str
    body: Body
    signature: bytes
    workstation_signature: bytes
    cosigner_id: str | None
    cosignature: bytes
    record: bytes
    signed: bytes
    workstation_signed: bytes
    cosigned: bytes

    def hash(self) -> bytes:
        """What the next entry names as its previous, 32 bytes."""
        return sha256(label(KIND), self.record)


@dataclass(frozen=True)
class Author:
    """Who writes an entry, and how both signatures are made. `publish(sequence, previous, entries)` brings entries to
    the clinic server before they are written here; None where no way to one is known.
    """

    person_id: str
    workstation_id: str
    sign: Sign
    workstation_sign: Sign
    publish: Publish | None = None


@dataclass(frozen=True)
class Cosigner:
    """Who signs too: a second administrator what needs two, an invitation's key the workstation that it brings.

    `person_id` is the person's id, or the invitation's.
    """

    person_id: str
    sign: Sign


def encode_entry(
    sequence: int, previous: bytes, time_ms: int, body: Body, author: Author, cosigner: Cosigner | None = None
) -> bytes:
    """A signed entry; the cosigner signs everything before the cosignature."""
    start = [
        VERSION, SUITE, sequence, previous, int(_TYPES[type(body)]), time_ms,
        to_bytes(author.person_id), to_bytes(author.workstation_id), body,
    ]  # fmt: skip
    unsigned = _HEAD + b"".join(msgspec.msgpack.encode(field) for field in start)
    person_signed = unsigned + msgspec.msgpack.encode(author.sign(unsigned))
    both = person_signed + msgspec.msgpack.encode(author.workstation_sign(person_signed))
    cosignature = (to_bytes(cosigner.person_id), cosigner.sign(both)) if cosigner else None
    return both + msgspec.msgpack.encode(cosignature)


def decode_entry(record: bytes) -> MemberEntry:
    """An entry from its bytes. Refused `newer_format` (also for a type this version does not know), Damaged."""
    fields = read_record(record, KIND, _FIELDS)
    head: list[Any] = fields[2:8]
    try:
        sequence, previous, number, time_ms, author, workstation = msgspec.convert(
            head, tuple[int, bytes, int, int, bytes, bytes]
        )
        signatures = msgspec.convert(fields[9:], tuple[bytes, bytes, tuple[bytes, bytes] | None])
        body_type = BODIES.get(number)
        if body_type is None:
            raise newer_format()
        body = msgspec.convert(fields[8], body_type)
    except msgspec.ValidationError:
        raise bad_record(KIND) from None
    if len(previous) != 32 or len(author) != 16 or len(workstation) != 16 or pack([body])[1:] != pack([fields[8]])[1:]:
        raise bad_record(KIND)
    cosigned = record[: len(record) - len(msgspec.msgpack.encode(fields[11]))]
    workstation_signed = cosigned[: len(cosigned) - len(msgspec.msgpack.encode(fields[10]))]
    signed = workstation_signed[: len(workstation_signed) - len(msgspec.msgpack.encode(fields[9]))]
    cosignature = signatures[2]
    return MemberEntry(
        sequence=sequence,
        previous=previous,
        type=EntryType(number),
        time_ms=time_ms,
        author_id=to_text(author),
        workstation_id=to_text(workstation),
        body=body,
        signature=signatures[0],
        workstation_signature=signatures[1],
        cosigner_id=cosignature[0].hex() if cosignature else None,
        cosignature=cosignature[1] if cosignature else b"",
        record=record,
        signed=signed,
        workstation_signed=workstation_signed,
        cosigned=cosigned,
    )


def seal_name(
    name: str, of: bytes, clinic_id: bytes, desk_key: bytes, epoch: int, random: Callable[[int], bytes]
) -> bytes:
    """A name as it stands in a body: `[version, suite, epoch, nonce12, ciphertext]` under HKDF(DK), bound to its owner.

    `of` is the 16-byte id of the person, workstation or clinic that is named.
    """
    nonce = random(12)
    key = derive(desk_key, b"", label("member-name"))
    return pack([VERSION, SUITE, epoch, nonce, encrypt(key, nonce, name.encode(), "member-name", clinic_id, of)])


def open_name(sealed: bytes, of: bytes, clinic_id: bytes, desk_keys: Mapping[int, bytes]) -> str:
    """The name; Damaged where it is not `of`'s or its epoch is not held."""
    epoch, nonce, ciphertext = read_typed(sealed, "member name", tuple[int, bytes, bytes], {1: 12})
    if epoch not in desk_keys:
        raise Damaged("name_unreadable", "A name was sealed under a key that this account does not hold.")
    key = derive(desk_keys[epoch], b"", label("member-name"))
    return decrypt(key, nonce, ciphertext, "member-name", clinic_id, of).decode()
