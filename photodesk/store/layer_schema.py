"""Tables of a chart's layers: marks, scales, lesions, kept comparisons."""

from __future__ import annotations

from photodesk.store.projection import Table

LAYER_STATEMENTS = (
    (
        "CREATE TABLE mark (mark_id TEXT PRIMARY KEY, photo_id TEXT NOT NULL DEFAULT '', kind TEXT NOT NULL DEFAULT '',"
        " points TEXT NOT NULL DEFAULT '[]', text TEXT NOT NULL DEFAULT '', lesion_id TEXT NOT NULL DEFAULT '',"
        " aided INTEGER NOT NULL DEFAULT 0, pinned TEXT NOT NULL DEFAULT '[]', gone INTEGER NOT NULL DEFAULT 0)"
        " WITHOUT ROWID"
    ),
    "CREATE INDEX mark_photo ON mark (photo_id)",
    (
        "CREATE TABLE scale (photo_id TEXT PRIMARY KEY, across_mm REAL NOT NULL DEFAULT 0,"
        " down_mm REAL NOT NULL DEFAULT 0, error_share REAL NOT NULL DEFAULT 0, source TEXT NOT NULL DEFAULT '',"
        " points TEXT NOT NULL DEFAULT '[]', known_mm REAL NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0)"
        " WITHOUT ROWID"
    ),
    (
        "CREATE TABLE lesion (lesion_id TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT '',"
        " body_site TEXT NOT NULL DEFAULT '', gone INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"
    ),
    (
        "CREATE TABLE comparison (comparison_id TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT '',"
        " content TEXT NOT NULL DEFAULT '', made_by TEXT NOT NULL DEFAULT '', made_at_ms INTEGER NOT NULL DEFAULT 0,"
        " gone INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"
    ),
)

LAYER_TABLES = {
    "mark": Table(
        "mark",
        "mark_id",
        frozenset({"photo_id", "kind", "points", "text", "lesion_id", "aided", "pinned", "gone"}),
    ),
    "scale": Table(
        "scale",
        "photo_id",
        frozenset({"across_mm", "down_mm", "error_share", "source", "points", "known_mm", "gone"}),
    ),
    "lesion": Table("lesion", "lesion_id", frozenset({"name", "body_site", "gone"})),
    "comparison": Table("comparison", "comparison_id", frozenset({"name", "content", "made_by", "made_at_ms", "gone"})),
}
