"""Class 4: photo copies swapped between photos, patients, clinics; truncated, reordered, of the wrong kind."""

from __future__ import annotations

import io
import os
from collections.abc import Callable

from photodesk.progress import Cancel
from photodesk.store.sealed_blob import CHUNK_BYTES, HEADER_BYTES, BlobKind, BlobName, open_blob, seal_blob
from photodesk.sync.blob_parts import PART_BYTES
from photodesk.sync.blob_step import BlobStep
from photodesk.sync.passing import Pass
from photodesk.sync.spool_blobs import BlobSpool, SpooledBlob, rank_of
from tests.sync.hostile.stage import SILENT, Stage, comes_to
from tests.sync.pretend_blobs import PretendBlobs

KEY, CLINIC = bytes(range(32)), bytes(16)


def sealed(data: bytes, key: bytes = KEY, clinic: bytes = CLINIC, kind: BlobKind = BlobKind.SCREEN) -> bytes:
    """A photo's copy."""
    return b"".join(seal_blob([data], len(data), kind, key, clinic))


def named(data: bytes, kind: BlobKind = BlobKind.SCREEN) -> SpooledBlob:
    """A blob under the id over its bytes."""
    name = BlobName()
    name.add(data)
    return SpooledBlob(name.digest(), "ab" * 16, kind, len(data), rank_of(kind))


def fetch(stage: Stage, data: bytes, spoil: Callable[[bytes], bytes]) -> None:
    """The victim wants a blob, and is given another one."""
    server, blobs = PretendBlobs(), BlobSpool(stage.b.spool.file)
    wanted = named(data)
    server.blobs[wanted.blob_id] = data
    server.spoil = lambda _blob_id, whole: spoil(whole)
    blobs.want([wanted])
    stage.remember()
    Pass([BlobStep(server, stage.b.spool)], stage.b.alarms).run(Cancel())  # type: ignore[arg-type]


@comes_to(SILENT)
def swapped(stage: Stage) -> None:
    """Another photo's copy of the same size."""
    fetch(stage, sealed(b"one"), lambda _whole: sealed(b"two"))


@comes_to(SILENT)
def altered(stage: Stage) -> None:
    """A bit of the copy is flipped."""
    fetch(stage, sealed(b"one"), lambda whole: whole[:120] + bytes([whole[120] ^ 1]) + whole[121:])


@comes_to("server_offline")
def truncated(stage: Stage) -> None:
    """The copy ends too early."""
    fetch(stage, sealed(b"one"), lambda whole: whole[:-1])


@comes_to(SILENT)
def parts_reordered(stage: Stage) -> None:
    """The parts of a large copy change places."""
    data = os.urandom(2 * PART_BYTES)
    fetch(stage, data, lambda whole: whole[PART_BYTES:] + whole[:PART_BYTES])


@comes_to(SILENT)
def of_zeros(stage: Stage) -> None:
    """Zeros of the right length."""
    fetch(stage, sealed(b"one"), lambda whole: bytes(len(whole)))


@comes_to(SILENT)
def older_copy(stage: Stage) -> None:
    """The same photo sealed another time."""
    fetch(stage, sealed(b"one"), lambda _whole: sealed(b"one"))


def opened(data: bytes, key: bytes = KEY, clinic: bytes = CLINIC, kind: BlobKind = BlobKind.SCREEN) -> None:
    """What a chart does with a copy that came."""
    list(open_blob(io.BytesIO(data), key, clinic, kind))


@comes_to("not_authentic")
def of_another_patient(_stage: Stage) -> None:
    """A copy under another photo's key, with an id that fits it."""
    opened(sealed(b"one", key=bytes(32)))


@comes_to("not_authentic")
def of_another_clinic(_stage: Stage) -> None:
    """A copy sealed for another clinic."""
    opened(sealed(b"one", clinic=b"\x01" * 16))


@comes_to("not_authentic")
def of_another_kind(_stage: Stage) -> None:
    """A thumbnail in the place of the original."""
    opened(sealed(b"one", kind=BlobKind.THUMBNAIL), kind=BlobKind.ORIGINAL)


@comes_to("not_authentic")
def chunks_reordered(_stage: Stage) -> None:
    """Two chunks inside a copy change places."""
    data, one = sealed(os.urandom(3 * CHUNK_BYTES)), CHUNK_BYTES + 16
    first, second = data[HEADER_BYTES : HEADER_BYTES + one], data[HEADER_BYTES + one : HEADER_BYTES + 2 * one]
    opened(data[:HEADER_BYTES] + second + first + data[HEADER_BYTES + 2 * one :])


@comes_to("blob_truncated")
def last_chunk_cut(_stage: Stage) -> None:
    """The last chunk of a copy is left out."""
    data = sealed(os.urandom(3 * CHUNK_BYTES))
    opened(data[: HEADER_BYTES + CHUNK_BYTES + 16])


ATTACKS = (
    swapped,
    altered,
    truncated,
    parts_reordered,
    of_zeros,
    older_copy,
    of_another_patient,
    of_another_clinic,
    of_another_kind,
    chunks_reordered,
    last_chunk_cut,
)
