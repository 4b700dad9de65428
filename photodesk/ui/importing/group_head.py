"""Above the tiles: whose photos, which visit, one key to file them."""

from __future__ import annotations

from datetime import date, time
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
    """`file_asked` carries the visit's day and, where it was told from others, its id; `patient_chosen` who it is."""

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
        choices = visit_choices(self._visits, today, self._day, self._meant)
        self.visit.set_choices(choices, chosen_first(choices, self._day, self._meant))

    def choose_patient(self) -> None:
        """Ask for the patient."""
        PatientChooser(self.window(), self._context, self.patient_chosen.emit).open()

    def file(self) -> None:
        """File, or ask for the patient first."""
        if self.file_button.isVisibleTo(self):
            if self.file_button.isEnabled():
                day, _, visit_id = (self.visit.value or self._day.isoformat()).partition("/")
                self.file_asked.emit((date.fromisoformat(day), visit_id))
        elif self.other.isVisibleTo(self):
            self.choose_patient()

    def rest(self, resting: bool) -> None:
        """While filing goes on the button rests."""
        self.file_button.setEnabled(not resting)

    def _failed(self, failure: BaseException) -> None:
        self._context.navigate.say(sentence(failure))


def visit_choices(visits: list[Visit], today: date, wanted: date, meant: str = "") -> tuple[tuple[str, str], ...]:
    """What to file under: today first, and the day that is wanted whether there is a visit or not.

    A day with one visit, or none, is a choice; of several visits on a day each is one (`day/visit id`), the one with
    the id `meant` first, then by time.
    """
    by_day: dict[date, list[Visit]] = {}
    for visit in visits:
        if not visit.cancelled:
            by_day.setdefault(visit.day, []).append(visit)
    found: list[tuple[str, str]] = []
    if today not in by_day:
        found.append((today.isoformat(), "New visit today"))
    if wanted != today and wanted not in by_day:
        found.append((wanted.isoformat(), f"New visit {day_words(wanted)}"))
    for day in sorted(by_day, key=lambda day: (day != today, -day.toordinal())):
        here = sorted(by_day[day], key=lambda visit: (visit.visit_id != meant, visit.at is None, visit.at or time.min))
        for visit in here:
            value = day.isoformat() if len(here) == 1 else f"{day.isoformat()}/{visit.visit_id}"
            found.append((value, _words(visit, today)))
    return tuple(found)


def _words(visit: Visit, today: date) -> str:
    """`Visit today, 09:40 · Control`; other days `20 Nov 2026, 09:40 · Control`."""
    day = "Visit today" if visit.day == today else day_words(visit.day)
    when = f"{day}, {time_words(visit.at)}" if visit.at is not None else day
    return " · ".join(words for words in (when, visit.title or (visit.room if visit.at is None else "")) if words)


def chosen_first(choices: tuple[tuple[str, str], ...], day: date, meant: str) -> str:
    """The choice to begin with: the visit that is meant, else the first of the day."""
    values = [value for value, _ in choices]
    exact = f"{day.isoformat()}/{meant}"
    return exact if exact in values else next((one for one in values if one.startswith(day.isoformat())), values[0])
