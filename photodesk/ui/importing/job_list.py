"""Imports that wait, as rows: pictures, when, how many, how old, what is to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from photodesk.ui.controls import Card, Chip, Row, Text, ThumbnailWell, Tone, empty, hbox, pass_mouse, vbox
from photodesk.ui.display_colours import DisplayColours
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.theme import DESK
from photodesk.ui.words import counted, moment_words

if TYPE_CHECKING:
    from photodesk.desk.inbox import InboxJob

ROW_PX, PICTURES, WIDTH_PX = 84, 3, 1320
DAY_MS = 86_400_000
READING = "Reading the inbox…"
NOTHING = "Nothing waits to be filed. Put in a camera card, or choose a folder to import."


@dataclass(frozen=True)
class JobCounts:
    """Groups of one job: to be filed, and of these to be looked at."""

    groups: int
    please_look: int


def waiting_words(job: InboxJob) -> str:
    """`7 photos waiting`, and how many more are assigned."""
    assigned = len(job.shots) - job.undecided
    more = f" · {assigned:,} assigned" if assigned else ""
    return f"{counted(job.undecided, 'photo')} waiting{more}"


def age_words(age_ms: int) -> str:
    """`since today`, `for 3 days`: how long it waits."""
    days = max(0, age_ms) // DAY_MS
    return f"waits for {counted(days, 'day')}" if days else ""


class JobList(QWidget):
    """`opened` carries a job's id. At the counter there are no pictures."""

    opened = Signal(object)

    def __init__(self, *, previews: bool) -> None:
        super().__init__()
        self.selected = 0
        self._previews = previews
        self._rows: list[Row] = []
        self._ids: list[str] = []
        self._counts: dict[str, JobCounts] = {}
        self._states: dict[str, tuple[Text, Chip]] = {}
        self._wells: dict[str, tuple[ThumbnailWell, ...]] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        vbox(self).addWidget(self._scroll)
        holder = QWidget()
        holder.setObjectName("scrolled")
        column = vbox(holder, 12, QMargins(32, 28, 32, 28))
        self._card = Card(0, 0)
        self._card.setMaximumWidth(WIDTH_PX)
        self._empty = Text(READING, TextRole.LEAD, "ink2", wrap=True)
        column.addWidget(self._card)
        column.addWidget(self._empty)
        column.addStretch(1)
        self._scroll.setWidget(holder)

    def show_jobs(self, jobs: Sequence[InboxJob], today: date, now_ms: int) -> None:
        """The imports that wait, the oldest first."""
        kept = self._ids[self.selected] if self.selected < len(self._ids) else ""
        empty(self._card.body)
        self._rows, self._states, self._wells = [], {}, {}
        self._ids = [job.job.job_id for job in jobs]
        for at, job in enumerate(jobs):
            row = self._row(job, today, now_ms, last=at == len(jobs) - 1)
            self._rows.append(row)
            self._card.body.addWidget(row)
        self.selected = self._ids.index(kept) if kept in self._ids else 0
        self._card.setVisible(bool(jobs))
        self._empty.set_text(NOTHING)
        self._empty.setVisible(not jobs)
        for job_id, counts in self._counts.items():
            self.show_counts(job_id, counts)
        self._show_selected()

    def _row(self, job: InboxJob, today: date, now_ms: int, *, last: bool) -> Row:
        job_id, began = job.job.job_id, moment_words(job.job.started_at_ms, today)
        words = counted(len(job.shots), "photo")
        row = Row(f"{began}, {words}", ROW_PX, line=not last)
        row.setCheckable(True)
        row.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        wells = tuple(ThumbnailWell(72, 54) for _ in range(PICTURES if self._previews else 0))
        self._wells[job_id] = wells
        pictures = hbox(None, 2)
        for well in wells:
            pictures.addWidget(pass_mouse(well))
        row.row.addLayout(pictures)
        lines = vbox(None, 2)
        lines.addStretch(1)
        lines.addWidget(Text(began, TextRole.BODY_STRONG))
        waits = age_words(now_ms - job.job.started_at_ms)
        lines.addWidget(Text(f"{words} · {waits}" if waits else words, TextRole.SMALL, "ink2"))
        lines.addStretch(1)
        row.row.addLayout(lines, 1)
        assigned = len(job.shots) - job.undecided
        if assigned:
            row.add(Text(f"{assigned:,} assigned, filed when a clinician signs in", TextRole.SMALL, "ink2"))
        groups, look = Text("", TextRole.SMALL, "ink2"), Chip("", Tone.WARN)
        look.hide()
        self._states[job_id] = (groups, look)
        row.add(look)
        row.add(groups)
        row.add(Icon("caret-right", DESK.ink2, 16))
        row.clicked.connect(partial(self._clicked, job_id))
        return row

    def _clicked(self, job_id: str, _checked: bool = False) -> None:
        self.opened.emit(job_id)

    def show_counts(self, job_id: str, counts: JobCounts) -> None:
        """How many groups are to be filed."""
        self._counts[job_id] = counts
        state = self._states.get(job_id)
        if state is None:
            return
        groups, look = state
        groups.set_text(counted(counts.groups, "group") + " waiting" if counts.groups else "")
        if counts.please_look:
            look.show_state(f"{counts.please_look:,} please look", Tone.WARN)
        look.setVisible(counts.please_look > 0)

    def wanted(self, job: InboxJob) -> list[str]:
        """Shots whose pictures the row shows."""
        wells = self._wells.get(job.job.job_id, ())
        return [shot.shot.shot_id for shot in job.shots if shot.shot.has_thumbnail][: len(wells)]

    def show_pictures(
        self, job_id: str, shots: Sequence[str], colours: DisplayColours, pictures: dict[str, bytes]
    ) -> None:
        """Pictures from the gate, for a screen of these colours."""
        for well, shot_id in zip(self._wells.get(job_id, ()), shots, strict=False):
            well.show_rendition(pictures.get(shot_id), colours)

    def forget(self) -> None:
        """The page was left: what was seen is dropped."""
        for wells in self._wells.values():
            for well in wells:
                well.show_rendition(None)

    def key(self, key: Qt.Key) -> bool:
        """Arrow keys choose, `Enter` opens."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key, 0)
        if step and self._ids:
            self.selected = max(0, min(len(self._ids) - 1, self.selected + step))
            self._show_selected()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._ids:
            self.opened.emit(self._ids[self.selected])
        else:
            return False
        return True

    def _show_selected(self) -> None:
        for at, row in enumerate(self._rows):
            row.setChecked(at == self.selected)
            if at == self.selected:
                self._scroll.ensureWidgetVisible(row, 0, 0)
