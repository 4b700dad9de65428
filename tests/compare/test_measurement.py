"""Measured lengths and areas against shapes whose size is known; an aided outline against the edge it follows."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodesk.compare.edge_snap import snapped
from photodesk.compare.measurement import area, crosses_itself, length, scale_from, scale_from_spacing
from photodesk.errors import Fixable
from photodesk.photos.marks import Mark, MarkKind, Scale, ScaleSource

MM_PX = 0.05


def outline(points: list[tuple[float, float]]) -> Mark:
    return Mark("m", "p", MarkKind.OUTLINE, tuple(points))


def circle(x: float, y: float, radius: float, count: int = 180) -> list[tuple[float, float]]:
    turns = np.linspace(0, 2 * math.pi, count, endpoint=False)
    return [(x + radius * math.cos(t), y + radius * math.sin(t)) for t in turns]


def ruler() -> tuple[np.ndarray, list[float]]:
    """A ruler of 50 mm drawn at 20 px a millimetre, tilted by nothing; x of its millimetre marks."""
    picture = np.full((200, 1100, 3), 240, np.uint8)
    marks = [40 + 20 * mm for mm in range(51)]
    for mm, x in enumerate(marks):
        cv2.line(picture, (x, 20), (x, 80 if mm % 10 == 0 else 50), (10, 10, 10), 2)
    return picture, [float(x) for x in marks]


def test_lengths_on_a_ruler_are_right_within_half_a_percent() -> None:
    _, marks = ruler()
    scale = scale_from("p", ((marks[0] + 0.7, 40), (marks[50] - 0.6, 41)), 50.0, ScaleSource.RULER)
    assert scale.across_mm == pytest.approx(MM_PX, rel=0.005)
    for low, high in ((0, 10), (5, 45), (12, 37)):
        found = length(Mark("m", "p", MarkKind.LENGTH, ((marks[low], 30), (marks[high], 30))), scale)
        assert found.value == pytest.approx(high - low, rel=0.005)
        assert found.unit == "mm"
        assert abs(found.value - (high - low)) < 3 * found.error


@settings(deadline=None)  # a busy computer is no wrong area
@given(radius=st.floats(20, 900), x=st.floats(-50, 4000), y=st.floats(-50, 4000))
def test_areas_of_known_shapes_are_right_within_a_percent(radius: float, x: float, y: float) -> None:
    scale = Scale("p", MM_PX, MM_PX, 0.01, ScaleSource.STICKER)
    true = math.pi * (radius * MM_PX) ** 2
    assert area(outline(circle(x, y, radius)), scale).value == pytest.approx(true, rel=0.01)
    assert area(Mark("m", "p", MarkKind.CIRCLE, ((x, y), (x + radius, y))), scale).value == pytest.approx(
        true, rel=1e-6
    )
    around = length(outline(circle(x, y, radius)), scale)
    assert around.value == pytest.approx(2 * math.pi * radius * MM_PX, rel=0.01)


def test_a_pixel_that_is_not_square_measures_right() -> None:
    scale = scale_from_spacing("p", (0.2, 0.1))
    square = outline([(0, 0), (100, 0), (100, 50), (0, 50)])
    assert area(square, scale).value == pytest.approx(100.0)
    assert length(square, scale).value == pytest.approx(40.0)


def test_the_error_says_how_far_placing_and_scale_may_lead_astray() -> None:
    random = np.random.default_rng(3)
    scale = Scale("p", MM_PX, MM_PX, 0.0, ScaleSource.HAND)
    true = area(outline(circle(300, 300, 120, 40)), scale)
    drawn = [area(outline(circle(300, 300, 120 + off, 40)), scale).value for off in random.normal(0, 1, 400)]
    assert float(np.std(drawn)) == pytest.approx(true.error, rel=0.2)
    unsure = area(outline([(0, 0), (100, 0), (100, 100), (0, 100)]), Scale("p", 1, 1, 0.05, ScaleSource.HAND))
    assert unsure.error / unsure.value == pytest.approx(0.1, rel=0.1)


def test_without_a_scale_there_are_no_millimetres() -> None:
    assert area(outline([(0, 0), (10, 0), (10, 10)]), None).unit == "px²"


def test_what_cannot_be_measured_is_said() -> None:
    with pytest.raises(Fixable, match="close together"):
        scale_from("p", ((0, 0), (10, 0)), 5, ScaleSource.RULER)
    with pytest.raises(Fixable, match="above zero"):
        scale_from("p", ((0, 0), (100, 0)), 0, ScaleSource.RULER)
    with pytest.raises(ValueError, match="area"):
        area(Mark("m", "p", MarkKind.ARROW, ((0, 0), (1, 1))), None)
    assert crosses_itself([(0, 0), (10, 10), (10, 0), (0, 10)])
    assert not crosses_itself(circle(0, 0, 10, 30))


@pytest.mark.parametrize("bad", [((0.0, 0.0),), ((0.0, math.nan), (1.0, 1.0))])
def test_a_mark_that_is_none_is_refused(bad: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="points"):
        Mark("m", "p", MarkKind.LENGTH, bad)


def lesion(radius: float, noise: float, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    picture = np.full((500, 600, 3), (206, 160, 140), np.float32)
    cv2.ellipse(picture, (300, 250), (round(radius), round(radius * 0.7)), 20, 0, 360, (130, 84, 70), -1, cv2.LINE_AA)
    picture = cv2.GaussianBlur(picture, (0, 0), 1.5) + random.normal(0, noise, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


def off_edge_px(points: tuple[tuple[float, float], ...], radius: float) -> np.ndarray:
    """Distance of points from the ellipse, by its outline at fine steps."""
    turns = np.linspace(0, 2 * math.pi, 4000, endpoint=False)
    edge = np.stack([radius * np.cos(turns), radius * 0.7 * np.sin(turns)], axis=1)
    cos, sin = math.cos(math.radians(20)), math.sin(math.radians(20))
    edge = edge @ np.array([[cos, sin], [-sin, cos]]) + (300, 250)
    return np.sqrt(((np.array(points)[:, None] - edge[None]) ** 2).sum(axis=2).min(axis=1))


@pytest.mark.parametrize("noise", [2, 8, 16])
@pytest.mark.parametrize("seed", range(4))
def test_an_aided_outline_keeps_to_the_edge(noise: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    radius = 120 + 10 * seed
    turns = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    wobble = cv2.GaussianBlur(random.normal(0, 12, (48, 1)).astype(np.float32), (0, 0), 1.5)[:, 0]
    cos, sin = math.cos(math.radians(20)), math.sin(math.radians(20))
    drawn = []
    for turn, off in zip(turns, np.clip(wobble, -9, 9), strict=True):
        x, y = (radius + off) * math.cos(turn), (radius * 0.7 + off) * math.sin(turn)
        drawn.append((300 + cos * x - sin * y, 250 + sin * x + cos * y))
    points, _ = snapped(lesion(radius, noise, seed), drawn)
    off = off_edge_px(points, radius)
    assert np.percentile(off, 95) <= 2
    assert off.mean() <= 1


def test_a_pinned_point_never_moves() -> None:
    drawn = circle(300, 250, 140, 40)
    points, pinned = snapped(lesion(130, 4, 1), drawn, pinned=(0, 7, 23))
    assert [points[index] for index in pinned] == [pytest.approx(drawn[index], abs=1e-9) for index in (0, 7, 23)]


def test_where_there_is_no_edge_points_stay_about_where_they_were() -> None:
    flat = np.full((500, 600, 3), (206, 160, 140), np.uint8)
    drawn = circle(300, 250, 100, 60)
    points, _ = snapped(flat, drawn)
    assert max(abs(math.dist(point, (300, 250)) - 100) for point in points) < 2


def test_an_outline_at_the_border_of_the_photo_is_taken_as_it_is() -> None:
    points, _ = snapped(lesion(130, 4, 1), circle(5, 5, 40, 30))
    assert all(math.isfinite(x) and math.isfinite(y) for x, y in points)
