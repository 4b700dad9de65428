"""The state of the activity page: the question, what came of it so far, the line chosen, the chain, the sign-off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from photodesk.desk.activity import ActivityQuery, Summary
from photodesk.desk.activity_review import standing_sentence
from photodesk.ui.log.words import action_words
from photodesk.ui.words import counted, day_words, moment, moment_words, short_day_words

if TYPE_CHECKING:
    from photodesk.desk.activity import ActivityLine, ChainCheck
    from photodesk.desk.activity_flags import Flagged
    from photodesk.desk.activity_review import Standing

DAY_MS = 86_400_000
PERIODS = (("1", "Today"), ("7", "Last 7 days"), ("30", "Last 30 days"), ("90", "Last 90 days"), ("0", "All time"))
MOST_BARS = 60

Place = tuple[str, int]


@dataclass
class Question:
    """The filters; empty means any. `days` 0 is all time; `day` one day alone."""

    patient_id: str = ""
    person_id: str = ""
    action: str = ""
    workstation_id: str = ""
    days: int = 30
    day: date | None = None
    flagged: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether anything but the time is asked for."""
        return bool(self.patient_id or self.person_id or self.action or self.workstation_id or self.flagged)


@dataclass(frozen=True)
class Bar:
    """One bar of the row of bars: from this day on, so many entries; whether any of them is flagged and open."""

    day: date
    count: int
    flagged: bool


class ActivityModel:
    """`lines` are newest first, as many as were asked for so far."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.question = Question()
        self.patient_name = ""
        self.lines: tuple[ActivityLine, ...] = ()
        self.chosen: ActivityLine | None = None
        self.check: ChainCheck | None = None
        self.chain_place, self.lost = "", 0
        self.standing: Standing | None = None
        self.known = False
        self.summary: Summary | None = None
        self.flagged: dict[Place, Flagged] = {}
        self.reviewed: set[Place] = set()

    def query(self, now_ms: int) -> ActivityQuery:
        """The question as the desk takes it."""
        q = self.question
        since, until = self._time(now_ms)
        return ActivityQuery(
            patient_id=q.patient_id,
            person_id=q.person_id,
            actions=frozenset({q.action} if q.action else ()),
            since_ms=since,
            until_ms=until,
            limit=None,
            workstation_id=q.workstation_id,
            flagged=q.flagged,
        )

    def change(self, name: str, value: str | bool) -> bool:
        """Take a filter; whether anything is to be asked anew."""
        if name == "days":
            if value == "day":
                return False
            self.question.days, self.question.day = int(value), None
            return True
        if name == "patient_id":
            self.patient_name = ""
        setattr(self.question, name, value)
        return True

    def asked(self) -> None:
        """Another question: what is shown is not its answer."""
        self.known, self.summary = False, None

    def took(self, lines: Sequence[ActivityLine]) -> None:
        """The first lines of an answer."""
        self.lines, self.known = tuple(lines), True
        keys = {line.key: line for line in lines}
        self.chosen = keys.get(self.chosen.key) if self.chosen is not None else None

    def counted(self, summary: Summary, flagged: Sequence[Flagged], reviewed: set[Place]) -> None:
        """The whole answer, counted; everything flagged in it."""
        self.summary, self.reviewed = summary, reviewed
        self.flagged = {one.key: one for one in flagged}

    @property
    def open_flags(self) -> int:
        """How many flagged entries nobody has reviewed."""
        return sum(key not in self.reviewed for key in self.flagged)

    def flags_of(self, line: ActivityLine) -> Flagged | None:
        """Why an entry is flagged."""
        return self.flagged.get(line.key)

    def is_open(self, line: ActivityLine) -> bool:
        """Whether an entry is flagged and not reviewed."""
        return line.key in self.flagged and line.key not in self.reviewed

    def actions(self) -> tuple[tuple[str, str], ...]:
        """The actions that occur."""
        found = self.summary.actions if self.summary is not None else ()
        return tuple(sorted(((action, action_words(action)) for action in found), key=lambda pair: pair[1]))

    def bars(self) -> tuple[Bar, ...]:
        """The time asked for in bars of one day, or of as many days as make them at most `MOST_BARS`."""
        if self.summary is None or self.question.day is not None:
            return ()
        days: Mapping[date, int] = self.summary.days
        first = min(days, default=self.today)
        if self.question.days:
            first = self.today - timedelta(days=self.question.days - 1)
        step = -(-((self.today - first).days + 1) // MOST_BARS)
        flagged = {moment(one.at_ms).date() for key, one in self.flagged.items() if key not in self.reviewed}
        made = []
        day = first
        while day <= self.today:
            inside = [day + timedelta(days=number) for number in range(step)]
            made.append(Bar(day, sum(days.get(one, 0) for one in inside), not flagged.isdisjoint(inside)))
            day += timedelta(days=step)
        return tuple(made)

    @property
    def sentence(self) -> str:
        """The words for an empty table."""
        if self.lines or not self.known:
            return ""
        return "No entries match. Clear filters" if self.question.narrowed else "No entries in this time."

    @property
    def count_words(self) -> str:
        """`48,212 entries`, or that they are being read."""
        return "Reading…" if self.summary is None else counted(self.summary.total, "entry", "entries")

    @property
    def period_words(self) -> str:
        """The time asked for, where one day was picked."""
        return "" if self.question.day is None else short_day_words(self.question.day, self.today)

    def badge(self) -> tuple[str, str, bool]:
        """(heading, sentence, good) of the chain."""
        check = self.check
        if check is None:
            return "Checking the chain", "Every byte of the log is being checked.", True
        at = moment_words(check.at_ms, self.today)
        if check.intact and self.lost:
            where = f"Entry {self.lost:,} on {self.chain_place} was signed off and is not there any more."
            return "The log was cut", f"{where} Keep the computer on and call your administrator.", False
        if check.intact:
            at = at.lower() if at.startswith("Today") else at
            return "Chain verified", f"{check.entries:,} entries checked {at}.", True
        where = f"The log on {self.chain_place or check.workstation_id[:8]} was changed at entry {check.sequence:,}."
        return "The log was changed", f"{where} Keep the computer on and call your administrator.", False

    def sign_off_words(self) -> tuple[str, bool]:
        """(sentence, overdue) of signing off."""
        standing = self.standing
        if standing is None:
            return "", False
        at_ms = standing.last.at_ms if standing.last is not None else standing.due_ms
        return standing_sentence(standing, day_words(moment(at_ms).date())), bool(standing.overdue_days)

    def _time(self, now_ms: int) -> tuple[int | None, int | None]:
        """From local midnight on; of one day, until the next."""
        day = self.question.day
        midnight = moment(now_ms).replace(hour=0, minute=0, second=0, microsecond=0)
        if day is not None:
            begin = midnight.replace(year=day.year, month=day.month, day=day.day)
            return round(begin.timestamp() * 1000), round((begin + timedelta(days=1)).timestamp() * 1000)
        if not self.question.days:
            return None, None
        begin = midnight - timedelta(days=self.question.days - 1)
        return round(begin.timestamp() * 1000), None
