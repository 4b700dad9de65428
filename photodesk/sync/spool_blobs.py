"""Sealed photos in the spool: what is to go up, what is to come down, and the files in between.

Rows hold blob ids, lengths, kinds and the chart's opaque id; files in `out/` and `in/` are sealed blobs under their id.
Neither file counts as anything until its id is proven over its bytes, so none needs to be synced: one that a power cut
tore is sealed, or fetched, again. All of it may be lost: charts say what copies there are, the server which it has.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from photodesk.sync.spool_blobs_in import URGENT, BlobsIn, In
from photodesk.sync.spool_blobs_out import BlobsOut, Out
from photodesk.sync.spooled_blob import PHOTOS, SpooledBlob, rank_of

__all__ = ["URGENT", "BlobSpool", "BlobsWaiting", "In", "Out", "SpooledBlob", "rank_of"]


@dataclass(frozen=True)
class BlobsWaiting:
    """What still has to travel, in photos (originals and files) and in bytes of everything."""

    photos_out: int
    bytes_out: int
    photos_in: int
    bytes_in: int
    wrong: int


class BlobSpool(BlobsOut, BlobsIn):
    """Thread-safe; a desk and the syncer use it at once."""

    def waiting(self) -> BlobsWaiting:
        """How much is on its way."""
        out = self._file.row(
            f"SELECT coalesce(sum({PHOTOS}), 0), coalesce(sum(bytes), 0) FROM blob_out WHERE state <> 3"  # noqa: S608
        )
        later = self._file.row("SELECT coalesce(sum(photos_later), 0), coalesce(sum(bytes_later), 0) FROM blob_chart")
        into = self._file.row(
            f"SELECT coalesce(sum({PHOTOS}), 0), coalesce(sum(bytes), 0) FROM blob_in WHERE state = 0"  # noqa: S608
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

    def forget_strangers(self, charts: Collection[str]) -> None:
        """Everything of charts that are not among these goes: their patients were erased."""
        known = frozenset(charts)
        held = "SELECT scope FROM blob_out UNION SELECT scope FROM blob_in UNION SELECT scope FROM blob_chart"
        for (scope,) in self._file.rows(held):
            if scope not in known:
                self.forget_chart(scope)

    def forget_chart(self, scope: str) -> None:
        """Everything of an erased patient goes, files first."""
        for table in ("blob_out", "blob_in"):
            for (blob_id,) in self._file.rows(f"SELECT blob_id FROM {table} WHERE scope = ?", (scope,)):  # noqa: S608
                for path in (self.out_path(blob_id), self.in_path(blob_id), self.partial_path(blob_id)):
                    path.unlink(missing_ok=True)
        with self._file.transaction() as connection:
            for table in ("blob_out", "blob_in", "blob_chart"):
                connection.execute(f"DELETE FROM {table} WHERE scope = ?", (scope,))  # noqa: S608
