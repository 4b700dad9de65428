"""What a desk needs from the keeper, the process that writes the log and outlives every desk.

`background.keeper_link.KeeperLink` is the real one; tests bring their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from photodesk.log.entry import Entry, Receipt


@dataclass(frozen=True)
class Allowed:
    """The attempt is counted and may be made."""


@dataclass(frozen=True)
class Wait:
    """Too soon after wrong passwords; nothing was counted."""

    wait_ms: int


@dataclass(frozen=True)
class Disabled:
    """Ten wrong passwords in a row: this slot rests until an administrator or the recovery kit renews it."""


Attempt = Allowed | Wait | Disabled


class PendingReceipt(Protocol):
    """An entry on its way to the disk."""

    def result(self, timeout: float | None = None) -> Receipt:
        """Wait (seconds) until the entry is durable; `Fixable("log_not_writable")` when it cannot be."""
        ...


class Keeper(Protocol):
    """The keeper as a desk sees it. Thread-safe."""

    @property
    def log_cut(self) -> bool:
        """Whether the log was found shorter than its last signature said when the keeper opened it."""
        ...

    def append(self, entry: Entry) -> Receipt:
        """Durable when it returns; `Fixable("log_not_writable")`."""
        ...

    def append_async(self, entry: Entry) -> PendingReceipt:
        """Send the entry and go on; the answer is waited for before anything is shown."""
        ...

    def sign(self, kind: str, data: bytes) -> bytes:
        """The workstation's signature over label(kind) ‖ clinic id ‖ data."""
        ...

    def checkpoint(self) -> bytes:
        """The log's signed state now, as the exact bytes of a checkpoint: what a receipt keeps as an anchor."""
        ...

    def committed(self, database: str, generation: int) -> None:
        """A database reached this generation."""
        ...

    def generation(self, database: str) -> int:
        """The newest generation the log knows of a database, 0 for none."""
        ...

    def generations(self) -> Mapping[str, int]:
        """All that the log knows, by database name; 2⁶⁴ − 1 for one that was removed on purpose."""
        ...

    def begin_attempt(self, slot_id: str, person_id: str = "") -> Attempt:
        """Count a sign-in attempt on disk before any derivation starts."""
        ...

    def attempt_failed(self, slot_id: str, person_id: str = "") -> None:
        """The password did not open the slot."""
        ...

    def attempt_void(self, slot_id: str) -> None:
        """Something else than the password failed: the attempt does not count."""
        ...

    def attempt_right(self, slot_id: str) -> None:
        """The signed-in person's password was typed again and is right: the count of the slot begins again."""
        ...

    def unlocked(self, person_id: str, roles: tuple[str, ...] = ()) -> None:
        """The slot opened: from now on entries and signatures are taken in this person's name."""
        ...


class LoggedGenerations(Mapping[str, int]):
    """What the log knows of every database, asked for one at a time; 0 where it knows none."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    def __getitem__(self, database: str) -> int:
        return self._keeper.generation(database)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
