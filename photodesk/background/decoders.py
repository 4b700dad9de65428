"""The pool of decoder processes: the only way untrusted picture bytes become pixels."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace

from photodesk.background.decoder_child import DecoderChild, Ended, Spawn, spawn_decoder
from photodesk.background.pixel_memory import file_in_memory
from photodesk.errors import Fixable
from photodesk.imaging import limits
from photodesk.imaging.decoded import Decoded, Decoder
from photodesk.imaging.decoder_messages import Reply
from photodesk.imaging.media_types import UNKNOWN, sniff
from photodesk.photos import CameraTime, CaptureFacts, PhotoFacts

__all__ = ["Decoded", "Decoder", "DecoderPool"]

_TEXT_LENGTH = 200


class DecoderPool:
    """`size` decoder processes, each one picture at a time; dead and hung ones are replaced. Thread-safe.

    Decoders start with the first picture, or with `start`. They are started by one thread that lives as long as the
    pool, because the kernel ends a child when the thread that started it ends (`PR_SET_PDEATHSIG`).
    """

    def __init__(
        self,
        size: int = 2,
        spawn: Spawn = spawn_decoder,
        cpu_s: float = limits.CPU_S,
        clock_s: float = limits.CLOCK_S,
    ) -> None:
        self._spawn = spawn
        self._cpu_s = cpu_s
        self._clock_s = clock_s
        self._size = size
        self._idle: queue.LifoQueue[DecoderChild | None] = queue.LifoQueue()  # a running decoder goes first
        for _ in range(size):
            self._idle.put(None)
        self._orders: queue.SimpleQueue[Future[DecoderChild] | None] = queue.SimpleQueue()
        self._starter: threading.Thread | None = None
        self._starting = threading.Lock()
        self._alone = threading.Lock()  # whoever wants every decoder at once takes this first
        self._closed = threading.Event()

    def start(self) -> None:
        """Start every decoder now and wait until they are ready: nothing is slow later."""
        with self._alone, contextlib.ExitStack() as stack:
            for turn in [stack.enter_context(self._child()) for _ in range(self._size)]:
                if turn.child is None:
                    turn.child = self._start_child()

    def decode(self, data: bytes | bytearray | memoryview | int, long_edge_px: int | None = None) -> Decoded:
        """See `imaging.Decoder.decode`."""
        try:
            source, size_bytes, head = _source(data)
        except OSError:
            return Decoded(PhotoFacts(UNKNOWN, undecodable=limits.UNREADABLE))
        try:
            media_type = sniff(head)
            if size_bytes > limits.FILE_BYTES:
                return Decoded(PhotoFacts(media_type, undecodable=limits.FILE_TOO_LARGE))
            with self._child() as turn:
                found = self._ask(turn, source, size_bytes, long_edge_px)
            if isinstance(found, Ended) and found.hung:
                found = self._ask_alone(source, size_bytes, long_edge_px)
            if isinstance(found, Ended):
                return Decoded(PhotoFacts(media_type, undecodable=found.reason))
            return replace(found, facts=replace(found.facts, media_type=media_type))
        finally:
            if not isinstance(data, int):
                os.close(source)

    def close(self) -> None:
        """End every decoder; pictures under way finish first, later calls raise `Fixable("decoder_closed")`."""
        if self._closed.is_set():
            return
        self._closed.set()
        for _ in range(self._size):
            child = self._idle.get()
            if child is not None:
                child.end()
        for _ in range(self._size):
            self._idle.put(None)
        with self._starting:
            if self._starter is not None:
                self._orders.put(None)
                self._starter.join()

    def __enter__(self) -> DecoderPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def _child(self) -> Iterator[_Turn]:
        """One place in the pool, waited for."""
        if self._closed.is_set():
            raise _closed()
        turn = _Turn(self._idle.get())
        try:
            if self._closed.is_set():
                raise _closed()
            yield turn
        finally:
            self._idle.put(turn.child)

    def _ask(self, turn: _Turn, source: int, size_bytes: int, long_edge_px: int | None) -> Decoded | Ended:
        child = turn.child
        if child is None or not child.alive:
            turn.child = None
            if child is not None:
                child.end()
            child = turn.child = self._start_child()
        edge = long_edge_px or 0
        capacity = 3 * min(edge * edge, limits.PIXELS) if edge else 3 * limits.PIXELS
        buffer = child.shelf.take(max(capacity, 1 << 16))
        reply = child.ask(source, size_bytes, buffer, long_edge_px, self._cpu_s, self._clock_s)
        if isinstance(reply, Ended):
            turn.child = None
            child.shelf.give_back(buffer)
            return reply
        facts = _checked(reply, long_edge_px)
        if facts.undecodable:
            child.shelf.give_back(buffer)
            return Decoded(facts)
        return Decoded(facts, child.shelf.lend(buffer, reply.width_px, reply.height_px))

    def _ask_alone(self, source: int, size_bytes: int, long_edge_px: int | None) -> Decoded | Ended:
        """Once more while nothing else is decoded: a busy computer is not the file's fault."""
        with self._alone, contextlib.ExitStack() as stack:
            turns = [stack.enter_context(self._child()) for _ in range(self._size)]
            return self._ask(turns[0], source, size_bytes, long_edge_px)

    def _start_child(self) -> DecoderChild:
        order: Future[DecoderChild] = Future()
        with self._starting:
            if self._starter is None:
                self._starter = threading.Thread(target=self._start_on_order, name="decoder-starter", daemon=True)
                self._starter.start()
        self._orders.put(order)
        child = order.result()
        child.wait_ready()
        return child

    def _start_on_order(self) -> None:
        while (order := self._orders.get()) is not None:
            try:
                order.set_result(DecoderChild(self._spawn))
            except Fixable as problem:
                order.set_exception(problem)


