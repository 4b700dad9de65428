"""A person's bundle: the signing key and the KEM private key, under UBK.

`[version, suite, person_id, nonce12, wrapped144]`; the wrapping key is HKDF(UBK), associated data label ‖ clinic id ‖
person id; inside are 32 bytes of Ed25519 and 96 of KEM key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from photodesk.crypto import SUITE, VERSION, KemPrivateKey, SigningKey, decrypt, derive, encrypt, label
from photodesk.ids import to_bytes
from photodesk.store.record_version import bad_record, read_record
from photodesk.store.records import pack


@dataclass(frozen=True)
class Bundle:
    """Who a person is to the others."""

    signing: SigningKey = field(repr=False)
    kem: KemPrivateKey = field(repr=False)


def new_bundle(random: Callable[[int], bytes]) -> Bundle:
    """New keys for a person."""
    return Bundle(SigningKey(random(32)), KemPrivateKey(random(96)))


def wrap_bundle(
    bundle: Bundle, clinic_id: bytes, person_id: str, bundle_key: bytes, random: Callable[[int], bytes]
) -> bytes:
    """The record of a bundle under UBK (`bundle_key`, 32 bytes)."""
    nonce, person = random(12), to_bytes(person_id)
    inside = bundle.signing.raw + bundle.kem.raw
    wrapped = encrypt(derive(bundle_key, b"", label("bundle-key")), nonce, inside, "bundle", clinic_id, person)
    return pack([VERSION, SUITE, person, nonce, wrapped])


def bundle_owner(record: bytes) -> bytes:
    """Whose bundle a record is: 16 bytes."""
    fields = read_record(record, "bundle", 5)
    if not all(isinstance(field, bytes) for field in fields[2:]) or [len(f) for f in fields[2:]] != [16, 12, 144]:
        raise bad_record("bundle")
    owner: bytes = fields[2]
    return owner


def open_bundle(record: bytes, clinic_id: bytes, person_id: str, bundle_key: bytes) -> Bundle:
    """The bundle; Damaged `not_authentic` where key or person do not fit."""
    if bundle_owner(record) != to_bytes(person_id):
        raise bad_record("bundle")
    nonce, wrapped = read_record(record, "bundle", 5)[3:]
    key = derive(bundle_key, b"", label("bundle-key"))
    inside = decrypt(key, nonce, wrapped, "bundle", clinic_id, to_bytes(person_id))
    return Bundle(SigningKey(inside[:32]), KemPrivateKey(inside[32:]))
