"""The activity page: wires its parts to the desk. Reading it is an entry too."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from photodesk.clock import local_today
from photodesk.desk.roles import Right
from photodesk.ui.controls import Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.importing.patient_chooser import PatientChooser
from photodesk.ui.log.asking import Checked, Counted, LogAsking
from photodesk.ui.log.model import ActivityModel
from photodesk.ui.log.officer import OfficerActions
from photodesk.ui.log.parts import ActivityParts
from photodesk.ui.log.words import flag_words
from photodesk.ui.page import Heading, Key, Page, PageContext, sentence
from photodesk.ui.sync.clinic_server import Arrived
from photodesk.ui.theme import DESK

if TYPE_CHECKING:
    from photodesk.desk.activity import ActivityLine
    from photodesk.patients import Patient

NO_RIGHT = "The activity log is read by the privacy officer. Every view is written to it, and reading it is too."


class ActivityPage(Page):
    """Only a privacy officer reads; others are told so."""

    section = "activity"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.model = ActivityModel(local_today(context.desk.clock))
        self.may_read = context.desk.may(Right.READ_LOG)
        if not self.may_read:
            column = vbox(self, 0, 48)
            words = Text(NO_RIGHT, TextRole.LEAD, "ink2", wrap=True)
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(words)
            return
        self.asking = LogAsking(context, self._failed)
        self.officer = OfficerActions(self, context, self.model, self.show_model)
        self._note = self._make_note()
        self._build()

    def _make_note(self) -> QWidget:
        note = QWidget()
        row = hbox(note, 8)
        row.addWidget(Icon("eye", DESK.ink2, 18))
        row.addWidget(Text("Reading this page is logged too", TextRole.SMALL, "ink2"))
        return note

    def _build(self) -> None:
        self.parts = parts = ActivityParts(self, self.model.today)
        self.table, self.detail = parts.table, parts.detail
        parts.card.again.clicked.connect(self.check)
        parts.card.sign_off.clicked.connect(lambda _checked=False: self.officer.sign_off())
        parts.card.export.clicked.connect(lambda _checked=False: self.officer.export())
        parts.filters.changed.connect(self._filter)
        parts.filters.patient_wanted.connect(self._choose_patient)
        parts.bars.picked.connect(self._day_picked)
        parts.table.delegate.flags_of = self._chip
        parts.table.line_model.wanted = lambda: self.asking.more(self._more)
        parts.table.chosen.connect(self._choose)
        parts.detail.review_wanted.connect(self.officer.review)
        parts.detail.report_wanted.connect(self.officer.report)
        self.show_model()

    def heading(self) -> Heading:
        return Heading("Activity", "All workstations" if self.may_read else "")

    def top_actions(self) -> tuple[QWidget, ...]:
        return (self._note,) if self.may_read else ()

    def keys(self) -> tuple[Key, ...]:
        if not self.may_read:
            return ()
        return (
            Key(("/",), "Filter"),
            Key(("↑", "↓"), "Move"),
            Key(("R",), "Mark as reviewed"),
            Key(("Ctrl", "E"), "Export"),
        )

    def entered(self) -> None:
        if self.may_read:
            self.refresh()
            self.table.setFocus()

    def left(self) -> None:
        if self.may_read:
            self.asking.drop()

    def refresh(self) -> None:
        if self.may_read:
            self.read()
            self.check()

    def arrived(self, arrived: Arrived) -> None:
        """This workstation's own log is shown: others add nothing to it."""

    def about_patient(self, patient_id: str) -> None:
        """Who has seen this patient."""
        if self.model.question.patient_id == patient_id:
            return
        self.model.question.patient_id, self.model.patient_name = patient_id, ""
        if self.may_read:
            self.read()

    def read(self) -> None:
        """Ask what the filters say."""
        self.model.asked()
        self.asking.ask(self.model.query(self.context.desk.clock.wall_ms()), self._took, self._counted)
        self.show_model()

    def check(self) -> None:
        """Check the chain again."""
        self.parts.card.again.setEnabled(False)
        self.asking.check(self._checked, self._failed)

    # -- answers --

    def _took(self, lines: list[ActivityLine]) -> None:
        self.model.took(lines)
        patient_id = self.model.question.patient_id
        if patient_id and not self.model.patient_name:
            self.model.patient_name = next((one.patient for one in lines if one.patient_id == patient_id), "")
        self.table.line_model.more = True
        self.table.line_model.show_lines(self.model.lines)
        self.show_model()

    def _more(self, lines: list[ActivityLine]) -> None:
        self.table.line_model.more = bool(lines)
        if lines:
            self.model.lines += tuple(lines)
            self.table.line_model.add_lines(self.model.lines)

    def _counted(self, counted: Counted) -> None:
        self.model.counted(*counted)
        self.show_model()

    def _checked(self, answer: Checked) -> None:
        self.model.check, self.model.chain_place, self.model.standing, self.model.lost = answer
        self.parts.card.again.setEnabled(True)
        self.show_model()

    def show_model(self) -> None:
        """Bring every part to what the model says."""
        self.parts.show_model(self.model)

    # -- what the person does --

    def _filter(self, change: tuple[str, str | bool]) -> None:
        if self.model.change(*change):
            self.read()

    def _day_picked(self, day: date) -> None:
        self.model.question.day = day
        self.read()

    def _choose_patient(self) -> None:
        PatientChooser(self.window(), self.context, self._patient_chosen, "Whose photos were seen?").open()

    def _patient_chosen(self, patient: Patient) -> None:
        self.model.question.patient_id, self.model.patient_name = patient.patient_id, patient.display_name
        self.read()

    def _choose(self, line: ActivityLine | None) -> None:
        self.model.chosen = line
        self.parts.show_chosen(self.model)

    def _chip(self, line: ActivityLine) -> str:
        flagged = self.model.flags_of(line)
        return flag_words(flagged) if flagged is not None and self.model.is_open(line) else ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.may_read:
            self.parts.fit(self.size())

    def escape(self) -> bool:
        if self.model.chosen is None:
            return False
        self.table.setCurrentIndex(QModelIndex())
        self._choose(None)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if not self.may_read:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Slash:
            self.parts.filters.focus_first()
        elif event.key() == Qt.Key.Key_R and not event.modifiers():
            self.officer.review()
        elif event.key() == Qt.Key.Key_E and control:
            self.officer.export()
        else:
            super().keyPressEvent(event)

    def _failed(self, failure: BaseException) -> None:
        self.parts.card.again.setEnabled(True)
        self.context.navigate.say(sentence(failure))
