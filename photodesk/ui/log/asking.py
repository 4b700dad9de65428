"""Asks the log beside the store thread: first lines at once, then counts and flags, then more lines as one scrolls."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from photodesk.ui.page import PageContext, Request

if TYPE_CHECKING:
    from photodesk.desk.activity import ActivityLine, ActivityQuery, ChainCheck, Summary
    from photodesk.desk.activity_flags import Flagged
    from photodesk.desk.activity_reading import Reading
    from photodesk.desk.activity_review import Standing
    from photodesk.progress import Cancel, Report

FIRST_LINES, MORE_LINES = 200, 400

Failed = Callable[[BaseException], None]
Counted = tuple["Summary", "list[Flagged]", "set[tuple[str, int]]"]


class LogAsking:
    """One question at a time; an answer to an earlier one is dropped. Signals of the page are plain callbacks."""

    def __init__(self, context: PageContext, failed: Failed) -> None:
        self._context, self._failed = context, failed
        self._reading: Reading | None = None
        self._requests: list[Request] = []
        self._more: Request | None = None
        self._ended = True

    def ask(
        self, query: ActivityQuery, took: Callable[[list[ActivityLine]], None], counted: Callable[[Counted], None]
    ) -> None:
        """Ask; it is an entry of the log."""
        self.drop()
        tasks, desk = self._context.tasks, self._context.desk

        def read(_report: Report, cancel: Cancel) -> tuple[Reading, list[ActivityLine]]:
            cancel.check()  # what nobody waits for any more is not asked, so it is no entry
            reading = desk.activity.ask(query)
            return reading, reading.lines(FIRST_LINES)

        def count(reading: Reading, _report: Report, _cancel: Cancel) -> Counted:
            return reading.summary(), reading.flagged(), set(desk.log_review.reviews())

        def first(answer: tuple[Reading, list[ActivityLine]]) -> None:
            self._reading, lines = answer
            self._ended = len(lines) < FIRST_LINES
            took(lines)
            self._requests = [tasks.long(partial(count, self._reading), counted, self._failed)]

        self._requests = [tasks.long(read, first, self._failed)]

    def more(self, took: Callable[[list[ActivityLine]], None]) -> None:
        """The next lines, unless they are on their way or there are none."""
        if self._reading is None or self._ended or self._more is not None:
            return
        reading = self._reading

        def added(lines: list[ActivityLine]) -> None:
            self._more, self._ended = None, len(lines) < MORE_LINES
            took(lines)

        self._more = self._context.tasks.long(lambda _report, _cancel: reading.lines(MORE_LINES), added, self._failed)

    def check(self, checked: Callable[[tuple[ChainCheck, str, Standing]], None], failed: Failed) -> None:
        """Check every byte of the log, and where signing off stands."""
        desk = self._context.desk

        def work() -> tuple[ChainCheck, str, Standing]:
            check = desk.activity.check()
            place = desk.activity.names().workstation(check.workstation_id) if check.workstation_id else ""
            return check, place, desk.log_review.standing()

        self._context.tasks.decode(work, checked, failed)

    def drop(self) -> None:
        """Nobody waits for what was asked."""
        for request in (*self._requests, *([self._more] if self._more is not None else [])):
            request.cancel()
        self._requests, self._more, self._reading = [], None, None
