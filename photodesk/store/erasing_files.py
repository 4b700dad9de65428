"""The files of an erased patient: shots in packs, rows in other patients' charts, the chart itself, snapshots."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import Any

from photodesk.errors import Fixable
from photodesk.store.catalog import Catalog, ContentState, KnownContent
from photodesk.store.chart import Chart
from photodesk.store.chart_corrections import Presence
from photodesk.store.charts import Charts
from photodesk.store.erasing_reach import Reach
from photodesk.store.files import sync_folder
from photodesk.store.keeping_book import Place
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.operations import chained
from photodesk.store.packs import PackReader, Shot, pack_numbers, packed_jobs
from photodesk.store.quarantine import Case
from photodesk.store.signer import REMOVED_GENERATION, Generations


def empty_inbox(layout: Layout, keyset: KeySet, catalog: Catalog, generations: Generations, reach: Reach) -> int:
    """Shots that wait for this patient, or carry the patient's label or number, leave the packs; how many.

    Fixable `pack_in_hand` while an importer still writes one of the packs: nothing is deleted from that pack then.
    """
    gone = 0
    for job_id in packed_jobs(layout):
        for number in pack_numbers(layout, job_id):
            gone += _empty_pack(layout, keyset, catalog, generations, reach, job_id, number)
    return gone


def _empty_pack(
    layout: Layout,
    keyset: KeySet,
    catalog: Catalog,
    generations: Generations,
    reach: Reach,
    job_id: str,
    number: int,
) -> int:
    pack = PackReader.open(layout, job_id, number, keyset, generations)
    try:
        theirs = [shot for shot in pack.shots() if _is_theirs(shot, reach)]
        _mark_deleted(catalog, keyset, theirs, reach.patient_id)
        pack.delete_shot(*(shot.shot_id for shot in theirs))  # also for none: closing overwrites what a kill left
        if pack.remove_if_empty():
            return len(theirs)
    finally:
        pack.close()
    path = layout.pack(job_id, number)
    path.with_name(path.name + "-journal").unlink(missing_ok=True)  # it holds pages as they were
    return len(theirs)


def _is_theirs(shot: Shot, reach: Reach) -> bool:
    if shot.shot_id in reach.shots.get(shot.job_id, frozenset()):
        return True
    told = [shot.facts.identity.record_number, *(code.text for code in shot.facts.codes)]
    return any(reach.traces.touch(text) for text in told if text)


def _mark_deleted(catalog: Catalog, keyset: KeySet, shots: list[Shot], patient_id: str) -> None:
    """Deleted on purpose; whose they were is kept until the catalog is written anew, for what tells of them there."""
    gone: list[KnownContent] = []
    for shot in shots:
        content_id = keyset.content_id(bytes.fromhex(shot.sha256))
        now = catalog.known(content_id)
        if now is None or now.state is ContentState.INBOX:
            gone.append(KnownContent(content_id, ContentState.DELETED, patient_id, shot.shot_id, shot.job_id))
    catalog.correct_content(gone)


def forget_in_other_charts(charts: Charts, catalog: Catalog, reach: Reach) -> None:
    """A photo that once lay in another patient's chart by mistake left its facts, marks and history there: gone too."""
    pointers = {pointer.patient_id: pointer for pointer in catalog.chart_pointers() if pointer.made}
    for other, photo_ids in reach.moved.items():
        if other in pointers and charts.has_file(pointers[other].chart_id):
            charts.close(other)
            chart = charts.open_pointer(pointers[other])
            try:
                for photo_id in sorted(photo_ids):
                    _forget_item(chart, photo_id)
                chart.ledger.database.checkpoint()
            finally:
                chart.ledger.database.close()


def _forget_item(chart: Chart, item_id: str) -> None:
    item = chart.item(item_id)
    if item is None or item.presence is not Presence.MOVED:
        return
    with chart.ledger.database.transaction() as connection:
        rows = connection.execute
        originals = [one.original_id for one in item.originals]
        entities = {(item.entity, item_id), ("scale", item_id)}
        entities |= {("mark", str(row[0])) for row in rows("SELECT mark_id FROM mark WHERE photo_id = ?", (item_id,))}
        seen = rows("SELECT comparison_id FROM comparison WHERE instr(content, ?)", (item_id,))
        entities |= {("comparison", str(row[0])) for row in seen.fetchall()}
        for entity, entity_id in entities:
            connection.execute(f"DELETE FROM {entity} WHERE {_KEYS[entity]} = ?", (entity_id,))  # noqa: S608
            forget_operations(connection, entity, entity_id)
        for original_id in originals:  # that the chart let it go stays: a backup keeps what a chart merely lost
            connection.execute(_BARE, (original_id,))
            forget_operations(connection, "original", original_id)


