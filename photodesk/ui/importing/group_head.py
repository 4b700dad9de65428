"""Above the tiles: whose photos, which visit, one key to file them."""

from __future__ import annotations

from datetime import date
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from photodesk.clock import local_today
from photodesk.patients import Patient
from photodesk.ui.controls import Button, ButtonKind, Dropdown, Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.importing.patient_chooser import PatientChooser
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.words import day_words, time_words
from photodesk.visits import Visit


class GroupHead(QWidget):
    """`filed` is asked with the visit's day, `patient_chosen` carries who was chosen by hand."""

    file_asked = Signal(object)
    patient_chosen = Signal(object)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._patient: Patient | None = None
        self._visits: list[Visit] = []
        self._meant = ""
        self._day = local_today(context.desk.clock)
        row = hbox(self, 12)
        names = vbox(None, 0)
        self._title = Text("", TextRole.HEADING, elide=True)
        self._under = Text("", TextRole.SMALL, "ink2", elide=True)
        names.addWidget(self._title)
        names.addWidget(self._under)
        row.addLayout(names, 1)
        self.visit = Dropdown("Visit", (), icon="calendar-blank", height=40, width=280)
        self.other = Button("Choose patient", key="Enter", height=40)
        self.file_button = Button("File this group", ButtonKind.PRIMARY, key="Enter", height=40)
        for widget in (self.visit, self.other, self.file_button):
            row.addWidget(widget)
        self.other.clicked.connect(self.choose_patient)
        self.file_button.clicked.connect(self.file)

    def show_group(
        self,
        title: str,
        under: str,
        patient: Patient | None,
        when: tuple[date, str],
        *,
        can_file: bool,
        can_change: bool,
    ) -> None:
        """What the group is; with a patient known or guessed, their name leads. `when`: the day, the visit meant."""
        named = patient is not None
        self._title.set_text(title)
        self._under.set_text(under)
        self.visit.setVisible(named and can_file)
        self.other.set_text("Other patient" if named else "Choose patient")
        self.other.set_kind(ButtonKind.SECONDARY if named else ButtonKind.PRIMARY)  # always one next step
        self.other.set_key("F" if named else "Enter")
        self.other.setVisible(can_change)
        self.file_button.setVisible(can_file and named)
        before, self._patient = (self._patient, self._day, self._meant), patient
        self._day, self._meant = when
        if patient is not None and (before[0] is None or patient.patient_id != before[0].patient_id):
            self._ask_visits(patient, self._day)
        elif patient is not None and before[1:] != when:
            self._offer()

    def _ask_visits(self, patient: Patient, day: date) -> None:
        self._visits = []
        self.visit.set_choices(((day.isoformat(), day_words(day)),), day.isoformat())
        work = partial(self._context.desk.visits.of_patient, patient.patient_id)
        self._context.tasks.store(work, partial(self._took_visits, patient), self._failed)

    def _took_visits(self, patient: Patient, visits: list[Visit]) -> None:
        if self._patient is not None and self._patient.patient_id == patient.patient_id:
            self._visits = visits
            self._offer()

    def _offer(self) -> None:
        today = local_today(self._context.desk.clock)
        self.visit.set_choices(visit_choices(self._visits, today, self._day, self._meant), self._day.isoformat())

    def choose_patient(self) -> None:
        """Ask for the patient."""
        PatientChooser(self.window(), self._context, self.patient_chosen.emit).open()

    def file(self) -> None:
        """File, or ask for the patient first."""
        if self.file_button.isVisibleTo(self):
            if self.file_button.isEnabled():
                self.file_asked.emit(date.fromisoformat(self.visit.value or self._day.isoformat()))
        elif self.other.isVisibleTo(self):
            self.choose_patient()

    def rest(self, resting: bool) -> None:
        """While filing goes on the button rests."""
        self.file_button.setEnabled(not resting)

    def _failed(self, failure: BaseException) -> None:
        self._context.navigate.say(sentence(failure))


def visit_choices(visits: list[Visit], today: date, wanted: date, meant: str = "") -> tuple[tuple[str, str], ...]:
    """Days to file under: today first, each day once, and the one that is wanted whether there is a visit or not.

    Of several visits on a day the one with the id `meant` is told; where none is meant, no time is.
    """
    by_day: dict[date, list[Visit]] = {}
    for visit in visits:
        if not visit.cancelled:
            by_day.setdefault(visit.day, []).append(visit)

    def told(day: date) -> Visit | None:
        here = by_day[day]
        return here[0] if len(here) == 1 else next((visit for visit in here if visit.visit_id == meant), None)

    words = "New visit today"
    if today in by_day:
        planned = told(today)
        at = time_words(planned.at) if planned is not None else ""
        words = f"Visit today, {at}" if at else "Visit today"
    others = []
    for day in sorted(by_day.keys() - {today}, reverse=True):
        one = told(day)
        others.append(
            (day.isoformat(), " · ".join((day_words(day), one.title) if one and one.title else (day_words(day),)))
        )
    new = () if wanted == today or wanted in by_day else ((wanted.isoformat(), f"New visit {day_words(wanted)}"),)
    return ((today.isoformat(), words), *new, *others)
