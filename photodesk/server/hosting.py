"""What whoever runs the server may look at and change: codes for founding clinics, how much room each one has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update

from photodesk.clock import Clock
from photodesk.errors import Fixable
from photodesk.server import schema
from photodesk.server.database import Database, refuse_unready
from photodesk.server.identity import new_code
from photodesk.server.own_folder import refuse_no_server
from photodesk.server.parts import Places


@dataclass(frozen=True)
class HostedClinic:
    """A clinic as its host sees it: an id without meaning, and bytes."""

    clinic_id: str
    used_bytes: int
    promised_bytes: int
    quota_bytes: int


class Hosting:
    """A server's database, also while the server runs. Errors as `refuse_no_server`, `refuse_unready`."""

    def __init__(self, data: Path, database: str, clock: Clock) -> None:
        refuse_no_server(data, database)
        if database:
            refuse_unready(database, holding=schema.clinic.name)
        self._database = Database(Places.in_folder(data, database).database)
        self._clock = clock

    def give_code(self) -> str:
        """A code for founding one more clinic, once, for a day."""
        with self._database.write() as connection:
            return new_code(connection, self._clock)

    def clinics(self) -> list[HostedClinic]:
        """Every clinic, oldest first."""
        table = schema.clinic
        with self._database.read() as connection:
            rows = connection.execute(select(table).order_by(table.c.founded_ms, table.c.clinic_id)).all()
        return [HostedClinic(row.clinic_id, row.used_bytes, row.promised_bytes, row.quota_bytes) for row in rows]

    def set_quota(self, clinic_id: str, quota_bytes: int) -> None:
        """Give a clinic more room, or less than it had. Fixable `clinic_unknown`."""
        table = schema.clinic
        with self._database.write() as connection:
            changed = connection.execute(
                update(table).where(table.c.clinic_id == clinic_id).values(quota_bytes=quota_bytes)
            )
            if changed.rowcount != 1:
                raise Fixable(
                    "clinic_unknown", "The server has no clinic of this id.", "`photodesk serve clinics` lists them."
                )

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()
