"""The spool's file: one SQLite connection that several tables' modules share, each write one durable transaction."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from photodesk.errors import Fixable, Refused
from photodesk.sync.spool_tables import TABLES

FORMAT = 1
WAIT_S = 30


class SpoolFile:
    """Thread-safe, and shared by processes: a desk adds what is to be sent while the syncer sends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._connection = _open(folder)
        try:
            self._bring_up()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing, durable at the end. Fixable `disk_full`, `spool_refused`."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except sqlite3.OperationalError as error:
                self._roll_back()
                raise _full(error) from error
            except BaseException:
                self._roll_back()
                raise

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query gives."""
        with self._lock:
            return self._connection.execute(sql, tuple(values)).fetchall()

    def row(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """Its first row."""
        rows = self.rows(sql, values)
        return rows[0] if rows else None

    def _bring_up(self) -> None:
        version = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        if version > FORMAT:
            raise Refused("newer_format", "The spool was written by a newer PhotoDesk.", "Update PhotoDesk.")
        if version < FORMAT:
            with self.transaction() as connection:
                for statement in TABLES:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {FORMAT}")

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def _open(folder: Path) -> sqlite3.Connection:
    """Fixable `spool_refused`. A file that is none is put aside: everything in it is found again elsewhere."""
    path = folder / "sync.db"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _connected(path)
    except sqlite3.OperationalError as error:
        raise _full(error) from error
    except OSError as error:
        raise _refused() from error
    except sqlite3.DatabaseError:
        for beside in (path, *folder.glob("sync.db-*")):
            beside.replace(beside.with_name(f"{beside.name}.damaged"))
        return _connected(path)


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=WAIT_S, check_same_thread=False, isolation_level=None)
    try:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _refused() -> Fixable:
    return Fixable("spool_refused", "The spool of the clinic server cannot be written.", "Check the store's folder.")


def _full(error: sqlite3.OperationalError) -> Fixable:
    if "full" in str(error).lower():
        return Fixable("disk_full", "There is no room left on this disk for the spool.", "Free some space.")
    return _refused()
