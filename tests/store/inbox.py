"""Shots for tests: packs with made-up bytes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator

from photodesk import ids
from photodesk.photos import CameraTime, PhotoFacts, Rendition
from photodesk.store.packs import PackReader, PackWriter, Shot
from tests.store.conftest import Store

FACTS = PhotoFacts("image/jpeg", 4000, 3000, camera_time=CameraTime("2026-11-20T09:14:05"))
RENDITIONS = {Rendition.THUMBNAIL: b"\xff\xd8 thumbnail", Rendition.SCREEN: b"\xff\xd8 screen"}


class MemorySource:
    """A `BlobSource` over bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def chunks(self) -> Iterator[bytes]:
        """All of it at once."""
        yield self._data


def shot_of(data: bytes, name: str = "IMG_0001.JPG", job_id: str = "") -> tuple[Shot, MemorySource]:
    """A verified shot that is in no pack, and its bytes."""
    digest = hashlib.sha256(data).hexdigest()
    shot = Shot(ids.ordered_id(), job_id or ids.random_id(), name, len(data), 1, digest, "verified", FACTS, True, "")
    return shot, MemorySource(data)


def packed(store: Store, contents: list[bytes], job_id: str = "") -> tuple[str, PackReader]:
    """A finished pack with these files, opened by a desk."""
    job = job_id or ids.random_id()
    keys = store.keyset
    writer = PackWriter.create(
        store.layout, job, 1, keys.clinic_id, keys.inbox_public, keys.inbox_epoch, keys.kem.public, store.keeper
    )
    for place, data in enumerate(contents):
        shot_id, sha256 = writer.add_shot(f"IMG_{place:04}.JPG", len(data), 1, [data])
        assert sha256 == hashlib.sha256(data).hexdigest()
        writer.set_renditions(shot_id, b"\xff\xd8 thumbnail", b"\xff\xd8 screen", FACTS)
        assert writer.read_back(shot_id) == sha256
        writer.mark_verified([shot_id])
    writer.finish()
    return job, PackReader.open(store.layout, job, 1, keys, store.keeper)


def random_files(count: int, size_bytes: int = 60_000) -> list[bytes]:
    return [os.urandom(size_bytes) for _ in range(count)]