_BARE = (
    "UPDATE original SET photo_id = '', place = 0, content_id = NULL, content = NULL, sha256 = '', size_bytes = 0,"
    " media_type = '', name = '', mtime_ms = 0, gone = 1, reason = '' WHERE original_id = ?"
)
_KEYS = {
    "attachment": "original_id",
    "photo": "photo_id",
    "scale": "photo_id",
    "mark": "mark_id",
    "comparison": "comparison_id",
}


def forget_operations(connection: Any, entity: str, entity_id: str) -> None:
    """The history of an entity goes; that there were operations, and how their chain goes on, stays."""
    found = connection.execute(
        "SELECT workstation, sequence, record FROM operation WHERE entity = ? AND entity_id = ?", (entity, entity_id)
    ).fetchall()
    connection.executemany(
        "INSERT OR REPLACE INTO erased_operation VALUES (?, ?, ?)",
        [(workstation, sequence, chained(bytes(record))) for workstation, sequence, record in found],
    )
    connection.execute("DELETE FROM operation WHERE entity = ? AND entity_id = ?", (entity, entity_id))
    connection.execute("DELETE FROM field_clock WHERE entity = ? AND entity_id = ?", (entity, entity_id))


def remove_chart(layout: Layout, catalog: Catalog, charts: Charts, generations: Generations, reach: Reach) -> None:
    """The chart's key, its file and whatever was put aside of it. Its end is told first: a kill leaves a rest."""
    charts.close(reach.patient_id)
    catalog.forget_chart(reach.chart_id)
    generations.committed(reach.chart_id, REMOVED_GENERATION)
    folder = layout.charts(reach.chart_id).parent
    if not folder.is_dir():
        return
    for path in list(folder.glob(f"{reach.chart_id}.db*")):
        path.unlink(missing_ok=True)
    sync_folder(folder)


def remove_old_copies(layout: Layout, cases: Sequence[Case], reach: Reach) -> None:
    """Snapshots of earlier formats, and what was put aside or moved aside: all of it may hold the patient."""
    aside = [path for name in _REWRITTEN for path in layout.root.glob(f"{name}.db*.damaged")]
    kept = list(layout.snapshots.iterdir()) if layout.snapshots.is_dir() else []
    for path in (*aside, *kept):
        path.unlink(missing_ok=True)
    for folder in {path.parent for path in (*aside, *kept)}:
        sync_folder(folder)
    for case in cases:
        if _concerns(case, reach) and case.job_id not in reach.shared:
            shutil.rmtree(layout.quarantine / case.case_id, ignore_errors=True)


def left_in_quarantine(cases: Sequence[Case], reach: Reach) -> tuple[Place, ...]:
    """Damaged imports of several patients that were moved aside: nobody can take one patient's photos out of them."""
    return tuple(Place("quarantine", case.case_id) for case in cases if case.job_id in reach.shared)


_REWRITTEN = ("catalog", "erasure", "index")


def _concerns(case: Case, reach: Reach) -> bool:
    if case.chart_id == reach.chart_id or case.job_id in reach.shots:
        return True
    return any(file.path.partition(".")[0] in _REWRITTEN for file in case.files)


def refuse_while_copying(layout: Layout, keyset: KeySet, generations: Generations) -> None:
    """Fixable `import_running` while an importer still writes: whose its photos are is not known yet."""
    for job_id in packed_jobs(layout):
        for number in pack_numbers(layout, job_id):
            try:
                PackReader.open(layout, job_id, number, keyset, generations).close()
            except Fixable as failure:
                if failure.code == "pack_in_hand":
                    raise Fixable(
                        "import_running",
                        "Photos are still being copied, so it is not known yet whose they are. Nothing was erased.",
                        "Wait until the import is verified, then go on.",
                    ) from None
                raise
