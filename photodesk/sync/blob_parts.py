"""A sealed blob in parts of 8 MiB: its id follows from its length and the SHA-256 of each part, without any key."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from photodesk.crypto import label, sha256
from photodesk.store.sealed_blob import ID_PART_BYTES

PART_BYTES = ID_PART_BYTES
BIGGEST_BLOB_BYTES = 64 << 30


def part_count(length: int) -> int:
    """How many parts a blob of so many bytes has."""
    return -(-length // PART_BYTES)


def part_length(length: int, number: int) -> int:
    """Bytes of part `number` (from 0)."""
    return min(PART_BYTES, length - number * PART_BYTES)


def part_hash(part: bytes) -> bytes:
    """SHA-256 of one part."""
    return hashlib.sha256(part).digest()


def id_of_parts(length: int, hashes: Sequence[bytes]) -> bytes:
    """The blob's id, as `sealed_blob.blob_id` gives for the whole file."""
    return sha256(label("blob-id"), length.to_bytes(8, "little"), *hashes)
