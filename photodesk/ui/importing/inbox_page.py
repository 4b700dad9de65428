"""The inbox: imports with photos that wait, by age; one of them opened is its board. Nothing expires."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from photodesk.clock import local_today
from photodesk.desk.roles import Right
from photodesk.ui.cards.receipt_dialog import open_receipt
from photodesk.ui.controls import Button, ButtonKind, Line, Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.importing.board import job_counts
from photodesk.ui.importing.board_keys import KEYS
from photodesk.ui.importing.board_model import Filing
from photodesk.ui.importing.board_view import BoardView
from photodesk.ui.importing.job_list import JobCounts, JobList, waiting_words
from photodesk.ui.importing.work import count_inbox, filed_words
from photodesk.ui.page import Heading, Key, Page, PageContext, sentence
from photodesk.ui.window import typing_somewhere
from photodesk.ui.words import moment_words

if TYPE_CHECKING:
    from photodesk.desk.inbox import InboxJob

SCREEN = "inbox"


class InboxPage(Page):
    """Oldest import first: it has waited longest."""

    section = "inbox"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.jobs: tuple[InboxJob, ...] = ()
        self._wanted = ""
        self.list = JobList(previews=context.desk.may(Right.SEE_CHART))
        self.list.opened.connect(self.open_job)
        self.board = BoardView(context, SCREEN)
        self.board.file_asked.connect(self.file)
        self._open = QWidget()
        column = vbox(self._open)
        head = hbox(None, 12, QMargins(16, 8, 24, 8))
        self.back = Button("All imports", icon="caret-left", key="Esc")
        self.back.clicked.connect(self.close_job)
        self._title, self._under = Text("", TextRole.BODY_STRONG), Text("", TextRole.SMALL, "ink2", elide=True)
        head.addWidget(self.back)
        head.addWidget(self._title)
        head.addWidget(self._under, 1)
        receipt = Button("Receipt and report", ButtonKind.QUIET)
        receipt.clicked.connect(lambda: open_receipt(self.window(), self.context, self.open_job_id))
        head.addWidget(receipt)
        column.addLayout(head)
        column.addWidget(Line())
        column.addWidget(self.board, 1)
        self._whole = QStackedWidget()
        self._whole.addWidget(self.list)
        self._whole.addWidget(self._open)
        vbox(self).addWidget(self._whole)

    def heading(self) -> Heading:
        return Heading("Inbox", "Copied and verified, waiting to be filed")

    def keys(self) -> tuple[Key, ...]:
        if self.open_job_id:
            return (*KEYS, Key(("Esc",), "All imports"))
        return (Key(("↑", "↓"), "Import"), Key(("Enter",), "Open"))

    def entered(self) -> None:
        self.refresh()
        self._focus()
        self.board.views.ask()

    def left(self) -> None:
        self.board.views.leave()
        self.list.forget()

    def refresh(self) -> None:
        self.context.tasks.store(self.context.desk.inbox.jobs, self.took, self._failed)

    def escape(self) -> bool:
        if not self.open_job_id:
            return False
        if not self.board.escape():
            self.close_job()
        return True

    def place(self) -> tuple[str, str, float, tuple[str, ...]]:
        return (self.section, "", 0.0, (self.open_job_id,) if self.open_job_id else ())

    def reopen(self, job_id: str) -> None:
        """After a lock: the job that was open, when it still waits."""
        self._wanted = job_id
        self.refresh()

    # -- the list of jobs --

    def took(self, jobs: tuple[InboxJob, ...]) -> None:
        """The imports that wait, as the desk knows them."""
        self.jobs = tuple(job for job in jobs)
        self.list.show_jobs(self.jobs, local_today(self.context.desk.clock), self.context.desk.clock.wall_ms())
        self.context.navigate.inbox_count(sum(job.undecided for job in jobs))
        ids = {job.job.job_id for job in jobs}
        if self._wanted in ids:
            self.open_job(self._wanted)
        elif self.open_job_id not in ids and self.open_job_id:
            self.close_job()
        elif self.open_job_id:
            self.board.reread()
        self._wanted = ""
        self._count()

    def _count(self) -> None:
        """Groups of each job, one job after the other; and its first pictures."""
        desk, tasks = self.context.desk, self.context.tasks
        for job in self.jobs:
            job_id = job.job.job_id
            tasks.store(partial(job_counts, desk, job_id), partial(self._counted, job_id), self._failed)
            shots = self.list.wanted(job)
            if shots:
                view = partial(desk.gate.view_shots, job_id, shots, SCREEN)
                tasks.store(view, partial(self.list.show_pictures, job_id, shots, self.context.colours), self._failed)

    def _counted(self, job_id: str, counts: JobCounts) -> None:
        self.list.show_counts(job_id, counts)

    # -- one job --

    @property
    def open_job_id(self) -> str:
        """The job whose board is shown; "" for the list."""
        shown = self._whole.currentWidget() is self._open and self.board.board is not None
        return self.board.board.job_id if shown and self.board.board is not None else ""

    def open_job(self, job_id: str) -> None:
        """Show the board of this job."""
        job = next((job for job in self.jobs if job.job.job_id == job_id), None)
        if job is None:
            return
        today = local_today(self.context.desk.clock)
        self._title.set_text(f"Imported {moment_words(job.job.started_at_ms, today).replace('Today', 'today')}")
        self._under.set_text(waiting_words(job))
        self.board.show_job(job_id)
        self._whole.setCurrentWidget(self._open)
        self._focus()

    def close_job(self) -> None:
        """Back to the list."""
        self.board.show_job("")
        self._whole.setCurrentWidget(self.list)
        self.refresh()
        self._focus()

    def _focus(self) -> None:
        (self.board.side.groups if self._whole.currentWidget() is self._open else self.list).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        used = False
        if not typing_somewhere():
            used = self.board.key(event) if self.open_job_id else self.list.key(Qt.Key(event.key()))
        if not used:
            super().keyPressEvent(event)

    def file(self, filing: Filing) -> None:
        """File the group that is shown."""
        imports, job_id = self.context.imports, self.open_job_id
        if imports is not None and job_id:
            self.board.head.rest(True)
            work = partial(imports.file_parts, job_id, filing.parts)
            self.context.tasks.store(work, partial(self._filed, filing), self._failed)

    def _filed(self, filing: Filing, photo_ids: list[str]) -> None:
        self.board.head.rest(False)
        self.context.navigate.say(filed_words(photo_ids, filing.label_ids, files_here=self.context.desk.has_chart_keys))
        self.board.filed(filing, in_chart=bool(photo_ids))
        count_inbox(self.context)
        left = self.board.model.next_open("")
        if not left and photo_ids:
            self.close_job()

    def _failed(self, failure: BaseException) -> None:
        self.board.head.rest(False)
        self.context.navigate.say(sentence(failure))
