"""The worklist of a desk: rows of another system become visits of the catalog, and what does not fit needs a look.

The same row again changes nothing. A changed row changes the visit where the row changed, a cancelled one takes the
visit off the list while nothing was filed to it. A patient is known by the record number; where the row's name or birth
date is another than ours nothing is done until a person decides. Nothing here reads files or networks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import msgspec

from photodesk.clock import local_today
from photodesk.desk.actor import Actor
from photodesk.desk.roles import Right
from photodesk.desk.visits import PlannedVisit, VisitDesk
from photodesk.desk.worklist_identity import draft_of
from photodesk.desk.worklist_planning import Outcome, Planner
from photodesk.desk.worklist_setup import WorklistSetup
from photodesk.log.entry import Action
from photodesk.patients import Patient, tidy_mrn
from photodesk.store.catalog import Catalog
from photodesk.store.charts import Charts
from photodesk.store.worklist_book import LookState, PleaseLook, WorklistBook
from photodesk.visits.worklist import Read, RowProblem, WorklistRow
from photodesk.visits.worklist_source import WorklistSource


class Decision(StrEnum):
    """What a person decides about a line that names a patient otherwise than we do."""

    KEEP_OURS = "keep-ours"
    TAKE_THEIRS = "take-theirs"
    DISMISS = "dismiss"


@dataclass(frozen=True)
class Planned:
    """One line of the worklist. `from_worklist` is False for a visit that a person added."""

    line: PlannedVisit
    from_worklist: bool


@dataclass(frozen=True)
class LookLine:
    """A line that needs a look. `ours` and `theirs` are the two sides where it names a patient otherwise than we do."""

    look: PleaseLook
    ours: Patient | None = None
    theirs: WorklistRow | None = None


@dataclass(frozen=True)
class NamedRow:
    """A row with the name of the visit it means, or a line that could not be used."""

    row: WorklistRow | RowProblem
    planned_id: str = ""


@dataclass(frozen=True)
class Applied:
    """What rows did: how many of each outcome."""

    counts: dict[Outcome, int]

    def of(self, outcome: Outcome) -> int:
        """How many rows ended so."""
        return self.counts.get(outcome, 0)

    @property
    def changed(self) -> bool:
        """Whether the list or what needs a look is another now."""
        return any(count for outcome, count in self.counts.items() if outcome is not Outcome.UNCHANGED)

    def __add__(self, other: Applied) -> Applied:
        return Applied(dict(Counter(self.counts) + Counter(other.counts)))


class WorklistDesk:
    """`session.worklist`."""

    def __init__(self, actor: Actor, catalog: Catalog, charts: Charts, visits: VisitDesk, setup: WorklistSetup) -> None:
        self._actor = actor
        self._book = WorklistBook(catalog)
        self._planner = Planner(actor, catalog, charts, self._book)
        self._catalog = catalog
        self._visits = visits
        self.setup = setup

    def source(self) -> WorklistSource:
        """Where visits come from at this workstation."""
        return self.setup.source()

    def today(self) -> tuple[Planned, ...]:
        """Today's visits, by time."""
        return self.of_day(local_today(self._actor.clock))

    def of_day(self, day: date, *, log: bool = False) -> tuple[Planned, ...]:
        """A day's visits. Commands set `log`, so that listing leaves an entry."""
        lines = self._visits.of_day(day)
        if log:
            self._actor.log(self._actor.entry(Action.SEARCH, details={"what": "worklist"}))
        entries = self._book.entries_on(day)
        return tuple(Planned(line, line.visit.visit_id in entries) for line in lines)

    def problems(self) -> tuple[PleaseLook, ...]:
        """Lines that need a look."""
        self._actor.require(Right.FIND_PATIENTS)
        return tuple(self._book.looks())

    def look_lines(self) -> tuple[LookLine, ...]:
        """The same with both sides of each."""
        return tuple(
            LookLine(
                look,
                self._catalog.patient(look.patient_id) if look.patient_id else None,
                msgspec.json.decode(look.row, type=WorklistRow) if look.row else None,
            )
            for look in self.problems()
        )

    def named(self, read: Read) -> tuple[NamedRow, ...]:
        """Rows with the names of their visits. A row without a number is the patient's first, second … visit of a day.

        All rows of one file belong in one call.
        """
        today, nth, made = local_today(self._actor.clock), Counter[tuple[str, date]](), []
        for row in read:
            if isinstance(row, RowProblem):
                made.append(NamedRow(row))
                continue
            if row.key:
                made.append(NamedRow(row, self._book.name_of("visit", row.key)))
                continue
            mrn, day = tidy_mrn(row.mrn).casefold(), row.day or today
            made.append(NamedRow(row, self._book.name_of("day", mrn, day.isoformat(), str(nth[mrn, day]))))
            nth[mrn, day] += 1
        return tuple(made)

    def apply(self, rows: Iterable[NamedRow], source: str) -> Applied:
        """Bring the catalog to what the rows say; `source` is where they came from, for what needs a look.

        Needs the rights to add patients and to plan visits. May be called with a part of the rows at a time.
        """
        self._require()
        people = self._book.people()
        open_looks = {look.patient_id for look in self._book.looks() if look.patient_id}
        counts: Counter[Outcome] = Counter()
        for named in rows:
            if isinstance(named.row, RowProblem):
                counts[self._planner.note_line(named.row, source)] += 1
            else:
                counts[self._planner.place(named.row, named.planned_id, source, people, open_looks)] += 1
        return Applied(dict(counts))

    def was_read(self, mark: bytes) -> bool:
        """Whether the file with this mark (32 bytes) was read to its end here."""
        return self._book.was_read(mark)

    def is_needed(self, source: str) -> bool:
        """Whether lines of this file wait for a person who has to look into it. A kept row needs no file."""
        return any(look.source == source and not look.row for look in self._book.looks())

    def remember_file(self, mark: bytes, applied: Applied) -> None:
        """A file was read to its end; one entry says so with its counts."""
        counts = {outcome.value: str(count) for outcome, count in sorted(applied.counts.items())}
        self._actor.log(self._actor.entry(Action.EDIT, details={"what": "worklist read", **counts}))
        self._book.remember_file(mark, self._actor.clock.wall_ms())

    def decide(self, problem_id: str, decision: Decision) -> None:
        """End a line that needs a look: the same person with our data or with theirs, or nothing to do.

        Where it is the same person the visit is planned now, and later rows that name the person so are taken.
        """
        self._require()
        look = self._book.known_look(problem_id)
        if look.state is not LookState.OPEN:
            return
        row = msgspec.json.decode(look.row, type=WorklistRow) if look.row else None
        if decision is Decision.DISMISS or row is None:
            self._planner.close_look(look, LookState.DISMISSED)
            return
        if decision is Decision.TAKE_THEIRS:
            self._take_names(look, row)
        else:
            self._planner.remember_same_person(look, row)
        named = self.named((row,))
        self._planner.close_look(look, LookState.SETTLED)
        self.apply(named, look.source)

    def _take_names(self, look: PleaseLook, row: WorklistRow) -> None:
        draft = draft_of(row, self._catalog.patient(look.patient_id))
        if draft is not None:
            entry = self._actor.entry(
                Action.EDIT, look.patient_id, details={"what": "patient changed", "by": "worklist"}
            )
            with self._actor.logged(entry):
                self._catalog.edit_patient(self._actor.change("worklist"), look.patient_id, draft)

    def _require(self) -> None:
        self._actor.require(Right.PLAN_VISITS)
        self._actor.require(Right.EDIT_PATIENTS)


def chunks(rows: Sequence[NamedRow], size: int) -> list[Sequence[NamedRow]]:
    """Rows in parts, so that other work on the store comes between them."""
    return [rows[start : start + size] for start in range(0, len(rows), size)]


__all__ = ["Applied", "Decision", "LookLine", "NamedRow", "Outcome", "Planned", "WorklistDesk", "chunks"]
