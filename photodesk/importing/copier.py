"""The copy: each file read once, hashed on the way, written into sealed packs. Runs in the importer process.

Up to 64 MiB of a file are held in memory until its hash is known and the desk has said whether the bytes are new;
larger files stream into the pack and are rolled back where they are not. The next files are read while earlier ones
are written (`filling`). A full pack goes to `finishing`, which proves it while the copy goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from pathlib import Path

from photodesk import ids
from photodesk.errors import Cancelled, PhotoDeskError
from photodesk.importing.filling import CopiedPack, Filler, NewShot, Pack, PackSource, disk_full
from photodesk.importing.job import Stop
from photodesk.importing.outbox import Outbox
from photodesk.importing.pace import Pace
from photodesk.importing.reading import HELD_BYTES, Card, NotRead, Reading
from photodesk.importing.scan import Found
from photodesk.importing.twins import Twins
from photodesk.progress import Cancel
from photodesk.protocol.importing import AlreadyThere, FileRead, Moving, NotCopied

SPARE_BYTES = 64 * 1024 * 1024
READ_AHEAD = 3
IN_MEMORY_BYTES = 96 * 1024 * 1024


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
    """Fills packs from found files. One run, one thread; `ahead` reads the next files meanwhile."""

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
        self._source = PackSource(new_pack)
        self._fillers = tuple(Filler(lane, self._source, full) for lane in write)
        self._free_bytes = free_bytes
        self.done = 0
        self.done_bytes = 0
        self.totals = (0, 0)

    def run(self, files: tuple[Found, ...], first_pack: int) -> Stop | None:
        """Copy all, in order. Returns why it ended early, or None. Each unreadable file is told and passed over."""
        self._source.number_from(first_pack)
        self.totals = (self.totals[0] + len(files), self.totals[1] + sum(found.size_bytes for found in files))
        stop = self._copy(files)
        return self._end() or stop

    def _copy(self, files: tuple[Found, ...]) -> Stop | None:
        rest = iter(files)
        reads: deque[tuple[Found, Future[_Held]]] = deque()
        try:
            while True:
                self._read_on(rest, reads)
                if not reads:
                    return None
                self._cancel.check()
                found, read = reads[0]
                began_ms = self._pace.now_ms()
                held = read.result()
                reads.popleft()
                self._pace.read(found.size_bytes, began_ms)
                self._one(held)
                self.done += 1
                self.done_bytes += found.size_bytes
                self._tell_progress(found)
        except NotRead:
            return Stop("card_gone", "The card was taken out.")
        except Cancelled:
            return Stop("cancelled", "The import was stopped.", "What was copied is kept. Import again for the rest.")
        except PhotoDeskError as error:
            return _stop_of(error)
        finally:
            for _, read in reads:
                read.cancel()

    def _read_on(self, rest: Iterator[Found], reads: deque[tuple[Found, Future[_Held]]]) -> None:
        """Begin to read the next files, as far as what is in memory already allows."""
        held_bytes = sum(min(found.size_bytes, HELD_BYTES) for found, _ in reads)
        held_bytes += sum(filler.in_hand_bytes for filler in self._fillers)
        while len(reads) < READ_AHEAD and (not reads or held_bytes < IN_MEMORY_BYTES):
            found = next(rest, None)
            if found is None:
                return
            held_bytes += min(found.size_bytes, HELD_BYTES)
            reads.append((found, self._ahead.submit(self._read, found)))

    def _end(self) -> Stop | None:
        """Hand over the packs in hand; the first error of writing them is why the copy ends."""
        first: PhotoDeskError | None = None
        for step in (Filler.settle, Filler.end, Filler.settle):
            for filler in self._fillers:
                try:
                    step(filler)
                except PhotoDeskError as error:
                    first = first or error
        return _stop_of(first) if first is not None else None

    def _read(self, found: Found) -> _Held:
        """Read and hash a file of up to `HELD_BYTES`, and ask about it; a larger one is left for streaming."""
        try:
            reading = Reading(self._card, found)
            try:
                if reading.size_bytes > HELD_BYTES:
                    return _Held(found, streamed=True)
                pieces = tuple(reading.pieces())
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

    def _write(self, held: _Held) -> None:
        file, shot_id = held.file, ids.ordered_id()
        if file is None or self._is_double(held.found, file, held.sha256, held.known, shot_id):
            return
        filler = self._free_filler()
        self._need_room(file.size_bytes)
        filler.put(NewShot(shot_id, file, held.found.mtime_ms, held.pieces))

    def _stream(self, found: Found) -> None:
        """A file too large to hold: nothing else is written on its lane meanwhile, and this thread waits."""
        try:
            reading = Reading(self._card, found)
        except NotRead as fault:
            self._failed(found, fault)
            return
        shot_id = ids.ordered_id()

        def pieces() -> Iterator[bytes]:
            for piece in reading.pieces():
                self._cancel.check()
                yield piece
            file = FileRead(found.source, found.name, reading.read_bytes, reading.sha256.hex())
            known = self._outbox.known(reading.sha256)
            if self._is_double(found, file, reading.sha256, known, shot_id):
                raise _NotNew

        try:
            filler = self._free_filler()
            self._need_room(reading.size_bytes)
            file = FileRead(found.source, found.name, reading.size_bytes)
            filler.put(NewShot(shot_id, file, found.mtime_ms, pieces()))
            filler.settle()
        except _NotNew:
            return
        except NotRead as fault:
            self._failed(found, fault)
        finally:
            reading.close()

    def _free_filler(self) -> Filler:
        """A filler without work, waiting for the first to be done; what its work raised is raised here."""
        jobs = [filler.job for filler in self._fillers]
        if None not in jobs:
            wait([job for job in jobs if job is not None], return_when=FIRST_COMPLETED)
        free = next(filler for filler in self._fillers if filler.job is None or filler.job.done())
        free.settle()
        return free

    def _is_double(self, found: Found, file: FileRead, sha256: bytes, known: bool, shot_id: str) -> bool:
        """Whether these bytes are there already; otherwise they are `shot_id`'s from now on."""
        if known:
            self._twins.known_before()
            self._outbox.tell(AlreadyThere(0, file))
            return True
        twin, proven = self._twins.double_or_claim(sha256, found, file, shot_id)
        if proven:
            self._outbox.tell(AlreadyThere(0, file, twin))
        return bool(twin)

    def _failed(self, found: Found, fault: NotRead) -> None:
        """Tell of one unreadable file; when its whole source is gone, the run is over."""
        if fault.gone and not self._card.present(self._roots[found.source]):
            raise fault
        self._outbox.tell(NotCopied(0, FileRead(found.source, found.name, found.size_bytes), fault.reason))

    def _need_room(self, size_bytes: int) -> None:
        """Fixable when the disk cannot hold the shot; it names what the whole rest needs."""
        free = self._free_bytes()
        if free < size_bytes + SPARE_BYTES:
            raise disk_full(size_bytes + SPARE_BYTES + max(0, self.totals[1] - self.done_bytes - size_bytes) - free)

    def _tell_progress(self, found: Found) -> None:
        self._outbox.moving(
            Moving(f"Copying {found.name}", self.done, *_sums(self.totals, self.done_bytes), verified=self._twins.safe)
        )


def _sums(totals: tuple[int, int], done_bytes: int) -> tuple[int, int, int]:
    return totals[0], done_bytes, totals[1]


def _stop_of(error: PhotoDeskError) -> Stop:
    return Stop(error.code, error.message, error.remedy)
