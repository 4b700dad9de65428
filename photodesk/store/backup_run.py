"""One backup run, while the app goes on: what is new is stored and read back, and the run's record is written last.

Order: the inbox, then charts (again those that changed meanwhile), then the catalog, erasure keys, key files, log. So
whatever moves on while a run works is in it at least once, at the place it went to: what a restore finds twice it
files once. The run before stays whole until the new record is durable and read back; only then goes what no run needs
any more. Killed anywhere, the next run goes on with what is there.
"""

from __future__ import annotations

from photodesk.errors import Damaged, Fixable, Refused
from photodesk.log.records import encode_anchor
from photodesk.progress import Cancel, Progress, Report, silent
from photodesk.store.backup_catalog import back_up_catalog, back_up_erasure, read_erasure
from photodesk.store.backup_charts import ChartsPass
from photodesk.store.backup_files import back_up_logs, back_up_states
from photodesk.store.backup_folder import KEEP_DAYS, PROGRESS, Found, begin_backup, find_backup, kept, older_blobs
from photodesk.store.backup_inbox import InboxBackup, ShotCopy, read_inbox
from photodesk.store.backup_record import KIND, ChartPart, Part, Run, Snapshot, sign_run, state_path
from photodesk.store.backup_seal import Shelf, key_of, open_under
from photodesk.store.backup_sources import BackedUp, Sources, erased_charts
from photodesk.store.backup_target import Target, blob_path
from photodesk.store.database import behind_log
from photodesk.store.elsewhere import elsewhere_in_all
from photodesk.store.members import Members
from photodesk.store.members_log import MembersLog

RESTORED_FROM = "backup.restored-from"
ANCHOR = "log/anchor"
_PROGRESS_EVERY_MS = 60_000


def back_up(
    sources: Sources,
    target: Target,
    *,
    expected_id: str = "",
    keep_days: int = KEEP_DAYS,
    damaged: frozenset[str] = frozenset(),
    report: Report = silent,
    cancel: Cancel | None = None,
) -> BackedUp:
    """Run one backup. `expected_id` is the backup that was at this place last time, where one was; `damaged` are the
    names of its files that are to be written anew.

    Refused `no_chart_keys`; Fixable `backup_full`, `backup_gone`, `backup_read_only`, `folder_not_empty`,
    `backup_of_another`; Damaged `behind_log`, `backup_reads_badly`. The run before is whole then.
    """
    if not sources.keyset.chart_keys:
        raise Refused("no_chart_keys", "A backup reads every chart.", "Ask a clinician to run it.")
    for database in (sources.catalog.ledger.database, sources.catalog.erasure.database):
        older = behind_log(database)
        if older is not None:
            raise older
    members = MembersLog.open(sources.layout.members, sources.keyset.clinic_id).members
    target.tidy()
    found = _found(sources, target, members, expected_id)
    run = _BackupRun(sources, target, members, found, report, cancel or Cancel())
    run.distrust(damaged)
    return run.run(keep_days)


def signing_keys(members: Members) -> dict[str, bytes]:
    """What runs are verified with: public key by workstation id."""
    return {one.workstation_id: one.signing_public for one in members.workstations.values()}


def _found(sources: Sources, target: Target, members: Members, expected_id: str) -> Found:
    clinic_id = sources.keyset.clinic_id.hex()
    found = find_backup(target, signing_keys(members))
    if found is None:
        if expected_id:
            raise not_here()
        return begin_backup(target, clinic_id)
    if expected_id and found.folder_id != expected_id:
        raise not_here()
    newest = found.newest
    restored_from = sources.catalog.setting(RESTORED_FROM) or ""
    follows = newest is None or sources.keyset.workstation_id == newest.workstation_id
    follows = follows or (newest is not None and newest.hash().hex() == restored_from)
    if found.clinic_id != clinic_id or found.foreign or not follows:
        raise Fixable(
            "backup_of_another",
            "This folder holds the backup of another clinic or another workstation.",
            "Choose a folder of its own for this workstation.",
        )
    return found


