"""Visits as a desk sees them: the catalog's date, time and room joined with the chart's title and reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from photodesk.clock import local_today
from photodesk.desk.actor import Actor
from photodesk.desk.roles import Right
from photodesk.log.entry import Action
from photodesk.patients import Patient
from photodesk.store.catalog import Catalog
from photodesk.store.charts import Charts
from photodesk.store.worklist_book import WorklistBook
from photodesk.visits import Visit, VisitDraft


@dataclass(frozen=True)
class PlannedVisit:
    """One line of a day's list. `photos` is None without the right to see charts; `clinician` "" where unknown."""

    visit: Visit
    patient: Patient
    clinician: str = ""
    photos: int | None = None


class VisitDesk:
    """Plan, change and list visits."""

    def __init__(self, actor: Actor, catalog: Catalog, charts: Charts) -> None:
        self._actor = actor
        self._catalog = catalog
        self._charts = charts
        self._worklist = WorklistBook(catalog)

    def add(self, draft: VisitDraft) -> Visit:
        """A new visit. Title and reason are clinical: they need the right to change charts."""
        self._require(draft)
        draft = replace(draft, patient_id=self._catalog.persons.main(draft.patient_id))
        visit = self._catalog.add_visit(self._actor.change("visit added"), replace(draft, title="", reason=""))
        self._actor.log(
            self._actor.entry(Action.EDIT, draft.patient_id, visit_id=visit.visit_id, details={"what": "visit added"})
        )
        if not draft.title and not draft.reason:
            return visit
        return self._with_text(visit, draft)

    def edit(self, visit_id: str, draft: VisitDraft) -> Visit:
        """Change a visit; Fixable `visit_unknown`."""
        self._require(draft)
        whose = self._catalog.visit(visit_id).patient_id
        if whose in self._catalog.persons.entries(draft.patient_id):
            draft = replace(draft, patient_id=whose)
        entry = self._actor.entry(Action.EDIT, draft.patient_id, visit_id=visit_id, details={"what": "visit changed"})
        with self._actor.logged(entry):
            change = self._actor.change("visit changed")
            visit = self._catalog.edit_visit(change, visit_id, replace(draft, title="", reason=""))
            return self._with_text(visit, draft) if self._actor.may(Right.EDIT_CHART) else visit

    def of_patient(self, patient_id: str) -> list[Visit]:
        """A patient's visits, newest first, with their texts where the person may see charts."""
        self._actor.require(Right.FIND_PATIENTS)
        found = joined(self._actor, self._catalog, self._charts, patient_id)
        return [visit for visit in found if not visit.cancelled]

    def on(self, patient_id: str, day: date, *, make: bool = False) -> Visit | None:
        """The patient's visit of a day; `make` adds one where there is none."""
        self._actor.require(Right.FIND_PATIENTS)
        patient_id = self._catalog.persons.main(patient_id)
        visit = self._catalog.visit_on(patient_id, day)
        return self.add(VisitDraft(patient_id, day)) if visit is None and make else visit

    def today(self) -> list[PlannedVisit]:
        """Today's visits in the order of their times; those without one last."""
        return self.of_day(local_today(self._actor.clock))

    def of_day(self, day: date) -> list[PlannedVisit]:
        """The visits of a day with their patients, by time."""
        self._actor.require(Right.FIND_PATIENTS)
        visits = sorted(self._catalog.visits_on(day), key=lambda visit: (visit.at is None, visit.at, visit.visit_id))
        index = self._catalog.index if self._actor.may(Right.SEE_CHART) else None
        entries = self._worklist.entries_on(day)
        photos = (index.visit_counts([visit.visit_id for visit in visits]) if index is not None else None) or {}
        return [
            PlannedVisit(
                visit,
                self._catalog.patient(self._catalog.persons.main(visit.patient_id)),
                self._catalog.person_name(visit.clinician_id)
                if visit.clinician_id
                else (entries[visit.visit_id].clinician if visit.visit_id in entries else ""),
                photos.get(visit.visit_id, 0) if index is not None else None,
            )
            for visit in visits
        ]

    def _require(self, draft: VisitDraft) -> None:
        self._actor.require(Right.PLAN_VISITS)
        if draft.title or draft.reason:
            self._actor.require(Right.EDIT_CHART)

    def _with_text(self, visit: Visit, draft: VisitDraft) -> Visit:
        chart = self._charts.open(visit.patient_id)
        if (draft.title, draft.reason) != chart.visit_texts().get(visit.visit_id, ("", "")):
            chart.set_visit_text(self._actor.change("visit text"), visit.visit_id, draft.title, draft.reason)
        return replace(visit, title=draft.title, reason=draft.reason)


def joined(actor: Actor, catalog: Catalog, charts: Charts, patient_id: str) -> list[Visit]:
    """Visits newest first, cancelled too; with title and reason where the person may see charts and there is one."""
    visits = sorted(catalog.visits_of_person(patient_id), key=lambda visit: (visit.day, visit.visit_id), reverse=True)
    if not actor.may(Right.SEE_CHART):
        return visits
    texts = {key: text for chart in charts.of_person(patient_id) for key, text in chart.visit_texts().items()}
    return [
        replace(visit, title=texts[visit.visit_id][0], reason=texts[visit.visit_id][1])
        if visit.visit_id in texts
        else visit
        for visit in visits
    ]
