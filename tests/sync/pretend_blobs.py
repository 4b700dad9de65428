"""A server's blobs in memory, as `BlobLine` sees them: honest unless told otherwise; `cut` may end any request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from photodesk.errors import Fixable, Refused
from photodesk.sync.blob_parts import PART_BYTES, id_of_parts, part_count, part_hash, part_length
from photodesk.sync.line import UploadState


class PretendBlobs:
    """`cut(what)` is asked before and after each request takes effect, and inside a download; it raises to cut."""

    def __init__(self) -> None:
        self.blobs: dict[bytes, bytes] = {}
        self.uploads: dict[bytes, tuple[int, dict[int, bytes]]] = {}
        self.completed: list[bytes] = []
        self.asked: list[tuple[str, bytes]] = []
        self.quota = 1 << 60
        self.whole_bytes = 0
        self.cut: Callable[[str], None] = lambda _what: None
        self.spoil: Callable[[bytes, bytes], bytes] = lambda _blob_id, data: data

    def missing_blobs(self, blob_ids: Sequence[bytes]) -> list[bytes]:
        self.cut("missing")
        return [one for one in blob_ids if one not in self.blobs]

    def begin_upload(self, blob_id: bytes, length: int) -> UploadState:
        self.cut("begin")
        self.asked.append(("begin", blob_id))
        if blob_id in self.blobs:
            return UploadState("", (), True)
        if sum(map(len, self.blobs.values())) + length > self.quota:
            raise Fixable("quota_full", "The clinic's room on this server is used up.", "Ask for more.")
        _, parts = self.uploads.setdefault(blob_id, (length, {}))
        self.cut("begun")
        return UploadState(blob_id.hex(), tuple(sorted(parts)), False)

    def put_whole(self, blob_id: bytes, data: bytes) -> None:
        upload = self.begin_upload(blob_id, len(data))
        if not upload.done:
            self.put_part(upload.upload_id, 0, data)
            self.complete_upload(upload.upload_id)

    def put_part(self, upload_id: str, number: int, data: bytes) -> None:
        self.cut("part")
        length, parts = self.uploads[bytes.fromhex(upload_id)]
        assert len(data) == part_length(length, number)
        self.asked.append(("part", bytes.fromhex(upload_id)))
        parts[number] = data
        self.cut("part kept")

    def complete_upload(self, upload_id: str) -> None:
        self.cut("complete")
        blob_id = bytes.fromhex(upload_id)
        if blob_id in self.blobs:
            return
        length, parts = self.uploads[blob_id]
        if len(parts) != part_count(length):
            raise Refused("parts_missing", "", "")
        if id_of_parts(length, [part_hash(parts[number]) for number in range(len(parts))]) != blob_id:
            parts.clear()
            raise Refused("blob_wrong", "", "")
        self.blobs[blob_id] = b"".join(parts[number] for number in range(len(parts)))
        self.completed.append(blob_id)
        self.cut("completed")

    def read_blob(self, blob_id: bytes, start: int, end: int) -> AbstractContextManager[Iterator[bytes]]:
        return self._read(blob_id, start, end)

    @contextmanager
    def _read(self, blob_id: bytes, start: int, end: int) -> Iterator[Iterator[bytes]]:
        self.cut("read")
        if blob_id not in self.blobs:
            raise Refused("unknown", "", "")
        assert end - start <= PART_BYTES
        self.asked.append(("read", blob_id))
        yield self._pieces(self.spoil(blob_id, self.blobs[blob_id])[start:end])

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), 1 << 18):
            self.cut("piece")
            yield data[start : start + (1 << 18)]
