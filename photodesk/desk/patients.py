"""Patients as a desk sees them: add, change, find, and the notes in their charts."""

from __future__ import annotations

from dataclasses import replace

from photodesk.clock import local_today
from photodesk.desk.actor import Actor
from photodesk.desk.roles import Right
from photodesk.log.entry import Action
from photodesk.patients import Patient, PatientDraft, PatientSummary, validated
from photodesk.store.catalog import Catalog
from photodesk.store.charts import Charts


class PatientDesk:
    """Everything about who the patients are."""

    def __init__(self, actor: Actor, catalog: Catalog, charts: Charts) -> None:
        self._actor = actor
        self._catalog = catalog
        self._charts = charts

    def add(self, draft: PatientDraft) -> Patient:
        """A new patient. Fixable `mrn_taken`, `birth_in_future` and the other findings of `patients.validated`."""
        self._actor.require(Right.EDIT_PATIENTS)
        tidy = validated(draft, local_today(self._actor.clock))
        patient = self._catalog.add_patient(self._actor.change("patient added"), tidy)
        self._actor.log(self._actor.entry(Action.EDIT, patient.patient_id, details={"what": "patient added"}))
        return patient

    def edit(self, patient_id: str, draft: PatientDraft) -> Patient:
        """Change demographics; errors as in `add`, and Fixable `patient_unknown`."""
        self._actor.require(Right.EDIT_PATIENTS)
        tidy = validated(draft, local_today(self._actor.clock))
        with self._actor.logged(self._actor.entry(Action.EDIT, patient_id, details={"what": "patient changed"})):
            return self._catalog.edit_patient(self._actor.change("patient changed"), patient_id, tidy)

    def get(self, patient_id: str) -> Patient:
        """Fixable `patient_unknown`."""
        self._actor.require(Right.FIND_PATIENTS)
        return self._catalog.patient(patient_id)

    def by_mrn(self, mrn: str) -> Patient:
        """The patient with this record number, of a merged entry the main one; Fixable `patient_unknown`."""
        self._actor.require(Right.FIND_PATIENTS)
        return self._catalog.patient_by_mrn(mrn)

    def search(self, text: str, limit: int = 50, *, log: bool = False) -> list[PatientSummary]:
        """Patients for what a person typed; all of them, by name, for an empty text.

        Typing is not logged key by key: what is opened is. Commands set `log`, so that listing leaves an entry.
        """
        self._actor.require(Right.FIND_PATIENTS)
        if log:
            self._actor.log(self._actor.entry(Action.SEARCH, details={"limit": str(limit)}))
        found = self._catalog.search(text, limit)
        return found if self._actor.may(Right.SEE_CHART) else [replace(summary, photos=None) for summary in found]

    def notes(self, patient_id: str) -> str:
        """Clinical notes from the chart of this entry, empty where there is no chart yet."""
        self._actor.require(Right.SEE_CHART)
        return self._charts.open(patient_id).notes() if self._charts.exists(patient_id) else ""

    def all_notes(self, patient_id: str) -> str:
        """The notes of every entry of the person, each with its record number where there are several."""
        self._actor.require(Right.SEE_CHART)
        entries = self._catalog.persons.entries(patient_id)
        if len(entries) == 1:
            return self.notes(patient_id)
        told = [(self._catalog.patient(entry).mrn, self.notes(entry)) for entry in entries]
        return "\n\n".join(f"{mrn}: {notes}" for mrn, notes in told if notes)

    def set_notes(self, patient_id: str, text: str) -> None:
        """Replace the notes."""
        self._actor.require(Right.EDIT_CHART)
        with self._actor.logged(self._actor.entry(Action.EDIT, patient_id, details={"what": "notes changed"})):
            self._charts.open(patient_id).set_notes(self._actor.change("notes changed"), text)
