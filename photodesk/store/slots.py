"""Key slots: what turns a person's password, with the clinic secret, into the key of that person's bundle (UBK).

A slot is `[version, suite, kind, slot_id, person_id, m_kib, t, p, salt16, cs_epoch, fido_credential, fido_salt32,
commitment32, nonce12, wrapped48]`. `pwk = Argon2id(NFKC(password), salt, m, t, p, 32)`, `prk = HKDF-Extract(salt =
slot_id, pwk ‖ CS ‖ fido output or 32 zero bytes)`; the wrapping key and the commitment are its expansions. The
commitment is compared first, in constant time. Associated data is label ‖ clinic id ‖ the array of every field before
the nonce.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from photodesk.crypto import (
    AEAD_NONCE_BYTES,
    SUITE,
    VERSION,
    Argon2Cost,
    decrypt,
    encrypt,
    expand,
    extract,
    label,
    password_key,
    sha256,
)
from photodesk.errors import Refused
from photodesk.ids import to_bytes, to_text
from photodesk.store.record_version import bad_record, read_record
from photodesk.store.records import pack

_FIELDS = 15
_FIDO_BYTES = 32
_CREDENTIAL_LIMIT_BYTES = 1023  # a CTAP2 credential id is never longer
_SIZES = {3: 16, 4: 16, 8: 16, 11: 32, 12: 32, 13: 12, 14: 48}
Random = Callable[[int], bytes]


class SlotKind(IntEnum):
    """What opens a slot: a password, a password and a security key, the password of a sealed envelope.

    3 is reserved: recovery uses no slot.
    """

    PASSWORD = 1
    FIDO = 2
    EMERGENCY = 4


@dataclass(frozen=True)
class FidoPart:
    """A security key's part in a slot: its credential, the salt it is asked with, and the 32 bytes it answers."""

    credential: bytes
    salt: bytes
    output: bytes = field(repr=False)


NO_FIDO = FidoPart(b"", bytes(_FIDO_BYTES), bytes(_FIDO_BYTES))


@dataclass(frozen=True)
class Slot:
    """One slot as stored. `record` is its exact bytes."""

    kind: SlotKind
    slot_id: str
    person_id: str
    cost: Argon2Cost
    salt: bytes
    cs_epoch: int
    fido_credential: bytes
    fido_salt: bytes
    commitment: bytes
    nonce: bytes
    wrapped: bytes
    bound: bytes
    record: bytes

    def hash(self) -> bytes:
        """What the membership log names this slot by, 32 bytes."""
        return sha256(label("slot"), self.record)

    def open(self, clinic_id: bytes, password: str, clinic_secret: bytes, fido_output: bytes | None = None) -> bytes:
        """UBK, 32 bytes, after one derivation. `fido_output` is what the security key answered to `fido_salt`.

        Refused `security_key_needed` before any derivation, `wrong_password` whichever part was wrong.
        """
        if self.kind is not SlotKind.FIDO:
            fido_output = NO_FIDO.output
        elif fido_output is None or len(fido_output) != _FIDO_BYTES:
            raise security_key_needed()
        prk = _prk(self.slot_id, password_key(password, self.salt, self.cost), clinic_secret, fido_output)
        if not hmac.compare_digest(expand(prk, label("slot-commitment")), self.commitment):
            raise wrong_password()
        return decrypt(expand(prk, label("slot-key")), self.nonce, self.wrapped, "slot", clinic_id, self.bound)


def make_slot(
    clinic_id: bytes,
    slot_id: str,
    person_id: str,
    password: str,
    clinic_secret: bytes,
    cs_epoch: int,
    bundle_key: bytes,
    cost: Argon2Cost,
    random: Random,
    kind: SlotKind = SlotKind.PASSWORD,
    fido: FidoPart = NO_FIDO,
) -> Slot:
    """A slot over UBK (`bundle_key`, 32 bytes). Salt and nonce are drawn from `random`; `fido` is for kind FIDO."""
    salt = random(16)
    prk = _prk(slot_id, password_key(password, salt, cost), clinic_secret, fido.output)
    before: list[Any] = [
        VERSION, SUITE, int(kind), to_bytes(slot_id), to_bytes(person_id),
        cost.memory_kib, cost.passes, cost.lanes, salt, cs_epoch, fido.credential, fido.salt,
        expand(prk, label("slot-commitment")),
    ]  # fmt: skip
    nonce = random(AEAD_NONCE_BYTES)
    wrapped = encrypt(expand(prk, label("slot-key")), nonce, bundle_key, "slot", clinic_id, pack(before))
    return read_slot(pack([*before, nonce, wrapped]))


def read_slot(record: bytes) -> Slot:
    """A slot from its bytes. Refused `newer_format`, Damaged `bad_record`."""
    fields = read_record(record, "slot", _FIELDS)
    sized = all(isinstance(fields[at], bytes) and len(fields[at]) == size for at, size in _SIZES.items())
    counted = all(type(fields[at]) is int for at in (2, 5, 6, 7, 9))
    if not sized or not counted or not isinstance(fields[10], bytes):
        raise bad_record("slot")
    try:
        kind = SlotKind(fields[2])
    except ValueError:
        raise bad_record("slot") from None
    if (kind is SlotKind.FIDO) != (0 < len(fields[10]) <= _CREDENTIAL_LIMIT_BYTES):
        raise bad_record("slot")
    return Slot(
        kind=kind,
        slot_id=to_text(fields[3]),
        person_id=to_text(fields[4]),
        cost=Argon2Cost(*fields[5:8]),
        salt=fields[8],
        cs_epoch=fields[9],
        fido_credential=fields[10],
        fido_salt=fields[11],
        commitment=fields[12],
        nonce=fields[13],
        wrapped=fields[14],
        bound=pack(fields[:13]),
        record=record,
    )


def wrong_password() -> Refused:
    """The one sentence for every sign-in that fails: it never says which part was wrong."""
    return Refused("wrong_password", "Name and password do not fit together.", "Try again; capitals and spaces count.")


def security_key_needed() -> Refused:
    """The password alone does not open this slot."""
    return Refused(
        "security_key_needed",
        "This person signs in with the password and a security key.",
        "Put the security key in and try again.",
    )


def _prk(slot_id: str, stretched: bytes, clinic_secret: bytes, fido_output: bytes) -> bytes:
    return extract(to_bytes(slot_id), stretched + clinic_secret + fido_output)
