"""Matching colour and light of B to A for display only, always labelled, one key off.

Gains per channel are worked out in linear light, where a lamp and a shutter multiply: from a grey patch or a colour
chart a person marked in both, or from skin outside the lesion. The stored photo and every export without the label
stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from photodesk.imaging.decoded import Pixels
from photodesk.imaging.renditions import shrink
from photodesk.imaging.srgb import encoded, linear

_LONG_EDGE_PX = 512
_LEAST_PIXELS = 64
_MOST_GAIN = 4.0
_DARK, _BLOWN = 12, 250

Region = tuple[float, float, float, float]
"""(left, top, right, bottom) as shares of the photo, 0…1."""


class Source(StrEnum):
    """What the two photos are matched by."""

    PATCH = "grey patch"
    CHART = "colour chart"
    SKIN = "skin outside the lesion"


@dataclass(frozen=True)
class LightMatch:
    """What B's linear red, green and blue are multiplied by; `clipped` is the share of B's pixels it blows out."""

    gains: tuple[float, float, float]
    source: Source
    clipped: float

    @property
    def words(self) -> str:
        """The label that stands on the pane."""
        return f"Colour and light matched to A by {self.source.value}: for display only"

    def table(self) -> npt.NDArray[np.uint8]:
        """sRGB to sRGB, uint8, (1, 256, 3) as `cv2.LUT` takes it."""
        levels = np.arange(256, dtype=np.float64) / 255
        lit = linear(levels)[:, None] * np.array(self.gains)
        return np.rint(encoded(np.clip(lit, 0, 1)) * 255).astype(np.uint8)[None]

    def applied(self, pixels: Pixels) -> Pixels:
        """A matched copy; `pixels` uint8, (height, width, 3), sRGB."""
        return cv2.LUT(pixels, self.table()).astype(np.uint8, copy=False)


def match_light(
    a: Pixels,
    b: Pixels,
    source: Source,
    regions_a: Sequence[Region] = (),
    regions_b: Sequence[Region] = (),
) -> LightMatch | None:
    """Gains that make B look as lit as A; None where too little of either is neither black nor blown.

    Patch and chart: the regions marked in each, one by one the same fields. Skin: all of the photo but the regions,
    which hold the lesion.
    """
    small_a, small_b = shrink(a, _LONG_EDGE_PX), shrink(b, _LONG_EDGE_PX)
    if source is Source.SKIN:
        ratios = _ratio(_skin(small_a, regions_a), _skin(small_b, regions_b))
    else:
        if not regions_a or len(regions_a) != len(regions_b):
            return None
        pairs = [
            _ratio(_usable(_cut(small_a, one)), _usable(_cut(small_b, other)))
            for one, other in zip(regions_a, regions_b, strict=True)
        ]
        known = [pair for pair in pairs if pair is not None]
        ratios = np.median(known, axis=0) if known else None
    if ratios is None:
        return None
    gains = np.clip(ratios, 1 / _MOST_GAIN, _MOST_GAIN)
    red, green, blue = (float(gain) for gain in gains)
    lit = linear(small_b.reshape(-1, 3) / 255.0) * gains
    return LightMatch((red, green, blue), source, float((lit.max(axis=1) > 1).mean()))


def _ratio(a: npt.NDArray[np.float64] | None, b: npt.NDArray[np.float64] | None) -> npt.NDArray[np.float64] | None:
    if a is None or b is None:
        return None
    ratio: npt.NDArray[np.float64] = a / np.maximum(b, 1e-4)
    return ratio


def _usable(pixels: Pixels) -> npt.NDArray[np.float64] | None:
    """Median linear colour of what is neither black nor blown."""
    flat = pixels.reshape(-1, 3)
    sound = flat[(flat.min(axis=1) >= _DARK) & (flat.max(axis=1) <= _BLOWN)]
    if len(sound) < min(_LEAST_PIXELS, max(1, len(flat) // 2)):
        return None
    return np.asarray(np.median(linear(sound / 255.0), axis=0), np.float64)


def _skin(pixels: Pixels, without: Sequence[Region]) -> npt.NDArray[np.float64] | None:
    """Median linear colour of what looks like skin of any tone and lies outside the regions.

    Skin is a hue between red and yellow with some colour in it (CIE Lab: a* and b* above 2, hue 15° to 85°); where
    hardly anything is, everything outside the regions counts.
    """
    height, width = pixels.shape[:2]
    outside = np.ones((height, width), bool)
    for left, top, right, bottom in without:
        outside[round(top * height) : round(bottom * height), round(left * width) : round(right * width)] = False
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    hue = np.degrees(np.arctan2(lab[:, :, 2], lab[:, :, 1]))
    skin = outside & (lab[:, :, 1] > 2) & (lab[:, :, 2] > 2) & (hue > 15) & (hue < 85)
    chosen = skin if skin.sum() > 0.05 * outside.sum() else outside
    return _usable(pixels[chosen])


def _cut(pixels: Pixels, region: Region) -> Pixels:
    height, width = pixels.shape[:2]
    left, top, right, bottom = region
    return pixels[
        int(top * height) : max(int(top * height) + 1, round(bottom * height)),
        int(left * width) : max(int(left * width) + 1, round(right * width)),
    ]
