"""Where a second photo lies on a first, found by itself and only claimed where it can be shown.

Features (RootSIFT on locally equalised grey, at most `WORK_LONG_EDGE_PX`) are matched both ways with a ratio test; a
similarity (RANSAC) and a homography (MAGSAC++, Barath et al. 2020) are estimated and the simpler one is kept unless
the other explains clearly more. Where that does not convince, it is tried once more on smoothed, smaller pictures.
The confidence then asks five things, and is as good as the worst answer: how many matches agree, what share of them,
how much of what both frames show they hold, whether the mapping is one a camera can make, and whether the pictures
themselves correlate once one is laid on the other, which the matches had no part in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from photodesk.imaging.decoded import Pixels
from photodesk.imaging.renditions import shrink

ALIGNED_FROM = 0.80
WORK_LONG_EDGE_PX = 1280
_SECOND_LONG_EDGE_PX = 640

Matrix = npt.NDArray[np.float64]
"""float64, (3, 3), homogeneous: (x, y, 1) of one picture to another's, pixel centres at integers."""

Rows = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
"""The same as plain numbers, row by row."""

_FEATURES = 5000
_RATIO = 0.82
_THRESHOLD_PX = 3.0
_HOMOGRAPHY_GAIN = 1.15
_LEAST_MATCHES = 8
_CELLS = 6


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
    """What speaks for a mapping; `confidence` folds it. Kept apart so that tests and tuning see the parts."""

    agreeing: int
    share: float
    coverage: float
    sanity: float
    correlation: float

    def confidence(self) -> float:
        """0…1, as good as the worst answer."""
        answers = (
            _ramp(self.agreeing, 8, 32),
            _ramp(self.share, 0.10, 0.40),
            _ramp(self.coverage, 0.04, 0.20),
            self.sanity,
            _ramp(self.correlation, 0.15, 0.45),
        )
        return round(float(min(answers)) * 0.98, 3)


def align(a: Pixels, b: Pixels, a_size: tuple[int, int], b_size: tuple[int, int]) -> Alignment:
    """Lay B on A. `a`, `b`: screen renditions or larger; sizes are the upright originals' (width, height) in px."""
    best = Alignment(0.0, None)
    for grey_a, grey_b in ((_sharp_grey(a), _sharp_grey(b)), (_smooth_grey(a), _smooth_grey(b))):
        mapping, evidence = estimate(grey_a, grey_b)
        if mapping is None or evidence is None:
            continue
        confidence = evidence.confidence()
        if confidence >= ALIGNED_FROM:
            full = _scaling(_size(grey_a), a_size) @ mapping @ np.linalg.inv(_scaling(_size(grey_b), b_size))
            return Alignment(confidence, _rows(full / full[2, 2]), evidence.agreeing)
        if confidence > best.confidence:
            best = Alignment(confidence, None, evidence.agreeing)
    return best


def estimate(grey_a: Pixels, grey_b: Pixels) -> tuple[Matrix | None, Evidence | None]:
    """The mapping B → A between two greys (uint8, (height, width)) and what speaks for it; None, None without one."""
    points_a, points_b = _matches(grey_a, grey_b)
    if len(points_a) < _LEAST_MATCHES:
        return None, None
    mapping, agree = _fit(points_a, points_b)
    if mapping is None or agree.sum() < _LEAST_MATCHES:
        return None, None
    size_a, size_b = _size(grey_a), _size(grey_b)
    evidence = Evidence(
        agreeing=int(agree.sum()),
        share=float(agree.mean()),
        coverage=_coverage(points_a[agree], mapping, size_a, size_b),
        sanity=_sanity(mapping, size_a, size_b),
        correlation=_correlation(grey_a, grey_b, mapping),
    )
    return mapping, evidence


def _sharp_grey(pixels: Pixels) -> Pixels:
    """Locally equalised grey at working size."""
    grey = cv2.cvtColor(shrink(pixels, WORK_LONG_EDGE_PX), cv2.COLOR_RGB2GRAY)
    return cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(grey).astype(np.uint8, copy=False)


def _smooth_grey(pixels: Pixels) -> Pixels:
    """Smaller and smoothed: what stays of skin when pores, hair and focus differ."""
    grey = cv2.cvtColor(shrink(pixels, _SECOND_LONG_EDGE_PX), cv2.COLOR_RGB2GRAY)
    return cv2.GaussianBlur(grey, (0, 0), 1.0).astype(np.uint8, copy=False)


def _matches(grey_a: Pixels, grey_b: Pixels) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Points that are each other's best match and clearly better than the second, float32, (n, 2)."""
    sift = cv2.SIFT.create(nfeatures=_FEATURES, contrastThreshold=0.01)
    keys_a, found_a = sift.detectAndCompute(grey_a, None)
    keys_b, found_b = sift.detectAndCompute(grey_b, None)
    none = np.zeros((0, 2), np.float32)
    if found_a is None or found_b is None or min(len(keys_a), len(keys_b)) < _LEAST_MATCHES:
        return none, none
    likeness: npt.NDArray[np.float32] = _root(found_a) @ _root(found_b).T
    forth, back = _best(likeness), _best(likeness.T)
    pairs = [(i, j) for i, j in enumerate(forth) if j >= 0 and back[j] == i]
    if not pairs:
        return none, none
    of_a = np.array([keys_a[i].pt for i, _ in pairs], np.float32)
    of_b = np.array([keys_b[j].pt for _, j in pairs], np.float32)
    _, first = np.unique(np.hstack([of_a, of_b]).round(), axis=0, return_index=True)
    return of_a[first], of_b[first]


