"""Points of a picture that can be found again in another, and which of two pictures' points are the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from photodesk.compare.mapping import LEAST_MATCHES, Matrix, Points, mapped
from photodesk.imaging.decoded import Pixels

MOST_FEATURES = 5000
DISTANCE_RATIO = 0.82
ALIKE = 0.6  # least likeness of a pair that lies where the mapping says
_ROWS = 512  # at a time, so that memory stays flat

Likeness = npt.NDArray[np.float32]
"""float32, (points of A, points of B): 1 for the same words."""


@dataclass(frozen=True)
class Features:
    """`points` float32, (n, 2), px; `words` float32, (n, 128), unit vectors (RootSIFT)."""

    points: npt.NDArray[np.float32]
    words: npt.NDArray[np.float32]


def features(grey: Pixels) -> Features | None:
    """Of a grey picture, uint8, (height, width); None where it has too little to hold on to."""
    keys, found = cv2.SIFT.create(nfeatures=MOST_FEATURES, contrastThreshold=0.01).detectAndCompute(grey, None)
    if found is None or len(keys) < LEAST_MATCHES:
        return None
    return Features(np.array([key.pt for key in keys], np.float32), _root(found))


def likeness(a: Features, b: Features) -> Likeness:
    """Of every point of A to every point of B."""
    alike: Likeness = a.words @ b.words.T
    return alike


def matches(a: Features, b: Features, alike: Likeness) -> tuple[Points, Points]:
    """Points that are each other's best match and clearly better than the second, float64, (n, 2) each."""
    forth, back = _best(alike), _best(alike.T)
    rows = np.arange(len(forth))
    sure = (forth >= 0) & (back[np.maximum(forth, 0)] == rows)
    of_a, of_b = a.points[rows[sure]], b.points[forth[sure]]
    _, first = np.unique(np.hstack([of_a, of_b]).round(), axis=0, return_index=True)
    return of_a[first].astype(np.float64), of_b[first].astype(np.float64)


def guided_matches(
    a: Features, b: Features, alike: Likeness, mapping: Matrix, within_px: float
) -> tuple[Points, Points]:
    """Pairs that lie where the mapping says and are each other's best there, however alike others elsewhere are."""
    landed = mapped(mapping, b.points.astype(np.float64)).astype(np.float32)
    best_b, best = np.zeros(len(a.points), np.int64), np.full(len(a.points), -1, np.float32)
    best_a, best_of_b = np.zeros(len(landed), np.int64), np.full(len(landed), -1, np.float32)
    for start in range(0, len(a.points), _ROWS):
        rows = slice(start, start + _ROWS)
        apart = np.square(a.points[rows, None, 0] - landed[None, :, 0])
        apart += np.square(a.points[rows, None, 1] - landed[None, :, 1])
        near = np.where(apart < within_px**2, alike[rows], -1)
        best_b[rows], best[rows] = near.argmax(axis=1), near.max(axis=1)
        candidate = near.argmax(axis=0)
        value = near[candidate, np.arange(len(landed))]
        better = value > best_of_b
        best_of_b[better], best_a[better] = value[better], candidate[better] + start
    rows_a = np.arange(len(a.points))
    sure = (best > ALIKE) & (best_a[best_b] == rows_a)
    return a.points[sure].astype(np.float64), b.points[best_b[sure]].astype(np.float64)


def _root(descriptors: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """RootSIFT (Arandjelović and Zisserman 2012): unit vectors whose product is Hellinger's similarity."""
    scaled = descriptors / np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-6)
    root: npt.NDArray[np.float32] = np.sqrt(scaled).astype(np.float32)
    return root


def _best(alike: Likeness) -> npt.NDArray[np.int64]:
    """For each row the best column, or −1 where the second best is nearly as good (distance ratio)."""
    best = alike.argmax(axis=1)
    rows = np.arange(len(best))
    first = alike[rows, best]
    others = alike.copy()
    others[rows, best] = -1
    second = others.max(axis=1)
    distance = np.sqrt(np.maximum(2 - 2 * first, 0)), np.sqrt(np.maximum(2 - 2 * second, 1e-9))
    return np.where(distance[0] < DISTANCE_RATIO * distance[1], best, -1)
