"""The row of filters: patient, person, action, workstation, time, flagged. What is on is in the accent, with a ×."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from photodesk.ui.controls import Button, Dropdown, FilterChip, Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.log.model import PERIODS, ActivityModel

HEIGHT_PX = 34


class FilterRow(QWidget):
    """`changed` carries (name of the filter, value); `patient_wanted` asks for a patient to be chosen."""

    changed = Signal(object)
    patient_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # the window may always shrink
        row = hbox(self, 8)
        self.patient = Button("Any patient", icon="user-circle", height=HEIGHT_PX, caret=True)
        self.patient.clicked.connect(lambda _checked=False: self.patient_wanted.emit())
        self.patient_chip = FilterChip("", closing=True)
        self.patient_chip.clicked.connect(lambda _checked=False: self.changed.emit(("patient_id", "")))
        row.addWidget(self.patient)
        row.addWidget(self.patient_chip)
        self.person = Dropdown("Anyone", (("", "Anyone"),), icon="users-three", height=HEIGHT_PX)
        self.action = Dropdown("Any action", (("", "Any action"),), icon="eye", height=HEIGHT_PX)
        self.workstation = Dropdown(
            "Any workstation", (("", "Any workstation"),), icon="desktop-tower", height=HEIGHT_PX
        )
        self.period = Dropdown("Time", PERIODS, value="30", icon="calendar-blank", height=HEIGHT_PX)
        named = ("person_id", self.person), ("action", self.action), ("workstation_id", self.workstation)
        for name, dropdown in (*named, ("days", self.period)):
            dropdown.picked.connect(partial(self._picked, name))
            row.addWidget(dropdown)
        row.addStretch(1)
        self.count = Text("", TextRole.SMALL, "ink3")
        row.addWidget(self.count)
        self.flagged = Button("Flagged", icon="flag", height=HEIGHT_PX)
        self.flagged.setCheckable(True)
        self.flagged.clicked.connect(lambda checked: self.changed.emit(("flagged", checked)))
        row.addWidget(self.flagged)
        self.patient_chip.hide()

    def show_model(self, model: ActivityModel) -> None:
        """Bring the row to what is asked, and its choices to what occurs."""
        q, summary = model.question, model.summary
        self.patient.setVisible(not q.patient_id)
        self.patient_chip.setVisible(bool(q.patient_id))
        self.patient_chip.setText(f"Patient: {model.patient_name or 'chosen'}")
        self.patient_chip.setAccessibleName(f"Patient: {model.patient_name}. Press to ask for any")
        self.patient_chip.setChecked(True)
        self.patient_chip.updateGeometry()
        if summary is not None:
            self.person.set_choices((("", "Anyone"), *summary.people), q.person_id)
            self.action.set_choices((("", "Any action"), *model.actions()), q.action)
            self.workstation.set_choices((("", "Any workstation"), *summary.workstations), q.workstation_id)
        day = (("day", model.period_words),) if q.day is not None else ()
        self.period.set_choices((*day, *PERIODS), "day" if day else str(q.days))
        self.count.set_text(model.count_words)
        self.flagged.setChecked(q.flagged)
        self.flagged.set_text(f"Flagged {model.open_flags}" if summary is not None else "Flagged")

    def focus_first(self) -> None:
        """Put the focus on the patient's filter."""
        (self.patient if self.patient.isVisible() else self.patient_chip).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _picked(self, name: str, value: str) -> None:
        self.changed.emit((name, value))
