"""A comparison as one picture."""

from __future__ import annotations

import numpy as np
import pytest

from photodesk.compare import Mode, render, scaled_matrix
from photodesk.compare.render import DARK, GREY, WHITE


def _plain(value: int, width: int = 300, height: int = 200) -> np.ndarray:
    return np.full((height, width, 3), value, np.uint8)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("shape", [(300, 200), (200, 300), (1, 400), (999, 7)])
def test_any_two_photos_in_any_mode_have_the_width_asked_for(mode: Mode, shape: tuple[int, int]) -> None:
    picture = render(_plain(50), _plain(90, *shape), mode, 257)
    assert picture.shape[1:] == (257, 3)
    assert picture.dtype == np.uint8


def test_side_by_side_shows_both_on_grey() -> None:
    picture = render(_plain(10), _plain(200, 200, 300), Mode.SIDE_BY_SIDE, 402)
    assert picture[picture.shape[0] // 2, 50].tolist() == [10] * 3
    assert picture[picture.shape[0] // 2, 350].tolist() == [200] * 3
    assert picture[0, 50].tolist() == [GREY] * 3
    assert picture[0, 199].tolist() == [GREY] * 3


def test_curtain_overlay_difference() -> None:
    a, b = _plain(100), _plain(200)
    curtain = render(a, b, Mode.CURTAIN, 300, share=0.25)
    assert (curtain[0, 70, 0], curtain[0, 80, 0]) == (100, 200)
    assert render(a, b, Mode.OVERLAY, 300, share=0.3)[5, 5, 0] == 130
    assert render(a, b, Mode.DIFFERENCE, 300)[5, 5, 0] == GREY - 50
    assert (render(a, a, Mode.DIFFERENCE, 300) == GREY).all()


def test_an_aligned_photo_lies_where_it_belongs() -> None:
    random = np.random.default_rng(2)
    a = np.kron(random.integers(0, 255, (20, 30, 3)).astype(np.uint8), np.ones((10, 10, 1), np.uint8))
    b = a[20:, 30:]
    matrix = [[1.0, 0, 30], [0, 1, 20], [0, 0, 1]]
    apart = render(a, b, Mode.DIFFERENCE, 300, matrix)
    assert (apart[25:195, 35:295] == GREY).all()
    half = scaled_matrix(matrix, 0.5, 0.5)
    assert np.allclose(half, [[1, 0, 15], [0, 1, 10], [0, 0, 1]])


@pytest.mark.parametrize("width", [64, 257, 1600])
@pytest.mark.parametrize("mode", [Mode.SIDE_BY_SIDE, Mode.CURTAIN])
def test_where_two_photos_meet_runs_a_dark_and_a_white_line(mode: Mode, width: int) -> None:
    for value in (0, DARK, 119, 255):
        picture = render(_plain(value), _plain(value), mode, width, share=0.25)
        row = picture[picture.shape[0] // 2, :, 0].astype(int)
        (at,) = [x for x in range(1, width) if (row[x - 1], row[x]) == (DARK, WHITE)]
        meeting = width // 4 if mode is Mode.CURTAIN else width // 2
        assert abs(at - meeting) <= 1


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_curtain_drawn_to_the_end_has_no_line(share: float) -> None:
    picture = render(_plain(100), _plain(200), Mode.CURTAIN, 300, share=share)
    assert (picture == (200 if share == 0 else 100)).all()