def not_here() -> Fixable:
    """An empty mount point, another disk."""
    return Fixable(
        "backup_gone",
        "The backup that was in this folder is not there now.",
        "Put the disk back or connect the network drive. To begin anew in this folder, choose it again.",
    )


class _BackupRun:
    """One run, from what is there to what stays."""

    def __init__(
        self, sources: Sources, target: Target, members: Members, found: Found, report: Report, cancel: Cancel
    ) -> None:
        self._sources = sources
        self._target = target
        self._erased = erased_charts(sources.catalog, members)
        self._found = found
        self._report = report
        self._cancel = cancel
        self._shelf = Shelf(target, sources.keyset.clinic_id, target.names("blobs"), self._step)
        before = {one.chart_id: one for one in (found.newest.charts if found.newest else ())}
        before |= {one.chart_id: one for one in (found.progress.charts if found.progress else ())}
        self._charts = ChartsPass(sources, target, self._shelf, self._erased, before.values())
        row = sources.catalog.ledger.database.row("SELECT count(*) FROM content WHERE state <> 'deleted'")
        self._photos = int(row[0]) if row else 0
        self._saved_ms = sources.clock.monotonic_ms()
        self._problems: list[Damaged] = []

    def distrust(self, damaged: frozenset[str]) -> None:
        """Files that are there and not what they were: they are written anew in their place."""
        for name in damaged:
            self._shelf.there.pop(name, None)

    def run(self, keep_days: int) -> BackedUp:
        """Everything in its order; the record last."""
        sources, keyset = self._sources, self._sources.keyset
        inbox = InboxBackup(self._shelf, sources.layout, keyset)
        snapshots = [inbox.run(self._inbox_before())]
        self._charts.run(self._after_each)
        snapshots += back_up_catalog(self._shelf, sources.catalog, keyset)
        snapshots.append(self._erasure())
        checkpoint = sources.keeper.checkpoint()
        run = self._publish(
            Run(
                clinic_id=keyset.clinic_id,
                workstation_id=keyset.workstation_id,
                number=self._found.next_number,
                previous=self._found.newest.hash() if self._found.newest else bytes(32),
                at_ms=sources.clock.wall_ms(),
                erased=len(self._erased),
                states=back_up_states(self._target, sources.layout),
                snapshots=tuple(snapshots),
                charts=self._chart_parts(),
                inbox=tuple(dict.fromkeys(inbox.blobs)),
                logs=back_up_logs(self._target, sources.layout),
                checkpoint=checkpoint,
                generations=tuple(sorted(sources.keeper.generations().items())),
            )
        )
        self._sweep(run, keep_days)
        return self._told(run, inbox)

    def _chart_parts(self) -> tuple[ChartPart, ...]:
        parts = self._charts.parts
        return tuple(parts[chart_id] for chart_id in sorted(parts) if chart_id not in self._erased)

    # -- what the run before held ---------------------------------------------------------------------------------

    def _snapshot_before(self, part: Part) -> bytes | None:
        """A snapshot of the run before, None where there is none or it cannot be read."""
        newest = self._found.newest
        snapshot = next((one for one in (newest.snapshots if newest else ()) if one.part is part), None)
        if snapshot is None:
            return None
        keyset = self._sources.keyset
        try:
            key = key_of(keyset, part, snapshot.epoch)
            with self._target.open(blob_path(snapshot.blob.blob_id)) as stream:
                return open_under(key, keyset.clinic_id, stream)
        except Damaged:
            return None

    def _inbox_before(self) -> list[ShotCopy]:
        payload = self._snapshot_before(Part.INBOX)
        return [] if payload is None else [shot for _, _, shots in read_inbox(payload).packs for shot in shots]

    def _erasure(self) -> Snapshot:
        """The erasure keys there are. One that is gone without the clinic's decision to erase stays in the backup."""
        sources, erasure = self._sources, self._sources.catalog.erasure
        keys = {chart_id: erasure.key(chart_id) for chart_id in erasure.known()}
        members = MembersLog.open(sources.layout.members, sources.keyset.clinic_id).members
        self._erased = erased = erased_charts(sources.catalog, members)  # as it is now: somebody may just have been
        payload = self._snapshot_before(Part.ERASURE)
        for chart_id, key in (read_erasure(payload) if payload is not None else {}).items():
            if chart_id not in keys and chart_id not in erased:
                keys[chart_id] = key
                self._problems.append(
                    Damaged(
                        "erasure_key_lost",
                        f"The key of chart {chart_id} is gone from this workstation; the backup keeps it.",
                        chart_id=chart_id,
                    )
                )
        return back_up_erasure(self._shelf, keys, self._sources.keyset)

    # -- while it works -------------------------------------------------------------------------------------------

    def _step(self) -> None:
        self._cancel.check()
        done = sum(part.photos for part in self._charts.parts.values()) + self._shelf.originals
        self._report(Progress("Backing up", done, max(self._photos, done), self._shelf.written_bytes))

    def _after_each(self) -> None:
        """Now and then remember what is done, so that an interrupted run goes on there."""
        self._shelf.originals = 0
        self._step()
        now_ms = self._sources.clock.monotonic_ms()
        if now_ms - self._saved_ms < _PROGRESS_EVERY_MS:
            return
        keyset, self._saved_ms = self._sources.keyset, now_ms
        self._target.settle()
        done = Run(
            keyset.clinic_id,
            keyset.workstation_id,
            self._found.next_number,
            bytes(32),
            self._sources.clock.wall_ms(),
            complete=False,
            charts=self._chart_parts(),
        )
        self._target.put(PROGRESS, self._signed(done).record)

    def _signed(self, run: Run) -> Run:
        return sign_run(run, lambda data: self._sources.keeper.sign(KIND, data))

    # -- the end --------------------------------------------------------------------------------------------------

    def _publish(self, run: Run) -> Run:
        """The anchor, then, once everything else is durable, the record: from here on this is the backup."""
        self._cancel.check()
        self._target.put(ANCHOR, encode_anchor([run.checkpoint]))
        self._target.settle()
        signed = self._signed(run)
        self._target.put(signed.name, signed.record)
        self._target.settle()
        return signed

    def _sweep(self, run: Run, keep_days: int) -> None:
        """Remove what no run needs any more, and what nothing may open any more."""
        target = self._target
        stays = kept((*self._found.runs, run), run.at_ms, keep_days)
        numbers = {one.number for one in stays}
        target.remove(one.name for one in self._found.runs if one.number not in numbers)
        target.remove([PROGRESS])
        wanted = {blob.blob_id for blob in run.blobs()} | older_blobs(stays[:-1])
        there = target.names("blobs")
        target.remove(name for name in there if name.rpartition("/")[2] not in wanted)
        states = {state_path(one.sha256) for one in run.states}
        target.remove(name for name in target.names("state") if name not in states)

    def _told(self, run: Run, inbox: InboxBackup) -> BackedUp:
        blobs = {blob.blob_id: blob.size_bytes for blob in run.blobs()}
        others = [*(one.size_bytes for one in run.states), *(one.size_bytes for one in run.logs), len(run.record)]
        return BackedUp(
            number=run.number,
            at_ms=run.at_ms,
            folder_id=self._found.folder_id,
            files=len(blobs) + len(others),
            size_bytes=sum(blobs.values()) + sum(others),
            photos=run.photos + inbox.shots,
            waiting=inbox.shots,
            new_files=self._shelf.files,
            new_bytes=self._shelf.written_bytes,
            in_hand=inbox.in_hand,
            problems=(*self._problems, *self._charts.problems, *inbox.problems),
            elsewhere=elsewhere_in_all(self._sources.catalog),
        )
