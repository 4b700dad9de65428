"""A copy of the server, and the way back.

`back_up` copies the database as of one moment, every object once, and the certificate; the erasure keys go into a
folder of their own, dated, and copies older than seven days are removed: so that an erased patient's key is in no
backup for longer. `bring_back` makes a new data folder of a copy. The clinics notice: an administrator signs that the
server was restored, and every workstation sends again what the copy lacks.

A copy is whole or none: the rows of a PostgreSQL are in it too, as a SQLite file, so nothing is left to `pg_dump`. What
it holds stands in its file `complete`, written last.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from photodesk.clock import Clock, utc_from_ms
from photodesk.errors import Fixable
from photodesk.server import schema
from photodesk.server.copying import copy_in, copy_out, put_in_place
from photodesk.server.database import Database, refuse_unready
from photodesk.server.objects import FolderObjects, Objects, objects_at
from photodesk.server.own_folder import (
    ERASURE,
    HERE,
    POSTGRESQL,
    ROWS,
    refuse_no_server,
    refuse_station,
    server_missing,
)
from photodesk.server.parts import Places
from photodesk.store.files import write_atomically

ERASURE_DAYS = 7
SMALL_FILES = ("tls.pem", "tls.key")
_FINISHED = "complete"


@dataclass(frozen=True)
class ServerCopy:
    """What a backup holds. `rows_from` is where the server keeps its rows: `here` (its folder) or `postgresql`."""

    objects: int
    new_objects: int
    size_bytes: int
    rows_from: str = HERE


def back_up(data: Path, target: Path, clock: Clock, *, database: str = "", objects: str = "") -> ServerCopy:
    """Copy a server that may be running into a folder, all of it: rows, photos, certificate, erasure keys.

    The copy is the same whether the server keeps its rows in SQLite or in PostgreSQL, its photos in a folder or in S3.
    Fixable `objects_missing`, `backup_inside`; errors as `refuse_no_server`, `refuse_station`, `refuse_unready`.
    """
    refuse_no_server(data, database, objects)
    if not data.is_dir():
        raise server_missing()
    refuse_station(data, target)
    if target.resolve().is_relative_to(data.resolve()):
        raise Fixable("backup_inside", "The backup would lie inside the server's own folder.", "Choose another folder.")
    if database:
        refuse_unready(database, holding=schema.clinic.name)
    places = Places.in_folder(data, database, objects)
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    (target / _FINISHED).unlink(missing_ok=True)
    if database:
        copy_out(database, target / ROWS, schema.metadata)
    else:
        _copy_database(data / ROWS, target / ROWS)
    copied = _copy_objects(objects_at(places.objects), FolderObjects(target / "objects"))
    if not copied.objects and _names_objects(target / ROWS):
        raise Fixable(
            "objects_missing",
            "The server has photos, and none of them is in this place: the copy was not finished.",
            "Name the place where its photos lie with --objects.",
        )
    for name in SMALL_FILES:
        if (data / name).exists():
            shutil.copy2(data / name, target / name)
    _copy_erasure(data, database, target / "erasure", clock)
    copied = replace(copied, rows_from=POSTGRESQL if database else HERE)
    held = {"database": ROWS, "from": copied.rows_from, "objects": copied.objects}
    write_atomically(target / _FINISHED, (json.dumps(held) + "\n").encode())
    return copied


def bring_back(source: Path, data: Path, *, database: str = "", objects: str = "") -> None:
    """Make a server's folder from a copy, or a PostgreSQL database and an object store that are empty.

    Fixable `backup_incomplete`, `server_exists`; errors as `refuse_unready`.
    """
    if not ((source / _FINISHED).exists() and (source / ROWS).is_file()):
        raise Fixable("backup_incomplete", "This folder holds no finished copy of a server.", "Choose another copy.")
    if data.exists() and any(data.iterdir()):
        raise Fixable("server_exists", "The server's folder is not empty.", "Choose a new one with --data.")
    if database:
        refuse_unready(database)
    places = Places.in_folder(data, database, objects)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    newest = max((source / "erasure").glob("*.db"), default=None)
    for path, name, tables in ((source / ROWS, ROWS, schema.metadata), (newest, ERASURE, schema.erasure_metadata)):
        if path is not None:
            if database:
                copy_in(path, database, tables)
            else:
                _copy_database(path, data / name)
    for name in SMALL_FILES:
        if (source / name).exists():
            shutil.copy2(source / name, data / name)
    _copy_objects(FolderObjects(source / "objects"), objects_at(places.objects))
    restored = Database(places.database)
    restored.bring_up()
    restored.close()


def _copy_erasure(data: Path, database: str, folder: Path, clock: Clock) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    now = utc_from_ms(clock.wall_ms())
    made = folder / f"{now:%Y-%m-%dT%H%M%S}.db"
    if database:
        copy_out(database, made, schema.erasure_metadata)
    elif (data / ERASURE).exists():
        _copy_database(data / ERASURE, made)
    for path in sorted(folder.glob("*.db"))[:-1]:
        since = datetime.strptime(path.stem, "%Y-%m-%dT%H%M%S").replace(tzinfo=now.tzinfo)
        if now - since > timedelta(days=ERASURE_DAYS):
            path.unlink()


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's own online copy: as of one moment, while the server goes on."""
    partial = target.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with sqlite3.connect(source) as from_here, sqlite3.connect(partial) as to_there:
        from_here.backup(to_there)
    for connection in (from_here, to_there):
        connection.close()
    put_in_place(partial, target)


def _names_objects(rows: Path) -> bool:
    """Whether a copy's rows name anything that lies among the objects."""
    with sqlite3.connect(rows) as connection:
        found = connection.execute("SELECT EXISTS(SELECT 1 FROM blob) OR EXISTS(SELECT 1 FROM log_segment)").fetchone()
    connection.close()
    return bool(found[0])


def _copy_objects(objects: Objects, kept: Objects) -> ServerCopy:
    """Objects never change, so one that is there already is the same."""
    have, held, new, size = set(kept.names()), 0, 0, 0
    for name in objects.names():
        held += 1
        if name not in have:
            data = objects.get(name)
            kept.put(name, data)
            new, size = new + 1, size + len(data)
    return ServerCopy(held, new, size)
