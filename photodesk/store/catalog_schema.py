"""Tables of the catalog.

`chart` (wrapped keys) and `content` (content ids) are kept as they are, not as operations: they travel and are
backed up as such; `worklist_file` (which files of the drop folder were read), `index_behind` (whose photo index is to
catch up) and `to_review` (whose chart holds conflicts) are this workstation's own. `name_word` and `patient.sort_key`
are derived from the patient's names.
"""

from __future__ import annotations

from photodesk.store.keeping_schema import KEEPING_STATEMENTS, KEEPING_TABLES
from photodesk.store.merge_schema import MERGE_STATEMENTS, MERGE_TABLES
from photodesk.store.migrations import Format
from photodesk.store.operations import ERASED_TABLE, OPERATION_TABLES
from photodesk.store.projection import Table
from photodesk.store.same_person import SAME_PERSON_STATEMENTS, SAME_PERSON_TABLES
from photodesk.store.snapshot_schema import SNAPSHOT_STATEMENTS, SNAPSHOT_TABLES

_FIRST = (
    *OPERATION_TABLES,
    (
        "CREATE TABLE patient (number INTEGER PRIMARY KEY, patient_id TEXT NOT NULL UNIQUE,"
        " chart_id TEXT NOT NULL DEFAULT '',"
        " mrn TEXT NOT NULL DEFAULT '', family TEXT NOT NULL DEFAULT '', given TEXT NOT NULL DEFAULT '',"
        " birth TEXT NOT NULL DEFAULT '', sex TEXT NOT NULL DEFAULT 'unknown', sort_key TEXT NOT NULL DEFAULT '')"
    ),
    "CREATE INDEX patient_mrn ON patient (mrn COLLATE NOCASE)",
    "CREATE INDEX patient_birth ON patient (birth)",
    "CREATE INDEX patient_chart ON patient (chart_id)",
    "CREATE INDEX patient_sort ON patient (sort_key)",
    (
        "CREATE TABLE name_word (kind INTEGER NOT NULL, word TEXT NOT NULL, number INTEGER NOT NULL,"
        " line TEXT NOT NULL, PRIMARY KEY (kind, word, number)) WITHOUT ROWID"
    ),
    (
        "CREATE TABLE visit (visit_id TEXT PRIMARY KEY, patient_id TEXT NOT NULL DEFAULT '',"
        " day TEXT NOT NULL DEFAULT '', at TEXT, room TEXT NOT NULL DEFAULT '', clinician_id TEXT NOT NULL DEFAULT '')"
    ),
    "CREATE INDEX visit_patient ON visit (patient_id, day)",
    "CREATE INDEX visit_day ON visit (day)",
    (
        "CREATE TABLE chart (chart_id TEXT PRIMARY KEY, epoch INTEGER NOT NULL, wrapped BLOB NOT NULL,"
        " made INTEGER NOT NULL DEFAULT 0)"
    ),
    (
        "CREATE TABLE content (content_id BLOB PRIMARY KEY, state TEXT NOT NULL, patient_id TEXT NOT NULL,"
        " photo_id TEXT NOT NULL, job_id TEXT NOT NULL) WITHOUT ROWID"
    ),
    (
        "CREATE TABLE job (job_id TEXT PRIMARY KEY, starter_id TEXT NOT NULL DEFAULT '',"
        " started_at_ms INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT '', source TEXT NOT NULL DEFAULT '',"
        " summary TEXT NOT NULL DEFAULT '')"
    ),
    (
        "CREATE TABLE assignment (assignment_id TEXT PRIMARY KEY, job_id TEXT NOT NULL DEFAULT '',"
        " shot_ids TEXT NOT NULL DEFAULT '[]', patient_id TEXT NOT NULL DEFAULT '', visit_id TEXT NOT NULL DEFAULT '',"
        " sealed BLOB NOT NULL DEFAULT x'', person_id TEXT NOT NULL DEFAULT '', clock INTEGER NOT NULL DEFAULT 0)"
    ),
    "CREATE INDEX assignment_job ON assignment (job_id)",
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL DEFAULT '')",
    "CREATE TABLE person (person_id TEXT PRIMARY KEY, name TEXT NOT NULL)",
)

