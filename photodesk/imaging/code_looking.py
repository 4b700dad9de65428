"""The luma that codes are read from: of pixels that were decoded anyway, and of the full picture where it matters."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import simplejpeg
from PIL import Image

from photodesk.imaging.code_reading import Grey, read_codes
from photodesk.imaging.decoded import Pixels
from photodesk.imaging.renditions import shrink
from photodesk.photos import Code

LEAST_PX = 2000
"""Pixels that were shrunk below this long edge are too few to look for codes in."""

_AT_HAND_PX = 3072  # what a JPEG decoded at a half has; 200 megapixels would cost a second


class CodeReading:
    """Reads the codes of one file. A code that cannot be read is no reason against the photo: nothing is raised."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.found: tuple[Code, ...] = ()

    def look_at_jpeg(self, seen: Pixels) -> None:
        """Read from pixels of any colour space and any way up, of a JPEG that may have been decoded at a fraction."""
        self._look(lambda: _luma(seen), lambda: _luma_of_jpeg(self._data))

    def look_at(self, seen: Pixels, picture: Image.Image | None) -> None:
        """The same for a picture that was decoded in full: `seen` are its pixels, perhaps shrunk since."""
        if picture is None or max(seen.shape[:2]) >= min(LEAST_PX, max(picture.size)):
            self._look(lambda: _luma(seen), (lambda: _luma_of(picture)) if picture is not None else None)
        else:
            self._look(lambda: _luma_of(picture), lambda: _luma_of(picture))

    def _look(self, at_hand: Callable[[], Grey], sharpest: Callable[[], Grey] | None) -> None:
        try:
            self.found = read_codes(shrink(at_hand(), _AT_HAND_PX), sharpest)
        except (ValueError, RuntimeError, OSError, cv2.error):
            self.found = ()


def _luma_of_jpeg(data: bytes) -> Grey:
    grey: Grey = simplejpeg.decode_jpeg(data, "GRAY")[:, :, 0]
    return grey


def _luma_of(picture: Image.Image) -> Grey:
    deep = picture.mode.startswith(("I", "F"))
    grey = (np.asarray(picture, np.float32) / 257).clip(0, 255) if deep else np.asarray(picture.convert("L"))
    return np.ascontiguousarray(grey, np.uint8)


def _luma(seen: Pixels) -> Grey:
    return cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)
