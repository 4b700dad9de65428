"""Visits. Date, time, room and clinician are the catalog's; title and reason are clinical and the chart's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True)
class VisitDraft:
    """What a person entered for a new visit. `clinician_id` is a person's id."""

    patient_id: str
    day: date
    at: time | None = None
    room: str = ""
    clinician_id: str = ""
    title: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Visit:
    """One visit; `title` and `reason` are empty without chart keys. `cancelled`: off the day's list, empty then."""

    visit_id: str
    patient_id: str
    day: date
    at: time | None
    room: str
    clinician_id: str
    title: str
    reason: str
    cancelled: bool = False


def interval_words(earlier: date, later: date) -> str:
    """Days apart as a person says it: `same day`, `3 days`, `12 weeks`, `8 months`, `2 years`."""
    days = abs((later - earlier).days)
    if days == 0:
        return "same day"
    if days < 14:
        return _count(days, "day")
    if days < 183:
        return _count(round(days / 7), "week")
    if days < 730:
        return _count(round(days / 30.4375), "month")
    years, rest = divmod(days, 365.25)
    return _count(int(years), "year") if rest < 46 or years >= 10 else f"{days / 365.25:.1f} years"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
