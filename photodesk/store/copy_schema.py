"""Tables of a chart that say where its bytes lie besides here: sealed copies, and what was fetched or let go."""

from __future__ import annotations

from photodesk.store.projection import Table

COPY_STATEMENTS = (
    (
        "CREATE TABLE copy (copy_id TEXT PRIMARY KEY, owner_id TEXT NOT NULL DEFAULT '',"
        " kind INTEGER NOT NULL DEFAULT 0, blob_id BLOB NOT NULL DEFAULT x'', bytes INTEGER NOT NULL DEFAULT 0)"
        " WITHOUT ROWID"
    ),
    # what came from a sealed copy or a backup. here 1: so it must be here; 0: let go on purpose
    (
        "CREATE TABLE fetched (owner_id TEXT NOT NULL, kind INTEGER NOT NULL, here INTEGER NOT NULL,"
        " sha256 TEXT NOT NULL DEFAULT '', PRIMARY KEY (owner_id, kind)) WITHOUT ROWID"
    ),
)
COPY_TABLES = {"copy": Table("copy", "copy_id", frozenset({"owner_id", "kind", "blob_id", "bytes"}))}
