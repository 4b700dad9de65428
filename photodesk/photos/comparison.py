"""A comparison worth keeping: which photos, how they lie on each other, and what of them was seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

Rows = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
"""A 3 × 3 matrix: upright original pixels of one photo to another's, pixel centres at integers."""

MOST_PHOTOS = 6
MOST_NAME = 120


class LaidBy(StrEnum):
    """Who found how a photo lies."""

    NOBODY = "as taken"
    ITSELF = "aligned by features"
    LANDMARKS = "aligned by landmarks"
    HAND = "laid by hand"


@dataclass(frozen=True)
class Laid:
    """How one photo lies on the first. `landmarks`: (x, y) in the first, (x, y) in this one.

    `confidence` is the alignment's own, 0…1, where it was found by itself. `bent`: a thin plate through the landmarks.
    """

    photo_id: str
    by: LaidBy = LaidBy.NOBODY
    matrix: Rows | None = None
    confidence: float = 0.0
    landmarks: tuple[tuple[float, float, float, float], ...] = ()
    bent: bool = False


@dataclass(frozen=True)
class SeenPart:
    """What a pane showed: `zoom` over fit and the frame point in its middle, 0…1 each way, and its own turn."""

    zoom: float = 1.0
    centre_x: float = 0.5
    centre_y: float = 0.5
    turn_degrees: float = 0.0


@dataclass(frozen=True)
class KeptLight:
    """How the light of the second photo was matched to the first's: what its linear red, green and blue were multiplied
    by, by what, and which share of it that blew out."""

    by: str
    gains: tuple[float, float, float]
    clipped: float = 0.0


@dataclass(frozen=True)
class Comparison:
    """A named comparison of two to six photos of one patient; the first is what the others lie on.

    `mode` is the screen's word. `light_matched` is for display only and labelled wherever it is shown. `divider` is a
    share, of the width for a curtain (hung at `divider_degrees`), of the later photo for an overlay. `as_taken`: the
    photos were shown untouched although it is known how they lie. `light`: how it was matched, where that is known.
    `surround` is the screen's word for the grey around them, empty where that is not known.
    `away` counts photos of it that the chart does not list now (moved to another chart, or deleted); it is not kept.
    """

    comparison_id: str
    name: str
    laid: tuple[Laid, ...]
    mode: str
    parts: tuple[SeenPart, ...] = ()
    divider: float = 0.5
    light_matched: bool = False
    made_by: str = ""
    made_at_ms: int = 0
    divider_degrees: float = 0.0
    as_taken: bool = False
    light: KeptLight | None = None
    away: int = 0
    surround: str = ""

    def __post_init__(self) -> None:
        if not 2 <= len(self.laid) <= MOST_PHOTOS:
            raise ValueError(f"a comparison holds 2 to {MOST_PHOTOS} photos")
        if not 0 < len(self.name) <= MOST_NAME:
            raise ValueError(f"the name of a comparison has 1 to {MOST_NAME} characters")
        if not all(math.isfinite(number) for one in self.laid for row in one.matrix or () for number in row):
            raise ValueError("a mapping is made of finite numbers")
        if self.light is not None and not all(math.isfinite(gain) and gain > 0 for gain in self.light.gains):
            raise ValueError("light is multiplied by positive numbers")

    @property
    def photo_ids(self) -> tuple[str, ...]:
        """In the order of the panes."""
        return tuple(one.photo_id for one in self.laid)
