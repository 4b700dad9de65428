"""`bench align`: how long laying one photo on another takes, against plain SIFT + RANSAC, and how well both do.

Pairs are made from drawn and real skin of the demo under known turns, scales, shifts and light; the mean corner error
is relative to the picture's diagonal.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

import photodesk
from photodesk.app.bench.figures import Result, Wanted
from photodesk.compare import align
from photodesk.imaging.decoded import Pixels

WELL_BELOW = 0.01
Matrix = npt.NDArray[np.float64]


def bench_align(wanted: Wanted) -> Result:
    """Time per pair, and in the notes the shares under 1 % and declined, and the wrong ones accepted."""
    pictures = _pictures()[: wanted.photos or 16]
    random = np.random.default_rng(20)
    ours, bare, errors, bare_errors = [], [], [], []
    for picture in pictures:
        seen, truth = _seen_again(picture, random)
        size = (picture.shape[1], picture.shape[0])
        started = time.perf_counter()
        found = align(picture, seen, size, size)
        between = time.perf_counter()
        plain = _sift_ransac(picture, seen)
        bare.append(time.perf_counter() - between)
        ours.append(between - started)
        errors.append(None if found.matrix is None else _corner_error(np.array(found.matrix), truth, size))
        bare_errors.append(None if plain is None else _corner_error(plain, truth, size))
    return Result.of(
        ours,
        bare,
        at="p50",
        unit="ms per pair of ours ÷ ms per pair of SIFT + RANSAC; lower is better",
        n=len(pictures),
        notes=f"ours: {_summary(errors)}; bare: {_summary(bare_errors)}",
    )


def _pictures() -> list[Pixels]:
    folder = Path(photodesk.__file__).parent.parent / "resources" / "demo"
    files = sorted([*folder.glob("*.jpg"), *folder.glob("*.png")])
    return [_as_pixels(cv2.imread(str(file), cv2.IMREAD_COLOR_RGB)) for file in files]


def _as_pixels(read: Any) -> Pixels:
    return np.ascontiguousarray(read, np.uint8)


def _seen_again(picture: Pixels, random: np.random.Generator) -> tuple[Pixels, Matrix]:
    """The picture under a known transform and other light, and the matrix from it back to the picture."""
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), random.uniform(-8, 8), random.uniform(0.9, 1.1))
    turn[:, 2] += random.uniform(-0.05, 0.05, 2) * np.array((width, height))
    forth = np.vstack([turn, (0, 0, 1)])
    seen = cv2.warpPerspective(picture, forth, (width, height), borderMode=cv2.BORDER_REFLECT)
    lit = np.clip(seen.astype(np.float32) * random.uniform(0.85, 1.15) + random.normal(0, 3, seen.shape), 0, 255)
    return lit.astype(np.uint8), np.linalg.inv(forth)


def _sift_ransac(a: Pixels, b: Pixels) -> Matrix | None:
    sift = cv2.SIFT.create(nfeatures=4000)
    words_a: Any
    words_b: Any
    points_a, words_a = sift.detectAndCompute(cv2.cvtColor(a, cv2.COLOR_RGB2GRAY), None)
    points_b, words_b = sift.detectAndCompute(cv2.cvtColor(b, cv2.COLOR_RGB2GRAY), None)
    if words_a is None or words_b is None:
        return None
    couples = cv2.BFMatcher().knnMatch(words_b, words_a, k=2)
    good = [c[0] for c in couples if len(c) == 2 and c[0].distance < 0.75 * c[1].distance]
    if len(good) < 4:
        return None
    source = np.array([points_b[m.queryIdx].pt for m in good], np.float32)
    target = np.array([points_a[m.trainIdx].pt for m in good], np.float32)
    matrix: Any = cv2.findHomography(source, target, cv2.RANSAC, 3.0)[0]
    return None if matrix is None else np.asarray(matrix, np.float64)


def _corner_error(found: Matrix, truth: Matrix, size: tuple[int, int]) -> float:
    width, height = size
    corners = np.array([[[0, 0]], [[width - 1, 0]], [[width - 1, height - 1]], [[0, height - 1]]], np.float64)
    apart = cv2.perspectiveTransform(corners, found) - cv2.perspectiveTransform(corners, truth)
    return float(np.linalg.norm(apart, axis=2).mean() / math.hypot(width, height))


def _summary(errors: list[float | None]) -> str:
    told = [error for error in errors if error is not None]
    good = sum(error < WELL_BELOW for error in told)
    mean = f"{100 * sum(told) / len(told):.2f} %" if told else "none"
    return (
        f"{good} of {len(errors)} under 1 %, {len(errors) - len(told)} declined, "
        f"{len(told) - good} wrong ones accepted, mean corner error {mean}"
    )


BENCHES = {"align": bench_align}
