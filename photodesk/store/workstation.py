"""The workstation's own keys: `workstation.key`, wrapped under WS and held by the keeper alone.

`[version, suite, workstation_id, nonce12, wrapped80]`: the signing key and the log signing key (Ed25519, 32 bytes each)
under HKDF(WS), associated data label ‖ clinic id ‖ workstation id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from photodesk.crypto import SUITE, VERSION, SigningKey, decrypt, derive, encrypt, label
from photodesk.errors import Damaged
from photodesk.ids import to_bytes
from photodesk.store.keyring import Secrets, workstation_secret_account
from photodesk.store.layout import Layout
from photodesk.store.members_log import MembersLog
from photodesk.store.record_version import bad_record, read_record
from photodesk.store.records import pack
from photodesk.store.roles import KeyKind
from photodesk.store.slots_file import check_not_cut, read_slots
from photodesk.store.store_json import check_mac, mac_key, read_store, settled_store

_KIND = "workstation-key"


@dataclass(frozen=True)
class WorkstationKeys:
    """What the keeper holds. `log_public` is LK's 1,216-byte public key, to which body keys are sealed."""

    workstation_signing: SigningKey = field(repr=False)
    log_signing: SigningKey = field(repr=False)
    mac_key: bytes = field(repr=False)
    log_public: bytes = field(repr=False)
    log_epoch: int
    clinic_id: bytes
    workstation_id: str


@dataclass(frozen=True)
class WorkstationSigner:
    """A `Signer` for whoever holds the key itself: the keeper, and set-up."""

    key: SigningKey = field(repr=False)
    clinic_id: bytes

    def sign(self, kind: str, data: bytes) -> bytes:
        """64-byte signature over label(kind) ‖ clinic id ‖ data."""
        return self.key.sign(kind, self.clinic_id, data)


def open_workstation_keys(layout: Layout, secrets: Secrets) -> WorkstationKeys:
    """Unwrap the keys and compare `store.json` with its MAC and the membership log.

    Fixable `store_missing`, `keyring_missing`, `keyring_locked`; Refused `newer_format`; Damaged where
    anything differs.
    """
    store = read_store(layout)
    secret = secrets.get(workstation_secret_account(store.clinic, store.workstation_id))
    key = mac_key(secret)
    check_mac(store, key)
    members = MembersLog.open(layout.members, store.clinic).members
    store = settled_store(layout, store, members, key)
    check_not_cut(read_slots(layout, store.clinic).names(secret), members)
    signing, log_signing = _unwrap(layout, store.clinic, store.workstation_id, secret)
    public = store.workstation
    if [signing.public.hex(), log_signing.public.hex()] != [public.signing_key, public.log_signing_key]:
        raise bad_record("workstation key")
    log_epoch, log_public = members.newest_public(KeyKind.LOG)
    return WorkstationKeys(
        workstation_signing=signing,
        log_signing=log_signing,
        mac_key=key,
        log_public=log_public,
        log_epoch=log_epoch,
        clinic_id=store.clinic,
        workstation_id=store.workstation_id,
    )


def wrap_workstation_keys(
    clinic_id: bytes,
    workstation_id: str,
    signing: SigningKey,
    log_signing: SigningKey,
    secret: bytes,
    random: Callable[[int], bytes],
) -> bytes:
    """The bytes of `workstation.key`."""
    nonce, bound = random(12), to_bytes(workstation_id)
    wrapped = encrypt(derive(secret, b"", label(_KIND)), nonce, signing.raw + log_signing.raw, _KIND, clinic_id, bound)
    return pack([VERSION, SUITE, bound, nonce, wrapped])


def unwrap_workstation_keys(
    record: bytes, clinic_id: bytes, workstation_id: str, secret: bytes
) -> tuple[SigningKey, SigningKey]:
    """(signing key, log signing key) from the bytes of `workstation.key`."""
    fields = read_record(record, "workstation key", 5)
    sizes = [len(one) if isinstance(one, bytes) else 0 for one in fields[2:]]
    if sizes != [16, 12, 80] or fields[2] != to_bytes(workstation_id):
        raise bad_record("workstation key")
    inside = decrypt(derive(secret, b"", label(_KIND)), fields[3], fields[4], _KIND, clinic_id, fields[2])
    return SigningKey(inside[:32]), SigningKey(inside[32:])


def _unwrap(layout: Layout, clinic_id: bytes, workstation_id: str, secret: bytes) -> tuple[SigningKey, SigningKey]:
    try:
        record = layout.workstation_key.read_bytes()
    except FileNotFoundError:
        raise Damaged("workstation_key_missing", "The workstation's key file is missing.") from None
    return unwrap_workstation_keys(record, clinic_id, workstation_id, secret)
