"""The grid of views and visits, its gaps, and the cells that are chosen. No Qt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from photodesk.desk.timeline import Timeline
from photodesk.photos import STANDARD_VIEWS, Photo, Protocol, cover
from photodesk.ui.timeline.sections import site_name, site_ranks, view_name
from photodesk.ui.timeline.series import begun
from photodesk.ui.words import counted, day_words
from photodesk.visits import Visit, interval_words

MOST = 6
_VIEW_ORDER = {view.code: place for place, view in enumerate(STANDARD_VIEWS)}


@dataclass(frozen=True)
class ViewRow:
    """One body site from one standard view; empty codes where nobody said yet."""

    site: str
    view: str

    @property
    def words(self) -> str:
        """`Oblique left`."""
        return view_name(self.view)

    @property
    def title(self) -> str:
        """`Face, oblique left`."""
        return f"{site_name(self.site)}, {self.words.lower()}"


@dataclass(frozen=True)
class Place:
    """A cell: which row and which column."""

    row: int
    column: int


@dataclass(frozen=True)
class _Key:
    site: str
    view: str
    visit_id: str


class SeriesModel:
    """`rows` are views, `columns` visits that have photos, the oldest first. `focus` is None while there is no cell."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.timeline: Timeline | None = None
        self.site = ""
        self.rows: tuple[ViewRow, ...] = ()
        self.columns: tuple[Visit, ...] = ()
        self._photos: dict[_Key, tuple[Photo, ...]] = {}
        self._gaps: set[_Key] = set()
        self._all_rows: tuple[ViewRow, ...] = ()
        self._focus: _Key | None = None
        self._chosen: list[_Key] = []

    def load(self, timeline: Timeline, protocols: Iterable[Protocol] = ()) -> None:
        """Take a timeline; what was chosen stays where it is still there."""
        self.timeline = timeline
        visits = [each for each in reversed(timeline.visits) if each.photos]
        self.columns = tuple(each.visit for each in visits)
        found: defaultdict[_Key, list[Photo]] = defaultdict(list)
        sites: defaultdict[str, set[str]] = defaultdict(set)
        for each in visits:
            for photo in each.photos:
                found[_Key(photo.body_site, photo.standard_view, each.visit.visit_id)].append(photo)
                sites[each.visit.visit_id].add(photo.body_site)
        self._photos = {key: tuple(photos) for key, photos in found.items()}
        rows = {ViewRow(key.site, key.view) for key in self._photos}
        steps = _lacking(timeline, tuple(protocols))
        rows |= {ViewRow(key.site, key.view) for key in steps}
        ranks = site_ranks(photo.body_site for each in visits for photo in each.photos)
        last = len(ranks)
        self._all_rows = tuple(
            sorted(rows, key=lambda row: (ranks.get(row.site, last - 1), row.site, *_view_rank(row.view)))
        )
        self._gaps = steps | {
            key
            for row in rows
            if row.site and row.view
            for visit_id, had in sites.items()
            if row.site in had and (key := _Key(row.site, row.view, visit_id)) not in self._photos
        }
        self._chosen = [key for key in self._chosen if key in self._photos]
        self._arrange()

    def show_site(self, site: str) -> None:
        """Only the views of one site; empty for all."""
        self.site = site
        self._arrange()

    def site_choices(self) -> tuple[tuple[str, str], ...]:
        """Sites there are, as (code, name)."""
        return tuple(dict.fromkeys((row.site, site_name(row.site)) for row in self._all_rows if row.site))

    # -- cells --------------------------------------------------------------------------------------------------

    def photos(self, place: Place) -> tuple[Photo, ...]:
        """All photos of a cell, in the order they were taken."""
        return self._photos.get(self._key(place), ())

    def photo(self, place: Place) -> Photo | None:
        """The one that stands for a cell: the last taken that can be shown."""
        held = self.photos(place)
        return next((each for each in reversed(held) if not each.facts.undecodable), held[-1] if held else None)

    def missing(self, place: Place) -> bool:
        """Whether the visit has other photos of this site, or of a series begun, but not this view."""
        return self._key(place) in self._gaps

    def words(self, place: Place) -> str:
        """`Face, oblique left missing on 3 May 2026`, or what the cell shows."""
        row, visit = self.rows[place.row], self.columns[place.column]
        day, held = day_words(visit.day), self.photos(place)
        if held:
            several = f" · {counted(len(held), 'photo')}, the last one shown" if len(held) > 1 else ""
            return f"{row.title} · {day}{several}"
        return f"{row.title} missing on {day}" if self.missing(place) else f"No photos of this site on {day}"

    def lacks(self, column: int) -> int:
        """How many of the views shown a visit lacks."""
        return sum(self.missing(Place(row, column)) for row in range(len(self.rows)))

    def apart(self, column: int) -> str:
        """`12 weeks` since the visit before, `Today`, or nothing."""
        if self.columns[column].day == self.today:
            return "Today"
        return interval_words(self.columns[column - 1].day, self.columns[column].day) if column else ""

    # -- what is chosen -----------------------------------------------------------------------------------------

    @property
    def focus(self) -> Place | None:
        """Where the keys are."""
        return self._place(self._focus) if self._focus is not None else None

    def go(self, place: Place) -> None:
        """Put the focus on a cell, kept inside."""
        if self.rows and self.columns:
            row = min(len(self.rows) - 1, max(0, place.row))
            self._focus = self._key(Place(row, min(len(self.columns) - 1, max(0, place.column))))

    def toggle(self, place: Place) -> bool:
        """Choose a cell or leave it out; False for one without a photo to show, and for a seventh."""
        key, photo = self._key(place), self.photo(place)
        if key in self._chosen:
            self._chosen.remove(key)
            return True
        if photo is None or photo.facts.undecodable or len(self._chosen) >= MOST:
            return False
        self._chosen.append(key)
        return True

    def choose_between(self, one: Place, other: Place) -> bool:
        """Choose the cells with photos of a rectangle and no others; False where there were more than six."""
        self._chosen = []
        rows, columns = sorted((one.row, other.row)), sorted((one.column, other.column))
        fits = True
        for row in range(rows[0], rows[1] + 1):
            for column in range(columns[0], columns[1] + 1):
                place = Place(row, column)
                if self.photo(place) is not None and not self.toggle(place):
                    fits = fits and len(self._chosen) < MOST
        return fits

    def clear(self) -> bool:
        """Choose nothing; whether something was."""
        had, self._chosen = bool(self._chosen), []
        return had

    def chosen(self) -> tuple[str, ...]:
        """Ids of the photos to compare, the oldest first, of one visit from the top."""
        order = {row: at for at, row in enumerate(self._all_rows)}
        days = {visit.visit_id: at for at, visit in enumerate(self.columns)}
        keys = sorted(self._chosen, key=lambda key: (days[key.visit_id], order[ViewRow(key.site, key.view)]))
        return tuple(photo.photo_id for photo in (self._shown(key) for key in keys) if photo is not None)

    def letter(self, place: Place) -> str:
        """`A` to `F` of a chosen cell, nothing otherwise."""
        photo = self.photo(place) if self._key(place) in self._chosen else None
        return "ABCDEF"[self.chosen().index(photo.photo_id)] if photo is not None else ""

    def _shown(self, key: _Key) -> Photo | None:
        held = self._photos.get(key, ())
        return next((each for each in reversed(held) if not each.facts.undecodable), None)

    def _key(self, place: Place) -> _Key:
        row = self.rows[place.row]
        return _Key(row.site, row.view, self.columns[place.column].visit_id)

    def _place(self, key: _Key) -> Place | None:
        visits = [visit.visit_id for visit in self.columns]
        row = ViewRow(key.site, key.view)
        if row not in self.rows or key.visit_id not in visits:
            return None
        return Place(self.rows.index(row), visits.index(key.visit_id))

    def _arrange(self) -> None:
        self.rows = tuple(row for row in self._all_rows if not self.site or row.site == self.site)
        if not self.rows and self.site:
            self.site, self.rows = "", self._all_rows
        if self.focus is None:
            self._focus = None
            last = len(self.columns) - 1
            with_photo = (row for row in range(len(self.rows)) if self.photos(Place(row, last)))
            self.go(Place(next(with_photo, 0), last))


def _view_rank(view: str) -> tuple[int, str]:
    return (len(_VIEW_ORDER) + 1 if not view else _VIEW_ORDER.get(view, len(_VIEW_ORDER))), view


def _lacking(timeline: Timeline, protocols: tuple[Protocol, ...]) -> set[_Key]:
    """Steps that visits lack of the series they have begun."""
    found = set()
    for each in timeline.visits:
        code = begun(protocols, each.photos)
        protocol = next((one for one in protocols if one.code == code), None) if code else None
        for step in cover(protocol, each.photos).missing if protocol is not None else ():
            found.add(_Key(step.site, step.view, each.visit.visit_id))
    return found
