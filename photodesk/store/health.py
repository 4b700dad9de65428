"""`photodesk check`: reads everything, believes nothing, names what is wrong by id.

Every page of every database through its authentication and a fresh connection, every photo's SHA-256, renditions, the
history of changes, catalog against charts, the index, packs and seals, snapshots, files nobody knows, and generations
against the log's. With `repair`, derived data is rebuilt, what lies in another's place is put back, and what is
damaged is moved aside with a record (`quarantine`); nothing is ever deleted, and the rest of the store goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from photodesk.errors import Damaged, PhotoDeskError, Refused
from photodesk.progress import Cancel, Progress, Report, silent
from photodesk.store import chart_keys, misplaced
from photodesk.store.catalog import Catalog, ChartPointer, ContentState
from photodesk.store.change import Change
from photodesk.store.chart_health import ChartCheck
from photodesk.store.charts import CHART_SETTINGS, Charts
from photodesk.store.database import Database, Settings
from photodesk.store.findings import Findings, Problem, Rebuild
from photodesk.store.folder_health import CHART, TORN, Stranger, strangers
from photodesk.store.inbox_health import InboxCheck
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.pages import in_one_line, page_problems
from photodesk.store.photo_index import NAME as INDEX
from photodesk.store.photo_index import damaged
from photodesk.store.quarantine import Quarantine, with_sides
from photodesk.store.signer import REMOVED_GENERATION, Generations
from photodesk.store.snapshot_health import snapshot_problems
from photodesk.store.sqlcipher import SALT_BYTES

__all__ = ["Findings", "Parts", "Problem", "Rebuild", "check"]


@dataclass(frozen=True)
class Parts:
    """What a check reads. `logged` are the generations the log knows, by database name."""

    layout: Layout
    keyset: KeySet
    catalog: Catalog
    charts: Charts
    generations: Generations
    logged: Mapping[str, int]


def check(
    parts: Parts,
    *,
    repair: bool = False,
    rebuild: Rebuild | None = None,
    report: Report = silent,
    cancel: Cancel | None = None,
) -> Findings:
    """Check the whole store. Refused `no_chart_keys` without a clinical role; never raises for damage it finds."""
    if not parts.keyset.chart_keys:
        raise Refused("no_chart_keys", "A check reads every chart.", "Ask a clinician to run it.")
    cancel = cancel or Cancel()
    findings = Findings(repair=repair, rebuild=rebuild)
    whole = _WholeCheck(parts, findings)
    whole.run(report, cancel)
    return findings


class _WholeCheck:
    """One check from start to end. `reached` are the generations it found, by database name."""

    def __init__(self, parts: Parts, findings: Findings) -> None:
        self._parts = parts
        self._findings = findings
        self._quarantine = Quarantine(parts.layout, parts.catalog.clock)
        self._reached: dict[str, int] = {}
        self._chart_keys: dict[str, bytes] = {}

    def run(self, report: Report, cancel: Cancel) -> None:
        """Everything in turn. `Cancelled` between two steps where asked."""
        parts, findings = self._parts, self._findings
        report(Progress("Looking at the folder"))
        torn = {one.path for one in self._strangers() if one.kind == TORN}
        for database in (parts.catalog.ledger.database, parts.catalog.erasure.database):
            self._reached[database.name] = _database(database, findings)
        self._index()
        pointers = parts.catalog.chart_pointers()
        self._chart_keys = {one.chart_id: key for one in pointers if (key := self._key_of(one)) is not None}
        self._put_back()
        self._charts([one for one in pointers if one.made], report, cancel)
        report(Progress("Checking the inbox", done_bytes=findings.photo_bytes))
        args = (parts.layout, parts.keyset, parts.catalog, parts.generations, parts.logged)
        inbox = InboxCheck(*args, findings, self._quarantine)
        inbox.check(cancel)
        self._reached |= inbox.reached
        self._snapshots()
        for one in self._strangers():
            if one.kind != TORN or one.path in torn:  # one that is new is being written just now
                self._stranger(one)
        self._against_log()

    def _strangers(self) -> list[Stranger]:
        known = {pointer.chart_id for pointer in self._parts.catalog.chart_pointers()}
        return list(strangers(self._parts.layout, known))

    def _key_of(self, pointer: ChartPointer) -> bytes | None:
        """The key of a chart; None where it cannot be unwrapped, which opening the chart says better."""
        parts = self._parts
        try:
            erasure_key = parts.catalog.erasure.key(pointer.chart_id)
            return chart_keys.unwrap(parts.keyset, pointer.chart_id, erasure_key, pointer.epoch, pointer.wrapped)
        except PhotoDeskError:
            return None

    def _index(self) -> None:
        """The photo index; with repair a damaged one begins anew, and the charts fill it."""
        parts, findings = self._parts, self._findings
        index, key = parts.catalog.index, parts.keyset.database_keys.get(INDEX)
        if index is None or key is None:
            return
        logged = parts.logged.get(INDEX, 0)
        try:
            sound = not page_problems(index.database)
            self._reached[INDEX] = index.database.generation()
        except Damaged:
            sound, self._reached[INDEX] = False, logged
        if sound:
            return
        damage = damaged()
        renewed = findings.mend(
            damage.code, damage.message, partial(index.renew, parts.layout, key, parts.generations, logged)
        )
        findings.index_damaged = not renewed
        if renewed:
            self._reached[INDEX] = index.database.generation()

    def _put_back(self) -> None:
        """Seals first: what a pack's key is says its seal."""
        parts = self._parts
        self._misplaced(misplaced.misplaced_seals(parts.layout))
        salts = {chart_id: key[-SALT_BYTES:] for chart_id, key in self._chart_keys.items()}
        self._misplaced(misplaced.misplaced_databases(parts.layout, parts.keyset, salts))

    def _misplaced(self, moves: Mapping[Path, Path]) -> None:
        if not moves:
            return
        parts, root = self._parts, self._parts.layout.root
        done: list[Path] = []
        if self._findings.repair:
            parts.charts.close_all()
            self._findings.put_aside(lambda: done.extend(misplaced.put_back(moves)))
        for path, target in moves.items():
            names = [one.relative_to(root).as_posix() for one in (path, target)]
            message = f"The file {names[0]} is the one that belongs at {names[1]}."
            chart_id = target.stem if target.parent.parent == parts.layout.charts_folder else None
            self._findings.add("file_misplaced", message, chart_id=chart_id, repaired=path in done)

    def _charts(self, pointers: Sequence[ChartPointer], report: Report, cancel: Cancel) -> None:
        parts, findings = self._parts, self._findings
        change = Change(parts.keyset.person_id, "repair")
        args = (parts.layout, parts.catalog, parts.charts, change, parts.logged)
        charts = ChartCheck(*args, findings, self._quarantine)
        for done, pointer in enumerate(pointers):
            cancel.check()
            report(Progress("Checking charts", done, len(pointers), findings.photo_bytes))
            generation = charts.check(pointer, cancel)
            name = pointer.chart_id
            self._reached[name] = parts.logged.get(name, 0) if generation is None else generation

    def _snapshots(self) -> None:
        """What a change of format left; a damaged one is moved aside, for nothing but a way back is lost."""
        parts = self._parts
        keys = {name: (key, Settings()) for name, key in parts.keyset.database_keys.items()}
        keys |= {chart_id: (key, CHART_SETTINGS) for chart_id, key in self._chart_keys.items()}
        for path, problem in snapshot_problems(parts.layout, keys).items():
            message = f"The snapshot {path.name} is damaged: {problem.rstrip('.')}."
            files = with_sides(path)
            self._findings.mend(
                "snapshot_damaged", message, partial(self._quarantine.put_aside, "snapshot_damaged", message, files)
            )

    def _stranger(self, one: Stranger) -> None:
        if one.kind == CHART:  # its key may come back with the catalog: it stays where it is
            message = f"The chart file {one.chart_id} is not in the catalog."
            self._findings.add(one.kind, message, chart_id=one.chart_id)
            return
        name = one.path.relative_to(self._parts.layout.root).as_posix()
        what = "was being written when that broke off" if one.kind == TORN else "does not belong to the store"
        message = f"The file {_plain(name)} {what}."
        aside = partial(self._quarantine.put_aside, one.kind, f"A file {what}.", [one.path])
        self._findings.mend(one.kind, message, aside)

    def _against_log(self) -> None:
        parts, findings = self._parts, self._findings
        waiting = {known.job_id for known in parts.catalog.contents(ContentState.INBOX)}
        for name, logged in sorted(parts.logged.items()):
            chart_id = name if len(name) == 32 else None
            job_id, _, number = name.partition("/")
            reached = self._reached.get(name)
            if logged == REMOVED_GENERATION or (number and reached is None and job_id not in waiting):
                continue  # removed on purpose; a pack whose shots are all accounted for was emptied
            if reached is None:
                message = f"The log knows a database {name} that is not there."
                findings.add("database_missing", message, chart_id=chart_id)
            elif reached < logged and name == INDEX and parts.catalog.index is not None:
                index = parts.catalog.index.database
                findings.mend("index_behind", "The photo index was made anew.", partial(index.raise_generation, logged))
            elif reached < logged:
                findings.add(
                    "behind_log",
                    f"The database {name} is older than the log says: an earlier copy was put back.",
                    chart_id=chart_id,
                )


def _database(database: Database, findings: Findings) -> int:
    problems = page_problems(database)
    if problems:
        findings.add("database_damaged", f"The database {database.name}: {in_one_line(problems)}.")
    try:
        return database.generation()
    except Damaged as damage:
        findings.met(damage)
        return 0


def _plain(name: str) -> str:
    """A file's path in a sentence: nothing that moves the cursor or the line."""
    return "".join(sign if sign.isprintable() else "�" for sign in name)
