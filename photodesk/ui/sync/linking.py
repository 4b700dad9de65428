"""One open desk's tie to the clinic server: the chip, the rounds with the spool, pages that are refreshed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from photodesk.protocol.messages import MembersChanged, SyncState
from photodesk.ui.navigation import Navigator
from photodesk.ui.page import TaskRunner
from photodesk.ui.sync.chip_part import ChipPart
from photodesk.ui.sync.clinic_server import Arrived
from photodesk.ui.sync.rounds import Rounds
from photodesk.ui.sync.watch import ServerWatch

if TYPE_CHECKING:
    from photodesk.desk.session import Session
    from photodesk.ui.desk_services import Outside

SHUT_OUT = "This workstation was shut out of the clinic. It sends and receives nothing more."


class ServerLink(QObject):
    """Puts the watch into the context of the pages; `start` once the window is up."""

    def __init__(
        self, navigator: Navigator, session: Session, tasks: TaskRunner, outside: Outside, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._navigator = navigator
        server, stations = outside.server(session)
        self.watch = ServerWatch(session, tasks, server, stations, navigator.say, self)
        navigator.context = replace(navigator.context, server=self.watch)
        self.chip = ChipPart(navigator.window, navigator.context, self.watch)
        self.rounds = Rounds(tasks, server, self.watch.wake, navigator.say, self)
        self.rounds.arrived.connect(self.watch.take_arrived)
        self.watch.arrived.connect(self._arrived)

    def start(self) -> None:
        """Follow the server from now on; a store that has just joined has no syncer yet."""
        self.watch.wake()
        self.watch.start()
        self.rounds.start()

    def stop(self) -> None:
        """Nothing more."""
        self.watch.stop()
        self.rounds.stop()

    def hear(self, push: SyncState | MembersChanged) -> None:
        """Something moved at the syncer, or people were changed elsewhere."""
        self.watch.look()
        if isinstance(push, SyncState):
            self.rounds.soon()
            return
        if push.revoked:
            self._navigator.say(SHUT_OUT)
        self._arrived(Arrived(catalog=True))

    def _arrived(self, arrived: Arrived) -> None:
        """The page shown says itself what of it is old now; others read again when they are shown."""
        page = self._navigator.window.page
        if page is not None:
            page.arrived(arrived)
