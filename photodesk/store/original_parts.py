"""Originals as rows of at most 64 MiB, in a table of their own so that listing photos never reads them.

SQLite stops at 10⁹ bytes a value, and videos are larger. The same table is in packs and in charts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

PART_BYTES = 64 << 20
PIECE_BYTES = 1 << 20
TABLE = "original_part"

PART_TABLE = (
    f"CREATE TABLE {TABLE} (number INTEGER PRIMARY KEY, original_id TEXT NOT NULL, part INTEGER NOT NULL,"
    " bytes BLOB NOT NULL, UNIQUE (original_id, part))"
)


class BlobSource(Protocol):
    """Bytes that can be read from the start, again where needed."""

    def chunks(self) -> Iterator[bytes]:
        """The bytes in order, in pieces of any size."""
        ...


def write_parts(connection: Any, original_id: str, chunks: Iterable[bytes], known_sha256: str = "") -> tuple[int, str]:
    """Store a stream inside the caller's transaction; returns (bytes, SHA-256 hex). Holds one part in memory.

    `known_sha256` is the hash of exactly these chunks, where the caller hashed them while reading them.
    """
    digest = hashlib.sha256()
    size, part = 0, 0
    held: list[bytes] = []
    held_bytes = 0
    for chunk in chunks:
        if not known_sha256:
            digest.update(chunk)
        size += len(chunk)
        view = memoryview(chunk)
        while held_bytes + len(view) >= PART_BYTES:
            cut = PART_BYTES - held_bytes
            _insert(connection, original_id, part, [*held, bytes(view[:cut])])
            held, held_bytes, part, view = [], 0, part + 1, view[cut:]
        if len(view):
            held.append(chunk if len(view) == len(chunk) else bytes(view))
            held_bytes += len(view)
    if held or part == 0:
        _insert(connection, original_id, part, held)
    return size, known_sha256 or digest.hexdigest()


def read_parts(connection: Any, original_id: str, piece_bytes: int = PIECE_BYTES) -> Iterator[bytes]:
    """The bytes of an original by incremental I/O; nothing where it is not there."""
    for number in part_numbers(connection, original_id):
        with connection.open_blob(TABLE, "bytes", number, True) as handle:
            while piece := handle.read(piece_bytes):
                yield piece


def part_numbers(connection: Any, original_id: str) -> list[int]:
    """Rows of an original in order; read from the index alone."""
    rows = connection.execute(f"SELECT number FROM {TABLE} WHERE original_id = ? ORDER BY part", (original_id,))  # noqa: S608
    return [int(row[0]) for row in rows.fetchall()]


def digest_of(pieces: Iterable[bytes]) -> str:
    """SHA-256 hex of a stream."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _insert(connection: Any, original_id: str, part: int, held: list[bytes]) -> None:
    data = held[0] if len(held) == 1 else b"".join(held)
    connection.execute(
        f"INSERT INTO {TABLE} (original_id, part, bytes) VALUES (?, ?, ?)",  # noqa: S608
        (original_id, part, data),
    )
