"""Photos of a pass: sealed blobs up and down in their order, resuming where they stood, a few at once.

First what a person waits for, then thumbnails, screen pictures, originals; of each, down before up. The server says
which parts it holds; a blob counts as sent once it is complete there, as fetched once its id is proven over its bytes.
Everything may be said twice: the same part, the same completion, the same range again change nothing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import BinaryIO

from photodesk.errors import Fixable, PhotoDeskError, Refused
from photodesk.progress import Cancel
from photodesk.store.sealed_blob import BlobKind, BlobName
from photodesk.sync.abreast import Abreast
from photodesk.sync.blob_parts import PART_BYTES, part_count, part_length
from photodesk.sync.line import BlobLine, UploadState
from photodesk.sync.spool import Spool
from photodesk.sync.spool_blobs import URGENT, BlobSpool, Out, SpooledBlob

ASKED, LISTED = 1000, 64
RANKS = (URGENT, 0, 1, 2)
UNKNOWN, FULL = "unknown", "quota_full"


class BlobStep:
    """`pool` runs a few requests at once; without one they go in turn."""

    name = "blobs"

    def __init__(self, line: BlobLine, spool: Spool, pool: Executor | None = None) -> None:
        self._line = line
        self._blobs = BlobSpool(spool.file)
        self._pool = pool

    def run(self, cancel: Cancel) -> int:
        """Send and fetch all there is; how many blobs. Fixable `quota_full` once all that can come down has come."""
        self._blobs.another_chance()
        self._ask(cancel)
        return _Travel(self._line, self._blobs, Abreast(self._pool), cancel).run()

    def _ask(self, cancel: Cancel) -> None:
        """Which of those that the server may have it has."""
        while waiting := self._blobs.out_in(Out.ASK, ASKED):
            cancel.check()
            ids = [one.blob_id for one in waiting]
            missing = frozenset(self._line.missing_blobs(ids))
            self._blobs.set_out([one for one in ids if one not in missing], Out.THERE)
            self._blobs.set_out([one for one in ids if one in missing], Out.LACKING)


class _Travel:
    """One run of the step."""

    def __init__(self, line: BlobLine, blobs: BlobSpool, abreast: Abreast, cancel: Cancel) -> None:
        self._line = line
        self._blobs = blobs
        self._abreast = abreast
        self._cancel = cancel
        self._begun = _Begun()
        self._full: PhotoDeskError | None = None

    def run(self) -> int:
        try:
            while True:
                started = False
                for work in self._next():
                    self._cancel.check()
                    self._abreast.start(work)
                    started = True
                    if self._blobs.wanted(URGENT, 1):
                        break  # what a person waits for goes first
                if not started and not self._abreast.busy:
                    break
                if not started:
                    self._abreast.wait()
        finally:
            self._abreast.end()
        if self._full is not None:
            raise self._full
        return self._begun.moved

    def _next(self) -> Iterator[Callable[[], None]]:
        """What is to be done now, the most urgent first; each blob once in a run."""
        begun = self._begun.now()  # before the spool is asked: what ends meanwhile is not begun anew
        for rank in RANKS:
            down = [one for one in self._blobs.wanted(rank, LISTED + len(begun)) if one.blob_id not in begun]
            if down:
                for blob in down[:LISTED]:
                    self._begun.begin(blob)
                    yield self._fetching(blob)
                return
            if self._full is None:
                up = [one for one in self._sealed(rank, LISTED + len(begun)) if one.blob_id not in begun]
                if up:
                    for blob in up[:LISTED]:
                        self._begun.begin(blob)
                        yield from self._sending(blob)
                    return

    def _sealed(self, rank: int, most: int) -> list[SpooledBlob]:
        return [one for one in self._blobs.out_in(Out.SEALED, most) if one.rank == rank]

    # -- up --

    def _sending(self, blob: SpooledBlob) -> Iterator[Callable[[], None]]:
        if part_count(blob.size_bytes) == 1:
            yield lambda: self._upload(blob)
            return
        upload = self._begin(blob)
        if upload is None:
            return
        missing = [number for number in range(part_count(blob.size_bytes)) if number not in upload.parts]
        left = _Left(len(missing))
        if not missing:
            yield lambda: self._complete(blob, upload)
        for number in missing:
            yield self._part(blob, upload, number, left)

    def _upload(self, blob: SpooledBlob) -> None:
        """A blob of one part."""
        if blob.size_bytes <= self._line.whole_bytes:
            self._upload_whole(blob)
            return
        upload = self._begin(blob)
        if upload is None:
            return
        if not upload.parts:
            self._put(blob, upload, 0)
        self._complete(blob, upload)

    def _upload_whole(self, blob: SpooledBlob) -> None:
        self._cancel.check()
        data = _read(self._blobs.out_path(blob.blob_id), 0, blob.size_bytes + 1)
        if len(data) != blob.size_bytes:
            self._blobs.set_out([blob.blob_id], Out.LACKING)  # to be sealed again
        elif self._may(lambda: self._line.put_whole(blob.blob_id, data), blob):
            self._sent(blob)

    def _part(self, blob: SpooledBlob, upload: UploadState, number: int, left: _Left) -> Callable[[], None]:
        def work() -> None:
            if self._put(blob, upload, number) and left.one_less():
                self._complete(blob, upload)

        return work

    def _begin(self, blob: SpooledBlob) -> UploadState | None:
        """The upload where it stands; None where the blob is there already, or cannot go now."""
        if _size(self._blobs.out_path(blob.blob_id)) != blob.size_bytes:
            self._blobs.set_out([blob.blob_id], Out.LACKING)  # to be sealed again
            return None
        try:
            upload = self._line.begin_upload(blob.blob_id, blob.size_bytes)
        except PhotoDeskError as error:
            if error.code != FULL:
                raise
            self._full = error
            return None
        if upload.done:
            self._sent(blob)
            return None
        return upload

    def _put(self, blob: SpooledBlob, upload: UploadState, number: int) -> bool:
        length = part_length(blob.size_bytes, number)
        self._cancel.check()
        data = _read(self._blobs.out_path(blob.blob_id), number * PART_BYTES, length)
        if len(data) != length:
            self._blobs.set_out([blob.blob_id], Out.LACKING)
            return False
        self._line.put_part(upload.upload_id, number, data)
        return True

    def _complete(self, blob: SpooledBlob, upload: UploadState) -> None:
        if self._may(lambda: self._line.complete_upload(upload.upload_id), blob):
            self._sent(blob)

    def _may(self, complete: Callable[[], None], blob: SpooledBlob) -> bool:
        """Whether the server took the blob as it is."""
        try:
            complete()
        except PhotoDeskError as error:
            if error.code == FULL:
                self._full = error
            elif error.code in {"blob_wrong", "parts_missing"}:  # the file was torn: it is sealed, and sent, again
                self._blobs.out_path(blob.blob_id).unlink(missing_ok=True)
                self._blobs.set_out([blob.blob_id], Out.LACKING)
            else:
                raise
            return False
        return True

    def _sent(self, blob: SpooledBlob) -> None:
        self._blobs.arrived_there(blob.blob_id)
        self._begun.end(blob)

    # -- down --

    def _fetching(self, blob: SpooledBlob) -> Callable[[], None]:
        return lambda: self._fetch(blob)

    def _fetch(self, blob: SpooledBlob) -> None:
        """The rest of a blob after what is here; proven whole before it counts."""
        partial = self._blobs.partial_path(blob.blob_id)
        here = _size(partial)
        if here > blob.size_bytes:
            partial.unlink()
            here = 0
        name = BlobName()
        with _opened(partial) as file:
            name.take(file)
            try:
                while name.size_bytes < blob.size_bytes:
                    self._range(blob, file, name)
            except Refused as refused:
                if refused.code != UNKNOWN:
                    raise
                if blob.kind is BlobKind.SNAPSHOT:
                    self._blobs.refused(blob.blob_id)  # nobody waits for one: there is another way
                return  # whoever has it has not sent it yet
        if name.digest() != blob.blob_id:
            self._blobs.refused(blob.blob_id)
            return
        partial.replace(self._blobs.in_path(blob.blob_id))
        self._blobs.arrived_here(blob.blob_id)
        self._begun.end(blob)

    def _range(self, blob: SpooledBlob, file: BinaryIO, name: BlobName) -> None:
        start = name.size_bytes
        end = min(blob.size_bytes, (start // PART_BYTES + 1) * PART_BYTES)
        self._cancel.check()
        with self._line.read_blob(blob.blob_id, start, end) as pieces:
            for piece in pieces:
                taken = piece[: end - name.size_bytes]
                file.write(taken)
                name.add(taken)
        if name.size_bytes < end:
            raise Fixable(
                "server_offline", "The clinic server broke off in the middle of a photo.", "It goes on by itself."
            )


class _Begun:
    """Blobs a run has begun, for threads that end them. One that moved stands so in the spool and is not listed again:
    only what is on its way, or could not be moved, is remembered.
    """

    def __init__(self) -> None:
        self._ids: set[bytes] = set()
        self._lock = threading.Lock()
        self.moved = 0

    def now(self) -> frozenset[bytes]:
        """Those that are not to be begun."""
        with self._lock:
            return frozenset(self._ids)

    def begin(self, blob: SpooledBlob) -> None:
        """It is on its way."""
        with self._lock:
            self._ids.add(blob.blob_id)

    def end(self, blob: SpooledBlob) -> None:
        """It has moved."""
        with self._lock:
            self._ids.discard(blob.blob_id)
            self.moved += 1


class _Left:
    """Counts down parts that several threads send."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._lock = threading.Lock()

    def one_less(self) -> bool:
        """Whether that was the last."""
        with self._lock:
            self._count -= 1
            return not self._count


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _read(path: Path, start: int, length: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(length)
    except FileNotFoundError:
        return b""


def _opened(path: Path) -> BinaryIO:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    return os.fdopen(descriptor, "r+b")
