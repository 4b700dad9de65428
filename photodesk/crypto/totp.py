"""One-time codes by time (RFC 6238): what an authenticator app shows for a shared secret.

Authenticator apps agree on HMAC-SHA-1, 30 s and 6 digits only, so this is what is enrolled; HMAC-SHA-1 as used here is
not touched by SHA-1's collisions. The other digests of the RFC are here for its test vectors.
"""

from __future__ import annotations

import hmac

STEP_MS = 30_000
DIGITS = 6
SECRET_BYTES = 20


def time_step(wall_ms: int) -> int:
    """The number of the 30 s step that an instant lies in."""
    return wall_ms // STEP_MS


def one_time_code(secret: bytes, step: int, digits: int = DIGITS, digest: str = "sha1") -> str:
    """The code of a step, with leading zeros (RFC 4226 §5.3)."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), digest)
    at = mac[-1] & 0x0F
    number = int.from_bytes(mac[at : at + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)
