"""Linked zoom and pan keep what they promise, for any photo, pane and gesture."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photodesk.compare import LinkedView, aligned_placement
from photodesk.compare.view_transform import MAX_ZOOM, fit_scale

sizes = st.tuples(st.floats(16, 20_000), st.floats(16, 20_000))
panes = st.tuples(st.floats(50, 4_000), st.floats(50, 4_000))
shares = st.floats(0.05, 0.95)


@given(photo=sizes, pane=panes)
def test_fit_shows_the_whole_photo_in_the_middle(photo: tuple[float, float], pane: tuple[float, float]) -> None:
    place = LinkedView().placement(photo, pane)
    left, top = place.to_pane(0, 0)
    right, bottom = place.to_pane(*photo)
    assert left >= -1e-6 * pane[0]
    assert top >= -1e-6 * pane[1]
    assert left + right == pytest.approx(pane[0])
    assert top + bottom == pytest.approx(pane[1])


@given(photo=sizes, pane=panes, x=shares, y=shares, factor=st.floats(1, 8))
def test_zooming_in_keeps_the_point_under_the_pointer(
    photo: tuple[float, float], pane: tuple[float, float], x: float, y: float, factor: float
) -> None:
    view = LinkedView(zoom=4.0)
    point = view.placement(photo, pane).to_pane(x * photo[0], y * photo[1])
    if not (0 <= point[0] <= pane[0] and 0 <= point[1] <= pane[1]):
        return
    zoomed = view.zoomed_about(point, factor, photo, pane)
    unclamped = zoomed.placement(photo, pane).to_pane(x * photo[0], y * photo[1])
    scale = view.placement(photo, pane).scale
    filled = scale * photo[0] > pane[0] and scale * photo[1] > pane[1]
    if filled and view.kept_inside(photo, pane) == view:
        assert unclamped[0] == pytest.approx(point[0], abs=0.5)
        assert unclamped[1] == pytest.approx(point[1], abs=0.5)
    assert 1 <= zoomed.zoom <= MAX_ZOOM


@given(photo=sizes, pane=panes, moves=st.lists(st.tuples(st.floats(-5e3, 5e3), st.floats(-5e3, 5e3)), max_size=8))
def test_panning_never_loses_the_photo(
    photo: tuple[float, float], pane: tuple[float, float], moves: list[tuple[float, float]]
) -> None:
    view = LinkedView(zoom=3.0)
    for dx, dy in moves:
        view = view.panned(dx, dy, photo, pane)
        place = view.placement(photo, pane)
        left, top = place.to_pane(0, 0)
        right, bottom = place.to_pane(*photo)
        assert left < pane[0]
        assert right > 0
        assert top < pane[1]
        assert bottom > 0


@given(view=st.builds(LinkedView, st.floats(1, 10), shares, shares), pane=panes)
def test_linked_panes_show_the_same_part_of_the_frame(view: LinkedView, pane: tuple[float, float]) -> None:
    """A photo and the same photo at half its pixels are drawn over each other exactly."""
    large, small = view.placement((6000, 4000), pane), view.placement((3000, 2000), pane)
    assert large.to_pane(1500, 900) == pytest.approx(small.to_pane(750, 450))


def test_the_whole_photo_fits_into_its_pane() -> None:
    assert fit_scale((6000.0, 4000.0), (600.0, 400.0)) == pytest.approx(0.1)


def test_an_aligned_photo_is_drawn_where_the_other_is() -> None:
    """B is A moved by (10, 20) px: B's corner pixel is drawn exactly over A's pixel (10, 20)."""
    place = LinkedView(zoom=2).placement((100, 80), (400, 300))
    rows = aligned_placement(place, ((1, 0, 10), (0, 1, 20), (0, 0, 1)))
    drawn = rows[0][0] * 0.5 + rows[0][1] * 0.5 + rows[0][2], rows[1][0] * 0.5 + rows[1][1] * 0.5 + rows[1][2]
    assert drawn == pytest.approx(place.to_pane(10.5, 20.5))
