"""Files that another system puts into a folder. The folder is not ours: nothing is made, moved or renamed in it.

A file is read once it is *still*: the same size, time and inode for two seconds, and not named like one being written.
Links are not followed. One is removed only where the set-up says so, and only while it still holds the bytes read.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from photodesk.errors import Fixable
from photodesk.interop.csv_table import read_table
from photodesk.interop.messages import read_messages
from photodesk.interop.texts import MAX_BYTES
from photodesk.visits.worklist import Read
from photodesk.visits.worklist_source import SourceKind, WorklistSource

STILL_MS = 2_000
MOST_FILES, FILES_AT_A_TIME = 2_000, 20
SUFFIXES = {
    SourceKind.CSV: frozenset({".csv", ".txt", ".tsv"}),
    SourceKind.HL7: frozenset({".hl7", ".txt", ".dat", ".msg", ".er7", ".adt", ".siu", ""}),
}


@dataclass(frozen=True)
class DroppedFile:
    """A file as it was seen: what changes when anybody writes to it or replaces it."""

    path: Path
    size_bytes: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True)
class FileRead:
    """A file's rows; `sha256` is of the bytes they came from."""

    file: DroppedFile
    sha256: bytes
    read: Read

    @property
    def mark(self) -> bytes:
        """32 bytes for this file as it stands: the same bytes written again later, after others, are another file."""
        facts = f"{self.file.mtime_ns}\n{self.name}".encode("utf-8", "surrogateescape")
        return hashlib.sha256(self.sha256 + facts).digest()

    @property
    def name(self) -> str:
        """The file's name, for people; it may be a patient's, so it never goes into a log."""
        return self.file.path.name


class DropFolder:
    """One folder, looked at again and again."""

    def __init__(self, source: WorklistSource) -> None:
        self._source = source
        self._folder = Path(source.folder)
        self._suffixes = SUFFIXES.get(source.kind, frozenset())
        self._seen: dict[DroppedFile, int] = {}
        self._done: set[DroppedFile] = set()

    def still(self, now_ms: int) -> tuple[DroppedFile, ...]:
        """Files to read now, the oldest first; `now_ms` is monotonic. Fixable `drop_folder_gone`."""
        found = self._files()
        self._done &= set(found)
        self._seen = {file: self._seen.get(file, now_ms) for file in found}
        waiting = [f for f, since in self._seen.items() if now_ms - since >= STILL_MS and f not in self._done]
        return tuple(sorted(waiting, key=lambda file: (file.mtime_ns, file.path.name))[:FILES_AT_A_TIME])

    def read(self, file: DroppedFile) -> FileRead | None:
        """The file's rows, once in this object's life; None where it changed or went away meanwhile."""
        data = data_of(file.path)
        if data is None or _seen(file.path) != file:
            return None
        self._done.add(file)
        return FileRead(file, hashlib.sha256(data).digest(), read_bytes(data, self._source))

    def remove(self, read: FileRead) -> bool:
        """Remove a file that still holds the bytes read; whether it is gone."""
        data = data_of(read.file.path)
        if data is None or hashlib.sha256(data).digest() != read.sha256 or _seen(read.file.path) != read.file:
            return False
        try:
            read.file.path.unlink()
        except OSError:
            return False
        return True

    def _files(self) -> list[DroppedFile]:
        try:
            with os.scandir(self._folder) as entries:
                names = [entry.path for entry in entries if self._wanted(entry)]
        except OSError:
            raise Fixable(
                "drop_folder_gone",
                "The worklist's folder cannot be reached.",
                "Visits can be added by hand. Check the folder, or ask an administrator.",
            ) from None
        seen = [file for name in names if (file := _seen(Path(name))) is not None]
        return sorted(seen, key=lambda file: file.mtime_ns, reverse=True)[:MOST_FILES]

    def _wanted(self, entry: os.DirEntry[str]) -> bool:
        name = entry.name.lower()
        hidden = name.startswith((".", "~")) or name.endswith("~")
        return not hidden and Path(name).suffix in self._suffixes and entry.is_file(follow_symlinks=False)


def read_bytes(data: bytes, source: WorklistSource) -> Read:
    """Rows of a file of this source's kind."""
    return read_messages(data, source.messages) if source.kind is SourceKind.HL7 else read_table(data, source.table)


def data_of(path: Path) -> bytes | None:
    """A regular file's bytes, one more than the limit at most; None where there is none or it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            return stream.read(MAX_BYTES + 1)
    except OSError:
        return None


def _seen(path: Path) -> DroppedFile | None:
    try:
        facts = path.lstat()
    except OSError:
        return None
    return DroppedFile(path, facts.st_size, facts.st_mtime_ns, facts.st_ino)
