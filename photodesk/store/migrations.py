"""Forward-only formats of databases: numbered steps, each in one transaction, a snapshot before the first.

A new database has all of them in one. The number of a database's format is its `user_version`. A step never touches
the tables of photo bytes, and the snapshot leaves them out; it is a SQLCipher database under the same key and is kept
for 7 days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photodesk.clock import Clock
from photodesk.errors import Refused

SNAPSHOT_DAYS = 7
_DAY_MS = 86_400_000
_GENERATION = (
    "CREATE TABLE generation (only INTEGER PRIMARY KEY CHECK (only = 1), value INTEGER NOT NULL)",
    "INSERT INTO generation VALUES (1, 0)",
)


@dataclass(frozen=True)
class Format:
    """The steps of one kind of database: statements of step 1, 2, …; and the tables that hold photo bytes."""

    kind: str
    steps: tuple[tuple[str, ...], ...]
    byte_tables: frozenset[str] = frozenset()

    @property
    def number(self) -> int:
        """The newest format this program knows."""
        return len(self.steps)


def refuse_newer(connection: Any, form: Format) -> int:
    """The format of the file, 0 for an empty one; Refused `newer_format` before anything is written."""
    version = _version(connection)
    if version > form.number:
        raise Refused(
            "newer_format",
            f"This {form.kind} was written by a newer PhotoDesk (format {version}, known: {form.number}).",
            "Update PhotoDesk on this computer. The file was not touched.",
        )
    return version


def bring_up(connection: Any, form: Format, before: Callable[[int], None]) -> None:
    """Run the missing steps. `before(version)` is called once, before the first step of an existing database."""
    version = _version(connection)
    if version == 0:
        _run(connection, form.number, (*_GENERATION, *(one for step in form.steps for one in step)))
    elif version < form.number:
        before(version)
        for number, statements in enumerate(form.steps[version:], start=version + 1):
            _run(connection, number, statements)


def _run(connection: Any, number: int, statements: Iterable[str]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def snapshot(connection: Any, form: Format, target: Path, connect: Callable[[Path], Any]) -> None:
    """Copy everything but photo bytes to `target`, which `connect` opens under the same key."""
    target.unlink(missing_ok=True)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = connect(target)
    try:
        copy.execute("PRAGMA foreign_keys = OFF")
        copy.execute("BEGIN IMMEDIATE")
        tables = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        for name, sql in tables:
            copy.execute(sql)
            if name in form.byte_tables:
                continue
            rows = connection.execute(f'SELECT * FROM "{name}"')  # noqa: S608  names are our own schema's
            marks = ", ".join("?" * len(rows.description))
            copy.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)  # noqa: S608
        copy.execute(f"PRAGMA user_version = {_version(connection)}")
        copy.execute("COMMIT")
    finally:
        copy.close()


def drop_old_snapshots(folder: Path, clock: Clock) -> None:
    """Remove snapshots older than 7 days."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if clock.wall_ms() - path.stat().st_mtime_ns // 1_000_000 > SNAPSHOT_DAYS * _DAY_MS:
            path.unlink()


def _version(connection: Any) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
