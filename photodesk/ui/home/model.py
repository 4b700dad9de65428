"""The state of the home page: what was typed, who was found, today's visits and which of them are shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from photodesk.patients import PatientSummary, age_years, fold, parse_query
from photodesk.ui.words import counted, day_words, moment

if TYPE_CHECKING:
    from photodesk.desk.activity import ChainCheck
    from photodesk.desk.visits import PlannedVisit

_WORD = re.compile(r"\w+", re.UNICODE)


class Shown(StrEnum):
    """Which of today's visits."""

    ALL = "all"
    ROOM = "room"
    MINE = "mine"


def matched_parts(text: str, query: str) -> tuple[tuple[int, int], ...]:
    """Which parts of a name the typed words stand at the start of, as (start, length)."""
    wanted = sorted(parse_query(query).words, key=len, reverse=True)
    parts = []
    for word in _WORD.finditer(text):
        prefix = next((w for w in wanted if fold(word.group()).startswith(w)), "")
        if prefix:
            parts.append((word.start(), min(len(prefix), len(word.group()))))
    return tuple(parts)


@dataclass(frozen=True)
class FoundLine:
    """One patient found, as shown."""

    patient_id: str
    name: str
    marks: tuple[tuple[int, int], ...]
    born: str
    age: str
    mrn: str
    last_visit: str
    here_now: bool


class HomeModel:
    """`today` is the workstation's date; `room` its name, for the filter of rooms."""

    def __init__(self, today: date, person_id: str, room: str = "") -> None:
        self.today = today
        self._person_id = person_id
        self._room = room
        self.text = ""
        self.found: tuple[FoundLine, ...] = ()
        self.searched = ""
        self.selected = 0
        self.visits: tuple[PlannedVisit, ...] = ()
        self.visits_known = False
        self.shown = Shown.ALL
        self.may_add = True

    def chain_words(self, check: ChainCheck | None) -> str:
        """How the activity log is: `Chain verified 09:50`."""
        if check is None:
            return "Checking the chain"
        return f"Chain verified {moment(check.at_ms):%H:%M}" if check.intact else "Chain broken"

    def typed(self, text: str) -> bool:
        """The search text changed; True when a search is needed."""
        self.text = text
        if not text.strip():
            self.found, self.searched, self.selected = (), "", 0
            return False
        return True

    def answered(self, text: str, summaries: list[PatientSummary]) -> bool:
        """The patients for `text`; False when something else was typed meanwhile."""
        if text != self.text:
            return False
        self.searched = text
        self.found = tuple(self._line(summary, text) for summary in summaries)
        self.selected = 0
        return True

    def _line(self, summary: PatientSummary, text: str) -> FoundLine:
        patient = summary.patient
        here = summary.last_visit == self.today
        last = "Here today" if here else day_words(summary.last_visit) if summary.last_visit else "No visit yet"
        return FoundLine(
            patient.patient_id,
            patient.display_name,
            matched_parts(patient.display_name, text),
            day_words(patient.birth),
            f"{age_years(patient.birth, self.today)} y",
            patient.mrn,
            last,
            here,
        )

    def move(self, step: int) -> None:
        """Arrow keys in the list of patients."""
        if self.found:
            self.selected = max(0, min(len(self.found) - 1, self.selected + step))

    @property
    def chosen(self) -> FoundLine | None:
        """Who `Enter` opens; nobody while the answer to what was typed is still to come."""
        return self.found[self.selected] if self.found and self.searched == self.text else None

    @property
    def nothing_found(self) -> str:
        """The sentence for a search without an answer, or nothing."""
        if self.searched and not self.found and self.searched == self.text:
            what = "Check the spelling, or press Ctrl+N for a new patient." if self.may_add else "Check the spelling."
            return f"Nobody found for \u201c{self.searched.strip()}\u201d. {what}"
        return ""

    @property
    def count_words(self) -> str:
        """`4 patients`."""
        return counted(len(self.found), "patient")

    def take_visits(self, visits: list[PlannedVisit]) -> None:
        """Today's visits as the desk knows them."""
        self.visits, self.visits_known = tuple(visits), True

    def filters(self) -> tuple[tuple[Shown, str], ...]:
        """Only filters that would leave some visits out and some in."""
        offered = [(Shown.ALL, "All rooms")]
        if any(line.visit.room == self._room for line in self.visits) and self._room:
            offered.append((Shown.ROOM, self._room))
        if any(line.visit.clinician_id == self._person_id for line in self.visits):
            offered.append((Shown.MINE, "Mine"))
        return tuple(offered) if len(offered) > 1 else ()

    def shown_visits(self) -> tuple[PlannedVisit, ...]:
        """Today's visits after the filter."""
        return tuple(
            line
            for line in self.visits
            if self.shown is Shown.ALL
            or (self.shown is Shown.ROOM and line.visit.room == self._room)
            or (self.shown is Shown.MINE and line.visit.clinician_id == self._person_id)
        )

    @property
    def visits_sentence(self) -> str:
        """The words for an empty list."""
        if self.visits_known and not self.visits:
            return "No visits today. Type a name to open any patient."
        return "" if self.shown_visits() or not self.visits_known else "No visits match. Clear the filter."
