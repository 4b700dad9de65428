"""Backups from a desk: where they go, when the next is due, running one, and what the last one said."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace

import msgspec

from photodesk.desk.actor import Actor
from photodesk.desk.roles import Right
from photodesk.errors import Cancelled, Fixable, PhotoDeskError
from photodesk.log.entry import Action
from photodesk.progress import Cancel, Report, silent
from photodesk.store.backup_check import CheckedBackup, check_backup
from photodesk.store.backup_objects import ObjectKeys, is_objects
from photodesk.store.backup_place import keep_keys, kept_keys, same_disk, target_of
from photodesk.store.backup_run import back_up, signing_keys
from photodesk.store.backup_sources import BackedUp, Sources
from photodesk.store.backup_target import Target
from photodesk.store.catalog import Catalog
from photodesk.store.charts import Charts
from photodesk.store.keyring import Secrets
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.members_log import MembersLog

__all__ = ["BackedUp", "BackupDesk", "BackupNote", "BackupState", "CheckedBackup"]

_HOUR_MS, _DAY_MS = 3_600_000, 86_400_000
_AGAIN_MS = 30 * 60_000


@dataclass(frozen=True)
class BackupNote:
    """What is known of the backup at one place. `at_ms` is the last good run; `failed` says why a later one was not.

    `tried_at_ms` is the last attempt, `folder_id` tells the backup from another in the same folder.
    """

    place: str
    folder_id: str = ""
    at_ms: int = 0
    number: int = 0
    photos: int = 0
    waiting: int = 0
    files: int = 0
    size_bytes: int = 0
    problems: int = 0
    tried_at_ms: int = 0
    failed: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class BackupState:
    """How backups stand. `place` is "" where none was chosen, then `note` is of the newest one there is.

    `due`: the schedule wants one now; `overdue`: no place has a recent one, everybody is reminded.
    """

    place: str
    note: BackupNote
    every_hours: int
    remind_days: int
    same_disk: bool
    due: bool
    overdue: bool


_notes = msgspec.json.Decoder(dict[str, BackupNote])


class BackupDesk:
    """Runs backups for a clinician, one at a time; settings and results belong to this workstation."""

    def __init__(
        self,
        actor: Actor,
        layout: Layout,
        keyset: KeySet,
        catalog: Catalog,
        charts: Charts,
        policy: Callable[[str], str],
        secrets: Secrets,
    ) -> None:
        self._actor = actor
        self._layout = layout
        self._keyset = keyset
        self._catalog = catalog
        self._charts = charts
        self._policy = policy
        self._secrets = secrets
        self._keys: dict[str, ObjectKeys] = {}
        self._busy = threading.Lock()

    @property
    def running(self) -> bool:
        """Whether a run is under way at this desk."""
        return self._busy.locked()

    def state(self) -> BackupState:
        """How backups stand now."""
        place = self._catalog.setting(self._name("place")) or ""
        known = self._known()
        newest = max(known.values(), key=lambda one: one.at_ms, default=BackupNote(place))
        note = known.get(place, BackupNote(place) if place else newest)
        every, remind = int(self._policy("backup.every-hours")), int(self._policy("backup.remind-days"))
        now_ms = self._actor.clock.wall_ms()
        waited = now_ms - note.tried_at_ms >= _AGAIN_MS or note.tried_at_ms > now_ms
        old = now_ms - note.at_ms >= every * _HOUR_MS or note.at_ms > now_ms
        return BackupState(
            place=place,
            note=note,
            every_hours=every,
            remind_days=remind,
            same_disk=bool(place) and same_disk(place, self._layout),
            due=bool(place) and old and waited and bool(self._keyset.chart_keys),
            overdue=now_ms - newest.at_ms >= remind * _DAY_MS and self._has_photos(),
        )

    def places(self) -> tuple[BackupNote, ...]:
        """Every place a backup of this workstation was ever made at."""
        return tuple(self._known().values())

    def needs_keys(self, place: str) -> bool:
        """Whether this is an object store whose access keys nobody has given yet."""
        place = place or self.state().place
        return is_objects(place) and self._keys_of(place) is None

    def use_keys(self, place: str, key_id: str, secret: str) -> None:
        """Access keys of an object store; they go into the keyring once a backup with them was made."""
        self._keys[place or self.state().place] = ObjectKeys(key_id.strip(), secret.strip())

    def _keys_of(self, place: str) -> ObjectKeys | None:
        return self._keys.get(place) or kept_keys(place, self._secrets)

    def _target(self, place: str) -> Target:
        return target_of(place, self._layout, self._keys_of(place) if is_objects(place) else None)

    def choose(self, place: str) -> BackupState:
        """Where scheduled backups go from now on, "" for nowhere. Fixable `backup_inside_store`, `backup_gone`."""
        self._actor.require(Right.BACK_UP)
        if place:
            self._target(place)
        entry = self._actor.entry(
            Action.POLICY, details={"policy": "backup.place", "value": "set" if place else "none"}
        )
        with self._actor.logged(entry):
            self._catalog.set_setting(self._actor.change("backup place"), self._name("place"), place)
        return self.state()

    def read_back(self, place: str = "", *, report: Report = silent, cancel: Cancel | None = None) -> CheckedBackup:
        """Read every file of a backup. Fixable `backup_not_set`, `not_a_backup`, `backup_gone`; it is an entry."""
        self._actor.require(Right.BACK_UP)
        place = self._chosen(place)
        members = MembersLog.open(self._layout.members, self._keyset.clinic_id).members
        checked = check_backup(self._target(place), signing_keys(members), report, cancel)
        details = {"run": str(checked.run.number), "problems": str(len(checked.problems))}
        self._actor.log(self._actor.entry(Action.BACKUP, outcome="read back", details=details))
        return checked

    def run(
        self,
        place: str = "",
        *,
        anew: bool = False,
        damaged: frozenset[str] = frozenset(),
        report: Report = silent,
        cancel: Cancel | None = None,
    ) -> BackedUp:
        """Back up to the place that was chosen, or to this one. `anew`: another disk is meant to begin there;
        `damaged`: files that `read_back` found to be damaged are written anew.

        Refused `no_right`, `no_chart_keys`; Fixable `backup_running`, `backup_not_set` and what `back_up` says. What
        happened is an entry, and is kept for `state`.
        """
        self._actor.require(Right.BACK_UP)
        place = self._chosen(place)
        if not self._busy.acquire(blocking=False):
            raise Fixable("backup_running", "A backup is under way already.", "Wait until it is done.")
        try:
            done = self._run(place, anew, damaged, report, cancel)
        except PhotoDeskError as failure:
            self._failed(place, failure)
            raise
        finally:
            self._busy.release()
        self._done(place, done)
        return done

    def _chosen(self, place: str) -> str:
        place = place or self.state().place
        if not place:
            raise Fixable("backup_not_set", "No backup folder was chosen yet.", "Choose one, or name it.")
        return place

    def _run(self, place: str, anew: bool, damaged: frozenset[str], report: Report, cancel: Cancel | None) -> BackedUp:
        known = self._known().get(place, BackupNote(place))
        sources = Sources(
            self._layout, self._keyset, self._catalog, self._charts, self._actor.keeper, self._actor.clock
        )
        return back_up(
            sources,
            self._target(place),
            expected_id="" if anew else known.folder_id,
            keep_days=int(self._policy("backup.keep-days")),
            damaged=damaged,
            report=report,
            cancel=cancel,
        )

    def _done(self, place: str, done: BackedUp) -> None:
        if place in self._keys:
            keep_keys(place, self._keys[place], self._secrets)
        numbers = {
            "run": done.number,
            "photos": done.photos,
            "files": done.files,
            "bytes": done.size_bytes,
            "new_files": done.new_files,
            "problems": len(done.problems),
        }
        details = {name: str(number) for name, number in numbers.items()}
        self._actor.log(self._actor.entry(Action.BACKUP, outcome="done", details=details))
        self._keep(
            BackupNote(
                place,
                done.folder_id,
                done.at_ms,
                done.number,
                done.photos,
                done.waiting,
                done.files,
                done.size_bytes,
                len(done.problems),
                done.at_ms,
            )
        )

    def _failed(self, place: str, failure: PhotoDeskError) -> None:
        """A backup that did not happen is an entry too; what the last good one said stays."""
        self._actor.log(self._actor.entry(Action.BACKUP, outcome=failure.code))
        if isinstance(failure, Cancelled):
            return
        note = self._known().get(place, BackupNote(place))
        now_ms = self._actor.clock.wall_ms()
        with suppress(PhotoDeskError):  # a catalog that takes no writing is what failed
            self._keep(replace(note, tried_at_ms=now_ms, failed=failure.message, remedy=failure.remedy))

    def _has_photos(self) -> bool:
        """Whether anything would be lost with this workstation."""
        return self._catalog.ledger.database.row("SELECT 1 FROM content LIMIT 1") is not None

    def _known(self) -> dict[str, BackupNote]:
        text = self._catalog.setting(self._name("notes"))
        return _notes.decode(text) if text else {}

    def _keep(self, note: BackupNote) -> None:
        known = {**{one: asdict(kept) for one, kept in self._known().items()}, note.place: asdict(note)}
        text = msgspec.json.encode(known).decode("utf-8")
        self._catalog.set_setting(self._actor.change("backup"), self._name("notes"), text)

    def _name(self, what: str) -> str:
        """Settings of this workstation carry its id."""
        return f"backup.{what}.{self._keyset.workstation_id}"
