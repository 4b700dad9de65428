"""The stage of an attack: an honest clinic of three workstations, one of which the server turns against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from photodesk.progress import Cancel
from photodesk.store.members_log import MembersLog
from photodesk.sync.heartbeats import EVERY_MS
from photodesk.sync.keys_step import KeysStep
from photodesk.sync.line import OrderPage, Placed
from photodesk.sync.log_step import LogStep
from photodesk.sync.members_step import MembersStep
from photodesk.sync.parcels import operation_head
from photodesk.sync.passing import Pass
from photodesk.sync.spool_members import SpoolMembers
from photodesk.sync.statements import FIRST_ORDER, next_order
from tests.server.clinic import Clinic
from tests.sync.pretend import Desk, PretendServer, clinic_with_server

ALARM, SILENT = "server_alarm", ""
Attack = Callable[["Stage"], None]
EXPECTED: dict[Attack, str] = {}
"""What an attack comes to where it is no alarm: another refusal, or (SILENT) nothing, for what is served is left."""


def comes_to(code: str) -> Callable[[Attack], Attack]:
    """Say what an attack comes to."""

    def marked(attack: Attack) -> Attack:
        EXPECTED[attack] = code
        return attack

    return marked


class Hostile:
    """What the victim reaches instead of the server: a method set on it takes the place of the honest one.

    Everything the victim says is overheard.
    """

    def __init__(self, honest: Any) -> None:
        self.honest = honest
        self.overheard: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return self._heard(getattr(self.honest, name))

    def _heard(self, method: Any) -> Any:
        if not callable(method):
            return method

        def called(*given: Any) -> Any:
            self.overheard.append(given)
            return method(*given)

        return called


@dataclass
class Stage:
    """A, B and C of one clinic; B is the victim, `server` the honest state behind its hostile line."""

    folder: Path
    clinic: Clinic
    server: PretendServer
    a: Desk
    b: Desk
    c: Desk
    line: Hostile
    held: tuple[Any, ...] = ()

    def go(self, *desks: Desk) -> None:
        """A whole pass each, a heartbeat later."""
        for desk in desks:
            desk.clock.now_ms += EVERY_MS
            desk.whole_pass()

    def members_pass(self) -> None:
        """The victim's steps that need its membership log on the disk."""
        path = self.b.folder / "members.log"
        log = MembersLog.open(path, self.clinic.raw_id)

        def take() -> SimpleNamespace:
            entries = SpoolMembers(self.b.spool.file).entries()
            if entries:
                log.write(log.prepare_records(entries), published=True)
            return SimpleNamespace(revoked=False, changed=bool(entries))

        members = MembersStep(self.clinic.clinic_id, self.line, self.b.spool, path, take)
        Pass([members, KeysStep(self.line, self.b.spool)], self.b.alarms).run(Cancel())

    def log_pass(self) -> None:
        """The victim takes the order as it is, and then looks at the logs."""
        self.b.exchange().run()
        self.remember()
        station = self.b.station.workstation_id
        step = LogStep(self.clinic.clinic_id, station, self.line, self.b.spool, self.b.members, self.b.log_folder)
        Pass([step], self.b.alarms).run(Cancel())

    def remember(self) -> None:
        """What the victim holds from here on must stay as it is."""
        self.held = self.held_by_victim()

    def held_by_victim(self) -> tuple[Any, ...]:
        """All that could have been applied there: what may be handed out, how far it followed, its people."""
        files = self.b.spool.file
        return (
            tuple(self.b.records()),
            self.b.spool.order_head(),
            tuple(files.rows("SELECT place, record FROM incoming WHERE taken = 0")),
            tuple(files.rows("SELECT mark FROM key_in")),
            tuple(files.rows("SELECT * FROM log_seen WHERE workstation = ?", (self.a.station.workstation_id,))),
            tuple(files.rows("SELECT * FROM log_receipt")),
            (self.b.folder / "members.log").read_bytes(),
            tuple(files.rows("SELECT blob_id FROM blob_in WHERE state IN (1, 2)")),
        )


def staged(folder: Path) -> Stage:
    """A clinic at work: everybody has sent something, seen the others, and has a log."""
    clinic, server = clinic_with_server()
    stations = (clinic.first, clinic.add_workstation(), clinic.add_workstation())
    a, b, c = (Desk(folder / name, clinic, station, server) for name, station in zip("abc", stations, strict=True))
    write_members(folder / "b" / "members.log", clinic, clinic.entries)
    for desk in (a, b, c):
        desk.change(2)
        desk.write_log(2)
    line = Hostile(b.line)
    b.line = line
    b.members = lambda: MembersLog.open(folder / "b" / "members.log", clinic.raw_id).members  # type: ignore[method-assign]
    made = Stage(folder, clinic, server, a, b, c, line)
    made.go(a, b, c, a, b, c)
    made.members_pass()
    made.remember()
    return made


def write_members(path: Path, clinic: Clinic, entries: Sequence[bytes]) -> None:
    """A membership log of these entries on the disk."""
    log = MembersLog.create(path, clinic.raw_id)
    log.write(log.prepare_records(list(entries)), published=True)


def chained(clinic: Clinic, operations: Iterable[bytes], after: Sequence[Placed] = ()) -> tuple[Placed, ...]:
    """An order rewritten consistently: these operations behind those places."""
    placed = list(after)
    chain = placed[-1].chain if placed else FIRST_ORDER
    for place, operation in enumerate(operations, start=len(placed) + 1):
        chain = next_order(chain, clinic.raw_id, place, operation_head(operation).hash)
        placed.append(Placed(place, chain, operation))
    return tuple(placed)


def page_of(order: Sequence[Placed], after: int, limit: int) -> OrderPage:
    """What a server that keeps this order answers."""
    return OrderPage(tuple(order[after : after + limit]), len(order), order[-1].chain if order else FIRST_ORDER)


def serving(order: Sequence[Placed]) -> Callable[[int, int], OrderPage]:
    """`pull` of a server that keeps this order."""
    return lambda after, limit: page_of(order, after, limit)


__all__ = [
    "ALARM",
    "EXPECTED",
    "SILENT",
    "Attack",
    "Hostile",
    "Stage",
    "chained",
    "comes_to",
    "page_of",
    "replace",
    "serving",
    "staged",
    "write_members",
]
