"""An invitation: the code a new workstation is told, the key that grows out of it, the sealed package it finds.

The code is 100 random bits in Crockford's base32, five groups of four, good for ten minutes and once. HKDF of it gives
the invitation's id, the seed of its signing key (whose public half an administrator signs into the membership log) and
the key of the package, which is used for one package only (so its nonce is zero). The server learns the id alone.

Package, inside: `[version, suite, clinic_id, first_entry32, sequence, head32, url, pin32, certificate, receipt_key32,
[[epoch, CS], …]]`, bound to the invitation's id.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from photodesk.crypto import AEAD_NONCE_BYTES, SUITE, VERSION, SigningKey, decrypt, derive, encrypt, label
from photodesk.errors import Damaged, Fixable, Refused
from photodesk.ids import NO_ID, to_bytes, to_text
from photodesk.store.member_entry import KIND, Cosigner, Invitation
from photodesk.store.record_version import read_typed
from photodesk.store.records import pack

CHARACTERS = 20
PACKAGE_BYTES = 64 * 1024
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
_KIND = "invitation"
_SIZES = {0: 16, 1: 32, 3: 32, 5: 32, 7: 32}


@dataclass(frozen=True)
class InvitationKeys:
    """What grows out of a code."""

    invitation_id: str
    signing: SigningKey = field(repr=False)
    package_key: bytes = field(repr=False)

    def body(self, expires_ms: int) -> Invitation:
        """What an administrator signs into the membership log."""
        return Invitation(to_bytes(self.invitation_id), self.signing.public, expires_ms)

    def cosigner(self, clinic_id: bytes) -> Cosigner:
        """The invitation's signature under the entry of the workstation that joins."""
        return Cosigner(self.invitation_id, lambda data: self.signing.sign(KIND, clinic_id, data))


@dataclass(frozen=True)
class Package:
    """What a new workstation has to know before it can believe anything of the server. `certificate` is PEM."""

    clinic_id: bytes
    first_entry: bytes
    sequence: int
    head: bytes
    url: str
    pin: bytes
    certificate: str
    receipt_key: bytes
    clinic_secrets: Mapping[int, bytes] = field(repr=False)


def new_invitation_code(random: Callable[[int], bytes] = os.urandom) -> str:
    """A new code, 24 characters with its hyphens."""
    number = int.from_bytes(random(13), "big") >> 4
    characters = "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(CHARACTERS)))
    return "-".join(characters[start : start + 4] for start in range(0, CHARACTERS, 4))


def invitation_keys(code: str) -> InvitationKeys:
    """The keys of a code as typed: case, hyphens and look-alike letters do not matter. Fixable `code_wrong`."""
    plain = "".join(code.upper().replace("-", "").split()).translate(_LOOKALIKES)
    if len(plain) != CHARACTERS or set(plain) - set(_ALPHABET):
        raise Fixable(
            "code_wrong", "The code is not complete or is mistyped.", "It has five groups of four letters and digits."
        )
    drawn = derive(plain.encode("ascii"), b"", label(_KIND), 16 + 32 + 32)
    return InvitationKeys(to_text(drawn[:16]), SigningKey(drawn[16:48]), drawn[48:])


def seal_package(keys: InvitationKeys, package: Package) -> bytes:
    """The package as it lies on the server."""
    inside = pack([
        VERSION, SUITE, package.clinic_id, package.first_entry, package.sequence, package.head, package.url,
        package.pin, package.certificate, package.receipt_key,
        [[epoch, secret] for epoch, secret in sorted(package.clinic_secrets.items())],
    ])  # fmt: skip
    bound = to_bytes(keys.invitation_id)
    return encrypt(keys.package_key, bytes(AEAD_NONCE_BYTES), inside, _KIND, NO_ID, bound)


def open_package(keys: InvitationKeys, sealed: bytes) -> Package:
    """The package. Refused `invitation_altered` where whoever sealed it did not know the code."""
    try:
        if len(sealed) > PACKAGE_BYTES:
            raise _altered()
        bound = to_bytes(keys.invitation_id)
        inside = decrypt(keys.package_key, bytes(AEAD_NONCE_BYTES), sealed, _KIND, NO_ID, bound)
        fields = read_typed(
            inside,
            _KIND,
            tuple[bytes, bytes, int, bytes, str, bytes, str, bytes, list[tuple[int, bytes]]],
            _SIZES,
        )
    except Damaged:
        raise _altered() from None
    clinic_id, first, sequence, head, url, pin, certificate, receipt_key, secrets = fields
    return Package(clinic_id, first, sequence, head, url, pin, certificate, receipt_key, dict(secrets))


def _altered() -> Refused:
    return Refused(
        "invitation_altered",
        "What the server gave for this code was not made by the clinic.",
        "Do not type the code again. Call your administrator.",
    )


def invitation_over() -> Refused:
    """The server knows no such invitation, or the membership log says that it is used or over."""
    return Refused(
        "code_wrong",
        "This code is wrong, was used, or is older than ten minutes.",
        "Ask an administrator for a new one: photodesk enrol --invite",
    )
