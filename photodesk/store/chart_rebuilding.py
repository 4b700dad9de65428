"""A chart's file written anew from all it holds, where only what can be derived is damaged: renditions, indexes, free
pages, and tables that the signed operations tell of.

Operations and originals must be readable to the last byte, else nothing is done. The new file is whole, synced and
checked before the damaged one is moved aside and it takes its place; killed in between, a check finds it by its salt
and puts it back.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from photodesk.errors import Damaged
from photodesk.photos import Rendition
from photodesk.store.chart import Chart
from photodesk.store.chart_schema import CHART_FORMAT, CHART_TABLES
from photodesk.store.database import Database
from photodesk.store.files import sync_folder
from photodesk.store.pages import page_problems
from photodesk.store.quarantine import with_sides

RENDITIONS = (Rendition.THUMBNAIL.value, Rendition.SCREEN.value)
PROJECTED = (*(table.name for table in CHART_TABLES.values()), "field_clock")


def rebuilt(chart: Chart, above: int, put_aside: Callable[[], object]) -> None:
    """Write an open chart anew. Renditions that cannot be read are left out, for they can be made again; a table that
    operations tell of is then told by them.

    `put_aside` moves the damaged file away once the new one is sound. Closed afterwards, under the same path, its
    generation above `above`. Damaged where anything else cannot be read; Fixable `disk_full`: all stays as it was.
    """
    database = chart.ledger.database
    path = database.path
    fresh = path.with_name(path.name + ".new")
    _remove(fresh)
    target = database.beside(fresh, CHART_FORMAT)
    try:
        with target.transaction(path.stat().st_size) as writing:
            _fill(chart, writing)
        target.raise_generation(above)
        problems = page_problems(target)
        if problems:
            raise Damaged("database_damaged", f"The chart could not be written anew: {problems[0]}.")
    except BaseException:
        target.close()
        _remove(fresh)
        raise
    target.close()
    database.close()
    put_aside()
    fresh.rename(path)
    sync_folder(path.parent)


def _fill(chart: Chart, writing: Any) -> None:
    database, lost = chart.ledger.database, False
    with database.fresh() as reading:
        tables = [str(row[0]) for row in reading.execute(_TABLES).fetchall()]
    for table in tables:
        if table in RENDITIONS:
            continue
        try:
            with database.fresh() as reading:
                _copy(reading, writing, table)
        except Damaged:
            if table not in PROJECTED:
                raise
            lost = True
    if lost:
        for table in PROJECTED:
            writing.execute(f"DELETE FROM {table}")  # noqa: S608  names are our own schema's
        chart.replay(writing)
    for table in RENDITIONS:
        _copy_renditions(database, writing, table)


_TABLES = (
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'generation'"
    " ORDER BY name"
)


def _copy(reading: Any, writing: Any, table: str) -> None:
    rows = reading.execute(f"SELECT * FROM {table}")  # noqa: S608  names are our own schema's
    marks = ", ".join("?" * len(rows.description))
    for row in rows:
        writing.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608


def _copy_renditions(database: Database, writing: Any, table: str) -> None:
    """Photo by photo: one that cannot be read is passed over."""
    for (photo_id,) in writing.execute("SELECT photo_id FROM photo").fetchall():
        try:
            row = database.row(f"SELECT bytes FROM {table} WHERE photo_id = ?", (photo_id,))  # noqa: S608
        except Damaged:
            continue
        if row is not None:
            writing.execute(f"INSERT INTO {table} (photo_id, bytes) VALUES (?, ?)", (photo_id, row[0]))  # noqa: S608


def _remove(path: Path) -> None:
    for each in with_sides(path):
        each.unlink(missing_ok=True)
