"""A clinic server that says what a test wants, and remembers what it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from photodesk.desk.conflict import Conflict, Side
from photodesk.errors import PhotoDeskError
from photodesk.progress import Cancel
from photodesk.sync.enrolling import Invited
from photodesk.sync.standing import Transfer
from photodesk.sync.status import UP_TO_DATE, Load, Other, SyncStatus
from photodesk.sync.sync_settings import SyncSettings
from photodesk.sync.workstations import HeldPatient, LostWorkstation, WorkstationLine
from photodesk.ui.sync.clinic_server import Arrived, ConflictLine, ShownServer
from tests.ui.conftest import NOW_MS

MINUTE_MS = 60_000


def conflict(key: str = "k1", **other: Any) -> ConflictLine:
    here = Side("left forearm", "1", "Dr. I. Sample", "2", "Exam room 2", NOW_MS - 40 * MINUTE_MS)
    there = Side("right forearm", "3", "Dr. J. Model", "4", "Exam room 1", NOW_MS - 32 * MINUTE_MS)
    known = {"blocks_export": False, "photo_id": "f" * 32, **other}
    facts = (key, "a" * 32, "photo", "f" * 32, "body_site")
    made = Conflict(*facts, about="photo", what="Body site", here=here, there=there, day="28 August 2026", **known)
    return ConflictLine(made, "Test, Ada")


def synced(**other: Any) -> SyncStatus:
    others = tuple(Other(str(n) * 32, NOW_MS - n * n * MINUTE_MS) for n in range(4))
    known: dict[str, Any] = {"state": UP_TO_DATE, "last_success_ms": NOW_MS - 2 * MINUTE_MS, "at_ms": NOW_MS}
    return SyncStatus(**{**known, "to_send": Load(0, 6, 48_000_000), "others": others, **other})


@dataclass
class PretendServer:
    says: SyncStatus = field(default_factory=synced)
    waiting: list[ConflictLine] = field(default_factory=list)
    chosen: SyncSettings = field(default_factory=SyncSettings)
    passes: list[Transfer] = field(default_factory=list)
    shows: ShownServer = field(default_factory=lambda: ShownServer("https://photos.example:8443", "PEM", bytes(32)))
    fails: dict[str, PhotoDeskError] = field(default_factory=dict)
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    comes: Arrived = field(default_factory=Arrived)
    commits: int = 0

    def _heard(self, what: str, *values: Any) -> None:
        self.asked.append((what, *values))
        if what in self.fails:
            raise self.fails[what]

    def give(self, cancel: Cancel) -> bool:
        cancel.check()
        self._heard("give")
        return False

    def take(self, cancel: Cancel) -> Arrived:
        cancel.check()
        self._heard("take")
        came, self.comes = self.comes, Arrived()
        return came

    def changes(self) -> int:
        return self.commits

    def clear_alarm(self) -> None:
        self._heard("clear_alarm")

    def now(self) -> SyncStatus:
        return self.says

    def conflicts(self) -> list[ConflictLine]:
        return list(self.waiting)

    def resolve(self, key: str, *, keep_here: bool) -> None:
        self._heard("resolve", key, keep_here)
        self.waiting = [one for one in self.waiting if one.key != key]

    def sync_now(self) -> None:
        self._heard("sync_now")

    def settings(self) -> SyncSettings:
        return self.chosen

    def set_settings(self, settings: SyncSettings) -> None:
        self._heard("set_settings", settings)
        self.chosen = settings

    def transfers(self, most: int = 200) -> list[Transfer]:
        return self.passes[:most]

    def look_at(self, url: str) -> ShownServer:
        self._heard("look_at", url)
        return self.shows

    def connect(self, shown: ShownServer, code: str) -> None:
        self._heard("connect", shown, code)
        self.says = synced(url=shown.url)

    def save_evidence(self, folder: Path) -> int:
        self._heard("save_evidence", folder)
        return 1

    def accept_restore(self) -> None:
        self._heard("accept_restore")


def stations() -> list[WorkstationLine]:
    return [
        WorkstationLine("1" * 32, "Theatre", last_contact_ms=NOW_MS - 90 * MINUTE_MS),
        WorkstationLine("2" * 32, "Exam room 2", here=True),
        WorkstationLine("3" * 32, "Laptop", revoked=True),
        WorkstationLine("4" * 32, "Front desk", last_contact_ms=NOW_MS - MINUTE_MS),
    ]


@dataclass
class PretendWorkstations:
    """The clinic's computers, and what was asked about them."""

    lines: list[WorkstationLine] = field(default_factory=stations)
    fails: dict[str, PhotoDeskError] = field(default_factory=dict)
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def everyone(self) -> list[WorkstationLine]:
        return self.lines

    def invite(self) -> Invited:
        if "invite" in self.fails:
            raise self.fails["invite"]
        return Invited("ABCD-EFGH-JKMN-PQRS-TVWX", NOW_MS + 10 * MINUTE_MS, "https://photos.example:8443")

    def revoke(self, workstation_id: str, *, wipe: bool) -> None:
        self.asked.append(("revoke", workstation_id, wipe))

    def lost(self, workstation_id: str) -> LostWorkstation:
        line = next(one for one in self.lines if one.workstation_id == workstation_id)
        held = [HeldPatient("a" * 32, "Test, Ada", 12, 40), HeldPatient("b" * 32, "Test, Bernard", 0, 3)]
        return LostWorkstation(
            line, 2, 43, held, "Only with a password and its keyring.", "Locked since 09:12", 812, NOW_MS
        )
