"""What the clinic decides about its activity log: opening hours, what is many, sign-offs, reports, the live feed."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from photodesk.desk.policy import PolicyValue
from photodesk.desk.roles import Right
from photodesk.ui.controls import Button, Card, Dropdown, Line, Text, TextField, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext
from photodesk.ui.settings.section import LABEL_PX, Section
from photodesk.ui.words import counted

EVERYWHERE = "Counts on every workstation of the clinic. Times outside the hours are flagged, never refused."
ASK = "An administrator changes these."
FEED = (
    "Each entry is sent as it is made, as a DICOM audit message over TLS: ids and codes alone, no names. It begins at"
    " the next start. Whom to trust is the policy log.atna-ca: photodesk policy set --help."
)
_LABELS = {
    "log.hours": "Opening hours",
    "log.burst": "Many patients",
    "log.sign-off-days": "Sign-off",
    "log.staff-names": "Patients' reports",
    "log.atna": "Live feed",
}
_TYPED = ("log.hours", "log.atna")
_CHOICES = {
    "log.burst": tuple((str(number), f"{number} within ten minutes") for number in (5, 8, 12, 20, 40)),
    "log.sign-off-days": tuple((str(days), f"every {counted(days, 'day')}") for days in (1, 7, 14, 31)),
    "log.staff-names": (("names", "name staff"), ("roles", "say roles alone")),
}


class ActivityLogSection(Section):
    """Shown to who reads the log or sets the policy; changed by who may change the policy."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "Activity log")
        self._may = context.desk.may(Right.MANAGE_POLICY)
        self.fields: dict[str, TextField] = {}
        card = Card(24, 12)
        self._rows = vbox(None, 12)
        card.body.addLayout(self._rows)
        card.body.addWidget(Line())
        card.body.addWidget(Text(EVERYWHERE if self._may else ASK, TextRole.SMALL, "ink2", wrap=True))
        card.body.addWidget(Text(FEED, TextRole.SMALL, "ink2", wrap=True))
        self.column.addWidget(card)

    def refresh(self) -> None:
        self.context.tasks.store(self.context.desk.policy.everything, self._took, self.failed)

    def _took(self, values: tuple[PolicyValue, ...]) -> None:
        empty(self._rows)
        self.fields = {}
        known = {value.rule.name: value for value in values}
        for name, label in _LABELS.items():
            self._add(label, known[name])

    def _add(self, label: str, value: PolicyValue) -> None:
        name, holder = value.rule.name, QWidget()
        row = hbox(holder, 12)
        head = Text(label, TextRole.BODY, "ink3")
        head.setFixedWidth(LABEL_PX)
        row.addWidget(head)
        choices = _CHOICES.get(name, ())
        words = dict(choices).get(value.value, value.value)
        if not self._may:
            row.addWidget(Text(words, TextRole.BODY))
        elif name in _TYPED:
            field = TextField(label, height=40)
            field.edit.setText(value.value)
            field.edit.returnPressed.connect(partial(self._typed, name))
            save = Button("Save", height=40)
            save.clicked.connect(lambda _checked=False: self._typed(name))
            self.fields[name] = field
            row.addWidget(field, 1)
            row.addWidget(save)
        else:
            offered = choices if value.value in dict(choices) else (*choices, (value.value, value.value))
            choice = Dropdown(label, offered, value=value.value, width=220)
            choice.picked.connect(partial(self.change, name))
            row.addWidget(choice)
        if not (self._may and name in _TYPED):
            row.addStretch(1)
        self._rows.addWidget(holder)

    def _typed(self, name: str) -> None:
        self.change(name, self.fields[name].text().strip())

    def change(self, name: str, value: str) -> None:
        """Decide for the clinic."""
        desk = self.context.desk

        def changed(_none: None) -> None:
            self.context.navigate.say("Changed.")
            self.refresh()

        def refused(failure: BaseException) -> None:
            if name in self.fields:
                self.fields[name].set_bad(True)
            self.failed(failure)

        self.context.tasks.store(lambda: desk.policy.set(name, value), changed, refused)
