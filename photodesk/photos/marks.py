"""Marks a person lays over a photo: vectors on a layer of their own, in upright pixels of the original.

The original is never drawn into. A mark is the person's own; an outline that was helped along by edges says so. What
follows one lesion over visits shares a `lesion_id`. Pixel centres are at integers, (0, 0) the centre of the top left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

Point = tuple[float, float]
"""(x, y) in px."""

Size = tuple[int, int]
"""(width, height) of the upright original in px; (0, 0) where nobody knows."""

LEAST_PX = 0.01
"""What is smaller than this has no extent."""

MOST_POINTS = 4000
MOST_TEXT = 500


class MarkKind(StrEnum):
    """What is drawn."""

    ARROW = "arrow"
    CIRCLE = "circle"
    OUTLINE = "outline"
    LENGTH = "length"
    TEXT = "text"


_POINTS = {
    MarkKind.ARROW: (2, 2),
    MarkKind.CIRCLE: (2, 2),
    MarkKind.OUTLINE: (3, MOST_POINTS),
    MarkKind.LENGTH: (2, MOST_POINTS),
    MarkKind.TEXT: (1, 1),
}


@dataclass(frozen=True)
class Mark:
    """One mark. Arrow: tail, head. Circle: centre, a point on it. Outline: closed. Length: a line of any bends.

    `aided` says that edges helped to draw it; `pinned` are the indexes of points the person set and nothing moves.
    """

    mark_id: str
    photo_id: str
    kind: MarkKind
    points: tuple[Point, ...]
    text: str = ""
    lesion_id: str = ""
    aided: bool = False
    pinned: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        least, most = _POINTS[self.kind]
        if not least <= len(self.points) <= most:
            raise ValueError(f"a mark of kind {self.kind} has {least} to {most} points")
        if not all(math.isfinite(x) and math.isfinite(y) for x, y in self.points):
            raise ValueError("points of a mark are finite")
        if len(self.text) > MOST_TEXT:
            raise ValueError(f"a mark's text has at most {MOST_TEXT} characters")
        if any(not 0 <= index < len(self.points) for index in self.pinned):
            raise ValueError("pinned points are points of the mark")


def inside(point: Point, size: Size) -> bool:
    """Whether a point lies on the photo, its edges included."""
    return not all(size) or point == held(point, size)


def held(point: Point, size: Size) -> Point:
    """The place on the photo nearest to a point: what lies beside the photo is held to its edge."""
    if not all(size):
        return point
    x, y = (min(max(at, -0.5), length - 0.5) for at, length in zip(point, size, strict=True))
    return x, y


def outside_words(size: Size) -> str:
    """The sentence about points that lie beside a photo."""
    width, height = size
    return (
        f"A point lies outside the photo, which is {width} × {height} px:"
        f" points go from 0,0 at the top left to {width - 1},{height - 1}."
    )


def has_extent(mark: Mark) -> bool:
    """Whether there is anything to measure or see: an outline has an area, all others but words are no single place."""
    if mark.kind is MarkKind.TEXT:
        return True
    first = mark.points[0]
    far = max(mark.points, key=lambda point: math.dist(first, point))
    reach = math.dist(first, far)
    if mark.kind is not MarkKind.OUTLINE or reach < LEAST_PX:
        return reach >= LEAST_PX
    across, down = (far[0] - first[0]) / reach, (far[1] - first[1]) / reach
    return any(abs((x - first[0]) * down - (y - first[1]) * across) >= LEAST_PX for x, y in mark.points)


NO_EXTENT = "This mark has no extent: its points lie in one place, or an outline's on one line."


class ScaleSource(StrEnum):
    """Where a scale comes from."""

    RULER = "ruler in the photo"
    STICKER = "sticker of known size"
    DICOM = "pixel spacing in the file"
    HAND = "typed in by hand"


@dataclass(frozen=True)
class Scale:
    """Millimetres a pixel of the original covers across and down, how sure that is, and who says so.

    `error_share` is one standard deviation relative to the scale. It holds in the plane it was taken in.
    """

    photo_id: str
    across_mm: float
    down_mm: float
    error_share: float
    source: ScaleSource
    points: tuple[Point, ...] = ()
    known_mm: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.across_mm < 100 and 0 < self.down_mm < 100):
            raise ValueError("a pixel covers more than nothing and less than 100 mm")
        if not 0 <= self.error_share < 1:
            raise ValueError("the error is a share of the scale")

    @property
    def words(self) -> str:
        """`0.042 mm a pixel ± 1 % (ruler in the photo)`."""
        return f"{self.across_mm:.3g} mm a pixel ± {max(1, round(100 * self.error_share))} % ({self.source.value})"


@dataclass(frozen=True)
class Lesion:
    """Something followed over visits; `name` is the clinic's own, like `L1 left forearm`."""

    lesion_id: str
    name: str
    body_site: str = ""
