"""A comparison as one picture: what `compare --to` writes and a slide shows. Neutral grey around, nothing tinted."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import cv2
import numpy as np

from photodesk.imaging.decoded import Pixels

DARK, WHITE = 24, 255
GREY = 119  # L* = 50 in sRGB
MOST_TALL = 4
_GAP_SHARE = 160


class Mode(StrEnum):
    """How two photos are put together."""

    SIDE_BY_SIDE = "side-by-side"
    CURTAIN = "curtain"
    OVERLAY = "overlay"
    DIFFERENCE = "difference"


def render(
    a: Pixels,
    b: Pixels,
    mode: Mode,
    width_px: int,
    b_to_a: Sequence[Sequence[float]] | None = None,
    share: float = 0.5,
) -> Pixels:
    """One picture, uint8, (height, width_px, 3), sRGB.

    `b_to_a` maps pixels of the given `b` to the given `a` (pixel centres at integers); without it B is fitted into A's
    frame by its own. `share` is where the curtain hangs from the left, or how much of B the overlay holds.
    Where the two meet runs a line, half dark and half white, so that nobody takes them for one photo; no text anywhere.
    Difference shows A − B at half strength around neutral grey.
    """
    if mode is Mode.SIDE_BY_SIDE:
        gap = max(4, width_px // _GAP_SHARE)
        left = (width_px - gap) // 2
        right = width_px - gap - left
        height = _height_of(a, left)
        if b_to_a is None:
            height = max(height, _height_of(b, right))
        middle = _divided(np.full((height, gap, 3), GREY, np.uint8), gap // 2)
        return np.hstack([_fitted(a, left, height), middle, _laid(a, b, right, height, b_to_a)])
    height = _height_of(a, width_px)
    first, second = _fitted(a, width_px, height), _laid(a, b, width_px, height, b_to_a)
    if mode is Mode.CURTAIN:
        at = round(min(1.0, max(0.0, share)) * width_px)
        return _divided(np.hstack([first[:, :at], second[:, at:]]), at)
    if mode is Mode.OVERLAY:
        return cv2.addWeighted(first, 1 - share, second, share, 0).astype(np.uint8, copy=False)
    apart = (first.astype(np.int16) - second.astype(np.int16)) // 2 + GREY
    return np.clip(apart, 0, 255).astype(np.uint8)


def render_row(
    photos: Sequence[Pixels], width_px: int, columns: int, onto_first: Sequence[Sequence[Sequence[float]] | None]
) -> Pixels:
    """Several photos beside each other in rows of `columns`, uint8, (height, width_px, 3), sRGB.

    `onto_first` as `render`'s `b_to_a` of each; the first lies on itself whatever it says. All cells are of one size,
    high enough for the first and for every photo that is fitted by itself; between them runs the dividing line.
    """
    gap = max(4, width_px // _GAP_SHARE)
    wide = (width_px - gap * (columns - 1)) // columns
    as_taken = [photo for photo, matrix in zip(photos, onto_first, strict=True) if matrix is None]
    high = max(_height_of(photo, wide) for photo in (photos[0], *as_taken))
    cells = [_fitted(photos[0], wide, high)]
    for photo, matrix in zip(photos[1:], onto_first[1:], strict=True):
        cells.append(_laid(photos[0], photo, wide, high, matrix))
    rows = -(-len(cells) // columns)
    page = np.full((rows * high + (rows - 1) * gap, width_px, 3), GREY, np.uint8)
    for at, cell in enumerate(cells):
        down, across = divmod(at, columns)
        top, left = down * (high + gap), across * (wide + gap)
        page[top : top + high, left : left + wide] = cell
        if across:
            page[top : top + high, left - gap // 2 - 1], page[top : top + high, left - gap // 2] = DARK, WHITE
    return page


def scaled_matrix(
    b_to_a: Sequence[Sequence[float]], a_factor: float, b_factor: float
) -> tuple[tuple[float, float, float], ...]:
    """An alignment of originals for pictures shrunk by these factors (shown px per original px)."""

    def shrink(factor: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.array([[factor, 0, factor / 2 - 0.5], [0, factor, factor / 2 - 0.5], [0, 0, 1]])

    matrix = shrink(a_factor) @ np.array(b_to_a, np.float64) @ np.linalg.inv(shrink(b_factor))
    return tuple((float(x), float(y), float(z)) for x, y, z in matrix / matrix[2, 2])


def _divided(picture: Pixels, at: int) -> Pixels:
    """With the line before and after column `at`: one pixel dark, one white. None at the very edge."""
    if 1 <= at < picture.shape[1]:
        picture[:, at - 1], picture[:, at] = DARK, WHITE
    return picture


def _height_of(photo: Pixels, width_px: int) -> int:
    """How high a photo is at this width; one higher than `MOST_TALL` widths is fitted into that."""
    return int(min(max(1, round(width_px * photo.shape[0] / photo.shape[1])), MOST_TALL * width_px))


def _fitted(pixels: Pixels, width_px: int, height_px: int) -> Pixels:
    """The whole photo in the middle of grey."""
    factor = min(width_px / pixels.shape[1], height_px / pixels.shape[0])
    size = max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor))
    filter_ = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    canvas = np.full((height_px, width_px, 3), GREY, np.uint8)
    left, top = (width_px - size[0]) // 2, (height_px - size[1]) // 2
    canvas[top : top + size[1], left : left + size[0]] = cv2.resize(pixels, size, interpolation=filter_)
    return canvas


def _laid(a: Pixels, b: Pixels, width_px: int, height_px: int, b_to_a: Sequence[Sequence[float]] | None) -> Pixels:
    """B where A's frame is, or fitted by its own."""
    if b_to_a is None:
        return _fitted(b, width_px, height_px)
    factor = min(width_px / a.shape[1], height_px / a.shape[0])
    left = (width_px - round(a.shape[1] * factor)) // 2
    top = (height_px - round(a.shape[0] * factor)) // 2
    place = np.array([[factor, 0, left + factor / 2 - 0.5], [0, factor, top + factor / 2 - 0.5], [0, 0, 1]])
    matrix = place @ np.array(b_to_a, np.float64)
    steps = max(1.0, 1 / max(1e-6, float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))))
    if steps > 2:  # warping would skip pixels: shrink first
        small = cv2.resize(b, None, fx=1 / steps, fy=1 / steps, interpolation=cv2.INTER_AREA)
        back = np.array([[steps, 0, steps / 2 - 0.5], [0, steps, steps / 2 - 0.5], [0, 0, 1]])
        b, matrix = small.astype(np.uint8, copy=False), matrix @ back
    grey = (GREY, GREY, GREY)
    laid = cv2.warpPerspective(b, matrix, (width_px, height_px), flags=cv2.INTER_LINEAR, borderValue=grey)
    return laid.astype(np.uint8, copy=False)
