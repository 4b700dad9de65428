"""The forms a person can open from any page: a patient, a visit."""

from __future__ import annotations

from abc import ABC, abstractmethod

from photodesk.desk.roles import Right
from photodesk.patients import Patient
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.patients import PatientDialog, VisitDialog
from photodesk.ui.window import MainWindow


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

    def new_patient(self) -> None:
        if self.context.desk.may(Right.EDIT_PATIENTS):
            notes = "" if self.context.desk.may(Right.EDIT_CHART) else None
            PatientDialog(self.window, self.context, self._patient_added, None, notes).open()
        else:
            self.say("Your role does not add patients. Ask the front desk or a clinician.")

    def edit_patient(self, patient_id: str) -> None:
        desk = self.context.desk
        if not desk.may(Right.EDIT_PATIENTS):
            self.say("Your role does not change patients. Ask the front desk or a clinician.")
            return

        def read() -> tuple[Patient, str | None]:
            notes = desk.patients.notes(patient_id) if desk.may(Right.SEE_CHART) else None
            return desk.patients.get(patient_id), notes

        def opened(found: tuple[Patient, str | None]) -> None:
            PatientDialog(self.window, self.context, lambda _: self.refresh(), found[0], found[1]).open()

        self.context.tasks.store(read, opened, lambda failure: self.say(sentence(failure)))

    def new_visit(self, patient_id: str) -> None:
        """Ask for the visit; the form says whose it is."""
        desk = self.context.desk
        if not desk.may(Right.PLAN_VISITS):
            return

        def opened(patient: Patient) -> None:
            VisitDialog(self.window, self.context, patient, lambda _: self.refresh()).open()

        self.context.tasks.store(
            lambda: desk.patients.get(patient_id), opened, lambda failure: self.say(sentence(failure))
        )

    def _patient_added(self, patient: Patient) -> None:
        self.refresh()
        self.say("Patient added.")
        if self.context.desk.may(Right.SEE_CHART):
            self.open_patient(patient.patient_id)
