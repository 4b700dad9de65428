"""One whole pass with the clinic server: its steps in their order, each made by the module that knows it.

Members come first, for they say who may say anything; then keys, operations, the log, and photos at last. A step stops
between requests; what was done stays done, and the next pass goes on there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from photodesk.progress import Cancel
from photodesk.store.members import Members
from photodesk.sync.alarms import Alarms
from photodesk.sync.contradictions import Contradiction

Sign = Callable[[str, bytes], bytes]
"""The keeper's signature under a label's kind: `sign(kind, data)`."""

CurrentMembers = Callable[[], Members]
"""The membership log as this workstation has checked it until now; asked for anew by every step."""

MEMBERS, RESTORED = "members", "restored"
ORDER = (MEMBERS, RESTORED, "keys", "operations", "log", "blobs")


class Step(Protocol):
    """One kind of thing that travels. `name` is one of `ORDER`."""

    @property
    def name(self) -> str:
        """Which kind."""
        ...

    def run(self, cancel: Cancel) -> int:
        """Send and fetch all there is; how many things moved. Errors as `Line`, and Refused `server_alarm`."""
        ...


@dataclass(frozen=True)
class Passed:
    """How many things each step moved."""

    moved: dict[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.moved.values())


class Pass:
    """Steps in `ORDER`, whatever order they are given in.

    A contradiction is kept as an alarm. While one stands only the membership log is read on, each entry of which proves
    itself: an administrator may have signed that the server was restored.
    """

    def __init__(self, steps: Sequence[Step], alarms: Alarms) -> None:
        self._steps = sorted(steps, key=lambda step: ORDER.index(step.name))
        self._alarms = alarms

    def run(self, cancel: Cancel | None = None) -> Passed:
        """Each step once. The first error ends the pass: what follows rests on what came before."""
        cancel = cancel or Cancel()
        moved: dict[str, int] = {}
        for step in self._steps:
            cancel.check()
            if step.name not in {MEMBERS, RESTORED}:
                self._alarms.refuse()
            moved[step.name] = moved.get(step.name, 0) + self._run(step, cancel)
        return Passed(moved)

    def _run(self, step: Step, cancel: Cancel) -> int:
        try:
            return step.run(cancel)
        except Contradiction as found:
            self._alarms.keep(found)
            raise
