"""Sealed photos in the spool: what is to go up, what is to come down, and the files in between.

Rows hold blob ids, lengths, kinds and the chart's opaque id; files in `out/` and `in/` are sealed blobs under their id.
Neither file counts as anything until its id is proven over its bytes, so none needs to be synced: one that a power cut
tore is sealed, or fetched, again. All of it may be lost: charts say what copies there are, the server which it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from photodesk.store.sealed_blob import BlobKind
from photodesk.sync.spool_file import SpoolFile

URGENT, MOST_TRIES = -1, 3


class Out(IntEnum):
    """Where a blob of this workstation stands: the server is to be asked, lacks it, it lies in `out/`, it is there."""

    ASK = 0
    LACKING = 1
    SEALED = 2
    THERE = 3


class In(IntEnum):
    """Where a blob of the server's stands: wanted, in `in/` and proven, in its chart, refused for good."""

    WANTED = 0
    HERE = 1
    TAKEN = 2
    WRONG = 3


@dataclass(frozen=True)
class SpooledBlob:
    """A sealed blob. `scope` is its chart's opaque id; `rank` says what goes first: -1 is waited for by a person."""

    blob_id: bytes
    scope: str
    kind: BlobKind
    size_bytes: int
    rank: int

    @property
    def name(self) -> str:
        """What its file is called."""
        return self.blob_id.hex()


@dataclass(frozen=True)
class BlobsWaiting:
    """What still has to travel, in photos (originals and files) and in bytes of everything."""

    photos_out: int
    bytes_out: int
    photos_in: int
    bytes_in: int
    wrong: int


def rank_of(kind: BlobKind) -> int:
    """Thumbnails before screen pictures before originals."""
    return {BlobKind.THUMBNAIL: 0, BlobKind.SCREEN: 1}.get(kind, 2)


_COLUMNS = "blob_id, scope, kind, bytes, rank"
_PHOTOS = f"kind IN ({int(BlobKind.ORIGINAL)}, {int(BlobKind.ATTACHMENT)})"


