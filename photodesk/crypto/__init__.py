"""Primitives under fixed names: labels, AEAD, key derivation, sealing, signatures, password hashing.

Everything is `cryptography` (chosen because it is the best-kept binding to audited implementations and has
HPKE with the ML-KEM-768 + X25519 hybrid); this package only fixes labels, orders of fields and errors, as
`formats` demand: every label is `photodesk/<kind>/v1` and associated data is always label ‖ clinic id ‖
what the layout names. There is no switch that weakens anything; the cost of Argon2id is an argument with a floor.

The design's listing has no line for it: log and store share it, so it lies below both, beside `imaging` and `protocol`.
"""

from photodesk.crypto.keys import KemPrivateKey, SigningKey, verify
from photodesk.crypto.password import DEFAULT_COST, FLOOR_COST, Argon2Cost, password_key
from photodesk.crypto.primitives import (
    AEAD_NONCE_BYTES,
    SUITE,
    VERSION,
    RecordKey,
    decrypt,
    derive,
    encrypt,
    expand,
    extract,
    hmac_sha256,
    label,
    seal_open,
    seal_to,
    sha256,
)

__all__ = [
    "AEAD_NONCE_BYTES",
    "DEFAULT_COST",
    "FLOOR_COST",
    "SUITE",
    "VERSION",
    "Argon2Cost",
    "KemPrivateKey",
    "RecordKey",
    "SigningKey",
    "decrypt",
    "derive",
    "encrypt",
    "expand",
    "extract",
    "hmac_sha256",
    "label",
    "password_key",
    "seal_open",
    "seal_to",
    "sha256",
    "verify",
]
