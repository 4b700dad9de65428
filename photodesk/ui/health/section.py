"""Settings: check the whole store, see how far it is, read what it found and what to do; repair it."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from photodesk.clock import local_today
from photodesk.desk.health import Findings, LastCheck
from photodesk.desk.roles import Right
from photodesk.progress import Cancel, Progress, Report
from photodesk.ui.controls import Button, ButtonKind, Card, Chip, CountedProgress, Line, Text, Tone, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.health.words import problem_lines, result_words
from photodesk.ui.page import PageContext, Request
from photodesk.ui.settings.section import Section, fact_card
from photodesk.ui.words import counted, moment_words, size_words

WHAT = (
    "A check reads every page of every database, proves every photo against its SHA-256, and compares what the"
    " catalog, the charts, the inbox and the activity log say of each other. You can go on working."
)
REPAIRS = (
    "A repair makes anew what is derived, puts back what lies in another's place, and moves aside what stays damaged."
    " Nothing is deleted."
)
IMPORTING = "An import is going on. Check the store when it is over."
STOPPED = "The check was stopped."
MOST_LINES = 40


class HealthSection(Section):
    """For whoever may check the store; repairing asks for its own right."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "Check and repair")
        self._request: Request | None = None
        self._facts = vbox(None)
        self.column.addLayout(self._facts)
        card = Card(24, 16)
        card.body.addWidget(Text(WHAT, TextRole.BODY, wrap=True))
        self.progress = CountedProgress("Charts")
        self._now = Text("", TextRole.SMALL, "ink2")
        self._running = QWidget()
        running = vbox(self._running, 8)
        running.addWidget(self.progress)
        running.addWidget(self._now)
        card.body.addWidget(self._running)
        row = hbox(None, 12)
        self.begin, self.repair = Button("Check the store", ButtonKind.PRIMARY), Button("Check and repair")
        self.stop = Button("Stop", ButtonKind.QUIET)
        for button in (self.begin, self.repair, self.stop):
            row.addWidget(button)
        row.addStretch(1)
        card.body.addLayout(row)
        may_repair = context.desk.may(Right.REPAIR_STORE)
        if may_repair:
            card.body.addWidget(Line())
            card.body.addWidget(Text(REPAIRS, TextRole.SMALL, "ink2", wrap=True))
        self.column.addWidget(card)
        self._found = vbox(None, 16)
        self.column.addLayout(self._found)
        self.begin.clicked.connect(lambda: self.run(repair=False))
        self.repair.clicked.connect(lambda: self.run(repair=True))
        self.stop.clicked.connect(self.end)
        self._may_repair = may_repair
        self._show_running(False)

    def refresh(self) -> None:
        health = self.context.desk.health
        self.context.tasks.store(lambda: (health.last_check(), health.moved_aside()), self._show_facts, self.failed)

    def _show_facts(self, facts: tuple[LastCheck | None, int]) -> None:
        last, aside = facts
        today = local_today(self.context.desk.clock)
        empty(self._facts)
        lines = [("Last check", last_words(last, today))]
        if aside:
            lines.append(
                ("Moved aside", f"{counted(aside, 'case')} in the store's folder quarantine, each with a record")
            )
        self._facts.addWidget(fact_card("", tuple(lines)))

    def run(self, *, repair: bool) -> None:
        """Check the whole store beside everything else."""
        imports, health = self.context.imports, self.context.desk.health
        if self._request is not None:
            return
        if imports is not None and imports.active_jobs():
            self.context.navigate.say(IMPORTING)
            return

        def work(report: Report, cancel: Cancel) -> Findings:
            return health.check(repair=repair, report=report, cancel=cancel)

        empty(self._found)
        self._show_running(True)
        self._request = self.context.tasks.long(work, self._ended, self._not_ended, self._advanced)

    def end(self) -> None:
        """Stop looking; what was put right so far stays."""
        if self._request is not None:
            self._request.cancel()
            self._over()
            self.context.navigate.say(STOPPED)

    def _advanced(self, now: Progress) -> None:
        self.progress.show_counts(now.done, now.total)
        proven = f" · {size_words(now.done_bytes)} of photos proven" if now.done_bytes else ""
        self._now.set_text(f"{now.what}{proven}")

    def _ended(self, found: Findings) -> None:
        self._over()
        self._show_found(found)
        self.refresh()

    def _not_ended(self, failure: BaseException) -> None:
        self._over()
        self.failed(failure)

    def _over(self) -> None:
        self._request = None
        self._show_running(False)

    def _show_running(self, running: bool) -> None:
        """The keyboard stays with these buttons: what comes takes the focus from what goes."""
        held = any(button.hasFocus() for button in (self.begin, self.repair, self.stop))
        coming, going = (self.stop, self.begin) if running else (self.begin, self.stop)
        coming.setVisible(True)
        if held:
            coming.setFocus()
        going.setVisible(False)
        self._running.setVisible(running)
        self.repair.setVisible(not running and self._may_repair)
        if running:
            self.progress.show_counts(0, 0)
            self._now.set_text("Beginning…")

    def _show_found(self, found: Findings) -> None:
        empty(self._found)
        card = Card(24, 12)
        title, words, tone = result_words(found)
        head = hbox(None, 12)
        head.addWidget(Text(title, TextRole.SUBHEADING))
        head.addWidget(Chip(found.result.capitalize(), tone))
        head.addStretch(1)
        card.body.addLayout(head)
        card.body.addWidget(Text(words, TextRole.BODY, wrap=True))
        lines = problem_lines(found)
        for message, remedy, repaired in lines[:MOST_LINES]:
            card.body.addWidget(Line())
            row = hbox(None, 12)
            texts = vbox(None, 2)
            texts.addWidget(Text(message, TextRole.BODY, wrap=True))
            if remedy:
                texts.addWidget(Text(remedy, TextRole.SMALL, "ink2", wrap=True))
            row.addLayout(texts, 1)
            row.addWidget(Chip("Put right", Tone.OK) if repaired else Chip("Damaged", Tone.BAD))
            card.body.addLayout(row)
        more = len(lines) - MOST_LINES
        if more > 0:
            card.body.addWidget(Text(f"And {more:,} more: photodesk check lists them all.", TextRole.SMALL, "ink2"))
        self._found.addWidget(card)


def last_words(last: LastCheck | None, today: date) -> str:
    """When the last check was and how it ended."""
    if last is None:
        return "Never yet on this workstation"
    when = moment_words(last.at_ms, today)
    if last.result == "damaged":
        return f"{when}: {counted(last.problems, 'problem')} left"
    ended = "all is as it was stored" if last.result == "clean" else "what was wrong was put right"
    return f"{when}: {ended}, {counted(last.photos, 'photo')} proven"
