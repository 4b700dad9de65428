"""Which generation each database has reached: what the log remembers against an older file put back.

A database may be ahead of this list, never behind. One removed on purpose is listed once with 2⁶⁴ − 1.
"""

from __future__ import annotations

import heapq
from typing import Any

import msgspec

from photodesk.crypto import SUITE, VERSION, label, sha256
from photodesk.log.records import Checkpoint

REMOVED = (1 << 64) - 1


class GenerationList:
    """The newest generation of every database, and which changed since the last checkpoint."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._changed: dict[str, int] = {}
        self.sequence = 0

    def committed(self, database: str, generation: int) -> None:
        """A database reached this generation; a lower one than known changes nothing."""
        if not 0 <= generation <= REMOVED:
            raise ValueError("a generation is a u64")
        if generation > self._known.get(database, 0):
            self._known[database] = generation
            self._changed[database] = generation

    def known(self, database: str) -> int:
        """The newest generation, 0 for a database never heard of."""
        return self._known.get(database, 0)

    def behind(self, name: str, limit: int) -> tuple[tuple[str, int], ...]:
        """At most `limit` databases whose name sorts behind this one, in order, each with its generation."""
        return tuple(heapq.nsmallest(limit, (one for one in self._known.items() if one[0] > name)))

    def changed(self) -> tuple[tuple[str, int], ...]:
        """What changed since `checkpointed`, sorted."""
        return tuple(sorted(self._changed.items()))

    def digest(self) -> bytes:
        """SHA-256(label ‖ the whole sorted list as msgpack)."""
        return sha256(label("generations"), msgspec.msgpack.encode(sorted(self._known.items())))

    def checkpointed(self, checkpoint: Checkpoint) -> None:
        """This checkpoint is durable; also used to rebuild the list from the log, oldest first."""
        for database, generation in checkpoint.generations:
            self._known[database] = max(generation, self._known.get(database, 0))
            if self._changed.get(database, REMOVED + 1) <= generation:
                del self._changed[database]
        self.sequence = max(self.sequence, checkpoint.sequence)

    def encode(self) -> bytes:
        """The record in `generations.msgpack`, which the keeper follows with a MAC.

        `[1, 1, sequence of the last checkpoint, [[database, generation]…]]`.
        """
        return msgspec.msgpack.encode([VERSION, SUITE, self.sequence, sorted(self._known.items())])

    @classmethod
    def decode(cls, data: bytes) -> GenerationList:
        """From those bytes; an empty list where they can not be read, for the log rebuilds it."""
        made = cls()
        try:
            row: list[Any] = msgspec.msgpack.decode(data, type=list[Any])
            if (row[0], row[1]) == (VERSION, SUITE):
                made._known = {str(name): int(generation) for name, generation in row[3]}
                made.sequence = int(row[2])
        except (msgspec.DecodeError, RecursionError, IndexError, TypeError, ValueError):
            return cls()
        return made
