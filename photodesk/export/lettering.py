"""Words around a picture, never on it: dates above, and below what is true of it. Black on white, in Inter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import photodesk
from photodesk.imaging import Pixels

FONTS = Path(photodesk.__file__).parent.parent / "resources" / "fonts"
GROUND, INK = 255, 26
_HEAD_SHARE, _FOOT_SHARE = 64, 84
_LEAST_PX = 11
_LINE = 1.45


@dataclass(frozen=True)
class Words:
    """What stands around a picture. `left`, `middle`, `right` above it; `foot` below, wrapped. Empty: no room taken."""

    left: str = ""
    middle: str = ""
    right: str = ""
    foot: tuple[str, ...] = ()


def lettered(picture: Pixels, words: Words) -> Pixels:
    """The picture with its words, uint8, (height + what they need, width, 3); the picture's own pixels stay."""
    width = picture.shape[1]
    parts = [picture]
    if words.left or words.middle or words.right:
        parts.insert(0, _head(width, words))
    if words.foot:
        parts.append(_foot(width, words.foot))
    return np.vstack(parts) if len(parts) > 1 else picture


def _head(width: int, words: Words) -> Pixels:
    size = max(_LEAST_PX, width // _HEAD_SHARE)
    bar, pen = _bar(width, round(2.2 * size))
    middle, face = bar.height // 2, _face("Inter-SemiBold.otf", size)
    for text, x, anchor in ((words.left, 0, "lm"), (words.middle, width // 2, "mm"), (words.right, width, "rm")):
        pen.text((x, middle), text, font=face, fill=(INK,) * 3, anchor=anchor)
    return np.asarray(bar, np.uint8)


def _foot(width: int, lines: tuple[str, ...]) -> Pixels:
    size = max(_LEAST_PX, width // _FOOT_SHARE)
    face = _face("Inter-Regular.otf", size)
    wrapped = [part for line in lines for part in _wrapped(line, face, width)]
    step = round(_LINE * size)
    bar, pen = _bar(width, step * len(wrapped) + size)
    for number, line in enumerate(wrapped):
        pen.text((0, size // 2 + number * step + step // 2), line, font=face, fill=(INK,) * 3, anchor="lm")
    return np.asarray(bar, np.uint8)


def _bar(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    bar = Image.new("RGB", (width, height), (GROUND,) * 3)
    return bar, ImageDraw.Draw(bar)


def _wrapped(line: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """A line broken between words so that each part fits."""
    found = [""]
    for word in line.split(" "):
        longer = f"{found[-1]} {word}".strip()
        if found[-1] and face.getlength(longer) > width:
            found.append(word)
        else:
            found[-1] = longer
    return found


@cache
def _face(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    """The bundled font; where the program came without it, Pillow's own."""
    path = FONTS / name
    face = ImageFont.truetype(path, size_px) if path.exists() else ImageFont.load_default(size_px)
    if not isinstance(face, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType")
    return face
