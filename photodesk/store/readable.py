"""The reading half of a database: a connection for every thread that reads, errors in our words.

SQLCipher poisons a connection after a page that fails its check, so a reader that met one is closed and the next
read starts afresh: one damaged page costs what lies on it and nothing else.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from photodesk.errors import Damaged
from photodesk.store.sqlcipher import (
    KEY_BYTES,
    Connection,
    Error,
    Row,
    Settings,
    connect,
    in_our_words,
    refuse_sqlite_inside,
)


class _Readers:
    """One reading connection for every thread that reads, and how many of them are at work."""

    def __init__(self, connect_one: Callable[[], Connection]) -> None:
        self._connect = connect_one
        self._connections: dict[int, Connection] = {}
        self._lock = threading.Lock()
        self._over = threading.Condition(self._lock)
        self.busy = 0

    @contextmanager
    def still(self) -> Iterator[None]:
        """Nobody reads inside: waits for those who do, and lets others wait. Not for a thread that reads itself."""
        with self._over:
            self._over.wait_for(lambda: not self.busy)
            yield

    @contextmanager
    def mine(self) -> Iterator[Connection]:
        """This thread's connection, opened at its first use."""
        with self._lock:
            self.busy += 1
        try:
            me = threading.get_ident()
            connection = self._connections.get(me)
            if connection is None:
                connection = self._connect()
                connection.execute("PRAGMA query_only = ON")
                self._connections[me] = connection
            yield connection
        finally:
            with self._over:
                self.busy -= 1
                self._over.notify_all()

    def drop_mine(self) -> None:
        """Close this thread's connection, which met a damaged page."""
        poisoned = self._connections.pop(threading.get_ident(), None)
        if poisoned is not None:
            poisoned.close()

    def close(self) -> None:
        """Close all."""
        while self._connections:
            self._connections.popitem()[1].close()


class Readable:
    """A database as those see it who only read; `stopped` says why nothing is written any more."""

    def __init__(self, path: Path, key: bytes, name: str, settings: Settings, chart_id: str | None = None) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a database key is {KEY_BYTES} bytes")
        refuse_sqlite_inside()
        self.path = path
        self.name = name
        self.chart_id = chart_id
        self._key = key
        self._settings = settings
        self._writer: Connection = None
        self._writing_thread = 0
        self._readers = _Readers(self._connect)
        self.stopped: Damaged | None = None

    def _connect(self) -> Connection:
        return connect(self.path, self._key, self._settings)

    def rows(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[Row]:
        """All rows of a query, from this thread's own reader (or inside its own transaction)."""
        with self.reader() as connection:
            found: list[Row] = connection.execute(sql, parameters).fetchall()
        return found

    def row(self, sql: str, parameters: tuple[Any, ...] = ()) -> Row | None:
        """The first row of a query, or None."""
        with self.reader() as connection:
            found: Row | None = connection.execute(sql, parameters).fetchone()
        return found

    def generation(self) -> int:
        """The counter of commits."""
        row = self.row("SELECT value FROM generation")
        return int(row[0]) if row else 0

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        """This thread's reading connection. Damaged pages close it, so that other reads go on."""
        if threading.get_ident() == self._writing_thread:
            yield self._writer
            return
        with self.errors_in_words(), self._readers.mine() as connection:
            yield connection

    @contextmanager
    def fresh(self) -> Iterator[Connection]:
        """A reading connection of its own that has seen nothing yet, for reading back what was written."""
        with self.errors_in_words(), closing(self._connect()) as connection:
            connection.execute("PRAGMA query_only = ON")
            yield connection

    @contextmanager
    def errors_in_words(self, needed_bytes: int = 0) -> Iterator[None]:
        """SQLite's errors as ours; what is a bug passes through. A failed write or sync is final for this file."""
        try:
            yield
        except Error as error:
            failure = in_our_words(error, self.name, self.chart_id, max(needed_bytes, self._settings.page_bytes))
            if failure is None:
                raise
            if isinstance(failure, Damaged):
                self._readers.drop_mine()
                if failure.code == "disk_failed":
                    self.stopped = failure
            raise failure from None
