"""Databases and seals that lie where another one belongs: swapped by a copying tool or a hand, each sound in itself.

A database's first 16 bytes are its key's salt, and a seal names its job and part: both say whose they are without
opening anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from photodesk import ids
from photodesk.errors import PhotoDeskError
from photodesk.store.files import FOLDER_ENTRY_BYTES, in_words, sync_folder
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.pack_files import read_seal
from photodesk.store.records import unpack
from photodesk.store.sqlcipher import SALT_BYTES

MOVING = ".moving"


def misplaced_seals(layout: Layout) -> dict[Path, Path]:
    """Seals that name another job or part than their place: where each belongs."""
    found: dict[Path, Path] = {}
    for path in _files(layout.inbox_folder):
        if path.suffix in {".seal", MOVING}:
            named = _named(layout, path)
            if named is not None and named != path:
                found[path] = named
    return found


def _named(layout: Layout, path: Path) -> Path | None:
    try:
        _, _, job, number, *_ = unpack(path.read_bytes(), "seal", 7)
        return layout.seal(ids.to_text(job), int(number))
    except (PhotoDeskError, OSError, TypeError, ValueError):
        return None


def misplaced_databases(layout: Layout, keyset: KeySet, chart_salts: Mapping[str, bytes]) -> dict[Path, Path]:
    """Charts (by the salts of their keys) and packs that lie elsewhere: where each belongs."""
    owners = {salt: layout.charts(chart_id) for chart_id, salt in chart_salts.items()}
    for seal in _files(layout.inbox_folder):
        if seal.suffix == ".seal" and seal.stem.isdigit():
            job_id, number = seal.parent.name, int(seal.stem)
            try:
                owners[read_seal(layout, job_id, number, keyset)[-SALT_BYTES:]] = layout.pack(job_id, number)
            except (PhotoDeskError, OSError, ValueError):
                continue
    found: dict[Path, Path] = {}
    for path in (*_files(layout.charts_folder), *_files(layout.inbox_folder)):
        owner = owners.get(_first_bytes(path))
        if owner is not None and owner != path:
            found[path] = owner
    return found


def put_back(moves: Mapping[Path, Path]) -> list[Path]:
    """Each to its place where that is free or given up by another of them: those that could be put back.

    A kill in between leaves `.moving` files, which the next check knows again. Fixable, Damaged `disk_failed`.
    """
    able = dict(moves)
    while stuck := [path for path, target in able.items() if target.exists() and target not in able]:
        for path in stuck:
            del able[path]
    try:
        waiting: dict[Path, Path] = {}
        for path, target in able.items():
            aside = target.with_name(target.name + MOVING)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path != aside:
                path.rename(aside)
            waiting[aside] = target
        for aside, target in waiting.items():
            aside.rename(target)
        for folder in {path.parent for path in (*able, *able.values())}:
            sync_folder(folder)
    except OSError as error:
        raise in_words(error, next(iter(moves)).parent, FOLDER_ENTRY_BYTES) from None
    return list(able)


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in _walk(folder) if not path.name.endswith(("-wal", "-shm", "-journal", ".damaged")))


def _walk(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in folder.glob("*/*") if path.is_file() and not path.is_symlink())


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(SALT_BYTES)
    except OSError:
        return b""
