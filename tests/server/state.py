"""Everything a server keeps, to be compared before and after."""

from __future__ import annotations

from sqlalchemy import select

from photodesk.server import schema
from tests.server.conftest import Server

PASSING = {"challenge"}  # what signing in leaves for two minutes


def kept(server: Server, clinic_id: str = "") -> dict[str, list[str]]:
    """Rows by table (of one clinic, or of all) and the names and sizes of objects."""
    found: dict[str, list[str]] = {}
    for database, metadata in (
        (server.parts.database, schema.metadata),
        (server.parts.erasure, schema.erasure_metadata),
    ):
        with database.read() as connection:
            for table in metadata.sorted_tables:
                if table.name in PASSING or (clinic_id and "clinic_id" not in table.c):
                    continue
                asked = select(table)
                asked = asked.where(table.c.clinic_id == clinic_id) if clinic_id else asked
                found[table.name] = sorted(repr(tuple(row)) for row in connection.execute(asked))
    objects = server.parts.objects
    names = [name for name in objects.names() if name.startswith(clinic_id)]
    found["objects"] = [f"{name} {len(objects.get(name))}" for name in names]
    return found
