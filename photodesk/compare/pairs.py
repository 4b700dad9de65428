"""Which two photos are worth laying side by side: the pair that suggests itself, and the ones after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from photodesk.photos import Photo


@dataclass(frozen=True)
class DatedPhoto:
    """A photo and the day of its visit."""

    photo: Photo
    day: date


@dataclass(frozen=True)
class Pair:
    """`before` is never later than `after`."""

    before: DatedPhoto
    after: DatedPhoto


def suggested_pair(photos: Iterable[DatedPhoto]) -> Pair | None:
    """Same site and standard view, first visit against the latest; None where no two visits show the same."""
    return next(iter(sensible_pairs(photos)), None)


def sensible_pairs(photos: Iterable[DatedPhoto]) -> tuple[Pair, ...]:
    """Every pair one key cycles through, the most telling first.

    First against latest of each site and view (the series photographed last comes first, then the longest), then the
    latest against the visit before it, then the first against the ones between. Photos with a site but no view pair
    with their like, after the others; photos without a site are never paired by guess.
    """
    rounds: tuple[list[Pair], ...] = ([], [], [])
    for series in _series(photos):
        if len(series) > 1:
            rounds[0].append(Pair(series[0], series[-1]))
        if len(series) > 2:
            rounds[1].append(Pair(series[-2], series[-1]))
            rounds[2].extend(Pair(series[0], between) for between in reversed(series[1:-1]))
    return tuple(pair for each in rounds for pair in each)


def _series(photos: Iterable[DatedPhoto]) -> list[list[DatedPhoto]]:
    """One photo a visit (the last taken) for every site and view, oldest first; series with a view come first."""
    sited = sorted((each for each in photos if each.photo.body_site), key=_place)
    found = []
    for _, group in groupby(sited, key=_place):
        last_of_day: dict[tuple[date, str], DatedPhoto] = {}
        for each in sorted(group, key=_taken):
            last_of_day[each.day, each.photo.visit_id] = each
        found.append(sorted(last_of_day.values(), key=_taken))
    found.sort(key=lambda series: (series[-1].day, len(series)), reverse=True)
    found.sort(key=lambda series: not series[0].photo.standard_view)
    return found


def _place(each: DatedPhoto) -> tuple[str, str]:
    return each.photo.body_site, each.photo.standard_view


def _taken(each: DatedPhoto) -> tuple[date, str, str]:
    camera = each.photo.facts.camera_time
    return each.day, camera.text if camera else "", each.photo.photo_id
