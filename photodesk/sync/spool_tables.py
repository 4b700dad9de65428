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
    "CREATE TABLE IF NOT EXISTS learnt (hash BLOB PRIMARY KEY, parcel INTEGER NOT NULL) WITHOUT ROWID",
    (
        "CREATE TABLE IF NOT EXISTS incoming (place INTEGER PRIMARY KEY, workstation TEXT NOT NULL,"
        " scope TEXT NOT NULL, compartment INTEGER NOT NULL, record BLOB NOT NULL, taken INTEGER NOT NULL DEFAULT 0)"
    ),
    "CREATE INDEX IF NOT EXISTS incoming_waiting ON incoming (taken, compartment, place)",
    "CREATE INDEX IF NOT EXISTS incoming_scope ON incoming (taken, compartment, scope, place)",
    # spool_erasure.py
    (
        "CREATE TABLE IF NOT EXISTS erasure_out (scope TEXT PRIMARY KEY, sealed BLOB NOT NULL,"
        " sent INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"
    ),
    (
        "CREATE TABLE IF NOT EXISTS erasure_in (scope TEXT PRIMARY KEY, sealed BLOB NOT NULL,"
        " taken INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"
    ),
    # standing.py
    (
        "CREATE TABLE IF NOT EXISTS transfer (number INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL,"
        " sent BLOB NOT NULL, received BLOB NOT NULL, trouble TEXT NOT NULL)"
    ),
    # spool_alarm.py
    (
        "CREATE TABLE IF NOT EXISTS alarm (number INTEGER PRIMARY KEY AUTOINCREMENT, attack TEXT NOT NULL,"
        " what TEXT NOT NULL, at_ms INTEGER NOT NULL, cleared_ms INTEGER)"
    ),
    (
        "CREATE TABLE IF NOT EXISTS evidence (alarm INTEGER NOT NULL, name TEXT NOT NULL, data BLOB NOT NULL,"
        " PRIMARY KEY (alarm, name)) WITHOUT ROWID"
    ),
    # spool_seen.py
    "CREATE TABLE IF NOT EXISTS order_link (place INTEGER PRIMARY KEY, chain BLOB NOT NULL)",
    (
        "CREATE TABLE IF NOT EXISTS unlisted (workstation TEXT NOT NULL, place INTEGER NOT NULL, hash BLOB NOT NULL,"
        " PRIMARY KEY (workstation, place)) WITHOUT ROWID"
    ),
    (
        "CREATE TABLE IF NOT EXISTS parcel_seen (workstation TEXT NOT NULL, send_sequence INTEGER NOT NULL,"
        " hash BLOB NOT NULL, last_place INTEGER NOT NULL, PRIMARY KEY (workstation, send_sequence)) WITHOUT ROWID"
    ),
    (
        "CREATE TABLE IF NOT EXISTS heartbeat (workstation TEXT NOT NULL, sequence INTEGER NOT NULL,"
        " hash BLOB NOT NULL, at_ms INTEGER NOT NULL, place INTEGER NOT NULL,"
        " PRIMARY KEY (workstation, sequence)) WITHOUT ROWID"
    ),
    (
        "CREATE TABLE IF NOT EXISTS claim (kind TEXT NOT NULL, workstation TEXT NOT NULL, number INTEGER NOT NULL,"
        " said_by TEXT NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (kind, workstation, number, said_by)) WITHOUT ROWID"
    ),
    (
        "CREATE TABLE IF NOT EXISTS told (kind TEXT NOT NULL, workstation TEXT NOT NULL, number INTEGER NOT NULL,"
        " PRIMARY KEY (kind, workstation)) WITHOUT ROWID"
    ),
    # spool_log.py
    (
        "CREATE TABLE IF NOT EXISTS log_seen (workstation TEXT PRIMARY KEY, sequence INTEGER NOT NULL,"
        " chain BLOB NOT NULL, record BLOB NOT NULL) WITHOUT ROWID"
    ),
    (
        "CREATE TABLE IF NOT EXISTS log_receipt (kind TEXT NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL,"
        " received_ms INTEGER NOT NULL, receipt BLOB NOT NULL, PRIMARY KEY (kind, number)) WITHOUT ROWID"
    ),
    # spool_blobs.py
    (
        "CREATE TABLE IF NOT EXISTS blob_out (number INTEGER PRIMARY KEY, blob_id BLOB NOT NULL UNIQUE,"
        " scope TEXT NOT NULL, kind INTEGER NOT NULL, bytes INTEGER NOT NULL, rank INTEGER NOT NULL,"
        " state INTEGER NOT NULL)"
    ),
    "CREATE INDEX IF NOT EXISTS blob_out_state ON blob_out (state, rank, number)",
    "CREATE INDEX IF NOT EXISTS blob_out_scope ON blob_out (scope)",
    (
        "CREATE TABLE IF NOT EXISTS blob_in (number INTEGER PRIMARY KEY, blob_id BLOB NOT NULL UNIQUE,"
        " scope TEXT NOT NULL, kind INTEGER NOT NULL, bytes INTEGER NOT NULL, rank INTEGER NOT NULL,"
        " state INTEGER NOT NULL, tries INTEGER NOT NULL, wanted_ms INTEGER NOT NULL)"
    ),
    "CREATE INDEX IF NOT EXISTS blob_in_state ON blob_in (state, rank, wanted_ms)",
    "CREATE INDEX IF NOT EXISTS blob_in_scope ON blob_in (scope)",
    (
        "CREATE TABLE IF NOT EXISTS blob_chart (scope TEXT PRIMARY KEY, sealed INTEGER NOT NULL DEFAULT 0,"
        " wanted INTEGER NOT NULL DEFAULT 0, photos_later INTEGER NOT NULL DEFAULT 0,"
        " bytes_later INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"
    ),
    # spool_members.py
    "CREATE TABLE IF NOT EXISTS member_in (sequence INTEGER PRIMARY KEY, record BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS key_in (place INTEGER PRIMARY KEY, mark BLOB NOT NULL, record BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS key_out (mark BLOB PRIMARY KEY, record BLOB NOT NULL, sent INTEGER NOT NULL DEFAULT 0)",
)
