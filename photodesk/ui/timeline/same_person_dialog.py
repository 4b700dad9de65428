"""Two entries side by side, to be read before they are shown as one patient."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from photodesk.desk.merging import EntryFacts
from photodesk.patients import Sex
from photodesk.ui.controls.buttons import Button, ButtonKind
from photodesk.ui.controls.text import Text, empty, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.theme import DESK
from photodesk.ui.timeline.correction_dialogs import ReasonDialog
from photodesk.ui.words import counted, day_words

WHAT_HAPPENS = (
    "Photos and visits of both show on one timeline, and both names and numbers find it. Nothing is moved; Undo in the"
    " chart parts them again."
)
DIFFERENT_BIRTH = "The birth dates differ. Make sure that this is one person."
_SEX = {Sex.FEMALE: "Female", Sex.MALE: "Male", Sex.OTHER: "Other", Sex.UNKNOWN: "Not recorded"}


class SamePersonDialog(ReasonDialog):
    """`done` is called with the id of the entry that shows with the other one, that of the one that stays, and why."""

    def __init__(
        self,
        window: QWidget,
        here: Sequence[EntryFacts],
        other: Sequence[EntryFacts],
        done: Callable[[str, str, str], None],
    ) -> None:
        super().__init__(window, "Is this one person?", "Show as one patient")
        self._sides, self._done = (tuple(here), tuple(other)), done
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnMinimumWidth(0, 96)
        for column in (1, 2):
            self._grid.setColumnStretch(column, 1)
        self.rows.addLayout(self._grid)
        if here[0].patient.birth != other[0].patient.birth:
            warning = hbox(None, 8)
            warning.addWidget(Icon("warning-circle", DESK.warn))
            warning.addWidget(Text(DIFFERENT_BIRTH, TextRole.SMALL, "warn", wrap=True), 1)
            self.rows.addLayout(warning)
        row = hbox(None, 12)
        swap = Button("Keep the other one", ButtonKind.QUIET, icon="arrows-left-right", height=36)
        swap.clicked.connect(self.swap)
        row.addWidget(swap)
        row.addStretch(1)
        self.rows.addLayout(row)
        self.rows.addWidget(self.field("reason", "Reason", placeholder="Entered twice, name changed after marriage"))
        self.rows.addWidget(Text(WHAT_HAPPENS, TextRole.SMALL, "ink3", wrap=True))
        self._show()
        self.finish(self.save)

    def open(self) -> None:
        """What is to be typed has the focus: who stays is rarely changed."""
        super().open()
        self.fields["reason"].edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def swap(self) -> None:
        """The other entry stays."""
        self._sides = self._sides[::-1]
        self._show()

    def save(self) -> None:
        """A reason is needed."""
        reason = self.reason()
        if not reason:
            return
        self.dismiss()
        stays, shows = (side[0].patient.patient_id for side in self._sides)
        self._done(shows, stays, reason)

    def _show(self) -> None:
        empty(self._grid)
        columns = [_lines(side) for side in self._sides]
        self._grid.addWidget(Text("Stays", TextRole.LABEL, "ink3"), 0, 1)
        self._grid.addWidget(Text("Shows with it", TextRole.LABEL, "ink3"), 0, 2)
        for number, label in enumerate(columns[0], 1):
            values = [column[label] for column in columns]
            role = TextRole.SMALL if values[0] == values[1] else TextRole.SMALL_STRONG
            self._grid.addWidget(Text(label, TextRole.SMALL, "ink3"), number, 0)
            for place, value in enumerate(values, 1):
                self._grid.addWidget(Text(value, role, wrap=True), number, place)


def _lines(entries: Sequence[EntryFacts]) -> dict[str, str]:
    """What is said of one side: its main entry, and what all its entries hold."""
    main = entries[0].patient
    days = [day for one in entries for day in (one.first_visit, one.last_visit) if day is not None]
    visits = counted(sum(one.visits for one in entries), "visit")
    if days:
        first, last = day_words(min(days)), day_words(max(days))
        visits += f", {first}" if first == last else f", {first} to {last}"
    lines = {
        "Name": main.display_name,
        "Born": day_words(main.birth),
        "Record": ", ".join(one.patient.mrn for one in entries),
        "Sex": _SEX[main.sex],
        "Visits": visits,
    }
    if all(one.photos is not None for one in entries):
        lines["Photos"] = counted(sum(one.photos or 0 for one in entries), "photo")
    return lines
