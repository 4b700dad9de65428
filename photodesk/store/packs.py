"""Inbox packs: what the importer writes and a desk empties, each under a fresh key sealed to the inbox public key.

The sealed key (`pack_files`) is durable before the database exists. Packs are never migrated: readers for every
released version stay.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from photodesk import ids
from photodesk.errors import Cancelled, Damaged, Fixable
from photodesk.photos import PhotoFacts, Rendition
from photodesk.store.database import Database, Settings
from photodesk.store.files import need_room, sync_folder
from photodesk.store.layout import Layout
from photodesk.store.migrations import Format
from photodesk.store.original_parts import PART_TABLE, BlobSource, read_parts, write_parts
from photodesk.store.pack_files import (
    make_folder,
    next_number,
    pack_name,
    pack_numbers,
    packed_jobs,
    read_seal,
    remove_pack,
    write_seal,
)
from photodesk.store.pack_owner import own_pack, refuse_owned
from photodesk.store.pack_pictures import RENDITIONS, put_pictures
from photodesk.store.read_back import ReadBack
from photodesk.store.signer import Generations, UnwatchedGenerations

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

__all__ = [
    "BlobSource",
    "PackReader",
    "PackWriter",
    "Shot",
    "ShotSource",
    "next_number",
    "pack_name",
    "pack_numbers",
    "packed_jobs",
    "remove_pack",
]

COPIED, VERIFIED = "copied", "verified"
SETTINGS = Settings(page_bytes=16384, journal="PERSIST", cache_kib=16_384)
FORMAT = Format(
    "pack",
    (
        (
            PART_TABLE,
            (
                "CREATE TABLE shot (shot_id TEXT PRIMARY KEY, place INTEGER NOT NULL UNIQUE, name TEXT NOT NULL,"
                " size_bytes INTEGER NOT NULL, mtime_ms INTEGER NOT NULL, sha256 TEXT NOT NULL, stage TEXT NOT NULL,"
                " facts TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '')"
            ),
            "CREATE TABLE thumbnail (number INTEGER PRIMARY KEY, photo_id TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL)",
            "CREATE TABLE screen (number INTEGER PRIMARY KEY, photo_id TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL)",
        ),
    ),
    frozenset({"original_part", "thumbnail", "screen"}),
)


@dataclass(frozen=True)
class Shot:
    """One file of a card. `sha256` is hex; `stage` is `copied` or `verified`; `reason` says why it has no picture.

    `facts.media_type` is "" until the decoder has looked.
    """

    shot_id: str
    job_id: str
    name: str
    size_bytes: int
    mtime_ms: int
    sha256: str
    stage: str
    facts: PhotoFacts
    has_thumbnail: bool
    reason: str


class PackWriter:
    """The importer's side of one pack. One thread; a kill loses shots since the last `commit` (the card has them)."""

    def __init__(self, database: Database, job_id: str, owned: int) -> None:
        self._database = database
        self._job_id = job_id
        self._owned = owned
        self._open = ExitStack()
        self._connection: Any = None
        self._proving = ReadBack(database)

    @classmethod
    def create(
        cls,
        layout: Layout,
        job_id: str,
        number: int,
        clinic_id: bytes,
        inbox_public: bytes,
        inbox_epoch: int,
        starter_kem_public: bytes | None = None,
        generations: Generations | None = None,
    ) -> PackWriter:
        """A new pack under a fresh key. Fixable `disk_full`; `number` must be free (see `next_number`)."""
        path = layout.pack(job_id, number)
        if path.exists():
            raise Fixable("pack_exists", "This part of the import exists already.", "Resume the import.")
        key = os.urandom(48)
        for again in (True, False):
            make_folder(layout, job_id)
            try:
                write_seal(layout, job_id, number, clinic_id, key, inbox_public, inbox_epoch, starter_kem_public)
                break
            except Fixable:  # a desk may have removed the folder, which it found empty
                if path.parent.is_dir() or not again:
                    raise
        name = pack_name(job_id, number)
        owned = own_pack(layout, job_id, number)
        try:
            database = Database.create(path, key, name, SETTINGS, FORMAT, generations or UnwatchedGenerations())
            sync_folder(path.parent)
        except BaseException:
            os.close(owned)
            raise
        return cls(database, job_id, owned)

    def add_shot(
        self,
        name: str,
        size_bytes: int,
        mtime_ms: int,
        chunks: Iterable[bytes],
        accept: Callable[[str], bool] | None = None,
        shot_id: str = "",
        *,
        sha256: str = "",
    ) -> tuple[str, str]:
        """Stream a file in; returns (shot id, SHA-256 hex).

        `accept(sha256)` is asked once the hash is known; where it says no, the bytes are rolled back and the shot id
        is "". An error from `chunks` (card pulled) rolls this shot back and passes on. `sha256` spares hashing
        chunks that were hashed while they were read. Fixable `disk_full`.
        """
        need_room(self._database.path.parent, size_bytes + (4 << 20))
        connection = self._begin(size_bytes)
        shot_id = shot_id or ids.ordered_id()
        try:
            with self._database.errors_in_words(size_bytes):
                connection.execute("SAVEPOINT shot")
                size, sha256 = write_parts(connection, shot_id, chunks, sha256)
                kept = accept is None or accept(sha256)
                if kept:
                    connection.execute(
                        "INSERT INTO shot (shot_id, place, name, size_bytes, mtime_ms, sha256, stage)"
                        " VALUES (?, (SELECT coalesce(max(place), 0) + 1 FROM shot), ?, ?, ?, ?, ?)",
                        (shot_id, name, size, mtime_ms, sha256, COPIED),
                    )
                else:
                    connection.execute("ROLLBACK TO shot")
                connection.execute("RELEASE shot")
        except BaseException as error:
            self._undo_shot(connection, error)
            raise
        if not kept:
            return "", sha256
        return shot_id, sha256

    def _begin(self, needed_bytes: int) -> Any:
        self._proving.end()
        if self._connection is None:
            self._connection = self._open.enter_context(self._database.transaction(needed_bytes))
        return self._connection

    def _undo_shot(self, connection: Any, error: BaseException) -> None:
        """Only this shot goes, unless SQLite itself gave up the whole transaction."""
        if connection.in_transaction:
            with self._database.errors_in_words():
                connection.execute("ROLLBACK TO shot")
                connection.execute("RELEASE shot")
            return
        self._connection = None
        stack, self._open = self._open, ExitStack()
        try:
            stack.__exit__(type(error), error, error.__traceback__)
        except BaseException as again:
            if again is not error:
                raise

    def set_renditions(
        self, shot_id: str, thumbnail: bytes | None, screen: bytes | None, facts: PhotoFacts, reason: str = ""
    ) -> None:
        """What decoding found out, and the renditions (JPEG) where there are any."""
        both = zip(RENDITIONS, (thumbnail, screen), strict=True)
        made = {kind: data for kind, data in both if data is not None}
        connection = self._begin(0)
        with self._database.errors_in_words(sum(map(len, made.values()))):
            put_pictures(connection, shot_id, made, facts, reason)

    def commit(self) -> None:
        """Make everything added so far durable."""
        if self._connection is not None:
            self._connection = None
            stack, self._open = self._open, ExitStack()
            stack.close()

    def read_back(self, shot_id: str) -> str:
        """SHA-256 hex as the disk has it: committed, page cache dropped, read through a fresh connection."""
        self.commit()
        return self._proving.sha256(shot_id)

    def mark_verified(self, shot_ids: Sequence[str]) -> None:
        """The bytes read back are what the card gave. Durable with the next `commit`."""
        connection = self._begin(0)
        with self._database.errors_in_words():
            connection.executemany(
                "UPDATE shot SET stage = ? WHERE shot_id = ?", [(VERIFIED, shot_id) for shot_id in shot_ids]
            )

    def finish(self) -> None:
        """Commit, close, and drop the key: from here on only the inbox key or the starter opens the pack."""
        try:
            self.commit()
        finally:
            self.close()

    def rest(self) -> None:
        """Commit and give connections and their caches back until the next use; the pack stays this process's."""
        self.commit()
        self._proving.end()
        self._database.close()

    def close(self) -> None:
        """Let go without committing, and drop the key: what was committed stays."""
        self._proving.end()
        stack, self._open, self._connection = self._open, ExitStack(), None
        stack.__exit__(Cancelled, Cancelled(), None)
        self._database.close()
        self._database.forget_key()
        if self._owned >= 0:
            os.close(self._owned)
            self._owned = -1

    def original_reader(self, shot_id: str) -> Iterator[bytes]:
        """The bytes of a shot in order, through the writing connection: once it has spilled pages no other may read."""
        connection = self._begin(0)
        with self._database.errors_in_words():
            yield from read_parts(connection, shot_id)


