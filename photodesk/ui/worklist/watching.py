"""Keeps today's visits at what the other system says, while a desk is open.

A drop folder is looked at every 3 s (by asking, since notices do not come from network shares), a server is asked
every 5 minutes. Reading and asking are the network thread's, writing is the store thread's, a few rows at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from photodesk.background.worklist_query import ask_worklist
from photodesk.clock import local_today
from photodesk.desk.roles import Right
from photodesk.desk.worklist import Applied, NamedRow, chunks
from photodesk.errors import PhotoDeskError
from photodesk.interop.drop_folder import DropFolder, FileRead
from photodesk.ui.page import TaskRunner, sentence
from photodesk.visits.worklist import Read
from photodesk.visits.worklist_source import AfterReading, SourceKind, WorklistSource

if TYPE_CHECKING:
    from photodesk.desk.session import Session

FOLDER_MS, SERVER_MS, ROWS_AT_A_TIME = 3_000, 300_000, 5


@dataclass(frozen=True)
class WatchState:
    """What the home page says of it. `read_at_ms` is 0 before the first time, `offline_since_ms` 0 while it works."""

    kind: SourceKind = SourceKind.BY_HAND
    read_at_ms: int = 0
    offline_since_ms: int = 0
    why: str = ""
    working: bool = False


@dataclass
class _Work:
    """One file or answer on its way into the catalog."""

    source: WorklistSource
    name: str
    read: Read
    file: FileRead | None = None
    applied: Applied = field(default_factory=lambda: Applied({}))


class WorklistWatch(QObject):
    """One per open desk. `changed`: the day's list or how it goes is another; `looked`: a look is over."""

    changed = Signal()
    looked = Signal()

    def __init__(self, desk: Session, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._tasks = desk, tasks
        self.state = WatchState()
        self._source = WorklistSource()
        self._folder: DropFolder | None = None
        self._queue: list[_Work] = []
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self.may_read = desk.may(Right.PLAN_VISITS) and desk.may(Right.EDIT_PATIENTS)

    def start(self) -> None:
        """Read the set-up and begin; again after the set-up was changed."""
        if self.may_read:
            self._tasks.store(self._desk.worklist.source, self._begin, self._fell_out)

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def _begin(self, source: WorklistSource) -> None:
        self._source, self._queue = source, []
        self.state = WatchState(source.kind)
        folder = source.kind in {SourceKind.CSV, SourceKind.HL7}
        self._folder = DropFolder(source) if folder else None
        self._timer.stop()
        if source.kind is not SourceKind.BY_HAND:
            self._timer.start(FOLDER_MS if folder else SERVER_MS)
            self.look()
        self.changed.emit()

    def look(self) -> None:
        """Look now, unless the last look is not over."""
        if self.state.working or self.state.kind is SourceKind.BY_HAND:
            return
        self.state = replace(self.state, working=True)
        if self._folder is not None:
            now_ms = self._desk.clock.monotonic_ms()
            self._tasks.network(partial(_read_folder, self._folder, now_ms), self._took_files, self._fell_out)
        else:
            day = local_today(self._desk.clock)
            self._tasks.network(partial(ask_worklist, self._source.server, day), self._took_answer, self._fell_out)

    def _took_files(self, files: tuple[FileRead, ...]) -> None:
        self._queue = [_Work(self._source, file.name, file.read, file) for file in files]
        self._next()

    def _took_answer(self, read: Read) -> None:
        self._queue = [_Work(self._source, self._source.server.host, read)]
        self._next()

    def _next(self) -> None:
        """The next file, or the end of this look."""
        if not self._queue:
            back = self.state.offline_since_ms != 0
            first = self.state.read_at_ms == 0
            now_ms = self._desk.clock.wall_ms()
            self.state = WatchState(self.state.kind, read_at_ms=now_ms)
            self.looked.emit()
            if back or first:
                self.changed.emit()
            return
        work = self._queue.pop(0)
        self._tasks.store(partial(_named, self._desk, work), partial(self._place, work), self._fell_out)

    def _place(self, work: _Work, parts: list[Sequence[NamedRow]]) -> None:
        """Rows a few at a time, so that the person's own work comes between."""
        if not parts:
            self._tasks.store(partial(_remember, self._desk, work), partial(self._placed, work), self._fell_out)
            return
        apply = partial(self._desk.worklist.apply, parts[0], work.name)
        self._tasks.store(apply, partial(self._placed_part, work, parts[1:]), self._fell_out)

    def _placed_part(self, work: _Work, rest: list[Sequence[NamedRow]], applied: Applied) -> None:
        work.applied += applied
        self._place(work, rest)

    def _placed(self, work: _Work, needed: bool) -> None:
        """All rows are in; the file goes where the set-up says so, unless somebody has to look into it."""
        if work.applied.changed:
            self.changed.emit()
        removes = work.source.after_reading is AfterReading.REMOVE and not needed
        if work.file is not None and removes and self._folder is not None:
            self._tasks.network(partial(self._folder.remove, work.file), lambda _gone: self._next(), self._fell_out)
        else:
            self._next()

    def _fell_out(self, failure: BaseException) -> None:
        """It did not work this time: said on the home page, tried again with the next look."""
        self._queue = []
        since = self.state.offline_since_ms or self._desk.clock.wall_ms()
        why = failure.message if isinstance(failure, PhotoDeskError) else sentence(failure)
        known = self.state.offline_since_ms != 0
        self.state = WatchState(self.state.kind, self.state.read_at_ms, since, why)
        if not known:
            self.changed.emit()


def _read_folder(folder: DropFolder, now_ms: int) -> tuple[FileRead, ...]:
    return tuple(read for file in folder.still(now_ms) if (read := folder.read(file)) is not None)


def _named(desk: Session, work: _Work) -> list[Sequence[NamedRow]]:
    """The rows in parts; none of a file that was read before, for later files may say otherwise."""
    if work.file is not None and desk.worklist.was_read(work.file.mark):
        return []
    return chunks(desk.worklist.named(work.read), ROWS_AT_A_TIME)


def _remember(desk: Session, work: _Work) -> bool:
    """Whether the file is still needed by a person."""
    if work.file is None:
        return False
    if not desk.worklist.was_read(work.file.mark):
        desk.worklist.remember_file(work.file.mark, work.applied)
    return desk.worklist.is_needed(work.name)
