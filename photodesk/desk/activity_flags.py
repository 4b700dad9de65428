"""Looks at patients that deserve a second look, each with its reason in words.

Rules: after hours; no visit within 14 days and no purpose given; the patient has the person's own family name, or
their whole name; many patients within ten minutes; many more patients in a day than the person usually has. One
*occasion* (a person, a patient, a day) is flagged once, at its first entry. A flag is a question, not an accusation:
nothing is refused because of it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from photodesk.desk.activity_names import ActivityNames
from photodesk.desk.log_policy import BURST_MS, LogPolicy
from photodesk.desk.purpose import NONE_GIVEN, TREATMENT_DAYS
from photodesk.log.entry import Action
from photodesk.log.index import LogIndex
from photodesk.patients import Patient, fold
from photodesk.store.catalog import Catalog

LOOKS = (
    Action.VIEW,
    Action.COMPARE,
    Action.PRESENT,
    Action.EXPORT,
    Action.PRINT,
    Action.SHARE,
    Action.RECORD_OPENED,
)
"""Actions by which somebody gets to see a patient's record or photos."""
HISTORY_MS = 30 * 86_400_000
QUARTER_MS = 900_000
FEW_PATIENTS = 20
USUAL_TIMES = 3

Ints = npt.NDArray[np.int64]


class FlagKind(StrEnum):
    """What is unusual."""

    AFTER_HOURS = "after hours"
    NO_VISIT = "no visit"
    SAME_NAME = "same name"
    OWN_RECORD = "own record"
    MANY_AT_ONCE = "many patients"
    UNUSUAL_VOLUME = "unusual volume"


@dataclass(frozen=True)
class Flag:
    """One reason, in words."""

    kind: FlagKind
    words: str


@dataclass
class Flagged:
    """The first entry of an occasion, with every reason. `entries` counts those of the whole occasion."""

    workstation_id: str
    sequence: int
    at_ms: int
    person_id: str
    patient_id: str
    entries: int
    flags: list[Flag] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, int]:
        """Its place in the log."""
        return self.workstation_id, self.sequence


@dataclass(frozen=True)
class _Occasion:
    """The first look of a person at a patient on a day; `given` whether any entry of it names a purpose."""

    flagged: Flagged
    day: date
    minute: int
    given: bool


class FlagRules:
    """Applies the rules to the looks of a time."""

    def __init__(self, index: LogIndex, names: ActivityNames, catalog: Catalog, policy: LogPolicy) -> None:
        self._index = index
        self._names = names
        self._catalog = catalog
        self._policy = policy
        self._visits: dict[str, tuple[date, ...]] = {}

    def flagged(self, since_ms: int | None = None, until_ms: int | None = None) -> list[Flagged]:
        """Flagged entries of this time, the oldest first."""
        history = None if since_ms is None else since_ms - HISTORY_MS
        occasions = list(self._occasions(history, until_ms))
        hours = self._policy.hours
        for each in occasions:
            self._after_hours(each, hours.closed(each.day.weekday(), each.minute))
            self._without_reason(each)
            self._named_alike(each)
        people: dict[str, list[_Occasion]] = {}
        for each in occasions:
            people.setdefault(each.flagged.person_id, []).append(each)
        for of_person in people.values():
            self._many_at_once(of_person)
            _unusual_volume(of_person)
        found = (each.flagged for each in occasions if each.flagged.flags)
        return [one for one in found if since_ms is None or one.at_ms >= since_ms]

    def _after_hours(self, each: _Occasion, closed: str) -> None:
        if not closed:
            return
        missing = [] if each.day in self._days(each.flagged.patient_id) else ["no visit that day"]
        missing += [] if each.given else ["no purpose was given"]
        words = ", and ".join(missing)
        also = f" {words[:1].upper()}{words[1:]}." if words else ""
        each.flagged.flags.append(Flag(FlagKind.AFTER_HOURS, closed + also))

    def _without_reason(self, each: _Occasion) -> None:
        near = any(abs((day - each.day).days) <= TREATMENT_DAYS for day in self._days(each.flagged.patient_id))
        if not each.given and not near:
            words = f"No visit of this patient within {TREATMENT_DAYS} days, and no purpose was given."
            each.flagged.flags.append(Flag(FlagKind.NO_VISIT, words))

    def _named_alike(self, each: _Occasion) -> None:
        patient = self._names.patient(each.flagged.patient_id)
        person = fold(self._names.person(each.flagged.person_id)).split()
        if patient is None or not _same_family(patient, person):
            return
        given, family = fold(patient.given).split(), fold(patient.family).split()
        if given and any(word in {given[0], given[0][0]} for word in person if word not in family):
            words = "The patient has the name of the person who looked: it may be their own record."
            each.flagged.flags.append(Flag(FlagKind.OWN_RECORD, words))
        else:
            words = "The patient has the same family name as the person who looked."
            each.flagged.flags.append(Flag(FlagKind.SAME_NAME, words))

    def _many_at_once(self, occasions: list[_Occasion]) -> None:
        """At the look that makes them many; again only when ten minutes were quiet."""
        window: deque[Flagged] = deque()
        quiet_until, burst = 0, self._policy.burst
        for each in (one.flagged for one in occasions):
            window.append(each)
            while window[0].at_ms < each.at_ms - BURST_MS:
                window.popleft()
            patients = len({one.patient_id for one in window})
            if patients >= burst:
                if each.at_ms >= quiet_until:
                    each.flags.append(Flag(FlagKind.MANY_AT_ONCE, f"{patients} patients within ten minutes."))
                quiet_until = each.at_ms + BURST_MS

    def _days(self, patient_id: str) -> tuple[date, ...]:
        if patient_id not in self._visits:
            self._visits[patient_id] = tuple(visit.day for visit in self._catalog.visits_of_person(patient_id))
        return self._visits[patient_id]

    def _occasions(self, since_ms: int | None, until_ms: int | None) -> Iterator[_Occasion]:
        """From the columns: sorted by time, grouped by person, patient and local day."""
        index, looks = self._index, _Looks(self._index, since_ms, until_ms)
        if not len(looks.at_ms):
            return
        day, minute = _local(looks.at_ms)
        key = (day << 40) ^ (looks.person.astype(np.int64) << 24) ^ looks.patient
        _, first, which, counts = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
        unsaid = [index.purposes.known(text) for text in ("", NONE_GIVEN)]
        said = ~np.isin(looks.purpose, [one for one in unsaid if one is not None])
        given = np.bincount(which, weights=said) > 0
        for number in np.argsort(first, kind="stable").tolist():
            at = int(first[number])
            flagged = Flagged(
                looks.workstations[int(looks.workstation[at])],
                int(looks.sequence[at]),
                int(looks.at_ms[at]),
                index.people.texts[int(looks.person[at])],
                index.patients.texts[int(looks.patient[at])],
                int(counts[number]),
            )
            yield _Occasion(flagged, date.fromordinal(int(day[at])), int(minute[at]), bool(given[number]))


