"""Laying one photo on another by hand: from pairs of points a person placed, or from moving B over A.

Two pairs give a similarity, three an affine map, four and more a homography; where more are given than needed, the one
with the least squares. The residual says how well the points agree, which is all that can be said of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from photodesk.compare.mapping import Matrix, Model, Points, mapped, refined
from photodesk.errors import Fixable

Point = tuple[float, float]
"""(x, y) in upright original pixels, pixel centres at integers."""

_APART_PX = 4.0
_LEVERAGE = 1e-3  # of the spread along the long axis: points nearly on a line fix no more than a similarity


@dataclass(frozen=True)
class Landmark:
    """The same place in both photos."""

    a: Point
    b: Point


@dataclass(frozen=True)
class ByHand:
    """B → A from landmarks; `residual_px` is the root mean square distance in px of A, 0 where nothing is left."""

    model: Model
    matrix: Matrix
    residual_px: float


def fit_landmarks(landmarks: Sequence[Landmark]) -> ByHand:
    """The mapping the landmarks give.

    Fixable `too_few_landmarks` under two, `landmarks_too_close` where two lie on one place.
    """
    if len(landmarks) < 2:
        raise Fixable(
            "too_few_landmarks",
            "Two places are needed at least, each marked in both photos.",
            "Mark another place that both photos show.",
        )
    points_a, points_b = points_of(landmarks)
    for points in (points_a, points_b):
        apart = np.linalg.norm(points[:, None] - points[None], axis=2)
        if apart[np.triu_indices(len(points), 1)].min() < _APART_PX:
            raise Fixable(
                "landmarks_too_close",
                "Two of the marked places lie on top of each other.",
                "Move one of them to another place that both photos show.",
            )
    model, matrix = _model_for(points_a, points_b), _similarity(points_a, points_b)
    if model is not Model.SIMILARITY:
        fit = refined(model, matrix, points_a, points_b, threshold_px=1e6)
        if fit is not None and float(np.linalg.det(fit.matrix[:2, :2])) > 0:
            matrix = fit.matrix
        else:
            model = Model.SIMILARITY
    left = np.linalg.norm(points_a - mapped(matrix, points_b), axis=1)
    return ByHand(model, matrix, float(np.sqrt((left**2).mean())))


def moved_by_hand(scale: float, turn_degrees: float, shift_px: Point, about_px: Point) -> Matrix:
    """B → A after B was scaled and turned about a point of B (clockwise on the screen) and shifted in px of A."""
    angle = math.radians(turn_degrees)
    cos, sin = scale * math.cos(angle), scale * math.sin(angle)
    x, y = about_px
    return np.array(
        [
            [cos, -sin, x - cos * x + sin * y + shift_px[0]],
            [sin, cos, y - sin * x - cos * y + shift_px[1]],
            [0.0, 0.0, 1.0],
        ]
    )


def points_of(landmarks: Sequence[Landmark]) -> tuple[Points, Points]:
    """Their points in A and in B, float64, (n, 2)."""
    return np.array([one.a for one in landmarks], np.float64), np.array([one.b for one in landmarks], np.float64)


def _model_for(points_a: Points, points_b: Points) -> Model:
    flat = any(_is_a_line(points) for points in (points_a, points_b))
    if len(points_a) < 3 or flat:
        return Model.SIMILARITY
    return Model.AFFINE if len(points_a) == 3 else Model.HOMOGRAPHY


def _is_a_line(points: Points) -> bool:
    spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    return bool(spread[1] < _LEVERAGE * spread[0]) if len(spread) > 1 else True


def _similarity(points_a: Points, points_b: Points) -> Matrix:
    """Least squares (Umeyama 1991, without reflection)."""
    mid_a, mid_b = points_a.mean(axis=0), points_b.mean(axis=0)
    of_a, of_b = points_a - mid_a, points_b - mid_b
    along = float((of_a * of_b).sum())
    across = float((of_b[:, 0] * of_a[:, 1] - of_b[:, 1] * of_a[:, 0]).sum())
    size = float((of_b**2).sum())
    cos, sin = along / size, across / size
    turn = np.array([[cos, -sin], [sin, cos]])
    shift = mid_a - turn @ mid_b
    return np.array([[cos, -sin, shift[0]], [sin, cos, shift[1]], [0.0, 0.0, 1.0]])
