"""One SQLCipher database: settings, transactions with a generation, readers on any thread, errors in our words.

One thread writes (a lock holds to that), any thread reads through a connection of its own (`readable`). Keys go in
through the C interface and are never part of a statement, so they cannot appear in an exception.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from photodesk.errors import Damaged
from photodesk.store.files import need_room
from photodesk.store.migrations import Format, bring_up, refuse_newer, snapshot
from photodesk.store.readable import Readable
from photodesk.store.signer import Generations, UnwatchedGenerations
from photodesk.store.sqlcipher import (
    SALT_BYTES,
    Connection,
    Row,
    Settings,
    connect,
    emptied,
    unwritable,
)

__all__ = ["Database", "Row", "Settings", "behind_log"]

OPENING_BYTES = 256 << 10  # what SQLite lays beside an open file; without room for it, it only says "I/O error"
_REWRITTEN_BYTES = 512 << 20  # a file is written anew by way of memory


class Database(Readable):
    """`name` is what generations are kept under; `stopped` says why nothing is written; damage names `chart_id`."""

    def __init__(
        self,
        path: Path,
        key: bytes,
        name: str,
        settings: Settings,
        generations: Generations,
        *,
        chart_id: str | None = None,
        logged_generation: int = 0,
    ) -> None:
        super().__init__(path, key, name, settings, chart_id)
        self._generations = generations
        self._logged = logged_generation
        self._lock = threading.RLock()

    @classmethod
    def create(
        cls,
        path: Path,
        key: bytes,
        name: str,
        settings: Settings,
        form: Format,
        generations: Generations,
        *,
        chart_id: str | None = None,
        above: int = 0,
    ) -> Database:
        """Make a database, or finish one whose making was interrupted.

        One made in place of another continues `above` the generation the log knows.
        """
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = cls(path, key, name, settings, generations, chart_id=chart_id)
        try:
            path.touch(mode=0o600)
        except OSError:
            raise unwritable() from None
        database._start(form, None)
        if above:
            database.raise_generation(above)
        return database

    @classmethod
    def open(
        cls,
        path: Path,
        key: bytes,
        name: str,
        settings: Settings,
        form: Format,
        generations: Generations,
        *,
        chart_id: str | None = None,
        snapshots: Path | None = None,
        logged_generation: int = 0,
        unfinished: bool = False,
    ) -> Database:
        """Open an existing database and bring it to this program's format.

        Damaged where it is missing, emptied (unless `unfinished`) or does not match its key; Refused `newer_format`
        (file untouched). Behind `logged_generation` it is opened for reading only.
        """
        database = cls(path, key, name, settings, generations, chart_id=chart_id, logged_generation=logged_generation)
        if not path.is_file():
            raise Damaged("database_missing", f"The database {name} is missing.", chart_id=chart_id)
        database._start(form, snapshots, made=not unfinished)
        return database

    def _start(self, form: Format, snapshots: Path | None, *, made: bool = False) -> None:
        need_room(self.path.parent, OPENING_BYTES)
        with self._lock, self.errors_in_words():
            connection = self._connect()
            try:
                if refuse_newer(connection, form) == 0 and made:
                    raise emptied(self.name, self.chart_id)
                connection.execute(f"PRAGMA journal_mode = {self._settings.journal}").fetchone()
                bring_up(connection, form, lambda version: self._snapshot(connection, form, snapshots, version))
                self._writer = connection
                if self.generation() < self._logged:
                    self.stopped = _behind_log(self.name, self.chart_id)
            except BaseException:
                self._writer = None
                connection.close()
                raise

    def _snapshot(self, connection: Connection, form: Format, folder: Path | None, version: int) -> None:
        if folder is not None:
            target = folder / f"{self.name.replace('/', '-')}.v{version}.db"
            snapshot(connection, form, target, lambda path: connect(path, self._key, self._settings))

    @contextmanager
    def transaction(self, needed_bytes: int = 0) -> Iterator[Connection]:
        """Write: everything inside commits together with a raised generation, or nothing does.

        `needed_bytes` is what the message names when the disk is full.
        """
        with self._lock, self.errors_in_words(needed_bytes):
            if self.stopped is not None:
                raise self.stopped
            if self._writer is None:
                self._writer = self._connect()
            writer = self._writer
            writer.execute("BEGIN IMMEDIATE")
            self._writing_thread = threading.get_ident()
            try:
                yield writer
                row = writer.execute("UPDATE generation SET value = value + 1 RETURNING value").fetchone()
                writer.execute("COMMIT")
            except BaseException:
                if writer.in_transaction:
                    writer.execute("ROLLBACK")
                raise
            finally:
                self._writing_thread = 0
            self._generations.committed(self.name, int(row[0]))

    def raise_generation(self, above: int) -> None:
        """Continue above a generation the log knows: for databases that were rebuilt."""
        with self.transaction() as connection:
            connection.execute("UPDATE generation SET value = max(value, ?)", (above,))

    def beside(self, path: Path, form: Format) -> Database:
        """An empty database of this name and key at another path; nobody is told of its generations."""
        told = UnwatchedGenerations()
        return Database.create(path, self._key, self.name, self._settings, form, told, chart_id=self.chart_id)

    def starts_with_salt(self) -> bool:
        """Whether the first 16 bytes, which SQLCipher does not authenticate, are the key's salt."""
        return starts_with(self.path, self._key[-SALT_BYTES:])

    def checkpoint(self) -> None:
        """Move what the write-ahead log holds into the file itself."""
        with self._lock, self.errors_in_words():
            if self._settings.journal == "WAL" and self._writer is not None:
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def give_back(self) -> None:
        """Give free pages back to the disk where they are most of the file."""
        with self._lock, self.errors_in_words():
            writer = self._writer
            if writer is None:
                return
            names = ("freelist_count", "page_count", "page_size")
            free, pages, page_bytes = (int(writer.execute(f"PRAGMA {name}").fetchone()[0]) for name in names)
            if 2 * free > pages and (pages - free) * page_bytes <= _REWRITTEN_BYTES:
                writer.execute("VACUUM")
            self.checkpoint()

    def close_if_idle(self) -> bool:
        """Close unless a thread is reading or writing; says whether it did."""
        idle = False
        if self._lock.acquire(blocking=False):
            idle = not self._writing_thread and not self._readers.busy
            if idle:
                self.close()
            self._lock.release()
        return idle

    def close(self) -> None:
        """Close every connection; a later use opens new ones."""
        with self._lock:
            self._readers.close()
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def replace_file(self, key: bytes, replace: Callable[[], None]) -> None:
        """Go on with another file in this one's place, under its key: `replace` puts it there while nobody reads."""
        with self._lock, self._readers.still():
            self.close()
            replace()
            self._key = key
        self._generations.committed(self.name, self.generation())

    def forget_key(self) -> None:
        """Drop the key; nothing can be opened through this object any more."""
        self._key = b""


def starts_with(path: Path, first: bytes) -> bool:
    """Whether a file begins with these bytes."""
    with path.open("rb") as file:
        return file.read(len(first)) == first


def behind_log(database: Database) -> Damaged | None:
    """The alarm of a database that the log knows a newer state of."""
    stopped = database.stopped
    return stopped if stopped is not None and stopped.code == "behind_log" else None


def _behind_log(name: str, chart_id: str | None) -> Damaged:
    return Damaged(
        "behind_log",
        f"The database {name} is older than the log says: an earlier copy was put back.",
        "It is open for reading only. Restore the newest copy from the backup.",
        chart_id=chart_id,
    )
