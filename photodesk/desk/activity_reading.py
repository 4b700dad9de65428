"""One question to the log and its answer: lines as many as wanted, counts, and what is flagged.

Everything comes from the index; a line's body is opened when the line is asked for, so an answer of a million lines
takes no more memory than one of a hundred.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator
from datetime import date
from itertools import islice

import numpy as np

from photodesk.desk.activity import ActivityLine, ActivityQuery, Summary
from photodesk.desk.activity_flags import Flagged, FlagRules, local_days
from photodesk.desk.activity_names import ActivityNames
from photodesk.log.index import LogIndex, Mask, Part
from photodesk.log.reader import LoggedEntry

WHOLE_SEGMENT_FROM = 64


class Reading:
    """The answer to one question. `lines` goes on where it ended."""

    def __init__(
        self,
        query: ActivityQuery,
        index: LogIndex,
        names: ActivityNames,
        rules: FlagRules,
        patients: Collection[str] = (),
    ) -> None:
        """`patients`: every entry of the person whose patient the query names."""
        self.query = query
        self._patients = frozenset(patients or [query.patient_id])
        self._index = index
        self._names = names
        self._rules = rules
        self._rest = self._newest_first()
        self._flagged: list[Flagged] | None = None

    def lines(self, count: int | None = None) -> list[ActivityLine]:
        """The next lines, the newest first; fewer than `count` where that is all."""
        return list(islice(self._rest, count))

    def oldest_first(self) -> Iterator[ActivityLine]:
        """Every line in the order of the log, for an export: nothing is kept."""
        if self.query.flagged:
            yield from reversed(list(self._flagged_lines()))
            return
        stations = [self._of(each, newest_first=False) for each in self._index.workstations()]
        for logged in heapq.merge(*stations, key=_age):
            yield self._line(logged)

    def flagged(self) -> list[Flagged]:
        """Flagged entries that answer the question, the oldest first."""
        if self._flagged is None:
            query = self.query
            found = self._rules.flagged(query.since_ms, query.until_ms)
            self._flagged = [one for one in found if self._asked_for(one)]
        return self._flagged

    def line(self, workstation_id: str, sequence: int) -> ActivityLine | None:
        """One entry by its place, or None."""
        found = self._index.place(workstation_id, sequence)
        return None if found is None else self._line(self._index.entry(*found))

    def summary(self) -> Summary:
        """Counts of the whole answer."""
        query, index = self.query, self._index
        total, days = 0, dict[date, int]()
        people, actions, stations = set[int](), set[int](), set[str]()
        for part in index.parts("", query.since_ms, query.until_ms):
            in_time = self._in_time(part)
            people.update(np.unique(part.columns["person"][in_time]).tolist())
            actions.update(np.unique(part.columns["action"][in_time]).tolist())
            stations.add(part.workstation_id)
            if query.workstation_id in {"", part.workstation_id}:
                chosen = in_time & self._mask(part)
                total += int(chosen.sum())
                for day, count in local_days(part.at_ms[chosen]).items():
                    days[day] = days.get(day, 0) + count
        if query.flagged:
            total, days = len(self.flagged()), dict[date, int]()
        named = ((index.people.texts[one], self._names.person(index.people.texts[one])) for one in people if one)
        return Summary(
            total,
            days,
            tuple(sorted(((one, name or one[:8]) for one, name in named), key=lambda pair: pair[1].casefold())),
            tuple(sorted(index.actions.texts[one] for one in actions if one)),
            tuple((one, self._names.workstation(one)) for one in sorted(stations)),
        )

    # -- inside --

    def _newest_first(self) -> Iterator[ActivityLine]:
        if self.query.flagged:
            yield from self._flagged_lines()
            return
        stations = [self._of(each, newest_first=True) for each in self._index.workstations()]
        for logged in heapq.merge(*stations, key=_age, reverse=True):
            yield self._line(logged)

    def _flagged_lines(self) -> Iterator[ActivityLine]:
        for one in reversed(self.flagged()):
            if (line := self.line(*one.key)) is not None:
                yield line

    def _of(self, workstation_id: str, *, newest_first: bool) -> Iterator[LoggedEntry]:
        """Entries of one workstation, opened one by one; a segment is read whole where many are wanted."""
        query = self.query
        if query.workstation_id not in {"", workstation_id}:
            return
        parts = self._index.parts(workstation_id, query.since_ms, query.until_ms)
        for part in parts if newest_first else reversed(list(parts)):
            places = np.flatnonzero(self._in_time(part) & self._mask(part))
            data = part.path.read_bytes() if len(places) > WHOLE_SEGMENT_FROM and not newest_first else b""
            for place in places[::-1] if newest_first else places:
                yield self._index.entry(part, int(place), data)

    def _in_time(self, part: Part) -> Mask:
        query = self.query
        mask = np.ones(len(part.columns), np.bool_)
        at_ms = part.at_ms[: len(mask)]
        if query.since_ms is not None:
            mask &= at_ms >= query.since_ms
        if query.until_ms is not None:
            mask &= at_ms < query.until_ms
        return mask

    def _mask(self, part: Part) -> Mask:
        query, index, columns = self.query, self._index, part.columns
        mask = np.ones(len(columns), np.bool_)
        if query.patient_id:
            known = [index.patients.known(one, identifier=True) for one in self._patients]
            mask &= np.isin(columns["patient"], [number for number in known if number is not None])
        if query.person_id:
            number = index.people.known(query.person_id, identifier=True)
            mask &= columns["person"] == (-1 if number is None else number)
        if query.actions:
            numbers = [index.actions.known(str(action)) for action in query.actions]
            mask &= np.isin(columns["action"], [number for number in numbers if number is not None])
        return mask

    def _asked_for(self, one: Flagged) -> bool:
        query = self.query
        return (
            (not query.patient_id or one.patient_id in self._patients)
            and query.person_id in {"", one.person_id}
            and query.workstation_id in {"", one.workstation_id}
        )

    def _line(self, logged: LoggedEntry) -> ActivityLine:
        entry, names = logged.entry, self._names
        patient = names.patient(entry.patient_id)
        return ActivityLine(
            logged.sequence,
            logged.at_ms,
            logged.workstation_id,
            entry.person_id,
            names.person(entry.person_id),
            entry.role,
            entry.action,
            entry.patient_id,
            names.patient_name(entry.patient_id),
            entry.visit_id,
            entry.photo_ids,
            entry.rendition,
            entry.screen,
            entry.purpose,
            entry.outcome,
            entry.details,
            logged.chain,
            names.workstation(logged.workstation_id),
            patient.mrn if patient is not None else "",
            logged.previous_chain,
            logged.signed_ms,
        )


def _age(logged: LoggedEntry) -> tuple[int, int]:
    return logged.at_ms, logged.sequence