_SECOND: tuple[str, ...] = (
    "ALTER TABLE visit ADD COLUMN cancelled INTEGER NOT NULL DEFAULT 0",
    (
        "CREATE TABLE planned (planned_id TEXT PRIMARY KEY, visit_id TEXT NOT NULL DEFAULT '',"
        " patient_id TEXT NOT NULL DEFAULT '', day TEXT NOT NULL DEFAULT '', at TEXT, room TEXT NOT NULL DEFAULT '',"
        " clinician TEXT NOT NULL DEFAULT '', status TEXT NOT NULL DEFAULT '')"
    ),
    "CREATE INDEX planned_visit ON planned (visit_id)",
    (
        "CREATE TABLE please_look (problem_id TEXT PRIMARY KEY, state TEXT NOT NULL DEFAULT '',"
        " patient_id TEXT NOT NULL DEFAULT '', source TEXT NOT NULL DEFAULT '', place INTEGER NOT NULL DEFAULT 0,"
        " code TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '', remedy TEXT NOT NULL DEFAULT '',"
        " row TEXT NOT NULL DEFAULT '', seen_at_ms INTEGER NOT NULL DEFAULT 0)"
    ),
    "CREATE TABLE worklist_file (content_id BLOB PRIMARY KEY, read_at_ms INTEGER NOT NULL) WITHOUT ROWID",
    (
        "CREATE TABLE photo_move (move_id TEXT PRIMARY KEY, state TEXT NOT NULL DEFAULT '',"
        " photo_ids TEXT NOT NULL DEFAULT '[]', former_visits TEXT NOT NULL DEFAULT '{}',"
        " patient_id TEXT NOT NULL DEFAULT '', to_patient_id TEXT NOT NULL DEFAULT '',"
        " new_visits TEXT NOT NULL DEFAULT '{}', at_ms INTEGER NOT NULL DEFAULT 0,"
        " person_id TEXT NOT NULL DEFAULT '', sealed BLOB NOT NULL DEFAULT x'', undoes TEXT NOT NULL DEFAULT '')"
    ),
    "CREATE INDEX photo_move_state ON photo_move (state)",
    (
        "CREATE TABLE deletion (photo_id TEXT PRIMARY KEY, patient_id TEXT NOT NULL DEFAULT '',"
        " state TEXT NOT NULL DEFAULT '', at_ms INTEGER NOT NULL DEFAULT 0, counted_ms INTEGER NOT NULL DEFAULT 0)"
    ),
    "CREATE INDEX deletion_state ON deletion (state)",
    (
        "CREATE TABLE card (card_id TEXT PRIMARY KEY, serial TEXT NOT NULL DEFAULT '', label TEXT NOT NULL DEFAULT '',"
        " title TEXT NOT NULL DEFAULT '', size_bytes INTEGER NOT NULL DEFAULT 0,"
        " first_seen_ms INTEGER NOT NULL DEFAULT 0, seen_at_ms INTEGER NOT NULL DEFAULT 0,"
        " files INTEGER NOT NULL DEFAULT 0, photos INTEGER NOT NULL DEFAULT 0, safe INTEGER NOT NULL DEFAULT 0,"
        " imported_at_ms INTEGER NOT NULL DEFAULT 0, job_id TEXT NOT NULL DEFAULT '',"
        " cleared_at_ms INTEGER NOT NULL DEFAULT 0)"
    ),
    (
        "CREATE TABLE card_file (mark BLOB NOT NULL, card_id TEXT NOT NULL, safe INTEGER NOT NULL DEFAULT 0,"
        " PRIMARY KEY (mark, card_id)) WITHOUT ROWID"
    ),
    "CREATE INDEX card_file_card ON card_file (card_id)",
    "CREATE TABLE index_behind (patient_id TEXT PRIMARY KEY) WITHOUT ROWID",
    (
        "CREATE TABLE receipt (job_id TEXT PRIMARY KEY, card_id TEXT NOT NULL DEFAULT '',"
        " at_ms INTEGER NOT NULL DEFAULT 0, record BLOB NOT NULL DEFAULT x'', signature BLOB NOT NULL DEFAULT x'')"
    ),
    ERASED_TABLE,
    "ALTER TABLE patient ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0",
    *KEEPING_STATEMENTS,
    (
        "CREATE TABLE log_review (review_id TEXT PRIMARY KEY, workstation_id TEXT NOT NULL DEFAULT '',"
        " sequence INTEGER NOT NULL DEFAULT 0, person_id TEXT NOT NULL DEFAULT '',"
        " at_ms INTEGER NOT NULL DEFAULT 0, note TEXT NOT NULL DEFAULT '')"
    ),
    (
        "CREATE TABLE log_sign_off (sign_off_id TEXT PRIMARY KEY, person_id TEXT NOT NULL DEFAULT '',"
        " at_ms INTEGER NOT NULL DEFAULT 0, record BLOB NOT NULL DEFAULT x'', signature BLOB NOT NULL DEFAULT x'')"
    ),
    *MERGE_STATEMENTS,
    "CREATE TABLE to_review (patient_id TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE elsewhere (chart_id TEXT PRIMARY KEY, originals INTEGER NOT NULL) WITHOUT ROWID",
    *SAME_PERSON_STATEMENTS,
    *SNAPSHOT_STATEMENTS,
)

