"""Runs backups beside everything else while a clinician's desk is open: when one is due, or when somebody asks.

Locking ends the process and with it a run; the backup before stays whole, and the next desk goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from photodesk.desk.roles import Right
from photodesk.errors import Cancelled
from photodesk.progress import Cancel, Progress, Report
from photodesk.ui.page import Request, TaskRunner, sentence

if TYPE_CHECKING:
    from photodesk.desk.backups import BackedUp, BackupState
    from photodesk.desk.session import Session

LOOK_MS, FIRST_LOOK_MS = 300_000, 60_000


@dataclass(frozen=True)
class Running:
    """How far a run is."""

    progress: Progress


class BackupWatch(QObject):
    """One per open desk. `changed`: a run began or ended; `advanced` carries `Running`."""

    changed = Signal()
    advanced = Signal(object)

    def __init__(
        self, desk: Session, tasks: TaskRunner, say: Callable[[str], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._tasks, self._say = desk, tasks, say
        self._request: Request | None = None
        self.asked = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self.may_run = desk.may(Right.BACK_UP) and desk.has_chart_keys

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return self._request is not None

    def state(self) -> BackupState:
        """How backups stand; on the store thread."""
        return self._desk.backups.state()

    def start(self) -> None:
        """Look soon, and then every five minutes."""
        if self.may_run:
            QTimer.singleShot(FIRST_LOOK_MS, self, self.look)
            self._timer.start(LOOK_MS)

    def stop(self) -> None:
        """Look no more; a run is stopped, and what it wrote serves the next."""
        self._timer.stop()
        self.cancel()

    def look(self) -> None:
        """Run one if the schedule wants it."""
        if self.may_run and not self.running:
            self._tasks.store(self._desk.backups.state, self._judge, lambda _failure: None)

    def _judge(self, state: BackupState) -> None:
        if state.due and not self.running:
            self._begin(asked=False)

    def run_now(self, *, anew: bool = False) -> None:
        """Somebody asks for one."""
        if self.may_run and not self.running:
            self._begin(asked=True, anew=anew)

    def cancel(self) -> None:
        """Stop the run that is under way."""
        if self._request is not None:
            request, self._request = self._request, None
            request.cancel()
            self.changed.emit()

    def _begin(self, *, asked: bool, anew: bool = False) -> None:
        self.asked = asked
        backups = self._desk.backups

        def work(report: Report, cancel: Cancel) -> BackedUp:
            return backups.run(anew=anew, report=report, cancel=cancel)

        self._request = self._tasks.long(work, self._done, self._failed, lambda now: self.advanced.emit(Running(now)))
        self.changed.emit()

    def _done(self, done: BackedUp) -> None:
        self._request = None
        self.changed.emit()
        if done.problems:
            self._say(f"The backup is done, but {len(done.problems):,} parts could not be read. Run a check.")
        elif self.asked:
            self._say("The backup is done and was read back.")

    def _failed(self, failure: BaseException) -> None:
        self._request = None
        self.changed.emit()
        if self.asked and not isinstance(failure, Cancelled):
            self._say(sentence(failure))
