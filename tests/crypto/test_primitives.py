"""Published answers for the primitives as we use them, and that our labels and bindings matter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from photodesk.crypto import (
    DEFAULT_COST,
    FLOOR_COST,
    Argon2Cost,
    KemPrivateKey,
    SigningKey,
    decrypt,
    derive,
    encrypt,
    expand,
    extract,
    hmac_sha256,
    password_key,
    seal_open,
    seal_to,
    verify,
)
from photodesk.errors import Damaged, Refused

WYCHEPROOF = Path(__file__).parent / "wycheproof"
CLINIC = bytes(range(16))


def cases(name: str) -> Iterator[dict[str, Any]]:
    for group in json.loads((WYCHEPROOF / f"{name}.json").read_text("utf-8"))["testGroups"]:
        for case in group["tests"]:
            yield group | case


def unhex(case: dict[str, Any], *names: str) -> list[bytes]:
    return [bytes.fromhex(case[name]) for name in names]


def test_aes_gcm() -> None:
    for case in cases("aes_gcm_test"):
        key, nonce, aad, message, ciphertext, tag = unhex(case, "key", "iv", "aad", "msg", "ct", "tag")
        if case["result"] == "valid":
            assert AESGCM(key).encrypt(nonce, message, aad) == ciphertext + tag
            assert AESGCM(key).decrypt(nonce, ciphertext + tag, aad) == message
        else:
            with pytest.raises(InvalidTag):
                AESGCM(key).decrypt(nonce, ciphertext + tag, aad)


def test_hkdf_in_one_step_and_in_two() -> None:
    for case in cases("hkdf_sha256_test"):
        ikm, salt, info = unhex(case, "ikm", "salt", "info")
        if case["result"] == "valid":
            okm = bytes.fromhex(case["okm"])
            assert derive(ikm, salt, info, case["size"]) == okm
            assert expand(extract(salt, ikm), info, case["size"]) == okm
        else:
            with pytest.raises(ValueError):
                derive(ikm, salt, info, case["size"])


def test_hmac() -> None:
    for case in cases("hmac_sha256_test"):
        key, message, tag = unhex(case, "key", "msg", "tag")
        assert (hmac_sha256(key, message) == tag) == (case["result"] == "valid")


def test_ed25519() -> None:
    for case in cases("ed25519_test"):
        public, message, signature = unhex(case, "publicKey", "msg", "sig")
        if case["result"] == "valid":
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        else:
            with pytest.raises(InvalidSignature):
                Ed25519PublicKey.from_public_bytes(public).verify(signature, message)


def test_argon2id_of_rfc_9106_section_5_3() -> None:
    hasher = Argon2id(
        salt=b"\x02" * 16, length=32, iterations=3, lanes=4, memory_cost=32, ad=b"\x04" * 12, secret=b"\x03" * 8
    )
    expected = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
    assert hasher.derive(b"\x01" * 32).hex() == expected


def test_password_key_has_a_floor_that_nothing_lowers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PHOTODESK_ARGON2", "PHOTODESK_COST", "PHOTODESK_TEST"):
        monkeypatch.setenv(name, "1")
    assert (DEFAULT_COST.memory_kib, DEFAULT_COST.passes, DEFAULT_COST.lanes) == (262_144, 3, 4)
    assert (FLOOR_COST.memory_kib, FLOOR_COST.passes, FLOOR_COST.lanes) == (65_536, 3, 1)
    for cost in (Argon2Cost(65_535, 3, 1), Argon2Cost(65_536, 2, 1), Argon2Cost(65_536, 3, 0)):
        with pytest.raises(Refused):
            password_key("password", bytes(16), cost)


def test_everything_that_is_bound_matters() -> None:
    key, nonce = bytes(32), bytes(12)
    sealed = encrypt(key, nonce, b"inside", "slot", CLINIC, b"epoch 1")
    assert decrypt(key, nonce, sealed, "slot", CLINIC, b"epoch 1") == b"inside"
    others = [("grant", CLINIC, b"epoch 1"), ("slot", bytes(16), b"epoch 1"), ("slot", CLINIC, b"epoch 2")]
    private = KemPrivateKey.generate()
    to_person = seal_to(private.public, b"inside", "slot", CLINIC, b"epoch 1")
    assert seal_open(private, to_person, "slot", CLINIC, b"epoch 1") == b"inside"
    signing = SigningKey.generate()
    signature = signing.sign("slot", CLINIC, b"epoch 1")
    assert verify(signing.public, signature, "slot", CLINIC, b"epoch 1")
    for kind, clinic, bound in others:
        with pytest.raises(Damaged):
            decrypt(key, nonce, sealed, kind, clinic, bound)
        with pytest.raises(Damaged):
            seal_open(private, to_person, kind, clinic, bound)
        assert not verify(signing.public, signature, kind, clinic, bound)
