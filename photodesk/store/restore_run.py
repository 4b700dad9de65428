"""A new workstation from a backup and the recovery code.

New: the workstation's id, its secret, its signing keys, the database keys, and keys and a password for the one person
who does it. As they were: the clinic's keys, the membership log with one more entry, every operation, every photo with
its hash compared, the inbox, the log of the old workstation beside the new one's. `store.json` is written last: until
then there is no store, and the same command begins again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field

from photodesk.clock import Clock, SystemClock
from photodesk.crypto import DEFAULT_COST, Argon2Cost, SigningKey
from photodesk.errors import Damaged, Fixable
from photodesk.ids import random_id
from photodesk.log.records import read_checkpoint
from photodesk.progress import Cancel, Progress, Report, silent
from photodesk.store.backup_chart import read_chart_copy
from photodesk.store.backup_record import ChartPart
from photodesk.store.backup_run import RESTORED_FROM
from photodesk.store.catalog import Catalog, ChartPointer, KnownContent
from photodesk.store.change import Change
from photodesk.store.charts import Charts
from photodesk.store.coming_back import make_comer, names_of
from photodesk.store.files import need_room, sync_folder, write_atomically
from photodesk.store.keyring import Secrets
from photodesk.store.keys_file import DATABASES
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.member_author import author_of
from photodesk.store.restore_catalog import restore_catalog, settle_contents
from photodesk.store.restore_chart import ChartRestore
from photodesk.store.restore_inbox import InboxRestore
from photodesk.store.restore_keys import NewStation, make_key_files
from photodesk.store.restore_log import restore_logs
from photodesk.store.restore_source import Opened, refuse_incomplete
from photodesk.store.roles import KeyKind
from photodesk.store.signer import REMOVED_GENERATION
from photodesk.store.store_json import StoreFacts, mac_key, make_store, write_store
from photodesk.store.unfinished import MARK
from photodesk.store.workstation import WorkstationSigner

Random = Callable[[int], bytes]
_SPARE_BYTES = 64 << 20


@dataclass(frozen=True)
class Restored:
    """A store that was made anew. `generations` are told to its keeper; `problems` what the backup could not give."""

    workstation_id: str
    person_id: str
    run: int
    at_ms: int
    files: int
    size_bytes: int
    photos: int
    waiting: int
    charts: int
    generations: dict[str, int]
    problems: tuple[Damaged, ...]


@dataclass
class _Told:
    """Hears of every commit while there is no keeper."""

    known: dict[str, int] = field(default_factory=dict)

    def committed(self, database: str, generation: int) -> None:
        """Remember the newest."""
        self.known[database] = max(generation, self.known.get(database, 0))


def restore(
    opened: Opened,
    layout: Layout,
    secrets: Secrets,
    code: str,
    user_name: str,
    password: str,
    workstation_name: str,
    *,
    anyway: bool = False,
    cost: Argon2Cost = DEFAULT_COST,
    clock: Clock | None = None,
    random: Random = os.urandom,
    report: Report = silent,
    cancel: Cancel | None = None,
) -> Restored:
    """Make a store at `layout` from an opened backup. `anyway`: what is missing is left out and told, not refused.

    Fixable `store_exists`, `folder_not_empty`, `person_unknown`, `password_weak`, `disk_full`, `keyring_missing`;
    Refused `network_folder`, `recovery_not_prepared`; Damaged `backup_incomplete` and what names a photo or chart.
    """
    refuse_taken(layout)
    if not anyway:
        refuse_incomplete(opened)
    comer = make_comer(opened.members, opened.held, user_name, password, cost, random)
    begin(layout)
    needed = sum(chart_bytes(one) for one in opened.run.charts) + _SPARE_BYTES
    need_room(layout.root, needed)
    new = NewStation(
        random_id(),
        comer,
        SigningKey(random(32)),
        SigningKey(random(32)),
        random(32),
        {name: random(48) for name in DATABASES},
    )
    work = _Restoring(opened, layout, secrets, new, clock or SystemClock(), random, report, cancel or Cancel())
    return work.run(code, workstation_name, anyway=anyway)


def refuse_taken(layout: Layout) -> None:
    """Only an empty folder, or one in which a restore was interrupted. Fixable `store_exists`, `folder_not_empty`."""
    if layout.store_json.exists():
        raise Fixable("store_exists", "There is a PhotoDesk store in this folder already.", "Choose another folder.")
    if layout.root.is_dir() and any(layout.root.iterdir()) and not (layout.root / MARK).exists():
        raise Fixable("folder_not_empty", "This folder is not empty.", "Choose an empty folder for the restored store.")


def begin(layout: Layout) -> None:
    """Take the folder, and remove what was interrupted in it (a restore, a joining): it never was a store."""
    layout.prepare()
    mark = layout.root / MARK
    if mark.exists():
        for path in layout.root.iterdir():
            if path != mark:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        layout.prepare()
    write_atomically(mark, b"PhotoDesk is being set up in this folder.\n")


def chart_bytes(part: ChartPart) -> int:
    """About what a chart takes on the disk."""
    return part.snapshot.size_bytes + sum(one.size_bytes for one in part.blobs)


class _Restoring:
    """One restore into an empty folder."""

    def __init__(
        self,
        opened: Opened,
        layout: Layout,
        secrets: Secrets,
        new: NewStation,
        clock: Clock,
        random: Random,
        report: Report,
        cancel: Cancel,
    ) -> None:
        self._opened = opened
        self._layout = layout
        self._secrets = secrets
        self._new = new
        self._clock = clock
        self._random = random
        self._report = report
        self._cancel = cancel
        self._told = _Told()
        run, comer = opened.run, new.comer
        self._keyset: KeySet = opened.held.keyset(
            run.clinic_id,
            new.workstation_id,
            comer.shown.person_id,
            comer.bundle.signing,
            comer.bundle.kem,
            new.databases,
        )
        self._signer = WorkstationSigner(new.signing, run.clinic_id)
        self._above = _generations(opened)
        self._done = 0
        self._problems: list[Damaged] = []

    def run(self, code: str, workstation_name: str, *, anyway: bool) -> Restored:
        """Everything in its order."""
        self._problems += restore_logs(self._opened, self._layout, anyway=anyway)
        log = make_key_files(
            self._opened,
            self._layout,
            self._secrets,
            self._new,
            code,
            workstation_name,
            author_of(self._keyset, self._signer),
            self._clock.wall_ms(),
            self._random,
        )
        catalog = Catalog.create(self._layout, self._keyset, self._signer, self._told, self._clock)
        try:
            photos, inbox = self._databases(catalog, anyway=anyway)
        finally:
            catalog.close()
        new, run = self._new, self._opened.run
        facts = StoreFacts(new.workstation_id, self._secrets.name(), new.comer.shown.person_id)
        signing = new.comer.bundle.signing
        write_store(self._layout, make_store(log.members, facts, signing, mac_key(new.secret)))
        (self._layout.root / MARK).unlink()
        return Restored(
            workstation_id=new.workstation_id,
            person_id=new.comer.shown.person_id,
            run=run.number,
            at_ms=run.at_ms,
            files=photos.files + inbox.files,
            size_bytes=photos.size_bytes + inbox.size_bytes,
            photos=photos.photos + len(inbox.waiting),
            waiting=len(inbox.waiting),
            charts=len(run.charts),
            generations=dict(self._told.known),
            problems=(*self._problems, *photos.problems, *inbox.problems),
        )

    # -- databases ------------------------------------------------------------------------------------------------

    def _databases(self, catalog: Catalog, *, anyway: bool) -> tuple[ChartRestore, InboxRestore]:
        rows = restore_catalog(self._opened, catalog)
        charts = Charts(self._layout, self._keyset, catalog, catalog.erasure, self._signer, self._told, self._clock)
        photos = ChartRestore(self._opened, self._step, anyway)
        filed: list[KnownContent] = []
        pointers = {one.chart_id: one for one in catalog.chart_pointers()}
        for part in self._opened.run.charts:
            self._cancel.check()
            pointer = pointers.get(part.chart_id)
            try:
                if pointer is None or part.chart_id not in self._opened.erasure_keys:
                    if part.chart_id in self._opened.members.erased:
                        continue
                    raise Damaged("chart_unknown", "no key")
                filed += self._chart(part, pointer, charts, photos, catalog)
            except Damaged as damage:
                self._chart_lost(part, damage, anyway=anyway)
        inbox = InboxRestore(self._opened, self._layout, self._keyset, self._told, self._step, anyway)
        inbox.run({one.content_id for one in filed})
        settle_contents(catalog, rows, filed, inbox.waiting)
        catalog.project_people(names_of(self._opened.members, self._opened.held.of(KeyKind.DESK)))
        change = Change(self._new.comer.shown.person_id, "restored from a backup")
        catalog.set_setting(change, RESTORED_FROM, self._opened.run.hash().hex())
        databases = [catalog.ledger.database, catalog.erasure.database]
        if catalog.index is not None:
            databases.append(catalog.index.database)
        for database in databases:
            database.raise_generation(self._above.get(database.name, 0) + 1)
        return photos, inbox

    def _chart(
        self, part: ChartPart, pointer: ChartPointer, charts: Charts, photos: ChartRestore, catalog: Catalog
    ) -> list[KnownContent]:
        opened = self._opened
        erasure_key = opened.erasure_keys[part.chart_id]
        key = opened.held.keys[KeyKind.CHART, part.epoch]
        copy = read_chart_copy(opened.target, part, key, erasure_key, opened.run.clinic_id)
        chart = charts.make_pointer(pointer)
        try:
            filed = photos.run(chart, copy, erasure_key)
            chart.ledger.database.raise_generation(max(part.generation, self._above.get(part.chart_id, 0)) + 1)
            if catalog.index is not None:
                catalog.index.replace_patient(chart.patient_id, chart.photos())
        finally:
            chart.ledger.database.close()
        sync_folder(self._layout.charts(part.chart_id).parent)
        catalog.chart_made(part.chart_id)
        return filed

    def _chart_lost(self, part: ChartPart, damage: Damaged, *, anyway: bool) -> None:
        told = damage.photo_id or damage.code in {"restored_differs", "disk_failed"}
        problem = (
            damage
            if told
            else Damaged(
                "chart_not_in_backup",
                f"The chart {part.chart_id} with {part.photos} photos is damaged or missing in the backup.",
                "Use another backup, restore an earlier run with --run, or restore everything else with --anyway.",
                chart_id=part.chart_id,
            )
        )
        if not anyway or damage.code in {"restored_differs", "disk_failed"}:
            raise problem from None
        for path in self._layout.charts(part.chart_id).parent.glob(f"{part.chart_id}.db*"):
            path.unlink()
        self._problems.append(problem)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _step(self) -> None:
        self._cancel.check()
        self._done += 1
        self._report(Progress("Restoring", self._done, 0))


def _generations(opened: Opened) -> dict[str, int]:
    """The newest generation that run and anchor know of each database."""
    known = {name: generation for name, generation in opened.run.generations if generation != REMOVED_GENERATION}
    for name, generation in read_checkpoint(opened.run.checkpoint).generations:
        if generation != REMOVED_GENERATION:
            known[name] = max(generation, known.get(name, 0))
    return known
