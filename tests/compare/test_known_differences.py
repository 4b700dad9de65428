"""Photos with known differences are measured as differing by just that: light, colour, sharpness, framing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest

from photodesk.compare import Side, Verdict, measure
from photodesk.compare.comparability import Measure
from photodesk.imaging.decoded import Pixels
from photodesk.imaging.renditions import encode_jpeg, jpeg_pixels
from photodesk.imaging.srgb import encoded, linear
from photodesk.photos import PhotoFacts

SERIES = Path(__file__).parents[3] / "shared" / "testdata" / "series"
REAL = ("skin_single/PAT_1185_679_115.png", "skin_single/PAT_1534_1810_719.png", "face_same_person/obama.jpg")
Rows = Sequence[Sequence[float]]


def _drawn() -> Pixels:
    """Skin-like: coarse blotches and pores, for trees without the test data."""
    random = np.random.default_rng(8)
    coarse = cv2.GaussianBlur(random.normal(0, 1, (480, 640)).astype(np.float32), (0, 0), 24) * 500
    fine = cv2.GaussianBlur(random.normal(0, 1, (480, 640)).astype(np.float32), (0, 0), 1.2) * 22
    return np.clip(np.array([168, 118, 98]) + (coarse + fine)[..., None], 20, 240).astype(np.uint8)


@pytest.fixture(scope="module", params=["drawn", *REAL])
def plain(request: pytest.FixtureRequest) -> Pixels:
    """A photo of at most 800 px."""
    if request.param == "drawn":
        return _drawn()
    file = SERIES / request.param
    if not file.is_file():
        pytest.skip("the shared test data is not here")
    pixels = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
    factor = min(1.0, 800 / max(pixels.shape[:2]))
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def _lit(pixels: Pixels, gains: Sequence[float]) -> Pixels:
    """Another lamp or shutter: multiplied in linear light, with new noise and another JPEG."""
    light = np.clip(linear(pixels / 255.0) * np.array(gains), 0, 1)
    noise = np.random.default_rng(5).normal(0, 1.5, pixels.shape)
    return jpeg_pixels(encode_jpeg(np.clip(encoded(light) * 255 + noise, 0, 255).astype(np.uint8), 90))


def _framed(pixels: Pixels, scale: float, degrees: float) -> tuple[Pixels, Rows]:
    """B shows the same body `scale` times as large and turned, in a frame it fills; and how B lies on A."""
    high, wide = pixels.shape[:2]
    there = np.eye(3)
    there[:2] = cv2.getRotationMatrix2D((wide * 0.48, high * 0.52), degrees, scale)
    framed = cv2.warpAffine(pixels, there[:2], (wide, high), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT)
    back = np.linalg.inv(there)
    return np.asarray(framed, np.uint8), [[float(value) for value in row] for row in back]


def _found(a: Pixels, b: Pixels, matrix: Rows | None = None) -> dict[str, Measure]:
    one, other = (
        Side(pixels, PhotoFacts("image/jpeg", pixels.shape[1], pixels.shape[0]), date(2026, 5, 1)) for pixels in (a, b)
    )
    return {each.name: each for each in measure(one, other, matrix)}


def _grey_shift(gains: Sequence[float]) -> float:
    """How far these gains move a middle grey in CIE Lab's a* and b*."""
    even = np.array(gains) / (np.array(gains) @ [0.2126, 0.7152, 0.0722])
    grey = encoded(even * 0.184).astype(np.float32).reshape(1, 1, 3)
    lab = cv2.cvtColor(grey, cv2.COLOR_RGB2LAB)[0, 0]
    return math.hypot(float(lab[1]), float(lab[2]))


