"""Models of how one picture lies on another: fitted to matches, weighed against each other, their doubt at the corners.

Three models of growing freedom: similarity (4 parameters), affine (6), homography (8). Each is refined on all matches
by weighted Gauss-Newton with Cauchy weights; which one is kept is told by GRIC (Torr 1998, "Geometric motion
segmentation and model selection"), which charges a model for its parameters. The doubt is the covariance of the
fitted parameters carried to the corners of the picture, where an alignment errs most.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import cv2
import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
"""float64, (3, 3), homogeneous: (x, y, 1) of one picture to another's, pixel centres at integers."""

Points = npt.NDArray[np.float64]
"""float64, (n, 2), pixels."""

LEAST_MATCHES = 8
_ROUNDS = 6
_OUTLIER = 4.0  # of squared residuals in units of the noise: from here on a match counts as wrong
_NOISE = 0.4  # of the threshold: how far a true match lies off


class Model(IntEnum):
    """A kind of mapping; the value is its number of parameters."""

    SIMILARITY = 4
    AFFINE = 6
    HOMOGRAPHY = 8


@dataclass(frozen=True)
class Fit:
    """A mapping B → A and how far each match lies from it, in px of A."""

    model: Model
    matrix: Matrix
    errors_px: npt.NDArray[np.float64]

    def cost(self, threshold_px: float) -> float:
        """GRIC: residuals, capped, and the price of the parameters; the lowest explains best."""
        count = len(self.errors_px)
        residuals = np.minimum((self.errors_px / (_NOISE * threshold_px)) ** 2, _OUTLIER).sum()
        return float(residuals) + 2 * count * math.log(4) + self.model * math.log(4 * count)


def first_fit(points_a: Points, points_b: Points, threshold_px: float) -> Fit | None:
    """The mapping most matches agree on (RANSAC; MAGSAC++, Barath et al. 2020), refined; None where there is none."""
    simple, _ = cv2.estimateAffinePartial2D(
        points_b, points_a, method=cv2.RANSAC, ransacReprojThreshold=2 * threshold_px, maxIters=5000, confidence=0.999
    )
    full, _ = cv2.findHomography(points_b, points_a, cv2.USAC_MAGSAC, threshold_px, maxIters=10000, confidence=0.999)
    starts: list[tuple[Model, Matrix]] = []
    if simple is not None and np.isfinite(simple).all():
        similar = np.vstack([simple, [0, 0, 1]]).astype(np.float64)
        starts += [(Model.SIMILARITY, similar), (Model.AFFINE, similar)]
    if full is not None and np.isfinite(full).all() and abs(full[2, 2]) > 1e-9:
        starts.append((Model.HOMOGRAPHY, full / full[2, 2]))
    return _best([refined(*start, points_a, points_b, threshold_px) for start in starts], threshold_px)


def best_fit(start: Matrix, points_a: Points, points_b: Points, threshold_px: float) -> Fit | None:
    """Of all models, refined from `start`, the one that explains the matches best."""
    return _best([refined(model, start, points_a, points_b, threshold_px) for model in Model], threshold_px)


def _best(fits: list[Fit | None], threshold_px: float) -> Fit | None:
    sound = [fit for fit in fits if fit is not None and (fit.errors_px < threshold_px).sum() >= LEAST_MATCHES]
    return min(sound, key=lambda fit: fit.cost(threshold_px), default=None)


def refined(model: Model, start: Matrix, points_a: Points, points_b: Points, threshold_px: float) -> Fit | None:
    """`start` brought nearer to the matches, those far off counting little; None where the arithmetic breaks down."""
    to_b, to_a = _normalising(points_b), _normalising(points_a)
    near_b, near_a = mapped(to_b, points_b), mapped(to_a, points_a)
    now = _of(model, _parameters(model, to_a @ start @ np.linalg.inv(to_b)))
    unit_px = 1 / to_a[0, 0]
    for _ in range(_ROUNDS):
        apart = near_a - mapped(now, near_b)
        far = np.linalg.norm(apart, axis=1) * unit_px / threshold_px
        weights = np.repeat(np.where(far < 3, 1 / (1 + far * far), 0.0), 2)
        slopes = _slopes(model, now, near_b)
        weighted = slopes * weights[:, None]
        try:
            step = np.linalg.solve(weighted.T @ slopes, weighted.T @ apart.ravel())
        except np.linalg.LinAlgError:
            return None
        now = _of(model, _parameters(model, now) + step)
    matrix = np.linalg.inv(to_a) @ now @ to_b
    if not np.isfinite(matrix).all() or abs(matrix[2, 2]) < 1e-9:
        return None
    matrix = matrix / matrix[2, 2]
    return Fit(model, matrix, np.linalg.norm(points_a - mapped(matrix, points_b), axis=1))


