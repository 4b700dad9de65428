"""The catalog's table of announced chart snapshots: of each chart the newest, and which operations it covers."""

from __future__ import annotations

from photodesk.store.projection import Table

SNAPSHOT = "snapshot"
SNAPSHOT_STATEMENTS = (
    (
        "CREATE TABLE snapshot (chart_id TEXT PRIMARY KEY, blob_id BLOB NOT NULL DEFAULT x'',"
        " bytes INTEGER NOT NULL DEFAULT 0, epoch INTEGER NOT NULL DEFAULT 0, covers TEXT NOT NULL DEFAULT '[]')"
        " WITHOUT ROWID"
    ),
)
SNAPSHOT_TABLES = {SNAPSHOT: Table("snapshot", "chart_id", frozenset({"blob_id", "bytes", "epoch", "covers"}))}
