"""Tables that catalog and charts have for merging what several workstations wrote.

`conflict` says which operations hold a value that lost without having been seen, `unread` which operations were taken
in whose effect this program does not know yet; both follow from the operations. `settled` (what a person decided
about a conflict) and `left_out` (which operations of a workstation do not travel) are projections.
"""

from __future__ import annotations

from photodesk.store.projection import Table

MERGE_STATEMENTS = (
    (
        "CREATE TABLE conflict (conflict_id TEXT PRIMARY KEY, entity TEXT NOT NULL, entity_id TEXT NOT NULL,"
        " field TEXT NOT NULL, operation_id TEXT NOT NULL) WITHOUT ROWID"
    ),
    "CREATE INDEX conflict_entity ON conflict (entity, entity_id)",
    "CREATE TABLE unread (operation_id TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE settled (conflict_id TEXT PRIMARY KEY, kept TEXT NOT NULL DEFAULT '') WITHOUT ROWID",
    "CREATE TABLE left_out (left_out_id TEXT PRIMARY KEY, runs TEXT NOT NULL DEFAULT '[]') WITHOUT ROWID",
)

MERGE_TABLES = {
    "settled": Table("settled", "conflict_id", frozenset({"kept"})),
    "left_out": Table("left_out", "left_out_id", frozenset({"runs"})),
}
DERIVED_MERGE_TABLES = frozenset({"conflict", "unread"})
