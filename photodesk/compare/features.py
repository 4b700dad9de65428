"""Points of a picture that can be found again in another, and which of two pictures' points are the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from photodesk.compare.mapping import LEAST_MATCHES, Matrix, Points, mapped
from photodesk.imaging.decoded import Pixels

MOST_FEATURES = 5000
DISTANCE_RATIO = 0.82
ALIKE = 0.6  # least likeness of a pair that lies where the mapping says
_ROWS = 512  # at a time, so that memory stays flat

_PAIRS, _MOST = 1 << 15, 1 << 22
_FAR = float(1 << 20)
_COLUMN = np.array([1 << 24, 1], np.int64)

Places = npt.NDArray[np.float32]
Words = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]

S = TypeVar("S")
T = TypeVar("T")


class Both(Protocol):
    """Does two pieces of work, perhaps at the same time; who has threads hands one in."""

    def __call__(self, one: Callable[[], S], other: Callable[[], T]) -> tuple[S, T]:
        """Both results; what either raises."""
        ...


def in_turn(one: Callable[[], S], other: Callable[[], T]) -> tuple[S, T]:
    """Without threads."""
    return one(), other()


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


def matches(a: Features, b: Features, both: Both = in_turn) -> tuple[Points, Points]:
    """Points that are each other's best match and clearly better than the second, float64, (n, 2) each."""
    forth = _both_halves(a.words, b.words, both)
    wanted = np.unique(forth[forth >= 0])  # only these are asked back
    back = np.full(len(b.words), -1, np.int64)
    back[wanted] = _both_halves(b.words[wanted], a.words, both)
    rows = np.arange(len(forth))
    sure = (forth >= 0) & (back[np.maximum(forth, 0)] == rows)
    of_a, of_b = a.points[rows[sure]], b.points[forth[sure]]
    _, first = np.unique(np.hstack([of_a, of_b]).round(), axis=0, return_index=True)
    return of_a[first].astype(np.float64), of_b[first].astype(np.float64)


def guided_matches(a: Features, b: Features, mapping: Matrix, within_px: float) -> tuple[Points, Points]:
    """Pairs that lie where the mapping says and are each other's best there, however alike others elsewhere are.

    None where the mapping heaps B up: it says nothing about where to look.
    """
    landed = mapped(mapping, b.points.astype(np.float64)).astype(np.float32)
    of_a, of_b = _neighbours(a.points, landed, within_px)
    alike = np.empty(len(of_a), np.float32)
    for start in range(0, len(of_a), _PAIRS):
        some = slice(start, start + _PAIRS)
        alike[some] = np.einsum("ij,ij->i", a.words[of_a[some]], b.words[of_b[some]])
    by_a, by_b = np.lexsort((of_b, -alike, of_a)), np.lexsort((of_a, -alike, of_b))
    best_a = np.full(len(landed), -1, np.int64)
    held, first = np.unique(of_b[by_b], return_index=True)
    best_a[held] = of_a[by_b][first]
    rows, first = np.unique(of_a[by_a], return_index=True)
    columns, best = of_b[by_a][first], alike[by_a][first]
    sure = (best > ALIKE) & (best_a[columns] == rows)
    return a.points[rows[sure]].astype(np.float64), b.points[columns[sure]].astype(np.float64)


def _neighbours(a: Places, b: Places, within_px: float) -> tuple[Indices, Indices]:
    """Every place of A with every place of B nearer than `within_px`, by cells of that size; none beyond `_MOST`."""
    cells_a, cells_b = (
        np.floor(np.nan_to_num(places / within_px).clip(-_FAR, _FAR)).astype(np.int64) for places in (a, b)
    )
    keys = cells_b @ _COLUMN
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    of_a, of_b, count = [], [], 0
    for step in np.ndindex(3, 3):
        wanted = (cells_a + np.array(step) - 1) @ _COLUMN
        low, high = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
        many = high - low
        count += int(many.sum())
        if count > _MOST:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        rows = np.repeat(np.arange(len(a)), many)
        within = np.arange(len(rows)) - np.repeat(np.cumsum(many) - many, many)
        of_a.append(rows)
        of_b.append(order[np.repeat(low, many) + within])
    rows, columns = np.concatenate(of_a), np.concatenate(of_b)
    near = np.square(a[rows] - b[columns]).sum(axis=1) < within_px**2
    return rows[near], columns[near]


def _root(descriptors: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """RootSIFT (Arandjelović and Zisserman 2012): unit vectors whose product is Hellinger's similarity."""
    scaled = descriptors / np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-6)
    root: npt.NDArray[np.float32] = np.sqrt(scaled).astype(np.float32)
    return root


def _both_halves(words: Words, others: Words, both: Both) -> Indices:
    half = len(words) // 2
    return np.concatenate(both(lambda: _best(words[:half], others), lambda: _best(words[half:], others)))


def _best(words: Words, others: Words) -> Indices:
    """For each row the most alike other, or −1 where the second is nearly as good (distance ratio)."""
    found = np.full(len(words), -1, np.int64)
    for start in range(0, len(words), _ROWS):
        alike = words[start : start + _ROWS] @ others.T
        best = alike.argmax(axis=1)
        rows = np.arange(len(best))
        first = alike[rows, best]
        alike[rows, best] = -1
        second = alike.max(axis=1)
        distance = np.sqrt(np.maximum(2 - 2 * first, 0)), np.sqrt(np.maximum(2 - 2 * second, 1e-9))
        found[start : start + _ROWS] = np.where(distance[0] < DISTANCE_RATIO * distance[1], best, -1)
    return found
