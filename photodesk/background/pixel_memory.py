"""Memory that pixels come back in: made and sealed by the owner, written by a decoder, mapped by both.

Memory stays with the decoder it was first lent to, so that one decoder can never write into another's picture. It is
lent again because its pages are warm: a fresh 96 MB mapping costs more than the decode. It goes back when the last
array over it is gone.
"""

from __future__ import annotations

import importlib
import mmap
import os
import sys
import threading
import weakref
from typing import Any

import numpy as np

from photodesk.errors import Fixable
from photodesk.imaging.decoded import Pixels

KEPT_BYTES = 160 << 20  # by one decoder, of memory nobody uses now
_KEPT_BUFFERS = 2


class PixelBuffer:
    """`capacity_bytes` of shared memory behind the descriptor `fd`; sparse, so capacity costs nothing until used."""

    def __init__(self, capacity_bytes: int) -> None:
        self.capacity_bytes = capacity_bytes
        self.used_bytes = 0
        self.fd = _shared_memory(capacity_bytes)
        self._map = mmap.mmap(self.fd, capacity_bytes, access=mmap.ACCESS_READ)

    def array(self, width_px: int, height_px: int, bytes_per_pixel: int) -> Pixels:
        """A read-only array over the start of the memory, which lives as long as any view of it.

        Its shape is (height, width, `bytes_per_pixel`).
        """
        size = width_px * height_px * bytes_per_pixel
        self.used_bytes = max(self.used_bytes, size)
        flat: Pixels = np.frombuffer(self._map, np.uint8, count=size)
        return flat.reshape(height_px, width_px, bytes_per_pixel)

    def close(self) -> None:
        """Give up the descriptor; the mapping goes with its last array."""
        os.close(self.fd)


class BufferShelf:
    """The free buffers of one decoder. Thread-safe, because arrays die on any thread."""

    def __init__(self) -> None:
        self._free: list[PixelBuffer] = []
        self._lock = threading.RLock()  # a finalizer may run inside `take`
        self._closed = False

    def take(self, capacity_bytes: int) -> PixelBuffer:
        """A free buffer of exactly that capacity class, or a fresh one; `Fixable("memory_full")` without memory."""
        with self._lock:
            for place, buffer in enumerate(self._free):
                if buffer.capacity_bytes == capacity_bytes:
                    return self._free.pop(place)
        try:
            return PixelBuffer(capacity_bytes)
        except OSError as problem:
            raise Fixable(
                "memory_full", f"There is no memory to show this photo ({problem.strerror}).", "Close other programs."
            ) from problem

    def lend(self, buffer: PixelBuffer, width_px: int, height_px: int, bytes_per_pixel: int = 3) -> Pixels:
        """The pixels in `buffer`; it is free again once they are gone."""
        array = buffer.array(width_px, height_px, bytes_per_pixel)
        owner: Any = array.base if isinstance(array.base, np.ndarray) else array
        weakref.finalize(owner, self.give_back, buffer).atexit = False
        return array

    def give_back(self, buffer: PixelBuffer) -> None:
        """Keep the buffer for the next picture, unless it is huge or there are enough."""
        with self._lock:
            same = sum(kept.capacity_bytes == buffer.capacity_bytes for kept in self._free)
            kept_bytes = sum(kept.used_bytes for kept in self._free)
            if not self._closed and same < _KEPT_BUFFERS and kept_bytes + buffer.used_bytes <= KEPT_BYTES:
                self._free.append(buffer)
                return
        buffer.close()

    def trim(self) -> None:
        """Drop what is free now: nobody decodes, and pixels nobody looks at any more are not kept."""
        self._drop(closed=False)

    def close(self) -> None:
        """Drop what is free now; what is lent goes when its pixels go."""
        self._drop(closed=True)

    def _drop(self, *, closed: bool) -> None:
        with self._lock:
            self._closed = self._closed or closed
            free, self._free = self._free, []
        for buffer in free:
            buffer.close()


def file_in_memory(data: bytes | bytearray | memoryview) -> int:
    """A descriptor to a sealed copy of `data` in memory; the caller closes it."""
    descriptor = _memory_descriptor("file")
    view = memoryview(data).cast("B")
    while view:
        view = view[os.write(descriptor, view) :]
    _seal(descriptor, writable=False)
    return descriptor


def _shared_memory(capacity_bytes: int) -> int:
    descriptor = _memory_descriptor("pixels")
    os.ftruncate(descriptor, capacity_bytes)
    _seal(descriptor, writable=True)
    return descriptor


def _memory_descriptor(name: str) -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    posix = importlib.import_module("_posixshmem")  # macOS, not run: shm_open is the only memory there that is no file
    path = f"/photodesk-{os.getpid()}-{os.urandom(4).hex()}"
    descriptor: int = posix.shm_open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode=0o600)
    posix.shm_unlink(path)
    return descriptor


def _seal(descriptor: int, *, writable: bool) -> None:
    """No shrinking or growing (a shrunk mapping kills its reader), and no writing where nothing may change."""
    if sys.platform == "linux":
        import fcntl

        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals if writable else seals | fcntl.F_SEAL_WRITE)
