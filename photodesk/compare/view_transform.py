"""Linked zoom and pan: one view of the frame, shown by panes of different photos and sizes. Pure arithmetic.

The view is kept relative to the frame (0…1 from left and top), so panes stay together whatever their photos' pixel
sizes. `zoom` 1 fits the whole photo into its pane. Once a pair is aligned, B is drawn through A's pane.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

MAX_ZOOM = 64.0

Size = tuple[float, float]
"""(width, height): photo pixels, or pane pixels."""

Rows = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True)
class Placement:
    """Photo pixels to pane pixels: `pane = scale · photo + offset` (photo pixel edges at integers)."""

    scale: float
    x_px: float
    y_px: float

    def to_pane(self, x: float, y: float) -> tuple[float, float]:
        """Where a photo point appears."""
        return self.scale * x + self.x_px, self.scale * y + self.y_px

    def to_photo(self, x_px: float, y_px: float) -> tuple[float, float]:
        """Which photo point lies under a pane point."""
        return (x_px - self.x_px) / self.scale, (y_px - self.y_px) / self.scale


@dataclass(frozen=True)
class LinkedView:
    """What all linked panes show: `zoom` over fit, and the frame point in the middle of the pane."""

    zoom: float = 1.0
    centre_x: float = 0.5
    centre_y: float = 0.5

    def placement(self, photo: Size, pane: Size) -> Placement:
        """How a pane draws its photo."""
        scale = fit_scale(photo, pane) * self.zoom
        return Placement(
            scale, pane[0] / 2 - scale * self.centre_x * photo[0], pane[1] / 2 - scale * self.centre_y * photo[1]
        )

    def zoomed_about(self, point_px: tuple[float, float], factor: float, photo: Size, pane: Size) -> LinkedView:
        """Zoom by `factor` with the frame point under `point_px` staying where it is."""
        before = self.placement(photo, pane)
        zoom = min(MAX_ZOOM, max(1.0, self.zoom * factor))
        x, y = before.to_photo(*point_px)
        scale = fit_scale(photo, pane) * zoom
        centre_x = (x + (pane[0] / 2 - point_px[0]) / scale) / photo[0]
        centre_y = (y + (pane[1] / 2 - point_px[1]) / scale) / photo[1]
        return LinkedView(zoom, centre_x, centre_y).kept_inside(photo, pane)

    def panned(self, dx_px: float, dy_px: float, photo: Size, pane: Size) -> LinkedView:
        """Move the photo with the pointer by so many pane pixels."""
        scale = fit_scale(photo, pane) * self.zoom
        moved = replace(
            self,
            centre_x=self.centre_x - dx_px / (scale * photo[0]),
            centre_y=self.centre_y - dy_px / (scale * photo[1]),
        )
        return moved.kept_inside(photo, pane)

    def kept_inside(self, photo: Size, pane: Size) -> LinkedView:
        """The nearest view without more empty pane than there must be."""
        scale = fit_scale(photo, pane) * self.zoom
        return replace(
            self,
            centre_x=_inside(self.centre_x, pane[0] / (scale * photo[0])),
            centre_y=_inside(self.centre_y, pane[1] / (scale * photo[1])),
        )


def fit_scale(photo: Size, pane: Size) -> float:
    """Pane pixels per photo pixel with the whole photo in the pane."""
    return max(1e-6, min(pane[0] / photo[0], pane[1] / photo[1]))


def aligned_placement(a: Placement, b_to_a: Rows) -> Rows:
    """B's pixels to pane pixels, drawn where A would be: rows of a 3 × 3 matrix (x right, y down).

    `b_to_a` has pixel centres at integers (see `align`); the result takes pixel edges at integers, as painters do.
    """
    to_centres = ((1.0, 0.0, -0.5), (0.0, 1.0, -0.5), (0.0, 0.0, 1.0))
    to_edges = ((1.0, 0.0, 0.5), (0.0, 1.0, 0.5), (0.0, 0.0, 1.0))
    place = ((a.scale, 0.0, a.x_px), (0.0, a.scale, a.y_px), (0.0, 0.0, 1.0))
    return product(place, product(to_edges, product(b_to_a, to_centres)))


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
