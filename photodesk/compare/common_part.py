"""The part two photos share, in one frame at one scale: what light and sharpness can be compared on.

Where it is known how B lies on A, both are drawn into A's frame as sharp as the coarser of them is there, and only
what both show counts. Otherwise each whole photo stands for itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from photodesk.compare.render import scaled_matrix
from photodesk.imaging.decoded import Pixels
from photodesk.imaging.renditions import shrink
from photodesk.imaging.srgb import linear

LONG_EDGE_PX = 1024
LEAST_SHARE = 0.05
"""Less in common than this share of A's frame says nothing: whole photos are compared."""

_DARK, _BLOWN = 10, 249
_EDGE_PX, _TILE_PX = 5, 8

DARKEST, BRIGHTEST = (float(level) for level in linear(np.array([_DARK, _BLOWN]) / 255))
"""Linear light between which a level is neither black nor blown."""

Plane = npt.NDArray[np.float32]
Size = tuple[int, int]
"""(width, height) of an upright original in px."""


@dataclass(frozen=True)
class Part:
    """Linear light, float32, (height, width, 3), 0…1; `inside` says what belongs to it, `sound` what of that is
    neither black nor blown.
    """

    light: Plane
    inside: npt.NDArray[np.bool_]
    sound: npt.NDArray[np.bool_]

    @property
    def luminance(self) -> Plane:
        """float32, (height, width)."""
        luminance: Plane = self.light @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        return luminance


@dataclass(frozen=True)
class CommonPart:
    """Both photos; `registered` when the same pixel shows the same place in both."""

    a: Part
    b: Part
    registered: bool


def common_part(a: Pixels, b: Pixels, sizes: tuple[Size, Size], b_to_a: Sequence[Sequence[float]] | None) -> CommonPart:
    """What A and B have in common. `sizes`: of the originals, whose pixels `b_to_a` maps; None shows each whole."""
    if b_to_a is not None:
        found = _registered(a, b, sizes, b_to_a)
        if found is not None:
            return found
    edge = min(LONG_EDGE_PX, max(a.shape[:2]), max(b.shape[:2]))
    one, other = (shrink(each, edge) for each in (a, b))
    return CommonPart(_part(one, None), _part(other, None), registered=False)


def _registered(a: Pixels, b: Pixels, sizes: tuple[Size, Size], b_to_a: Sequence[Sequence[float]]) -> CommonPart | None:
    size_a, size_b = sizes
    a_factor, b_factor = a.shape[1] / size_a[0], b.shape[1] / size_b[0]
    grows = math.sqrt(abs(float(np.linalg.det(jacobian(b_to_a, size_b)))))  # px of A for one of B
    if not 1e-3 < grows < 1e3:
        return None
    working = min(a_factor / 2, b_factor / grows / 2, LONG_EDGE_PX / max(size_a))
    wide, high = max(8, round(size_a[0] * working)), max(8, round(size_a[1] * working))
    twice = 2 * wide, 2 * high  # drawn twice as large and halved: drawing itself then blurs nothing that is compared
    small_a = cv2.resize(a, twice, interpolation=cv2.INTER_AREA)
    small_b, factor = _near(b, 2 * working * grows / b_factor)
    mapping = np.array(scaled_matrix(b_to_a, 2 * working, b_factor * factor), np.float64)
    laid = cv2.warpPerspective(small_b, mapping, twice, flags=cv2.INTER_LINEAR)
    there = np.full(small_b.shape[:2], 255, np.uint8)
    drawn = cv2.resize(cv2.warpPerspective(there, mapping, twice, flags=cv2.INTER_NEAREST), (wide, high))
    inside = cv2.erode(drawn, np.ones((3, 3), np.uint8), iterations=_EDGE_PX, borderValue=255) > 250
    one, other = (
        cv2.resize(each, (wide, high), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        for each in (small_a, laid)
    )
    if inside.mean() < LEAST_SHARE:
        return None
    return CommonPart(_part(one, inside), _part(other, inside), registered=True)


def jacobian(b_to_a: Sequence[Sequence[float]], size_b: Size) -> npt.NDArray[np.float64]:
    """What the mapping does around the middle of B: 2 × 2, px of A for px of B."""
    matrix = np.array(b_to_a, np.float64)
    x, y, w = matrix @ np.array([size_b[0] / 2, size_b[1] / 2, 1.0])
    if abs(w) < 1e-12:
        return np.zeros((2, 2))
    return np.asarray((matrix[:2, :2] - np.outer([x / w, y / w], matrix[2, :2])) / w)


def tiled(part: Part, plane: Plane) -> tuple[Plane, Plane]:
    """Means of tiles of 8 × 8 px and each tile's share of sound pixels: noise and half a pixel's shift average out."""
    high, wide = (max(1, length // _TILE_PX) for length in plane.shape[:2])
    sound = part.sound.astype(np.float32)
    share = cv2.resize(sound, (wide, high), interpolation=cv2.INTER_AREA)
    total = cv2.resize(plane * sound, (wide, high), interpolation=cv2.INTER_AREA)
    return np.asarray(total / np.maximum(share, 1e-6), np.float32), np.asarray(share, np.float32)


def _near(pixels: Pixels, factor: float) -> tuple[Pixels, float]:
    """Shrunk to the scale it is about to be drawn at: drawing alone would skip pixels."""
    if factor >= 1:
        return pixels, 1.0
    wide = max(8, round(pixels.shape[1] * factor))
    exact = wide / pixels.shape[1]
    small = cv2.resize(pixels, (wide, max(8, round(pixels.shape[0] * exact))), interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False), exact


def _part(pixels: Pixels, inside: npt.NDArray[np.bool_] | None) -> Part:
    inside = np.ones(pixels.shape[:2], bool) if inside is None else inside
    sound = inside & (pixels.min(axis=2) >= _DARK) & (pixels.max(axis=2) <= _BLOWN)
    table = linear(np.arange(256) / 255).astype(np.float32)
    return Part(table[pixels], inside, sound)
