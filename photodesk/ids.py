"""Identifiers: 16 bytes, written as 32 lower-case hex digits.

Random (UUIDv4) for whatever names a file or reaches the server as a scope, because a time-ordered id
would tell a visit's date; time-ordered (UUIDv7) elsewhere. In memory, in SQL and on the command line
an id is its hex text; in binary records it is the 16 bytes.
"""

from __future__ import annotations

import os
import time
import uuid

NO_ID = bytes(16)


def random_id() -> str:
    """A UUIDv4 as 32 hex digits: patients, charts, visits, jobs, blobs, files, people."""
    return uuid.uuid4().hex


def ordered_id(now_ms: int | None = None) -> str:
    """A UUIDv7 (RFC 9562 §5.7) as 32 hex digits: operations, photos and shots."""
    ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    value = (ms & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return f"{value:032x}"


def to_bytes(identifier: str) -> bytes:
    """The 16 bytes of an id; ValueError if it is not 32 hex digits."""
    raw = bytes.fromhex(identifier)
    if len(raw) != 16:
        raise ValueError("an id is 32 hex digits")
    return raw


def to_text(raw: bytes) -> str:
    """The 32 hex digits of a 16-byte id; ValueError for another length."""
    if len(raw) != 16:
        raise ValueError("an id is 16 bytes")
    return raw.hex()
