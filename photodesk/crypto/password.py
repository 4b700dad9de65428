"""From a password to key material: Argon2id (RFC 9106) with a floor and a ceiling that are constants."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from photodesk.errors import Refused


@dataclass(frozen=True)
class Argon2Cost:
    """Memory in KiB, passes, lanes."""

    memory_kib: int
    passes: int
    lanes: int


DEFAULT_COST = Argon2Cost(262_144, 3, 4)
FLOOR_COST = Argon2Cost(65_536, 3, 1)
CEILING_COST = Argon2Cost(4_194_304, 64, 64)


def password_key(password: str, salt: bytes, cost: Argon2Cost) -> bytes:
    """Argon2id(NFKC(password)), 32 bytes. Refuses costs outside floor and ceiling."""
    low, high = FLOOR_COST, CEILING_COST
    if not (
        low.memory_kib <= cost.memory_kib <= high.memory_kib
        and low.passes <= cost.passes <= high.passes
        and low.lanes <= cost.lanes <= high.lanes
    ):
        raise Refused(
            "cost_out_of_range",
            "A key slot names a password cost outside the allowed range.",
            "The slots file was changed; restore it from the backup.",
        )
    hasher = Argon2id(salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib)
    return hasher.derive(unicodedata.normalize("NFKC", password).encode("utf-8"))
