"""`bench align`: how well and how fast one photo is laid on another, beside plain ORB and SIFT with RANSAC.

Pairs are those of `align_pairs`. An error is the mean distance of A's corners (or of the landmarks) relative to B's
diagonal; a claim with an error of 1 % or more is a wrong one, and so is any claim about a pair without a truth.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

import photodesk
from photodesk.app.bench.align_pairs import TestPair, made, pictures_in, published
from photodesk.app.bench.figures import Result, Wanted
from photodesk.background.both import both
from photodesk.compare import align
from photodesk.compare.mapping import Matrix, mapped
from photodesk.imaging.decoded import Pixels
from photodesk.imaging.renditions import shrink

GOOD = 0.01
SEED = 20
BARE_LONG_EDGE_PX = 1600


@dataclass
class _Group:
    """What came of the pairs of one group; an error of None is a pair that was declined."""

    with_truth: bool
    ours: list[float | None] = field(default_factory=list)
    bare: dict[str, list[float | None]] = field(default_factory=lambda: {"orb": [], "sift": []})
    claimed: int = 0

    def document(self) -> dict[str, Any]:
        """As JSON: counts, and the mean error of what was claimed."""
        if not self.with_truth:
            return {"pairs": len(self.ours), "wrong_claims": self.claimed}
        told = [error for error in self.ours if error is not None]
        good = {name: [_is_good(error) for error in errors] for name, errors in self.bare.items()}
        better = max(good, key=lambda name: sum(good[name]))
        declined = [error is None and theirs for error, theirs in zip(self.ours, good[better], strict=True)]
        return {
            "pairs": len(self.ours),
            "under_one_percent": sum(map(_is_good, self.ours)),
            "declined": len(self.ours) - len(told),
            "wrong_claims": sum(error >= GOOD for error in told),
            "mean_error": round(float(np.mean(told)), 5) if told else None,
            "orb_under_one_percent": sum(good["orb"]),
            "sift_under_one_percent": sum(good["sift"]),
            "declined_of_the_better_ones": sum(declined),
        }


def bench_align(wanted: Wanted) -> Result:
    """Time per pair against SIFT + RANSAC, and by group how many are right, declined and wrongly claimed."""
    folder = wanted.data or Path(photodesk.__file__).parent.parent / "resources" / "demo"
    photos = pictures_in(folder)[: wanted.photos or 24]
    groups: dict[str, _Group] = {}
    ours_s: list[float] = []
    bare_s: list[float] = []
    for pair in (*published(folder), *made(photos, np.random.default_rng(SEED))):
        group = groups.setdefault(pair.group, _Group(pair.truth is not None))
        started = time.perf_counter()
        found = align(shrink(pair.a, 2560), shrink(pair.b, 2560), _size(pair.a), _size(pair.b), both)
        ours_s.append(time.perf_counter() - started)
        group.claimed += found.matrix is not None
        group.ours.append(_error(pair, None if found.matrix is None else np.array(found.matrix)))
        if pair.truth is None:
            continue
        for name, detector in _BARE.items():
            started = time.perf_counter()
            plain = _plain(pair, detector())
            if name == "sift":
                bare_s.append(time.perf_counter() - started)
            group.bare[name].append(_error(pair, plain))
    table = {name: group.document() for name, group in groups.items()}
    return Result.of(
        ours_s,
        bare_s,
        at="p50",
        unit="ms per pair of ours ÷ ms per pair of SIFT + RANSAC; lower is better",
        n=len(ours_s),
        notes="\n".join(f"{name}: {_words(row)}" for name, row in table.items()),
        more={"groups": table},
    )


def _words(row: dict[str, Any]) -> str:
    if "declined" not in row:
        return f"{row['pairs']} pairs with nothing to claim, {row['wrong_claims']} claimed"
    mean = "none" if row["mean_error"] is None else f"{100 * row['mean_error']:.3f} %"
    return (
        f"{row['pairs']} pairs, {row['under_one_percent']} under 1 % (ORB {row['orb_under_one_percent']}, "
        f"SIFT {row['sift_under_one_percent']}), {row['declined']} declined "
        f"({row['declined_of_the_better_ones']} of the better one's right ones), {row['wrong_claims']} wrongly"
        f" claimed, mean error {mean}"
    )


def _is_good(error: float | None) -> bool:
    return error is not None and error < GOOD


def _error(pair: TestPair, found: Matrix | None) -> float | None:
    """Mean distance in B of where A's true points come from, relative to B's diagonal."""
    if found is None or pair.truth is None:
        return None
    try:
        back = np.asarray(np.linalg.inv(found), np.float64)
    except np.linalg.LinAlgError:
        return math.inf
    apart = np.linalg.norm(mapped(back, pair.truth.a) - pair.truth.b, axis=1)
    return float(apart.mean() / math.hypot(*_size(pair.b)))


def _plain(pair: TestPair, detector: Any) -> Matrix | None:
    """B → A as a first program would do it: features, ratio test, RANSAC homography."""
    small_a, small_b = shrink(pair.a, BARE_LONG_EDGE_PX), shrink(pair.b, BARE_LONG_EDGE_PX)
    points_a, words_a = detector.detectAndCompute(cv2.cvtColor(small_a, cv2.COLOR_RGB2GRAY), None)
    points_b, words_b = detector.detectAndCompute(cv2.cvtColor(small_b, cv2.COLOR_RGB2GRAY), None)
    if words_a is None or words_b is None:
        return None
    couples = cv2.BFMatcher(detector.defaultNorm()).knnMatch(words_b, words_a, k=2)
    good = [c[0] for c in couples if len(c) == 2 and c[0].distance < 0.75 * c[1].distance]
    if len(good) < 4:
        return None
    source = np.array([points_b[m.queryIdx].pt for m in good], np.float32)
    target = np.array([points_a[m.trainIdx].pt for m in good], np.float32)
    matrix: Any = cv2.findHomography(source, target, cv2.RANSAC, 3.0)[0]
    if matrix is None:
        return None
    return _grown(small_a, pair.a) @ np.asarray(matrix, np.float64) @ np.linalg.inv(_grown(small_b, pair.b))


def _grown(small: Pixels, large: Pixels) -> npt.NDArray[np.float64]:
    return np.diag([large.shape[1] / small.shape[1], large.shape[0] / small.shape[0], 1.0])


def _size(picture: Pixels) -> tuple[int, int]:
    return picture.shape[1], picture.shape[0]


_BARE: dict[str, Callable[[], Any]] = {"orb": lambda: cv2.ORB.create(5000), "sift": lambda: cv2.SIFT.create(5000)}
BENCHES = {"align": bench_align}
