"""`photodesk check`: reads everything, believes nothing, names what is wrong by id.

Every page of every database through its authentication, every photo's SHA-256, renditions, the history of changes,
catalog against charts, the index, packs and seals, files nobody knows, and generations against the log's. With
`repair`, derived data is rebuilt and a chart that cannot be opened is renamed out of the way; nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from photodesk.errors import Damaged, PhotoDeskError, Refused
from photodesk.progress import Cancel, Progress, Report, silent
from photodesk.store.catalog import Catalog, ContentState
from photodesk.store.change import Change
from photodesk.store.chart_health import ChartCheck
from photodesk.store.charts import Charts
from photodesk.store.database import Database
from photodesk.store.findings import Findings, Problem, Rebuild
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.original_parts import digest_of
from photodesk.store.pack_files import pack_name, pack_numbers, packed_jobs
from photodesk.store.packs import PackReader
from photodesk.store.pages import page_problems
from photodesk.store.photo_index import NAME as INDEX
from photodesk.store.photo_index import damaged
from photodesk.store.signer import REMOVED_GENERATION, Generations

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
    reached: dict[str, int] = {}
    for database in _small(parts):
        reached[database.name] = _database(database, findings)
    _index(parts, findings, reached)
    pointers = [pointer for pointer in parts.catalog.chart_pointers() if pointer.made]
    change = Change(parts.keyset.person_id, "repair")
    charts = ChartCheck(parts.layout, parts.catalog, parts.charts, change, findings)
    for done, pointer in enumerate(pointers):
        cancel.check()
        report(Progress("Checking charts", done, len(pointers), findings.photo_bytes))
        generation = charts.check(pointer, cancel)
        reached[pointer.chart_id] = parts.logged.get(pointer.chart_id, 0) if generation is None else generation
    report(Progress("Checking the inbox", len(pointers), len(pointers), findings.photo_bytes))
    _packs(parts, findings, reached, cancel)
    _strangers(parts, findings)
    _against_log(parts, findings, reached)
    return findings


def _small(parts: Parts) -> list[Database]:
    return [parts.catalog.ledger.database, parts.catalog.erasure.database]


def _index(parts: Parts, findings: Findings, reached: dict[str, int]) -> None:
    """The photo index; with repair a damaged one begins anew, and the charts fill it."""
    index, key = parts.catalog.index, parts.keyset.database_keys.get(INDEX)
    if index is None or key is None:
        return
    logged = parts.logged.get(INDEX, 0)
    try:
        sound = not page_problems(index.database)
        reached[INDEX] = index.database.generation()
    except Damaged:
        sound, reached[INDEX] = False, logged
    if sound:
        return
    damage = damaged()
    findings.mend(damage.code, damage.message, partial(index.renew, parts.layout, key, parts.generations, logged))
    findings.index_damaged = not findings.repair
    if findings.repair:
        reached[INDEX] = index.database.generation()


def _database(database: Database, findings: Findings) -> int:
    for problem in page_problems(database)[:1]:
        findings.add("database_damaged", f"The database {database.name}: {problem}.")
    try:
        return database.generation()
    except Damaged as damage:
        findings.met(damage)
        return 0


def _packs(parts: Parts, findings: Findings, reached: dict[str, int], cancel: Cancel) -> None:
    jobs = {job.job_id for job in parts.catalog.jobs()}
    shots: set[str] = set()
    unread: set[str] = set()
    for job_id in packed_jobs(parts.layout):
        if job_id not in jobs:
            findings.add("job_unknown", f"The inbox holds an import {job_id} that the catalog does not know.")
        for number in pack_numbers(parts.layout, job_id):
            cancel.check()
            try:
                reached[pack_name(job_id, number)] = _pack(parts, job_id, number, findings, shots)
            except PhotoDeskError as error:
                unread.add(job_id)
                if error.code != "pack_in_hand":  # an importer is at it: its pack is checked when it is whole
                    findings.met(error)
                reached[pack_name(job_id, number)] = parts.logged.get(pack_name(job_id, number), 0)
    for known in parts.catalog.contents(ContentState.INBOX):
        if known.job_id not in unread and known.photo_id not in shots:
            findings.add(
                "shot_missing",
                f"The shot {known.photo_id} of import {known.job_id} is not in the inbox any more.",
                photo_id=known.photo_id,
            )


def _pack(parts: Parts, job_id: str, number: int, findings: Findings, shots: set[str]) -> int:
    pack = PackReader.open(parts.layout, job_id, number, parts.keyset, parts.generations)
    try:
        before = len(findings.problems)
        pages = page_problems(pack.database)
        for shot in pack.shots():
            shots.add(shot.shot_id)
            findings.photo_bytes += shot.size_bytes
            try:
                sound = digest_of(pack.source(shot.shot_id).chunks()) == shot.sha256
            except Damaged:
                sound = False
            if not sound:
                findings.add(
                    "shot_damaged",
                    f"The shot {shot.shot_id} in the inbox is not what was copied.",
                    photo_id=shot.shot_id,
                )
        if pages and len(findings.problems) == before:
            findings.add("pack_damaged", f"Part {number} of import {job_id}: {pages[0]}.")
        return pack.database.generation()
    finally:
        pack.close()


def _strangers(parts: Parts, findings: Findings) -> None:
    """Chart files that the catalog does not know."""
    known = {pointer.chart_id for pointer in parts.catalog.chart_pointers()}
    for path in sorted(parts.layout.charts_folder.glob("*/*.db")):
        if path.stem not in known:
            findings.add("chart_unknown", f"The chart file {path.stem} is not in the catalog.", chart_id=path.stem)


def _against_log(parts: Parts, findings: Findings, reached: Mapping[str, int]) -> None:
    waiting = {known.job_id for known in parts.catalog.contents(ContentState.INBOX)}
    for name, logged in sorted(parts.logged.items()):
        chart_id = name if len(name) == 32 else None
        job_id, _, number = name.partition("/")
        if logged == REMOVED_GENERATION or (number and name not in reached and job_id not in waiting):
            continue  # removed on purpose; a pack whose shots are all accounted for was emptied
        if name not in reached:
            findings.add("database_missing", f"The log knows a database {name} that is not there.", chart_id=chart_id)
        elif reached[name] < logged and name == INDEX and parts.catalog.index is not None:
            index = parts.catalog.index.database
            findings.mend("index_behind", "The photo index was made anew.", partial(index.raise_generation, logged))
        elif reached[name] < logged:
            findings.add(
                "behind_log",
                f"The database {name} is older than the log says: an earlier copy was put back.",
                chart_id=chart_id,
            )
