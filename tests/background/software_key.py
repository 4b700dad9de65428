"""A security key in software: CTAP2 as a `CtapDevice`, with real CBOR, PIN protocols 1 and 2, and hmac-secret.

For tests only. Written after the CTAP 2.1 specification (§6.1 makeCredential, §6.2 getAssertion, §6.4 getInfo, §6.5
clientPIN, §12.7 hmac-secret), not after the library that it is asked through. Credentials are not resident: the
credential id holds the wrapped private key and secrets, as most real keys do.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fido2 import cbor
from fido2.ctap import STATUS, CtapDevice
from fido2.hid import CAPABILITY, CTAPHID

OK, NO_CREDENTIALS, PIN_INVALID, PIN_BLOCKED, PIN_AUTH_INVALID, PIN_AUTH_BLOCKED = 0x00, 0x2E, 0x31, 0x32, 0x33, 0x34
PUAT_REQUIRED, KEEPALIVE_CANCEL, MISSING_PARAMETER, INVALID_COMMAND = 0x36, 0x2D, 0x14, 0x01
UP, UV, AT, ED = 0x01, 0x04, 0x40, 0x80
CREDENTIAL_SECRETS = 32 + 32 + 32  # private key, secret without PIN, secret with PIN


class Status(Exception):
    """Ends a command with a status byte."""

    def __init__(self, code: int) -> None:
        super().__init__(hex(code))
        self.code = code


@dataclass
class SoftwareKey(CtapDevice):
    """One key. `touched` answers whether a finger comes; `pulled` fails like a device that is gone."""

    pin: str = ""
    always_uv: bool = False
    hmac_secret: bool = True
    protocols: tuple[int, ...] = (2, 1)
    touched: Callable[[], bool] = field(default=lambda: True)
    pulled: bool = False
    make_without_pin: bool = True
    retries: int = 8
    wrong_in_a_row: int = 0
    touches: int = 0
    commands: list[int] = field(default_factory=list)
    wrapping: bytes = field(default_factory=lambda: os.urandom(32), repr=False)

    def __post_init__(self) -> None:
        self._wrapping = AESGCM(self.wrapping)
        self._agreement = ec.generate_private_key(ec.SECP256R1())
        self._token = os.urandom(32)
        self._token_permissions = 0
        self._counter = 0

    # -- the device --

    @property
    def capabilities(self) -> int:
        return CAPABILITY.CBOR

    @classmethod
    def list_devices(cls) -> Iterator[CtapDevice]:
        return iter(())

    def close(self) -> None:
        """Nothing is held."""

    def call(
        self,
        cmd: int,
        data: bytes = b"",
        event: Event | None = None,
        on_keepalive: Callable[[STATUS], None] | None = None,
    ) -> bytes:
        if self.pulled:
            raise OSError(19, "No such device")
        if cmd != CTAPHID.CBOR:
            return bytes([INVALID_COMMAND])
        self.commands.append(data[0])
        asked: Any = cbor.decode(data[1:]) if len(data) > 1 else {}
        handlers = {1: self._make_credential, 2: self._get_assertion, 6: self._client_pin}
        try:
            if data[0] == 4:
                return bytes([OK]) + cbor.encode(self._info())
            handler = handlers.get(data[0])
            if handler is None:
                raise Status(INVALID_COMMAND)
            answer = handler(asked, event or Event(), on_keepalive)
        except Status as status:
            return bytes([status.code])
        return bytes([OK]) + (cbor.encode(answer) if answer else b"")

    def _info(self) -> dict[int, Any]:
        options = {"rk": False, "up": True, "clientPin": bool(self.pin), "pinUvAuthToken": True}
        options |= {"makeCredUvNotRqd": self.make_without_pin and not self.always_uv}
        if self.always_uv:
            options["alwaysUv"] = True
        extensions = ["hmac-secret"] if self.hmac_secret else []
        return {
            1: ["FIDO_2_0", "FIDO_2_1"],
            2: extensions,
            3: bytes(16),
            4: dict(sorted(options.items(), key=lambda one: (len(one[0]), one[0]))),
            5: 1200,
            6: list(self.protocols),
            8: 128 + CREDENTIAL_SECRETS,
        }

    # -- credentials --

    def _make_credential(
        self, asked: Mapping[int, Any], event: Event, say: Callable[[STATUS], None] | None
    ) -> dict[int, Any]:
        verified = self._verified(asked.get(8), asked.get(9), asked[1], 0x01)
        if self.pin and not verified and not (self.make_without_pin and not self.always_uv):
            raise Status(PUAT_REQUIRED)
        self._wait_for_touch(event, say)
        private = ec.generate_private_key(ec.SECP256R1())
        scalar = private.private_numbers().private_value.to_bytes(32, "big")
        rp_hash = hashlib.sha256(asked[2]["id"].encode()).digest()
        nonce = os.urandom(12)
        credential = nonce + self._wrapping.encrypt(nonce, scalar + os.urandom(64), rp_hash)
        extensions = {"hmac-secret": True} if self.hmac_secret and (asked.get(6) or {}).get("hmac-secret") else {}
        attested = bytes(16) + struct.pack(">H", len(credential)) + credential + cbor.encode(_cose(private))
        flags = UP | AT | (UV if verified else 0) | (ED if extensions else 0)
        data = self._auth_data(rp_hash, flags) + attested + (cbor.encode(extensions) if extensions else b"")
        signature = private.sign(data + asked[1], ec.ECDSA(hashes.SHA256()))
        return {1: "packed", 2: data, 3: {"alg": -7, "sig": signature}}

    def _get_assertion(
        self, asked: Mapping[int, Any], event: Event, say: Callable[[STATUS], None] | None
    ) -> dict[int, Any]:
        rp_hash = hashlib.sha256(asked[1].encode()).digest()
        wanted_touch = (asked.get(5) or {}).get("up", True)
        verified = self._verified(asked.get(6), asked.get(7), asked[2], 0x02)
        if self.always_uv and wanted_touch and not verified:
            raise Status(PUAT_REQUIRED)
        opened = [(one["id"], self._open(one["id"], rp_hash)) for one in asked.get(3) or []]
        mine = [(name, secrets) for name, secrets in opened if secrets is not None]
        if not mine:
            raise Status(NO_CREDENTIALS)
        if wanted_touch:
            self._wait_for_touch(event, say)
        name, secrets = mine[0]
        extensions = {}
        if self.hmac_secret and "hmac-secret" in (asked.get(4) or {}):
            extensions["hmac-secret"] = self._hmac(asked[4]["hmac-secret"], secrets, verified=verified)
        flags = (UP if wanted_touch else 0) | (UV if verified else 0) | (ED if extensions else 0)
        data = self._auth_data(rp_hash, flags) + (cbor.encode(extensions) if extensions else b"")
        private = ec.derive_private_key(int.from_bytes(secrets[:32], "big"), ec.SECP256R1())
        signature = private.sign(data + asked[2], ec.ECDSA(hashes.SHA256()))
        return {1: {"id": name, "type": "public-key"}, 2: data, 3: signature}

    def _open(self, credential: bytes, rp_hash: bytes) -> bytes | None:
        try:
            return self._wrapping.decrypt(credential[:12], credential[12:], rp_hash)
        except InvalidTag:
            return None

    def _auth_data(self, rp_hash: bytes, flags: int) -> bytes:
        self._counter += 1
        return rp_hash + struct.pack(">BI", flags, self._counter)

    def _wait_for_touch(self, event: Event, say: Callable[[STATUS], None] | None) -> None:
        if say is not None:
            say(STATUS.UPNEEDED)
        if not self.touched():
            event.wait(20)
            raise Status(KEEPALIVE_CANCEL)
        self.touches += 1

    def _hmac(self, asked: Mapping[int, Any], secrets: bytes, *, verified: bool) -> bytes:
        protocol = asked.get(4, 1)
        shared = self._shared(asked[1], protocol)
        if not hmac.compare_digest(_authenticate(shared, asked[2], protocol), asked[3]):
            raise Status(PIN_AUTH_INVALID)
        salts = _decrypt(shared, asked[2], protocol)
        secret = secrets[64:96] if verified else secrets[32:64]
        outputs = b"".join(hmac.digest(secret, salts[at : at + 32], "sha256") for at in range(0, len(salts), 32))
        return _encrypt(shared, outputs, protocol)

    # -- PIN --

    def _client_pin(
        self, asked: Mapping[int, Any], _event: Event, _say: Callable[[STATUS], None] | None
    ) -> dict[int, Any]:
        command = asked[2]
        if command == 1:
            return {3: self.retries}
        if command == 2:
            return {1: _cose(self._agreement)}
        if command in {5, 9}:
            return {2: self._pin_token(asked, asked.get(9, 0x03) if command == 9 else 0x03)}
        raise Status(INVALID_COMMAND)

    def _pin_token(self, asked: Mapping[int, Any], permissions: int) -> bytes:
        if self.retries == 0:
            raise Status(PIN_BLOCKED)
        if self.wrong_in_a_row >= 3:
            raise Status(PIN_AUTH_BLOCKED)
        protocol = asked[1]
        shared = self._shared(asked[3], protocol)
        right = hashlib.sha256(self.pin.encode()).digest()[:16]
        if not self.pin or not hmac.compare_digest(_decrypt(shared, asked[6], protocol), right):
            self.retries -= 1
            self.wrong_in_a_row += 1
            self._agreement = ec.generate_private_key(ec.SECP256R1())
            raise Status(PIN_INVALID)
        self.retries, self.wrong_in_a_row = 8, 0
        self._token, self._token_permissions = os.urandom(32), permissions
        return _encrypt(shared, self._token, protocol)

    def _verified(self, param: bytes | None, protocol: int | None, client_hash: bytes, permission: int) -> bool:
        if param is None or protocol is None:
            return False
        right = _authenticate(self._token, client_hash, protocol)
        if not hmac.compare_digest(right, param) or not self._token_permissions & permission:
            raise Status(PIN_AUTH_INVALID)
        return True

    def _shared(self, peer: Mapping[int, Any], protocol: int) -> bytes:
        x, y = int.from_bytes(peer[-2], "big"), int.from_bytes(peer[-3], "big")
        public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        z = self._agreement.exchange(ec.ECDH(), public)
        if protocol == 1:
            return hashlib.sha256(z).digest()
        parts = (
            HKDF(algorithm=hashes.SHA256(), length=32, salt=bytes(32), info=info).derive(z)
            for info in (b"CTAP2 HMAC key", b"CTAP2 AES key")
        )
        return b"".join(parts)


def _cose(private: ec.EllipticCurvePrivateKey) -> dict[int, Any]:
    numbers = private.public_key().public_numbers()
    return {1: 2, 3: -25, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}


def _authenticate(key: bytes, message: bytes, protocol: int) -> bytes:
    mac = hmac.digest(key[:32], message, "sha256")
    return mac[:16] if protocol == 1 else mac


def _encrypt(shared: bytes, plain: bytes, protocol: int) -> bytes:
    iv = bytes(16) if protocol == 1 else os.urandom(16)
    sealer = Cipher(algorithms.AES(shared[-32:]), modes.CBC(iv)).encryptor()
    sealed = sealer.update(plain) + sealer.finalize()
    return sealed if protocol == 1 else iv + sealed


def _decrypt(shared: bytes, sealed: bytes, protocol: int) -> bytes:
    iv, body = (bytes(16), sealed) if protocol == 1 else (sealed[:16], sealed[16:])
    opener = Cipher(algorithms.AES(shared[-32:]), modes.CBC(iv)).decryptor()
    return opener.update(body) + opener.finalize()
