"""The clinic's workstations for the screens of a signed-in desk: implements `ui.workstations.asking.Workstations`."""

from __future__ import annotations

from photodesk.app.clinic_publisher import ClinicPublisher
from photodesk.background.keeper_link import KeeperLink
from photodesk.desk.session import Session
from photodesk.sync.enrolling import Invited, invite
from photodesk.sync.spool import Spool
from photodesk.sync.workstations import WorkstationDesk


class ClinicStations(WorkstationDesk):
    """What commands do, and inviting."""

    def __init__(self, session: Session, spool: Spool, link: KeeperLink) -> None:
        self._publisher = ClinicPublisher(session.layout, link, session.clock)
        self._signed_in = session
        super().__init__(session, spool, self._publisher.line)

    def invite(self) -> Invited:
        """A code for a new one. Refused `no_right`; Fixable `server_offline`."""
        with self._publisher.line() as (spool, line):
            return invite(self._signed_in, spool, line)

    def seconds(self) -> tuple[tuple[str, str], ...]:
        """Nobody: shutting out and wiping take one administrator, for it is a matter of minutes."""
        return ()
