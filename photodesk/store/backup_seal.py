"""Sealing for backups: what is sealed again under the same key is the same blob, so nothing is stored twice.

A chart's snapshot is under HKDF(salt = EK, ikm = CK), those of catalog and erasure keys under HKDF(salt = blob uuid,
ikm = DK), that of the inbox under HKDF(salt = blob uuid, ikm = CK), each in place of a photo key (formats, "Sealed
blob"). The uuid of the last three is drawn from the key and the plaintext's hash, as `fixed_name` draws a photo's.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from photodesk.crypto import derive, label
from photodesk.errors import Damaged
from photodesk.store.backup_record import Blob, Part
from photodesk.store.backup_target import Pieces, Stored, Target, blob_path, reads_badly
from photodesk.store.keyset import KeySet
from photodesk.store.sealed_blob import HEADER_BYTES, BlobKind, fixed_name, open_blob, read_header, seal_blob

_SNAPSHOT = "snapshot"


@dataclass(frozen=True)
class Plain:
    """What is to be sealed: its bytes, as often as they are asked for, their hash and how many they are."""

    pieces: Pieces
    sha256: bytes
    size_bytes: int


def plain(data: bytes) -> Plain:
    """Bytes that are in memory."""
    return Plain(lambda: iter((data,)), hashlib.sha256(data).digest(), len(data))


@dataclass
class Shelf:
    """The blobs of one backup: what is there, and what this run has written. `clinic_id` is 16 bytes.

    `step` is called after every blob and may raise to stop; `originals` counts photos and files since it was last set.
    """

    target: Target
    clinic_id: bytes
    there: dict[str, int]
    step: Callable[[], None] = lambda: None
    files: int = 0
    written_bytes: int = 0
    originals: int = 0

    def holds(self, blob: Blob) -> bool:
        """Whether this blob is there in its full length."""
        return self.there.get(blob_path(blob.blob_id)) == blob.size_bytes

    def put(self, secret: bytes, kind: BlobKind, content: Plain) -> Blob:
        """Seal and store; where it is there already nothing is written. Damaged `source_differs` where the bytes are
        not what their hash says, `backup_reads_badly`; Fixable `backup_full`, `backup_gone`.
        """
        uuid, salt = fixed_name(secret, kind, content.sha256)
        self.originals += kind in {BlobKind.ORIGINAL, BlobKind.ATTACHMENT}
        return self._put(secret, kind, content, uuid, salt)

    def put_under(self, key: bytes, content: Plain) -> Blob:
        """A snapshot under a key of the clinic."""
        uuid, salt = fixed_name(key, BlobKind.SNAPSHOT, content.sha256)
        return self._put(clinic_secret(key, uuid), BlobKind.SNAPSHOT, content, uuid, salt)

    def _put(self, secret: bytes, kind: BlobKind, content: Plain, uuid: bytes, salt: bytes) -> Blob:
        def pieces() -> Iterator[bytes]:
            whole = proven(content)
            return seal_blob(whole, content.size_bytes, kind, secret, self.clinic_id, uuid, salt)

        def check(stream: BinaryIO) -> None:
            digest = hashlib.sha256()
            try:
                for piece in open_blob(stream, secret, self.clinic_id, kind):
                    digest.update(piece)
            except Damaged:
                raise reads_badly() from None
            if digest.digest() != content.sha256:
                raise reads_badly()

        stored = self.target.put_blob(pieces, check, lambda name, size: self.there.get(name) == size)
        self._count(stored)
        return Blob(stored.name.rpartition("/")[2], stored.size_bytes)

    def _count(self, stored: Stored) -> None:
        if stored.new:
            self.there[stored.name] = stored.size_bytes
            self.files += 1
            self.written_bytes += stored.size_bytes
        self.step()


def chart_secret(chart_key: bytes, erasure_key: bytes) -> bytes:
    """What a chart's snapshot is sealed under: CK of an epoch, and the patient's EK."""
    return derive(chart_key, erasure_key, label(_SNAPSHOT))


def clinic_secret(key: bytes, uuid: bytes) -> bytes:
    """What a snapshot of the clinic is sealed under: DK (CK for the inbox) and the blob's own id."""
    return derive(key, uuid, label(_SNAPSHOT))


def key_of(keyset: KeySet, part: Part, epoch: int) -> bytes:
    """DK or CK of an epoch; Damaged `backup_key_missing`."""
    keys = keyset.chart_keys if part is Part.INBOX else keyset.desk_keys
    if epoch not in keys:
        raise Damaged("backup_key_missing", "The backup was sealed under a key that is not at hand.")
    return keys[epoch]


def open_under(key: bytes, clinic_id: bytes, stream: BinaryIO) -> bytes:
    """A snapshot that `put_under` sealed. Damaged `not_authentic`, `blob_truncated`, `bad_blob`."""
    data = stream.read()
    header = read_header(data[:HEADER_BYTES])
    secret = clinic_secret(key, header.uuid)
    return b"".join(open_blob(io.BytesIO(data), secret, clinic_id, BlobKind.SNAPSHOT))


def proven(content: Plain) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    for piece in content.pieces():
        digest.update(piece)
        size += len(piece)
        if size > content.size_bytes:
            break
        yield piece
    if (digest.digest(), size) != (content.sha256, content.size_bytes):
        raise Damaged("source_differs", "A photo in the store is not what was filed.")
