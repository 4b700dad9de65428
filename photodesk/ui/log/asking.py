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
Checked = tuple["ChainCheck", str, "Standing", int]
"""What a check found, the workstation a bad place is on, the sign-off, an entry signed off and gone (0 for none)."""
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

    def check(self, checked: Callable[[Checked], None], failed: Failed) -> None:
        """Check every byte of the log, and where signing off stands."""
        desk = self._context.desk

        def work() -> Checked:
            check, lost = desk.activity.check(), desk.log_review.lost()
            bad = check.workstation_id or (lost[0] if lost is not None else "")
            place = desk.activity.names().workstation(bad) if bad else ""
            return check, place, desk.log_review.standing(), lost[1] if lost is not None else 0

        self._context.tasks.decode(work, checked, failed)

    def drop(self) -> None:
        """Nobody waits for what was asked."""
        for request in (*self._requests, *([self._more] if self._more is not None else [])):
            request.cancel()
        self._requests, self._more, self._reading = [], None, None
