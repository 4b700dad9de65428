"""Which files are there: every regular file below what the person chose, exactly once, reading none of them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from photodesk.errors import Fixable


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
            name = prefix + entry.name
            try:
                if entry.is_symlink():
                    skipped.append((plain_name(name), "It is a link, and links are not followed."))
                elif entry.is_dir(follow_symlinks=False):
                    deeper.append((entry.path, name + "/"))
                elif entry.is_file(follow_symlinks=False):
                    info = entry.stat(follow_symlinks=False)
                    yield Found(number, plain_name(name), Path(entry.path), info.st_size, info.st_mtime_ns // 1_000_000)
                else:
                    skipped.append((plain_name(name), "It is a device or a pipe, not a file."))
            except OSError as error:
                skipped.append((plain_name(name), f"It could not be looked at ({error.strerror})."))
        folders.extend(reversed(deeper))


def _entries(folder: str, prefix: str, skipped: list[tuple[str, str]]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        skipped.append((plain_name(prefix or "."), f"This folder could not be read ({error.strerror})."))
        return []
