"""The worklist on the home page: how reading goes, lines that need a look, and the day's list kept fresh."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from photodesk.clock import local_today
from photodesk.desk.roles import Right
from photodesk.desk.worklist import Decision, LookLine
from photodesk.patients import Patient
from photodesk.ui.controls import vbox
from photodesk.ui.home.search import SearchPanel
from photodesk.ui.home.today import TodayTable
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.worklist.looks import LooksCard
from photodesk.ui.worklist.words import state_words


class WorklistPart(QWidget):
    """Below today's visits. `visits_changed` is called when they should be read again."""

    def __init__(
        self, context: PageContext, search: SearchPanel, today: TodayTable, visits_changed: Callable[[], None]
    ) -> None:
        super().__init__()
        self._context, self._search, self._today, self._visits_changed = context, search, today, visits_changed
        desk = context.desk
        self._may = desk.may(Right.FIND_PATIENTS) and desk.may(Right.PLAN_VISITS) and desk.may(Right.EDIT_PATIENTS)
        self.looks = LooksCard()
        self.looks.decided.connect(self._decide)
        vbox(self).addWidget(self.looks)
        today.add_asked.connect(self.add_visit)
        if context.worklist is not None:
            context.worklist.changed.connect(self._read_something)
            context.worklist.looked.connect(self._say_state)

    def refresh(self) -> None:
        """Say how it goes, and read what needs a look."""
        self._say_state()
        if self._may:
            self._context.tasks.store(self._context.desk.worklist.look_lines, self._took, self._failed)

    def add_visit(self) -> None:
        """The form for a visit of the patient who is chosen in the search; without one it is asked whose it is."""
        if not self._context.desk.may(Right.PLAN_VISITS):
            return
        chosen = self._search.chosen
        if chosen is not None:
            self._context.navigate.new_visit(chosen.patient_id)
            return
        from photodesk.ui.importing.patient_chooser import PatientChooser  # it is made of this package's search

        def named(patient: Patient) -> None:
            self._context.navigate.new_visit(patient.patient_id)

        PatientChooser(self.window(), self._context, named, "Whose visit is it?").open()

    def _say_state(self) -> None:
        watch = self._context.worklist
        if watch is not None:
            words = state_words(watch.state, local_today(self._context.desk.clock))
            self._today.say_source(words, offline=watch.state.offline_since_ms != 0)

    def _read_something(self) -> None:
        if self.isVisibleTo(self.window()):
            self._visits_changed()
            self.refresh()

    def _took(self, lines: tuple[LookLine, ...]) -> None:
        self.looks.show_lines(lines)

    def _decide(self, problem_id: str, decision: Decision) -> None:
        decide = partial(self._context.desk.worklist.decide, problem_id, decision)
        self._context.tasks.store(decide, self._decided, self._failed)

    def _decided(self, _: None) -> None:
        self._visits_changed()
        self.refresh()

    def _failed(self, failure: BaseException) -> None:
        self._context.navigate.say(sentence(failure))
