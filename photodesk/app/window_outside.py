"""What the windows get of the program around them: implements `ui.desk_services.Outside`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from photodesk.app.window_server import WindowServer
from photodesk.app.window_workstations import WindowWorkstations
from photodesk.background.keeper_link import KeeperLink
from photodesk.clock import Clock
from photodesk.desk.session import Session

if TYPE_CHECKING:
    from photodesk.app.window_joining import WindowJoining


class WindowOutside:
    """For one desk process."""

    def __init__(self, link: KeeperLink, store: Path, clock: Clock) -> None:
        self._link, self._store, self._clock = link, store, clock

    def joins(self) -> WindowJoining:
        from photodesk.app.window_joining import WindowJoining  # at the first run only

        return WindowJoining(self._store, self._clock)

    def server(self, session: Session) -> tuple[WindowServer, WindowWorkstations]:
        server = WindowServer(session, self._link)
        return server, WindowWorkstations(session, self._link, server.spool)
