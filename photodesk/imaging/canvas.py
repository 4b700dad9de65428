"""Memory of the owner that a decoder writes one picture into: mapped once the picture's size is known, then let go.

Two layouts. *Plain*: three bytes a pixel, red first. *Painted*: four, blue first, the fourth 255: what screens paint
(`QImage.Format_RGB32`), so that nobody has to turn a whole photo into it afterwards.
"""

from __future__ import annotations

import contextlib
import mmap

import cv2
import numpy as np

from photodesk.imaging.decoded import Pixels


class Canvas:
    """At most `capacity_bytes` behind the descriptor `target`, for one picture."""

    def __init__(self, target: int, capacity_bytes: int, *, painted: bool) -> None:
        self.painted = painted
        self.bytes_per_pixel = 4 if painted else 3
        self._target, self._capacity_bytes = target, capacity_bytes
        self._memory: mmap.mmap | None = None
        self._array: Pixels | None = None

    def array(self, width_px: int, height_px: int) -> Pixels:
        """The canvas at this size, uint8, (height, width, 3 or 4), to write; MemoryError beyond its capacity.

        All its pages are mapped at once: one by one they cost as much as a third of decoding.
        """
        shape = height_px, width_px, self.bytes_per_pixel
        if self._array is not None and self._array.shape == shape:
            return self._array
        self.close()
        size = shape[0] * shape[1] * shape[2]
        if size > self._capacity_bytes:
            raise MemoryError
        flags = mmap.MAP_SHARED | getattr(mmap, "MAP_POPULATE", 0)
        self._memory = mmap.mmap(self._target, size, flags=flags)
        self._array = np.frombuffer(self._memory, np.uint8).reshape(shape)
        return self._array

    def holds(self, pixels: Pixels) -> bool:
        """Whether these pixels are the canvas itself."""
        return pixels is self._array

    def put(self, pixels: Pixels) -> None:
        """Write pixels, uint8, (height, width, 3), red first, or in the canvas's own layout."""
        if self.holds(pixels):
            return
        into = self.array(pixels.shape[1], pixels.shape[0])
        if pixels.shape[2] == into.shape[2]:
            np.copyto(into, pixels)
        else:
            cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2BGRA, dst=into)

    def close(self) -> None:
        """Let go of the mapping: a decoder that a later file takes over must not reach this picture any more."""
        self._array = None
        if self._memory is not None:
            with contextlib.suppress(BufferError):  # an array over it is still held: the mapping goes with that
                self._memory.close()
            self._memory = None
