"""The copy: each file read once, hashed on the way, written into sealed packs. Runs in the importer process.

Up to 64 MiB of a file are held in memory until its hash is known and the desk has said whether the bytes are new;
larger files stream into the pack and are rolled back where they are not. The next file is read while this one is
written. A full pack goes to `finishing`, which proves it while the copy goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from photodesk.errors import Cancelled, Fixable, PhotoDeskError
from photodesk.importing.job import Stop
from photodesk.importing.outbox import Outbox
from photodesk.importing.pace import Pace
from photodesk.importing.reading import HELD_BYTES, Card, NotRead, Reading
from photodesk.importing.scan import Found
from photodesk.importing.twins import Twins
from photodesk.photos import PhotoFacts
from photodesk.progress import Cancel
from photodesk.protocol.importing import AlreadyThere, FileRead, Moving, NotCopied

PACK_SHOTS = 32
PACK_BYTES = 512 * 1024 * 1024
FIRST_PACK_SHOTS = 8
SPARE_BYTES = 64 * 1024 * 1024


class Pack(Protocol):
    """What the copy needs of a `store.packs.PackWriter`."""

    def add_shot(
        self,
        name: str,
        size_bytes: int,
        mtime_ms: int,
        chunks: Iterable[bytes],
        *,
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
    lane: Executor
    shots: list[tuple[str, FileRead]] = field(default_factory=list)
    held_bytes: int = 0


@dataclass(frozen=True)
class _Held:
    """A file in memory: its bytes, hash, and whether the desk knows them. `fault` instead of bytes when unreadable."""

    found: Found
    pieces: tuple[bytes, ...] = ()
    file: FileRead | None = None
    sha256: bytes = b""
    known: bool = False
    streamed: bool = False
    fault: NotRead | None = None


class _NotNew(Exception):
    """The streamed bytes are known already."""


class Copier:
    """Fills packs from found files. One run, one thread; `ahead` reads the next file meanwhile."""

    def __init__(
        self,
        roots: tuple[Path, ...],
        card: Card,
        outbox: Outbox,
        twins: Twins,
        cancel: Cancel,
        pace: Pace,
        ahead: Executor,
        write: Sequence[Executor],
        new_pack: Callable[[int], Pack],
        full: Callable[[CopiedPack, PhotoDeskError | None], None],
        free_bytes: Callable[[], int],
    ) -> None:
        self._roots = roots
        self._card = card
        self._outbox = outbox
        self._twins = twins
        self._cancel = cancel
        self._pace = pace
        self._ahead = ahead
        self._write_lanes = write
        self._commits: list[Future[None]] = []
        self._broken: PhotoDeskError | None = None
        self._new_pack = new_pack
        self._full = full
        self._free_bytes = free_bytes
        self._pack: CopiedPack | None = None
        self._packs = 0
        self.done = 0
        self.done_bytes = 0
        self.totals = (0, 0)

    def run(self, files: tuple[Found, ...], first_pack: int) -> Stop | None:
        """Copy all, in order. Returns why it ended early, or None. Each unreadable file is told and passed over."""
        self._packs = self._packs or first_pack - 1
        self.totals = (self.totals[0] + len(files), self.totals[1] + sum(found.size_bytes for found in files))
        stop = self._copy(files)
        self._close_pack()
        while self._commits:
            self._commits.pop().result()
        error = self._broken
        return stop or (Stop(error.code, error.message, error.remedy) if error else None)

    def _copy(self, files: tuple[Found, ...]) -> Stop | None:
        waiting: Future[_Held] | None = None
        try:
            for index, found in enumerate(files):
                self._cancel.check()
                if self._broken is not None:
                    raise self._broken
                held = waiting.result() if waiting else self._read(found)
                waiting = self._ahead.submit(self._read, files[index + 1]) if index + 1 < len(files) else None
                self._one(held)
                self._tell_progress(found)
        except NotRead:
            return Stop("card_gone", "The card was taken out.")
        except Cancelled:
            return Stop("cancelled", "The import was stopped.", "What was copied is kept. Import again for the rest.")
        except PhotoDeskError as error:
            return Stop(error.code, error.message, error.remedy)
        finally:
            if waiting:
                waiting.cancel()
        return None

    def _read(self, found: Found) -> _Held:
        """Read and hash a file of up to `HELD_BYTES`, and ask about it; a larger one is left for streaming."""
        try:
            reading = Reading(self._card, found)
            try:
                if reading.size_bytes > HELD_BYTES:
                    return _Held(found, streamed=True)
                began_ms = self._pace.now_ms()
                pieces = tuple(reading.pieces())
                self._pace.read(reading.read_bytes, began_ms)
            finally:
                reading.close()
        except NotRead as fault:
            return _Held(found, fault=fault)
        file = FileRead(found.source, found.name, reading.read_bytes, reading.sha256.hex())
        return _Held(found, pieces, file, reading.sha256, self._outbox.known(reading.sha256))

    def _one(self, held: _Held) -> None:
        if held.fault is not None:
            self._failed(held.found, held.fault)
        elif held.streamed:
            self._stream(held.found)
        else:
            self._write(held)
        self.done += 1
        self.done_bytes += held.found.size_bytes

    def _write(self, held: _Held) -> None:
        file, found = held.file, held.found
        if file is None or self._is_double(found, file, held.sha256, held.known):
            return
        pack = self._room_for(file.size_bytes)
        adding = pack.lane.submit(
            pack.writer.add_shot, found.name, file.size_bytes, found.mtime_ms, held.pieces, sha256=file.sha256
        )
        self._added(adding.result()[0], file, held.sha256)

    def _stream(self, found: Found) -> None:
        try:
            reading = Reading(self._card, found)
        except NotRead as fault:
            self._failed(found, fault)
            return
        file = FileRead(found.source, found.name, reading.size_bytes)

        def pieces() -> Iterator[bytes]:
            nonlocal file
            for piece in reading.pieces():
                self._cancel.check()
                yield piece
            file = FileRead(found.source, found.name, reading.read_bytes, reading.sha256.hex())
            if self._is_double(found, file, reading.sha256, self._outbox.known(reading.sha256)):
                raise _NotNew

        try:
            pack = self._room_for(reading.size_bytes)
            adding = pack.lane.submit(pack.writer.add_shot, found.name, reading.size_bytes, found.mtime_ms, pieces())
            self._added(adding.result()[0], file, reading.sha256)
        except _NotNew:
            return
        except NotRead as fault:
            self._failed(found, fault)
        finally:
            reading.close()

    def _is_double(self, found: Found, file: FileRead, sha256: bytes, known: bool) -> bool:
        if known:
            self._twins.known_before()
            self._outbox.tell(AlreadyThere(0, file))
            return True
        twin, proven = self._twins.double(sha256, found, file)
        if proven:
            self._outbox.tell(AlreadyThere(0, file, twin))
        return bool(twin)

    def _failed(self, found: Found, fault: NotRead) -> None:
        """Tell of one unreadable file; when its whole source is gone, the run is over."""
        if fault.gone and not self._card.present(self._roots[found.source]):
            raise fault
        self._outbox.tell(NotCopied(0, FileRead(found.source, found.name, found.size_bytes), fault.reason))

    def _room_for(self, size_bytes: int) -> CopiedPack:
        """The pack for the next shot; a full one is handed over first. Fixable when the disk cannot hold the shot."""
        pack = self._pack
        limit = min(PACK_SHOTS, FIRST_PACK_SHOTS * 2 ** min(self._packs, 8))
        if pack and (len(pack.shots) >= limit or (pack.shots and pack.held_bytes + size_bytes > PACK_BYTES)):
            self._close_pack()
        free = self._free_bytes()
        if free < size_bytes + SPARE_BYTES:
            raise disk_full(size_bytes + SPARE_BYTES + max(0, self.totals[1] - self.done_bytes - size_bytes) - free)
        if self._pack is None:
            self._packs += 1
            lane = self._write_lanes[self._packs % len(self._write_lanes)]
            self._pack = CopiedPack(self._packs, lane.submit(self._new_pack, self._packs).result(), lane)
        return self._pack

    def _added(self, shot_id: str, file: FileRead, sha256: bytes) -> None:
        self._twins.copied(sha256, shot_id)
        if self._pack is not None:
            self._pack.shots.append((shot_id, file))
            self._pack.held_bytes += file.size_bytes

    def _close_pack(self) -> None:
        """Commit on the pack's own lane, while the next pack is begun on the other."""
        pack, self._pack = self._pack, None
        if pack is not None:
            self._commits.append(pack.lane.submit(self._commit, pack))

    def _commit(self, pack: CopiedPack) -> None:
        try:
            pack.writer.rest()
        except PhotoDeskError as error:
            self._broken = self._broken or error
            self._full(pack, error)
        else:
            self._full(pack, None)

    def _tell_progress(self, found: Found) -> None:
        self._outbox.moving(
            Moving(f"Copying {found.name}", self.done, *_sums(self.totals, self.done_bytes), verified=self._twins.safe)
        )


def _sums(totals: tuple[int, int], done_bytes: int) -> tuple[int, int, int]:
    return totals[0], done_bytes, totals[1]


def disk_full(needed_bytes: int) -> Fixable:
    """The error that names the bytes needed."""
    return Fixable(
        "disk_full",
        f"The disk is full: {needed_bytes:,} more bytes are needed for this import.",
        "Free some space and import again. What was copied is kept, and nothing is half written.",
    )
