"""Small files written whole or not at all, and what a full or failing disk means in words."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from pathlib import Path

from photodesk.errors import Damaged, Fixable, PhotoDeskError

FOLDER_ENTRY_BYTES = 4096  # what a new name in a folder may need


def write_atomically(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace a file: write aside, fsync, rename, fsync of the folder. Fixable `disk_full`; Damaged `disk_failed`."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise in_words(error, path.parent, len(data)) from None


def sync_folder(folder: Path) -> None:
    """Make a rename or a new file in the folder durable (a no-op on Windows, which has no such call).

    Fixable `disk_full`, `folder_read_only`; Damaged `disk_failed`.
    """
    if sys.platform == "win32":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise in_words(error, folder, FOLDER_ENTRY_BYTES) from None


def drop_page_cache(path: Path, offset: int = 0, length: int = 0) -> None:
    """Ask the system to forget its clean copy of a range (0: to the end), so that the next read comes from the disk."""
    if not hasattr(os, "posix_fadvise"):
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, offset, length, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def need_room(folder: Path, needed_bytes: int) -> None:
    """Fixable `disk_full` before anything is written, where the disk plainly has not enough left."""
    if shutil.disk_usage(folder).free < needed_bytes:
        raise disk_full(needed_bytes)


def disk_full(needed_bytes: int) -> Fixable:
    """The sentence for a full disk."""
    return Fixable(
        "disk_full",
        f"The disk is full: this needs {needed_bytes:,} bytes. Nothing was lost and nothing half-written stays.",
        "Make room on the disk of the store and try again.",
    )


def disk_failed() -> Damaged:
    """The sentence for a disk that failed to write or sync: final for that file."""
    return Damaged(
        "disk_failed",
        "The disk reported a fault while writing. What was acknowledged is kept; this file is not written again.",
        "Close PhotoDesk, have the disk looked at, then run a check.",
    )


def in_words(error: OSError, folder: Path, needed_bytes: int) -> PhotoDeskError:
    """An OSError of a write in `folder` as one of ours."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return disk_full(needed_bytes)
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT}:
        return Fixable(
            "folder_read_only",
            "The store's folder cannot be written.",
            "Check that the folder exists and that you may write there.",
        )
    return disk_failed()
