"""The inbox: imports with photos that wait, and the same panel to file them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from photodesk.clock import local_today
from photodesk.importing.job import Assignment
from photodesk.ui.controls import Line, Row, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.importing.group_panel import GroupPanel
from photodesk.ui.importing.model import tile_of_shot
from photodesk.ui.page import Heading, Key, Page, PageContext, sentence
from photodesk.ui.window import typing_somewhere
from photodesk.ui.words import counted, moment_words

if TYPE_CHECKING:
    from photodesk.desk.inbox import InboxJob

SCREEN, GROUPS_PX = "inbox", 372


class InboxPage(Page):
    """Newest import first; nothing expires."""

    section = "inbox"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.jobs: tuple[InboxJob, ...] = ()
        self.selected = 0
        self._rows: list[Row] = []
        self.group = GroupPanel(context, SCREEN)
        self.group.file_asked.connect(self.file)
        self.group.patient_chosen.connect(lambda _patient: self._show_job())
        whole = hbox(self)
        side = QWidget()
        side.setObjectName("panel")
        side.setFixedWidth(GROUPS_PX)
        column = vbox(side)
        head = hbox(None, 8, QMargins(16, 12, 16, 12))
        self._count = Text("", TextRole.BODY_STRONG)
        head.addWidget(self._count)
        column.addLayout(head)
        column.addWidget(Line())
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        holder = QWidget()
        holder.setObjectName("scrolled")
        outer = vbox(holder)
        self._list = vbox(None)
        outer.addLayout(self._list)
        outer.addStretch(1)
        scroll.setWidget(holder)
        column.addWidget(scroll, 1)
        whole.addWidget(side)
        whole.addWidget(Line(vertical=True))
        self._empty = Text(
            "Nothing waits to be filed. Put in a camera card, or choose a folder to import.",
            TextRole.LEAD,
            "ink2",
            wrap=True,
        )
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        whole.addWidget(self.group, 1)
        whole.addWidget(self._empty, 1)
        self._empty.hide()

    def heading(self) -> Heading:
        return Heading("Inbox", "Copied and verified, waiting to be filed")

    def keys(self) -> tuple[Key, ...]:
        return (Key(("↑", "↓"), "Group"), Key(("Enter",), "File this group"), Key(("F",), "Other patient"))

    def entered(self) -> None:
        self.refresh()
        self.setFocus()

    def left(self) -> None:
        self.group.leave()

    def refresh(self) -> None:
        self.context.tasks.store(self.context.desk.inbox.jobs, self.took, self._failed)

    def took(self, jobs: tuple[InboxJob, ...]) -> None:
        """The imports that wait, as the desk knows them."""
        self.jobs = tuple(reversed(jobs))
        self.selected = min(self.selected, max(0, len(self.jobs) - 1))
        self._count.set_text(counted(len(self.jobs), "group"))
        empty(self._list)
        self._rows = []
        today = local_today(self.context.desk.clock)
        for index, inbox in enumerate(self.jobs):
            words = moment_words(inbox.job.started_at_ms, today)
            row = Row(f"{words}, {counted(len(inbox.shots), 'photo')}", 72, padding_px=16)
            row.setCheckable(True)
            lines = vbox(None)
            lines.addStretch(1)
            lines.addWidget(Text(words, TextRole.BODY_STRONG))
            assigned = sum(1 for shot in inbox.shots if shot.group)
            state = "No patient yet" if not assigned else f"{assigned:,} assigned"
            lines.addWidget(Text(state, TextRole.SMALL, "ink2"))
            lines.addStretch(1)
            row.row.addLayout(lines, 1)
            row.add(Text(counted(len(inbox.shots), "photo"), TextRole.SMALL, "ink2"))
            row.clicked.connect(partial(self._pick, index))
            self._rows.append(row)
            self._list.addWidget(row)
        self.group.setVisible(bool(self.jobs))
        self._empty.setVisible(not self.jobs)
        self._show_job()

    def _pick(self, index: int, _checked: bool = False) -> None:
        if index != self.selected:
            self.group.forget_patient()
        self.selected = index
        self._show_job()

    def _show_job(self) -> None:
        for index, row in enumerate(self._rows):
            row.setChecked(index == self.selected)
        if not self.jobs:
            return
        inbox = self.jobs[self.selected]
        waits = any(not shot.group for shot in inbox.shots)
        today = local_today(self.context.desk.clock)
        title = "No patient yet" if waits else "Assigned; a clinician's desk files them"
        self.group.show_group(title, f"Imported {moment_words(inbox.job.started_at_ms, today)}", can_file=waits)
        self.group.show_job(inbox.job.job_id, tuple(tile_of_shot(shot) for shot in inbox.shots))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and self.jobs:
            self._pick(max(0, min(len(self.jobs) - 1, self.selected + step)))
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.group.file()
        elif event.key() == Qt.Key.Key_F and not typing_somewhere() and self.jobs:
            self.group.choose_patient()
        else:
            super().keyPressEvent(event)

    def file(self, assignment: Assignment) -> None:
        """File the group that is shown."""
        imports = self.context.imports
        if imports is None or not self.jobs:
            return
        inbox = self.jobs[self.selected]
        shots = tuple(shot.shot.shot_id for shot in inbox.shots if not shot.group)
        self.group.rest(True)
        work = partial(imports.file_shots, inbox.job.job_id, assignment, shots)
        self.context.tasks.store(work, self._filed, self._failed)

    def _filed(self, photo_ids: list[str]) -> None:
        self.group.rest(False)
        self.group.forget_patient()
        words = (
            f"{counted(len(photo_ids), 'photo')} filed."
            if photo_ids
            else ("Assigned. They enter the chart when a clinician signs in.")
        )
        self.context.navigate.say(words)
        self.refresh()

    def _failed(self, failure: BaseException) -> None:
        self.group.rest(False)
        self.context.navigate.say(sentence(failure))
