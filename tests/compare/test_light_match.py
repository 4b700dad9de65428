"""Matching light: what a lamp and a shutter did is undone, and nothing else is touched."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from photodesk.compare.light_match import Source, match_light
from photodesk.imaging.srgb import encoded, linear


def scene(seed: int = 1) -> np.ndarray:
    """Skin with a darker lesion in the middle and a grey patch at the top left."""
    random = np.random.default_rng(seed)
    picture = np.full((400, 600, 3), (205, 160, 138), np.float32) + random.normal(0, 6, (400, 600, 1))
    cv2.circle(picture, (300, 200), 60, (120, 70, 60), -1)
    picture[20:80, 20:80] = 128
    return np.clip(picture, 0, 255).astype(np.uint8)


def relit(picture: np.ndarray, gains: tuple[float, float, float]) -> np.ndarray:
    return np.rint(encoded(np.clip(linear(picture / 255.0) * gains, 0, 1)) * 255).astype(np.uint8)


@pytest.mark.parametrize("source", list(Source))
def test_other_light_is_undone(source: Source) -> None:
    a = scene()
    b = relit(a, (0.9, 0.6, 0.45))
    region = [(0.05, 0.06, 0.12, 0.19)] if source is not Source.SKIN else [(0.35, 0.3, 0.65, 0.7)]
    found = match_light(a, b, source, region, region)
    assert found is not None
    matched = found.applied(b)
    assert abs(matched.astype(int) - a).mean() < 2
    assert "display only" in found.words


def test_a_lesion_that_grew_does_not_change_the_skin_around_it() -> None:
    a, b = scene(1), scene(2)
    cv2.circle(b, (300, 200), 110, (120, 70, 60), -1)
    without = [(0.25, 0.15, 0.75, 0.85)]
    found = match_light(a, b, Source.SKIN, without, without)
    assert found is not None
    assert found.gains == pytest.approx((1, 1, 1), abs=0.03)


def test_black_and_blown_pictures_give_no_match() -> None:
    for empty in (np.zeros((50, 50, 3), np.uint8), np.full((50, 50, 3), 255, np.uint8)):
        assert match_light(scene(), empty, Source.SKIN) is None
    assert match_light(scene(), scene(), Source.PATCH) is None


def test_what_it_blows_out_is_said() -> None:
    a, b = relit(scene(), (1.6, 1.6, 1.6)), scene()
    found = match_light(a, b, Source.PATCH, [(0.05, 0.06, 0.12, 0.19)], [(0.05, 0.06, 0.12, 0.19)])
    assert found is not None
    assert 0 <= found.clipped <= 1
