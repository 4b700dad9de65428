"""The state of the popover: how the server stands, which conflict is looked at, which value is chosen. No widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from photodesk.desk.conflict import Side
from photodesk.sync.status import SyncStatus
from photodesk.ui.sync.clinic_server import ConflictLine


@dataclass(frozen=True)
class ServerView:
    """What was read together."""

    now: SyncStatus = field(default_factory=SyncStatus)
    conflicts: tuple[ConflictLine, ...] = ()


class ReviewModel:
    """Goes through the conflicts one by one. `later` leaves one as it is; it comes again with the next opening."""

    def __init__(self, conflicts: Sequence[ConflictLine] = ()) -> None:
        self._lines = list(conflicts)
        self._at = 0
        self.here_chosen = True
        self.busy = False

    def take(self, conflicts: Sequence[ConflictLine]) -> None:
        """What waits now; the one looked at stays where it is while it still waits."""
        current = self.line
        self._lines = list(conflicts)
        keys = [one.key for one in self._lines]
        if current is not None and current.key in keys:
            self._at = keys.index(current.key)
        else:
            self._at, self.here_chosen = 0, True

    @property
    def line(self) -> ConflictLine | None:
        """The one looked at, None when all are decided or left for later."""
        return self._lines[self._at] if self._at < len(self._lines) else None

    @property
    def count(self) -> str:
        """`1 of 3`."""
        return f"{self._at + 1} of {len(self._lines):,}" if self.line is not None else ""

    def choose(self, number: int) -> bool:
        """The keys `1` and `2`; whether there is such a value."""
        if self.line is None or number not in {1, 2} or self.busy:
            return False
        self.here_chosen = number == 1
        return True

    @property
    def chosen(self) -> Side | None:
        """The value `Enter` keeps."""
        if self.line is None:
            return None
        conflict = self.line.conflict
        return conflict.here if self.here_chosen else conflict.there

    def later(self) -> bool:
        """Leave this one; whether another one is there."""
        self._at, self.here_chosen = self._at + 1, True
        return self.line is not None

    def decided(self, key: str) -> bool:
        """One is decided; whether another one is there."""
        self.busy = False
        self._lines = [one for one in self._lines if one.key != key]
        self._at, self.here_chosen = min(self._at, max(0, len(self._lines) - 1)), True
        return self.line is not None
