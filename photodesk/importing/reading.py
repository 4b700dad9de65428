"""One file of the card, read once while it is hashed; every way that can go wrong in plain words."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from photodesk.importing.scan import Found, folders_in, open_untouched

HELD_BYTES = 64 * 1024 * 1024
PIECE_BYTES = 16 * 1024 * 1024

_GONE = {errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ESTALE, errno.ENOTCONN, errno.EIO, errno.ENOTDIR}
_REASONS = {
    errno.EIO: "The card could not read this file.",
    errno.EACCES: "This file may not be read by this account.",
    errno.EPERM: "This file may not be read by this account.",
    errno.ENOENT: "This file is no longer there.",
    errno.ELOOP: "This file was replaced by a link, and links are not followed.",
    errno.ENAMETOOLONG: "The name of this file is too long to open.",
    errno.EMFILE: "Too many files are open on this computer.",
}


class NotRead(Exception):
    """This file could not be read; `reason` is for the person, `gone` tells that its whole card may be out."""

    def __init__(self, reason: str, *, gone: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.gone = gone


class OpenSource(Protocol):
    """An open file of the card."""

    @property
    def size_bytes(self) -> int:
        """The size when it was opened."""
        ...

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; b"" at the end; OSError."""
        ...

    def unchanged(self) -> bool:
        """Whether size and time are still those of the opening."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class Card(Protocol):
    """What the importer reads from; tests pull it out."""

    def open(self, path: Path) -> OpenSource:
        """Open for reading; OSError."""
        ...

    def present(self, root: Path) -> bool:
        """Whether a chosen source is still there and can be listed."""
        ...


class DiskFile:
    """A regular file opened without following a link."""

    def __init__(self, path: Path) -> None:
        flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        self._fd = open_untouched(path, flags)
        try:
            self._opened = os.fstat(self._fd)
            if not stat.S_ISREG(self._opened.st_mode):
                raise OSError(errno.ELOOP, "not a regular file")
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(self._fd, 0, 0, os.POSIX_FADV_SEQUENTIAL)
        except OSError:
            os.close(self._fd)
            raise

    @property
    def size_bytes(self) -> int:
        return self._opened.st_size

    def read(self, size: int) -> bytes:
        return os.read(self._fd, size)

    def unchanged(self) -> bool:
        now = os.fstat(self._fd)
        return (now.st_size, now.st_mtime_ns) == (self._opened.st_size, self._opened.st_mtime_ns)

    def close(self) -> None:
        os.close(self._fd)


class DiskCard:
    """The real file system. It remembers the devices of `roots`: an empty folder where a card was is no card."""

    def __init__(self, roots: Iterable[Path] = ()) -> None:
        self._devices = {root: device for root in roots if (device := _device(root)) is not None}

    def open(self, path: Path) -> OpenSource:
        return DiskFile(path)

    def present(self, root: Path) -> bool:
        try:
            if root.is_dir():
                folders_in(root)
            return root.exists() and self._devices.get(root, _device(root)) == _device(root)
        except OSError:
            return False


def _device(root: Path) -> int | None:
    try:
        return root.stat().st_dev
    except OSError:
        return None


class Reading:
    """One file on its way in: read piece by piece, hashed as it goes, proven unchanged at the end."""

    def __init__(self, card: Card, found: Found) -> None:
        self._digest = hashlib.sha256()
        self.read_bytes = 0
        try:
            self._file = card.open(found.path)
        except OSError as error:
            raise not_read(error) from None

    @property
    def size_bytes(self) -> int:
        """The size when it was opened."""
        return self._file.size_bytes

    def pieces(self) -> Iterator[bytes]:
        """The bytes in order, each piece read once. Raises NotRead for a fault or a file that changed meanwhile."""
        try:
            while piece := self._file.read(self._next_bytes()):
                self._digest.update(piece)
                self.read_bytes += len(piece)
                if self.read_bytes > self._file.size_bytes:
                    break  # it grows: reading on might never end
                yield piece
            same = self._file.unchanged() and self.read_bytes == self._file.size_bytes
        except OSError as error:
            raise not_read(error) from None
        if not same:
            raise NotRead("This file changed while it was read. Import again when nothing writes to it.")

    def _next_bytes(self) -> int:
        """As much as is left, and one byte more that tells the end: memory that stays unused would cost time too."""
        return min(PIECE_BYTES, max(0, self._file.size_bytes - self.read_bytes) + 1)

    @property
    def sha256(self) -> bytes:
        """Of what was read so far, 32 bytes."""
        return self._digest.digest()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def not_read(error: OSError) -> NotRead:
    """An OSError of the card as a reason."""
    number = error.errno or 0
    reason = _REASONS.get(number, f"This file could not be read ({error.strerror or 'unknown fault'}).")
    return NotRead(reason, gone=number in _GONE)


def rest_in_words(safe: int, remaining: int) -> str:
    """What to say when the card is out."""
    photos = "1 file is" if safe == 1 else f"{safe} files are"
    others = "the other one" if remaining == 1 else f"the other {remaining}"
    return f"The card was taken out. {photos} safe. Put it back to copy {others}."
