"""Packs being filled: each filler has a lane of its own, fills one pack after another and hands over the full ones.

Two fillers take turns: while one seals, syncs or begins a pack, the other goes on, and where the card is faster than
one processor encrypts, both write at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Protocol

from photodesk.errors import Fixable, PhotoDeskError
from photodesk.photos import PhotoFacts
from photodesk.protocol.importing import FileRead

PACK_SHOTS = 64
PACK_BYTES = 192 * 1024 * 1024
FIRST_PACK_SHOTS = 8


class Pack(Protocol):
    """What the copy needs of a `store.packs.PackWriter`."""

    def add_shot(
        self,
        name: str,
        size_bytes: int,
        mtime_ms: int,
        chunks: Iterable[bytes],
        *,
        shot_id: str = "",
        sha256: str = "",
    ) -> tuple[str, str]:
        """Write one shot in a savepoint, rolled back when `chunks` raises: (shot id, SHA-256 in hex).

        `sha256` spares hashing again what was hashed while it was read.
        """
        ...

    def rest(self) -> None:
        """Durable from here; memory is given back until the next use, so that packs that wait cost none."""
        ...

    def read_back(self, shot_id: str) -> str:
        """SHA-256 in hex as the disk gives it, through a fresh connection."""
        ...

    def mark_verified(self, shot_ids: Sequence[str]) -> None:
        """These are proven."""
        ...

    def original_reader(self, shot_id: str) -> Iterator[bytes]:
        """The bytes of one shot in order."""
        ...

    def set_renditions(
        self, shot_id: str, thumbnail: bytes | None, screen: bytes | None, facts: PhotoFacts, reason: str = ""
    ) -> None:
        """What decoding gave."""
        ...

    def finish(self) -> None:
        """Commit, close and forget the key: the pack is the desk's."""
        ...

    def close(self) -> None:
        """Let go without finishing; what was committed stays."""
        ...


@dataclass
class CopiedPack:
    """A pack being filled, with the file each shot came from."""

    number: int
    writer: Pack
    most_shots: int = PACK_SHOTS
    shots: list[tuple[str, FileRead]] = field(default_factory=list)
    held_bytes: int = 0

    def has_room(self, size_bytes: int) -> bool:
        """Whether a shot of this size fits; the first one always does."""
        if not self.shots:
            return True
        return len(self.shots) < self.most_shots and self.held_bytes + size_bytes <= PACK_BYTES


@dataclass(frozen=True)
class NewShot:
    """What is to be written: `file` says what it is, `pieces` its bytes, hashed already where `file.sha256` is set."""

    shot_id: str
    file: FileRead
    mtime_ms: int
    pieces: Iterable[bytes]


class PackSource:
    """Gives the fillers new packs, numbered upwards: small ones first, so that something is safe soon."""

    def __init__(self, new_pack: Callable[[int], Pack]) -> None:
        self._new_pack = new_pack
        self._given = 0
        self._next = 0

    def number_from(self, first: int) -> None:
        """The lowest number to give; a later run goes on above what was given."""
        self._next = max(self._next, first)

    def reserve(self) -> tuple[int, int]:
        """A number and how many shots its pack holds at most. For one thread."""
        number, most_shots = self._next, min(PACK_SHOTS, FIRST_PACK_SHOTS * 2 ** min(self._given, 8))
        self._next, self._given = number + 1, self._given + 1
        return number, most_shots

    def begin(self, number: int, most_shots: int) -> CopiedPack:
        """Make the pack. PhotoDeskError."""
        return CopiedPack(number, self._new_pack(number), most_shots)


class Filler:
    """One lane and the pack it fills. Asked by the thread that copies; everything of a pack runs on the lane."""

    def __init__(
        self, lane: Executor, source: PackSource, full: Callable[[CopiedPack, PhotoDeskError | None], None]
    ) -> None:
        self._lane = lane
        self._source = source
        self._full = full
        self._pack: CopiedPack | None = None
        self._job: Future[None] | None = None
        self.in_hand_bytes = 0

    @property
    def job(self) -> Future[None] | None:
        """The work under way, if any."""
        return self._job

    def put(self, shot: NewShot) -> None:
        """Begin to write a shot; only when no job is under way (`settle`)."""
        new = None
        if self._pack is None or not self._pack.has_room(shot.file.size_bytes):
            new = self._source.reserve()
        self.in_hand_bytes = shot.file.size_bytes
        self._job = self._lane.submit(self._put, shot, new)

    def settle(self) -> None:
        """Wait for the job; what it raised is raised here."""
        job, self._job = self._job, None
        self.in_hand_bytes = 0
        if job is not None:
            job.result()

    def end(self) -> None:
        """Hand over the pack in hand, however full; `settle` waits for it."""
        self._job = self._lane.submit(self._hand_over)

    def _put(self, shot: NewShot, new: tuple[int, int] | None) -> None:
        if new is not None:
            self._hand_over()
            self._pack = self._source.begin(*new)
        pack = self._pack
        if pack is None:
            raise ValueError("a shot without a pack")
        file = shot.file
        _, sha256 = pack.writer.add_shot(
            file.name, file.size_bytes, shot.mtime_ms, shot.pieces, shot_id=shot.shot_id, sha256=file.sha256
        )
        pack.shots.append((shot.shot_id, FileRead(file.source, file.name, file.size_bytes, sha256)))
        pack.held_bytes += file.size_bytes

    def _hand_over(self) -> None:
        """Commit what is in hand; an error is told with the pack, and raised so that the copy ends."""
        pack, self._pack = self._pack, None
        if pack is None:
            return
        try:
            pack.writer.rest()
        except PhotoDeskError as error:
            self._full(pack, error)
            raise
        self._full(pack, None)


def disk_full(needed_bytes: int) -> Fixable:
    """The error that names the bytes needed."""
    return Fixable(
        "disk_full",
        f"The disk is full: {needed_bytes:,} more bytes are needed for this import.",
        "Free some space and import again. What was copied is kept, and nothing is half written.",
    )
