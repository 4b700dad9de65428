"""Sealing: published answers for both halves of the hybrid, and RFC 9180's key schedule written a second time.

The second writing opens what RFC 9180 A.1.1 sealed, so it is right; then it opens what we seal, so we are.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from photodesk.crypto import KemPrivateKey, label, seal_to

WYCHEPROOF = Path(__file__).parent / "wycheproof"
X25519_SHA256, MLKEM768_X25519 = 0x0020, 0x647A  # KEM ids
AES_128_GCM, AES_256_GCM = 1, 2
X_WING_LABEL = b"\\.//^\\"


def cases(name: str) -> Iterator[dict[str, Any]]:
    for group in json.loads((WYCHEPROOF / f"{name}.json").read_text("utf-8"))["testGroups"]:
        for case in group["tests"]:
            yield {key: value for key, value in case.items() if key != "flags"}


def test_ml_kem_768() -> None:
    for case in cases("mlkem_768_test"):
        seed, sealed = bytes.fromhex(case["seed"]), bytes.fromhex(case["c"])
        if case["result"] == "valid":
            private = MLKEM768PrivateKey.from_seed_bytes(seed)
            if "ek" in case:
                assert private.public_key().public_bytes_raw() == bytes.fromhex(case["ek"])
            assert private.decapsulate(sealed) == bytes.fromhex(case["K"]), "also where rejection is implicit"
        else:
            with pytest.raises(ValueError):
                MLKEM768PrivateKey.from_seed_bytes(seed).decapsulate(sealed)


def test_x25519() -> None:
    for case in cases("x25519_test"):
        private = X25519PrivateKey.from_private_bytes(bytes.fromhex(case["private"]))
        public, shared = bytes.fromhex(case["public"]), bytes.fromhex(case["shared"])
        if any(shared):
            assert private.exchange(X25519PublicKey.from_public_bytes(public)) == shared
        else:
            with pytest.raises(ValueError, match=r"[Ee]rror computing"):
                private.exchange(X25519PublicKey.from_public_bytes(public))


def _extract(suite: bytes, salt: bytes, name: bytes, ikm: bytes) -> bytes:
    return hmac.new(salt, b"HPKE-v1" + suite + name + ikm, "sha256").digest()


def _expand(suite: bytes, prk: bytes, name: bytes, info: bytes, length: int) -> bytes:
    labelled, made, block = length.to_bytes(2, "big") + b"HPKE-v1" + suite + name + info, b"", b""
    while len(made) < length:
        block = hmac.new(prk, block + labelled + bytes([len(made) // 32 + 1]), "sha256").digest()
        made += block
    return made[:length]


def key_and_nonce(kem: int, aead: int, key_bytes: int, shared: bytes, info: bytes) -> tuple[bytes, bytes]:
    """RFC 9180 §5.1, base mode, HKDF-SHA256."""
    suite = b"HPKE" + kem.to_bytes(2, "big") + b"\0\1" + aead.to_bytes(2, "big")
    context = b"\0" + _extract(suite, b"", b"psk_id_hash", b"") + _extract(suite, b"", b"info_hash", info)
    secret = _extract(suite, shared, b"secret", b"")
    return _expand(suite, secret, b"key", context, key_bytes), _expand(suite, secret, b"base_nonce", context, 12)


def test_the_key_schedule_opens_what_rfc_9180_sealed() -> None:
    private = X25519PrivateKey.from_private_bytes(
        bytes.fromhex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8")
    )
    sent = bytes.fromhex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431")
    sealed = bytes.fromhex("f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a")
    kem_suite = b"KEM" + X25519_SHA256.to_bytes(2, "big")
    raw = private.exchange(X25519PublicKey.from_public_bytes(sent))
    bound = sent + private.public_key().public_bytes_raw()
    shared = _expand(kem_suite, _extract(kem_suite, b"", b"eae_prk", raw), b"shared_secret", bound, 32)
    assert shared.hex() == "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc"
    info = bytes.fromhex("4f6465206f6e2061204772656369616e2055726e")
    key, nonce = key_and_nonce(X25519_SHA256, AES_128_GCM, 16, shared, info)
    assert AESGCM(key).decrypt(nonce, sealed, b"Count-0") == b"Beauty is truth, truth beauty"


def test_what_we_seal_opens_by_the_standards_alone() -> None:
    """X-Wing: SHA3-256 over both shared secrets, the X25519 share, the X25519 public key and its label."""
    clinic = bytes(range(16))
    private = KemPrivateKey(bytes(range(96)))
    sealed = seal_to(private.public, b"the key of a pack", "seal", clinic, b"epoch 1")
    lattice, curve, ciphertext = sealed[:1088], sealed[1088:1120], sealed[1120:]
    own = X25519PrivateKey.from_private_bytes(private.raw[64:])
    shared = hashlib.sha3_256(
        MLKEM768PrivateKey.from_seed_bytes(private.raw[:64]).decapsulate(lattice)
        + own.exchange(X25519PublicKey.from_public_bytes(curve))
        + curve
        + own.public_key().public_bytes_raw()
        + X_WING_LABEL
    ).digest()
    key, nonce = key_and_nonce(MLKEM768_X25519, AES_256_GCM, 32, shared, label("seal") + clinic + b"epoch 1")
    assert AESGCM(key).decrypt(nonce, ciphertext, b"") == b"the key of a pack"
