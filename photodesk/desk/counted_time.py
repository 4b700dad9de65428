"""How much time has really passed, as far as a computer whose clock may be set wrong can know.

Deleted photos go for good after 30 days, and a clock that jumps a year ahead must not make that today. So the clinic
keeps its own count: each look at the clock adds what has passed since the last look, but at most seven days at once,
and nothing where the clock went back. A clock set wrong therefore delays a purge, or brings it forward by a week at
most. (A clinic closed for a month purges up to three weeks late, which harms nobody.)
"""

from __future__ import annotations

from dataclasses import dataclass

from photodesk.store.catalog import Catalog
from photodesk.store.change import Change

SETTING = "counted_time"
MOST_AT_ONCE_MS = 7 * 86_400_000
LEAST_KEPT_MS = 3_600_000


@dataclass(frozen=True)
class CountedTime:
    """The clock at the last look, the count in ms, and whether the clock has gone back since the look before."""

    at_ms: int
    counted_ms: int
    went_back: bool = False

    def looked(self, now_ms: int) -> CountedTime:
        """The count after another look at the clock."""
        passed = now_ms - self.at_ms
        return CountedTime(now_ms, self.counted_ms + max(0, min(passed, MOST_AT_ONCE_MS)), passed < 0)


def count(catalog: Catalog, change: Change, now_ms: int) -> CountedTime:
    """Look at the clock; what is kept of it is written at most once an hour, and whenever the clock went back."""
    text = catalog.setting(SETTING)
    before = _parsed(text) if text else CountedTime(now_ms, 0)
    after = before.looked(now_ms)
    if not text or after.went_back or after.at_ms - before.at_ms >= LEAST_KEPT_MS:
        catalog.set_setting(change, SETTING, f"{after.at_ms} {after.counted_ms}")
    return after


def _parsed(text: str) -> CountedTime:
    at_ms, counted_ms = (int(word) for word in text.split())
    return CountedTime(at_ms, counted_ms)
