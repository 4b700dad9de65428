"""One whole pass from a command: what is here goes up, what is there comes down and is taken in, until all is quiet."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass

from photodesk.app.desk_sync import DeskSync
from photodesk.app.sync_passes import ClinicPasses, no_server
from photodesk.background.keeper_link import KeeperLink
from photodesk.clock import Clock
from photodesk.desk.session import Session
from photodesk.errors import Cancelled, Fixable, PhotoDeskError
from photodesk.progress import Cancel
from photodesk.store.layout import Layout
from photodesk.store.members_log import MembersLog
from photodesk.sync.server_facts import SignedFacts
from photodesk.sync.spool import Spool
from photodesk.sync.standing import Standing, moved_between
from photodesk.sync.status import SyncStatus
from photodesk.sync.sync_settings import read_settings

MOST_ROUNDS = 8


@dataclass(frozen=True)
class SyncedOnce:
    """How it stands afterwards, and why it did not come to its end."""

    status: SyncStatus
    error: PhotoDeskError | None = None


def sync_once(session: Session, link: KeeperLink, clock: Clock, cancel: Cancel | None = None) -> SyncedOnce:
    """Also where the server is not reached, what lies in the spool is taken in. Fixable `no_server`, `sync_paused`."""
    if SignedFacts.of(MembersLog.open(session.layout.members, session.keyset.clinic_id).members) is None:
        raise no_server()
    spool = Spool(session.layout.spool)
    if read_settings(spool).paused:
        spool.close()
        raise Fixable("sync_paused", "Paused: nothing was sent or fetched.", "Go on with: photodesk sync resume")
    once = _Once(session, link, spool, clock, cancel or Cancel())
    try:
        return once.run()
    finally:
        once.close()


def ask_for_order(link: KeeperLink, layout: Layout, clock: Clock) -> None:
    """Where this workstation is known to be shut out: the keeper hears of an order to erase the store, if there is one.

    The server that is not reached, or says nothing, changes nothing.
    """
    with closing(Spool(layout.spool)) as spool:
        passes = ClinicPasses(layout, link, spool, clock)
        try:
            passes.line()
        except (PhotoDeskError, sqlite3.Error):  # the spool goes with the store
            return
        finally:
            passes.hang_up()


class _Once:
    def __init__(self, session: Session, link: KeeperLink, spool: Spool, clock: Clock, cancel: Cancel) -> None:
        self._link = link
        self._spool = spool
        self._cancel = cancel
        self._desk = DeskSync(session, spool)
        self._passes = ClinicPasses(session.layout, link, spool, clock)
        self._standing = Standing(spool, clock)

    def run(self) -> SyncedOnce:
        self._desk.out(self._cancel)
        error, before = None, self._now()
        for _ in range(MOST_ROUNDS):
            error = self._pass()
            if error is not None and error.code == "revoked":
                break  # nothing that is here fits what the clinic made since, and nothing is to be sent any more
            arrived = self._desk.into(self._cancel)
            more, now = self._desk.out(self._cancel), self._now()
            waits = bool(now.to_send) or bool(now.to_receive) or now.unprepared
            if error is not None or not (arrived or more or waits) or (_loads(now) == _loads(before) and not arrived):
                break
            before = now
        return SyncedOnce(self._now(), error)

    def close(self) -> None:
        self._passes.hang_up()
        self._spool.close()

    def _now(self) -> SyncStatus:
        return self._standing.now(self._link.generations())

    def _pass(self) -> PhotoDeskError | None:
        before = self._standing.now()
        try:
            passed = self._passes.run(self._cancel)
        except Cancelled:
            raise
        except PhotoDeskError as error:
            self._standing.failed(error)
            return error
        self._standing.succeeded(*moved_between(before, self._standing.now(), passed.moved.get("operations", 0)))
        return None


def _loads(status: SyncStatus) -> tuple[object, ...]:
    return status.to_send, status.to_receive, status.unprepared
