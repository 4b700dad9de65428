"""Inbox packs: PackWriter (importer) and PackReader (desk)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from photodesk.photos import PhotoFacts, Rendition
from photodesk.store.layout import Layout

MAX_SHOTS = 64
MAX_BYTES = 512 << 20


@dataclass(frozen=True)
class Shot:
    """One file of a card. `sha256` is hex; `stage` is `copied` or `verified`; `reason` says why it has no picture."""

    shot_id: str
    job_id: str
    name: str
    size_bytes: int
    mtime_ms: int
    sha256: str
    stage: str
    facts: PhotoFacts
    has_thumbnail: bool
    reason: str


class PackWriter:
    @classmethod
    def create(cls, layout: Layout, job_id: str, number: int, clinic_id: bytes, inbox_public: bytes, inbox_epoch: int, starter_kem_public: bytes | None = None, generations=None) -> "PackWriter": ...
    def has_room(self, size_bytes: int) -> bool: ...
    def add_shot(self, name: str, size_bytes: int, mtime_ms: int, chunks: Iterable[bytes], accept: Callable[[str], bool] | None = None) -> tuple[str, str]:
        """Stream into a savepoint -> (shot id, sha256 hex). `accept(sha256)` False rolls the shot back and the shot id is ""."""
        ...
    def set_renditions(self, shot_id: str, thumbnail: bytes | None, screen: bytes | None, facts: PhotoFacts, reason: str = "") -> None: ...
    def commit(self) -> None:
        """Durable from here; shots added since the last commit are lost by a kill (they are still on the card)."""
        ...
    def read_back(self, shot_id: str) -> str:
        """SHA-256 hex as read from the disk through a fresh connection (commits first if needed)."""
        ...
    def mark_verified(self, shot_ids: Sequence[str]) -> None: ...
    def finish(self) -> None: ...


class PackReader:
    @classmethod
    def open(cls, layout: Layout, job_id: str, number: int, keyset, generations=None) -> "PackReader": ...
    def shots(self) -> tuple[Shot, ...]: ...
    def shot(self, shot_id: str) -> Shot: ...
    def source(self, shot_id: str) -> "BlobSource":
        """For Chart.file_shot."""
        ...
    def original_reader(self, shot_id: str) -> Iterator[bytes]: ...
    def rendition(self, shot_id: str, kind: Rendition) -> bytes | None: ...
    def renditions(self, shot_id: str) -> dict[Rendition, bytes]: ...
    def delete_shot(self, shot_id: str) -> None: ...
    def remove_if_empty(self) -> bool: ...
    def close(self) -> None: ...


def pack_numbers(layout: Layout, job_id: str) -> list[int]:
    """Numbers of the packs of a job that lie on disk."""
    ...
