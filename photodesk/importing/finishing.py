"""From a full pack to a proven one: read back, compared, given its renditions, handed to the desk.

Proving comes first and on its own lane, so that the copy never waits for a decoder; decoding follows at low priority,
and where the card is faster than the copy only once everything is proven (`pace`).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from photodesk.clock import Clock
from photodesk.errors import PhotoDeskError
from photodesk.imaging import Decoder, encode, sniff
from photodesk.imaging.attachments import LIVE_PHOTO_BYTES, SMALL_PICTURE_OF_VIDEO, no_photo
from photodesk.imaging.limits import FILE_BYTES, FILE_TOO_LARGE
from photodesk.imaging.media_types import VIDEO_THUMBNAIL
from photodesk.importing.filling import CopiedPack
from photodesk.importing.job import Stop
from photodesk.importing.outbox import Outbox
from photodesk.importing.pace import Pace
from photodesk.importing.twins import Twins
from photodesk.photos import RENDITION_LONG_EDGE_PX, PhotoFacts, Rendition
from photodesk.progress import Cancel
from photodesk.protocol.importing import AlreadyThere, FileRead, NotCopied, PackVerified

IN_FLIGHT = 3
NOT_PROVEN = "What was written did not read back equal. The file is still on the card; import again."


@dataclass(frozen=True)
class Lanes:
    """Executors made by `background`: one thread each, `ahead` and `verify` two, `decode` one a decoder.

    A pack is written on one of the `write` lanes; both write, and one goes on while the other syncs.
    """

    ahead: Executor
    write: tuple[Executor, Executor]
    verify: Executor
    render: Executor
    decode: Executor


@dataclass(frozen=True)
class Rendered:
    """Facts of one shot and its renditions, empty where `facts.undecodable` says why."""

    facts: PhotoFacts
    renditions: dict[Rendition, bytes]


class Finisher:
    """Takes full packs from the copy and ends them, in order. Thread-safe."""

    def __init__(
        self,
        lanes: Lanes,
        decoder: Decoder,
        outbox: Outbox,
        twins: Twins,
        clock: Clock,
        pace: Pace,
        cancel: Cancel,
    ) -> None:
        self._lanes = lanes
        self._decoder = decoder
        self._outbox = outbox
        self._twins = twins
        self._clock = clock
        self._pace = pace
        self._cancel = cancel
        self._proven: deque[CopiedPack] = deque()
        self._work: deque[Future[None]] = deque()
        self._lock = threading.Lock()
        self.stop: Stop | None = None
        self.proven_at_ms = 0
        self.proven_bytes = 0

    def take(self, pack: CopiedPack, error: PhotoDeskError | None = None) -> None:
        """The pack is full and committed, or could not be (`error`); from now on it is this object's."""
        if error is not None:
            self._give_up(pack, error)
        else:
            self._add(self._lanes.verify.submit(self._verify, pack))

    def drain(self) -> None:
        """Nothing more is copied now: wait until everything taken is handed over. A bug in a lane is raised here."""
        self._wait()
        self._render_proven()
        self._wait()

    def _wait(self) -> None:
        while True:
            with self._lock:
                if not self._work:
                    return
                first = self._work[0]
            first.result()
            with self._lock:
                self._work.popleft()

    def _add(self, future: Future[None]) -> None:
        with self._lock:
            self._work.append(future)

    def _verify(self, pack: CopiedPack) -> None:
        """Read every shot back from the disk; what is not equal is dropped and told as not copied."""
        good: list[tuple[str, FileRead]] = []
        try:
            for shot_id, file in pack.shots:
                if self._reads_back(pack, shot_id, file):
                    good.append((shot_id, file))
            pack.writer.mark_verified([shot_id for shot_id, _ in good])
            pack.writer.rest()
        except PhotoDeskError as error:
            self._give_up(pack, error)
            return
        for shot_id, _ in good:
            for double in self._twins.proven(shot_id):
                self._outbox.tell(AlreadyThere(0, double, shot_id))
        pack.shots[:] = good
        with self._lock:
            self.proven_bytes += sum(file.size_bytes for _, file in good)
            self.proven_at_ms = self._clock.monotonic_ms()
            self._proven.append(pack)
        if self._pace.card_is_slow:
            self._render_proven()

    def _render_proven(self) -> None:
        """On the verify lane, or when it is idle: packs are rendered in the order in which they were proven."""
        with self._lock:
            while self._proven:
                self._work.append(self._lanes.render.submit(self._render, self._proven.popleft()))

    def _reads_back(self, pack: CopiedPack, shot_id: str, file: FileRead) -> bool:
        try:
            if pack.writer.read_back(shot_id) == file.sha256:
                return True
        except PhotoDeskError as error:
            self.stop = self.stop or Stop(error.code, error.message, error.remedy)
        self._twins.broken(bytes.fromhex(file.sha256), shot_id)
        self._outbox.tell(NotCopied(0, file, NOT_PROVEN, copied=True))
        return False

    def _give_up(self, pack: CopiedPack, error: PhotoDeskError) -> None:
        """The pack cannot be finished: nothing of it counts as safe; its files are still on the card."""
        self.stop = self.stop or Stop(error.code, error.message, error.remedy)
        for shot_id, file in pack.shots:
            self._twins.broken(bytes.fromhex(file.sha256), shot_id)
            self._outbox.tell(NotCopied(0, file, error.message, copied=True))
        pack.writer.close()

    def _render(self, pack: CopiedPack) -> None:
        """Make renditions, a few at a time, and hand the pack over. A pack without them is handed over all the same.

        Asked to stop, no more are made: filing makes those that are missing.
        """
        try:
            waiting: deque[tuple[str, Future[Rendered]]] = deque()
            for shot_id, file in pack.shots:
                if self._cancel.requested:
                    break
                if len(waiting) >= IN_FLIGHT:
                    self._store(pack, *waiting.popleft())
                pieces = pack.writer.original_reader(shot_id)
                job = self._lanes.decode.submit(render, self._decoder, take_in(pieces, file.size_bytes, file.name))
                waiting.append((shot_id, job))
            while waiting:
                self._store(pack, *waiting.popleft())
            pack.writer.finish()
        except PhotoDeskError as error:
            self.stop = self.stop or Stop(error.code, error.message, error.remedy)
            pack.writer.close()
        self._outbox.tell(PackVerified(0, pack.number, tuple(pack.shots)))

    def _store(self, pack: CopiedPack, shot_id: str, job: Future[Rendered]) -> None:
        rendered = job.result()
        made = rendered.renditions
        pack.writer.set_renditions(
            shot_id,
            made.get(Rendition.THUMBNAIL),
            made.get(Rendition.SCREEN),
            rendered.facts,
            rendered.facts.undecodable,
        )


