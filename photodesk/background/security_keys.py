"""Security keys over USB: CTAP2 with the hmac-secret extension, through `fido2`.

Why `fido2`: Yubico's own library, the only kept-up one that speaks CTAP2 over HID on Linux, macOS and Windows without
a browser. Every call blocks, for as long as a touch takes: it belongs on a worker thread.

A credential is made for PhotoDesk alone, without a resident key, a name or an id on it. Its secret answers a salt with
32 bytes; whether the answer was given with or without the key's PIN is part of that secret on the key, so PhotoDesk
asks for the touch alone, and for the PIN only where the key always wants it (and where it wants it for enrolling).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from threading import Event, Timer
from typing import Any

from fido2.ctap import STATUS, CtapDevice, CtapError
from fido2.ctap2.base import Ctap2
from fido2.ctap2.extensions import HmacSecretExtension
from fido2.ctap2.pin import ClientPin, PinProtocol
from fido2.hid import CtapHidDevice
from fido2.webauthn import PublicKeyCredentialRequestOptions

from photodesk.desk.security_key import AskedKey, KeyAnswer, no_security_key
from photodesk.errors import Fixable, PhotoDeskError
from photodesk.store.slots import FidoPart

RELYING_PARTY = "photodesk"
TOUCH_WITHIN_S = 30.0
_ES256 = {"type": "public-key", "alg": -7}
_HMAC = HmacSecretExtension.NAME
_TIMES_OUT = {CtapError.ERR.KEEPALIVE_CANCEL, CtapError.ERR.ACTION_TIMEOUT, CtapError.ERR.USER_ACTION_TIMEOUT}
_PIN_WANTED = {CtapError.ERR.PUAT_REQUIRED, CtapError.ERR.PIN_AUTH_INVALID, CtapError.ERR.PIN_TOKEN_EXPIRED}
_BLOCKED = {CtapError.ERR.PIN_BLOCKED, CtapError.ERR.PIN_AUTH_BLOCKED, CtapError.ERR.UV_BLOCKED}
Devices = Callable[[], Iterable[CtapDevice]]


class SecurityKeyReader:
    """A `KeyReader` of the keys plugged in. `touch` is called from its thread when a key waits for a finger."""

    def __init__(
        self,
        touch: Callable[[], None],
        pin: str = "",
        cancel: Event | None = None,
        devices: Devices | None = None,
        touch_within_s: float = TOUCH_WITHIN_S,
    ) -> None:
        self._touch = touch
        self._pin = pin
        self._cancel = cancel or Event()
        self._devices = devices or CtapHidDevice.list_devices
        self._within_s = touch_within_s

    def answer(self, asked: Sequence[AskedKey]) -> KeyAnswer:
        """See `KeyReader.answer`."""
        with self._keys() as keys:
            for key in keys:
                for number, one in enumerate(asked):
                    if _knows(key, one.credential):
                        return KeyAnswer(number, self._secret(key, one))
        raise _other_key()

    def enrol(self, known: Sequence[bytes]) -> FidoPart:
        """See `KeyReader.enrol`."""
        with self._keys() as keys:
            fit = [key for key in keys if _HMAC in key.info.extensions and not _knows_any(key, known)]
            if not fit:
                raise _unfit() if not any(_HMAC in key.info.extensions for key in keys) else _enrolled_already()
            key = fit[0]
            asked = AskedKey(self._new_credential(key), os.urandom(HmacSecretExtension.SALT_LEN))
            return FidoPart(asked.credential, asked.salt, self._secret(key, asked))

    def _new_credential(self, key: Ctap2) -> bytes:
        options = key.info.options
        client_hash = os.urandom(32)
        must = bool(options.get("alwaysUv")) or not options.get("makeCredUvNotRqd")
        proof = self._proof(key, client_hash, ClientPin.PERMISSION.MAKE_CREDENTIAL) if must else {}
        made = key.make_credential(
            client_hash,
            {"id": RELYING_PARTY, "name": "PhotoDesk"},
            {"id": os.urandom(16), "name": "PhotoDesk"},
            [_ES256],
            extensions={_HMAC: True},
            event=self._cancel,
            on_keepalive=self._said,
            **proof,
        )
        data = made.auth_data
        if data.credential_data is None or (data.extensions or {}).get(_HMAC) is not True:
            raise _unfit()
        return data.credential_data.credential_id

    def _secret(self, key: Ctap2, asked: AskedKey) -> bytes:
        """What the key answers to the salt, after a touch."""
        client_hash = os.urandom(32)
        wanted = PublicKeyCredentialRequestOptions(
            challenge=client_hash, rp_id=RELYING_PARTY, extensions={"hmacGetSecret": {"salt1": asked.salt}}
        )
        extension = HmacSecretExtension(allow_hmac_secret=True).get_assertion(key, wanted, _protocol(key))
        if extension is None:
            raise _unfit()
        proof: dict[str, Any] = {}
        if key.info.options.get("alwaysUv"):
            proof = self._proof(key, client_hash, ClientPin.PERMISSION.GET_ASSERTION)
        given = key.get_assertion(
            RELYING_PARTY,
            client_hash,
            [_descriptor(asked.credential)],
            extensions=extension.prepare_inputs(None, None),
            event=self._cancel,
            on_keepalive=self._said,
            **proof,
        )
        found = (extension.prepare_outputs(given, None) or {}).get("hmacGetSecret")
        if found is None or len(found.output1) != HmacSecretExtension.SALT_LEN:
            raise _unfit()
        output: bytes = found.output1
        return output

    def _proof(self, key: Ctap2, client_hash: bytes, permission: ClientPin.PERMISSION) -> dict[str, Any]:
        """Parameters that show the key its PIN, or ask for its fingerprint; none for a key that has neither."""
        options, protocol = key.info.options, _protocol(key)
        if protocol is None or not (options.get("uv") or options.get("clientPin")):
            return {}
        pin = ClientPin(key, protocol)
        if options.get("uv") and ClientPin.is_token_supported(key.info):
            token = pin.get_uv_token(permission, RELYING_PARTY, self._cancel, self._said)
        elif options.get("uv"):
            return {"options": {"uv": True}}
        elif not self._pin:
            raise _pin_needed()
        else:
            token = pin.get_pin_token(self._pin, permission, RELYING_PARTY)
        return {"pin_uv_param": protocol.authenticate(token, client_hash), "pin_uv_protocol": protocol.VERSION}

    @contextmanager
    def _keys(self) -> Iterator[list[Ctap2]]:
        """The keys plugged in, closed afterwards; what goes wrong meanwhile is said in words."""
        timer = Timer(self._within_s, self._cancel.set)
        timer.daemon = True
        with ExitStack() as stack:
            try:
                found = [stack.enter_context(device) for device in self._devices()]
                keys = [key for key in map(_ctap2, found) if key is not None]
                if not keys:
                    raise _unfit() if found else no_security_key()
                stack.callback(timer.cancel)
                timer.start()
                yield keys
            except CtapError as error:
                raise _in_words(error) from None
            except PhotoDeskError:
                raise
            except Exception as error:  # a key may say anything: what is no answer is one that did not answer
                raise _failed() from error

    def _said(self, status: int) -> None:
        if status == STATUS.UPNEEDED:
            self._touch()


def _ctap2(device: CtapDevice) -> Ctap2 | None:
    """None for a key of the older kind (U2F), and for what does not say what it can."""
    try:
        return Ctap2(device)
    except (ValueError, TypeError, KeyError, CtapError):
        return None


def _knows(key: Ctap2, credential: bytes) -> bool:
    """Whether the key made this credential: asked without a touch."""
    try:
        key.get_assertion(RELYING_PARTY, os.urandom(32), [_descriptor(credential)], options={"up": False})
    except CtapError as error:
        if error.code in {CtapError.ERR.NO_CREDENTIALS, CtapError.ERR.INVALID_CREDENTIAL}:
            return False
        raise
    return True


def _knows_any(key: Ctap2, credentials: Sequence[bytes]) -> bool:
    return any(_knows(key, credential) for credential in credentials)


def _descriptor(credential: bytes) -> dict[str, Any]:
    return {"type": "public-key", "id": credential}


def _protocol(key: Ctap2) -> PinProtocol | None:
    kinds = (kind for kind in ClientPin.PROTOCOLS if kind.VERSION in key.info.pin_uv_protocols)
    kind = next(kinds, None)
    return kind() if kind is not None else None


def _in_words(error: CtapError) -> Fixable:
    code = error.code
    if code in _TIMES_OUT:
        return Fixable("security_key_untouched", "The security key was not touched.", "Try again, and touch its metal.")
    if code == CtapError.ERR.PIN_INVALID:
        return Fixable(
            "security_key_pin_wrong",
            "That is not this security key's PIN.",
            "Try again; after a few wrong ones the key blocks itself.",
        )
    if code in _BLOCKED:
        return Fixable(
            "security_key_blocked",
            "The security key has blocked itself after wrong PINs.",
            "Take it out and put it in again; if it stays blocked, use your other key.",
        )
    if code in _PIN_WANTED:
        return _pin_needed()
    if code == CtapError.ERR.NO_CREDENTIALS:
        return _other_key()
    return _failed()


def _other_key() -> Fixable:
    return Fixable("security_key_other", "This is not one of your security keys.", "Put in the one that you enrolled.")


def _enrolled_already() -> Fixable:
    return Fixable("security_key_other", "This security key is enrolled already.", "Put in your second one.")


def _pin_needed() -> Fixable:
    return Fixable("security_key_pin_needed", "This security key asks for its PIN.", "Type the PIN of the key.")


def _unfit() -> Fixable:
    return Fixable(
        "security_key_unfit",
        "This security key is too old: it has no hmac-secret.",
        "Use a FIDO2 key that has it; most of the last years do.",
    )


def _failed() -> Fixable:
    return Fixable(
        "security_key_failed", "The security key did not answer.", "Take it out, put it in again and try once more."
    )
