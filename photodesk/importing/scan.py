"""Which files are there: every regular file below what the person chose, exactly once, reading none of them."""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from photodesk.errors import Fixable

UNREAD_FOLDER = "This folder could not be read"
UNREAD_FILE = "It could not be looked at"


@dataclass(frozen=True)
class Found:
    """One regular file.

    `source` counts the chosen paths from 0; `name` is the path below it, `/` between folders, and always valid text
    (bytes that are none are written as `\\xNN`); `path` opens it.
    """

    source: int
    name: str
    path: Path
    size_bytes: int
    mtime_ms: int


@dataclass(frozen=True)
class Scanned:
    """What was found, in the order of names, and what was passed over, each (name, why)."""

    files: tuple[Found, ...]
    skipped: tuple[tuple[str, str], ...]

    @property
    def total_bytes(self) -> int:
        """The size of all files as the folder lists it."""
        return sum(found.size_bytes for found in self.files)


def scan(sources: Sequence[Path], keep_out: Path | None = None) -> Scanned:
    """List every regular file below `sources`; links are named in `skipped` and never followed.

    A source may itself be a link (the person chose it). `keep_out` is the store: choosing it, or something inside it,
    is refused. Raises Fixable where a source does not exist.
    """
    files: list[Found] = []
    skipped: list[tuple[str, str]] = []
    seen: set[str] = set()
    for number, source in enumerate(sources):
        root = _resolved(source)
        if keep_out is not None:
            _refuse_store(root, keep_out)
        for found in _below(number, root, skipped):
            real = str(found.path)
            if real not in seen:
                seen.add(real)
                files.append(found)
    return Scanned(tuple(files), tuple(skipped))


def plain_name(raw: str) -> str:
    """A file name as valid text: bytes that are no UTF-8 become `\\xNN`."""
    return os.fsencode(raw).decode("utf-8", "backslashreplace")


def shown_name(name: str) -> str:
    """A name for screens, terminals and paper: control and direction characters written out, so that none acts."""
    return "".join(
        character.encode("unicode_escape").decode("ascii")
        if unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"}
        else character
        for character in name
    )


def _resolved(source: Path) -> Path:
    try:
        return source.resolve(strict=True)
    except (OSError, RuntimeError):
        raise Fixable(
            "path_missing", f"There is nothing at {plain_name(str(source))}.", "Check the path, or put the card back."
        ) from None


def _refuse_store(root: Path, keep_out: Path) -> None:
    store = keep_out.resolve()
    if root == store or store in root.parents:
        raise Fixable("path_is_store", "This folder is PhotoDesk's own store.", "Choose the card or another folder.")


def _below(number: int, root: Path, skipped: list[tuple[str, str]]) -> Iterator[Found]:
    status = root.stat()
    if stat.S_ISREG(status.st_mode):
        yield Found(number, plain_name(root.name), root, status.st_size, status.st_mtime_ns // 1_000_000)
        return
    if not stat.S_ISDIR(status.st_mode):
        skipped.append((plain_name(root.name), "It is neither a file nor a folder."))
        return
    folders = [(str(root), "")]
    while folders:
        folder, prefix = folders.pop()
        deeper: list[tuple[str, str]] = []
        for entry in _entries(folder, prefix, skipped):
            name, info = prefix + entry.name, entry.status
            if isinstance(info, OSError):
                skipped.append((plain_name(name), f"{UNREAD_FILE} ({info.strerror})."))
            elif stat.S_ISLNK(info.st_mode):
                skipped.append((plain_name(name), "It is a link, and links are not followed."))
            elif stat.S_ISDIR(info.st_mode):
                deeper.append((f"{folder}{os.sep}{entry.name}", name + "/"))
            elif stat.S_ISREG(info.st_mode):
                path = Path(folder, entry.name)
                yield Found(number, plain_name(name), path, info.st_size, info.st_mtime_ns // 1_000_000)
            else:
                skipped.append((plain_name(name), "It is a device or a pipe, not a file."))
        folders.extend(reversed(deeper))


@dataclass(frozen=True)
class _Entry:
    """What lies in a folder; `status` is of the entry itself, never of what a link leads to."""

    name: str
    status: os.stat_result | OSError


def _entries(folder: str, prefix: str, skipped: list[tuple[str, str]]) -> list[_Entry]:
    """The entries of a folder by name; where reading it fails on the way, those that came before."""
    found: list[_Entry] = []
    try:
        _list(folder, found)
    except OSError as error:
        skipped.append((plain_name(prefix or "."), f"{UNREAD_FOLDER} ({error.strerror})."))
    return sorted(found, key=lambda entry: entry.name)


def _list(folder: str, found: list[_Entry]) -> None:
    """Add the entries of a folder. Where the system lets us, reading it leaves its time of access alone."""
    if os.scandir not in os.supports_fd:
        with os.scandir(folder) as entries:
            found.extend(_Entry(entry.name, _status(entry)) for entry in entries)
        return
    number = open_untouched(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with os.scandir(number) as entries:
            found.extend(_Entry(entry.name, _status(entry)) for entry in entries)
    finally:
        os.close(number)


def folders_in(folder: Path) -> list[Path]:
    """Folders right inside this one, read without touching its time of access. OSError."""
    found: list[_Entry] = []
    _list(str(folder), found)
    kinds = [(entry.name, entry.status) for entry in found]
    return [folder / name for name, status in kinds if not isinstance(status, OSError) and stat.S_ISDIR(status.st_mode)]


def _status(entry: os.DirEntry[str]) -> os.stat_result | OSError:
    try:
        return entry.stat(follow_symlinks=False)
    except OSError as error:
        return error


def open_untouched(path: str | Path, flags: int) -> int:
    """Open for reading without changing the time of access, where this account may; a descriptor. OSError."""
    untouched = getattr(os, "O_NOATIME", 0)
    if untouched:
        try:
            return os.open(path, flags | untouched)
        except PermissionError as error:
            if error.errno != errno.EPERM:  # EPERM: only the owner may ask for it
                raise
    return os.open(path, flags)


def is_unread(why: str) -> bool:
    """Whether something was passed over because it could not be read, not because of what it is."""
    return why.startswith((UNREAD_FOLDER, UNREAD_FILE))
