"""Bytes in pieces to a file that is there whole or not at all, and proven by reading it back."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from photodesk.errors import Fixable
from photodesk.store.files import in_words, sync_folder

_PIECE_BYTES = 1 << 20


def write_proven(path: Path, pieces: Iterable[bytes]) -> tuple[str, int]:
    """(SHA-256 hex, bytes) of a new file that was synced and read back; nothing is left where that fails.

    Fixable `disk_full`, `folder_read_only`, `export_failed` where the folder did not keep the bytes.
    """
    try:
        written = _write(path, pieces)
        if _read(path) != written[0]:
            raise Fixable("export_failed", "The folder did not keep the file's bytes.", "Choose another folder.")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return written


def _write(path: Path, pieces: Iterable[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            for piece in pieces:
                digest.update(piece)
                size += file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except OSError as error:
        raise in_words(error, path.parent, size) from None
    return digest.hexdigest(), size


def _read(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()
