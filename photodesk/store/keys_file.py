"""`keys.msgpack`: every wrapped key of this store; nothing in it opens without a password or the recovery code.

The file is `[version, suite, clinic_id, workstation_id, databases, inbox, bundles, grants, recovery]`, five lists of
records, each kept as its exact bytes:

- database `[version, suite, name, epoch, nonce12, wrapped64]` under HKDF(salt = WS, ikm = DK of the epoch; index: CK),
  associated data label ‖ clinic id ‖ workstation id ‖ u32 epoch ‖ name;
- inbox `[version, suite, epoch, nonce12, wrapped112]`: the inbox private key under HKDF(CK of the epoch);
- bundle: see `bundle`;
- grant `[version, suite, person_id, kind, epoch, sealed]`: DK, CK or LK sealed to the person's KEM key, bound to
  person ‖ u8 kind ‖ u32 epoch;
- recovery `[version, suite, kind, epoch, holder, sealed]`: a key sealed to the recovery identity, bound to holder ‖
  kind ‖ epoch; holder is the workstation for WS and zero for what belongs to the clinic.

HPKE in base mode does not say who sealed; what a grant opens is checked against the key's mark in the membership log.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from photodesk.crypto import SUITE, VERSION, KemPrivateKey, decrypt, derive, encrypt, label, seal_open, seal_to, sha256
from photodesk.errors import Damaged
from photodesk.ids import NO_ID, to_bytes, to_text
from photodesk.store.files import write_atomically
from photodesk.store.layout import Layout
from photodesk.store.record_version import bad_record, read_record, read_typed
from photodesk.store.records import pack
from photodesk.store.roles import KeyKind

Random = Callable[[int], bytes]
DATABASES = {"catalog": KeyKind.DESK, "erasure": KeyKind.DESK, "index": KeyKind.CHART}


@dataclass(frozen=True)
class KeysFile:
    """The file's content. Lists hold records as bytes."""

    clinic_id: bytes
    workstation_id: str
    databases: tuple[bytes, ...] = ()
    inbox: tuple[bytes, ...] = ()
    bundles: tuple[bytes, ...] = ()
    grants: tuple[bytes, ...] = ()
    recovery: tuple[bytes, ...] = ()

    def with_more(
        self,
        *,
        bundles: Iterable[bytes] = (),
        grants: Iterable[bytes] = (),
        databases: Iterable[bytes] = (),
        inbox: Iterable[bytes] = (),
        recovery: Iterable[bytes] = (),
    ) -> KeysFile:
        """A copy with added records."""
        return replace(
            self,
            databases=(*self.databases, *databases),
            inbox=(*self.inbox, *inbox),
            bundles=(*self.bundles, *bundles),
            grants=(*self.grants, *grants),
            recovery=(*self.recovery, *recovery),
        )


def read_keys(layout: Layout, clinic_id: bytes) -> KeysFile:
    """The file; Refused `newer_format`, Damaged where it is missing, altered or of another clinic."""
    try:
        record = layout.keys.read_bytes()
    except FileNotFoundError:
        raise Damaged("keys_missing", "The store's file of wrapped keys is missing.") from None
    return decode_keys(record, clinic_id)


def decode_keys(record: bytes, clinic_id: bytes) -> KeysFile:
    """The file from its bytes; errors as `read_keys`."""
    fields = read_record(record, "keys", 9)
    lists = fields[4:]
    if fields[2] != clinic_id or not all(isinstance(part, list) for part in lists):
        raise bad_record("keys")
    if not all(isinstance(one, bytes) for part in lists for one in part) or not _is_id(fields[3]):
        raise bad_record("keys")
    return KeysFile(clinic_id, to_text(fields[3]), *(tuple(part) for part in lists))


def encode_keys(keys: KeysFile) -> bytes:
    """The bytes of the file."""
    lists = (keys.databases, keys.inbox, keys.bundles, keys.grants, keys.recovery)
    return pack([VERSION, SUITE, keys.clinic_id, to_bytes(keys.workstation_id), *(list(part) for part in lists)])


def write_keys(layout: Layout, keys: KeysFile) -> None:
    """Replace the file, durably."""
    write_atomically(layout.keys, encode_keys(keys))


def key_mark(clinic_id: bytes, kind: KeyKind, epoch: int, key: bytes) -> bytes:
    """What the membership log says about a key, so that another cannot be put in its place.

    The public key for LK and the inbox (`key` is the 96-byte private key), a 32-byte hash for symmetric keys.
    """
    if kind in {KeyKind.LOG, KeyKind.INBOX}:
        return KemPrivateKey(key).public
    return sha256(label("key-mark"), clinic_id, struct.pack("<BI", kind, epoch), key)


def wrap_database_key(
    clinic_id: bytes,
    workstation_id: str,
    name: str,
    epoch: int,
    role_key: bytes,
    secret: bytes,
    key: bytes,
    random: Random,
) -> bytes:
    """The record of one 48-byte database key under DK or CK (`role_key`) and WS (`secret`)."""
    nonce, bound = random(12), _database_bound(workstation_id, name, epoch)
    wrapped = encrypt(derive(role_key, secret, label("database-key")), nonce, key, "database-key", clinic_id, bound)
    return pack([VERSION, SUITE, name, epoch, nonce, wrapped])


def database_key(
    record: bytes, keys: KeysFile, role_keys: dict[KeyKind, dict[int, bytes]], secret: bytes
) -> tuple[str, bytes] | None:
    """(name, 48 bytes), or None where the role's key is not held."""
    name, epoch, nonce, wrapped = _database_fields(record)
    role_key = role_keys[DATABASES[name]].get(epoch)
    if role_key is None:
        return None
    bound = _database_bound(keys.workstation_id, name, epoch)
    wrapping = derive(role_key, secret, label("database-key"))
    return name, decrypt(wrapping, nonce, wrapped, "database-key", keys.clinic_id, bound)


