"""The dialogs of corrections: why a photo is deleted, where photos move, what was deleted and can be had back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from photodesk.desk.corrections import DeletedPhoto
from photodesk.patients import Patient
from photodesk.ui.controls.buttons import Button
from photodesk.ui.controls.choices import ChoiceList
from photodesk.ui.controls.popover import Dialog
from photodesk.ui.controls.text import Line, Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.patients.form_dialog import FormDialog
from photodesk.ui.timeline.sections import taken_words, title_of
from photodesk.ui.words import counted, day_words, moment
from photodesk.visits import Visit

DAY_MS, LIST_PX = 86_400_000, 340
NO_REASON = "Write why, in a few words. The reason is kept with the photos."
KEPT_WORDS = "Nobody sees them from now on. For 30 days they can be had back; an old card does not bring them back."


class ReasonDialog(FormDialog):
    """A form with a field `reason` that must not be left empty."""

    def reason(self) -> str:
        """What was typed; "" after saying that it is needed."""
        typed = self.text("reason").strip()
        if not typed:
            self.need("reason", NO_REASON)
        return typed


class DeleteDialog(ReasonDialog):
    """`done` is called with the reason."""

    def __init__(self, window: QWidget, photos: int, done: Callable[[str], None]) -> None:
        words = counted(photos, "photo")
        super().__init__(window, f"Delete {words}", f"Delete {words}")
        self._done = done
        self.rows.addWidget(self.field("reason", "Reason", placeholder="Taken twice, out of focus, not wanted"))
        self.rows.addWidget(Text(KEPT_WORDS, TextRole.SMALL, "ink3", wrap=True))
        self.finish(self.save)

    def save(self) -> None:
        """A reason is needed."""
        reason = self.reason()
        if not reason:
            return
        self.dismiss()
        self._done(reason)


class MoveDialog(ReasonDialog):
    """`done` is called with the visit's id (empty: one of the photos' own day) and the reason."""

    def __init__(
        self,
        window: QWidget,
        patient: Patient,
        photos: int,
        visits: Sequence[Visit],
        day: date,
        done: Callable[[str, str], None],
    ) -> None:
        words = counted(photos, "photo")
        super().__init__(window, f"Move {words} to another patient", f"Move {words}")
        self._done = done
        name = Text(patient.display_name, TextRole.SUBHEADING, elide=True)
        born = f"Born {day_words(patient.birth)} · Record {patient.mrn}"
        self.rows.addWidget(name)
        self.rows.addWidget(Text(born, TextRole.SMALL, "ink2"))
        same = next((visit.visit_id for visit in visits if visit.day == day), "")
        choices = [
            (visit.visit_id, " · ".join(part for part in (day_words(visit.day), visit.title) if part))
            for visit in visits
        ]
        if not same:
            choices.insert(0, ("", f"{day_words(day)} · new visit"))
        self.visits = ChoiceList("Visit", rows=min(5, max(2, len(choices))), focusable=True)
        self.visits.offer(choices, value=same)
        self.rows.addWidget(self.field("reason", "Reason", placeholder="Filed to the wrong patient"))
        self.rows.addWidget(self.labelled("Visit", self.visits))
        self.finish(self.save)

    def save(self) -> None:
        """A reason is needed: it stays in both charts."""
        reason = self.reason()
        if not reason:
            return
        self.dismiss()
        self._done(self.visits.value(), reason)


class DeletedDialog(Dialog):
    """`restore` is called with ids; None where the person may not."""

    def __init__(
        self,
        window: QWidget,
        deleted: Sequence[DeletedPhoto],
        now_ms: int,
        restore: Callable[[tuple[str, ...]], None] | None,
    ) -> None:
        super().__init__(window, "Deleted photos", 640)
        self.body.addWidget(Text("Deleted photos", TextRole.HEADING))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFixedHeight(min(LIST_PX, max(1, len(deleted)) * 66 + 8))
        area.setAccessibleName("Deleted photos")
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Enter is for the first Restore
        inside = QWidget()
        inside.setObjectName("scrolled")
        area.setWidget(inside)
        column = vbox(inside, 0)
        self.buttons: list[Button] = []
        for one in deleted:
            column.addLayout(self._row(one, now_ms, restore))
            column.addWidget(Line())
        if not deleted:
            column.addWidget(Text("Nothing was deleted in the last 30 days.", TextRole.BODY, "ink2"))
        column.addStretch(1)
        self.body.addWidget(area)
        row = hbox(None, 12)
        row.addStretch(1)
        close = Button("Close", key="Esc", height=40)
        close.clicked.connect(self.dismiss)
        row.addWidget(close)
        self.body.addLayout(row)

    def _row(self, one: DeletedPhoto, now_ms: int, restore: Callable[[tuple[str, ...]], None] | None) -> QHBoxLayout:
        row = hbox(None, 12, QMargins(0, 8, 0, 8))
        words = vbox(None, 2)
        name = f"{title_of(one.photo)} · {taken_words(one.photo)}" if one.photo is not None else "File"
        if one.attachment is not None:
            name = one.attachment.original.name
        words.addWidget(Text(name, TextRole.BODY_STRONG, elide=True))
        left = max(0, -(-(one.purge_at_ms - now_ms) // DAY_MS))
        told = (one.reason, f"{one.person or 'Not known'}, {day_words(moment(one.deleted_at_ms).date())}")
        words.addWidget(Text(" · ".join(part for part in told if part), TextRole.SMALL, "ink2", elide=True))
        row.addLayout(words, 1)
        row.addWidget(Text(f"{counted(left, 'day')} left", TextRole.SMALL, "ink3"))
        if restore is not None:
            button = Button("Restore", height=36)
            button.setAccessibleName(f"Restore {name}")
            button.clicked.connect(lambda _=False, wanted=one.photo_id: self._restore(restore, wanted))
            self.buttons.append(button)
            row.addWidget(button)
        return row

    def _restore(self, restore: Callable[[tuple[str, ...]], None], photo_id: str) -> None:
        self.dismiss()
        restore((photo_id,))
