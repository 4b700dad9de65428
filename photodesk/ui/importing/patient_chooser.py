"""Choose a patient: the search of the home page in a dialog."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from photodesk.clock import local_today
from photodesk.patients import Patient, PatientSummary
from photodesk.ui.controls import Dialog, Text
from photodesk.ui.fonts import TextRole
from photodesk.ui.home.model import HomeModel
from photodesk.ui.home.search import SearchPanel
from photodesk.ui.page import PageContext, Request


class PatientChooser(Dialog):
    """`chosen` is called with the patient."""

    def __init__(
        self,
        window: QWidget,
        context: PageContext,
        chosen: Callable[[Patient], None],
        question: str = "Whose photos are these?",
    ) -> None:
        super().__init__(window, "Choose a patient", 760)
        self._context, self._chosen = context, chosen
        self._patients: dict[str, Patient] = {}
        self._request: Request | None = None
        self.model = HomeModel(local_today(context.desk.clock), context.desk.person.person_id)
        self.model.may_add = False
        self.body.addWidget(Text(question, TextRole.HEADING))
        self.search = SearchPanel(self.model, may_compare=False, may_add=False, opens="choose")
        self.search.typed.connect(self._typed)
        self.search.opened.connect(self._opened)
        self.body.addWidget(self.search)

    def _typed(self, text: str) -> None:
        if self._request is not None:
            self._request.cancel()
        if self.model.typed(text):
            work = partial(self._context.desk.patients.search, text, 50)
            self._request = self._context.tasks.store(work, partial(self._found, text))
        else:
            self._show()

    def _found(self, text: str, summaries: list[PatientSummary]) -> None:
        if self.model.answered(text, summaries):
            self._patients = {summary.patient.patient_id: summary.patient for summary in summaries}
            self._show()

    def _show(self) -> None:
        self.search.show_model()
        self._arrange()

    def _opened(self, patient_id: str) -> None:
        patient = self._patients.get(patient_id)
        if patient is not None:
            self.dismiss()
            self._chosen(patient)
