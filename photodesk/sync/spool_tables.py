"""The tables of the spool, all in one place; each is read and written by the module that is named for it."""

from __future__ import annotations

TABLES = (
    # spool.py
    "CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    (
        "CREATE TABLE IF NOT EXISTS outgoing (number INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL,"
        " sequence INTEGER NOT NULL, record BLOB NOT NULL, parcel INTEGER, UNIQUE (source, sequence))"
    ),
    "CREATE INDEX IF NOT EXISTS outgoing_parcel ON outgoing (parcel)",
    (
        "CREATE TABLE IF NOT EXISTS parcel (send_sequence INTEGER PRIMARY KEY, record BLOB NOT NULL,"
        " hash BLOB NOT NULL, sent INTEGER NOT NULL DEFAULT 0)"
    ),
    (
        "CREATE TABLE IF NOT EXISTS incoming (place INTEGER PRIMARY KEY, workstation TEXT NOT NULL,"
        " scope TEXT NOT NULL, compartment INTEGER NOT NULL, record BLOB NOT NULL, taken INTEGER NOT NULL DEFAULT 0)"
    ),
    "CREATE INDEX IF NOT EXISTS incoming_waiting ON incoming (taken, compartment, place)",
)
