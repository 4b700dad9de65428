"""Databases written anew under fresh keys: what was left out can then not be had back from the old file.

The new files are made beside the old ones (`catalog.db.new`), whole and synced, before `keys.msgpack` names their
keys: that one replaced file is the moment everything changes. A file's first 16 bytes are its key's salt, so whoever
opens the store next knows from the keys alone which file is meant (`settle`): a new file that the keys do not name is
dropped, one that they name takes the old one's place. A kill leaves the store before or after, never between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from photodesk.store.database import Database, Settings, starts_with
from photodesk.store.files import sync_folder
from photodesk.store.layout import Layout
from photodesk.store.migrations import Format
from photodesk.store.signer import UnwatchedGenerations
from photodesk.store.sqlcipher import SALT_BYTES

Row = dict[str, Any]
Keep = Callable[[str, Row], Row | None]
_SIDES = ("-wal", "-shm", "-journal")
_AT_ONCE = 500


def new_path(path: Path) -> Path:
    """Where the new file of a database is made."""
    return path.with_name(path.name + ".new")


def settle(layout: Layout, keys: Mapping[str, bytes]) -> None:
    """Before the databases are opened: end what a kill interrupted, as far as this person holds keys."""
    for name, path in paths(layout).items():
        fresh = new_path(path)
        if name not in keys or not fresh.exists():
            continue
        if starts_with(fresh, keys[name][-SALT_BYTES:]):
            take_place(path)
        else:
            remove(fresh)


def paths(layout: Layout) -> dict[str, Path]:
    """The databases that are written anew together."""
    return {"catalog": layout.catalog, "erasure": layout.erasure, "index": layout.index}


def take_place(path: Path) -> None:
    """The new file, which the keys name by now, takes the old one's place. Nobody has either open."""
    fresh = new_path(path)
    for side in _SIDES:
        path.with_name(path.name + side).unlink(missing_ok=True)
    fresh.replace(path)
    for side in _SIDES:
        fresh.with_name(fresh.name + side).unlink(missing_ok=True)
    sync_folder(path.parent)


def remove(path: Path) -> None:
    """A database file and what lies beside it."""
    for side in ("", *_SIDES):
        path.with_name(path.name + side).unlink(missing_ok=True)


def copied(source: Database, path: Path, key: bytes, form: Format, settings: Settings, keep: Keep) -> Database:
    """A new database at `new_path(path)` with the rows that `keep(table, row)` lets through, changed or not.

    Its generation lies above the source's, and nobody is told of it. Rows keep their order. Fixable `disk_full`.
    """
    fresh = new_path(path)
    remove(fresh)
    target = Database.create(fresh, key, source.name, settings, form, UnwatchedGenerations())
    try:
        with source.reader() as reading, target.transaction() as writing:
            tables = reading.execute("SELECT name, ncol, wr FROM pragma_table_list WHERE type = 'table'").fetchall()
            for table, _, without_rowid in sorted(tables):
                if not table.startswith("sqlite_") and table != "generation":
                    _copy(reading, writing, table, "" if without_rowid else " ORDER BY rowid", keep)
        target.raise_generation(source.generation() + 1)
    except BaseException:
        target.close()
        remove(fresh)
        raise
    return target


def _copy(reading: Any, writing: Any, table: str, order: str, keep: Keep) -> None:
    rows = reading.execute(f'SELECT * FROM "{table}"{order}')  # noqa: S608  names are our own schema's
    names = [column[0] for column in rows.description]
    marks = ", ".join("?" * len(names))
    insert = f'INSERT INTO "{table}" ({", ".join(names)}) VALUES ({marks})'  # noqa: S608
    while some := rows.fetchmany(_AT_ONCE):
        kept = (keep(table, dict(zip(names, row, strict=True))) for row in some)
        writing.executemany(insert, [tuple(row.values()) for row in kept if row is not None])
