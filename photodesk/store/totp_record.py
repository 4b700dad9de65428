"""A person's enrolled authenticator app, as the membership log keeps it: policy `totp.<person id>`, in hexadecimal.

`[version, suite, enrolment_id16, owner32, nonce12, wrapped]`: inside `[version, suite, secret20, [hash32 of each backup
code left]]`, under HKDF(the person's KEM private key), so it takes the person's password; associated data label ‖
clinic id ‖ person id ‖ enrolment id. `owner32` is the SHA-256 of the person's KEM public key: a record of a key pair
that was renewed since is void. The log makes sure that none is dropped and no old one put back. An empty value: none.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from photodesk.crypto import SUITE, VERSION, KemPrivateKey, decrypt, derive, encrypt, label, sha256
from photodesk.crypto.totp import SECRET_BYTES
from photodesk.errors import PhotoDeskError
from photodesk.ids import to_bytes
from photodesk.store.member_rules import OWN_POLICY
from photodesk.store.members import Member, Members
from photodesk.store.record_version import bad_record, read_typed
from photodesk.store.records import pack

BACKUP_CODES = 10
_KIND = "second-factor"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})
_CODE_SYMBOLS = 10  # 50 bits, each tried through the keeper's throttle only
Random = Callable[[int], bytes]


@dataclass(frozen=True)
class Totp:
    """What is inside: the shared secret and the hashes of backup codes not yet used."""

    enrolment_id: bytes
    secret: bytes = field(repr=False)
    backup_hashes: tuple[bytes, ...] = field(repr=False)

    def without(self, typed: str) -> Totp | None:
        """The same with one backup code less; None where `typed` is none of them."""
        wanted = _code_hash(self.enrolment_id, typed)
        left = tuple(one for one in self.backup_hashes if not hmac.compare_digest(one, wanted))
        return replace(self, backup_hashes=left) if len(left) < len(self.backup_hashes) else None

    def with_codes(self, codes: tuple[str, ...]) -> Totp:
        """The same with these backup codes in place of all others."""
        return replace(self, backup_hashes=tuple(_code_hash(self.enrolment_id, code) for code in codes))


def new_totp(random: Random = os.urandom) -> Totp:
    """A fresh secret, not yet enrolled and without backup codes."""
    return Totp(random(16), random(SECRET_BYTES), ())


def new_backup_codes(random: Random = os.urandom) -> tuple[str, ...]:
    """Ten codes such as `7K3M9-QXT4P`, shown once."""
    drawn = ("".join(_ALPHABET[byte & 31] for byte in random(_CODE_SYMBOLS)) for _ in range(BACKUP_CODES))
    return tuple(f"{code[:5]}-{code[5:]}" for code in drawn)


def policy_name(person_id: str) -> str:
    """Under which policy a person's record stands."""
    return OWN_POLICY + person_id


def has_totp(members: Members, member: Member) -> bool:
    """Whether this person has enrolled an app with the key pair of today; also where nobody can read the record."""
    value = members.policies.get(policy_name(member.person_id), "")
    try:
        return bool(value) and _read(value)[1] == sha256(member.kem_public)
    except PhotoDeskError:
        return True


def seal_totp(totp: Totp, clinic_id: bytes, person_id: str, kem: KemPrivateKey, random: Random = os.urandom) -> str:
    """The policy's value."""
    nonce = random(12)
    inside = pack([VERSION, SUITE, totp.secret, list(totp.backup_hashes)])
    wrapped = encrypt(_key(kem), nonce, inside, _KIND, clinic_id, to_bytes(person_id) + totp.enrolment_id)
    return pack([VERSION, SUITE, totp.enrolment_id, sha256(kem.public), nonce, wrapped]).hex()


def open_totp(value: str, clinic_id: bytes, person_id: str, kem: KemPrivateKey) -> Totp | None:
    """What is enrolled for the holder of this key; None where nothing is. Damaged where the record was altered."""
    if not value:
        return None
    enrolment_id, owner, nonce, wrapped = _read(value)
    if owner != sha256(kem.public):
        return None
    inside = decrypt(_key(kem), nonce, wrapped, _KIND, clinic_id, to_bytes(person_id) + enrolment_id)
    secret, hashes = read_typed(inside, _KIND, tuple[bytes, list[bytes]], {0: SECRET_BYTES})
    return Totp(enrolment_id, secret, tuple(hashes))


def _read(value: str) -> tuple[bytes, bytes, bytes, bytes]:
    try:
        record = bytes.fromhex(value)
    except ValueError:
        raise bad_record(_KIND) from None
    return read_typed(record, _KIND, tuple[bytes, bytes, bytes, bytes], {0: 16, 1: 32, 2: 12})


def _key(kem: KemPrivateKey) -> bytes:
    return derive(kem.raw, b"", label("second-factor-key"))


def _code_hash(enrolment_id: bytes, typed: str) -> bytes:
    plain = typed.upper().translate(_ALIKE)
    return sha256(label("backup-code"), enrolment_id, plain.encode())
