"""Visits in the catalog: when, where, with whom. What it was about is clinical and lies in the chart."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from photodesk import ids
from photodesk.errors import Fixable
from photodesk.store.catalog_finding import CatalogFinding
from photodesk.store.change import Change
from photodesk.store.projection import Edit
from photodesk.visits import Visit, VisitDraft

_COLUMNS = "visit_id, patient_id, day, at, room, clinician_id, cancelled"


class CatalogVisits(CatalogFinding):
    """The catalog's visits; `title` and `reason` of what it returns are empty."""

    def add_visit(self, change: Change, draft: VisitDraft) -> Visit:
        """Add a visit; Fixable `patient_unknown`, `patient_hidden`. Title and reason of the draft are not kept here."""
        self.patient(draft.patient_id)
        visit = _visit_of((ids.random_id(), *visit_fields(draft).values(), 0))
        with self.ledger.writing(change) as writing:
            scope = self.scope(draft.patient_id)
            writing.record(scope, Edit("visit", visit.visit_id, "add", visit_fields(draft)))
        return visit

    def edit_visit(self, change: Change, visit_id: str, draft: VisitDraft) -> Visit:
        """Change day, time, room or clinician. Fixable `visit_unknown`, and where it is another patient's."""
        with self.ledger.writing(change) as writing:
            before = self.visit(visit_id)
            if before.patient_id != draft.patient_id:
                raise Fixable("visit_of_another", "A visit stays with its patient.", "Add one for the other patient.")
            old = visit_fields(visit_draft(before))
            changed = {name: value for name, value in visit_fields(draft).items() if value != old[name]}
            if changed:
                writing.record(self.scope(draft.patient_id), Edit("visit", visit_id, "set", changed))
        return _visit_of((visit_id, *visit_fields(draft).values(), before.cancelled))

    def set_visit_cancelled(self, change: Change, visit_id: str, cancelled: bool) -> None:
        """Take a visit off the day's list, or put it back. It stays in the catalog; photos filed to it are shown."""
        with self.ledger.writing(change) as writing:
            before = self.visit(visit_id)
            if before.cancelled != cancelled:
                edit = Edit("visit", visit_id, "set", {"cancelled": int(cancelled)})
                writing.record(self.scope(before.patient_id), edit)

    def visit(self, visit_id: str) -> Visit:
        """One visit; Fixable `visit_unknown`."""
        found = self._visits("visit_id = ?", visit_id)
        if not found:
            raise Fixable("visit_unknown", "There is no such visit.", "Choose one of the patient's visits.")
        return found[0]

    def visits(self, patient_id: str) -> list[Visit]:
        """A patient's visits, newest first."""
        return self._visits("patient_id = ?", patient_id)

    def visits_of_person(self, patient_id: str) -> list[Visit]:
        """The visits of every entry of a patient's person, newest first."""
        entries = self.persons.entries(patient_id)
        found = [visit for entry in entries for visit in self.visits(entry)]
        return found if len(entries) == 1 else sorted(found, key=_newest_last, reverse=True)

    def visits_on(self, day: date) -> list[Visit]:
        """All visits of a day, by time; cancelled ones and those of hidden patients are not on the day's list."""
        shown = "patient_id NOT IN (SELECT patient_id FROM patient WHERE hidden)"
        found = self._visits(f"cancelled = 0 AND day = ? AND {shown}", day.isoformat())
        return sorted(found, key=lambda visit: (visit.at or time.min, visit.visit_id))

    def visit_on(self, patient_id: str, day: date) -> Visit | None:
        """The patient's visit on a day, the earliest added where there are several; never a cancelled one."""
        rows = self.ledger.database.rows(
            f"SELECT {_COLUMNS} FROM visit WHERE patient_id = ? AND day = ? AND cancelled = 0"  # noqa: S608
            " ORDER BY rowid LIMIT 1",
            (patient_id, day.isoformat()),
        )
        return _visit_of(rows[0]) if rows else None

    def _visits(self, condition: str, value: str) -> list[Visit]:
        rows = self.ledger.database.rows(
            f"SELECT {_COLUMNS} FROM visit WHERE {condition} ORDER BY day DESC, at DESC, rowid DESC",  # noqa: S608
            (value,),
        )
        return [_visit_of(row) for row in rows]


def _newest_last(visit: Visit) -> tuple[date, str, str]:
    return visit.day, str(visit.at or ""), visit.visit_id


def _visit_of(row: Any) -> Visit:
    visit_id, patient_id, day, at, room, clinician_id, cancelled = row
    at_time = time.fromisoformat(at) if at else None
    return Visit(visit_id, patient_id, date.fromisoformat(day), at_time, room, clinician_id, "", "", bool(cancelled))


def visit_draft(visit: Visit) -> VisitDraft:
    """The catalog's part of a visit, to change and save."""
    return VisitDraft(visit.patient_id, visit.day, visit.at, visit.room, visit.clinician_id)


def visit_fields(draft: VisitDraft) -> dict[str, Any]:
    """The fields of a visit's operation, without title and reason."""
    return {
        "patient_id": draft.patient_id,
        "day": draft.day.isoformat(),
        "at": draft.at.isoformat(timespec="minutes") if draft.at else None,
        "room": " ".join(draft.room.split()),
        "clinician_id": draft.clinician_id,
    }
