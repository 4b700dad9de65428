"""The cards at the right: what waits in the inbox, and this workstation as it really is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls import (
    Button,
    ButtonKind,
    Card,
    Chip,
    Line,
    Row,
    Text,
    ThumbnailWell,
    Tone,
    empty,
    hbox,
    pass_mouse,
    vbox,
)
from photodesk.ui.controls.painting import rounded
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.theme import DESK
from photodesk.ui.words import counted, moment_words

if TYPE_CHECKING:
    from photodesk.desk.inbox import InboxJob

SHOWN_JOBS = 3


class InboxCard(Card):
    """Photos that wait, by import. `opened` goes to the inbox; `wells` wait for two pictures of each job."""

    opened = Signal()

    def __init__(self) -> None:
        super().__init__(20, 10)
        head = hbox(None, 8)
        head.addWidget(Text("Inbox", TextRole.HEADING))
        head.addStretch(1)
        self._chip = Chip("", Tone.ACCENT)
        head.addWidget(self._chip)
        self.body.addLayout(head)
        self._under = Text("", TextRole.SMALL, "ink2", wrap=True)
        self.body.addWidget(self._under)
        self._jobs = vbox(None, 0)
        self.body.addLayout(self._jobs)
        self._button = Button("File photos", ButtonKind.PRIMARY, key="Ctrl I", height=40)
        self._button.setSizePolicy(self.sizePolicy().Policy.Expanding, self.sizePolicy().Policy.Fixed)
        self._button.clicked.connect(self.opened)
        self.body.addWidget(self._button)
        self.wells: dict[str, tuple[ThumbnailWell, ...]] = {}
        self.show_jobs((), date.min, pictures=False)

    def show_jobs(self, jobs: tuple[InboxJob, ...], today: date, *, pictures: bool) -> None:
        """Newest first; front desk sees counts and times in place of pictures."""
        waiting = sum(len(job.shots) for job in jobs)
        self._chip.setVisible(waiting > 0)
        self._chip.show_state(counted(waiting, "photo"), Tone.ACCENT)
        self._under.set_text("Copied and verified, waiting to be filed." if waiting else "Nothing waits to be filed.")
        self._button.setVisible(waiting > 0)
        empty(self._jobs)
        self.wells = {}
        for job in list(reversed(jobs))[:SHOWN_JOBS]:
            self._jobs.addWidget(Line())
            self._jobs.addWidget(self._row(job, today, pictures))

    def _row(self, inbox: InboxJob, today: date, pictures: bool) -> Row:
        began = moment_words(inbox.job.started_at_ms, today)
        words = counted(len(inbox.shots), "photo")
        row = Row(f"{began}, {words}", 78 if pictures else 60, line=False, padding_px=0)
        if pictures:
            wells = tuple(ThumbnailWell(52, 52) for _ in range(2))
            self.wells[inbox.job.job_id] = wells
            pair = hbox(None, 2)
            for well in wells:
                pair.addWidget(pass_mouse(well))
            row.row.addLayout(pair)
        lines = vbox(None, 0)
        lines.addStretch(1)
        lines.addWidget(Text(began, TextRole.SMALL_STRONG))
        lines.addWidget(Text(words, TextRole.SMALL, "ink2"))
        assigned = sum(1 for shot in inbox.shots if shot.group)
        state = f"{assigned:,} assigned, waiting for a clinician" if assigned else "No patient yet"
        lines.addWidget(Text(state, TextRole.SMALL, "ink3"))
        lines.addStretch(1)
        row.row.addLayout(lines, 1)
        row.add(Icon("caret-right", DESK.ink2, 16))
        row.clicked.connect(self.opened)
        return row


class Alarm(QWidget):
    """A quiet banner: what is damaged, and what to do about it."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setAccessibleName(words)
        row = hbox(self, 10, QMargins(12, 10, 12, 10))
        row.addWidget(Icon("warning-circle", DESK.bad, 20), alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(Text(words, TextRole.SMALL, wrap=True), 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        rounded(QPainter(self), QRectF(self.rect()), 6, DESK.bad_soft)


class WorkstationCard(Card):
    """Only what is real: the activity log's state, who keeps the keys, how to import."""

    def __init__(self) -> None:
        super().__init__(20, 14)
        self.body.addWidget(Text("This workstation", TextRole.SUBHEADING))
        self._alarms = vbox(None, 8)
        self.body.addLayout(self._alarms)
        self._facts = vbox(None, 14)
        self.body.addLayout(self._facts)

    def show_alarms(self, sentences: tuple[str, ...]) -> None:
        """Damage met since sign-in, each in its sentence; nothing where there is none."""
        empty(self._alarms)
        for words in sentences:
            self._alarms.addWidget(Alarm(words))

    def show_facts(self, facts: tuple[tuple[str, str, str], ...], foot: str) -> None:
        """Lines of (icon, what, state), and a sentence below."""
        empty(self._facts)
        for icon, what, state in facts:
            holder = QWidget()
            row = hbox(holder, 12)
            row.addWidget(Icon(icon, DESK.ink2, 20))
            row.addWidget(Text(what, TextRole.SMALL_STRONG))
            row.addStretch(1)
            row.addWidget(Text(state, TextRole.SMALL, "ink2"))
            self._facts.addWidget(holder)
        if foot:
            self._facts.addWidget(Line())
            holder = QWidget()
            row = hbox(holder, 10)
            row.addWidget(Icon("hard-drive", DESK.ink2, 20))
            row.addWidget(Text(foot, TextRole.SMALL, "ink2", wrap=True), 1)
            self._facts.addWidget(holder)
