"""The forms a person can open from any page: a patient, a visit."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType

from photodesk.desk.roles import Right
from photodesk.patients import Patient
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.patients import PatientDialog, VisitDialog
from photodesk.ui.patients.form_dialog import FormDialog
from photodesk.ui.window import MainWindow

NOTHING: Mapping[str, str] = MappingProxyType({})


class OpensForms(ABC):
    """A part of the navigator, which says and shows."""

    window: MainWindow
    context: PageContext

    @abstractmethod
    def say(self, text: str) -> None:
        """A toast."""

    @abstractmethod
    def refresh(self) -> None:
        """Let the page shown read again what it shows."""

    @abstractmethod
    def open_patient(self, patient_id: str) -> None:
        """The timeline."""

    def form_draft(self) -> str:
        """What is typed in the open form, for the same person's desk after a lock; "" where none is open."""
        for dialog in self.window.findChildren(FormDialog):
            if dialog.isVisible() and dialog.about is not None:
                return json.dumps([*dialog.about, dialog.typed()])
        return ""

    def restore_form(self, draft: str) -> None:
        """Open the form again as it was left."""
        kind, patient_id, typed = json.loads(draft)
        if kind == "visit":
            self.new_visit(patient_id, typed)
        elif patient_id:
            self.edit_patient(patient_id, typed)
        else:
            self.new_patient(typed)

    def new_patient(self, typed: Mapping[str, str] = NOTHING) -> None:
        if self.context.desk.may(Right.EDIT_PATIENTS):
            notes = "" if self.context.desk.may(Right.EDIT_CHART) else None
            self._open(PatientDialog(self.window, self.context, self._patient_added, None, notes), typed)
        else:
            self.say("Your role does not add patients. Ask the front desk or a clinician.")

    def edit_patient(self, patient_id: str, typed: Mapping[str, str] = NOTHING) -> None:
        desk = self.context.desk
        if not desk.may(Right.EDIT_PATIENTS):
            self.say("Your role does not change patients. Ask the front desk or a clinician.")
            return

        def read() -> tuple[Patient, str | None]:
            notes = desk.patients.notes(patient_id) if desk.may(Right.SEE_CHART) else None
            return desk.patients.get(patient_id), notes

        def opened(found: tuple[Patient, str | None]) -> None:
            self._open(PatientDialog(self.window, self.context, lambda _: self.refresh(), found[0], found[1]), typed)

        self.context.tasks.store(read, opened, lambda failure: self.say(sentence(failure)))

    def new_visit(self, patient_id: str, typed: Mapping[str, str] = NOTHING) -> None:
        """Ask for the visit; the form says whose it is."""
        desk = self.context.desk
        if not desk.may(Right.PLAN_VISITS):
            return

        def opened(patient: Patient) -> None:
            self._open(VisitDialog(self.window, self.context, patient, lambda _: self.refresh()), typed)

        self.context.tasks.store(
            lambda: desk.patients.get(patient_id), opened, lambda failure: self.say(sentence(failure))
        )

    @staticmethod
    def _open(dialog: FormDialog, typed: Mapping[str, str]) -> None:
        dialog.fill(typed)
        dialog.open()

    def _patient_added(self, patient: Patient) -> None:
        self.refresh()
        self.say("Patient added.")
        if self.context.desk.may(Right.SEE_CHART):
            self.open_patient(patient.patient_id)
