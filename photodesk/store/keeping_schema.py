"""Tables of the catalog about how long a patient's record is kept: class and hold, and erasures."""

from __future__ import annotations

from photodesk.store.projection import Table

KEEPING_STATEMENTS = (
    (
        "CREATE TABLE keeping (patient_id TEXT PRIMARY KEY, retention TEXT NOT NULL DEFAULT '',"
        " hold INTEGER NOT NULL DEFAULT 0, hold_reason TEXT NOT NULL DEFAULT '', hold_by TEXT NOT NULL DEFAULT '',"
        " hold_at_ms INTEGER NOT NULL DEFAULT 0)"
    ),
    (
        "CREATE TABLE erasure (erasure_id TEXT PRIMARY KEY, state TEXT NOT NULL DEFAULT '',"
        " patient_id TEXT NOT NULL DEFAULT '', chart_id TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',"
        " ground TEXT NOT NULL DEFAULT '', requested_by TEXT NOT NULL DEFAULT '', second_by TEXT NOT NULL DEFAULT '',"
        " requested_at_ms INTEGER NOT NULL DEFAULT 0, counted_ms INTEGER NOT NULL DEFAULT 0,"
        " authorised_by TEXT NOT NULL DEFAULT '', cosigned_by TEXT NOT NULL DEFAULT '',"
        " carried_out_by TEXT NOT NULL DEFAULT '', erased_at_ms INTEGER NOT NULL DEFAULT 0,"
        " counts TEXT NOT NULL DEFAULT '{}', places TEXT NOT NULL DEFAULT '[]', told INTEGER NOT NULL DEFAULT 0)"
    ),
    "CREATE INDEX erasure_state ON erasure (state)",
    (
        "CREATE TABLE confirmation (confirmation_id TEXT PRIMARY KEY, erasure_id TEXT NOT NULL DEFAULT '',"
        " workstation_id TEXT NOT NULL DEFAULT '', at_ms INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"
    ),
)

KEEPING_TABLES = {
    "keeping": Table("keeping", "patient_id", frozenset({"retention", "hold", "hold_reason", "hold_by", "hold_at_ms"})),
    "erasure": Table(
        "erasure",
        "erasure_id",
        frozenset({"state", "patient_id", "chart_id", "reason", "ground", "requested_by", "second_by"})
        | frozenset({"requested_at_ms", "counted_ms", "authorised_by", "cosigned_by", "carried_out_by"})
        | frozenset({"erased_at_ms", "counts", "places", "told"}),
    ),
    "confirmation": Table("confirmation", "confirmation_id", frozenset({"erasure_id", "workstation_id", "at_ms"})),
}
