"""Linked zoom, pan and turn: one view of the frame, shown by panes of different photos and sizes. Pure arithmetic.

The view is kept relative to the frame (0…1 from left and top), so panes stay together whatever their photos' pixel
sizes. `zoom` 1 fits the whole photo into its pane. Once a pair is aligned, B is drawn through A's pane.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

MAX_ZOOM, LEAST_FREE_ZOOM = 64.0, 0.1
LEAST_OWN = 0.5
"""A photo smaller than its pane, which fitting enlarges, is shown down to half its own pixels."""

Size = tuple[float, float]
"""(width, height): photo pixels, or pane pixels."""

Rows = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True)
class Placement:
    """Photo pixels to pane pixels: turned clockwise, `pane = scale · turned photo + offset` (edges at integers)."""

    scale: float
    x_px: float
    y_px: float
    turn_degrees: float = 0.0

    def to_pane(self, x: float, y: float) -> tuple[float, float]:
        """Where a photo point appears."""
        cos, sin = self._turn()
        return cos * x - sin * y + self.x_px, sin * x + cos * y + self.y_px

    def to_photo(self, x_px: float, y_px: float) -> tuple[float, float]:
        """Which photo point lies under a pane point."""
        cos, sin = self._turn()
        x, y, square = x_px - self.x_px, y_px - self.y_px, self.scale * self.scale
        return (cos * x + sin * y) / square, (cos * y - sin * x) / square

    def rows(self) -> Rows:
        """The same as a 3 × 3 matrix."""
        cos, sin = self._turn()
        return (cos, -sin, self.x_px), (sin, cos, self.y_px), (0.0, 0.0, 1.0)

    def _turn(self) -> tuple[float, float]:
        """Scale times cosine and sine, without rounding errors where nothing is turned."""
        if not self.turn_degrees:
            return self.scale, 0.0
        angle = math.radians(self.turn_degrees)
        return self.scale * math.cos(angle), self.scale * math.sin(angle)


@dataclass(frozen=True)
class LinkedView:
    """What all linked panes show: `zoom` over fit, the frame point in the middle of the pane, and how far it is turned.

    `turn_degrees` is clockwise, 0 to under 360. A `free` view was moved by hand away from the others: its photo may
    leave the pane by its half and be smaller than it.
    """

    zoom: float = 1.0
    centre_x: float = 0.5
    centre_y: float = 0.5
    turn_degrees: float = 0.0
    free: bool = False

    def placement(self, photo: Size, pane: Size) -> Placement:
        """How a pane draws its photo."""
        flat = Placement(fit_scale(photo, pane) * self.zoom, 0.0, 0.0, self.turn_degrees)
        x, y = flat.to_pane(self.centre_x * photo[0], self.centre_y * photo[1])
        return replace(flat, x_px=pane[0] / 2 - x, y_px=pane[1] / 2 - y)

    def zoomed_about(self, point_px: tuple[float, float], factor: float, photo: Size, pane: Size) -> LinkedView:
        """Zoom by `factor` with the frame point under `point_px` staying where it is."""
        least = LEAST_FREE_ZOOM if self.free else min(1.0, LEAST_OWN / fit_scale(photo, pane))
        zoom = min(MAX_ZOOM, max(least, self.zoom * factor))
        return self._about(point_px, replace(self, zoom=zoom), photo, pane)

    def turned_about(self, point_px: tuple[float, float], degrees: float, photo: Size, pane: Size) -> LinkedView:
        """Turn clockwise with the frame point under `point_px` staying where it is."""
        turned = replace(self, turn_degrees=(self.turn_degrees + degrees) % 360)
        return self._about(point_px, turned, photo, pane)

    def panned(self, dx_px: float, dy_px: float, photo: Size, pane: Size) -> LinkedView:
        """Move the photo with the pointer by so many pane pixels."""
        place = self.placement(photo, pane)
        x, y = place.to_photo(pane[0] / 2 - dx_px, pane[1] / 2 - dy_px)
        return replace(self, centre_x=x / photo[0], centre_y=y / photo[1]).kept_inside(photo, pane)

    def kept_inside(self, photo: Size, pane: Size) -> LinkedView:
        """The nearest view without more empty pane than there must be."""
        if self.free:
            half = (min(1.5, max(-0.5, centre)) for centre in (self.centre_x, self.centre_y))
            return replace(self, centre_x=next(half), centre_y=next(half))
        scale = fit_scale(photo, pane) * self.zoom
        wide, high = pane
        if self.turn_degrees:  # the upright box around the turned pane
            angle = math.radians(self.turn_degrees)
            cos, sin = abs(math.cos(angle)), abs(math.sin(angle))
            wide, high = cos * pane[0] + sin * pane[1], sin * pane[0] + cos * pane[1]
        return replace(
            self,
            centre_x=_inside(self.centre_x, wide / (scale * photo[0])),
            centre_y=_inside(self.centre_y, high / (scale * photo[1])),
        )

    def _about(self, point_px: tuple[float, float], view: LinkedView, photo: Size, pane: Size) -> LinkedView:
        x, y = self.placement(photo, pane).to_photo(*point_px)
        now = view.placement(photo, pane).to_pane(x, y)
        there = view.placement(photo, pane).to_photo(
            pane[0] / 2 + now[0] - point_px[0], pane[1] / 2 + now[1] - point_px[1]
        )
        moved = replace(view, centre_x=there[0] / photo[0], centre_y=there[1] / photo[1])
        return moved.kept_inside(photo, pane)


def fit_scale(photo: Size, pane: Size) -> float:
    """Pane pixels per photo pixel with the whole photo in the pane."""
    return max(1e-6, min(pane[0] / photo[0], pane[1] / photo[1]))


def aligned_placement(a: Placement, b_to_a: Rows) -> Rows:
    """B's pixels to pane pixels, drawn where A would be: rows of a 3 × 3 matrix (x right, y down).

    `b_to_a` has pixel centres at integers (see `align`); the result takes pixel edges at integers, as painters do.
    """
    to_centres = ((1.0, 0.0, -0.5), (0.0, 1.0, -0.5), (0.0, 0.0, 1.0))
    to_edges = ((1.0, 0.0, 0.5), (0.0, 1.0, 0.5), (0.0, 0.0, 1.0))
    return product(a.rows(), product(to_edges, product(b_to_a, to_centres)))


def product(left: Rows, right: Rows) -> Rows:
    """Matrix product."""

    def row(i: int) -> tuple[float, float, float]:
        first, second, third = (sum(left[i][k] * right[k][j] for k in range(3)) for j in range(3))
        return first, second, third

    return row(0), row(1), row(2)


def _inside(centre: float, visible: float) -> float:
    """`centre` moved so that a window of width `visible` (in frames) shows as little outside 0…1 as possible."""
    if visible >= 1:
        return 0.5
    return min(1 - visible / 2, max(visible / 2, centre))
