"""How comparable a pair is: measured and stated, never judged.

Light and sharpness are measured on screen renditions, within what both photos show where it is known how they lie; lens
and distance are what the cameras wrote. Thresholds say when a value is near, differs, or differs a lot; the value
itself is always given. What is not known is left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from photodesk.compare.common_part import (
    BRIGHTEST,
    DARKEST,
    CommonPart,
    Part,
    Plane,
    Size,
    common_part,
    jacobian,
    tiled,
)
from photodesk.imaging.decoded import Pixels
from photodesk.imaging.srgb import encoded
from photodesk.photos import PhotoFacts
from photodesk.visits import interval_words

_LEAST_STOPS, _MOST_STOPS = -8.0, 8.0
_QUANTILES = np.linspace(0.02, 0.98, 49)
_FINE_PX, _COARSE_PX = (0.8, 1.6), (3.2, 6.4)
_LEAST_SHARP_PX = 128
"""A shared frame with a shorter long edge has no fine detail to compare."""

_MIDDLE_GREY = 0.184
"""Linear light of L* = 50."""


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
    """`name` is stable for scripts; `value` in `unit`, not a number where that cannot be judged; `words` is what a
    person reads.
    """

    name: str
    value: float
    unit: str
    verdict: Verdict | None
    words: str


def measure(a: Side, b: Side, b_to_a: Sequence[Sequence[float]] | None = None) -> tuple[Measure, ...]:
    """All that can be said of a pair, in the order it is read. `b_to_a` (original pixels) adds scale and rotation."""
    days = abs((b.day - a.day).days)
    sizes = _size(a), _size(b)
    common = common_part(a.pixels, b.pixels, sizes, b_to_a)
    light = _light(common)
    found = [Measure("days", days, "days", None, interval_words(min(a.day, b.day), max(a.day, b.day)))]
    found += _geometry(b_to_a, sizes) if b_to_a is not None else []
    found += _camera(a.facts, b.facts)
    found += [_resolution(sizes), _exposure(light), _white_balance(light), _sharpness(common)]
    return tuple(found)


def as_json(measures: Sequence[Measure]) -> dict[str, dict[str, object]]:
    """The `comparability` object of `compare --json`."""
    return {
        each.name: {"value": _plain(each), "unit": each.unit, "verdict": each.verdict, "words": each.words}
        for each in measures
    }


def _plain(each: Measure) -> float | None:
    """Three digits after the point, of a small ratio the first two that say something; None for no number."""
    if math.isnan(each.value):
        return None
    return float(f"{each.value:.2g}") if each.unit == "ratio" and each.value < 0.1 else round(each.value, 3)


def _size(side: Side) -> Size:
    """Of the original; where that is not known, of the pixels at hand."""
    height, width = side.pixels.shape[:2]
    facts = side.facts
    return (facts.width_px, facts.height_px) if facts.width_px and facts.height_px else (width, height)


def _geometry(b_to_a: Sequence[Sequence[float]], sizes: tuple[Size, Size]) -> list[Measure]:
    """How much larger the same place is in A's frame than in B's (whatever their pixels), and how far B is turned."""
    matrix = jacobian(b_to_a, sizes[1])
    scale = math.sqrt(abs(float(np.linalg.det(matrix)))) * max(sizes[1]) / max(sizes[0])
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


def _resolution(sizes: tuple[Size, Size]) -> Measure:
    """Pixels along the long edge, B over A."""
    return _ratio("resolution", max(sizes[1]) / max(sizes[0]), "pixels along the long edge", 1.25, 2.0)


def _light(common: CommonPart) -> npt.NDArray[np.float64]:
    """B's light over A's in stops, of red, green and blue; measured where neither is black nor blown.

    The same places are compared where they are known; otherwise the same shares of both photos, darkest to brightest.
    """
    stops = []
    for channel in range(3):
        a, b = common.a, common.b
        one, other = tiled(a, a.light[:, :, channel]), tiled(b, b.light[:, :, channel])
        if common.registered:
            both = np.minimum(one[1], other[1]) > 0.9
            pairs = (one[0][both], other[0][both])
        else:
            pairs = _same_shares(a, b, channel)
        stops.append(_stops(*pairs) if len(pairs[0]) else _stops(*(_middle(each, channel) for each in (a, b))))
    return np.array(stops)


def _same_shares(a: Part, b: Part, channel: int) -> tuple[Plane, Plane]:
    """Levels at the same shares of the photos, as far as neither is black nor blown there."""
    one, other = (np.quantile(each.light[:, :, channel], _QUANTILES).astype(np.float32) for each in (a, b))
    both = (np.minimum(one, other) > DARKEST) & (np.maximum(one, other) < BRIGHTEST)
    return one[both], other[both]


def _middle(part: Part, channel: int) -> Plane:
    return np.asarray([np.median(part.light[:, :, channel][part.inside])], np.float32)


def _stops(a: Plane, b: Plane) -> float:
    ratio = float(np.median(np.log2(np.maximum(b, 1e-4) / np.maximum(a, 1e-4))))
    return min(_MOST_STOPS, max(_LEAST_STOPS, ratio))


def _exposure(light: npt.NDArray[np.float64]) -> Measure:
    """Stops of luminance, in linear light; positive where B is brighter."""
    stops = math.log2(float(np.exp2(light) @ np.array([0.2126, 0.7152, 0.0722])))
    way = "brighter" if stops > 0 else "darker"
    words = f"exposure {abs(stops):.1f} stops {way}" if abs(stops) >= 0.05 else "exposure the same"
    return Measure("exposure", stops, "stops", _verdict(abs(stops), 0.33, 1.0), words)


def _white_balance(light: npt.NDArray[np.float64]) -> Measure:
    """How far from grey (a*, b* of CIE Lab) B would show a middle grey of A, whatever the exposure."""
    green_red, blue_yellow = (_tint(light) - _tint(np.zeros(3))).tolist()
    apart = math.hypot(green_red, blue_yellow)
    way = "warmer" if blue_yellow > 0 else "cooler"
    words = f"white balance {way}" if apart >= 4 else f"white balance {'nearly ' if apart >= 1 else ''}the same"
    return Measure("white_balance", apart, "delta ab", _verdict(apart, 4, 12), words)


def _tint(light: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(a*, b*) of a middle grey in this light."""
    gains = np.exp2(light)
    gains /= float(gains @ np.array([0.2126, 0.7152, 0.0722]))
    grey = encoded(np.clip(gains * _MIDDLE_GREY, 0, 1)).astype(np.float32).reshape(1, 1, 3)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_RGB2LAB)[0, 0, 1:], np.float64)