class _Turn:
    """A place in the pool while one thread has it; `child` is None until a decoder runs there."""

    def __init__(self, child: DecoderChild | None) -> None:
        self.child = child


def _source(data: bytes | bytearray | memoryview | int) -> tuple[int, int, bytes]:
    """(descriptor, size in bytes, first bytes)."""
    if isinstance(data, int):
        return data, os.fstat(data).st_size, os.pread(data, 4096, 0)
    return file_in_memory(data), memoryview(data).nbytes, bytes(memoryview(data).cast("B")[:4096])


def _checked(reply: Reply, long_edge_px: int | None) -> PhotoFacts:
    """The facts of a process that has seen hostile bytes: lengths, ranges and texts are taken from nobody."""
    facts = reply.facts
    if facts.undecodable:
        return PhotoFacts(
            UNKNOWN,
            camera_time=_time(facts.camera_time),
            capture=_capture(facts.capture),
            undecodable=_text(facts.undecodable),
        )
    width, height, edge = reply.width_px, reply.height_px, long_edge_px or limits.PIXELS
    full = facts.width_px, facts.height_px
    if (
        min(width, height, *full) < 1
        or max(width, height) > edge
        or max(width * height, full[0] * full[1]) > limits.PIXELS
    ):
        return PhotoFacts(UNKNOWN, undecodable=limits.CRASHED)
    return replace(
        facts,
        orientation=facts.orientation if 1 <= facts.orientation <= 8 else 1,
        colour_profile=_text(facts.colour_profile),
        camera_time=_time(facts.camera_time),
        capture=_capture(facts.capture),
    )


def _capture(capture: CaptureFacts) -> CaptureFacts:
    return CaptureFacts(
        make=_text(capture.make),
        model=_text(capture.model),
        lens=_text(capture.lens),
        focal_length_mm=_number(capture.focal_length_mm),
        focal_length_35mm=_number(capture.focal_length_35mm),
        exposure_s=_number(capture.exposure_s),
        f_number=_number(capture.f_number),
        iso=capture.iso if capture.iso is not None and 0 < capture.iso < 1 << 32 else None,
        subject_distance_m=_number(capture.subject_distance_m),
        flash=capture.flash,
        has_gps=capture.has_gps,
        serial=_text(capture.serial),
    )


def _number(value: float | None) -> float | None:
    """Positive, finite and below 10⁷, or unknown."""
    return value if value is not None and 0 < value < 1e7 else None


def _time(written: CameraTime | None) -> CameraTime | None:
    return CameraTime.parse(written.text) if written else None


def _text(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:_TEXT_LENGTH]


def _closed() -> Fixable:
    return Fixable("decoder_closed", "Decoding has ended because PhotoDesk is closing.", "Sign in again.")
