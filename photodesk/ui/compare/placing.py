"""Places marked in both photos by a person, two or more: the state and its words. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from photodesk.compare.landmarks import Landmark, Point, fit_landmarks
from photodesk.compare.mapping import Matrix, corners, mapped
from photodesk.compare.thin_plate import LEAST_LANDMARKS, thin_plate
from photodesk.errors import Refused
from photodesk.photos.comparison import LaidBy, Rows
from photodesk.ui.compare.laying import Laying
from photodesk.ui.compare.model import Side

MOST_POINTS = 24
_AGREES_PX, _MOST_DEPTH, _MOST_LARGER = 0.01, 6.0, 400.0
Size = tuple[int, int]


@dataclass
class Points:
    """The n-th point of A and the n-th of B are one place; the longer list waits for the other."""

    placed: dict[Side, list[Point]] = field(default_factory=lambda: {side: [] for side in Side})
    order: list[Side] = field(default_factory=list)
    bent: bool = False

    @classmethod
    def of(cls, laying: Laying | None) -> Points:
        """The points a pair was laid by, to go on with."""
        found = cls()
        for ax, ay, bx, by in laying.landmarks if laying is not None else ():
            found.put(Side.A, (ax, ay))
            found.put(Side.B, (bx, by))
        found.bent = laying is not None and laying.bent
        return found

    def put(self, side: Side, point: Point) -> int:
        """One more point; its index, -1 where there are enough."""
        if len(self.placed[side]) >= MOST_POINTS:
            return -1
        self.placed[side].append(point)
        self.order.append(side)
        return len(self.placed[side]) - 1

    def move(self, side: Side, index: int, point: Point) -> None:
        """Another place for a point."""
        self.placed[side][index] = point

    def take_back(self) -> bool:
        """Take the newest point away; whether there was one."""
        if not self.order:
            return False
        self.placed[self.order.pop()].pop()
        return True

    @property
    def pairs(self) -> tuple[Landmark, ...]:
        """Places marked in both photos."""
        return tuple(Landmark(a, b) for a, b in zip(*self.placed.values(), strict=False))

    def laying(self, size_a: Size, size_b: Size) -> Laying:
        """How B lies by them; sizes are (width, height) px.

        Fixable from `fit_landmarks` and `thin_plate`; Refused `points_disagree` where no camera sees B like that,
        `points_fold_skin` where bending would turn skin over.
        """
        pairs = self.pairs
        fit = fit_landmarks(pairs)
        if not _can_be(fit.matrix, size_a, size_b):
            raise Refused(
                "points_disagree",
                "These points do not show the same places: no view of one photo lies on the other like that.",
                "Move the points that do not belong together, or take them back.",
            )
        top, middle, bottom = ((float(x), float(y), float(z)) for x, y, z in fit.matrix)
        rows: Rows = (top, middle, bottom)
        marks = tuple((*one.a, *one.b) for one in pairs)
        laid = Laying(LaidBy.LANDMARKS, rows, 0.0, marks, fit.residual_px)
        if not self.bent:
            return laid
        if thin_plate(pairs).folds(size_a):
            raise Refused(
                "points_fold_skin",
                "Bent through these points, the skin would fold over itself.",
                "Move the points that do not show the same place, or take them back.",
            )
        return replace(laid, bent=True)

    @property
    def can_bend(self) -> bool:
        """Whether there are points enough for a thin plate."""
        return len(self.pairs) >= LEAST_LANDMARKS

    def next_words(self) -> str:
        """What to do now."""
        a, b = (len(self.placed[side]) for side in Side)
        if a == b:
            return "Click a place that both photos show." if a < 2 else "Drag a point to move it, or click one more."
        ahead, behind = (Side.A, Side.B) if a > b else (Side.B, Side.A)
        number = len(self.placed[behind]) + 1
        return f"Now click place {number} of {ahead.value} in {behind.value}."


def _can_be(matrix: Matrix, size_a: Size, size_b: Size) -> bool:
    """Whether a camera could see B's frame like that from A: not folded, not mirrored, not absurdly large or small."""
    outline = corners(size_b).reshape(-1, 2)
    depth = outline @ matrix[2, :2] + matrix[2, 2]
    if not np.isfinite(matrix).all() or depth.min() <= 0 or depth.max() / depth.min() > _MOST_DEPTH:
        return False
    landed = mapped(matrix, outline)
    (ax, ay), (bx, by) = landed[2] - landed[0], landed[3] - landed[1]
    share = float(ax * by - ay * bx) / 2 / (size_a[0] * size_a[1])
    return 1 / _MOST_LARGER < share < _MOST_LARGER


def residual_words(laying: Laying, diagonal_px: float) -> str:
    """How well the points agree; `diagonal_px` is A's."""
    count = len(laying.landmarks)
    if laying.residual_px < _AGREES_PX:
        return f"By {count} points. So few always agree: one more shows whether they are right."
    share = 100 * laying.residual_px / max(1.0, diagonal_px)
    return f"{count} points agree within {laying.residual_px:.1f} px, {share:.2f} % of the photo."
