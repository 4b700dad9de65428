"""Which two photos are worth laying side by side: the pair that suggests itself, and the ones after it.

A *series* is what one body site shows from one standard view, one photo a visit, oldest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from photodesk.photos import Photo


@dataclass(frozen=True)
class DatedPhoto:
    """A photo and the day of its visit."""

    photo: Photo
    day: date

    @property
    def place(self) -> tuple[str, str]:
        """Site and view."""
        return self.photo.body_site, self.photo.standard_view


@dataclass(frozen=True)
class Pair:
    """`before` is never later than `after`."""

    before: DatedPhoto
    after: DatedPhoto

    @property
    def ids(self) -> tuple[str, str]:
        """The photos' ids."""
        return self.before.photo.photo_id, self.after.photo.photo_id


def suggested_pair(photos: Iterable[DatedPhoto]) -> Pair | None:
    """Same site and standard view, first visit against the latest; None where no two visits show the same."""
    return next(iter(sensible_pairs(photos)), None)


def pair_with(photos: Iterable[DatedPhoto], photo_id: str) -> Pair | None:
    """The most telling pair that holds this photo: with the first or the latest of its site and view.

    Others of its site and view from the same visit stand back for it. None where no other visit shows the same.
    """
    known = list(photos)
    own = next((each for each in known if each.photo.photo_id == photo_id), None)
    if own is None:
        return None
    kept = [
        each for each in known if each is own or (each.place, each.photo.visit_id) != (own.place, own.photo.visit_id)
    ]
    return next((pair for pair in sensible_pairs(kept) if photo_id in pair.ids), None)


def sensible_pairs(photos: Iterable[DatedPhoto]) -> tuple[Pair, ...]:
    """Every pair one key cycles through, the most telling first.

    First against latest of each site and view (the series photographed last comes first, then the longest), then the
    latest against the visit before it, then the first against the ones between. Photos with a site but no view pair
    with their like, after the others; photos without a site are never paired by guess, nor what cannot be shown.
    """
    rounds: tuple[list[Pair], ...] = ([], [], [])
    for series in all_series(photos):
        for each, pairs in zip(rounds, _rounds(series), strict=True):
            each.extend(pairs)
    return tuple(pair for each in rounds for pair in each)


def next_pair(pairs: Sequence[Pair], now: tuple[str, str], keep: str = "") -> Pair | None:
    """The pair after `now` (ids of A and B) of the same site and view, round and round; None where there is no other.

    A series with a single pair goes on to the next series. With `keep` only pairs that hold this photo count.
    """
    place = _place_of(pairs, now)
    own = [pair for pair in pairs if pair.before.place == place]
    if keep:
        own = [pair for pair in own if keep in pair.ids]
    elif len(own) < 2:
        return next_series(pairs, now)
    if not own:
        return None
    found = own[(_index(own, now) + 1) % len(own)]
    return None if set(found.ids) == set(now) else found


def next_series(pairs: Sequence[Pair], now: tuple[str, str]) -> Pair | None:
    """First against latest of the next site and view, round and round; None where there is no other."""
    firsts = list({pair.before.place: pair for pair in reversed(pairs)}.values())[::-1]
    place = _place_of(pairs, now)
    at = next((index for index, pair in enumerate(firsts) if pair.before.place == place), -1)
    found = firsts[(at + 1) % len(firsts)] if firsts else None
    return None if found is None or set(found.ids) == set(now) else found


def all_series(photos: Iterable[DatedPhoto]) -> list[list[DatedPhoto]]:
    """One photo a visit (the last taken) for every site and view, oldest first; series with a view come first.

    The series photographed last comes first, among those the longest. What cannot be shown is left out.
    """
    sited = sorted((each for each in photos if each.photo.body_site and _shown(each)), key=lambda each: each.place)
    found = []
    for _, group in groupby(sited, key=lambda each: each.place):
        last_of_visit: dict[tuple[date, str], DatedPhoto] = {}
        for each in sorted(group, key=_taken):
            last_of_visit[each.day, each.photo.visit_id] = each
        found.append(sorted(last_of_visit.values(), key=_taken))
    found.sort(key=lambda series: (series[-1].day, len(series)), reverse=True)
    found.sort(key=lambda series: not series[0].photo.standard_view)
    return found


def _rounds(series: Sequence[DatedPhoto]) -> tuple[list[Pair], list[Pair], list[Pair]]:
    """First against latest; latest against the one before; first against those between, the latest first."""
    if len(series) < 3:
        return ([Pair(series[0], series[-1])] if len(series) == 2 else []), [], []
    between = [Pair(series[0], each) for each in reversed(series[1:-1])]
    return [Pair(series[0], series[-1])], [Pair(series[-2], series[-1])], between


def _place_of(pairs: Sequence[Pair], now: tuple[str, str]) -> tuple[str, str] | None:
    """The site and view of what is shown, B's where they differ."""
    for photo_id in reversed(now):
        for pair in pairs:
            if photo_id in pair.ids:
                return pair.before.place
    return None


def _index(pairs: Sequence[Pair], now: tuple[str, str]) -> int:
    """Where a pair stands, whichever way round it is shown; −1 where it does not."""
    return next((index for index, pair in enumerate(pairs) if set(pair.ids) == set(now)), -1)


def _shown(each: DatedPhoto) -> bool:
    return not each.photo.facts.undecodable


def _taken(each: DatedPhoto) -> tuple[date, str, str]:
    taken = each.photo.taken
    return each.day, taken.text if taken else "", each.photo.photo_id