class _Looks:
    """Columns of every look at a patient in a time, oldest first, each as narrow as it may be."""

    def __init__(self, index: LogIndex, since_ms: int | None, until_ms: int | None) -> None:
        self.workstations = index.workstations()
        wanted = [index.actions.number(action.value) for action in LOOKS]
        parts: list[tuple[npt.NDArray[Any], ...]] = []
        for part in index.parts("", since_ms, until_ms):
            columns = part.columns
            mask = np.isin(columns["action"], wanted) & (columns["patient"] != 0) & (columns["person"] != 0)
            at_ms = part.at_ms[: len(mask)]
            if since_ms is not None:
                mask &= at_ms >= since_ms
            if until_ms is not None:
                mask &= at_ms < until_ms
            station = np.full(int(mask.sum()), self.workstations.index(part.workstation_id), np.uint16)
            named = [columns[name][mask] for name in ("person", "patient", "purpose")]
            parts.append((at_ms[mask], part.sequence[: len(mask)][mask], station, *named))
        empty = (np.empty(0, np.int64),) * 6
        together = [np.concatenate(each) for each in zip(*parts, strict=True)] if parts else list(empty)
        order = np.lexsort((together[1], together[0]))
        ordered = [each[order] for each in together]
        self.at_ms, self.sequence, self.workstation, self.person, self.patient, self.purpose = ordered


def _local(at_ms: Ints) -> tuple[Ints, Ints]:
    """Day ordinals and minutes of the day where the workstation stands. Offsets are whole quarters of an hour."""
    quarters, which = np.unique(at_ms // QUARTER_MS, return_inverse=True)
    moments = [datetime.fromtimestamp(quarter * QUARTER_MS / 1000) for quarter in quarters.tolist()]
    days = np.array([moment.toordinal() for moment in moments], np.int64)[which]
    begins = np.array([moment.hour * 60 + moment.minute for moment in moments], np.int64)[which]
    return days, begins + at_ms % QUARTER_MS // 60_000


def local_days(at_ms: Ints) -> dict[date, int]:
    """How many of these instants lie on each local day."""
    if not len(at_ms):
        return {}
    days, counts = np.unique(_local(at_ms)[0], return_counts=True)
    return {date.fromordinal(day): count for day, count in zip(days.tolist(), counts.tolist(), strict=True)}


def _same_family(patient: Patient, person: list[str]) -> bool:
    family = [word for word in fold(patient.family).split() if len(word) > 1]
    return bool(family) and all(word in person for word in family)


def _unusual_volume(occasions: list[_Occasion]) -> None:
    """More than three times the usual number of patients a day, and more than a few; the usual is that of 30 days."""
    days: dict[date, list[_Occasion]] = {}
    for each in occasions:
        days.setdefault(each.day, []).append(each)
    for day, looks in days.items():
        before = [len(some) for other, some in days.items() if 0 < (day - other).days <= 30]
        usual = round(median(before)) if before else 0
        most = max(FEW_PATIENTS, USUAL_TIMES * usual)
        if before and len(looks) > most:
            words = f"{len(looks)} patients on one day; {usual} are usual for this person."
            looks[most].flagged.flags.append(Flag(FlagKind.UNUSUAL_VOLUME, words))
