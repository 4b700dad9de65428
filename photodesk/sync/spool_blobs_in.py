"""Sealed photos that are to come down: where each stands, and its file in `in/`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from pathlib import Path

from photodesk.sync.spooled_blob import COLUMNS, PHOTOS, BlobTable, SpooledBlob, rank_of, row_of

URGENT, MOST_TRIES = -1, 3
AGAIN_MS = 12 * 3_600_000
_REFUSED = (
    "UPDATE blob_in SET tries = tries + 1, state = CASE WHEN tries + 1 >= ? THEN 3 ELSE 0 END,"
    " wanted_ms = CAST(strftime('%s', 'now') AS INTEGER) * 1000 WHERE blob_id = ?"
)
_WANTED = "SELECT count(*) FROM blob_in WHERE state = 0"
_AGAIN = (
    "UPDATE blob_in SET state = 0, tries = ? WHERE state = 3"
    " AND wanted_ms <= CAST(strftime('%s', 'now') AS INTEGER) * 1000 - ?"
)


class In(IntEnum):
    """Where a blob of the server's stands: wanted, in `in/` and proven, in its chart, refused for good."""

    WANTED = 0
    HERE = 1
    TAKEN = 2
    WRONG = 3


class BlobsIn(BlobTable):
    """Blobs of the server's."""

    def want(self, blobs: Iterable[SpooledBlob], now_ms: int = 0) -> int:
        """Ask for these; how many were not asked for before. One that is asked for already moves up where it has
        become more urgent; one that was taken and is asked for again is fetched again; one that was refused gets
        another chance only from a person. However often one is asked for, refusals go on counting.
        """
        with self._file.transaction() as connection:
            before = connection.execute(_WANTED).fetchone()[0]
            connection.executemany(
                f"INSERT INTO blob_in ({COLUMNS}, state, tries, wanted_ms) VALUES (?, ?, ?, ?, ?, 0, 0, ?)"  # noqa: S608
                " ON CONFLICT DO UPDATE SET rank = min(rank, excluded.rank),"
                " wanted_ms = max(wanted_ms, excluded.wanted_ms),"
                f" tries = CASE WHEN state = 2 THEN 0 WHEN state = 3 AND excluded.rank < 0 THEN {MOST_TRIES - 1}"
                " ELSE tries END,"
                " state = CASE WHEN state = 2 THEN 0 WHEN state = 3 AND excluded.rank < 0 THEN 0 ELSE state END",
                [(*row_of(one), now_ms) for one in blobs],
            )
            return int(connection.execute(_WANTED).fetchone()[0]) - int(before)

    def wanted(self, rank: int, most: int) -> list[SpooledBlob]:
        """What is to come down of one rank; what a person waits for, the latest wish first."""
        return self._blobs(
            f"SELECT {COLUMNS} FROM blob_in WHERE state = 0 AND rank = ? ORDER BY wanted_ms DESC, number LIMIT ?",  # noqa: S608
            (rank, most),
        )

    def arrived_here(self, blob_id: bytes) -> None:
        """It lies in `in/`, proven."""
        with self._file.transaction() as connection:
            connection.execute("UPDATE blob_in SET state = 1 WHERE blob_id = ?", (blob_id,))

    def here(self, most: int = 5000) -> list[SpooledBlob]:
        """Copies of photos that lie in `in/`, by chart."""
        return self._blobs(
            f"SELECT {COLUMNS} FROM blob_in WHERE state = 1 AND kind <> 5 ORDER BY rank, scope, number LIMIT ?",  # noqa: S608
            (most,),
        )

    def stands(self, blob_id: bytes) -> tuple[In, int] | None:
        """(where one of them stands, how often what came was not it); None where nobody asks for it."""
        row = self._file.row("SELECT state, tries FROM blob_in WHERE blob_id = ?", (blob_id,))
        return None if row is None else (In(row[0]), int(row[1]))

    def want_snapshot(self, blob: SpooledBlob, now_ms: int) -> None:
        """Ask for a chart's snapshot, and no longer for an earlier one."""
        old = self._file.rows(
            "SELECT blob_id FROM blob_in WHERE scope = ? AND kind = 5 AND state <> 2 AND blob_id <> ?",
            (blob.scope, blob.blob_id),
        )
        self.unwanted([bytes(row[0]) for row in old])
        self.want([blob], now_ms)

    def taken(self, blobs: Sequence[SpooledBlob]) -> None:
        """They are in their chart: the server is known to have them, and their files go."""
        with self._file.transaction() as connection:
            for one in blobs:
                connection.execute(
                    "UPDATE blob_in SET state = 2, rank = ? WHERE blob_id = ?", (rank_of(one.kind), one.blob_id)
                )
                connection.execute(
                    f"INSERT INTO blob_out ({COLUMNS}, state) VALUES (?, ?, ?, ?, ?, 3)"  # noqa: S608
                    " ON CONFLICT DO UPDATE SET state = 3",
                    row_of(one),
                )
        for one in blobs:
            self.in_path(one.blob_id).unlink(missing_ok=True)

    def refused(self, blob_id: bytes) -> bool:
        """What came was not it: it is asked for again, a few times; says whether this was the last."""
        for path in (self.in_path(blob_id), self.partial_path(blob_id)):
            path.unlink(missing_ok=True)
        with self._file.transaction() as connection:
            connection.execute(_REFUSED, (MOST_TRIES, blob_id))
            row = connection.execute("SELECT state FROM blob_in WHERE blob_id = ?", (blob_id,)).fetchone()
        return row is not None and row[0] == int(In.WRONG)

    def another_chance(self, after_ms: int = AGAIN_MS) -> None:
        """What was refused for good a while ago is asked for once more: the server may have been repaired."""
        with self._file.transaction() as connection:
            connection.execute(_AGAIN, (MOST_TRIES - 1, after_ms))

    def unwanted(self, blob_ids: Sequence[bytes]) -> None:
        """Nobody asks for these any more: their charts let them go."""
        with self._file.transaction() as connection:
            connection.executemany("DELETE FROM blob_in WHERE blob_id = ?", [(one,) for one in blob_ids])
        for one in blob_ids:
            self.in_path(one).unlink(missing_ok=True)
            self.partial_path(one).unlink(missing_ok=True)

    def fetched_originals(self) -> list[SpooledBlob]:
        """Originals and files that were taken, those that were asked for the longest ago first."""
        return self._blobs(
            f"SELECT {COLUMNS} FROM blob_in WHERE state = 2 AND {PHOTOS} ORDER BY wanted_ms, number",  # noqa: S608
            (),
        )

    def in_path(self, blob_id: bytes) -> Path:
        """Where a blob that came down lies."""
        return self.in_folder / blob_id.hex()

    def partial_path(self, blob_id: bytes) -> Path:
        """Where it lies while it comes."""
        return self.in_folder / f"{blob_id.hex()}.part"
