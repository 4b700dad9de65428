"""The worklist in the catalog: which visits another system planned, what it last said of each, and what needs a look.

`planned_id` and `problem_id` are names under a key of the clinic's first DK, so that two workstations reading the same
row write the same entity, and so that an id tells nothing. A visit that the worklist adds has its `planned_id` as id.
What a row said last is kept beside the visit: only what changed there is changed here, and what a person changed by
hand stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Any

from photodesk import ids
from photodesk.crypto import derive, hmac_sha256, label
from photodesk.errors import Fixable
from photodesk.store.catalog import Catalog
from photodesk.store.catalog_visits import visit_draft, visit_fields
from photodesk.store.change import Change
from photodesk.store.operations import Scope
from photodesk.store.projection import Edit
from photodesk.visits import Visit, VisitDraft

REMEMBERED_FILES = 5_000
_PLANNED = "planned_id, visit_id, patient_id, day, at, room, clinician, status"
_LOOK = "problem_id, state, patient_id, source, place, code, message, remedy, row, seen_at_ms"


class LookState(StrEnum):
    """What a person decided about a line that needs a look."""

    OPEN = "open"
    SAME_PERSON = "same-person"
    DISMISSED = "dismissed"
    SETTLED = "settled"


@dataclass(frozen=True)
class PlannedEntry:
    """What the other system last said of one visit. `status` is `planned` or `cancelled`."""

    planned_id: str
    visit_id: str
    patient_id: str
    day: date
    at: time | None
    room: str
    clinician: str
    status: str


@dataclass(frozen=True)
class PleaseLook:
    """A line that a person should look at. `row` is the row as JSON where it can still be used, else ""."""

    problem_id: str
    state: LookState
    patient_id: str
    source: str
    place: int
    code: str
    message: str
    remedy: str
    row: str
    seen_at_ms: int


class WorklistBook:
    """Reads and writes the catalog's worklist."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def name_of(self, what: str, *parts: str) -> str:
        """A 32-digit id for these texts, the same on every workstation of the clinic."""
        keys = self._catalog.keyset.desk_keys
        key = derive(keys[min(keys)], b"", label("worklist-name-key"))
        text = b"".join(len(part.encode()).to_bytes(4, "little") + part.encode() for part in (what, *parts))
        return ids.to_text(hmac_sha256(key, label("worklist-name"), text)[:16])

    def entry(self, planned_id: str) -> PlannedEntry | None:
        """What was last said of a visit, or None."""
        found = self._entries("planned_id = ?", planned_id)
        return found[0] if found else None

    def entry_of_visit(self, visit_id: str) -> PlannedEntry | None:
        """The entry a visit came from, or None where a person added it."""
        found = self._entries("visit_id = ?", visit_id)
        return found[0] if found else None

    def entries_on(self, day: date) -> dict[str, PlannedEntry]:
        """Entries of a day by visit id."""
        return {entry.visit_id: entry for entry in self._entries("day = ?", day.isoformat())}

    def plan(self, change: Change, planned_id: str, draft: VisitDraft, clinician: str, adopt: str = "") -> Visit:
        """Add a visit, or take the one with id `adopt` that a person added, and remember what was said of it."""
        with self._catalog.ledger.writing(change) as writing:
            scope = self._catalog.scope(draft.patient_id)
            if adopt:
                before = visit_fields(visit_draft(self._catalog.visit(adopt)))
                said = {name: value for name, value in visit_fields(draft).items() if value and value != before[name]}
                if said:
                    writing.record(scope, Edit("visit", adopt, "set", said))
            else:
                writing.record(scope, Edit("visit", planned_id, "add", visit_fields(draft)))
            fields = {**_said(draft, clinician), "visit_id": adopt or planned_id, "patient_id": draft.patient_id}
            writing.record(scope, Edit("planned", planned_id, "add", {**fields, "status": "planned"}))
        return self._catalog.visit(adopt or planned_id)

    def change(self, change: Change, entry: PlannedEntry, draft: VisitDraft, clinician: str, status: str) -> Visit:
        """Change of the visit what the other system says differently than last time, and remember that."""
        last = VisitDraft(entry.patient_id, entry.day, entry.at, entry.room, draft.clinician_id)
        old, new = visit_fields(last), visit_fields(draft)
        said = {name: value for name, value in new.items() if value != old[name]}
        if clinician != entry.clinician:
            said["clinician_id"] = draft.clinician_id
        if status != entry.status:
            said["cancelled"] = int(status == "cancelled")
        with self._catalog.ledger.writing(change) as writing:
            scope = self._catalog.scope(entry.patient_id)
            if said:
                writing.record(scope, Edit("visit", entry.visit_id, "set", said))
            fields = {**_said(draft, clinician), "status": status}
            was = {**_said(last, entry.clinician), "status": entry.status}
            changed = {name: value for name, value in fields.items() if value != was[name]}
            if changed:
                writing.record(scope, Edit("planned", entry.planned_id, "set", changed))
        return self._catalog.visit(entry.visit_id)

    def has_assignments(self, visit_id: str) -> bool:
        """Whether photos were assigned to a visit, filed or not."""
        row = self._catalog.ledger.database.row("SELECT 1 FROM assignment WHERE visit_id = ? LIMIT 1", (visit_id,))
        return row is not None

    def looks(self) -> list[PleaseLook]:
        """Lines that need a look, the newest first."""
        shown = "patient_id NOT IN (SELECT patient_id FROM patient WHERE hidden)"
        return self._looks(f"state = 'open' AND {shown} ORDER BY seen_at_ms DESC, place, problem_id LIMIT 500", ())

    def look(self, problem_id: str) -> PleaseLook | None:
        """One of them in any state, or None."""
        found = self._looks("problem_id = ?", (problem_id,))
        return found[0] if found else None

    def known_look(self, problem_id: str) -> PleaseLook:
        """One of them; Fixable `look_unknown`."""
        found = self.look(problem_id)
        if found is None:
            raise Fixable("look_unknown", "There is no such line.", "List them with: photodesk worklist")
        return found

    def note(self, change: Change, look: PleaseLook) -> bool:
        """Remember a line; what a person decided about the same line stays. Whether something was written."""
        before = self.look(look.problem_id)
        if before is not None and (before.state is not LookState.OPEN or before.row == look.row):
            return False
        fields = {
            "state": look.state.value,
            "patient_id": look.patient_id,
            "source": look.source,
            "place": look.place,
            "code": look.code,
            "message": look.message,
            "remedy": look.remedy,
            "row": look.row,
            "seen_at_ms": look.seen_at_ms,
        }
        if before is not None:
            fields = {"row": look.row, "place": look.place, "seen_at_ms": look.seen_at_ms}
        with self._catalog.ledger.writing(change) as writing:
            verb = "set" if before is not None else "add"
            writing.record(self._scope(look), Edit("please_look", look.problem_id, verb, fields))
        return True

    def decide(self, change: Change, problem_id: str, state: LookState) -> None:
        """What was decided about a line. Its names are no longer needed and are dropped."""
        look = self.known_look(problem_id)
        if look.state is not state:
            with self._catalog.ledger.writing(change) as writing:
                fields = {"state": state.value, "row": ""}
                writing.record(self._scope(look), Edit("please_look", problem_id, "set", fields))

    def was_read(self, mark: bytes) -> bool:
        """Whether the file with this mark (32 bytes) was read here before."""
        content_id = self._catalog.keyset.content_id(mark)
        row = self._catalog.ledger.database.row("SELECT 1 FROM worklist_file WHERE content_id = ?", (content_id,))
        return row is not None

    def remember_file(self, mark: bytes, at_ms: int) -> None:
        """A file was read to its end. The oldest are forgotten: reading one again changes nothing."""
        with self._catalog.ledger.database.transaction() as connection:
            connection.execute(
                "INSERT INTO worklist_file VALUES (?, ?) ON CONFLICT DO UPDATE SET read_at_ms = excluded.read_at_ms",
                (self._catalog.keyset.content_id(mark), at_ms),
            )
            connection.execute(
                "DELETE FROM worklist_file WHERE content_id NOT IN"
                " (SELECT content_id FROM worklist_file ORDER BY read_at_ms DESC LIMIT ?)",
                (REMEMBERED_FILES,),
            )

    def people(self) -> dict[str, str]:
        """People of this clinic as the catalog knows them: names by id."""
        rows = self._catalog.ledger.database.rows("SELECT person_id, name FROM person")
        return {str(person_id): str(name) for person_id, name in rows}

    def _scope(self, look: PleaseLook) -> Scope:
        return self._catalog.scope(look.patient_id) if look.patient_id else Scope()

    def _entries(self, condition: str, value: str) -> list[PlannedEntry]:
        rows = self._catalog.ledger.database.rows(
            f"SELECT {_PLANNED} FROM planned WHERE {condition} ORDER BY rowid",  # noqa: S608
            (value,),
        )
        return [_entry_of(row) for row in rows]

    def _looks(self, condition: str, values: tuple[str, ...]) -> list[PleaseLook]:
        rows = self._catalog.ledger.database.rows(f"SELECT {_LOOK} FROM please_look WHERE {condition}", values)  # noqa: S608
        return [PleaseLook(row[0], LookState(row[1]), *row[2:]) for row in rows]


def _said(draft: VisitDraft, clinician: str) -> dict[str, Any]:
    fields = visit_fields(draft)
    return {"day": fields["day"], "at": fields["at"], "room": fields["room"], "clinician": clinician}


def _entry_of(row: Any) -> PlannedEntry:
    planned_id, visit_id, patient_id, day, at, room, clinician, status = row
    at_time = time.fromisoformat(at) if at else None
    return PlannedEntry(planned_id, visit_id, patient_id, date.fromisoformat(day), at_time, room, clinician, status)
