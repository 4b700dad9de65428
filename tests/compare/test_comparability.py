"""What differs between two photos is measured and said."""

from __future__ import annotations

from datetime import date

import cv2
import numpy as np
import pytest

from photodesk.compare import Side, Verdict, as_json, measure
from photodesk.imaging.decoded import Pixels
from photodesk.photos import CaptureFacts, PhotoFacts


def _texture() -> Pixels:
    noise = np.random.default_rng(3).normal(0, 60, (400, 600, 3)).astype(np.float32)
    return np.clip(cv2.GaussianBlur(noise, (0, 0), 1.5) * 3 + 120, 0, 255).astype(np.uint8)


def _side(pixels: Pixels, **capture: float) -> Side:
    facts = PhotoFacts("image/jpeg", 6000, 4000, capture=CaptureFacts(**capture))
    return Side(pixels, facts, date(2026, 5, 1))


def _verdicts(a: Side, b: Side, matrix: list[list[float]] | None = None) -> dict[str, Verdict | None]:
    return {each.name: each.verdict for each in measure(a, b, matrix)}


def test_a_photo_is_near_itself() -> None:
    side = _side(_texture(), focal_length_35mm=50, subject_distance_m=0.4)
    found = measure(side, side, [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    assert {each.verdict for each in found if each.name != "days"} == {Verdict.NEAR}
    assert [each.name for each in found] == [
        "days",
        "scale",
        "rotation",
        "focal_length",
        "distance",
        "resolution",
        "exposure",
        "white_balance",
        "sharpness",
    ]


def test_a_photo_measures_as_itself() -> None:
    side = _side(_texture())
    found = as_json(measure(side, side, [[1, 0, 0], [0, 1, 0], [0, 0, 1]]))
    assert {name: each["value"] for name, each in found.items()} == {
        "days": 0,
        "scale": 1,
        "rotation": 0,
        "resolution": 1,
        "exposure": 0,
        "white_balance": 0,
        "sharpness": 1,
    }
    assert found["exposure"]["words"] == "exposure the same"
    assert found["white_balance"]["words"] == "white balance the same"


def test_a_tiny_photo_is_not_judged_by_detail_it_has_not() -> None:
    plain = _side(_texture())
    dot = Side(np.full((1, 1, 3), 120, np.uint8), PhotoFacts("image/png", 1, 1), date(2026, 5, 1))
    small = Side(_texture()[:30, :40], PhotoFacts("image/png", 40, 30), date(2026, 5, 1))
    for other in (dot, small):
        found = as_json(measure(plain, other))
        assert (found["sharpness"]["value"], found["sharpness"]["verdict"]) == (None, None)
        assert "too few pixels" in str(found["sharpness"]["words"])
    found = as_json(measure(plain, dot))
    assert found["resolution"]["words"] == "pixels along the long edge × 1/6000"
    assert found["resolution"]["value"] == pytest.approx(1 / 6000, rel=0.05)


def test_each_difference_shows_where_it_is() -> None:
    plain = _texture()
    assert _verdicts(_side(plain), _side((plain * 0.5).astype(np.uint8)))["exposure"] is Verdict.DIFFERS_A_LOT
    warm = np.clip(plain * np.array([1.15, 1.0, 0.7]), 0, 255).astype(np.uint8)
    assert _verdicts(_side(plain), _side(warm))["white_balance"] is not Verdict.NEAR
    soft = cv2.GaussianBlur(plain, (0, 0), 4).astype(np.uint8)
    assert _verdicts(_side(plain), _side(soft))["sharpness"] is Verdict.DIFFERS_A_LOT
    lens = _verdicts(_side(plain, focal_length_35mm=28), _side(plain, focal_length_35mm=85))
    assert lens["focal_length"] is Verdict.DIFFERS_A_LOT
    turned = _verdicts(_side(plain), _side(plain), [[0, -1, 0], [1, 0, 0], [0, 0, 1]])
    assert turned["rotation"] is Verdict.DIFFERS_A_LOT
    assert turned["scale"] is Verdict.NEAR


def test_exposure_is_in_stops() -> None:
    dark, bright = (np.full((50, 50, 3), value, np.uint8) for value in (100, 137))
    stops = next(each.value for each in measure(_side(dark), _side(bright)) if each.name == "exposure")
    assert stops == pytest.approx(1.0, abs=0.05)


def test_what_is_not_known_is_left_out_and_json_is_plain() -> None:
    found = as_json(measure(_side(_texture()), _side(_texture())))
    assert "focal_length" not in found
    assert found["days"] == {"value": 0, "unit": "days", "verdict": None, "words": "same day"}
