"""Filing bytes into a chart: written with their operations, committed, read back from the disk, then made known.

One shot by itself or several in one `filing`: the transaction, the reading back and what the catalog learns are then
shared, and the order stays: nothing is known as filed, or may leave the inbox, before it was read back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from photodesk.errors import Damaged
from photodesk.store.catalog import ContentState, KnownContent
from photodesk.store.change import Change
from photodesk.store.chart_corrections import ChartCorrecting
from photodesk.store.chart_writing import SPARE_BYTES
from photodesk.store.files import need_room
from photodesk.store.ledger import Writing
from photodesk.store.original_parts import BlobSource, write_parts
from photodesk.store.packs import Shot
from photodesk.store.projection import Edit

Describe = Callable[[Writing], None]


@dataclass(frozen=True)
class Filed:
    """The result of filing. `already`: the chart held these bytes before, and nothing was changed."""

    photo_id: str
    original_id: str
    already: bool
    content_id: bytes


@dataclass
class _Batch:
    """Shots filed in one transaction, and what is to be done once it is committed."""

    writing: Writing
    to_read_back: dict[str, str] = field(default_factory=dict)
    known: list[KnownContent] = field(default_factory=list)
    photos: set[str] = field(default_factory=set)


class ChartFiling(ChartCorrecting):
    """One open chart, as whoever files into it uses it."""

    _batch: _Batch | None = None

    @contextmanager
    def filing(self, change: Change, needed_bytes: int) -> Iterator[None]:
        """File the shots inside as one; `needed_bytes` is the size of all of them. Fixable `disk_full`.

        An error inside takes all of it back. When this ends without one, everything filed inside is committed, read
        back and known to catalog and index.
        """
        need_room(self.ledger.database.path.parent, 2 * needed_bytes + SPARE_BYTES)
        self._about_to_change()
        try:
            with self.ledger.writing(change, 2 * needed_bytes + SPARE_BYTES) as writing:
                self._batch = batch = _Batch(writing)
                yield
        finally:
            self._batch, self._listed = None, None
        self._settle(batch)

    def _settle(self, batch: _Batch) -> None:
        """After the commit: read back through a fresh connection, then made known."""
        with self.ledger.database.fresh() as connection:
            for original_id, sha256 in batch.to_read_back.items():
                self._read_back(original_id, sha256, connection)
        self._catalog.record_content(batch.known)
        index = self._catalog.index
        if batch.photos and index is not None:
            index.put(photo for photo_id in sorted(batch.photos) for photo in self._photos(photo_id))

    def _file(
        self, change: Change, shot: Shot, source: BlobSource, photo_id: str, place: int, describe: Describe
    ) -> Filed:
        batch = self._batch
        if batch is None:
            with self.filing(change, shot.size_bytes):
                return self._file(change, shot, source, photo_id, place, describe)
        content_id = self._keyset.content_id(bytes.fromhex(shot.sha256))
        held = self.content(content_id)
        if held is None:
            self._copy(batch.writing, shot, source, photo_id, place, content_id, describe)
        if held is None or held == shot.shot_id:
            batch.to_read_back[shot.shot_id] = shot.sha256
        original_id = held or shot.shot_id
        owner = self.photo_of(original_id)
        batch.known.append(KnownContent(content_id, ContentState.FILED, self.patient_id, owner, shot.job_id))
        if photo_id:
            batch.photos.add(owner)
        return Filed(owner, original_id, held is not None, content_id)

    def _copy(
        self,
        writing: Writing,
        shot: Shot,
        source: BlobSource,
        photo_id: str,
        place: int,
        content_id: bytes,
        describe: Describe,
    ) -> None:
        """Bytes, renditions, operations. The bytes pass through the write-ahead log: twice the room."""
        size, sha256 = write_parts(writing.connection, shot.shot_id, source.chunks())
        if sha256 != shot.sha256:
            raise Damaged(
                "copy_differs",
                f"The shot {shot.shot_id} in the inbox is not what was copied from the card.",
                "It was not filed. Import it from the card again.",
                photo_id=shot.shot_id,
            )
        describe(writing)
        fields = {
            "photo_id": photo_id,
            "place": place,
            "content_id": content_id,
            "sha256": sha256,
            "size_bytes": size,
            "media_type": shot.facts.media_type,
            "name": shot.name,
            "mtime_ms": shot.mtime_ms,
        }
        writing.record(self._scope, Edit("original", shot.shot_id, "add", fields))
