"""The syncer as the keeper's child: it needs nobody signed in, comes back when it dies, and ends with the keeper."""

from __future__ import annotations

import os
import queue
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from photodesk.app.command_desk import command_desk, keeper_link
from photodesk.app.command_line import Invocation
from photodesk.app.commands_sync import known, status_of
from photodesk.app.desk_sync import DeskSync
from photodesk.app.sync_passes import ClinicPasses
from photodesk.background.asking import Push
from photodesk.background.keeper_link import KeeperLink
from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from photodesk.desk.session import Session
from photodesk.errors import Fixable, Refused
from photodesk.patients import PatientDraft
from photodesk.progress import Cancel
from photodesk.protocol.messages import SyncState
from photodesk.store.layout import Layout
from photodesk.sync.alarms import Alarms
from photodesk.sync.server_facts import CERTIFICATE
from photodesk.sync.spool import Spool
from photodesk.sync.status import SyncStatus, decode_status
from photodesk.sync.sync_settings import SyncSettings, write_settings
from tests.app.test_command_line import PASSWORD, Clinic
from tests.background.scripted_server import certificate
from tests.server.running import Running, serving


@dataclass
class Signed:
    """A signed-in desk with its keeper, and what the syncer tells it."""

    session: Session
    link: KeeperLink
    pushes: queue.SimpleQueue[Push]

    def told(self, fits: Callable[[SyncStatus], bool]) -> SyncStatus:
        """The next status that fits."""
        while True:
            push = self.pushes.get(timeout=30)
            if isinstance(push, SyncState) and fits(status := decode_status(push.status)):
                return status

    def syncer(self) -> int:
        """Its process id."""
        keeper = next(iter(_children(os.getpid(), "keeper")))
        return next(iter(_children(keeper, "syncer")))


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    (tmp_path / "a").mkdir()
    made = Clinic(tmp_path / "a")
    Entrance(made.store, SystemClock(), FLOOR_COST).found(
        "Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True
    )
    return made


@pytest.fixture
def server(tmp_path: Path, clinic: Clinic) -> Iterator[Running]:
    clinic.good("patient", "add", "--mrn", "1001", "--family", "Sample", "--given", "Ivo", "--birth", "1970-02-03")
    with serving(tmp_path / "server", "--quiet") as running:
        clinic.good("enrol", "--server", running.url, "--code", running.code or "")
        yield running


@contextmanager
def signed_in(clinic: Clinic) -> Iterator[Signed]:
    pushes: queue.SimpleQueue[Push] = queue.SimpleQueue()
    with keeper_link(Invocation(store=clinic.store)) as link:
        link.watch(pushes.put)
        session = Entrance(clinic.store, SystemClock()).sign_in(link, "Ada Berg", PASSWORD)
        try:
            yield Signed(session, link, pushes)
        finally:
            session.close()


def test_it_sends_what_is_there_rests_when_told_and_comes_back(clinic: Clinic, server: Running) -> None:
    with signed_in(clinic) as desk:
        desk.link.sync_now()
        told = desk.told(lambda status: bool(status.last_success_ms))
        assert (told.state, told.unprepared) == ("working", True), "the desk has not put anything into the spool yet"
        assert told.trouble is None

        spool = Spool(clinic.store / "spool")
        write_settings(spool, SyncSettings(paused=True))
        desk.link.sync_now()
        desk.told(lambda status: status.state == "paused")
        write_settings(spool, SyncSettings())
        spool.close()
        desk.link.sync_now()
        desk.told(lambda status: status.state == "working")

        first = desk.syncer()
        os.kill(first, signal.SIGKILL)
        desk.told(lambda status: status.state == "working")
        last = desk.syncer()
        assert last != first

        server.kill()
        gone = desk.told(lambda status: status.state == "offline")
        assert gone.trouble is not None
        assert gone.trouble.code == "server_offline"
        assert gone.offline_since_ms
    assert not Path(f"/proc/{last}").exists(), "it ended with the keeper"


def test_what_ends_a_session_is_no_change_to_be_sent(clinic: Clinic, server: Running) -> None:
    clinic.good("sync", "--once")
    layout = Layout(clinic.store)
    assert status_of(layout, SystemClock()).state == "up_to_date"
    generation = known(layout)["catalog"]
    with command_desk(Invocation(store=clinic.store, user="Ada Berg", passwords=[PASSWORD], quiet=True)) as desk:
        index, (patient,) = desk.session.catalog.index, desk.session.catalog.patients()
        assert index is not None
        index.about_to_change(patient.patient_id)
        index.follow(patient.patient_id, [])
    assert known(layout)["catalog"] == generation + 2, "the mark was made and taken away"
    assert status_of(layout, SystemClock()).state == "up_to_date"
    with command_desk(Invocation(store=clinic.store, user="Ada Berg", passwords=[PASSWORD], quiet=True)) as desk:
        desk.session.patients.add(PatientDraft("1002", "Sample", "Ida", date(1971, 3, 4)))
    assert status_of(layout, SystemClock()).unprepared, "a change that no server knows"


class ClockAhead(SystemClock):
    """A clock that somebody set wrong."""

    def wall_ms(self) -> int:
        return super().wall_ms() + 11 * 60_000


def test_a_clock_ahead_sends_nothing_and_a_renewed_certificate_is_taken(clinic: Clinic, server: Running) -> None:
    layout = Layout(clinic.store)
    with signed_in(clinic) as desk:
        spool = Spool(layout.spool)
        assert DeskSync(desk.session, spool).out()
        waiting = spool.waiting().to_send
        ahead = ClinicPasses(layout, desk.link, spool, ClockAhead())
        with pytest.raises(Fixable) as told:
            ahead.run(Cancel())
        ahead.hang_up()
        assert (told.value.code, spool.waiting().to_send) == ("clock_ahead", waiting)
        assert "11 minutes ahead" in told.value.message

        key = load_pem_private_key((server.folder / "tls.key").read_bytes(), None)
        assert isinstance(key, EllipticCurvePrivateKey)
        spool.set_facts({CERTIFICATE: certificate(key=key).pem.encode()})
        right = ClinicPasses(layout, desk.link, spool, SystemClock())
        right.run(Cancel())
        right.hang_up()
        assert spool.waiting().to_send == 0
        assert spool.fact(CERTIFICATE) == (server.folder / "tls.pem").read_bytes()

        with closing(sqlite3.connect(server.folder / "server.db")) as lying, lying:
            lying.execute("UPDATE workstation SET revoked = 1")
        with pytest.raises(Refused) as told_so:
            right.run(Cancel())
        right.hang_up()
        assert told_so.value.code == "server_alarm", "it shuts out whom nobody of the clinic shut out"
        assert len(Alarms(spool, SystemClock()).standing()) == 1
        spool.close()


def _children(parent: int, part: str) -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
            words = (stat.parent / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if int(fields[1]) == parent and part.encode() in words:
            yield int(stat.parent.name)