def corner_doubt_px(fit: Fit, points_b: Points, agree: npt.NDArray[np.bool_], size_b: tuple[int, int]) -> float:
    """Standard deviation of where B's corners land, mean of the four, px of A; `size_b` is (width, height)."""
    freedom = 2 * int(agree.sum()) - fit.model
    if freedom <= 0:
        return math.inf
    variance = max(float((fit.errors_px[agree] ** 2).sum()) / freedom, 0.1)
    to_b = _normalising(points_b)
    matrix = fit.matrix @ np.linalg.inv(to_b)
    matrix = matrix / matrix[2, 2]
    slopes = _slopes(fit.model, matrix, mapped(to_b, points_b[agree]))
    covariance = np.linalg.pinv(slopes.T @ slopes) * variance
    at_corners = _slopes(fit.model, matrix, mapped(to_b, corners(size_b).reshape(-1, 2)))
    spread = np.diag(at_corners @ covariance @ at_corners.T).reshape(4, 2).sum(axis=1)
    return float(np.sqrt(spread).mean())


def mapped(matrix: Matrix, points: Points) -> Points:
    """Where points land."""
    landed = np.hstack([points, np.ones((len(points), 1))]) @ matrix.T
    return np.asarray(landed[:, :2] / landed[:, 2:], np.float64)


def corners(size: tuple[int, int]) -> Points:
    """The outline of a picture of (width, height), float64, (4, 1, 2)."""
    width, height = size
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64).reshape(-1, 1, 2)


def _normalising(points: Points) -> Matrix:
    """Hartley's: centre at zero, spread one."""
    middle, spread = points.mean(axis=0), max(float(points.std()), 1e-6)
    return np.array([[1 / spread, 0, -middle[0] / spread], [0, 1 / spread, -middle[1] / spread], [0, 0, 1]])


def _of(model: Model, parameters: npt.NDArray[np.float64]) -> Matrix:
    if model is Model.SIMILARITY:
        a, b, x, y = parameters
        return np.array([[a, -b, x], [b, a, y], [0, 0, 1]])
    if model is Model.AFFINE:
        return np.vstack([parameters.reshape(2, 3), [0, 0, 1]])
    return np.append(parameters, 1.0).reshape(3, 3)


def _parameters(model: Model, matrix: Matrix) -> npt.NDArray[np.float64]:
    matrix = matrix / matrix[2, 2]
    if model is Model.SIMILARITY:
        return np.array([matrix[0, 0], matrix[1, 0], matrix[0, 2], matrix[1, 2]])
    return matrix[:2].ravel().copy() if model is Model.AFFINE else matrix.ravel()[:8].copy()


def _slopes(model: Model, matrix: Matrix, points: Points) -> Matrix:
    """Derivatives of the landed points by the parameters, float64, (2n, parameters)."""
    x, y = points[:, 0], points[:, 1]
    none, one = np.zeros(len(points)), np.ones(len(points))
    if model is Model.SIMILARITY:
        across, down = (x, -y, one, none), (y, x, none, one)
        rows = [np.stack(across, 1), np.stack(down, 1)]
    elif model is Model.AFFINE:
        rows = [np.stack((x, y, one, none, none, none), 1), np.stack((none, none, none, x, y, one), 1)]
    else:
        depth = x * matrix[2, 0] + y * matrix[2, 1] + matrix[2, 2]
        u, v = mapped(matrix, points).T
        x, y, one = x / depth, y / depth, one / depth
        rows = [
            np.stack((x, y, one, none, none, none, -u * x, -u * y), 1),
            np.stack((none, none, none, x, y, one, -v * x, -v * y), 1),
        ]
    return np.stack(rows, axis=1).reshape(2 * len(points), -1)
