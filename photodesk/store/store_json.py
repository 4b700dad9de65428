"""`store.json`: what anyone may read about a store: ids, the keyring's name and public keys; no secret.

Signed by a person of the clinic over label ‖ clinic id ‖ the object without `signature` and `mac` (compact JSON, keys
sorted), and MACed under a key of WS over label ‖ clinic id ‖ those bytes ‖ the signature. It says what the membership
log says now, or said before: entries come in from the clinic server while nobody is there to sign another file. What is
used of keys is read from the log itself. On disk it is indented for reading, in one exact form: a file with any other
byte is refused. Bytes are hexadecimal.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

import msgspec

from photodesk.crypto import SUITE, VERSION, SigningKey, derive, hmac_sha256, label, verify
from photodesk.errors import Damaged, Fixable, PhotoDeskError
from photodesk.ids import to_bytes
from photodesk.store.files import write_atomically
from photodesk.store.layout import Layout
from photodesk.store.members import Members
from photodesk.store.record_version import check_version
from photodesk.store.roles import KeyKind

_KIND = "store-json"


class PublicKeyOfEpoch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A KEM public key (hexadecimal) and its epoch."""

    epoch: int
    public: str


class PublicWorkstation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A workstation's Ed25519 verify keys (hexadecimal)."""

    workstation_id: str
    signing_key: str
    log_signing_key: str


class StoreFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`store.json` as written."""

    version: int
    suite: int
    clinic_id: str
    workstation_id: str
    keyring: str
    first_entry: str
    log_key: PublicKeyOfEpoch
    inbox_key: PublicKeyOfEpoch
    workstations: tuple[PublicWorkstation, ...]
    author: str
    signature: str = ""
    mac: str = ""

    @property
    def clinic(self) -> bytes:
        """The clinic id as 16 bytes."""
        return to_bytes(self.clinic_id)

    @property
    def workstation(self) -> PublicWorkstation:
        """This store's own workstation."""
        return next(one for one in self.workstations if one.workstation_id == self.workstation_id)

    @property
    def log_signing_keys(self) -> dict[str, bytes]:
        """What checkpoints are verified with: workstation id to 32-byte key."""
        return {one.workstation_id: bytes.fromhex(one.log_signing_key) for one in self.workstations}


@dataclass(frozen=True)
class StoreFacts:
    """What a new `store.json` says."""

    workstation_id: str
    keyring: str
    author_id: str


def read_store(layout: Layout) -> StoreFile:
    """The file, its form checked and its authenticity not yet (see `check_mac`, `check_members`).

    Fixable `store_missing`; Refused `newer_format`, file untouched; Damaged `store_json_altered`.
    """
    try:
        data = layout.store_json.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise Fixable(
            "store_missing",
            "There is no PhotoDesk store in this folder.",
            "Choose its folder with --store, or set one up.",
        ) from None
    return _decoded(data)


def settled_store(layout: Layout, store: StoreFile, members: Members, key: bytes) -> StoreFile:
    """The file that fits the membership log, of which `store` is the one in force; errors as `check_members`.

    A change of the membership log that needs another file lays it beside the old one first. Where it was interrupted
    after the log took it, the one beside is the one that says what the log says now.
    """
    if not is_newest(store, members):
        beside = _beside(layout)
        same = beside is not None and (beside.clinic_id, beside.workstation_id) == (
            store.clinic_id,
            store.workstation_id,
        )
        if beside is not None and same and is_newest(beside, members):
            check_mac(beside, key)
            return beside
    check_members(store, members)
    return store


def _beside(layout: Layout) -> StoreFile | None:
    """The file that a change has prepared, where it can be read."""
    try:
        return _decoded(layout.store_json_next.read_bytes())
    except (OSError, PhotoDeskError):
        return None


def prepare_store(layout: Layout, store: StoreFile) -> None:
    """Lay the file of a membership change beside the one in force, durably."""
    write_atomically(layout.store_json_next, encode_store(store))


def settle_store(layout: Layout, store: StoreFile) -> None:
    """Put the file that fits in force, and nothing beside it."""
    if not layout.store_json_next.exists():
        return
    if layout.store_json.read_bytes() != encode_store(store):
        write_store(layout, store)
    layout.store_json_next.unlink(missing_ok=True)


def _decoded(data: bytes) -> StoreFile:
    try:
        loose = msgspec.json.decode(data)
        if not isinstance(loose, dict):
            raise _altered()
        check_version(loose.get("version"), loose.get("suite"))
        store = msgspec.convert(loose, StoreFile)
        store.clinic, store.workstation, bytes.fromhex(store.signature + store.mac)
    except (msgspec.MsgspecError, ValueError, StopIteration):
        raise _altered() from None
    if encode_store(store) != data:
        raise _altered()
    return store


