"""Which photo is shown and what comes before and after it. No Qt."""

from __future__ import annotations

from datetime import date

from photodesk.compare import LinkedView
from photodesk.desk.timeline import Timeline
from photodesk.ui.timeline.model import Mark
from photodesk.ui.timeline.sections import Filter, sections_of, title_of
from photodesk.ui.words import day_words


class PhotoModel:
    """State of the full-size view. Photos follow one another as on the timeline."""

    def __init__(self, today: date, photo_id: str) -> None:
        self.today = today
        self.photo_id = photo_id
        self.view = LinkedView()
        self.surround = 0
        self.timeline: Timeline | None = None
        self._marks: dict[str, Mark] = {}
        self._order: tuple[str, ...] = ()

    def load(self, timeline: Timeline) -> None:
        """Take a timeline; the first photo is shown where the one asked for is gone."""
        self.timeline = timeline
        self._marks = {p.photo_id: Mark(p, each.visit) for each in timeline.visits for p in each.photos}
        sections = sections_of(timeline, Filter(), self.today)
        self._order = tuple(photo.photo_id for section in sections for photo in section.photos)
        if self.photo_id not in self._marks:
            self.photo_id = next(iter(self._order), "")

    @property
    def mark(self) -> Mark | None:
        """The photo shown with its visit."""
        return self._marks.get(self.photo_id)

    def step(self, by: int) -> bool:
        """The next or previous photo; whether there is one. The whole photo is shown again."""
        if self.photo_id not in self._order:
            return False
        at = self._order.index(self.photo_id) + by
        if not 0 <= at < len(self._order):
            return False
        self.photo_id = self._order[at]
        self.view = LinkedView()
        return True

    def neighbours(self) -> tuple[str, ...]:
        """Photos one step away."""
        if self.photo_id not in self._order:
            return ()
        at = self._order.index(self.photo_id)
        return tuple(self._order[i] for i in (at + 1, at - 1) if 0 <= i < len(self._order))

    def title(self) -> str:
        """`Left forearm, close-up`."""
        return title_of(self.mark.photo) if self.mark else ""

    def when(self) -> str:
        """`20 Nov 2026 · Naevus check · 2 of 31`."""
        mark = self.mark
        if mark is None:
            return ""
        place = f"{self._order.index(self.photo_id) + 1} of {len(self._order)}"
        return " · ".join(part for part in (day_words(mark.visit.day), mark.visit.title, place) if part)
