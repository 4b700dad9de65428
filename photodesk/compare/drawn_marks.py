"""Marks drawn into a copy of a photo that leaves as part of a picture: white with a dark edge, never coloured."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from photodesk.imaging.decoded import Pixels
from photodesk.photos.marks import Mark, MarkKind

_WHITE, _DARK = (255, 255, 255), (26, 26, 26)
_BITS = 4  # OpenCV's fixed point: sixteenths of a pixel
_HEAD_DEGREES, _HEAD_PX = 28.0, 7.0


def with_marks(pixels: Pixels, marks: Sequence[Mark], factor: float, line_px: float) -> Pixels:
    """A copy with the marks' lines; `factor` is px of `pixels` per px of the original, `line_px` how wide a line is.

    Words that a person typed are not drawn: they may say whose photo it is.
    """
    drawn = pixels.copy()
    lines = [line for mark in marks for line in _lines(mark, factor, line_px)]
    for colour, wide in ((_DARK, line_px + 2.6), (_WHITE, line_px)):
        for points, closed in lines:
            fixed = np.rint(points * (1 << _BITS)).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(drawn, [fixed], closed, colour, max(1, round(wide)), cv2.LINE_AA, _BITS)
    return drawn


def _lines(mark: Mark, factor: float, line_px: float) -> list[tuple[npt.NDArray[np.float64], bool]]:
    """(points in px, whether closed) of a mark."""
    points = (np.array(mark.points, np.float64) + 0.5) * factor - 0.5
    if mark.kind is MarkKind.TEXT:
        return []
    if mark.kind is MarkKind.CIRCLE:
        radius = math.dist(points[0], points[1])
        turn = np.linspace(0, 2 * math.pi, 97)[:-1]
        return [(points[0] + radius * np.stack([np.cos(turn), np.sin(turn)], axis=1), True)]
    if mark.kind is MarkKind.ARROW:
        return [(points, False), (_arrow_head(points[0], points[1], _HEAD_PX * line_px), False)]
    return [(points, mark.kind is MarkKind.OUTLINE)]


def _arrow_head(
    tail: npt.NDArray[np.float64], head: npt.NDArray[np.float64], long_px: float
) -> npt.NDArray[np.float64]:
    back = math.atan2(*(tail - head)[::-1])
    half = math.radians(_HEAD_DEGREES)
    sides = [head + long_px * np.array([math.cos(back + turn), math.sin(back + turn)]) for turn in (-half, half)]
    return np.array([sides[0], head, sides[1]])
