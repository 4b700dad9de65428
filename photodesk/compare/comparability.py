"""How comparable a pair is: measured and stated, never judged.

Light and sharpness are measured on screen renditions; lens and distance are what the cameras wrote. Thresholds say when
a value is near, differs, or differs a lot; the value itself is always given. What is not known is left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import cv2
import numpy as np

from photodesk.imaging.decoded import Pixels
from photodesk.imaging.renditions import shrink
from photodesk.imaging.srgb import linear
from photodesk.photos import PhotoFacts
from photodesk.visits import interval_words

_LIGHT_LONG_EDGE_PX = 512
_SHARP_LONG_EDGE_PX = 1024


class Verdict(StrEnum):
    """How far apart two values are."""

    NEAR = "near"
    DIFFERS = "differs"
    DIFFERS_A_LOT = "differs a lot"


@dataclass(frozen=True)
class Side:
    """One photo of a pair: its screen rendition, its facts and the day of its visit."""

    pixels: Pixels
    facts: PhotoFacts
    day: date


@dataclass(frozen=True)
class Measure:
    """`name` is stable for scripts; `value` in `unit`; `words` is what a person reads."""

    name: str
    value: float
    unit: str
    verdict: Verdict | None
    words: str


def measure(a: Side, b: Side, b_to_a: Sequence[Sequence[float]] | None = None) -> tuple[Measure, ...]:
    """All that can be said of a pair, in the order it is read. `b_to_a` (original pixels) adds scale and rotation."""
    days = abs((b.day - a.day).days)
    found = [Measure("days", days, "days", None, interval_words(min(a.day, b.day), max(a.day, b.day)))]
    found += _geometry(b_to_a) if b_to_a is not None else []
    found += _camera(a.facts, b.facts)
    found += [_resolution(a.facts, b.facts), _exposure(a.pixels, b.pixels), _white_balance(a.pixels, b.pixels)]
    found.append(_sharpness(a.pixels, b.pixels))
    return tuple(found)


def as_json(measures: Sequence[Measure]) -> dict[str, dict[str, object]]:
    """The `comparability` object of `compare --json`."""
    return {
        each.name: {"value": round(each.value, 3), "unit": each.unit, "verdict": each.verdict, "words": each.words}
        for each in measures
    }


def _geometry(b_to_a: Sequence[Sequence[float]]) -> list[Measure]:
    matrix = np.array(b_to_a, np.float64)
    scale = math.sqrt(abs(float(np.linalg.det(matrix[:2, :2]))))
    turn = abs(math.degrees(math.atan2(float(matrix[1, 0] - matrix[0, 1]), float(matrix[0, 0] + matrix[1, 1]))))
    return [
        _ratio("scale", scale, "scale", 1.1, 1.5),
        Measure("rotation", turn, "degrees", _verdict(turn, 3, 15), f"rotation {turn:.0f}°"),
    ]


def _camera(a: PhotoFacts, b: PhotoFacts) -> list[Measure]:
    found = []
    one, other = a.capture, b.capture
    if one.focal_length_35mm and other.focal_length_35mm:
        found.append(_ratio("focal_length", other.focal_length_35mm / one.focal_length_35mm, "focal length", 1.1, 1.4))
    elif one.focal_length_mm and other.focal_length_mm and one.model == other.model:
        found.append(_ratio("focal_length", other.focal_length_mm / one.focal_length_mm, "focal length", 1.1, 1.4))
    if one.subject_distance_m and other.subject_distance_m:
        found.append(_ratio("distance", other.subject_distance_m / one.subject_distance_m, "distance", 1.15, 1.5))
    return found


def _resolution(a: PhotoFacts, b: PhotoFacts) -> Measure:
    """Pixels along the long edge, B over A."""
    longest = max(a.width_px, a.height_px, 1), max(b.width_px, b.height_px, 1)
    return _ratio("resolution", longest[1] / longest[0], "pixels along the long edge", 1.25, 2.0)


def _exposure(a: Pixels, b: Pixels) -> Measure:
    """Stops between the median luminances, in linear light; positive where B is brighter."""
    one, other = (float(np.median(_luminance(each))) for each in (a, b))
    stops = math.log2(max(other, 1e-3) / max(one, 1e-3))
    words = (
        f"exposure {abs(stops):.1f} stops {'brighter' if stops > 0 else 'darker'}" if abs(stops) >= 0.05 else "exposure"
    )
    return Measure("exposure", stops, "stops", _verdict(abs(stops), 0.33, 1.0), words)


def _white_balance(a: Pixels, b: Pixels) -> Measure:
    """Distance of the mean colours (a*, b* of CIE Lab) of what is neither black nor blown."""
    one, other = _mean_colour(a), _mean_colour(b)
    apart = math.dist(one, other)
    warmer = "warmer" if other[1] > one[1] else "cooler"
    words = f"white balance {warmer}" if apart >= 4 else "white balance"
    return Measure("white_balance", apart, "delta ab", _verdict(apart, 4, 12), words)


def _sharpness(a: Pixels, b: Pixels) -> Measure:
    """Ratio of fine detail (spread of the Laplacian over local contrast) at one common size, B over A."""
    edge = min(_SHARP_LONG_EDGE_PX, max(a.shape[:2]), max(b.shape[:2]))
    one, other = _detail(shrink(a, edge)), _detail(shrink(b, edge))
    return _ratio("sharpness", other / max(one, 1e-6), "sharpness", 1.4, 2.2)


def _detail(pixels: Pixels) -> float:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return float(cv2.Laplacian(grey, cv2.CV_32F).std()) / max(1.0, float(grey.std()))


def _luminance(pixels: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    small = shrink(pixels, _LIGHT_LONG_EDGE_PX).astype(np.float32) / 255
    luminance: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = linear(small).astype(np.float32) @ np.array(
        [0.2126, 0.7152, 0.0722], np.float32
    )
    return luminance


def _mean_colour(pixels: Pixels) -> tuple[float, float]:
    lab = cv2.cvtColor(shrink(pixels, _LIGHT_LONG_EDGE_PX).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    middle = (lab[:, :, 0] > 15) & (lab[:, :, 0] < 95)
    chosen = lab[middle] if middle.any() else lab.reshape(-1, 3)
    return float(chosen[:, 1].mean()), float(chosen[:, 2].mean())


def _ratio(name: str, ratio: float, what: str, near: float, far: float) -> Measure:
    """A ratio is as far from 1 as its inverse."""
    apart = max(ratio, 1 / max(ratio, 1e-9))
    return Measure(name, ratio, "ratio", _verdict(apart, near, far), f"{what} × {ratio:.2f}")


def _verdict(value: float, near: float, far: float) -> Verdict:
    if value <= near:
        return Verdict.NEAR
    return Verdict.DIFFERS if value <= far else Verdict.DIFFERS_A_LOT
