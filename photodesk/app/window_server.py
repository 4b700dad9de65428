"""The clinic server for the windows of one signed-in desk: implements `ui.sync.clinic_server.ClinicServer`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from photodesk.app.clinic_publisher import ClinicPublisher
from photodesk.app.desk_sync import DeskSync
from photodesk.background.keeper_link import KeeperLink
from photodesk.desk.conflict import Conflict
from photodesk.desk.session import Session
from photodesk.errors import PhotoDeskError
from photodesk.progress import Cancel
from photodesk.sync.accepting_restore import accept_restore, clear_alarms
from photodesk.sync.alarms import Alarms
from photodesk.sync.server_facts import URL
from photodesk.sync.spool import Spool
from photodesk.sync.standing import Standing, Transfer
from photodesk.sync.status import SyncStatus
from photodesk.sync.sync_settings import SyncSettings, read_settings, write_settings
from photodesk.ui.sync.clinic_server import Arrived, ConflictLine, ShownServer


class WindowServer:
    """Holds the spool while the desk is open. Without a server nothing is spooled."""

    def __init__(self, session: Session, link: KeeperLink) -> None:
        self._session, self._link = session, link
        self.spool = Spool(session.layout.spool)
        self._standing = Standing(self.spool, session.clock)
        self._desk: DeskSync | None = None

    # -- rounds --

    def give(self, cancel: Cancel) -> bool:
        desk = self._side()
        return desk is not None and desk.out(cancel)

    def take(self, cancel: Cancel) -> Arrived:
        desk = self._side()
        if desk is None:
            return Arrived()
        came = desk.into(cancel)
        return Arrived(came.patients, came.catalog, came.spooled)

    def changes(self) -> int:
        return self._link.commits

    def _side(self) -> DeskSync | None:
        if self._desk is None and self.spool.fact(URL) and not self._session.catalog.behind_log:
            self._desk = DeskSync(self._session, self.spool, self._link.sync_now)
        return self._desk

    # -- how it stands --

    def now(self) -> SyncStatus:
        return self._standing.now(self._link.generations())

    def transfers(self, most: int = 200) -> Sequence[Transfer]:
        return self._standing.transfers(most)

    def settings(self) -> SyncSettings:
        return read_settings(self.spool)

    def set_settings(self, settings: SyncSettings) -> None:
        write_settings(self.spool, settings)
        self._link.sync_now()

    def sync_now(self) -> None:
        self._link.sync_now()

    # -- conflicts --

    def conflicts(self) -> Sequence[ConflictLine]:
        names: dict[str, str] = {}
        return [ConflictLine(one, self._name(one, names)) for one in self._session.conflicts.conflicts()]

    def resolve(self, key: str, *, keep_here: bool) -> None:
        self._session.conflicts.resolve(key, "here" if keep_here else "there")

    def _name(self, conflict: Conflict, known: dict[str, str]) -> str:
        if conflict.patient_id not in known:
            try:
                known[conflict.patient_id] = self._session.patients.get(conflict.patient_id).display_name
            except PhotoDeskError:
                known[conflict.patient_id] = ""
        return known[conflict.patient_id]

    # -- connecting, alarms --

    def look_at(self, url: str) -> ShownServer:
        from photodesk.background.clinic_http import fetch_certificate

        certificate, pin = fetch_certificate(url)
        return ShownServer(url, certificate, pin)

    def connect(self, shown: ShownServer, code: str) -> None:
        from photodesk.app.founding import found_here

        found_here(self._session, self._link, shown.url, code, shown.pin.hex())
        self._link.sync_now()

    def save_evidence(self, folder: Path) -> int:
        return Alarms(self.spool, self._session.clock).save(folder)

    def clear_alarm(self) -> None:
        clear_alarms(self._session, Alarms(self.spool, self._session.clock))
        self._link.sync_now()

    def accept_restore(self) -> None:
        publisher = ClinicPublisher(self._session.layout, self._link, self._session.clock)
        with publisher.line() as (spool, line):
            accept_restore(self._session, spool, line)
        self._link.sync_now()
