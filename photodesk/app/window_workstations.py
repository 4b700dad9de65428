"""The clinic's workstations for the windows of one signed-in desk: implements `ui.workstations.asking.Workstations`."""

from __future__ import annotations

from photodesk.app.clinic_publisher import ClinicPublisher
from photodesk.background.keeper_link import KeeperLink
from photodesk.desk.session import Session
from photodesk.sync.enrolling import Invited, invite, inviting
from photodesk.sync.spool import Spool
from photodesk.sync.workstations import WorkstationDesk


class WindowWorkstations(WorkstationDesk):
    """Those of the desk, and inviting one. The spool is the window's, which closes it."""

    def __init__(self, session: Session, link: KeeperLink, spool: Spool) -> None:
        self._way = ClinicPublisher(session.layout, link, session.clock)
        super().__init__(session, spool, self._way.line)

    def invite(self) -> Invited:
        """A code for a new one."""
        with inviting(), self._way.line() as (spool, line):
            return invite(self._session, spool, line)
