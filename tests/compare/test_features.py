"""Matching in blocks and cells gives what matching everything with everything gives."""

from __future__ import annotations

import numpy as np

from photodesk.compare import features as found
from photodesk.compare.features import ALIKE, DISTANCE_RATIO, Features, guided_matches, matches


def _features(random: np.random.Generator, count: int) -> Features:
    words = random.random((count, 128)).astype(np.float32) ** 4
    return Features(
        (random.random((count, 2)) * (640, 480)).astype(np.float32),
        (words / np.linalg.norm(words, axis=1, keepdims=True)).astype(np.float32),
    )


def _seen_again(a: Features, random: np.random.Generator) -> Features:
    """Most of A's points a little elsewhere with nearly the same words, and as many others."""
    others = _features(random, len(a.points) // 2)
    words = a.words + random.normal(0, 0.02, a.words.shape).astype(np.float32)
    points = a.points + random.normal(5, 1.5, a.points.shape).astype(np.float32)
    order = random.permutation(len(a.points) + len(others.points))
    return Features(
        np.vstack([points, others.points])[order],
        np.vstack([words / np.linalg.norm(words, axis=1, keepdims=True), others.words])[order].astype(np.float32),
    )


def test_blocks_and_cells_miss_nothing() -> None:
    random = np.random.default_rng(11)
    a = _features(random, 1300)
    b = _seen_again(a, random)
    alike = a.words @ b.words.T
    two = np.sort(alike, axis=1)[:, -2:]
    sure = np.sqrt(2 - 2 * two[:, 1]) < DISTANCE_RATIO * np.sqrt(2 - 2 * two[:, 0])
    of_a, of_b = matches(a, b)
    assert len(of_a) > 1000
    for one, other in zip(of_a, of_b, strict=True):
        row = int(np.flatnonzero((a.points == one.astype(np.float32)).all(axis=1))[0])
        assert sure[row]
        assert np.allclose(b.points[alike[row].argmax()], other)
    shift = np.array([[1, 0, -5.0], [0, 1, -5.0], [0, 0, 1]])
    apart = np.linalg.norm(a.points[:, None] - (b.points - 5)[None], axis=2)
    near = np.where(apart < 4, alike, -1)
    best = near.argmax(axis=1)
    rows = np.arange(len(best))
    expected = (near[rows, best] > ALIKE) & (near.argmax(axis=0)[best] == rows)
    of_a, of_b = guided_matches(a, b, shift, 4.0)
    assert len(of_a) == expected.sum() > 800
    assert np.allclose(of_a, a.points[rows[expected]])
    assert np.allclose(of_b, b.points[best[expected]])


def test_a_mapping_that_heaps_everything_up_says_nothing() -> None:
    random = np.random.default_rng(12)
    a = Features(np.zeros((2100, 2), np.float32), _features(random, 2100).words)
    b = _features(random, 2100)
    heap = np.array([[1e-9, 0, 0], [0, 1e-9, 0], [0, 0, 1]])
    assert len(guided_matches(a, b, heap, 3.0)[0]) == 0
    assert found._MOST < 2100 * 2100


def test_places_at_infinity_are_no_neighbours() -> None:
    random = np.random.default_rng(13)
    a, b = _features(random, 50), _features(random, 50)
    away = np.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1e-30]])
    assert len(guided_matches(a, b, away, 3.0)[0]) == 0
