"""Tables of a chart. Bytes of originals and renditions are in tables of their own, which listing never reads."""

from __future__ import annotations

from photodesk.store.copy_schema import COPY_STATEMENTS, COPY_TABLES
from photodesk.store.layer_schema import LAYER_STATEMENTS, LAYER_TABLES
from photodesk.store.merge_schema import MERGE_STATEMENTS, MERGE_TABLES
from photodesk.store.migrations import Format
from photodesk.store.operations import ERASED_TABLE, OPERATION_TABLES
from photodesk.store.original_parts import PART_TABLE
from photodesk.store.projection import Table
from photodesk.store.twins import TWIN_INDEX

_FIRST = (
    *OPERATION_TABLES,
    (
        "CREATE TABLE photo (photo_id TEXT PRIMARY KEY, visit_id TEXT NOT NULL DEFAULT '',"
        " body_site TEXT NOT NULL DEFAULT '', standard_view TEXT NOT NULL DEFAULT '', tags TEXT NOT NULL DEFAULT '[]',"
        " facts TEXT NOT NULL DEFAULT '', job_id TEXT NOT NULL DEFAULT '', photo_key BLOB NOT NULL DEFAULT x'',"
        " renditions TEXT NOT NULL DEFAULT '{}') WITHOUT ROWID"
    ),
    (
        "CREATE TABLE original (original_id TEXT PRIMARY KEY, photo_id TEXT NOT NULL DEFAULT '',"
        " place INTEGER NOT NULL DEFAULT 0, content_id BLOB UNIQUE, sha256 TEXT NOT NULL DEFAULT '',"
        " size_bytes INTEGER NOT NULL DEFAULT 0, media_type TEXT NOT NULL DEFAULT '', name TEXT NOT NULL DEFAULT '',"
        " mtime_ms INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"
    ),
    "CREATE INDEX original_photo ON original (photo_id, place)",
    (
        "CREATE TABLE attachment (original_id TEXT PRIMARY KEY, visit_id TEXT NOT NULL DEFAULT '',"
        " reason TEXT NOT NULL DEFAULT '', job_id TEXT NOT NULL DEFAULT '', photo_key BLOB NOT NULL DEFAULT x'')"
    ),
    PART_TABLE,
    "CREATE TABLE thumbnail (number INTEGER PRIMARY KEY, photo_id TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL)",
    "CREATE TABLE screen (number INTEGER PRIMARY KEY, photo_id TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL)",
    (
        "CREATE TABLE visit_text (visit_id TEXT PRIMARY KEY, title TEXT NOT NULL DEFAULT '',"
        " reason TEXT NOT NULL DEFAULT '')"
    ),
    "CREATE TABLE record (chart_id TEXT PRIMARY KEY, notes TEXT NOT NULL DEFAULT '')",
    (
        "CREATE TABLE seen (person_id TEXT NOT NULL, workstation_id TEXT NOT NULL, last_ms INTEGER NOT NULL,"
        " PRIMARY KEY (person_id, workstation_id)) WITHOUT ROWID"
    ),
)

_PRESENCE = (
    "presence TEXT NOT NULL DEFAULT ''",  # '' here, hidden, moved, purged
    "presence_at_ms INTEGER NOT NULL DEFAULT 0",
    "presence_by TEXT NOT NULL DEFAULT ''",
    "presence_reason TEXT NOT NULL DEFAULT ''",
    "moved_to TEXT NOT NULL DEFAULT ''",
    "moved_from TEXT NOT NULL DEFAULT ''",
)

_SECOND: tuple[str, ...] = (
    *(f"ALTER TABLE {table} ADD COLUMN {column}" for table in ("photo", "attachment") for column in _PRESENCE),
    "ALTER TABLE attachment ADD COLUMN photo_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE original ADD COLUMN gone INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE original ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
    *LAYER_STATEMENTS,
    ERASED_TABLE,
    *COPY_STATEMENTS,
    *MERGE_STATEMENTS,
    "ALTER TABLE original ADD COLUMN content BLOB",  # what content_id would be, of every original with these bytes
    "UPDATE original SET content = content_id",
    "CREATE INDEX original_content ON original (content)",
    TWIN_INDEX,
)

_PRESENCE_FIELDS = frozenset(column.split()[0] for column in _PRESENCE)

CHART_FORMAT = Format("chart", (_FIRST, _SECOND), frozenset({"original_part", "thumbnail", "screen"}))

CHART_TABLES = {
    "photo": Table(
        "photo",
        "photo_id",
        frozenset({"visit_id", "body_site", "standard_view", "tags", "facts", "job_id", "photo_key", "renditions"})
        | _PRESENCE_FIELDS,
    ),
    "original": Table(
        "original",
        "original_id",
        frozenset(
            {
                "photo_id",
                "place",
                "content_id",
                "sha256",
                "size_bytes",
                "media_type",
                "name",
                "mtime_ms",
                "gone",
                "reason",
            }
        ),
        {"content_id": "content"},
    ),
    "attachment": Table(
        "attachment",
        "original_id",
        frozenset({"visit_id", "reason", "job_id", "photo_key", "photo_id"}) | _PRESENCE_FIELDS,
    ),
    "visit_text": Table("visit_text", "visit_id", frozenset({"title", "reason"})),
    "record": Table("record", "chart_id", frozenset({"notes"})),
    **LAYER_TABLES,
    **COPY_TABLES,
    **MERGE_TABLES,
}
