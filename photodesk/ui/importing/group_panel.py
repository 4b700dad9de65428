"""The right side: whose photos, which visit, one key to file them, and the grid of files."""

from __future__ import annotations

from datetime import date
from functools import partial

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QWidget

from photodesk.clock import local_today
from photodesk.desk.roles import Right
from photodesk.importing.job import Assignment
from photodesk.patients import Patient
from photodesk.ui.controls import Button, ButtonKind, Dropdown, Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.importing.model import Tile
from photodesk.ui.importing.patient_chooser import PatientChooser
from photodesk.ui.importing.tiles import TileGrid
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.words import day_words, time_words
from photodesk.visits import Visit


class GroupPanel(QWidget):
    """Emits `file_asked` with an `Assignment`."""

    file_asked = Signal(object)
    patient_chosen = Signal(object)

    def __init__(self, context: PageContext, screen: str) -> None:
        super().__init__()
        self._context, self._screen = context, screen
        self._patient: Patient | None = None
        self._job_id = ""
        column = vbox(self, 14, QMargins(24, 18, 24, 0))
        head = hbox(None, 12)
        names = vbox(None, 0)
        self._title = Text("", TextRole.HEADING, elide=True)
        self._under = Text("", TextRole.SMALL, "ink2", elide=True)
        names.addWidget(self._title)
        names.addWidget(self._under)
        head.addLayout(names, 1)
        self._visit = Dropdown("Visit", (), icon="calendar-blank", height=40, width=280)
        self._other = Button("Choose patient", key="F", height=40)
        self._file = Button("File this group", ButtonKind.PRIMARY, key="Enter", height=40)
        for widget in (self._visit, self._other, self._file):
            head.addWidget(widget)
        column.addLayout(head)
        self.grid = TileGrid()
        if not context.desk.may(Right.SEE_CHART):
            self.grid.hide_until_pointed()
        self.grid.looked_away.connect(self._leave_gate)
        self.grid.wanted.connect(self._fetch)
        column.addWidget(self.grid, 1)
        self._other.clicked.connect(self.choose_patient)
        self._file.clicked.connect(self.file)
        self.show_group("", "", can_file=False)

    def show_group(self, title: str, under: str, *, can_file: bool) -> None:
        """What the group is; with a patient chosen, their name leads."""
        named = self._patient is not None
        self._title.set_text(self._patient.display_name if self._patient is not None else title)
        self._under.set_text(under)
        self._visit.setVisible(named and can_file)
        self._other.set_text("Other patient" if named else "Choose patient")
        self._other.set_kind(ButtonKind.SECONDARY if named else ButtonKind.PRIMARY)  # always one next step
        self._other.set_key("F" if named else "Enter")
        self._other.setVisible(can_file)
        self._file.setVisible(can_file and named)

    def show_job(self, job_id: str, tiles: tuple[Tile, ...]) -> None:
        """The files of a job."""
        if job_id != self._job_id:
            self.grid.forget()
            self._job_id = job_id
        self.grid.show_tiles(tiles)

    @property
    def patient(self) -> Patient | None:
        """Whose photos these are, once chosen."""
        return self._patient

    def forget_patient(self) -> None:
        """The next group is somebody else's."""
        self._patient = None

    def choose_patient(self) -> None:
        """Ask for the patient."""
        PatientChooser(self.window(), self._context, self.take_patient).open()

    def take_patient(self, patient: Patient) -> None:
        """These photos are this patient's; offer the visits."""
        self._patient = patient
        work = partial(self._context.desk.visits.of_patient, patient.patient_id)
        self._context.tasks.store(work, self._took_visits, self._failed)

    def _took_visits(self, visits: list[Visit]) -> None:
        today = local_today(self._context.desk.clock)
        self._visit.set_choices(visit_choices(visits, today), today.isoformat())
        self.patient_chosen.emit(self._patient)
        if self._file.isVisible():
            self._file.setFocus()

    def assignment(self) -> Assignment | None:
        """The decision as it stands."""
        if self._patient is None:
            return None
        day = self._visit.value or local_today(self._context.desk.clock).isoformat()  # until the visits are read
        return Assignment(self._patient.patient_id, date.fromisoformat(day))

    def file(self) -> None:
        """File, or ask for the patient first."""
        assignment = self.assignment()
        if assignment is None:
            if self._other.isVisible():
                self.choose_patient()
        elif self._file.isVisible() and self._file.isEnabled():
            self.file_asked.emit(assignment)

    def rest(self, resting: bool) -> None:
        """While filing goes on the button rests."""
        self._file.setEnabled(not resting)

    def leave(self) -> None:
        """The page is left: the gate hears it, what was seen is dropped."""
        self.grid.forget()
        self._leave_gate()

    def _leave_gate(self) -> None:
        leave = partial(self._context.desk.gate.leave, self._screen)
        self._context.tasks.store(leave, lambda _: None, self._failed)

    def _fetch(self, tiles: tuple[Tile, ...]) -> None:
        asked = tuple(tile.shot_id for tile in tiles if not tile.filed)
        if asked and self._job_id:
            work = partial(self._context.desk.gate.view_shots, self._job_id, asked, self._screen)
            self._context.tasks.store(work, lambda found: self.grid.took(found, asked), self._failed)

    def _failed(self, failure: BaseException) -> None:
        self._context.navigate.say(sentence(failure))


def visit_choices(visits: list[Visit], today: date) -> tuple[tuple[str, str], ...]:
    """Days to file under, today first, each day once."""
    days = {visit.day: visit for visit in reversed(visits)}
    planned = days.get(today)
    at = time_words(planned.at) if planned is not None else ""
    words = "New visit today" if planned is None else f"Visit today, {at}" if at else "Visit today"
    others = tuple(
        (day.isoformat(), f"{day_words(day)}{' · ' + visit.title if visit.title else ''}")
        for day, visit in sorted(days.items(), reverse=True)
        if day != today
    )
    return ((today.isoformat(), words), *others)
