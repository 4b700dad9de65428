"""What the timeline shows and what is chosen on it. No Qt: the page asks, the widgets paint."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from photodesk.compare import DatedPhoto, suggested_pair
from photodesk.desk.timeline import Timeline
from photodesk.photos import STANDARD_VIEWS, Photo
from photodesk.ui.timeline import filter_choices
from photodesk.ui.timeline.sections import (
    Filter,
    Section,
    groups_of,
    sections_of,
    site_name,
    site_ranks,
)
from photodesk.ui.timeline.series import Series
from photodesk.visits import Visit, interval_words


@dataclass(frozen=True)
class SiteCount:
    """How many photos a site has, over the whole chart."""

    code: str
    name: str
    count: int


@dataclass(frozen=True)
class Mark:
    """A photo marked A or B, with its visit."""

    photo: Photo
    visit: Visit


class TimelineModel:
    """State of one patient's timeline. `today` is the workstation's date."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.timeline: Timeline | None = None
        self.filter = Filter()
        self.sections: tuple[Section, ...] = ()
        self.focus = ""
        self.selected: frozenset[str] = frozenset()
        self.before = ""
        self.after = ""
        self._photos: dict[str, Mark] = {}
        self._order: tuple[str, ...] = ()
        self._anchor = ""
        self.set_last: tuple[str, ...] = ()  # sites chosen on this page, the latest first
        self.series = Series()

    def load(self, timeline: Timeline, *, suggest: bool = True) -> None:
        """Take a timeline read from the desk; keeps what was chosen where it is still there."""
        self.timeline = timeline
        self._photos = {p.photo_id: Mark(p, each.visit) for each in timeline.visits for p in each.photos}
        self.before = self.before if self.before in self._photos else ""
        self.after = self.after if self.after in self._photos else ""
        if suggest and not self.before and not self.after:
            pair = suggested_pair([DatedPhoto(m.photo, m.visit.day) for m in self._photos.values()])
            if pair is not None:
                self.before, self.after = pair.before.photo.photo_id, pair.after.photo.photo_id
        if self.focus not in self._photos:
            at = self._order.index(self.focus) if self.focus in self._order else 0
            near = (*self._order[at:], *reversed(self._order[:at])) if self.focus else ()
            self.focus = next((photo_id for photo_id in near if photo_id in self._photos), self.after)
            self.selected = frozenset({self.focus} - {""})
            self._anchor = self.focus
        self.series.load(timeline)
        self._arrange()

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def order(self) -> tuple[str, ...]:
        """Ids of the photos shown, in reading order."""
        return self._order

    @property
    def visit_count(self) -> int:
        """How many visits the chart has."""
        return len(self.timeline.visits) if self.timeline else 0

    @property
    def photo_count(self) -> int:
        """How many photos the chart has."""
        return len(self._photos)

    def mark(self, photo_id: str) -> Mark | None:
        """A photo with its visit."""
        return self._photos.get(photo_id)

    def set_filter(self, chosen: Filter) -> None:
        """Show only what the filter takes."""
        self.filter = chosen
        self._arrange()

    def site_counts(self) -> tuple[SiteCount, ...]:
        """Sites of the whole chart in the order of the groups in each visit."""
        counts = Counter(mark.photo.body_site for mark in self._photos.values())
        return tuple(
            SiteCount(code or Filter.WITHOUT, site_name(code), counts[code]) for code in site_ranks(counts.elements())
        )

    def site_choices(self) -> tuple[tuple[str, str], ...]:
        """Sites to filter by."""
        return filter_choices.sites(mark.photo for mark in self._photos.values())

    def view_choices(self) -> tuple[tuple[str, str], ...]:
        """Views to filter by."""
        return filter_choices.views(mark.photo for mark in self._photos.values())

    def tag_choices(self) -> tuple[tuple[str, str], ...]:
        """Tags to filter by."""
        return filter_choices.tags(mark.photo for mark in self._photos.values())

    def recent_sites(self, limit: int = 9) -> tuple[str, ...]:
        """Sites this patient's photos have, those of the newest visits first."""
        visits = self.timeline.visits if self.timeline else ()
        latest = (photo.body_site for each in visits for photo in each.photos if photo.body_site)
        return tuple(dict.fromkeys((*self.set_last, *latest)))[:limit]

    def views_for(self, photo_id: str, limit: int = 9) -> tuple[str, ...]:
        """Views in the order they are likely for a photo: those its site had here, then the general ones."""
        mark = self._photos.get(photo_id)
        site = mark.photo.body_site if mark else ""
        visits = self.timeline.visits if self.timeline else ()
        had = (p.standard_view for each in visits for p in each.photos if p.body_site == site and p.standard_view)
        return tuple(dict.fromkeys((*had, *(view.code for view in STANDARD_VIEWS))))[:limit]

    def place_in_visit(self, photo_id: str) -> tuple[int, int]:
        """(number, of how many) in its visit, counting all photos of the visit as they are read."""
        mark = self._photos.get(photo_id)
        if mark is None or self.timeline is None:
            return 0, 0
        for each in self.timeline.visits:
            if each.visit.visit_id == mark.visit.visit_id:
                ranks = site_ranks(held.photo.body_site for held in self._photos.values())
                ids = [photo.photo_id for group in groups_of(each.photos, ranks) for photo in group.photos]
                return ids.index(photo_id) + 1, len(ids)
        return 0, 0

    @property
    def series_visit(self) -> Visit | None:
        """The visit a series is looked at for: that of the photo with the focus, else the newest."""
        mark = self._photos.get(self.focus)
        if mark is not None:
            return mark.visit
        return self.timeline.visits[0].visit if self.timeline and self.timeline.visits else None

    def follow(self, code: str) -> None:
        """Follow another series, or none."""
        self.series.code = code
        self.series.load(self.timeline)

    # -- what is chosen -----------------------------------------------------------------------------------------

    def choose(self, photo_id: str, *, add: bool = False, through: bool = False) -> None:
        """Put the focus on a photo. `add` toggles it in the selection, `through` selects the run from the anchor."""
        if photo_id not in self._photos:
            return
        if through and self._anchor in self._order and photo_id in self._order:
            first, last = sorted((self._order.index(self._anchor), self._order.index(photo_id)))
            self.selected = frozenset(self._order[first : last + 1])
        elif add:
            self.selected = self.selected ^ {photo_id}
            self._anchor = photo_id
        else:
            self.selected = frozenset({photo_id})
            self._anchor = photo_id
        self.focus = photo_id

    def step(self, by: int, *, through: bool = False) -> str:
        """Move the focus along the reading order, stopping at the ends; the focus."""
        if not self._order:
            return ""
        at = self._order.index(self.focus) if self.focus in self._order else 0
        if through and self._anchor not in self._order:
            self._anchor = self.focus
        self.choose(self._order[min(len(self._order) - 1, max(0, at + by))], through=through)
        return self.focus

    def choose_all(self) -> None:
        """Choose every photo shown; the focus stays."""
        self.selected = frozenset(self._order)

    def acting_on(self) -> tuple[str, ...]:
        """The photos a change of site, view or tag is about: the selection, in reading order."""
        chosen = tuple(photo_id for photo_id in self._order if photo_id in self.selected)
        return chosen or ((self.focus,) if self.focus else ())

    def mark_before(self, photo_id: str) -> None:
        """Mark as A; the same again takes the mark off."""
        self.before = "" if self.before == photo_id else photo_id
        self.after = "" if self.after == self.before else self.after

    def mark_after(self, photo_id: str) -> None:
        """Mark as B; the same again takes the mark off."""
        self.after = "" if self.after == photo_id else photo_id
        self.before = "" if self.before == self.after else self.before

    def clear_marks(self) -> bool:
        """Take both marks off; whether there were any."""
        had = bool(self.before or self.after)
        self.before = self.after = ""
        return had

    @property
    def can_compare(self) -> bool:
        """Whether both marks are set."""
        return bool(self.before and self.after)

    def interval(self) -> str:
        """`12 weeks` between A and B, or nothing."""
        a, b = self._photos.get(self.before), self._photos.get(self.after)
        return interval_words(a.visit.day, b.visit.day) if a and b else ""

    def marked_days(self) -> tuple[date | None, date | None]:
        """The days of A and B."""
        a, b = self._photos.get(self.before), self._photos.get(self.after)
        return (a.visit.day if a else None), (b.visit.day if b else None)

    def _arrange(self) -> None:
        self.sections = sections_of(self.timeline, self.filter, self.today) if self.timeline else ()
        self._order = tuple(photo.photo_id for section in self.sections for photo in section.photos)
        shown = frozenset(self._order)
        self.selected &= shown
        if self.focus not in shown:
            self.focus = next(iter(self._order), "")
            self.selected = frozenset({self.focus} - {""})
