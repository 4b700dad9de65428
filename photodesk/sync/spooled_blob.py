"""A sealed photo on its way, as the spool's tables hold it, and the folder its file lies in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from photodesk.store.sealed_blob import BlobKind
from photodesk.sync.spool_file import SpoolFile

COLUMNS = "blob_id, scope, kind, bytes, rank"
PHOTOS = f"kind IN ({int(BlobKind.ORIGINAL)}, {int(BlobKind.ATTACHMENT)})"


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


def rank_of(kind: BlobKind) -> int:
    """Thumbnails before screen pictures before originals."""
    return {BlobKind.THUMBNAIL: 0, BlobKind.SCREEN: 1}.get(kind, 2)


def row_of(blob: SpooledBlob) -> tuple[bytes, str, int, int, int]:
    """Its values in the order of `COLUMNS`."""
    return blob.blob_id, blob.scope, int(blob.kind), blob.size_bytes, blob.rank


class BlobTable:
    """What the tables of both directions share. Thread-safe; a desk and the syncer use them at once."""

    def __init__(self, file: SpoolFile) -> None:
        self._file = file
        self.out_folder: Path = file.folder / "out"
        self.in_folder: Path = file.folder / "in"
        for folder in (self.out_folder, self.in_folder):
            folder.mkdir(mode=0o700, exist_ok=True)

    def _blobs(self, sql: str, values: Sequence[object]) -> list[SpooledBlob]:
        rows = self._file.rows(sql, values)
        return [SpooledBlob(bytes(row[0]), row[1], BlobKind(row[2]), int(row[3]), int(row[4])) for row in rows]
