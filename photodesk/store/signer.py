"""What the store asks of the keeper: the workstation's signature, and to remember generations."""

from __future__ import annotations

from typing import Protocol

REMOVED_GENERATION = (1 << 64) - 1


class Signer(Protocol):
    """Holds the workstation's signing key."""

    def sign(self, kind: str, data: bytes) -> bytes:
        """64-byte Ed25519 signature over label(kind) ‖ clinic id ‖ data."""
        ...


class Generations(Protocol):
    """Hears of every commit, so that an older file put back is noticed."""

    def committed(self, database: str, generation: int) -> None:
        """`database` is `catalog`, `erasure`, `index`, a chart id or a pack's name.

        `generation` is its counter after the commit, or `REMOVED_GENERATION` when it was removed on purpose.
        """
        ...


class UnwatchedGenerations:
    """For set-up, when no keeper runs yet: the counters themselves are in the databases."""

    def committed(self, database: str, generation: int) -> None:
        """Nothing listens."""
