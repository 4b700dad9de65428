"""B drawn into A's frame: where the matrix says, clear beyond its edge, and differences around middle grey."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtGui import QImage

from photodesk.photos.comparison import LaidBy
from photodesk.ui.compare.confidence import alignment_sentences, turn_and_scale
from photodesk.ui.compare.laying import Laying, _turned, difference_image, laid_image

SHIFT = ((1.0, 0.0, 40.0), (0.0, 1.0, 20.0), (0.0, 0.0, 1.0))


def image(pixels: np.ndarray) -> QImage:
    tight = np.ascontiguousarray(pixels, np.uint8)
    made = QImage(tight.data, tight.shape[1], tight.shape[0], 3 * tight.shape[1], QImage.Format.Format_RGB888)
    return made.convertToFormat(QImage.Format.Format_RGB32)


def pixels_of(made: QImage) -> np.ndarray:
    return np.frombuffer(made.constBits(), np.uint8).reshape(made.height(), made.width(), 4).copy().copy()


def ramp(width: int, height: int) -> np.ndarray:
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    return np.stack([across % 256, down % 256, np.full_like(down, 90)], axis=2)


def test_b_lies_where_the_matrix_says_and_is_clear_beyond_its_edge() -> None:
    laid = pixels_of(laid_image(image(ramp(200, 150)), SHIFT, ((200, 150), (200, 150))))
    blue, green, red, alpha = laid[100, 150]
    assert (red, green, blue, alpha) == (110, 80, 90, 255)
    assert tuple(laid[5, 5]) == (0, 0, 0, 0)


def test_pictures_of_fewer_pixels_than_the_originals_lie_alike() -> None:
    half = image(ramp(400, 300)[::2, ::2])
    laid = laid_image(half, SHIFT, ((400, 300), (400, 300)))
    assert (laid.width(), laid.height()) == (200, 150)
    assert pixels_of(laid)[100, 150][2] == pytest.approx(2 * (150 - 20) % 256, abs=3)


def test_a_large_b_laid_on_a_small_a_is_shrunk_not_skipped() -> None:
    stripes = np.repeat(np.tile([[0, 255]], (600, 400))[:, :, None], 3, axis=2)
    shrink = ((0.1, 0.0, 0.0), (0.0, 0.1, 0.0), (0.0, 0.0, 1.0))
    laid = pixels_of(laid_image(image(stripes), shrink, ((80, 60), (800, 600))))
    assert abs(int(laid[30, 40][0]) - 127) < 20


def test_what_is_alike_is_middle_grey() -> None:
    a = image(ramp(200, 150))
    same = laid_image(a, ((1.0, 0, 0), (0, 1.0, 0), (0, 0, 1.0)), ((200, 150), (200, 150)))
    assert np.ptp(pixels_of(difference_image(a, same))[:, :, :3]) == 0
    brighter = image(np.clip(ramp(200, 150) + 10, 0, 255))
    apart = pixels_of(difference_image(image(ramp(200, 150)), laid_image(brighter, SHIFT, ((200, 150), (200, 150)))))
    assert apart[5, 5][3] == 0


def test_the_other_way_round_is_the_inverse() -> None:
    turned = _turned(Laying(LaidBy.ITSELF, SHIFT, 0.9))
    assert turned.matrix is not None
    assert np.allclose(np.array(turned.matrix) @ np.array(SHIFT), np.eye(3))
    assert _turned(Laying(LaidBy.NOBODY, None, 0.3)).matrix is None


def test_words_say_what_was_done_and_how_sure_it_is() -> None:
    angle = math.radians(2.1)
    cos, sin = 1.013 * math.cos(angle), 1.013 * math.sin(angle)
    matrix = ((cos, -sin, 3.0), (sin, cos, 4.0), (0.0, 0.0, 1.0))
    assert turn_and_scale(matrix) == pytest.approx((2.1, 1.013))
    assert alignment_sentences(Laying(LaidBy.ITSELF, matrix, 0.96)) == (
        "96\N{NO-BREAK SPACE}% sure. Shown aligned from 80\N{NO-BREAK SPACE}%.",
        "Turned 2.1°, scaled 1.3\N{NO-BREAK SPACE}%.",
    )
    assert alignment_sentences(Laying(LaidBy.NOBODY, None, 0.41)) == (
        (
            "Too little in common: 41\N{NO-BREAK SPACE}% sure, 80\N{NO-BREAK SPACE}% needed. "
            "Both photos are shown as taken."
        ),
    )
