"""A copy of the server, and the way back.

`back_up` copies the database as of one moment, every object once, and the certificate; the erasure keys go into a
folder of their own, dated, and copies older than seven days are removed: so that an erased patient's key is in no
backup for longer. `bring_back` makes a new data folder of a copy. The clinics notice: an administrator signs that the
server was restored, and every workstation sends again what the copy lacks.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from photodesk.clock import Clock, utc_from_ms
from photodesk.errors import Fixable
from photodesk.server.database import Database
from photodesk.server.objects import FolderObjects, Objects, objects_at
from photodesk.server.parts import Places
from photodesk.store.files import sync_folder, write_atomically

ERASURE_DAYS = 7
SMALL_FILES = ("tls.pem", "tls.key")
_FINISHED = "complete"


@dataclass(frozen=True)
class ServerCopy:
    """What a backup holds."""

    objects: int
    new_objects: int
    size_bytes: int


def back_up(data: Path, target: Path, clock: Clock, objects: str = "") -> ServerCopy:
    """Copy a server that may be running into a folder. Fixable `server_missing`, `backup_inside`.

    With PostgreSQL the database is copied by its own tools; this copies what lies in `data` and the objects.
    """
    if not data.is_dir():
        raise Fixable("server_missing", "There is no server in this folder.", "Name it with --data.")
    if target.resolve().is_relative_to(data.resolve()):
        raise Fixable("backup_inside", "The backup would lie inside the server's own folder.", "Choose another folder.")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    (target / _FINISHED).unlink(missing_ok=True)
    places = Places.in_folder(data, objects=objects)
    if (data / "server.db").exists():
        _copy_database(data / "server.db", target / "server.db")
    copied = _copy_objects(objects_at(places.objects), target / "objects")
    for name in SMALL_FILES:
        if (data / name).exists():
            shutil.copy2(data / name, target / name)
    _copy_erasure(data, target / "erasure", clock)
    write_atomically(target / _FINISHED, b"")
    return copied


def bring_back(source: Path, data: Path) -> None:
    """Make a server's folder from a copy. Fixable `backup_incomplete`, `server_exists`."""
    if not (source / _FINISHED).exists():
        raise Fixable("backup_incomplete", "This folder holds no finished copy of a server.", "Choose another copy.")
    if data.exists() and any(data.iterdir()):
        raise Fixable("server_exists", "The server's folder is not empty.", "Choose a new one with --data.")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    newest = max((source / "erasure").glob("*.db"), default=None)
    for path, name in ((source / "server.db", "server.db"), (newest, "erasure.db")):
        if path is not None and path.exists():
            _copy_database(path, data / name)
    for name in SMALL_FILES:
        if (source / name).exists():
            shutil.copy2(source / name, data / name)
    _copy_objects(FolderObjects(source / "objects"), data / "objects")
    Database(Places.in_folder(data).database).bring_up()


def _copy_erasure(data: Path, folder: Path, clock: Clock) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    now = utc_from_ms(clock.wall_ms())
    if (data / "erasure.db").exists():
        _copy_database(data / "erasure.db", folder / f"{now:%Y-%m-%dT%H%M%S}.db")
    for path in sorted(folder.glob("*.db"))[:-1]:
        made = datetime.strptime(path.stem, "%Y-%m-%dT%H%M%S").replace(tzinfo=now.tzinfo)
        if now - made > timedelta(days=ERASURE_DAYS):
            path.unlink()


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's own online copy: as of one moment, while the server goes on."""
    partial = target.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with sqlite3.connect(source) as from_here, sqlite3.connect(partial) as to_there:
        from_here.backup(to_there)
    for connection in (from_here, to_there):
        connection.close()
    _sync(partial)
    partial.replace(target)
    sync_folder(target.parent)


def _copy_objects(objects: Objects, folder: Path) -> ServerCopy:
    """Objects never change, so one that is there already is the same."""
    kept = FolderObjects(folder)
    have, held, new, size = set(kept.names()), 0, 0, 0
    for name in objects.names():
        held += 1
        if name not in have:
            data = objects.get(name)
            kept.put(name, data)
            new, size = new + 1, size + len(data)
    return ServerCopy(held, new, size)


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
