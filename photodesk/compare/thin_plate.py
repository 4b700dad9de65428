"""Thin-plate splines: skin bends, and a smooth warp through landmarks shows B as it would lie on A.

Bookstein 1989, "Principal warps". The spline runs from A to B, as pictures are pulled, not pushed: for every pixel of
A it says where in B to look. What is warped this way is always labelled as warped; no measurement is taken on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from photodesk.compare.landmarks import Landmark, points_of
from photodesk.compare.mapping import Points
from photodesk.errors import Fixable
from photodesk.imaging.decoded import Pixels

LEAST_LANDMARKS = 4
_GRID_PX = 16  # the spline is smooth: it is worked out on a grid and filled in between


@dataclass(frozen=True)
class ThinPlate:
    """A → B. `centres` (n, 2) in `unit_px` of A, `bends` (n, 2), `flat` (3, 2): constant, x, y."""

    centres: Points
    bends: Points
    flat: Points
    unit_px: float

    def at(self, points: Points) -> Points:
        """Where points of A, float64 (n, 2) px, lie in B."""
        here = points / self.unit_px
        apart = np.square(here[:, None] - self.centres[None]).sum(axis=2)
        plain = np.hstack([np.ones((len(here), 1)), here]) @ self.flat
        return np.asarray(_bending(apart) @ self.bends + plain, np.float64)

    def laid(self, b: Pixels, size_a: tuple[int, int], border: int) -> Pixels:
        """B pulled into A's frame of (width, height) px, uint8, (height, width, 3); grey `border` where B ends."""
        width, height = size_a
        columns = np.linspace(0, width - 1, max(2, width // _GRID_PX))
        rows = np.linspace(0, height - 1, max(2, height // _GRID_PX))
        grid = np.stack(np.meshgrid(columns, rows), axis=2).reshape(-1, 2)
        coarse = self.at(grid).reshape(len(rows), len(columns), 2).astype(np.float32)
        # every pixel's place on the grid, so that cv2.remap interpolates the spline exactly at grid points
        across = np.linspace(0, len(columns) - 1, width, dtype=np.float32)
        down = np.linspace(0, len(rows) - 1, height, dtype=np.float32)
        where_x, where_y = np.meshgrid(across, down)
        look = cv2.remap(coarse, where_x, where_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        grey = (border, border, border)
        laid = cv2.remap(b, look[:, :, 0], look[:, :, 1], cv2.INTER_LINEAR, borderValue=grey)
        return laid.astype(np.uint8, copy=False)

    def folds(self, size_a: tuple[int, int]) -> bool:
        """Whether the warp turns any part of A's frame inside out: then it is no view of the same skin."""
        width, height = size_a
        columns, rows = np.linspace(0, width - 1, 24), np.linspace(0, height - 1, 24)
        landed = self.at(np.stack(np.meshgrid(columns, rows), axis=2).reshape(-1, 2)).reshape(24, 24, 2)
        right, down = np.diff(landed, axis=1)[:-1], np.diff(landed, axis=0)[:, :-1]
        areas = right[..., 0] * down[..., 1] - right[..., 1] * down[..., 0]
        return bool((areas <= 0).any())


def thin_plate(landmarks: Sequence[Landmark], stiffness: float = 0.0) -> ThinPlate:
    """The spline through the landmarks; with `stiffness` > 0 it bends less and passes near them.

    Fixable `too_few_landmarks` under four, `landmarks_on_a_line` where they do not span the photo.
    """
    if len(landmarks) < LEAST_LANDMARKS:
        raise Fixable(
            "too_few_landmarks",
            "Bending skin needs four marked places at least.",
            "Mark more places that both photos show, around what matters.",
        )
    points_a, points_b = points_of(landmarks)
    unit_px = max(float(np.ptp(points_a)), 1.0)
    centres, count = points_a / unit_px, len(points_a)
    apart = np.square(centres[:, None] - centres[None]).sum(axis=2)
    plain = np.hstack([np.ones((count, 1)), centres])
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _bending(apart) + stiffness * np.eye(count)
    system[:count, count:], system[count:, :count] = plain, plain.T
    wanted = np.vstack([points_b, np.zeros((3, 2))])
    if np.linalg.matrix_rank(plain, tol=1e-4) < 3 or np.linalg.cond(system) > 1e12:
        raise Fixable(
            "landmarks_on_a_line",
            "The marked places lie on a line or on top of each other.",
            "Mark places on all sides of what matters.",
        )
    solved = np.asarray(np.linalg.solve(system, wanted), np.float64)
    return ThinPlate(centres, solved[:count], solved[count:], unit_px)


def _bending(squared: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """r² log r² / 2, 0 at 0."""
    return 0.5 * squared * np.log(np.maximum(squared, 1e-300))
