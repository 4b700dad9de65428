"""AES-256-GCM, HKDF-SHA256, HMAC, HPKE: one function each.

Sources: NIST SP 800-38D (GCM), RFC 5869 (HKDF), RFC 9180 (HPKE) with the ML-KEM-768 + X25519 hybrid.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from photodesk.crypto.keys import KemPrivateKey, kem_public_key
from photodesk.errors import Damaged

VERSION = 1
SUITE = 1
AEAD_NONCE_BYTES = 12

_HPKE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def label(kind: str) -> bytes:
    """`photodesk/<kind>/v1`."""
    return f"photodesk/{kind}/v1".encode("ascii")


def sha256(*parts: bytes) -> bytes:
    """SHA-256 over the parts in order, 32 bytes."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def hmac_sha256(key: bytes, *parts: bytes) -> bytes:
    """HMAC-SHA-256 over the parts in order, 32 bytes."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        mac.update(part)
    return mac.digest()


def derive(ikm: bytes, salt: bytes, info: bytes, length: int = 32) -> bytes:
    """HKDF-SHA256 (extract and expand)."""
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(ikm)


def extract(salt: bytes, ikm: bytes) -> bytes:
    """HKDF-Extract (RFC 5869 §2.2): the 32-byte pseudo-random key."""
    return hmac_sha256(salt, ikm)


def expand(prk: bytes, info: bytes, length: int = 32) -> bytes:
    """HKDF-Expand (RFC 5869 §2.3)."""
    return HKDFExpand(algorithm=hashes.SHA256(), length=length, info=info).derive(prk)


def encrypt(key: bytes, nonce: bytes, plaintext: bytes, kind: str, clinic_id: bytes, bound: bytes = b"") -> bytes:
    """AES-256-GCM ciphertext ‖ 16-byte tag; associated data is label(kind) ‖ clinic id (16 bytes) ‖ bound."""
    return AESGCM(key).encrypt(nonce, plaintext, label(kind) + clinic_id + bound)


def decrypt(key: bytes, nonce: bytes, ciphertext: bytes, kind: str, clinic_id: bytes, bound: bytes = b"") -> bytes:
    """The plaintext; `Damaged("not_authentic")` where key, bytes or associated data do not fit."""
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, label(kind) + clinic_id + bound)
    except InvalidTag:
        raise Damaged("not_authentic", f"A {kind} record does not match its key.") from None


class RecordKey:
    """`decrypt` for many records of one kind under one key, whose schedule is made once."""

    def __init__(self, key: bytes, kind: str, clinic_id: bytes) -> None:
        self._aead = AESGCM(key)
        self._kind = kind
        self._bound = label(kind) + clinic_id

    def open(self, nonce: bytes, ciphertext: bytes, bound: bytes = b"") -> bytes:
        """The plaintext; `Damaged("not_authentic")`."""
        try:
            return self._aead.decrypt(nonce, ciphertext, self._bound + bound)
        except InvalidTag:
            raise Damaged("not_authentic", f"A {self._kind} record does not match its key.") from None


def seal_to(public_key: bytes, plaintext: bytes, kind: str, clinic_id: bytes, bound: bytes = b"") -> bytes:
    """HPKE base mode: encapsulated key ‖ ciphertext; info is label(kind) ‖ clinic id ‖ bound."""
    return _HPKE.encrypt(plaintext, kem_public_key(public_key), info=label(kind) + clinic_id + bound)


def seal_open(private_key: KemPrivateKey, sealed: bytes, kind: str, clinic_id: bytes, bound: bytes = b"") -> bytes:
    """The sealed plaintext; `Damaged("not_authentic")` for another key, altered bytes or other associated data."""
    try:
        return _HPKE.decrypt(sealed, private_key.hpke_key, info=label(kind) + clinic_id + bound)
    except (InvalidTag, ValueError):
        raise Damaged("not_authentic", f"A sealed {kind} record does not match its key.") from None
