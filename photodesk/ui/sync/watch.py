"""Follows the clinic server for one signed-in desk: reads how it stands, hears what others changed, passes on requests.

Everything is asked on the store thread; nothing here waits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import structs
from PySide6.QtCore import QObject, QTimer, Signal

from photodesk.errors import PhotoDeskError
from photodesk.sync.status import SyncStatus
from photodesk.ui.page import PageContext, TaskRunner, sentence
from photodesk.ui.sync.clinic_server import Arrived, ClinicServer, ConflictLine
from photodesk.ui.sync.model import ServerView
from photodesk.ui.workstations.asking import Workstations

if TYPE_CHECKING:
    from photodesk.desk.session import Session

LOOK_MS = 5_000


class ServerWatch(QObject):
    """`changed`: the view is another one; `arrived` carries what other workstations changed (`Arrived`)."""

    changed = Signal()
    arrived = Signal(object)

    def __init__(
        self,
        desk: Session,
        tasks: TaskRunner,
        server: ClinicServer,
        workstations: Workstations,
        say: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._tasks, self._say = desk, tasks, say
        self.server, self.workstations = server, workstations
        self.view = ServerView()
        self._looking = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Look now, and again every few seconds: what is on its way changes without anybody's doing."""
        self.look()
        self._timer.start(LOOK_MS)

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def look(self) -> None:
        """Read how it stands, unless that is under way."""
        if not self._looking:
            self._looking = True
            self._tasks.store(self._read, self._took, self._unread)

    def take_arrived(self, arrived: Arrived) -> None:
        """Other workstations' changes were applied here."""
        self.arrived.emit(arrived)
        self.look()

    def wake(self) -> None:
        """Something lies in the spool: the syncer looks; nobody asked, so nothing is said."""
        self._tasks.store(self.server.sync_now, lambda _: None, lambda _: None)

    def sync_now(self) -> None:
        """A pass at once."""
        self._ask(self.server.sync_now)

    def pause(self, paused: bool) -> None:
        """Stop, or go on."""
        server = self.server
        self._ask(lambda: server.set_settings(structs.replace(server.settings(), paused=paused)))

    def clear_alarm(self) -> None:
        """An administrator looked at the alarm; where the server is still wrong, it comes again."""
        self._ask(self.server.clear_alarm)

    def resolve(
        self, line: ConflictLine, keep_here: bool, done: Callable[[], None], failed: Callable[[BaseException], None]
    ) -> None:
        """Keep one of two values."""

        def kept(_: None) -> None:
            left = tuple(one for one in self.view.conflicts if one.key != line.key)
            self.view = ServerView(self.view.now, left)
            done()
            self.changed.emit()
            patient_id = line.conflict.patient_id
            self.arrived.emit(Arrived(frozenset({patient_id} if patient_id else ()), catalog=True))

        self._tasks.store(lambda: self.server.resolve(line.key, keep_here=keep_here), kept, failed)

    def _ask(self, act: Callable[[], None]) -> None:
        self._tasks.store(act, lambda _: self.look(), lambda why: self._say(sentence(why)))

    def _read(self) -> ServerView:
        now = self.server.now()
        try:
            conflicts = tuple(self.server.conflicts())
        except PhotoDeskError:  # a desk that opens no chart reviews nothing of charts
            conflicts = ()
        return ServerView(now, conflicts)

    def _took(self, view: ServerView) -> None:
        self._looking = False
        if view != self.view:
            self.view = view
            self.changed.emit()

    def _unread(self, failure: BaseException) -> None:
        self._looking = False
        if self.view == ServerView():
            self._say(sentence(failure))

    @property
    def now(self) -> SyncStatus:
        """How it stood when it was last read."""
        return self.view.now


def watch_of(context: PageContext) -> ServerWatch:
    """The watch of a desk that has one: what is built on it is not offered elsewhere."""
    if context.server is None:
        raise LookupError("a desk without a clinic server's watch")
    return context.server
