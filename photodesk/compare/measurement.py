"""Arithmetic on a person's marks: length, perimeter and area, each with its error. No judging, no finding.

Errors are one standard deviation, from two sources: the scale's own, and how precisely a point can be placed
(`PLACING_PX`), carried through the formula. Millimetres only where a scale is given; otherwise pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from photodesk.errors import Fixable
from photodesk.photos.marks import Mark, MarkKind, Point, Scale, ScaleSource

PLACING_PX = 1.0
_SHORT_PX = 20.0


@dataclass(frozen=True)
class Measured:
    """A value with one standard deviation; `unit` is mm, mm² or px, px²."""

    value: float
    error: float
    unit: str

    @property
    def words(self) -> str:
        """`12.4 ± 0.3 mm`, no more digits than the error allows."""
        digits = max(0, min(3, 1 - math.floor(math.log10(self.error)))) if self.error > 0 else 1
        return f"{self.value:.{digits}f} ± {self.error:.{digits}f} {self.unit}"


def scale_from(photo_id: str, ends: tuple[Point, Point], known_mm: float, source: ScaleSource) -> Scale:
    """The scale of a photo from two points on something `known_mm` apart.

    Its error is that of placing the two points. What lies askew to the camera looks shorter than it is (1.5 % at 10°),
    which two points cannot tell: wherever the scale is named, it is said that tilt is not counted.

    Fixable `scale_too_short` where they are closer than 20 px, `scale_not_positive`.
    """
    if not (math.isfinite(known_mm) and known_mm > 0):
        raise Fixable("scale_not_positive", "A length above zero is needed.", "Type how many millimetres it is.")
    apart_px = math.dist(*ends)
    if apart_px < _SHORT_PX:
        raise Fixable(
            "scale_too_short",
            "The two ends lie too close together for a scale.",
            "Take marks further apart, across most of the ruler.",
        )
    factor = known_mm / apart_px
    return Scale(photo_id, factor, factor, math.sqrt(2) * PLACING_PX / apart_px, source, ends, known_mm)


def scale_from_spacing(photo_id: str, spacing_mm: tuple[float, float]) -> Scale:
    """From DICOM pixel spacing: (down, across) mm between pixel centres."""
    down, across = spacing_mm
    return Scale(photo_id, across, down, 0.0, ScaleSource.DICOM)


def length(mark: Mark, scale: Scale | None) -> Measured:
    """Of a length mark along its bends, of an outline or circle its perimeter, of an arrow its shaft."""
    if mark.kind is MarkKind.CIRCLE:
        radius, error, unit = _radius(mark, scale)
        return Measured(2 * math.pi * radius, 2 * math.pi * error, unit)
    points, sides_mm, unit = _in_unit(mark.points, scale)
    if mark.kind is MarkKind.OUTLINE:
        points = np.vstack([points, points[:1]])
    steps = np.diff(points, axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    along = steps / np.maximum(lengths, 1e-12)[:, None]
    if mark.kind is MarkKind.OUTLINE:
        pulls = along - np.roll(along, 1, axis=0)
    else:
        pulls = np.vstack([along[:1], np.diff(along, axis=0), along[-1:]])
    value = float(lengths.sum())
    placed = PLACING_PX * sides_mm * math.sqrt(float((pulls**2).sum()))
    return Measured(value, math.hypot(placed, _share(scale) * value), unit)


def area(mark: Mark, scale: Scale | None) -> Measured:
    """Of an outline (the polygon as it stands) or a circle. ValueError for other marks.

    An edge is judged too far out or in all round, so the points of an outline err together, as the circle's edge does.
    """
    if mark.kind is MarkKind.CIRCLE:
        radius, error, unit = _radius(mark, scale)
        return Measured(math.pi * radius * radius, 2 * math.pi * radius * error, unit + "²")
    if mark.kind is not MarkKind.OUTLINE:
        raise ValueError("only outlines and circles have an area")
    points, side_mm, unit = _in_unit(mark.points, scale)
    after = np.roll(points, -1, axis=0)
    value = abs(float((points[:, 0] * after[:, 1] - after[:, 0] * points[:, 1]).sum())) / 2
    placed = PLACING_PX * side_mm * float(np.linalg.norm(after - points, axis=1).sum())
    return Measured(value, math.hypot(placed, 2 * _share(scale) * value), unit + "²")


def crosses_itself(points: Sequence[Point]) -> bool:
    """Whether a closed outline runs over itself: then it has no area worth saying."""
    ring = np.array(points, np.float64)
    start, end = ring, np.roll(ring, -1, axis=0)
    count = len(ring)
    for i in range(count - 2):
        others = np.arange(i + 2, count - (i == 0))
        if len(others) and _cross(start[i], end[i], start[others], end[others]).any():
            return True
    return False


def _cross(
    a: npt.NDArray[np.float64], b: npt.NDArray[np.float64], c: npt.NDArray[np.float64], d: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    def side(
        p: npt.NDArray[np.float64], q: npt.NDArray[np.float64], r: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.bool_]:
        turn = (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])
        return np.asarray(turn > 0)

    return np.asarray((side(a, b, c) != side(a, b, d)) & (side(c, d, a) != side(c, d, b)))


def _radius(mark: Mark, scale: Scale | None) -> tuple[float, float, str]:
    points, side_mm, unit = _in_unit(mark.points, scale)
    radius = float(np.linalg.norm(points[1] - points[0]))
    return radius, math.hypot(math.sqrt(2) * PLACING_PX * side_mm, _share(scale) * radius), unit


def _in_unit(points: Sequence[Point], scale: Scale | None) -> tuple[npt.NDArray[np.float64], float, str]:
    """Points in mm or px, the side of one pixel in that unit, the unit."""
    found = np.array(points, np.float64)
    if scale is None:
        return found, 1.0, "px"
    sides = np.array([scale.across_mm, scale.down_mm])
    return found * sides, math.sqrt(scale.across_mm * scale.down_mm), "mm"


def _share(scale: Scale | None) -> float:
    return 0.0 if scale is None else scale.error_share
