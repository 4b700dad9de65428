"""Where a second photo lies on a first, found by itself and only claimed where it can be shown.

Features on locally equalised grey (at most `WORK_LONG_EDGE_PX`) are matched both ways; a similarity, an affine map or
a homography is fitted (`mapping`), more matches are taken where it says they should lie, and it is fitted again. Where
that does not convince, it is tried once more on smoothed, smaller pictures. The confidence then asks seven things, and
is as good as the worst answer: how many matches agree, what share of them, how much of what both frames show they
hold, whether the mapping is one a camera can make, how sure the corners are, whether the pictures themselves
correlate once one is laid on the other, which the matches had no part in, and that they do so everywhere: the same
drape, couch or dermoscope around another skin agrees with itself, and the skin in it does not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from photodesk.compare.features import Both, features, guided_matches, in_turn, matches
from photodesk.compare.mapping import LEAST_MATCHES, Fit, Matrix, Points, best_fit, corner_doubt_px, corners, first_fit
from photodesk.imaging.decoded import Pixels
from photodesk.imaging.renditions import shrink

ALIGNED_FROM = 0.80
WORK_LONG_EDGE_PX = 1280
_SECOND_LONG_EDGE_PX = 640

Rows = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
"""The same as plain numbers, row by row."""

_CELLS = 6
_TEXTURE, _FLAT, _FLAT_SHARE = 4.0, 2.5, 0.3
"""Grey levels (standard deviation) from which a cell has texture, to which it is flat; the same beside the other."""
_UNLIKE = 0.3


@dataclass(frozen=True)
class Alignment:
    """`matrix` maps upright original pixels of B to A's; None unless `aligned`. `confidence` is 0…1."""

    confidence: float
    matrix: Rows | None
    matches: int = 0

    @property
    def aligned(self) -> bool:
        """Whether it may be shown as aligned."""
        return self.matrix is not None


@dataclass(frozen=True)
class Evidence:
    """What speaks for a mapping; `confidence` folds it. Kept apart so that tests and tuning see the parts.

    `alone` matches agreed before the mapping guided the search, `share` of all found then; `agreeing` were found with
    it. `coverage` is that of the first, or of the second as far as they lie closer than chance puts them. `doubt` is
    that of the corners relative to the diagonal. `apart` is the largest part where each picture shows something else,
    as a share of what has texture (of half the common area at least).
    """

    alone: int
    share: float
    agreeing: int
    coverage: float
    sanity: float
    doubt: float
    correlation: float
    apart: float

    def confidence(self) -> float:
        """0…1, as good as the worst answer; where the pictures correlate, fewer and closer matches are enough."""
        seen = self.correlation
        enough = min(_ramp(self.alone, 8, 14), _ramp(self.agreeing, 40, 100), _ramp(seen, 0.45, 0.65))
        spread = min(_ramp(self.coverage, 0.02, 0.10), _ramp(seen, 0.45, 0.60))
        answers = (
            max(_ramp(self.alone, 8, 32), min(enough, _ramp(self.coverage, 0.3, 0.6))),
            _ramp(self.share, 0.10, 0.40),
            max(_ramp(self.coverage, 0.04, 0.20), spread),
            self.sanity,
            1 - _ramp(self.doubt, 0.004, 0.02),
            _ramp(seen, 0.15, 0.45),
            1 - _ramp(self.apart, 0.095, 0.16),
        )
        return round(float(min(answers)) * 0.98, 3)


def align(a: Pixels, b: Pixels, a_size: tuple[int, int], b_size: tuple[int, int], both: Both = in_turn) -> Alignment:
    """Lay B on A. `a`, `b`: screen renditions or larger; sizes are the upright originals' (width, height) in px.

    `both` does what is done to each photo, at the same time where it has threads.
    """
    best = Alignment(0.0, None)
    for grey in (_sharp_grey, _smooth_grey):
        grey_a, grey_b = both(partial(grey, a), partial(grey, b))
        mapping, evidence = estimate(grey_a, grey_b, both)
        if mapping is None or evidence is None:
            continue
        confidence = evidence.confidence()
        if confidence >= ALIGNED_FROM:
            full = _scaling(_size(grey_a), a_size) @ mapping @ np.linalg.inv(_scaling(_size(grey_b), b_size))
            return Alignment(confidence, _rows(full / full[2, 2]), evidence.agreeing)
        if confidence > best.confidence:
            best = Alignment(confidence, None, evidence.agreeing)
    return best


