"""Laying photos on each other by hand: exact where the points are, honest where they are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photodesk.compare.landmarks import Landmark, fit_landmarks, moved_by_hand
from photodesk.compare.mapping import Model, mapped
from photodesk.compare.thin_plate import thin_plate
from photodesk.errors import Fixable

PLACES = ((100.0, 80.0), (900.0, 120.0), (850.0, 700.0), (90.0, 640.0), (500.0, 300.0))


def landmarks(matrix: np.ndarray, places: tuple[tuple[float, float], ...]) -> list[Landmark]:
    landed = mapped(matrix, np.array(places))
    return [Landmark((float(x), float(y)), place) for (x, y), place in zip(landed, places, strict=True)]


@given(scale=st.floats(0.3, 3), turn=st.floats(-180, 180), x=st.floats(-500, 500), y=st.floats(-500, 500))
def test_two_places_give_the_movement(scale: float, turn: float, x: float, y: float) -> None:
    truth = moved_by_hand(scale, turn, (x, y), (400, 300))
    found = fit_landmarks(landmarks(truth, PLACES[:2]))
    assert found.model is Model.SIMILARITY
    assert np.allclose(mapped(found.matrix, np.array(PLACES)), mapped(truth, np.array(PLACES)), atol=1e-6)
    assert found.residual_px < 1e-6


def test_three_places_may_shear_and_four_may_tilt() -> None:
    shear = np.array([[1.1, 0.2, 5], [0.05, 0.9, -8], [0, 0, 1]])
    found = fit_landmarks(landmarks(shear, PLACES[:3]))
    assert found.model is Model.AFFINE
    assert np.allclose(found.matrix, shear, atol=1e-6)
    tilt = np.array([[1.1, 0.02, 5], [0.05, 0.9, -8], [1e-4, -5e-5, 1]])
    found = fit_landmarks(landmarks(tilt, PLACES))
    assert found.model is Model.HOMOGRAPHY
    assert np.allclose(mapped(found.matrix, np.array(PLACES)), mapped(tilt, np.array(PLACES)), atol=1e-3)


def test_places_on_a_line_fix_no_more_than_a_similarity() -> None:
    line = tuple((100.0 * n, 50.0 * n) for n in range(5))
    assert fit_landmarks(landmarks(np.eye(3), line)).model is Model.SIMILARITY


def test_what_is_left_over_is_said() -> None:
    exact = landmarks(np.eye(3), PLACES)
    off = [Landmark((exact[0].a[0] + 30, exact[0].a[1]), exact[0].b), *exact[1:]]
    assert fit_landmarks(off).residual_px > 3


@pytest.mark.parametrize(
    ("places", "code"),
    [(PLACES[:1], "too_few_landmarks"), (((10.0, 10.0), (11.0, 10.0)), "landmarks_too_close")],
)
def test_too_little_is_said_plainly(places: tuple[tuple[float, float], ...], code: str) -> None:
    with pytest.raises(Fixable) as told:
        fit_landmarks(landmarks(np.eye(3), places))
    assert told.value.code == code


def test_a_thin_plate_runs_through_its_landmarks_and_is_flat_where_nothing_bends() -> None:
    flat = np.array([[1.2, 0.1, 30], [-0.1, 1.1, 12], [0, 0, 1]])
    straight = thin_plate(landmarks(flat, PLACES))
    anywhere = np.array([[333.0, 444.0], [12.0, 700.0]])
    assert np.allclose(straight.at(mapped(flat, anywhere)), anywhere, atol=1e-6)
    bent = [*landmarks(flat, PLACES[:4]), Landmark((500, 300), (530, 290))]
    spline = thin_plate(bent)
    assert np.allclose(spline.at(np.array([one.a for one in bent])), np.array([one.b for one in bent]), atol=1e-6)
    assert not spline.folds((1000, 800))
    crossed = [*bent, Landmark((510, 300), (200, 600)), Landmark((490, 310), (800, 100))]
    assert thin_plate(crossed).folds((1000, 800))


def test_a_picture_is_pulled_where_the_spline_says() -> None:
    height, width = 300, 400
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    b = np.stack([across % 256, down % 256, np.zeros_like(down)], axis=2).astype(np.uint8)
    shift = landmarks(np.array([[1.0, 0, 20], [0, 1, 10], [0, 0, 1]]), ((10, 10), (380, 20), (370, 280), (20, 270)))
    laid = thin_plate(shift).laid(b, (width, height), 119)
    assert tuple(laid[150, 200]) == (180, 140, 0)
    assert tuple(laid[2, 2]) == (119, 119, 119)


def test_a_spline_needs_places_that_span() -> None:
    with pytest.raises(Fixable, match="four"):
        thin_plate(landmarks(np.eye(3), PLACES[:3]))
    with pytest.raises(Fixable, match="line"):
        thin_plate(landmarks(np.eye(3), tuple((100.0 * n, 50.0 * n) for n in range(5))))