def take_in(pieces: Iterator[bytes], size_bytes: int, name: str = "") -> bytes | PhotoFacts:
    """A file's bytes for a decoder, or the facts of one that no decoder is asked about (a video, too large).

    A short QuickTime video goes to a decoder too, which tells whether it belongs to a Live Photo. The name counts for
    one thing only: the small JPEG that a camera lays beside its video (`.THM`) says nothing about that in its bytes.
    A generator is closed at once: half read, it would keep its pack from being written.
    """
    try:
        first = next(pieces, b"")
        media_type = sniff(first[:4096])
        if media_type == "image/jpeg" and name.lower().endswith(".thm"):
            return PhotoFacts(VIDEO_THUMBNAIL, undecodable=SMALL_PICTURE_OF_VIDEO)
        if media_type.startswith("video/") and (media_type != "video/quicktime" or size_bytes > LIVE_PHOTO_BYTES):
            return PhotoFacts(media_type, undecodable=no_photo(PhotoFacts(media_type)))
        if size_bytes > FILE_BYTES:
            return PhotoFacts(media_type, undecodable=FILE_TOO_LARGE)
        return b"".join((first, *pieces))
    finally:
        if isinstance(pieces, Generator):
            pieces.close()


def render(decoder: Decoder, data: bytes | PhotoFacts) -> Rendered:
    """Decode in a decoder, encode here. Only a missing decoder raises (`Fixable`); a bad file never does."""
    if isinstance(data, PhotoFacts):
        return Rendered(data, {})
    decoded = decoder.decode(data, RENDITION_LONG_EDGE_PX[Rendition.SCREEN], read_codes=True)
    return Rendered(decoded.facts, encode(decoded.pixels) if decoded.pixels is not None else {})