class BlobSpool:
    """Thread-safe; a desk and the syncer use it at once."""

    def __init__(self, file: SpoolFile) -> None:
        self._file = file
        self.out_folder = file.folder / "out"
        self.in_folder = file.folder / "in"
        for folder in (self.out_folder, self.in_folder):
            folder.mkdir(mode=0o700, exist_ok=True)

    # -- up --

    def add_out(self, blobs: Iterable[SpooledBlob], state: Out) -> None:
        """Blobs of this workstation: `ASK` where the server may have them, `SEALED` where their files lie in `out/`."""
        changes = "WHERE blob_out.state <> 3" if state is Out.SEALED else "WHERE 0"
        with self._file.transaction() as connection:
            connection.executemany(
                f"INSERT INTO blob_out ({_COLUMNS}, state) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608
                f" ON CONFLICT DO UPDATE SET state = excluded.state {changes}",
                [(*_row(one), int(state)) for one in blobs],
            )

    def out_in(self, state: Out, most: int = 1000, scope: str = "") -> list[SpooledBlob]:
        """Blobs of this workstation that stand there, what goes first first."""
        where, values = ("AND scope = ?", (scope,)) if scope else ("", ())
        return self._blobs(
            f"SELECT {_COLUMNS} FROM blob_out WHERE state = ? {where} ORDER BY rank, number LIMIT ?",  # noqa: S608
            (int(state), *values, most),
        )

    def set_out(self, blob_ids: Sequence[bytes], state: Out) -> None:
        """They stand there now. `LACKING`: their charts seal them again."""
        with self._file.transaction() as connection:
            connection.executemany(
                "UPDATE blob_out SET state = ? WHERE blob_id = ?", [(int(state), one) for one in blob_ids]
            )
            if state is Out.LACKING:
                connection.execute(
                    "UPDATE blob_chart SET sealed = 0 WHERE scope IN (SELECT scope FROM blob_out WHERE state = 1)"
                )

    def arrived_there(self, blob_id: bytes) -> None:
        """The server has it whole; its file goes."""
        self.set_out([blob_id], Out.THERE)
        self.out_path(blob_id).unlink(missing_ok=True)

    def known_out(self, scope: str) -> dict[bytes, Out]:
        """How the blobs of a chart stand, by id."""
        rows = self._file.rows("SELECT blob_id, state FROM blob_out WHERE scope = ?", (scope,))
        return {bytes(row[0]): Out(row[1]) for row in rows}

    def sealed_bytes(self) -> int:
        """How much lies in `out/`."""
        row = self._file.row("SELECT coalesce(sum(bytes), 0) FROM blob_out WHERE state = ?", (int(Out.SEALED),))
        return int(row[0]) if row else 0

    def ask_again(self) -> None:
        """The server was restored to an earlier state: it is asked anew which blobs it has."""
        with self._file.transaction() as connection:
            connection.execute("UPDATE blob_out SET state = 0 WHERE state = 3")

    def are_there(self, blob_ids: Sequence[bytes]) -> bool:
        """Whether the server holds all of these, as far as it said."""
        return all(
            self._file.row("SELECT 1 FROM blob_out WHERE blob_id = ? AND state = 3", (one,)) is not None
            for one in blob_ids
        )

    def out_path(self, blob_id: bytes) -> Path:
        """Where a blob that is to go up lies."""
        return self.out_folder / blob_id.hex()

    # -- down --

    def want(self, blobs: Iterable[SpooledBlob], now_ms: int = 0) -> None:
        """Ask for these. One that is asked for already moves up where it has become more urgent; one that was taken
        and is asked for again is fetched again; one that was refused gets another chance only from a person.
        """
        with self._file.transaction() as connection:
            connection.executemany(
                f"INSERT INTO blob_in ({_COLUMNS}, state, tries, wanted_ms) VALUES (?, ?, ?, ?, ?, 0, 0, ?)"  # noqa: S608
                " ON CONFLICT DO UPDATE SET rank = min(rank, excluded.rank), wanted_ms = excluded.wanted_ms,"
                " tries = 0, state = CASE WHEN state = 2 THEN 0 WHEN state = 3 AND excluded.rank < 0 THEN 0"
                " ELSE state END",
                [(*_row(one), now_ms) for one in blobs],
            )

    def wanted(self, rank: int, most: int) -> list[SpooledBlob]:
        """What is to come down of one rank; what a person waits for, the latest wish first."""
        return self._blobs(
            f"SELECT {_COLUMNS} FROM blob_in WHERE state = 0 AND rank = ? ORDER BY wanted_ms DESC, number LIMIT ?",  # noqa: S608
            (rank, most),
        )

    def arrived_here(self, blob_id: bytes) -> None:
        """It lies in `in/`, proven."""
        with self._file.transaction() as connection:
            connection.execute("UPDATE blob_in SET state = 1 WHERE blob_id = ?", (blob_id,))

    def here(self, most: int = 5000) -> list[SpooledBlob]:
        """What lies in `in/`, by chart."""
        return self._blobs(
            f"SELECT {_COLUMNS} FROM blob_in WHERE state = 1 ORDER BY rank, scope, number LIMIT ?",  # noqa: S608
            (most,),
        )

    def taken(self, blobs: Sequence[SpooledBlob]) -> None:
        """They are in their chart: the server is known to have them, and their files go."""
        with self._file.transaction() as connection:
            for one in blobs:
                connection.execute(
                    "UPDATE blob_in SET state = 2, rank = ? WHERE blob_id = ?", (rank_of(one.kind), one.blob_id)
                )
                connection.execute(
                    f"INSERT INTO blob_out ({_COLUMNS}, state) VALUES (?, ?, ?, ?, ?, 3)"  # noqa: S608
                    " ON CONFLICT DO UPDATE SET state = 3",
                    _row(one),
                )
        for one in blobs:
            self.in_path(one.blob_id).unlink(missing_ok=True)

    def refused(self, blob_id: bytes) -> bool:
        """What came was not it: it is asked for again, a few times; says whether this was the last."""
        for path in (self.in_path(blob_id), self.partial_path(blob_id)):
            path.unlink(missing_ok=True)
        with self._file.transaction() as connection:
            connection.execute(
                "UPDATE blob_in SET tries = tries + 1, state = CASE WHEN tries + 1 >= ? THEN 3 ELSE 0 END"
                " WHERE blob_id = ?",
                (MOST_TRIES, blob_id),
            )
            row = connection.execute("SELECT state FROM blob_in WHERE blob_id = ?", (blob_id,)).fetchone()
        return row is not None and row[0] == int(In.WRONG)

    def unwanted(self, blob_ids: Sequence[bytes]) -> None:
        """Nobody asks for these any more: their charts let them go."""
        with self._file.transaction() as connection:
            connection.executemany("DELETE FROM blob_in WHERE blob_id = ?", [(one,) for one in blob_ids])
        for one in blob_ids:
            self.in_path(one).unlink(missing_ok=True)
            self.partial_path(one).unlink(missing_ok=True)

    def in_path(self, blob_id: bytes) -> Path:
        """Where a blob that came down lies."""
        return self.in_folder / blob_id.hex()

    def partial_path(self, blob_id: bytes) -> Path:
        """Where it lies while it comes."""
        return self.in_folder / f"{blob_id.hex()}.part"

    # -- both --

    def waiting(self) -> BlobsWaiting:
        """How much is on its way."""
        out = self._file.row(
            f"SELECT coalesce(sum({_PHOTOS}), 0), coalesce(sum(bytes), 0) FROM blob_out WHERE state <> 3"  # noqa: S608
        )
        later = self._file.row("SELECT coalesce(sum(photos_later), 0), coalesce(sum(bytes_later), 0) FROM blob_chart")
        into = self._file.row(
            f"SELECT coalesce(sum({_PHOTOS}), 0), coalesce(sum(bytes), 0) FROM blob_in WHERE state = 0"  # noqa: S608
        )
        wrong = self._file.row("SELECT count(*) FROM blob_in WHERE state = 3")
        (photos, size), (photos_later, bytes_later) = out or (0, 0), later or (0, 0)
        photos_in, bytes_in = into or (0, 0)
        return BlobsWaiting(photos + photos_later, size + bytes_later, photos_in, bytes_in, wrong[0] if wrong else 0)

    def chart_marks(self) -> dict[str, tuple[int, int]]:
        """(generation everything was sealed at, generation everything was asked for at) by chart."""
        rows = self._file.rows("SELECT scope, sealed, wanted FROM blob_chart")
        return {row[0]: (int(row[1]), int(row[2])) for row in rows}

    def mark_sealed(self, scope: str, generation: int, photos_later: int = 0, bytes_later: int = 0) -> None:
        """Everything of the chart is sealed as of this generation; or so much of it will be later (generation 0)."""
        with self._file.transaction() as connection:
            connection.execute(
                "INSERT INTO blob_chart (scope, sealed, photos_later, bytes_later) VALUES (?, ?, ?, ?) ON CONFLICT DO"
                " UPDATE SET sealed = excluded.sealed, photos_later = excluded.photos_later,"
                " bytes_later = excluded.bytes_later",
                (scope, generation, photos_later, bytes_later),
            )

    def mark_wanted(self, scope: str, generation: int) -> None:
        """Everything this workstation keeps of the chart was asked for as of this generation."""
        with self._file.transaction() as connection:
            connection.execute(
                "INSERT INTO blob_chart (scope, wanted) VALUES (?, ?)"
                " ON CONFLICT DO UPDATE SET wanted = excluded.wanted",
                (scope, generation),
            )

    def forget_chart(self, scope: str) -> None:
        """Everything of an erased patient goes, files first."""
        for table in ("blob_out", "blob_in"):
            for (blob_id,) in self._file.rows(f"SELECT blob_id FROM {table} WHERE scope = ?", (scope,)):  # noqa: S608
                for path in (self.out_path(blob_id), self.in_path(blob_id), self.partial_path(blob_id)):
                    path.unlink(missing_ok=True)
        with self._file.transaction() as connection:
            for table in ("blob_out", "blob_in", "blob_chart"):
                connection.execute(f"DELETE FROM {table} WHERE scope = ?", (scope,))  # noqa: S608

    def _blobs(self, sql: str, values: Sequence[object]) -> list[SpooledBlob]:
        rows = self._file.rows(sql, values)
        return [SpooledBlob(bytes(row[0]), row[1], BlobKind(row[2]), int(row[3]), int(row[4])) for row in rows]


def _row(blob: SpooledBlob) -> tuple[bytes, str, int, int, int]:
    return blob.blob_id, blob.scope, int(blob.kind), blob.size_bytes, blob.rank