def estimate(grey_a: Pixels, grey_b: Pixels, both: Both = in_turn) -> tuple[Matrix | None, Evidence | None]:
    """The mapping B → A between two greys (uint8, (height, width)) and what speaks for it; None, None without one."""
    a, b = both(partial(features, grey_a), partial(features, grey_b))
    if a is None or b is None:
        return None, None
    points_a, points_b = matches(a, b, both)
    within_px = min(3.0, max(1.0, 3.0 * max(*grey_a.shape, *grey_b.shape) / WORK_LONG_EDGE_PX))
    alone = first_fit(points_a, points_b, within_px) if len(points_a) >= LEAST_MATCHES else None
    if alone is None:
        return None, None
    agreed = alone.errors_px < within_px
    held = _coverage(points_a[agreed].astype(np.float32), alone.matrix, _size(grey_a), _size(grey_b))
    fit = alone
    guided_a, guided_b = guided_matches(a, b, alone.matrix, 2 * within_px)
    if len(guided_a) >= LEAST_MATCHES:
        guided = best_fit(alone.matrix, guided_a, guided_b, within_px)
        if guided is not None and (guided.errors_px < within_px).sum() >= 0.8 * agreed.sum():
            fit, points_a, points_b = guided, guided_a, guided_b
    return fit.matrix, _evidence(fit, points_a, points_b, within_px, agreed, held, grey_a, grey_b)


def _evidence(
    fit: Fit,
    points_a: Points,
    points_b: Points,
    within_px: float,
    agreed: npt.NDArray[np.bool_],
    held: float,
    grey_a: Pixels,
    grey_b: Pixels,
) -> Evidence:
    size_a, size_b = _size(grey_a), _size(grey_b)
    agree = fit.errors_px < within_px
    close = float((fit.errors_px < within_px / 2).mean())  # chance puts a sixteenth of guided matches so near
    spread = _coverage(points_a[agree].astype(np.float32), fit.matrix, size_a, size_b) * _ramp(close, 0.35, 0.60)
    correlation, apart = _agreement(grey_a, grey_b, fit.matrix)
    return Evidence(
        alone=int(agreed.sum()),
        share=float(agreed.mean()),
        agreeing=int(agree.sum()),
        coverage=max(held, spread),
        sanity=_sanity(fit.matrix, size_a, size_b),
        doubt=corner_doubt_px(fit, points_b, agree, size_b) / math.hypot(*size_a),
        correlation=correlation,
        apart=apart,
    )


def _sharp_grey(pixels: Pixels) -> Pixels:
    """Locally equalised grey at working size."""
    grey = cv2.cvtColor(shrink(pixels, WORK_LONG_EDGE_PX), cv2.COLOR_RGB2GRAY)
    return cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(grey).astype(np.uint8, copy=False)


def _smooth_grey(pixels: Pixels) -> Pixels:
    """Smaller and smoothed: what stays of skin when pores, hair and focus differ."""
    grey = cv2.cvtColor(shrink(pixels, _SECOND_LONG_EDGE_PX), cv2.COLOR_RGB2GRAY)
    return cv2.GaussianBlur(grey, (0, 0), 1.0).astype(np.uint8, copy=False)


def _coverage(
    points_a: npt.NDArray[np.float32], matrix: Matrix, size_a: tuple[int, int], size_b: tuple[int, int]
) -> float:
    """How much of what both frames show is held by agreeing matches; 0 where they share less than a tenth of A.

    The hull's share of the common area, times the share of filled cells of a 6 × 6 grid over it, to the power ½.
    """
    frame_a = corners(size_a).astype(np.float32)
    frame_b = cv2.perspectiveTransform(corners(size_b), matrix).astype(np.float32)
    if not cv2.isContourConvex(frame_b):
        return 0.0
    common, outline = cv2.intersectConvexConvex(frame_a, frame_b)
    if common < 0.1 * size_a[0] * size_a[1]:
        return 0.0
    low, high = outline.reshape(-1, 2).min(axis=0), outline.reshape(-1, 2).max(axis=0)
    hull = cv2.contourArea(cv2.convexHull(points_a)) / common
    cells = np.floor((points_a - low) / np.maximum(high - low, 1) * _CELLS).clip(0, _CELLS - 1)
    return math.sqrt(max(hull, 0.0) * len(np.unique(cells, axis=0)) / _CELLS**2)