@pytest.mark.parametrize("stops", [-2.0, -1.0, -0.5, 0.5, 1.0, 2.0])
def test_exposure_in_stops_whatever_the_framing(plain: Pixels, stops: float) -> None:
    bright = _lit(plain, [2.0**stops] * 3)
    whole = _found(plain, bright)
    assert whole["exposure"].value == pytest.approx(stops, abs=0.1 if stops < 2 else 0.8)  # most of some is blown
    assert whole["exposure"].verdict is (Verdict.DIFFERS if abs(stops) < 1 else whole["exposure"].verdict)
    closer, matrix = _framed(bright, 1.5, 8)
    found = _found(plain, closer, matrix)
    assert found["exposure"].value == pytest.approx(stops, abs=0.2)
    assert found["exposure"].verdict is not Verdict.NEAR
    if stops <= 1:
        assert found["white_balance"].verdict is Verdict.NEAR, "brighter is not warmer"


@pytest.mark.parametrize("gains", [(1.05, 1, 0.93), (1.15, 1, 0.8), (0.85, 1, 1.2), (1.4, 1, 0.55)])
def test_white_balance_by_what_a_grey_becomes(plain: Pixels, gains: tuple[float, float, float]) -> None:
    true = _grey_shift(gains)
    closer, matrix = _framed(_lit(plain, gains), 1.4, -6)
    for found in (_found(plain, _lit(plain, gains)), _found(plain, closer, matrix)):
        assert found["white_balance"].value == pytest.approx(true, abs=1.2)
        assert found["exposure"].verdict is Verdict.NEAR
        if true >= 6:
            assert found["white_balance"].words.endswith("warmer" if gains[0] > 1 else "cooler")


def test_framing_alone_differs_in_scale_and_turn_only(plain: Pixels) -> None:
    for scale, degrees in ((1.0, 1.0), (1.3, 10.0), (1.8, -25.0)):
        framed, matrix = _framed(_lit(plain, [1, 1, 1]), scale, degrees)
        found = _found(plain, framed, matrix)
        assert found["scale"].value == pytest.approx(1 / scale, rel=0.01)
        assert found["rotation"].value == pytest.approx(abs(degrees), abs=0.1)
        assert found["exposure"].value == pytest.approx(0, abs=0.06)
        assert found["white_balance"].verdict is Verdict.NEAR


def test_another_camera_of_more_pixels_is_framed_alike() -> None:
    a = _drawn()
    b = np.asarray(cv2.resize(a, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC), np.uint8)
    found = _found(a, b, [[1 / 1.5, 0, 0], [0, 1 / 1.5, 0], [0, 0, 1]])
    assert found["scale"].value == pytest.approx(1, abs=0.01)
    assert found["resolution"].value == pytest.approx(1.5, abs=0.01)


def test_softer_is_measured_more_the_softer_it_is(plain: Pixels) -> None:
    unit = max(plain.shape[:2]) / 512
    same, *soft = (
        _found(
            plain, _lit(np.asarray(cv2.GaussianBlur(plain, (0, 0), unit * px), np.uint8) if px else plain, [1, 1, 1])
        )["sharpness"]
        for px in (0, 1, 2.5)
    )
    assert same.verdict is Verdict.NEAR
    assert same.value > soft[0].value > soft[1].value
    assert soft[1].verdict is not Verdict.NEAR


def test_what_only_one_photo_shows_does_not_count() -> None:
    """A white cloth fills a third of B, outside of what A shows."""
    plain = _drawn()
    b = np.full((480, 960, 3), 235, np.uint8)
    b[:, :640] = plain
    matrix = [[1.0, 0, 0], [0, 1, 0], [0, 0, 1]]
    found = _found(plain, b, matrix)
    assert found["exposure"].value == pytest.approx(0, abs=0.03)
    assert found["white_balance"].verdict is Verdict.NEAR
    assert found["sharpness"].verdict is Verdict.NEAR
    assert abs(_found(plain, b)["exposure"].value) > 0.1, "unaligned, nothing tells the cloth from the skin"


def test_nothing_in_common_is_measured_as_two_whole_photos() -> None:
    plain = _drawn()
    far = [[1.0, 0, 5000.0], [0, 1, 0], [0, 0, 1]]
    assert _found(plain, _lit(plain, [2, 2, 2]), far)["exposure"].value == pytest.approx(1, abs=0.1)
    assert _found(plain, plain, [[0.0, 0, 0], [0, 0, 0], [0, 0, 1]])["exposure"].value == pytest.approx(0, abs=0.01)
