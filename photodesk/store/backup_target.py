"""Where a backup lies: a folder on any disk or network drive. Names in it are numbers, random ids and hashes.

A file appears under its name only when it is whole: written aside, synced, read back from the disk with the system's
copy dropped, checked, renamed. What an interrupted run left aside is removed by the next one (`tidy`). Blobs are named
by their id, so one that is there already needs no second copy.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from photodesk.errors import Damaged, Fixable, PhotoDeskError
from photodesk.store.files import drop_page_cache, sync_folder
from photodesk.store.sealed_blob import BlobName

Pieces = Callable[[], Iterator[bytes]]
Check = Callable[[BinaryIO], None]
Known = Callable[[str, int], bool]
_ASIDE = ".new"
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class Stored:
    """A file of the backup: what it is called, how long it is, whether this run wrote it."""

    name: str
    size_bytes: int
    new: bool


class Target(Protocol):
    """What a run and a restore ask of the place. Errors are ours; one thread at a time."""

    def names(self, folder: str) -> dict[str, int]:
        """Every whole file below a folder of the backup: name to bytes."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """Write one file whole and read it back, in place of one of that name."""
        ...

    def put_blob(self, pieces: Pieces, check: Check, known: Known) -> Stored:
        """Write a blob under its id unless `known` (name, bytes) is there. `check` raises where it reads back badly."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Read a file from its start; Damaged `backup_file_missing`."""
        ...

    def remove(self, names: Iterable[str]) -> None:
        """Remove files; one that is gone already is none too few."""
        ...

    def settle(self) -> None:
        """Make everything put so far durable."""
        ...

    def tidy(self) -> None:
        """Remove what an interrupted run left."""
        ...


def blob_path(blob_id: str) -> str:
    """Where a blob lies in a backup."""
    return f"blobs/{blob_id[:2]}/{blob_id}"


def read_whole(target: Target, name: str) -> bytes:
    """All of one small file."""
    with target.open(name) as stream:
        return stream.read()


class FolderTarget:
    """A folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._unsynced: set[Path] = set()

    def names(self, folder: str) -> dict[str, int]:
        """See `Target`."""
        with _in_words():
            return dict(self._walk(self.root / folder))

    def _walk(self, folder: Path) -> Iterator[tuple[str, int]]:
        if not folder.is_dir():
            return
        with os.scandir(folder) as found:
            for one in found:
                if one.is_dir(follow_symlinks=False):
                    yield from self._walk(Path(one.path))
                elif not one.name.endswith(_ASIDE):
                    yield Path(one.path).relative_to(self.root).as_posix(), one.stat().st_size

    def put(self, name: str, data: bytes) -> None:
        """See `Target`."""
        path = self.root / name
        with _in_words(len(data)):
            aside = self._aside(path)
            try:
                self._write(aside, [data])
                with _read_back(aside) as stream:
                    if stream.read() != data:
                        raise reads_badly()
                self._publish(aside, path)
                _sync(path.parent)
            finally:
                aside.unlink(missing_ok=True)

    def put_blob(self, pieces: Pieces, check: Check, known: Known) -> Stored:
        """See `Target`."""
        named = BlobName()
        with _in_words():
            aside = self._aside(self.root / "blobs" / "blob")
            try:
                self._write(aside, named.over(pieces()))
                blob_id = named.hex()
                name = blob_path(blob_id)
                if known(name, named.size_bytes):
                    return Stored(name, named.size_bytes, new=False)
                again = BlobName()
                with _read_back(aside) as stream:
                    check(stream)
                    stream.seek(0)
                    again.take(stream)
                if again.hex() != blob_id:
                    raise reads_badly()
                self._publish(aside, self.root / name)
            finally:
                aside.unlink(missing_ok=True)
        return Stored(name, named.size_bytes, new=True)

    def open(self, name: str) -> BinaryIO:
        """See `Target`."""
        with _in_words():
            try:
                return (self.root / name).open("rb")
            except FileNotFoundError:
                raise missing(name) from None

    def remove(self, names: Iterable[str]) -> None:
        """See `Target`."""
        with _in_words():
            for name in names:
                (self.root / name).unlink(missing_ok=True)

    def settle(self) -> None:
        """See `Target`."""
        with _in_words():
            while self._unsynced:
                _sync(self._unsynced.pop())

    def tidy(self) -> None:
        """See `Target`."""
        with _in_words():
            for folder in (self.root, *(self.root / one for one in ("blobs", "runs", "state", "log"))):
                for path in folder.glob(f".*{_ASIDE}"):
                    path.unlink(missing_ok=True)
            for path in (self.root / "log").glob(f"*/.*{_ASIDE}"):
                path.unlink(missing_ok=True)

    def _aside(self, path: Path) -> Path:
        self._make(path.parent)
        return path.with_name(f".{path.name}.{os.getpid()}{_ASIDE}")

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._unsynced.update((folder.parent, folder))

    def _write(self, aside: Path, pieces: Iterable[bytes]) -> None:
        with aside.open("wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())

    def _publish(self, aside: Path, path: Path) -> None:
        self._make(path.parent)
        aside.replace(path)
        self._unsynced.add(path.parent)


def hash_of(stream: BinaryIO, length: int = -1) -> bytes:
    """SHA-256 of a stream, or of its first `length` bytes; Damaged `backup_file_damaged` where it is shorter."""
    digest, left = hashlib.sha256(), length
    while left and (piece := stream.read(_PIECE_BYTES if left < 0 else min(left, _PIECE_BYTES))):
        digest.update(piece)
        left -= len(piece) if left > 0 else 0
    if left > 0:
        raise Damaged("backup_file_damaged", "A file of the backup is shorter than it was.")
    return digest.digest()


def missing(name: str) -> Damaged:
    """A file that the backup should have. Names are hashes and numbers."""
    return Damaged(
        "backup_file_missing",
        f"The backup has lost its file {PurePosixPath(name).name}.",
        "Use another backup, or restore everything else with --anyway.",
    )


def reads_badly() -> Damaged:
    """The disk gave back something else than was written."""
    return Damaged(
        "backup_reads_badly",
        "The backup's disk gives back something else than was written. The backup before this one is as it was.",
        "Use another disk, and have this one looked at.",
    )


def full(needed_bytes: int) -> Fixable:
    """No room at the backup's place."""
    needed = f" {needed_bytes:,} bytes more are needed." if needed_bytes else ""
    return Fixable(
        "backup_full",
        f"The backup's disk is full.{needed} The backup before this one is whole.",
        "Make room there or choose another folder, then run the backup again.",
    )


def _read_back(path: Path) -> BinaryIO:
    drop_page_cache(path)
    return path.open("rb")


def _sync(folder: Path) -> None:
    try:
        sync_folder(folder)
    except PhotoDeskError as error:  # its words are about the store's own disk
        raise full(0) if error.code == "disk_full" else gone() from None


@contextmanager
def _in_words(needed_bytes: int = 0) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _told(error, needed_bytes) from None


def _told(error: OSError, needed_bytes: int) -> PhotoDeskError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return full(needed_bytes)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return Fixable(
            "backup_read_only",
            "The backup folder cannot be written. The backup before this one is whole.",
            "Choose another folder, or ask for the right to write there.",
        )
    return gone()


def gone() -> Fixable:
    """A disk that was pulled, a network drive that went away."""
    return Fixable(
        "backup_gone",
        "The backup folder cannot be reached. The backup before this one is whole.",
        "Put the disk back or connect the network drive, then run the backup again.",
    )