def _sanity(matrix: Matrix, size_a: tuple[int, int], size_b: tuple[int, int]) -> float:
    """1 for a mapping between two views of one thing, 0 for a mirrored, folded or absurdly scaled one."""
    outline = corners(size_b)
    depth = outline.reshape(-1, 2) @ matrix[2, :2] + matrix[2, 2]
    if depth.min() <= 0 or depth.max() / depth.min() > 4:
        return 0.0
    landed = cv2.perspectiveTransform(outline, matrix).reshape(-1, 2).astype(np.float32)
    if not cv2.isContourConvex(landed.reshape(-1, 1, 2)) or np.linalg.det(matrix[:2, :2]) <= 0:
        return 0.0
    scale = math.sqrt(cv2.contourArea(landed) / (size_a[0] * size_a[1]))
    return _ramp(min(scale, 1 / max(scale, 1e-6)), 0.15, 0.30)


def _agreement(grey_a: Pixels, grey_b: Pixels, matrix: Matrix) -> tuple[float, float]:
    """The median correlation of cells of A with B laid on it, where both have texture; and how much lies `apart`.

    0, 0 with little overlap. A cell that is flat in one picture, as under a plaster, is no other skin.
    """
    width, height = _size(grey_a)
    laid = cv2.warpPerspective(grey_b, matrix, (width, height), flags=cv2.INTER_AREA)
    there = cv2.warpPerspective(np.full_like(grey_b, 255), matrix, (width, height), flags=cv2.INTER_NEAREST)
    smooth_a, smooth_b = (cv2.GaussianBlur(grey, (0, 0), 2.0).astype(np.float32) for grey in (grey_a, laid))
    inside = cv2.erode(there, np.ones((9, 9), np.uint8)) > 0
    cell = max(24, max(width, height) // 20)
    common, alike, unlike = (np.zeros((height // cell, width // cell), np.uint8) for _ in range(3))
    found: list[float] = []
    for row, column in np.ndindex(*common.shape):
        window = np.s_[row * cell : (row + 1) * cell, column * cell : (column + 1) * cell]
        if inside[window].all():
            common[row, column] = 1
            one, other = smooth_a[window] - smooth_a[window].mean(), smooth_b[window] - smooth_b[window].mean()
            less, more = sorted((float(one.std()), float(other.std())))
            if less * more > _TEXTURE**2:
                found.append(float((one * other).mean()) / (less * more))
                alike[row, column] = found[-1] >= _UNLIKE
                unlike[row, column] = found[-1] < _UNLIKE and less > max(_FLAT, _FLAT_SHARE * more)
    if len(found) < LEAST_MATCHES:
        return 0.0, 0.0
    return float(np.median(found)), _apart(common, alike, unlike) / max(len(found), int(common.sum()) / 2)


def _apart(common: Pixels, alike: Pixels, unlike: Pixels) -> int:
    """The most cells that are unlike in one part of the picture; smooth ones between them do not divide it."""
    near = np.where((common == 1) & (alike == 0), cv2.dilate(unlike, np.ones((3, 3), np.uint8)), 0).astype(np.uint8)
    parts, part = cv2.connectedComponents(near, connectivity=8)
    return max((int(unlike[part == number].sum()) for number in range(1, parts)), default=0)


def _rows(matrix: Matrix) -> Rows:
    top, middle, bottom = ((float(row[0]), float(row[1]), float(row[2])) for row in matrix)
    return top, middle, bottom


def _size(grey: Pixels) -> tuple[int, int]:
    return grey.shape[1], grey.shape[0]


def _scaling(small: tuple[int, int], large: tuple[int, int]) -> Matrix:
    """From pixels of a shrunk picture to the original's, pixel centres at integers: x' = (x + ½)·s − ½."""
    x, y = large[0] / small[0], large[1] / small[1]
    return np.array([[x, 0, x / 2 - 0.5], [0, y, y / 2 - 0.5], [0, 0, 1]], np.float64)


def _ramp(value: float, low: float, high: float) -> float:
    """0 at `low` and below, 1 at `high` and above."""
    return min(1.0, max(0.0, (value - low) / (high - low)))
