"""A new visit. Title and reason are clinical: only with the right to change charts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from photodesk.clock import local_today
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.patients import Patient
from photodesk.ui.controls import Text
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext
from photodesk.ui.patients.form_dialog import FormDialog
from photodesk.ui.patients.models import VisitForm
from photodesk.ui.words import day_words
from photodesk.visits import Visit


class VisitDialog(FormDialog):
    """`saved` is called with the visit after the desk has written it."""

    def __init__(self, window: QWidget, context: PageContext, patient: Patient, saved: Callable[[Visit], None]) -> None:
        super().__init__(window, "New visit", "Add visit")
        self._context, self._patient_id, self._saved = context, patient.patient_id, saved
        self.about = ("visit", patient.patient_id)
        self.rows.addWidget(Text(f"{patient.display_name} · {patient.mrn}", TextRole.BODY, "ink2", wrap=True))
        today = day_words(local_today(context.desk.clock))
        self.row_of(
            self.field("day", "Date", today),
            self.field("at", "Time", placeholder="09:40"),
            self.field("room", "Room", context.clinic.workstation),
        )
        self._clinical = context.desk.may(Right.EDIT_CHART)
        if self._clinical:
            self.rows.addWidget(self.field("title", "Title", placeholder="Naevus check"))
            self.rows.addWidget(self.area("reason", "Reason"))
        self.finish(self.save)

    def save(self) -> None:
        """Check, then ask the desk."""
        form = VisitForm(self.text("day"), self.text("at"), self.text("room"))
        if self._clinical:
            form.title, form.reason = self.text("title"), self.text("reason")
        clinician = self._context.desk.person.person_id if self._clinical else ""
        try:
            draft = form.draft(self._patient_id, clinician)
        except Fixable as wrong:
            self.refuse(wrong)
            return
        self.save_button.setEnabled(False)
        self._context.tasks.store(partial(self._context.desk.visits.add, draft), self._written, self.refuse)

    def _written(self, visit: Visit) -> None:
        self.dismiss()
        self._saved(visit)