CATALOG_FORMAT = Format("catalog", (_FIRST, _SECOND))

CATALOG_TABLES = {
    "patient": Table(
        "patient", "patient_id", frozenset({"chart_id", "mrn", "family", "given", "birth", "sex", "hidden"})
    ),
    "visit": Table("visit", "visit_id", frozenset({"patient_id", "day", "at", "room", "clinician_id", "cancelled"})),
    "job": Table("job", "job_id", frozenset({"starter_id", "started_at_ms", "state", "source", "summary"})),
    "assignment": Table(
        "assignment",
        "assignment_id",
        frozenset({"job_id", "shot_ids", "patient_id", "visit_id", "sealed", "person_id", "clock"}),
    ),
    "planned": Table(
        "planned",
        "planned_id",
        frozenset({"visit_id", "patient_id", "day", "at", "room", "clinician", "status"}),
    ),
    "please_look": Table(
        "please_look",
        "problem_id",
        frozenset(
            {"state", "patient_id", "source", "place", "code", "message", "remedy", "row", "seen_at_ms"},
        ),
    ),
    "photo_move": Table(
        "photo_move",
        "move_id",
        frozenset({"state", "photo_ids", "former_visits", "patient_id", "to_patient_id", "new_visits", "at_ms"})
        | frozenset({"person_id", "sealed", "undoes"}),
    ),
    "deletion": Table("deletion", "photo_id", frozenset({"patient_id", "state", "at_ms", "counted_ms"})),
    "card": Table(
        "card",
        "card_id",
        frozenset(
            {
                "serial",
                "label",
                "title",
                "size_bytes",
                "first_seen_ms",
                "seen_at_ms",
                "files",
                "photos",
                "safe",
                "imported_at_ms",
                "job_id",
                "cleared_at_ms",
            }
        ),
    ),
    "receipt": Table("receipt", "job_id", frozenset({"card_id", "at_ms", "record", "signature"})),
    "log_review": Table(
        "log_review", "review_id", frozenset({"workstation_id", "sequence", "person_id", "at_ms", "note"})
    ),
    "log_sign_off": Table("log_sign_off", "sign_off_id", frozenset({"person_id", "at_ms", "record", "signature"})),
    "setting": Table("setting", "name", frozenset({"value"})),
    **KEEPING_TABLES,
    **MERGE_TABLES,
    **SAME_PERSON_TABLES,
    **SNAPSHOT_TABLES,
}
