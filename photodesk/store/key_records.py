"""Key records: slots, bundles, grants and what else lies in a workstation's key files, as they travel to the others.

`[version, suite, what, workstation, inner, signature]`: `inner` is the record as it stands in the files, the
workstation signs label ‖ clinic id ‖ the bytes before the signature. So the server can hold one back, and put none in
another's place; slots and grants are also named by their hash in the membership log.

A name that the sign-in page shows travels as `[version, suite, person_id, cs_epoch, nonce12, sealed]` under HKDF(CS),
bound to the person: only workstations of the clinic read it. Its nonce comes from the name, so that the same name is
the same record everywhere. A copy for the recovery kit travels as `[SHA-256 of the kit's public key, record]`, so that
copies for a kit that was replaced go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from photodesk.crypto import SUITE, VERSION, decrypt, derive, encrypt, hmac_sha256, label, sha256, verify
from photodesk.errors import PhotoDeskError
from photodesk.ids import NO_ID, to_bytes, to_text
from photodesk.store.keys_file import KeysFile, recovery_holder
from photodesk.store.members import Members
from photodesk.store.record_version import bad_record, check_version, read_typed
from photodesk.store.records import pack, signed, split_signature, unpack
from photodesk.store.slots import Slot

KIND = "key-record"
RECORD_BYTES = 16 * 1024
MOST_RECORDS = 20_000
_NAME = "shown-name"
_FIELDS = 6


class What(IntEnum):
    """What a record holds."""

    SLOT = 1
    BUNDLE = 2
    GRANT = 3
    INBOX = 4
    RECOVERY = 5
    NAME = 6


@dataclass(frozen=True)
class KeyRecord:
    """A record as read; `trusted`: of a workstation that still belongs to the clinic."""

    what: What
    inner: bytes
    workstation_id: str
    trusted: bool

    @property
    def mark(self) -> bytes:
        """What it is known by, whoever sent it: 32 bytes."""
        return mark_of(self.what, self.inner)


def mark_of(what: What, inner: bytes) -> bytes:
    """What a record is known by."""
    return sha256(label(KIND), bytes([what]), inner)


def make_key_record(what: What, inner: bytes, workstation_id: str, sign: Callable[[str, bytes], bytes]) -> bytes:
    """A signed record; `sign(kind, data)` is the workstation's signature."""
    before = [VERSION, SUITE, int(what), to_bytes(workstation_id), inner]
    return signed(before, lambda data: sign(KIND, data))


def read_key_record(record: bytes, members: Members) -> KeyRecord | None:
    """The record; None where no workstation of the clinic signed it (yet), or it cannot be read."""
    try:
        fields = unpack(record, KIND, _FIELDS) if len(record) <= RECORD_BYTES else []
        check_version(*fields[:2])
        what, station, inner = What(fields[2]), to_text(fields[3]), fields[4]
        before, signature = split_signature(record, KIND)
    except (PhotoDeskError, ValueError, TypeError, AttributeError):
        return None
    workstation = members.workstations.get(station)
    if workstation is None or not isinstance(inner, bytes):
        return None
    if not verify(workstation.signing_public, signature, KIND, members.clinic_id, before):
        return None
    return KeyRecord(what, inner, station, not workstation.revoked)


def own_inners(
    keys: KeysFile,
    slots: Iterable[Slot],
    names: Mapping[str, str],
    recovery_public: bytes,
    cs_epoch: int,
    clinic_secret: bytes,
) -> list[tuple[What, bytes]]:
    """Everything of these files that other workstations need: no database key and no workstation's secret."""
    made = [(What.SLOT, slot.record) for slot in slots]
    made += [(What.BUNDLE, one) for one in keys.bundles]
    made += [(What.GRANT, one) for one in keys.grants]
    made += [(What.INBOX, one) for one in keys.inbox]
    kit = sha256(recovery_public)
    made += [(What.RECOVERY, pack([kit, one])) for one in keys.recovery if recovery_holder(one) == NO_ID]
    made += [
        (What.NAME, seal_shown_name(person_id, name, keys.clinic_id, cs_epoch, clinic_secret))
        for person_id, name in names.items()
    ]
    return made


def seal_shown_name(person_id: str, name: str, clinic_id: bytes, cs_epoch: int, clinic_secret: bytes) -> bytes:
    """A name as it travels to the sign-in pages of the clinic."""
    person, key = to_bytes(person_id), _name_key(clinic_secret)
    nonce = hmac_sha256(key, label(_NAME), person, name.encode())[:12]
    return pack([VERSION, SUITE, person, cs_epoch, nonce, encrypt(key, nonce, name.encode(), _NAME, clinic_id, person)])


def open_shown_name(inner: bytes, clinic_id: bytes, clinic_secrets: Mapping[int, bytes]) -> tuple[str, str] | None:
    """(person id, name); None where it is not the clinic's."""
    try:
        person, epoch, nonce, sealed = read_typed(inner, _NAME, tuple[bytes, int, bytes, bytes], {0: 16, 2: 12})
        if epoch not in clinic_secrets:
            raise bad_record(_NAME)
        name = decrypt(_name_key(clinic_secrets[epoch]), nonce, sealed, _NAME, clinic_id, person)
        return to_text(person), name.decode()
    except (PhotoDeskError, UnicodeDecodeError):
        return None


def _name_key(clinic_secret: bytes) -> bytes:
    return derive(clinic_secret, b"", label(_NAME))
