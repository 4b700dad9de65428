"""The state of the activity page: the lines read, the question asked, the line chosen, the chain's state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from photodesk.ui.log.words import action_words
from photodesk.ui.words import moment, moment_words

if TYPE_CHECKING:
    from photodesk.desk.activity import ActivityLine, ChainCheck

DAY_MS = 86_400_000
PERIODS = (("1", "Today"), ("7", "Last 7 days"), ("30", "Last 30 days"), ("0", "All time"))


@dataclass
class Question:
    """The filters; empty means any. `days` 0 is all time."""

    patient_id: str = ""
    person_id: str = ""
    action: str = ""
    days: int = 30


class ActivityModel:
    """`lines` are newest first."""

    def __init__(self, today: date, workstation: str = "") -> None:
        self.today, self.workstation = today, workstation
        self.question = Question()
        self.lines: tuple[ActivityLine, ...] = ()
        self.shown: tuple[ActivityLine, ...] = ()
        self.chosen: ActivityLine | None = None
        self.check: ChainCheck | None = None
        self.known = False
        self.people: tuple[tuple[str, str], ...] = ()
        self.patients: tuple[tuple[str, str], ...] = ()

    def took(self, lines: list[ActivityLine]) -> None:
        """Everything read for the period."""
        self.lines, self.known = tuple(lines), True
        self.people = _names({line.person_id: line.user for line in lines})
        self.patients = _names({line.patient_id: line.patient for line in lines})
        self.ask()

    def ask(self) -> None:
        """Apply the filters."""
        q = self.question
        self.shown = tuple(
            line
            for line in self.lines
            if (not q.patient_id or line.patient_id == q.patient_id)
            and (not q.person_id or line.person_id == q.person_id)
            and (not q.action or line.action.value == q.action)
        )
        if self.chosen not in self.shown:
            self.chosen = None

    def since_ms(self, now_ms: int) -> int | None:
        """From when to read: local midnight, `days` - 1 days back."""
        if not self.question.days:
            return None
        midnight = moment(now_ms).replace(hour=0, minute=0, second=0, microsecond=0)
        return round(midnight.timestamp() * 1000) - (self.question.days - 1) * DAY_MS

    def actions(self) -> tuple[tuple[str, str], ...]:
        """The actions that occur."""
        found = sorted({line.action.value for line in self.lines}, key=action_words)
        return tuple((action, action_words(action)) for action in found)

    @property
    def sentence(self) -> str:
        """The words for an empty table."""
        if not self.known or self.shown:
            return ""
        return "No entries match. Clear filters" if self.lines else "No entries in this time."

    def badge(self) -> tuple[str, str, bool]:
        """(heading, sentence, good) of the chain."""
        check = self.check
        if check is None:
            return "Checking the chain", "Every byte of the log is being checked.", True
        at = moment_words(check.at_ms, self.today)
        if check.intact:
            at = at.lower() if at.startswith("Today") else at
            return "Chain verified", f"{check.entries:,} entries checked {at}.", True
        where = f"The log on {self.workstation or check.workstation_id[:8]} was changed at entry {check.sequence:,}."
        return "The log was changed", f"{where} Keep the computer on and call your administrator.", False


def _names(found: dict[str, str]) -> tuple[tuple[str, str], ...]:
    named = ((identifier, name or identifier[:8]) for identifier, name in found.items() if identifier)
    return tuple(sorted(named, key=lambda pair: pair[1].casefold()))
