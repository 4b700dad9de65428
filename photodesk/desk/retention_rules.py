"""How long records are kept: the clinic's classes, and the day on which a record may go. Pure.

A class is a policy `retention.<class>` whose value is years after the last visit and the age until which a minor's
record is kept, such as `10 25`, or `for ever`. A minor is who was under 18 at the last visit; the later day holds.
Until a patient has had a visit, the day on which the patient was added counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from photodesk.patients import age_years

OF_AGE_YEARS = 18
FOR_EVER = "for ever"
DEFAULT_CLASS = "standard"
CLASSES = {"standard": "10 25", "long": "30 30", "permanent": FOR_EVER}
VALUES = f"years after the last visit and the age minors are kept until, such as 10 25, or {FOR_EVER}"
_VALUE = re.compile(r"([0-9]{1,3}) ([0-9]{1,3})")
_MOST_YEARS = 150


@dataclass(frozen=True)
class RetentionRule:
    """What a class says. `years` None: the record is never due."""

    years: int | None
    minors_until: int = 0

    def due(self, birth: date, last_visit: date) -> date | None:
        """The first day on which the record may go, None where it never may."""
        if self.years is None:
            return None
        day = years_after(last_visit, self.years)
        if age_years(birth, last_visit) < OF_AGE_YEARS:
            day = max(day, years_after(birth, self.minors_until))
        return day


def fits(value: str) -> bool:
    """Whether a text is a class."""
    found = _VALUE.fullmatch(value)
    return value == FOR_EVER or (found is not None and all(int(number) <= _MOST_YEARS for number in found.groups()))


def rule_of(value: str) -> RetentionRule:
    """What a text that fits says."""
    found = _VALUE.fullmatch(value)
    return RetentionRule(None) if found is None else RetentionRule(int(found[1]), int(found[2]))


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March where there is none."""
    year = min(day.year + years, date.max.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
