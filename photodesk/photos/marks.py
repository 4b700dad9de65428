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