def _sharpness(common: CommonPart) -> Measure:
    """Ratio of fine to coarse detail at one common scale, B over A."""
    if max(common.a.light.shape[:2]) < _LEAST_SHARP_PX:
        return Measure("sharpness", math.nan, "ratio", None, "sharpness not judged, too few pixels")
    sound = common.a.sound & common.b.sound if common.registered else None
    one, other = (_detail(each, each.sound if sound is None else sound) for each in (common.a, common.b))
    return _ratio("sharpness", other / max(one, 1e-6), "sharpness", 1.4, 2.2)


def _detail(part: Part, sound: npt.NDArray[np.bool_]) -> float:
    """Fine detail over coarse detail of the logarithm of light, which no exposure changes."""
    stops = np.log2(np.maximum(part.luminance, 2.0**_LEAST_STOPS))
    inside = cv2.erode(sound.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=2) > 0
    if inside.sum() < 64:
        inside = part.inside
    fine, coarse = (
        float((cv2.GaussianBlur(stops, (0, 0), near) - cv2.GaussianBlur(stops, (0, 0), far))[inside].std())
        for near, far in (_FINE_PX, _COARSE_PX)
    )
    return fine / max(coarse, 1e-4)


def _ratio(name: str, ratio: float, what: str, near: float, far: float) -> Measure:
    """A ratio is as far from 1 as its inverse."""
    apart = max(ratio, 1 / max(ratio, 1e-9))
    return Measure(name, ratio, "ratio", _verdict(apart, near, far), f"{what} {ratio_words(ratio)}")


def ratio_words(ratio: float) -> str:
    """`× 1.32`, `× 12`, and `× 1/40` where two digits after the point would say nothing."""
    if 0 < ratio < 0.1:
        return f"× 1/{1 / ratio:.0f}"
    return f"× {ratio:.2f}" if ratio < 10 else f"× {ratio:.0f}"


def _verdict(value: float, near: float, far: float) -> Verdict:
    if value <= near:
        return Verdict.NEAR
    return Verdict.DIFFERS if value <= far else Verdict.DIFFERS_A_LOT
