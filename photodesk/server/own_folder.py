"""What a server's own folder says of it: whether one was served from it, and where its rows and its photos lie.

`serve` leaves a note there, without an address and without a password: a copy made without the rows or the photos would
look whole and be none, and a server started without them would begin anew.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from photodesk.errors import Fixable
from photodesk.store.files import write_atomically
from photodesk.store.layout import Layout

NOTE = "server.json"
ROWS, ERASURE = "server.db", "erasure.db"
HERE, POSTGRESQL, ELSEWHERE = "here", "postgresql", "elsewhere"


def keep_note(folder: Path, database: str, objects: str) -> None:
    """Say in the folder what it was served with."""
    said = {"database": POSTGRESQL if database else HERE, "objects": ELSEWHERE if objects else HERE}
    if _note(folder) != said:
        with contextlib.suppress(Fixable):  # a folder that only holds a given certificate may be read-only
            write_atomically(folder / NOTE, (json.dumps(said) + "\n").encode())


def refuse_without(folder: Path, database: str, objects: str | None) -> None:
    """Fixable `database_wanted`, `objects_wanted` where the folder's server keeps them elsewhere and nobody says where.

    `objects` None: they are not needed.
    """
    said = _note(folder)
    if not database and said.get("database") == POSTGRESQL:
        raise Fixable(
            "database_wanted", "The server of this folder keeps its rows in PostgreSQL.", "Name it with --database."
        )
    if objects == "" and said.get("objects") == ELSEWHERE:
        raise Fixable(
            "objects_wanted",
            "The server of this folder keeps its photos in another place.",
            "Name that place with --objects.",
        )


def refuse_no_server(folder: Path, database: str, objects: str | None = None) -> None:
    """Errors as `refuse_without`; Fixable `server_missing` where no server was ever served from here."""
    refuse_without(folder, database, objects)
    if not (database or (folder / ROWS).is_file()):
        raise server_missing()


def refuse_station(*folders: Path) -> None:
    """Fixable `store_here` before anything is written where a folder is a workstation's store.

    It has an `erasure.db` of its own, and names that are no object's.
    """
    if any(Layout(folder).store_json.exists() for folder in folders):
        raise Fixable(
            "store_here",
            "This folder holds a workstation's store, which is no place for a server.",
            "Choose another folder.",
        )


def server_missing() -> Fixable:
    """No server was served from there."""
    return Fixable(
        "server_missing",
        "There is no server in this folder.",
        "Name its folder with --data; if it keeps its rows in PostgreSQL, name that with --database too.",
    )


def _note(folder: Path) -> dict[str, str]:
    try:
        said = json.loads((folder / NOTE).read_bytes())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
