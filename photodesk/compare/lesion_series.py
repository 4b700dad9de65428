"""One lesion over visits: its area and how far across it is, from a person's own outlines and lengths. Pure arithmetic.

A photo counts where it has a scale and an outline (or circle) of the lesion; several outlines on one photo are parts
of one lesion and are summed. Errors are one standard deviation. Numbers are stated, never judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from photodesk.compare.measurement import Measured, area, crosses_itself, length
from photodesk.photos.marks import Mark, MarkKind, Scale

AREA_KINDS = frozenset({MarkKind.OUTLINE, MarkKind.CIRCLE})


@dataclass(frozen=True)
class SeriesPoint:
    """A lesion on one photo: area in mm², and across in mm where a length of it was drawn."""

    photo_id: str
    day: date
    area: Measured
    across: Measured | None
    aided: bool


@dataclass(frozen=True)
class Change:
    """How far two areas are apart, in percent of the earlier one, with one standard deviation."""

    percent: float
    error: float


def lesion_series(
    lesion_id: str, days: Mapping[str, date], marks: Iterable[Mark], scales: Mapping[str, Scale]
) -> tuple[SeriesPoint, ...]:
    """The lesion on every photo of `days` (by photo id) where its area is known, the earliest first."""
    by_photo: dict[str, list[Mark]] = {}
    for mark in marks:
        if mark.lesion_id == lesion_id and mark.photo_id in days and mark.photo_id in scales:
            by_photo.setdefault(mark.photo_id, []).append(mark)
    found = [point(photo_id, days[photo_id], own, scales[photo_id]) for photo_id, own in by_photo.items()]
    return tuple(sorted((each for each in found if each is not None), key=lambda each: (each.day, each.photo_id)))


def point(photo_id: str, day: date, marks: Iterable[Mark], scale: Scale) -> SeriesPoint | None:
    """The lesion on one photo; None where no area is drawn, or an outline runs over itself."""
    own = tuple(marks)
    rings = [mark for mark in own if mark.kind in AREA_KINDS]
    if not rings or any(mark.kind is MarkKind.OUTLINE and crosses_itself(mark.points) for mark in rings):
        return None
    lengths = [length(mark, scale) for mark in own if mark.kind is MarkKind.LENGTH]
    across = max(lengths, key=lambda each: each.value, default=None)
    whole = summed([area(mark, scale) for mark in rings], 2 * scale.error_share)
    return SeriesPoint(photo_id, day, whole, across, any(mark.aided for mark in rings))


def summed(parts: list[Measured], shared: float) -> Measured:
    """The sum of several values; `shared` is the share of their errors that is the scale's and the same in all."""
    value = sum(part.value for part in parts)
    placed = sum(max(0.0, part.error**2 - (shared * part.value) ** 2) for part in parts)
    return Measured(value, math.hypot(math.sqrt(placed), shared * value), parts[0].unit)


def change(before: Measured, after: Measured) -> Change | None:
    """From one area to another; None where there was nothing before."""
    if before.value <= 0 or before.unit != after.unit:
        return None
    ratio = after.value / before.value
    relative = math.hypot(before.error / before.value, after.error / after.value if after.value else 0.0)
    return Change(100 * (ratio - 1), 100 * ratio * relative)