def _root(descriptors: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """RootSIFT (Arandjelović and Zisserman 2012): unit vectors whose product is Hellinger's similarity."""
    scaled = descriptors / np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-6)
    root: npt.NDArray[np.float32] = np.sqrt(scaled).astype(np.float32)
    return root


def _best(likeness: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """For each row the best column, or −1 where the second best is nearly as good (distance ratio)."""
    best = likeness.argmax(axis=1)
    rows = np.arange(len(best))
    first = likeness[rows, best]
    others = likeness.copy()
    others[rows, best] = -1
    second = others.max(axis=1)
    distance = np.sqrt(np.maximum(2 - 2 * first, 0)), np.sqrt(np.maximum(2 - 2 * second, 1e-9))
    return np.where(distance[0] < _RATIO * distance[1], best, -1)


def _fit(
    points_a: npt.NDArray[np.float32], points_b: npt.NDArray[np.float32]
) -> tuple[Matrix | None, npt.NDArray[np.bool_]]:
    """B → A as a similarity, or as a homography where that explains clearly more matches, and which matches agree."""
    nothing = np.zeros(len(points_a), bool)
    simple, _ = cv2.estimateAffinePartial2D(
        points_b, points_a, method=cv2.RANSAC, ransacReprojThreshold=2 * _THRESHOLD_PX, maxIters=5000, confidence=0.999
    )
    full, _ = cv2.findHomography(points_b, points_a, cv2.USAC_MAGSAC, _THRESHOLD_PX, maxIters=10000, confidence=0.999)
    candidates: list[tuple[Matrix, npt.NDArray[np.bool_]]] = []
    for found in (simple, full):
        if found is not None and np.isfinite(found).all():
            matrix = np.vstack([found, [0, 0, 1]])[:3].astype(np.float64)
            candidates.append((matrix, _errors(matrix, points_a, points_b) < _THRESHOLD_PX))
    if not candidates:
        return None, nothing
    matrix, agree = candidates[0]
    if len(candidates) == 2 and candidates[1][1].sum() > _HOMOGRAPHY_GAIN * agree.sum():
        matrix, agree = candidates[1]
    return matrix, agree


def _errors(
    matrix: Matrix, points_a: npt.NDArray[np.float32], points_b: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    """Distance in px between each point of A and where B's lands."""
    landed = cv2.perspectiveTransform(points_b.reshape(-1, 1, 2).astype(np.float64), matrix).reshape(-1, 2)
    return np.asarray(np.linalg.norm(landed - points_a, axis=1), np.float64)


def _coverage(
    points_a: npt.NDArray[np.float32], matrix: Matrix, size_a: tuple[int, int], size_b: tuple[int, int]
) -> float:
    """How much of what both frames show is held by agreeing matches; 0 where they share less than a tenth of A.

    The hull's share of the common area, times the share of filled cells of a 6 × 6 grid over it, to the power ½.
    """
    frame_a = _corners(size_a).astype(np.float32)
    frame_b = cv2.perspectiveTransform(_corners(size_b), matrix).astype(np.float32)
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
    corners = _corners(size_b)
    depth = corners.reshape(-1, 2) @ matrix[2, :2] + matrix[2, 2]
    if depth.min() <= 0 or depth.max() / depth.min() > 4:
        return 0.0
    landed = cv2.perspectiveTransform(corners, matrix).reshape(-1, 2).astype(np.float32)
    if not cv2.isContourConvex(landed.reshape(-1, 1, 2)) or np.linalg.det(matrix[:2, :2]) <= 0:
        return 0.0
    scale = math.sqrt(cv2.contourArea(landed) / (size_a[0] * size_a[1]))
    return _ramp(min(scale, 1 / max(scale, 1e-6)), 0.15, 0.30)


def _correlation(grey_a: Pixels, grey_b: Pixels, matrix: Matrix) -> float:
    """Median over cells of the correlation of A with B laid on it, where both have texture; 0 with little overlap."""
    width, height = _size(grey_a)
    laid = cv2.warpPerspective(grey_b, matrix, (width, height), flags=cv2.INTER_AREA)
    there = cv2.warpPerspective(np.full_like(grey_b, 255), matrix, (width, height), flags=cv2.INTER_NEAREST)
    smooth_a, smooth_b = (cv2.GaussianBlur(grey, (0, 0), 2.0).astype(np.float32) for grey in (grey_a, laid))
    inside = cv2.erode(there, np.ones((9, 9), np.uint8)) > 0
    cell = max(24, max(width, height) // 20)
    found = []
    for top in range(0, height - cell + 1, cell):
        for left in range(0, width - cell + 1, cell):
            window = np.s_[top : top + cell, left : left + cell]
            if inside[window].all():
                one, other = smooth_a[window] - smooth_a[window].mean(), smooth_b[window] - smooth_b[window].mean()
                strength = math.sqrt(float((one * one).sum()) * float((other * other).sum()))
                if strength > 16.0 * cell * cell:
                    found.append(float((one * other).sum()) / strength)
    return float(np.median(found)) if len(found) >= _LEAST_MATCHES else 0.0


def _corners(size: tuple[int, int]) -> Matrix:
    width, height = size
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64).reshape(-1, 1, 2)


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
