"""Saying that another entry is the same person, and taking that back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from photodesk.desk.merging import EntryFacts
from photodesk.desk.roles import Right
from photodesk.patients import Patient
from photodesk.ui.importing.patient_chooser import PatientChooser
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.timeline.patient_panel import PatientPanel
from photodesk.ui.timeline.same_person_dialog import SamePersonDialog

Sides = tuple[tuple[EntryFacts, ...], tuple[EntryFacts, ...]]


class Merging:
    """Acts on one patient; `changed` is told when the desk has done it."""

    def __init__(
        self, owner: QWidget, context: PageContext, patient_id: str, panel: PatientPanel, changed: Callable[[], None]
    ) -> None:
        self._owner, self._context, self._patient_id, self._changed = owner, context, patient_id, changed
        self.allowed = context.desk.may(Right.MERGE_PATIENTS)
        panel.same_asked.connect(self.ask)
        panel.merged.undo_asked.connect(self.undo)

    def ask(self) -> None:
        """Which other entry it is."""
        if self.allowed:
            question = "Which other entry is the same person?"
            PatientChooser(self._owner.window(), self._context, self._chosen, question).open()

    def _chosen(self, patient: Patient) -> None:
        merging, here = self._context.desk.merging, self._patient_id

        def found(sides: Sides) -> None:
            if sides[0] == sides[1]:
                self._context.navigate.say("That is this patient already.")
                return
            SamePersonDialog(self._owner.window(), *sides, self.merge).open()

        def work() -> Sides:
            return merging.facts(here), merging.facts(patient.patient_id)

        self._context.tasks.store(work, found, self._failed)

    def merge(self, patient_id: str, into_id: str, reason: str) -> None:
        """From now on they are shown as one."""
        merging = self._context.desk.merging

        def done(_main: Patient) -> None:
            self._say("Shown as one patient.", lambda: self.undo(patient_id))

        self._context.tasks.store(lambda: merging.merge(patient_id, into_id, reason), done, self._failed)

    def undo(self, patient_id: str) -> None:
        """Part an entry again."""
        merging = self._context.desk.merging

        def done(_parted: Patient) -> None:
            self._say("Two patients again, as they were.")

        self._context.tasks.store(lambda: merging.unmerge(patient_id), done, self._failed)

    def _say(self, words: str, undo: Callable[[], None] | None = None) -> None:
        self._context.navigate.say(words, "Undo" if undo else "", undo)
        self._changed()

    def _failed(self, failure: BaseException) -> None:
        self._context.navigate.say(sentence(failure))
        self._changed()
