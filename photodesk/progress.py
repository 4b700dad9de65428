"""How long work tells how far it is and hears that it should stop.

Long work is a plain function `(inputs, report, cancel) -> result`; it calls `report` as it goes and
`cancel.check()` between steps.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from photodesk.errors import Cancelled


@dataclass(frozen=True)
class Progress:
    """Where the work stands. Totals are 0 while unknown. `what` says what is happening now, in words."""

    what: str
    done: int = 0
    total: int = 0
    done_bytes: int = 0
    total_bytes: int = 0


Report = Callable[[Progress], None]


class Cancel:
    """A flag any thread may raise; the worker looks at it between steps."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Ask the work to stop."""
        self._event.set()

    @property
    def requested(self) -> bool:
        """Whether someone asked."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if someone asked."""
        if self._event.is_set():
            raise Cancelled


def silent(_: Progress) -> None:
    """A `Report` for callers that do not watch."""