def encode_store(store: StoreFile) -> bytes:
    """The one form on disk."""
    return msgspec.json.format(msgspec.json.encode(store, order="sorted"), indent=2) + b"\n"


def make_store(members: Members, facts: StoreFacts, signing: SigningKey, mac_key: bytes) -> StoreFile:
    """A signed and MACed `store.json` of what the membership log says."""
    plain = StoreFile(
        version=VERSION,
        suite=SUITE,
        clinic_id=members.clinic_id.hex(),
        workstation_id=facts.workstation_id,
        keyring=facts.keyring,
        first_entry=members.hashes[0].hex(),
        log_key=_newest(members, KeyKind.LOG),
        inbox_key=_newest(members, KeyKind.INBOX),
        workstations=_public_workstations(members),
        author=facts.author_id,
    )
    signature = signing.sign(_KIND, plain.clinic, _signed_bytes(plain))
    signed = msgspec.structs.replace(plain, signature=signature.hex())
    return msgspec.structs.replace(signed, mac=_mac(signed, mac_key).hex())


def blank_store(clinic_id: bytes, workstation_id: str) -> StoreFile:
    """Whose store it will be, while a workstation joins: for memory only, it fits nothing."""
    none = PublicKeyOfEpoch(0, "")
    return StoreFile(VERSION, SUITE, clinic_id.hex(), workstation_id, "", "", none, none, (), "")


def write_store(layout: Layout, store: StoreFile) -> None:
    """Replace the file, durably."""
    write_atomically(layout.store_json, encode_store(store))


def mac_key(workstation_secret: bytes) -> bytes:
    """The 32-byte key, derived from WS, under which the keeper MACs what it keeps."""
    return derive(workstation_secret, b"", label("workstation-mac"))


def check_mac(store: StoreFile, key: bytes) -> None:
    """Damaged `store_json_altered` where this workstation did not write the file."""
    if not hmac.compare_digest(_mac(store, key).hex(), store.mac):
        raise _altered()


def check_members(store: StoreFile, members: Members) -> None:
    """Damaged `store_json_altered` where signature, ids or public keys are not those of the membership log."""
    if not fits_members(store, members):
        raise _altered()


def is_newest(store: StoreFile, members: Members) -> bool:
    """Whether it fits, and says what the membership log says now."""
    log_key, inbox_key = (_newest(members, kind) for kind in (KeyKind.LOG, KeyKind.INBOX))
    return (
        (store.log_key, store.inbox_key) == (log_key, inbox_key)
        and store.workstations == _public_workstations(members)
        and fits_members(store, members)
    )


def fits_members(store: StoreFile, members: Members) -> bool:
    """Whether signature, ids and public keys are those of the membership log, now or at an earlier entry."""
    known = _public_workstations(members)
    signed = _signed_bytes(store)
    return (
        store.first_entry == members.hashes[0].hex()
        and _is_known(store.log_key, members, KeyKind.LOG)
        and _is_known(store.inbox_key, members, KeyKind.INBOX)
        and store.workstations == tuple(one for one in known if one in store.workstations)
        and any(
            verify(public, bytes.fromhex(store.signature), _KIND, store.clinic, signed)
            for public in members.signing_keys(store.author)
        )
    )


def _newest(members: Members, kind: KeyKind) -> PublicKeyOfEpoch:
    epoch, public = members.newest_public(kind)
    return PublicKeyOfEpoch(epoch, public.hex())


def _is_known(key: PublicKeyOfEpoch, members: Members, kind: KeyKind) -> bool:
    return members.marks.get((kind, key.epoch), b"").hex() == key.public != ""


def _public_workstations(members: Members) -> tuple[PublicWorkstation, ...]:
    return tuple(
        PublicWorkstation(one.workstation_id, one.signing_public.hex(), one.log_signing_public.hex())
        for one in sorted(members.workstations.values(), key=lambda one: one.workstation_id)
    )


def _signed_bytes(store: StoreFile) -> bytes:
    fields: dict[str, Any] = msgspec.to_builtins(store)
    del fields["signature"], fields["mac"]
    return msgspec.json.encode(fields, order="sorted")


def _mac(store: StoreFile, key: bytes) -> bytes:
    return hmac_sha256(key, label(_KIND), store.clinic, _signed_bytes(store), bytes.fromhex(store.signature))


def _altered() -> Damaged:
    return Damaged(
        "store_json_altered",
        "The file store.json is not what this clinic's PhotoDesk wrote.",
        "Do not import anything; restore the file from the backup and have the computer looked at.",
    )
