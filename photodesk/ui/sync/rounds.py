"""Rounds with the spool, in the one lane that writes: what is new here goes in, what came from others is applied.

A round is cut into short slices, so that whoever works at this desk waits for none of it. It begins at sign-in, soon
after a change here, and whenever the syncer tells that something moved.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from photodesk.errors import Cancelled
from photodesk.progress import Cancel
from photodesk.ui.page import TaskRunner, sentence
from photodesk.ui.sync.clinic_server import Arrived, ClinicServer

SOON_MS, GO_ON_MS, LOOK_MS = 2_000, 40, 1_000
SLICE_S, LONGEST_S = 0.25, 4.0
Work = TypeVar("Work")


class Slice(Cancel):
    """Asks the work to stop after a moment; what it did stays done, and the next slice goes on."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._end = time.monotonic() + seconds

    @property
    def requested(self) -> bool:
        """Whether the moment is over, or somebody asked."""
        return super().requested or time.monotonic() >= self._end

    def check(self) -> None:
        """Raise `Cancelled` then."""
        if self.requested:
            raise Cancelled


class Rounds(QObject):
    """`arrived` carries what others changed. `wake` is called when something lies in the spool for the syncer."""

    arrived = Signal(object)

    def __init__(
        self,
        tasks: TaskRunner,
        server: ClinicServer,
        wake: Callable[[], None],
        say: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._server, self._wake, self._say = tasks, server, wake, say
        self._running, self._again, self._stopped = False, False, False
        self._known = -1
        self._said: set[str] = set()
        self._missed, self._slice_s = False, SLICE_S
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.timeout.connect(self._begin)
        self._look = QTimer(self)
        self._look.timeout.connect(self._look_for_changes)

    def start(self) -> None:
        """A round now; from here on whatever changes here is given soon after."""
        self._look.start(LOOK_MS)
        self.soon(0)

    def stop(self) -> None:
        """No more rounds: the one under way ends with its slice."""
        self._stopped = True
        self._look.stop()
        self._due.stop()

    def soon(self, within_ms: int = SOON_MS) -> None:
        """A round before long; several requests are one."""
        if self._stopped:
            return
        if self._running:
            self._again = True
        elif not self._due.isActive():
            self._due.start(within_ms)

    def _look_for_changes(self) -> None:
        if self._server.changes() != self._known:
            self.soon()

    def _begin(self) -> None:
        """What came is applied before this desk's photos are sealed: somebody may wait for it."""
        self._running, self._again = True, False
        self._known = self._server.changes()
        self._slice(self._server.take, self._took, lambda: self._took(Arrived()))

    def _took(self, arrived: Arrived) -> None:
        """All that came is applied; what earlier slices applied is told with it."""
        if arrived or self._missed:
            self.arrived.emit(replace(arrived, everything=self._missed))
            self._missed = False
        if arrived.spooled:
            self._wake()
        self._slice(self._server.give, self._gave, self._ended)

    def _gave(self, spooled: bool) -> None:
        if spooled:
            self._wake()
        self._ended()

    def _slice(
        self, work: Callable[[Cancel], Work], done: Callable[[Work], None], otherwise: Callable[[], None]
    ) -> None:
        def ended(result: Work) -> None:
            self._slice_s = SLICE_S
            done(result)

        def failed(failure: BaseException) -> None:
            if isinstance(failure, Cancelled):
                self._go_on(taking=done == self._took)
                return
            if sentence(failure) not in self._said:
                self._said.add(sentence(failure))
                self._say(sentence(failure))
            otherwise()

        self._tasks.store(lambda: work(Slice(self._slice_s)), ended, failed)

    def _go_on(self, *, taking: bool) -> None:
        """The moment was over: longer next time, so that even a slow beginning is passed."""
        self._slice_s = min(2 * self._slice_s, LONGEST_S)
        self._missed = self._missed or taking
        self._again = True
        self._wake()
        self._ended()

    def _ended(self) -> None:
        self._running = False
        if self._again and not self._stopped:
            self._due.start(GO_ON_MS)
