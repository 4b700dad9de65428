"""The file a segment is written to. Tests put one in its place whose disk is full or broken."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from photodesk.log.frames import SegmentHeader


class SegmentFile(Protocol):
    """Append-only bytes."""

    def write(self, data: bytes) -> None:
        """Append all of it; OSError."""
        ...

    def sync(self) -> None:
        """Return when everything written is on the disk; OSError."""
        ...

    def truncate(self, size: int) -> None:
        """Drop everything from `size` bytes on; OSError."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


OpenSegment = Callable[[Path], SegmentFile]


class DiskSegment:
    """A segment on the disk, opened for appending."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)

    def write(self, data: bytes) -> None:
        """Append all of it; OSError."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]

    def sync(self) -> None:
        """fdatasync; OSError, which is final for the file."""
        getattr(os, "fdatasync", os.fsync)(self._fd)

    def truncate(self, size: int) -> None:
        """Drop everything from `size` bytes on; OSError."""
        os.ftruncate(self._fd, size)

    def close(self) -> None:
        """Close it."""
        os.close(self._fd)


def create_segment(path: Path, header: SegmentHeader) -> None:
    """Make a segment with its header, mode 0600, whole or not at all; OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    fd = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(fd, header.encode())
        os.fsync(fd)
    finally:
        os.close(fd)
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
