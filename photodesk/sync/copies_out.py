"""Sealing what is to go up: every photo's copies as sealed blobs in the spool, the same blob on every workstation.

Thumbnails and screen pictures of every chart come before the first original; originals wait while much lies in the
spool already. For each blob: its file, then the chart's `copy` operation, then its row in the spool. Killed in
between, nothing is doubled: sealing again gives the same blob, and the server is asked what it has.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from photodesk.desk.session import Session
from photodesk.errors import Damaged, Fixable
from photodesk.progress import Cancel
from photodesk.store.catalog import ChartPointer
from photodesk.store.chart import Chart
from photodesk.store.chart_copies import KeptCopy, copy_of
from photodesk.store.chart_pieces import Piece
from photodesk.store.sealed_blob import BlobKind, BlobName
from photodesk.store.snapshot_announcing import announced_charts
from photodesk.sync.spool import Spool
from photodesk.sync.spool_blobs import BlobSpool, Out, SpooledBlob, rank_of

ROOM_BYTES = 4 << 30
FREE_BYTES = 1 << 30
TOGETHER, TOGETHER_BYTES = 64, 16 << 20
REASON = "sealed copy"


@dataclass(frozen=True)
class SealedOut:
    """How many blobs were sealed, and how many originals and files wait for room in the spool."""

    blobs: int
    size_bytes: int
    later: int


def seal_out(
    session: Session,
    spool: Spool,
    cancel: Cancel | None = None,
    room_bytes: int = ROOM_BYTES,
    tell: Callable[[], None] = lambda: None,
) -> SealedOut:
    """Seal what is new in every chart that changed; nothing without chart keys. In the desk's one writing lane.

    At most `room_bytes` of originals wait in the spool, and the disk keeps a gigabyte; the rest is sealed when there
    is room again. `tell` is called whenever something new lies in the spool, so that it can go while the rest is
    sealed. Cancelled: what was sealed stays. Fixable `disk_full`, `spool_refused`.
    """
    if not session.has_chart_keys:
        return SealedOut(0, 0, 0)
    return _Sealing(session, BlobSpool(spool.file), cancel or Cancel(), room_bytes, tell).run()


class _Sealing:
    def __init__(
        self, session: Session, blobs: BlobSpool, cancel: Cancel, room_bytes: int, told: Callable[[], None]
    ) -> None:
        self._session = session
        self._blobs = blobs
        self._cancel = cancel
        self._room_bytes = room_bytes
        self._told = told
        self._count = self._size = self._later = 0
        self._waiting_bytes = blobs.sealed_bytes()

    def run(self) -> SealedOut:
        for rest in self._blobs.out_folder.glob("*.part"):  # of a sealing that was killed
            rest.unlink(missing_ok=True)
        catalog = self._session.catalog
        self._blobs.forget_strangers(
            {one.chart_id for one in catalog.chart_pointers()} | announced_charts(catalog).keys()
        )
        due = list(changed_charts(self._session, {scope: mark[0] for scope, mark in self._blobs.chart_marks().items()}))
        for pointer in due:
            self._pictures(pointer)
        for pointer in due:
            self._originals(pointer)
        return SealedOut(self._count, self._size, self._later)

    def _pictures(self, pointer: ChartPointer) -> None:
        chart = self._session.charts.open(pointer.patient_id, hidden_too=True)
        waiting = [piece for piece in chart.pieces(originals=False) if piece.here]
        self._seal(chart, waiting)

    def _originals(self, pointer: ChartPointer) -> None:
        """What is left of a chart; it is done when nothing is left and nobody changed it meanwhile."""
        chart = self._session.charts.open(pointer.patient_id, hidden_too=True)
        before = chart.ledger.database.generation()
        written, left = self._seal(chart, [one for one in chart.pieces() if one.here and one.photo_key])
        later = [one for one in left if one.kind in {BlobKind.ORIGINAL, BlobKind.ATTACHMENT}]
        self._later += len(later)
        settled = not left and chart.ledger.database.generation() == before + written
        size = sum(one.size_bytes for one in left)
        self._blobs.mark_sealed(chart.chart_id, before + written if settled else 0, len(later), size)

    def _seal(self, chart: Chart, pieces: Sequence[Piece]) -> tuple[int, list[Piece]]:
        """Seal those that have no copy yet, or whose copy the server lacks; (commits made, what must wait)."""
        copies, known = chart.copies(), self._blobs.known_out(chart.chart_id)
        self._blobs.add_out(
            [_spooled(copy, chart.chart_id) for copy in _told(pieces, copies) if copy.blob_id not in known],
            Out.ASK,
        )
        due = [piece for piece in pieces if self._due(piece, copies, known)]
        left: list[Piece] = []
        written = 0
        for group in _groups(due):
            sealed = []
            for piece in group:
                self._cancel.check()
                if not self._has_room(piece):
                    left.append(piece)
                    continue
                copy = self._file(chart, piece)
                if copy is not None:
                    sealed.append(copy)
            written += self._tell(chart, sealed, copies)
        return written, left

    def _due(self, piece: Piece, copies: Mapping[str, KeptCopy], known: Mapping[bytes, Out]) -> bool:
        copy = copies.get(piece.uuid.hex())
        return copy is None or known.get(copy.blob_id) is Out.LACKING

    def _has_room(self, piece: Piece) -> bool:
        if piece.kind not in {BlobKind.ORIGINAL, BlobKind.ATTACHMENT}:
            return True
        if self._waiting_bytes and self._waiting_bytes + piece.size_bytes > self._room_bytes:
            return False
        return shutil.disk_usage(self._blobs.out_folder).free > piece.size_bytes * 2 + FREE_BYTES

    def _file(self, chart: Chart, piece: Piece) -> KeptCopy | None:
        """Seal a piece into its file; None where it went meanwhile or cannot be read, which a check tells of."""
        partial = self._blobs.out_folder / f"{piece.uuid.hex()}.part"
        try:
            pieces = chart.sealed(piece)
            if pieces is None:
                return None
            name = written(partial, pieces)
        except (Damaged, ValueError):
            partial.unlink(missing_ok=True)
            return None
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise Fixable(
                "disk_full", "There is no room left on this disk for the spool.", "Free some space."
            ) from error
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        partial.replace(self._blobs.out_path(name.digest()))
        self._waiting_bytes += name.size_bytes
        return copy_of(piece, name.digest(), name.size_bytes)

    def _tell(self, chart: Chart, sealed: Sequence[KeptCopy], copies: Mapping[str, KeptCopy]) -> int:
        """The chart says what is new, then the spool; how many commits that took."""
        new = [one for one in sealed if copies.get(one.copy_id) != one]
        if new:
            chart.record_copies(self._session.actor.change(REASON), new)
        if sealed:
            self._blobs.add_out([_spooled(one, chart.chart_id) for one in sealed], Out.SEALED)
            self._told()
        self._count += len(sealed)
        self._size += sum(one.size_bytes for one in sealed)
        return 1 if new else 0


def changed_charts(session: Session, marks: Mapping[str, int]) -> Iterator[ChartPointer]:
    """Charts of this workstation whose generation is not the one that is marked for them."""
    now = session.log.generations()
    for pointer in session.catalog.chart_pointers():
        changed = pointer.made and marks.get(pointer.chart_id, 0) != now.get(pointer.chart_id, -1)
        if changed and session.charts.has_file(pointer.chart_id):
            yield pointer


def _told(pieces: Sequence[Piece], copies: Mapping[str, KeptCopy]) -> Iterator[KeptCopy]:
    for piece in pieces:
        copy = copies.get(piece.uuid.hex())
        if copy is not None:
            yield copy


def _spooled(copy: KeptCopy, chart_id: str) -> SpooledBlob:
    return SpooledBlob(copy.blob_id, chart_id, copy.kind, copy.size_bytes, rank_of(copy.kind))


def written(path: Path, pieces: Iterator[bytes]) -> BlobName:
    """A sealed blob into a file of the spool; its name."""
    name = BlobName()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for piece in name.over(pieces):
            file.write(piece)
    return name


def _groups(pieces: Sequence[Piece]) -> Iterator[Sequence[Piece]]:
    group: list[Piece] = []
    for piece in pieces:
        group.append(piece)
        if len(group) == TOGETHER or sum(one.size_bytes for one in group) >= TOGETHER_BYTES:
            yield group
            group = []
    if group:
        yield group
