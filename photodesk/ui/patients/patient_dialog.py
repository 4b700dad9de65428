"""A new patient, or the changes of one. Notes are clinical: only with the right to change charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtWidgets import QWidget

from photodesk.clock import local_today
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.patients import Patient, PatientDraft, Sex
from photodesk.ui.controls import Dropdown
from photodesk.ui.page import PageContext
from photodesk.ui.patients.form_dialog import FormDialog
from photodesk.ui.patients.models import PatientForm

_SEXES = (("female", "Female"), ("male", "Male"), ("other", "Other"), ("unknown", "Not recorded"))


class PatientDialog(FormDialog):
    """`saved` is called with the patient after the desk has written it."""

    def __init__(
        self,
        window: QWidget,
        context: PageContext,
        saved: Callable[[Patient], None],
        patient: Patient | None = None,
        notes: str | None = None,
    ) -> None:
        super().__init__(window, "Patient" if patient else "New patient", "Save" if patient else "Add patient")
        self._context, self._saved, self._patient = context, saved, patient
        self.about = ("patient", patient.patient_id if patient else "")
        form = PatientForm.of(patient) if patient else PatientForm()
        self._notes_before = notes or ""
        self.row_of(self.field("family", "Family name", form.family), self.field("given", "Given names", form.given))
        self.row_of(
            self.field("mrn", "Record number", form.mrn),
            self.field("birth", "Birth date", form.birth, placeholder="12 May 1968"),
        )
        self._sex = Dropdown("Sex", _SEXES, value=form.sex.value, height=40)
        self._sex_before = form.sex.value
        self.rows.addWidget(self.labelled("Sex", self._sex))
        self._with_notes = notes is not None and context.desk.may(Right.EDIT_CHART)
        if self._with_notes:
            self.rows.addWidget(self.area("notes", "Notes", self._notes_before))
        self.finish(self.save)

    def typed(self) -> dict[str, str]:
        return super().typed() | ({"sex": self._sex.value} if self._sex.value != self._sex_before else {})

    def fill(self, typed: Mapping[str, str]) -> None:
        super().fill(typed)
        if typed.get("sex") in dict(_SEXES):
            self._sex.pick(typed["sex"])

    def save(self) -> None:
        """Check, then ask the desk."""
        form = PatientForm(
            self.text("mrn"),
            self.text("family"),
            self.text("given"),
            self.text("birth"),
            Sex(self._sex.value or "unknown"),
        )
        try:
            draft = form.draft(local_today(self._context.desk.clock))
        except Fixable as wrong:
            self.refuse(wrong)
            return
        self.save_button.setEnabled(False)
        notes = self.text("notes") if self._with_notes else None
        self._context.tasks.store(partial(self._write, draft, notes), self._written, self.refuse)

    def _write(self, draft: PatientDraft, notes: str | None) -> Patient:
        patients = self._context.desk.patients
        patient = patients.edit(self._patient.patient_id, draft) if self._patient else patients.add(draft)
        if notes is not None and notes != self._notes_before:
            patients.set_notes(patient.patient_id, notes)
        return patient

    def _written(self, patient: Patient) -> None:
        self.dismiss()
        self._saved(patient)