def database_epoch(record: bytes) -> tuple[str, int]:
    """Which database's key a record is, and under which epoch."""
    name, epoch, _, _ = _database_fields(record)
    return name, epoch


def _database_fields(record: bytes) -> tuple[str, int, bytes, bytes]:
    fields = read_typed(record, "database key", tuple[str, int, bytes, bytes], {2: 12, 3: 64})
    if fields[0] not in DATABASES:
        raise bad_record("database key")
    return fields


def wrap_inbox_key(clinic_id: bytes, epoch: int, chart_key: bytes, inbox: KemPrivateKey, random: Random) -> bytes:
    """The record of an inbox private key under CK of its epoch."""
    nonce = random(12)
    wrapping = derive(chart_key, b"", label("inbox-key"))
    return pack(
        [VERSION, SUITE, epoch, nonce, encrypt(wrapping, nonce, inbox.raw, "inbox-key", clinic_id, _u32(epoch))]
    )


def inbox_key(record: bytes, clinic_id: bytes, chart_keys: dict[int, bytes]) -> tuple[int, KemPrivateKey] | None:
    """(epoch, inbox private key), or None where CK of that epoch is not held."""
    epoch, nonce, wrapped = _inbox_fields(record)
    if epoch not in chart_keys:
        return None
    wrapping = derive(chart_keys[epoch], b"", label("inbox-key"))
    return epoch, KemPrivateKey(decrypt(wrapping, nonce, wrapped, "inbox-key", clinic_id, _u32(epoch)))


def inbox_epoch(record: bytes) -> int:
    """Which epoch's inbox key a record is."""
    return _inbox_fields(record)[0]


def _inbox_fields(record: bytes) -> tuple[int, bytes, bytes]:
    return read_typed(record, "inbox key", tuple[int, bytes, bytes], {1: 12, 2: 112})


@dataclass(frozen=True)
class Grant:
    """One key given to one person."""

    person_id: str
    kind: KeyKind
    epoch: int
    sealed: bytes
    record: bytes

    def hash(self) -> bytes:
        """What the membership log says about it, 32 bytes."""
        return sha256(label("grant"), self.record)

    def open(self, clinic_id: bytes, kem: KemPrivateKey) -> bytes:
        """The key; Damaged `not_authentic` for another person's grant."""
        return seal_open(kem, self.sealed, "grant", clinic_id, _grant_bound(self.person_id, self.kind, self.epoch))


def make_grant(clinic_id: bytes, person_id: str, person_kem: bytes, kind: KeyKind, epoch: int, key: bytes) -> Grant:
    """A key sealed to a person's KEM public key."""
    sealed = seal_to(person_kem, key, "grant", clinic_id, _grant_bound(person_id, kind, epoch))
    return read_grant(pack([VERSION, SUITE, to_bytes(person_id), int(kind), epoch, sealed]))


def read_grant(record: bytes) -> Grant:
    """A grant from its bytes."""
    person, kind, epoch, sealed = read_typed(record, "grant", tuple[bytes, KeyKind, int, bytes], {0: 16})
    if kind not in {KeyKind.DESK, KeyKind.CHART, KeyKind.LOG} or not 0 < epoch < 1 << 32:
        raise bad_record("grant")
    return Grant(to_text(person), kind, epoch, sealed, record)


def seal_for_recovery(
    clinic_id: bytes, recovery_public: bytes, kind: KeyKind, epoch: int, key: bytes, workstation_id: str | None = None
) -> bytes:
    """The record of a key sealed to the recovery identity; `workstation_id` where it is one workstation's."""
    holder = to_bytes(workstation_id) if workstation_id else NO_ID
    bound = holder + struct.pack("<BI", kind, epoch)
    sealed = seal_to(recovery_public, key, "recovery", clinic_id, bound)
    return pack([VERSION, SUITE, int(kind), epoch, holder, sealed])


def open_for_recovery(record: bytes, clinic_id: bytes, identity: KemPrivateKey) -> tuple[KeyKind, int, bytes]:
    """(kind, epoch, key) of one sealed copy."""
    kind, epoch, holder, sealed = _recovery_fields(record)
    return kind, epoch, seal_open(identity, sealed, "recovery", clinic_id, holder + struct.pack("<BI", kind, epoch))


def recovery_key_of(record: bytes) -> tuple[KeyKind, int]:
    """Which key a sealed copy holds."""
    kind, epoch, _, _ = _recovery_fields(record)
    return kind, epoch


def recovery_holder(record: bytes) -> bytes:
    """Whose key a sealed copy holds: a workstation's 16 bytes, or zeros for the clinic's."""
    return _recovery_fields(record)[2]


def _recovery_fields(record: bytes) -> tuple[KeyKind, int, bytes, bytes]:
    fields = read_typed(record, "recovery", tuple[KeyKind, int, bytes, bytes], {2: 16})
    if not 0 < fields[1] < 1 << 32:
        raise bad_record("recovery")
    return fields


def _grant_bound(person_id: str, kind: KeyKind, epoch: int) -> bytes:
    return to_bytes(person_id) + struct.pack("<BI", kind, epoch)


def _database_bound(workstation_id: str, name: str, epoch: int) -> bytes:
    return to_bytes(workstation_id) + _u32(epoch) + name.encode("ascii")


def _u32(number: int) -> bytes:
    return struct.pack("<I", number)


def _is_id(raw: object) -> bool:
    return isinstance(raw, bytes) and len(raw) == 16
