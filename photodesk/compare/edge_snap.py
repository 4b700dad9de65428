"""A drawing aid: an outline drawn by hand is drawn to the edge it follows. Always editable, marked as aided.

The outline is taken at even steps; at each, places along the normal compete by how strongly light or colour changes
there, and the chain of places that is strong and smooth wins (dynamic programming round the ring, Amini et al. 1990).
A point the person pinned competes with nothing: it stays exactly where it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from photodesk.imaging.decoded import Pixels
from photodesk.photos.marks import MOST_POINTS, Point

STEP_PX = 3.0
REACH_PX = 12
_BEND = 2  # how far the offset may change from one step to the next, in px
_BEND_COST = 0.15
_MARGIN_PX = 24
_SMOOTH_PX = 1.5

Field = npt.NDArray[np.float64]


def snapped(
    pixels: Pixels, outline: Sequence[Point], pinned: Collection[int] = (), reach_px: int = REACH_PX
) -> tuple[tuple[Point, ...], tuple[int, ...]]:
    """The outline on its edge, and where the pinned points now stand in it.

    `pixels` uint8, (height, width, 3), sRGB; `outline` a closed ring in their pixels; `pinned` indexes into it. Where
    there is no edge within `reach_px`, points stay about where they were drawn.
    """
    ring, fixed = _even_steps(outline, pinned)
    normals = _normals(ring)
    window, origin = _window(pixels, ring, reach_px)
    offsets = np.arange(-reach_px, reach_px + 1, dtype=np.float64)
    places = ring[:, None] + offsets[None, :, None] * normals[:, None]
    change = _change_across(window, places - origin, normals)
    cost = 1 - change / max(float(np.percentile(change, 98)), 1e-6)
    cost = np.clip(cost, -0.5, 1.5) + 0.02 * np.abs(offsets)[None] / reach_px
    here = reach_px
    for index in fixed:
        cost[index] = np.where(np.arange(len(offsets)) == here, 0.0, 1e9)
    chosen = _smoothest(cost)
    moved = places[np.arange(len(ring)), chosen]
    if fixed:
        moved[list(fixed)] = ring[list(fixed)]
    return tuple((float(x), float(y)) for x, y in moved), tuple(fixed)


def _even_steps(outline: Sequence[Point], pinned: Collection[int]) -> tuple[Field, list[int]]:
    """The ring at steps of about `STEP_PX`, every pinned point kept as it is; indexes of those."""
    corners = np.array(outline, np.float64)
    lengths = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    step = max(STEP_PX, float(lengths.sum()) / (MOST_POINTS - len(corners)))
    steps: list[Field] = []
    fixed: list[int] = []
    count = 0
    for index, (start, end, size) in enumerate(zip(corners, np.roll(corners, -1, axis=0), lengths, strict=True)):
        if index in pinned:
            fixed.append(count)
        parts = max(1, round(float(size) / step))
        steps.append(start + (end - start) * (np.arange(parts) / parts)[:, None])
        count += parts
    return np.vstack(steps), fixed


def _normals(ring: Field) -> Field:
    along = np.roll(ring, -2, axis=0) - np.roll(ring, 2, axis=0)
    across = np.stack([along[:, 1], -along[:, 0]], axis=1)
    return np.asarray(across / np.maximum(np.linalg.norm(across, axis=1), 1e-9)[:, None], np.float64)


def _window(pixels: Pixels, ring: Field, reach_px: int) -> tuple[Pixels, Field]:
    """The part of the picture around the ring and where its top left lies."""
    margin = reach_px + _MARGIN_PX
    height, width = pixels.shape[:2]
    left, top = np.floor(ring.min(axis=0)).astype(int) - margin
    right, bottom = np.ceil(ring.max(axis=0)).astype(int) + margin + 1
    left, top = min(max(0, int(left)), width - 1), min(max(0, int(top)), height - 1)
    right, bottom = min(width, max(left + 1, int(right))), min(height, max(top + 1, int(bottom)))
    return pixels[top:bottom, left:right], np.array([left, top], np.float64)


def _change_across(window: Pixels, places: Field, normals: Field) -> Field:
    """How strongly lightness and redness change along the normal at each place; float64, (steps, offsets).

    Outward and inward changes are weighed apart and the direction most of the ring agrees on is taken, so that hair and
    highlights beside the edge do not pull.
    """
    lab = cv2.cvtColor(window.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    where = places.astype(np.float32)
    ahead = (normals * _SMOOTH_PX).astype(np.float32)[:, None]
    signed = np.zeros((2, *places.shape[:2]))
    for channel in (0, 1):
        smooth = cv2.GaussianBlur(lab[:, :, channel], (0, 0), _SMOOTH_PX)
        out, back = (
            cv2.remap(smooth, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            for at in (where + ahead, where - ahead)
        )
        signed[channel] = out - back
    best = np.zeros(places.shape[:2])
    for values in signed:
        towards = (
            values if np.maximum(values, 0).max(axis=1).sum() >= np.maximum(-values, 0).max(axis=1).sum() else -values
        )
        best += np.maximum(towards, 0)
    return best


def _smoothest(cost: Field) -> npt.NDArray[np.int64]:
    """The chain of offsets round the ring with the least cost and bending: once round to settle, once to choose."""
    count = len(cost)
    twice = np.vstack([cost, cost])
    reached = twice[0].copy()
    came = np.zeros((2 * count, cost.shape[1]), np.int64)
    shifts = range(-_BEND, _BEND + 1)
    for row in range(1, 2 * count):
        options = np.stack([_shifted(reached, by) + _BEND_COST * abs(by) for by in shifts])
        best = options.argmin(axis=0)
        came[row] = np.arange(cost.shape[1]) - (best - _BEND)
        reached = options[best, np.arange(cost.shape[1])] + twice[row]
        reached -= reached.min()
    chosen = np.zeros(2 * count, np.int64)
    chosen[-1] = int(reached.argmin())
    for row in range(2 * count - 1, 0, -1):
        chosen[row - 1] = came[row, chosen[row]]
    first = count // 2  # the middle of the two rounds knows both of its ends
    return np.roll(chosen[first : first + count], first)


def _shifted(values: Field, by: int) -> Field:
    moved = np.full_like(values, 1e12)
    if by >= 0:
        moved[by:] = values[: len(values) - by]
    else:
        moved[:by] = values[-by:]
    return moved