class PackReader:
    """A desk's side of one pack."""

    def __init__(self, layout: Layout, job_id: str, number: int, database: Database, generations: Generations) -> None:
        self._layout = layout
        self._job_id = job_id
        self._number = number
        self.database = database
        self._generations = generations
        self._emptied = False

    @classmethod
    def open(
        cls, layout: Layout, job_id: str, number: int, keyset: KeySet, generations: Generations | None = None
    ) -> PackReader:
        """Open with the inbox key, or as the person who started the job.

        Fixable `pack_in_hand` while its importer lives and has not finished it, Refused `pack_sealed`, Damaged.
        """
        key = read_seal(layout, job_id, number, keyset)
        refuse_owned(layout, job_id, number)
        told = generations or UnwatchedGenerations()
        name = pack_name(job_id, number)
        database = Database.open(layout.pack(job_id, number), key, name, SETTINGS, FORMAT, told, unfinished=True)
        return cls(layout, job_id, number, database, told)

    def shots(self) -> tuple[Shot, ...]:
        """Shots still in the pack, in the order they were copied."""
        return tuple(self._shot(row) for row in self.database.rows(_SHOTS + " ORDER BY place"))

    def shot(self, shot_id: str) -> Shot:
        """One shot; Fixable `shot_unknown`."""
        row = self.database.row(_SHOTS + " WHERE shot_id = ?", (shot_id,))
        if row is None:
            raise Fixable("shot_unknown", "There is no such shot in the inbox.", "List the inbox again.")
        return self._shot(row)

    def _shot(self, row: Any) -> Shot:
        shot_id, name, size_bytes, mtime_ms, sha256, stage, facts, reason, has_thumbnail = row
        known = msgspec.json.decode(facts, type=PhotoFacts) if facts else PhotoFacts("")
        return Shot(
            shot_id, self._job_id, name, size_bytes, mtime_ms, sha256, stage, known, bool(has_thumbnail), reason
        )

    def source(self, shot_id: str) -> ShotSource:
        """The bytes, as `Chart.file_shot` takes them."""
        return ShotSource(self.database, shot_id)

    def original_bytes(self, shot_id: str) -> bytes:
        """All bytes of a shot; keep it for files known to be small."""
        return b"".join(self.source(shot_id).chunks())

    def renditions(self, shot_id: str) -> dict[Rendition, bytes]:
        """The renditions a shot has."""
        found = {kind: self.rendition(shot_id, kind) for kind in RENDITIONS}
        return {kind: data for kind, data in found.items() if data is not None}

    def rendition(self, shot_id: str, kind: Rendition) -> bytes | None:
        """One rendition (JPEG), or None."""
        row = self.database.row(f"SELECT bytes FROM {kind.value} WHERE photo_id = ?", (shot_id,))  # noqa: S608
        return None if row is None else bytes(row[0])

    def read_back(self, shot_id: str) -> str:
        """SHA-256 hex through a fresh connection with the page cache dropped."""
        proving = ReadBack(self.database)
        try:
            return proving.sha256(shot_id)
        finally:
            proving.end()

    def mark_verified(self, shot_ids: Sequence[str]) -> None:
        """Set the stage, after `read_back`."""
        with self.database.transaction() as connection:
            connection.executemany(
                "UPDATE shot SET stage = ? WHERE shot_id = ?", [(VERIFIED, shot_id) for shot_id in shot_ids]
            )

    def set_renditions(
        self, shot_id: str, renditions: Mapping[Rendition, bytes], facts: PhotoFacts, reason: str = ""
    ) -> bool:
        """What decoding gave where the importer was ended before it; False where the shot has left meanwhile."""
        with self.database.transaction(sum(map(len, renditions.values()))) as connection:
            return put_pictures(connection, shot_id, renditions, facts, reason)

    def delete_shot(self, *shot_ids: str) -> None:
        """Shots that are filed and read back leave the pack. Their bytes go when the pack is removed or closed."""
        self._emptied = True
        with self.database.transaction() as connection:
            connection.executemany("DELETE FROM shot WHERE shot_id = ?", [(shot_id,) for shot_id in shot_ids])

    def remove_if_empty(self) -> bool:
        """Remove database and seal once no shot is left; says whether it did."""
        if self.database.row("SELECT 1 FROM shot LIMIT 1") is not None:
            return False
        self._emptied = False
        self.database.close()
        remove_pack(self._layout, self._job_id, self._number, self._generations)
        return True

    def close(self) -> None:
        """Close; bytes of shots that left a pack which still holds others are overwritten first."""
        try:
            if self._emptied:
                self._overwrite()
        finally:
            self._emptied = False
            self.database.close()

    def _overwrite(self) -> None:
        """What a damaged page keeps from being overwritten goes with the pack."""
        owners = (("original_part", "original_id"), ("thumbnail", "photo_id"), ("screen", "photo_id"))
        with suppress(Damaged), self.database.transaction() as connection:
            for table, column in owners:
                connection.execute(f"DELETE FROM {table} WHERE {column} NOT IN (SELECT shot_id FROM shot)")  # noqa: S608


_SHOTS = (
    "SELECT shot_id, name, size_bytes, mtime_ms, sha256, stage, facts, reason,"
    " EXISTS (SELECT 1 FROM thumbnail t WHERE t.photo_id = shot.shot_id) FROM shot"
)


class ShotSource:
    """A `BlobSource` over one shot of a pack."""

    def __init__(self, database: Database, shot_id: str) -> None:
        self._database = database
        self._shot_id = shot_id

    def chunks(self) -> Iterator[bytes]:
        """The bytes in pieces of 1 MiB."""
        with self._database.reader() as connection:
            yield from read_parts(connection, self._shot_id)
