"""Key pairs: Ed25519 for signatures, ML-KEM-768 + X25519 for sealing.

A KEM private key travels as 96 bytes: the 64-byte ML-KEM seed (FIPS 203 d ‖ z) and the 32-byte X25519 key;
a KEM public key as 1,216 bytes: ML-KEM-768 encapsulation key (1,184) ‖ X25519 public key (32).
"""

from __future__ import annotations

import os
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from photodesk.errors import Damaged

KEM_PRIVATE_BYTES = 96
KEM_PUBLIC_BYTES = 1216


class KemPrivateKey:
    """A hybrid KEM private key."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) != KEM_PRIVATE_BYTES:
            raise ValueError(f"a KEM private key is {KEM_PRIVATE_BYTES} bytes")
        self.raw = raw
        self._mlkem = MLKEM768PrivateKey.from_seed_bytes(raw[:64])
        self._x25519 = X25519PrivateKey.from_private_bytes(raw[64:])

    @classmethod
    def generate(cls) -> KemPrivateKey:
        """A new random key."""
        return cls(os.urandom(KEM_PRIVATE_BYTES))

    @property
    def hpke_key(self) -> hpke.MLKEM768X25519PrivateKey:
        """As `cryptography` takes it."""
        return hpke.MLKEM768X25519PrivateKey(self._mlkem, self._x25519)

    @property
    def public(self) -> bytes:
        """The 1,216 public bytes."""
        return self._mlkem.public_key().public_bytes_raw() + self._x25519.public_key().public_bytes_raw()


def kem_public_key(raw: bytes) -> hpke.MLKEM768X25519PublicKey:
    """A public key from its 1,216 bytes."""
    if len(raw) != KEM_PUBLIC_BYTES:
        raise Damaged("bad_public_key", "A public key has the wrong length.")
    return hpke.MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(raw[:1184]), X25519PublicKey.from_public_bytes(raw[1184:])
    )


class SigningKey:
    """An Ed25519 private key (RFC 8032), 32 bytes."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._key = Ed25519PrivateKey.from_private_bytes(raw)

    @classmethod
    def generate(cls) -> SigningKey:
        """A new random key."""
        return cls(os.urandom(32))

    @property
    def public(self) -> bytes:
        """The 32 public bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, kind: str, clinic_id: bytes, message: bytes) -> bytes:
        """64-byte signature over label(kind) ‖ clinic id ‖ message."""
        return self._key.sign(f"photodesk/{kind}/v1".encode("ascii") + clinic_id + message)


def verify(public: bytes, signature: bytes, kind: str, clinic_id: bytes, message: bytes) -> bool:
    """Whether `signature` is `public`'s over label(kind) ‖ clinic id ‖ message."""
    try:
        _parsed(public).verify(signature, f"photodesk/{kind}/v1".encode("ascii") + clinic_id + message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=256)
def _parsed(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)
