"""A lesion over visits: the points, their errors, and the change between two of them."""

from __future__ import annotations

import math
from datetime import date

import pytest

from photodesk.compare.lesion_series import change, lesion_series
from photodesk.compare.measurement import Measured, area
from photodesk.photos.marks import Mark, MarkKind, Point, Scale, ScaleSource

LESION = "5" * 32


def ring(photo_id: str, radius: float, lesion_id: str = LESION, aided: bool = False) -> Mark:
    turns = [2 * math.pi * n / 720 for n in range(720)]
    points = tuple((500 + radius * math.cos(t), 500 + radius * math.sin(t)) for t in turns)
    return Mark(f"{photo_id}-{radius}", photo_id, MarkKind.OUTLINE, points, "", lesion_id, aided)


def scale(photo_id: str) -> Scale:
    return Scale(photo_id, 0.05, 0.05, 0.015, ScaleSource.STICKER)


def line(photo_id: str, *points: Point) -> Mark:
    return Mark(f"{photo_id}-line{points}", photo_id, MarkKind.LENGTH, points, "", LESION)


def test_points_come_by_day_with_area_across_and_error() -> None:
    days = {"a": date(2026, 8, 28), "b": date(2026, 11, 20), "c": date(2026, 6, 5), "d": date(2026, 1, 1)}
    marks = [
        ring("b", 110.0, aided=True),
        ring("a", 100.0),
        line("a", (400.0, 500.0), (600.0, 500.0)),
        line("a", (450.0, 500.0), (550.0, 500.0)),
        ring("c", 90.0, lesion_id="another"),
        ring("d", 90.0),
        ring("elsewhere", 90.0),
    ]
    series = lesion_series(LESION, days, marks, {name: scale(name) for name in ("a", "b", "c", "elsewhere")})
    assert [each.photo_id for each in series] == ["a", "b"], "d has no scale, c another lesion"
    first, last = series
    assert first.area.value == pytest.approx(math.pi * 25, rel=0.001)
    assert first.area.error == pytest.approx(math.hypot(first.area.value * 0.03, 2 * math.pi * 5 * 0.05), rel=0.01)
    assert first.across is not None
    assert first.across.value == pytest.approx(10.0)
    assert (first.aided, last.aided, last.across) == (False, True, None)


def test_parts_are_summed_and_a_crossing_outline_counts_nothing() -> None:
    days = {"a": date(2026, 8, 28)}
    parts = [ring("a", 100.0), ring("a", 50.0)]
    [whole] = lesion_series(LESION, days, parts, {"a": scale("a")})
    assert whole.area.value == pytest.approx(sum(area(part, scale("a")).value for part in parts))
    assert whole.area.error >= 0.03 * whole.area.value
    bow = Mark("bow", "a", MarkKind.OUTLINE, ((0.0, 0.0), (10.0, 10.0), (10.0, 0.0), (0.0, 10.0)), "", LESION)
    assert lesion_series(LESION, days, [bow], {"a": scale("a")}) == ()


def test_the_change_carries_both_errors() -> None:
    moved = change(Measured(65.7, 2.0, "mm²"), Measured(73.3, 2.2, "mm²"))
    assert moved is not None
    assert moved.percent == pytest.approx(11.57, abs=0.01)
    assert moved.error == pytest.approx(4.76, abs=0.02)
    assert change(Measured(0.0, 0.1, "mm²"), Measured(1.0, 0.1, "mm²")) is None
    assert change(Measured(1.0, 0.1, "px²"), Measured(1.0, 0.1, "mm²")) is None
