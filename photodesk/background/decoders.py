"""The pool of decoder processes: the only way untrusted picture bytes become pixels."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace

from photodesk.background.decoder_child import DecoderChild, Ended, Picture, Spawn, spawn_decoder
from photodesk.background.decoder_facts import checked
from photodesk.background.pixel_memory import file_in_memory
from photodesk.errors import Fixable
from photodesk.imaging import limits
from photodesk.imaging.decoded import Decoded, Decoder
from photodesk.imaging.media_types import STILL_PICTURES, UNKNOWN, sniff
from photodesk.photos import PhotoFacts

__all__ = ["Decoded", "Decoder", "DecoderPool"]

REST_S = 5.0
"""After so long without a picture, and at most twice that, free pixel memory is given up."""


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
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._starter: threading.Thread | None = None
        self._starting = threading.Lock()
        self._alone = threading.Lock()  # whoever wants every decoder at once takes this first
        self._closed = threading.Event()
        self._asked = 0

    def start(self) -> None:
        """Start every decoder now and wait until they are ready: nothing is slow later."""
        with self._alone, contextlib.ExitStack() as stack:
            for turn in [stack.enter_context(self._child()) for _ in range(self._size)]:
                if turn.child is None:
                    turn.child = self._start_child()

    def decode(
        self,
        data: bytes | bytearray | memoryview | int,
        long_edge_px: int | None = None,
        *,
        read_codes: bool = False,
        painted: bool = False,
    ) -> Decoded:
        """See `imaging.Decoder.decode`."""
        try:
            source, size_bytes, head = _source(data)
        except OSError:
            return Decoded(PhotoFacts(UNKNOWN, undecodable=limits.UNREADABLE))
        picture = Picture(source, size_bytes, sniff(head), long_edge_px, read_codes, painted)
        try:
            if size_bytes > limits.FILE_BYTES:
                return Decoded(PhotoFacts(picture.media_type, undecodable=limits.FILE_TOO_LARGE))
            with self._child() as turn:
                self._asked += 1
                found = self._ask(turn, picture)
            if isinstance(found, Ended) and found.hung:
                found = self._ask_alone(picture)
            if isinstance(found, Ended):
                return Decoded(PhotoFacts(picture.media_type, undecodable=found.reason))
            return replace(found, facts=replace(found.facts, media_type=_refined(picture.media_type, found)))
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

    def _ask(self, turn: _Turn, picture: Picture) -> Decoded | Ended:
        child = turn.child
        if child is None or not child.alive or (picture.dicom and not child.dicom):
            turn.child = None
            if child is not None:
                child.end()
            child = turn.child = self._start_child(dicom=picture.dicom)
        edge = picture.long_edge_px or 0
        capacity = 4 * (min(edge * edge, limits.PIXELS) if edge else limits.PIXELS)
        buffer = child.shelf.take(max(capacity, 1 << 16))
        reply = child.ask(picture, buffer, self._cpu_s, self._clock_s)
        if isinstance(reply, Ended):
            turn.child = None
            child.shelf.give_back(buffer)
            return reply
        facts = checked(reply, picture.long_edge_px)
        if facts.undecodable:
            child.shelf.give_back(buffer)
            return Decoded(facts)
        return Decoded(facts, child.shelf.lend(buffer, reply.width_px, reply.height_px, 4 if picture.painted else 3))

    def _ask_alone(self, picture: Picture) -> Decoded | Ended:
        """Once more while nothing else is decoded: a busy computer is not the file's fault."""
        with self._alone, contextlib.ExitStack() as stack:
            turns = [stack.enter_context(self._child()) for _ in range(self._size)]
            return self._ask(turns[0], picture)

    def _start_child(self, *, dicom: bool = False) -> DecoderChild:
        order = _Order(dicom, Future())
        with self._starting:
            if self._starter is None:
                self._starter = threading.Thread(target=self._start_on_order, name="decoder-starter", daemon=True)
                self._starter.start()
        self._orders.put(order)
        child = order.child.result()
        child.wait_ready()
        return child

    def _start_on_order(self) -> None:
        asked = self._asked
        while True:
            try:
                order = self._orders.get(timeout=REST_S)
            except queue.Empty:
                if self._asked == asked:
                    self._rest()
                asked = self._asked
                continue
            if order is None:
                return
            try:
                order.child.set_result(DecoderChild(self._spawn, dicom=order.dicom))
            except Fixable as problem:
                order.child.set_exception(problem)

    def _rest(self) -> None:
        """Nobody asks at present: memory that nobody looks at goes back to the system."""
        for child in tuple(self._idle.queue):
            if child is not None:
                child.shelf.trim()


@dataclass(frozen=True)
class _Order:
    """A decoder to be started, and where it is handed over."""

    dicom: bool
    child: Future[DecoderChild]


class _Turn:
    """A place in the pool while one thread has it; `child` is None until a decoder runs there."""

    def __init__(self, child: DecoderChild | None) -> None:
        self.child = child


def _refined(told: str, found: Decoded) -> str:
    """The type by the file's head, which a decoder may make more exact in one case: a TIFF that is a RAW file."""
    seen = found.facts.media_type
    return seen if told == "image/tiff" and seen in STILL_PICTURES and seen.startswith("image/x-") else told


def _source(data: bytes | bytearray | memoryview | int) -> tuple[int, int, bytes]:
    """(descriptor, size in bytes, first bytes)."""
    if isinstance(data, int):
        return data, os.fstat(data).st_size, os.pread(data, 4096, 0)
    return file_in_memory(data), memoryview(data).nbytes, bytes(memoryview(data).cast("B")[:4096])


def _closed() -> Fixable:
    return Fixable("decoder_closed", "Decoding has ended because PhotoDesk is closing.", "Sign in again.")
