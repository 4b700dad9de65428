"""SQLCipher itself: opening a file with every setting of the store, and its errors in our words.

Keys go in through the C interface and are never part of a statement, so they cannot appear in an exception.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlcipher3 import dbapi2

from photodesk.errors import Damaged, Fixable, PhotoDeskError, Refused
from photodesk.store.files import disk_failed, disk_full

KEY_BYTES = 48
SALT_BYTES = 16
NEEDED_SQLITE = (3, 51, 3)
Row = tuple[Any, ...]
Connection = Any  # sqlcipher3 ships no types
Error = dbapi2.Error


class UnfitValueError(ValueError):
    """A value that no column can hold."""


UNFIT = (dbapi2.IntegrityError, dbapi2.InterfaceError, dbapi2.ProgrammingError, OverflowError, UnfitValueError)
"""What a statement raises whose values do not fit its table; it changed nothing then."""

_WAL_LIMIT_BYTES = 64 << 20
_JOURNAL_LIMIT_BYTES = 1 << 20
_BUSY_MS = 10_000
_FULL = {dbapi2.SQLITE_FULL, 19 << 8 | 10}  # SQLITE_FULL, SQLITE_IOERR_SHMSIZE


@dataclass(frozen=True)
class Settings:
    """What differs between kinds of databases. `cache_kib` is the page cache of one connection."""

    page_bytes: int = 4096
    journal: Literal["WAL", "PERSIST"] = "WAL"
    cache_kib: int = 8192


def connect(path: Path, key: bytes, settings: Settings) -> Connection:
    """A new connection with the store's settings; nothing is read or checked yet."""
    connection = dbapi2.connect(str(path), isolation_level=None, check_same_thread=False, timeout=_BUSY_MS / 1000)
    try:
        connection.set_key(f"x'{key.hex()}'")
        pragmas = [
            "cipher_log_level = NONE",
            f"cipher_page_size = {settings.page_bytes}",
            "cipher_hmac_algorithm = HMAC_SHA256",  # SHA-512 takes twice as long here
            "synchronous = FULL",
            "secure_delete = ON",
            "temp_store = MEMORY",
            "mmap_size = 0",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "foreign_keys = ON",
            f"cache_size = -{settings.cache_kib}",
            f"journal_size_limit = {_WAL_LIMIT_BYTES if settings.journal == 'WAL' else _JOURNAL_LIMIT_BYTES}",
        ]
        if sys.platform == "darwin":
            pragmas += ["fullfsync = ON", "checkpoint_fullfsync = ON"]
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def refuse_sqlite_inside() -> None:
    """Refused where this program's SQLite is too old."""
    refuse_old_sqlite(dbapi2.sqlite_version_info)


def refuse_old_sqlite(version: tuple[int, ...]) -> None:
    """Refused where the SQLite inside is older than 3.51.3, whose write-ahead log can be corrupted."""
    if tuple(version) < NEEDED_SQLITE:
        raise Refused(
            "sqlite_too_old",
            f"The SQLite inside is {'.'.join(map(str, version))}; versions before 3.51.3 can damage databases.",
            "Install PhotoDesk's locked dependencies again.",
        )


def in_our_words(error: Exception, name: str, chart_id: str | None, needed_bytes: int) -> PhotoDeskError | None:
    """What an error of SQLite means for a person, or None where it is a bug of ours."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    if code in _FULL:
        return disk_full(needed_bytes)
    if code & 0xFF in {dbapi2.SQLITE_CORRUPT, dbapi2.SQLITE_NOTADB}:
        return _damaged(name, chart_id, "holds bytes that are not what was written")
    meaning = _MEANINGS.get(code & 0xFF)
    return None if meaning is None else meaning()


def emptied(name: str, chart_id: str | None) -> Damaged:
    """The sentence for a database that has lost everything that was in it."""
    return _damaged(name, chart_id, "is empty, though it was in use")


def _damaged(name: str, chart_id: str | None, what: str) -> Damaged:
    named = f"The chart {chart_id}" if chart_id else f"The database {name}"
    return Damaged("database_damaged", f"{named} {what}.", chart_id=chart_id)


def unwritable() -> Fixable:
    """The sentence for a place that cannot be written."""
    return Fixable("folder_read_only", "The store's folder cannot be written.", "Check that you may write there.")


def _busy() -> Fixable:
    return Fixable("store_in_use", "Another program has the store open.", "Close it and try again.")


_MEANINGS: dict[int, Callable[[], PhotoDeskError]] = {
    dbapi2.SQLITE_IOERR: disk_failed,
    dbapi2.SQLITE_BUSY: _busy,
    dbapi2.SQLITE_LOCKED: _busy,
    dbapi2.SQLITE_PROTOCOL: _busy,
    dbapi2.SQLITE_CANTOPEN: unwritable,
    dbapi2.SQLITE_READONLY: unwritable,
    dbapi2.SQLITE_PERM: unwritable,
}
