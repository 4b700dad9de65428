"""One row becomes a visit, changes one, takes one off the list, or is put where a person looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from enum import StrEnum

import msgspec

from photodesk.clock import local_today
from photodesk.desk.actor import Actor
from photodesk.desk.roles import Right
from photodesk.desk.worklist_identity import differences, draft_of, identity_of, person_named
from photodesk.errors import Fixable
from photodesk.log.entry import Action
from photodesk.patients import Patient
from photodesk.store.catalog import Catalog
from photodesk.store.charts import Charts
from photodesk.store.worklist_book import LookState, PlannedEntry, PleaseLook, WorklistBook
from photodesk.visits import Visit, VisitDraft
from photodesk.visits.worklist import RowProblem, RowStatus, WorklistRow

BACK_DAYS, AHEAD_DAYS = 31, 800
IDENTITY, LINE = "identity", "line"


class Outcome(StrEnum):
    """What became of a row."""

    ADDED = "added"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    UNCHANGED = "unchanged"
    PLEASE_LOOK = "please-look"


class Planner:
    """Places rows. The rights were asked for by the caller."""

    def __init__(self, actor: Actor, catalog: Catalog, charts: Charts, book: WorklistBook) -> None:
        self._actor = actor
        self._catalog = catalog
        self._charts = charts
        self._book = book

    def place(
        self, row: WorklistRow, planned_id: str, source: str, people: Mapping[str, str], open_looks: set[str]
    ) -> Outcome:
        """One row. `people` are names by id; `open_looks` ids of patients with a line that needs a look."""
        try:
            return self._place(row, planned_id, source, people, open_looks)
        except Fixable as wrong:
            if wrong.code == "log_not_writable" or wrong.code.startswith("disk"):
                raise
            problem = RowProblem(row.place, wrong.code, wrong.message, wrong.remedy)
            return self._note(problem, source, self._book.name_of(LINE, planned_id, wrong.code))

    def note_line(self, problem: RowProblem, source: str) -> Outcome:
        """A line that could not be used: the same bytes again are the same line."""
        print_of = problem.print_of.hex() or f"{source}\n{problem.place}"
        return self._note(problem, source, self._book.name_of(LINE, print_of, problem.code))

    def remember_same_person(self, look: PleaseLook, row: WorklistRow) -> None:
        """A person decided: whoever the row names is the patient we have."""
        name = self._book.name_of("same-person", look.patient_id, identity_of(row))
        known = PleaseLook(name, LookState.SAME_PERSON, look.patient_id, "", 0, IDENTITY, "", "", "", look.seen_at_ms)
        self._book.note(self._actor.change("worklist"), known)

    def close_look(self, look: PleaseLook, state: LookState) -> None:
        """A line needs no look any more."""
        details = {"what": "worklist line", "decision": state.value}
        with self._actor.logged(self._actor.entry(Action.EDIT, look.patient_id, details=details)):
            self._book.decide(self._actor.change("worklist"), look.problem_id, state)

    def _place(
        self, row: WorklistRow, planned_id: str, source: str, people: Mapping[str, str], open_looks: set[str]
    ) -> Outcome:
        entry = self._book.entry(planned_id)
        patient = self._patient(row)
        main = self._catalog.persons.main
        if entry is not None and (patient is None or main(patient.patient_id) != main(entry.patient_id)):
            raise Fixable(
                "visit_of_another",
                "This visit was another patient's before.",
                "Look in the other system whose it is. Nothing was changed here.",
            )
        if row.status is RowStatus.CANCELLED:
            return Outcome.UNCHANGED if entry is None else self._cancel(entry)
        if patient is not None and not self._same_person(row, patient):
            return self._note_identity(row, planned_id, source, patient)
        if row.status is RowStatus.ABOUT_PATIENT and entry is None:
            return Outcome.UNCHANGED
        if row.day is None and entry is None:
            raise Fixable("day_missing", "The date of the visit is missing.", "Add the visit by hand.")
        self._refuse_far_day(row)
        if patient is None:
            patient = self._add_patient(row)
        elif patient.patient_id in open_looks:
            self._settle(patient)
        person_id = person_named(row.clinician, people)
        return self._add(row, planned_id, patient, person_id) if entry is None else self._change(row, entry, person_id)

    def _patient(self, row: WorklistRow) -> Patient | None:
        return self._catalog.patient_if_known(row.mrn)

    def _same_person(self, row: WorklistRow, patient: Patient) -> bool:
        if not differences(row, patient):
            return True
        decided = self._book.look(self._book.name_of("same-person", patient.patient_id, identity_of(row)))
        return decided is not None and decided.state is LookState.SAME_PERSON

    def _refuse_far_day(self, row: WorklistRow) -> None:
        today = local_today(self._actor.clock)
        if row.day and not today - timedelta(BACK_DAYS) <= row.day <= today + timedelta(AHEAD_DAYS):
            raise Fixable(
                "day_far",
                f"The visit lies more than {BACK_DAYS} days back or {AHEAD_DAYS} days ahead.",
                "Check how dates are written in the worklist's set-up, or add the visit by hand.",
            )

    def _add_patient(self, row: WorklistRow) -> Patient:
        draft = draft_of(row)
        if draft is None:
            raise Fixable(
                "birth_missing",
                "The patient is not in PhotoDesk yet and the line has no birth date.",
                "Add the patient by hand.",
            )
        patient = self._catalog.add_patient(self._actor.change("worklist"), draft)
        details = {"what": "patient added", "by": "worklist"}
        self._actor.log(self._actor.entry(Action.EDIT, patient.patient_id, details=details))
        return patient

    def _add(self, row: WorklistRow, planned_id: str, patient: Patient, person_id: str) -> Outcome:
        if row.day is None:
            return Outcome.UNCHANGED
        main_id = self._catalog.persons.main(patient.patient_id)  # what comes goes to the entry that stands
        draft = VisitDraft(main_id, row.day, row.at, row.room, person_id)
        adopt = self._by_hand(draft)
        with self._logged(main_id, adopt or planned_id, "visit changed" if adopt else "visit added"):
            self._book.plan(self._actor.change("worklist"), planned_id, draft, row.clinician, adopt)
        return Outcome.CHANGED if adopt else Outcome.ADDED

    def _by_hand(self, draft: VisitDraft) -> str:
        """The id of the one visit that a person added for the same patient, day and (where both say) time."""
        found = [
            visit.visit_id
            for visit in self._catalog.visits_on(draft.day)
            if visit.patient_id == draft.patient_id
            and (visit.at is None or draft.at is None or visit.at == draft.at)
            and self._book.entry_of_visit(visit.visit_id) is None
        ]
        return found[0] if len(found) == 1 else ""

    def _change(self, row: WorklistRow, entry: PlannedEntry, person_id: str) -> Outcome:
        day, room = row.day or entry.day, " ".join((row.room or entry.room).split())
        at = (row.at or entry.at) if day == entry.day else row.at
        clinician = row.clinician or entry.clinician
        draft = VisitDraft(entry.patient_id, day, at, room, person_id)
        if (day, at, room, clinician, "planned") == (entry.day, entry.at, entry.room, entry.clinician, entry.status):
            return Outcome.UNCHANGED
        with self._logged(entry.patient_id, entry.visit_id, "visit changed"):
            self._book.change(self._actor.change("worklist"), entry, draft, clinician, "planned")
        return Outcome.CHANGED

    def _cancel(self, entry: PlannedEntry) -> Outcome:
        if entry.status == "cancelled":
            return Outcome.UNCHANGED
        visit = self._catalog.visit(entry.visit_id)
        if not self._is_empty(visit):
            raise Fixable(
                "visit_in_use",
                "The visit was cancelled, but photos or notes belong to it.",
                "It stays. Move the photos if the patient did not come.",
            )
        draft = VisitDraft(entry.patient_id, entry.day, entry.at, entry.room, visit.clinician_id)
        with self._logged(entry.patient_id, entry.visit_id, "visit cancelled"):
            self._book.change(self._actor.change("worklist"), entry, draft, entry.clinician, "cancelled")
        return Outcome.CANCELLED

    def _is_empty(self, visit: Visit) -> bool:
        """Whether nothing belongs to the visit, as far as this desk sees; a timeline shows what belongs anyway."""
        if self._book.has_assignments(visit.visit_id):
            return False
        index = self._catalog.index
        if index is not None and (index.visit_counts([visit.visit_id]) or {}).get(visit.visit_id):
            return False
        if not self._actor.may(Right.SEE_CHART) or not self._charts.exists(visit.patient_id):
            return True
        return not any(self._charts.open(visit.patient_id).visit_texts().get(visit.visit_id, ("", "")))

    def _settle(self, patient: Patient) -> None:
        """Lines about this patient that fit by now, since a person corrected the one or the other."""
        for look in self._book.looks():
            if look.patient_id == patient.patient_id and look.row:
                row = msgspec.json.decode(look.row, type=WorklistRow)
                if not differences(row, patient):
                    self.close_look(look, LookState.SETTLED)

    def _note_identity(self, row: WorklistRow, planned_id: str, source: str, patient: Patient) -> Outcome:
        what = " and ".join(differences(row, patient))
        name = self._book.name_of(IDENTITY, patient.patient_id, identity_of(row), planned_id)
        message = f"The record number is here with another {what}. Nothing was changed."
        remedy = "Compare both with the patient, then keep what is here or take what the line says."
        text = msgspec.json.encode(row).decode("utf-8")
        look = PleaseLook(
            name,
            LookState.OPEN,
            patient.patient_id,
            source,
            row.place,
            IDENTITY,
            message,
            remedy,
            text,
            self._actor.clock.wall_ms(),
        )
        return self._note_look(look)

    def _note(self, problem: RowProblem, source: str, name: str) -> Outcome:
        at_ms = self._actor.clock.wall_ms()
        look = PleaseLook(
            name, LookState.OPEN, "", source, problem.place, problem.code, problem.message, problem.remedy, "", at_ms
        )
        return self._note_look(look)

    def _note_look(self, look: PleaseLook) -> Outcome:
        known = self._book.look(look.problem_id)
        self._book.note(self._actor.change("worklist"), look)
        return Outcome.PLEASE_LOOK if known is None or known.state is LookState.OPEN else Outcome.UNCHANGED

    def _logged(self, patient_id: str, visit_id: str, what: str) -> AbstractContextManager[None]:
        entry = self._actor.entry(Action.EDIT, patient_id, visit_id=visit_id, details={"what": what, "by": "worklist"})
        return self._actor.logged(entry)
