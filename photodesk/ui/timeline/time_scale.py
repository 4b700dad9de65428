"""The scrubber's arithmetic: days to px and back, month ticks, labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from photodesk.ui.words import day_words

MARGIN_DAYS_SHARE = 0.02
MOST_TICKS = 60


@dataclass(frozen=True)
class TimeScale:
    """`first` lies at `left_px`, `last` at `right_px`."""

    first: date
    last: date
    left_px: float
    right_px: float

    def x(self, day: date) -> float:
        """Where a day lies."""
        span = max(1, (self.last - self.first).days)
        return self.left_px + (day - self.first).days / span * (self.right_px - self.left_px)

    def day(self, x_px: float) -> date:
        """Which day lies there, kept inside."""
        share = (x_px - self.left_px) / max(1.0, self.right_px - self.left_px)
        span = max(1, (self.last - self.first).days)
        return date.fromordinal(self.first.toordinal() + round(min(1.0, max(0.0, share)) * span))

    def ticks(self) -> tuple[float, ...]:
        """Month starts, thinned to years where there would be too many."""
        months = _months(self.first, self.last)
        if len(months) > MOST_TICKS:
            months = [m for m in months if m.month == 1]
        return tuple(self.x(m) for m in months)

    def years(self) -> tuple[tuple[float, str], ...]:
        """Januaries with room around them, as (px, `Jan 2026`)."""
        starts = [m for m in _months(self.first, self.last) if m.month == 1]
        step = max(1, -(-len(starts) * 80 // max(1, int(self.right_px - self.left_px))))
        chosen = [(self.x(m), month_words(m)) for m in starts[::step]]
        return tuple((x, w) for x, w in chosen if self.left_px + 90 < x < self.right_px - 90)

    def nearest(self, x_px: float, days: Sequence[date], reach_px: float) -> int | None:
        """The index of the visit whose dot is within `reach_px`, the nearest one."""
        best = min(range(len(days)), key=lambda i: abs(self.x(days[i]) - x_px), default=None)
        return best if best is not None and abs(self.x(days[best]) - x_px) <= reach_px else None


def scale_of(days: Sequence[date], left_px: float, right_px: float) -> TimeScale:
    """From the month of the first visit to a little after the last; a single visit stands in the middle of a month."""
    first, last = min(days), max(days)
    margin = max(10, round((last - first).days * MARGIN_DAYS_SHARE))
    return TimeScale(
        date.fromordinal(first.toordinal() - margin), date.fromordinal(last.toordinal() + margin), left_px, right_px
    )


def month_words(day: date) -> str:
    """`Mar 2025`."""
    return day_words(day).split(" ", 1)[1]


def _months(first: date, last: date) -> list[date]:
    found: list[date] = []
    year, month = first.year, first.month + 1
    while True:
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
        start = date(year, month, 1)
        if start > last:
            return found
        found.append(start)
        month += 1
