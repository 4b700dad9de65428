"""Erasure keys: 32 random bytes per patient, mixed into everything about that patient. Forgetting one erases.

`erasure.db` opens nothing without the role keys. A key is committed here before anything uses it; one that nothing
came to use is harmless.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from photodesk.errors import Damaged
from photodesk.store.database import Database, Settings
from photodesk.store.layout import Layout
from photodesk.store.migrations import Format
from photodesk.store.signer import Generations

NAME = "erasure"
FORMAT = Format(
    "erasure keys",
    (
        (
            (
                "CREATE TABLE erasure_key (chart_id TEXT PRIMARY KEY,"
                " key BLOB NOT NULL CHECK (length(key) = 32)) WITHOUT ROWID"
            ),
        ),
    ),
)
SETTINGS = Settings()


class ErasureKeys:
    """The erasure keys of every patient, by chart id (the scope of that patient's operations)."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    def create(cls, layout: Layout, key: bytes, generations: Generations) -> ErasureKeys:
        """Make `erasure.db` under its 48-byte key."""
        return cls(Database.create(layout.erasure, key, NAME, SETTINGS, FORMAT, generations))

    @classmethod
    def open(cls, layout: Layout, key: bytes, generations: Generations, logged: int = 0) -> ErasureKeys:
        """Open `erasure.db`; Damaged where it is missing. Read-only where it is behind what the log knows."""
        return cls(
            Database.open(
                layout.erasure,
                key,
                NAME,
                SETTINGS,
                FORMAT,
                generations,
                snapshots=layout.snapshots,
                logged_generation=logged,
            )
        )

    def make(self, chart_ids: Iterable[str]) -> dict[str, bytes]:
        """New keys, durable when this returns."""
        made = {chart_id: os.urandom(32) for chart_id in chart_ids}
        with self.database.transaction() as connection:
            connection.executemany("INSERT INTO erasure_key VALUES (?, ?)", made.items())
        return made

    def keep(self, keys: Mapping[str, bytes]) -> None:
        """Keys of patients that other workstations added, durable when this returns; one that is here stays."""
        with self.database.transaction() as connection:
            connection.executemany("INSERT INTO erasure_key VALUES (?, ?) ON CONFLICT DO NOTHING", keys.items())

    def key_if_known(self, chart_id: str) -> bytes | None:
        """EK of a chart, None where there is none."""
        row = self.database.row("SELECT key FROM erasure_key WHERE chart_id = ?", (chart_id,))
        return None if row is None else bytes(row[0])

    def key(self, chart_id: str) -> bytes:
        """EK of a chart; Damaged `erasure_key_missing` where there is none (any more)."""
        row = self.database.row("SELECT key FROM erasure_key WHERE chart_id = ?", (chart_id,))
        if row is None:
            raise Damaged("erasure_key_missing", f"The chart {chart_id} has no erasure key.", chart_id=chart_id)
        return bytes(row[0])

    def known(self) -> set[str]:
        """Chart ids that have a key."""
        return {row[0] for row in self.database.rows("SELECT chart_id FROM erasure_key")}

    def close(self) -> None:
        """Close the database."""
        self.database.close()
