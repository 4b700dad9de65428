"""The luma that codes are read from: of pixels that were decoded anyway, and of the full picture where it matters."""

from __future__ import annotations

import cv2
import numpy as np
import simplejpeg
from PIL import Image

from photodesk.imaging.code_reading import Grey, read_codes
from photodesk.imaging.decoded import Pixels
from photodesk.photos import Code


class CodeReading:
    """Reads the codes of one file. A code that cannot be read is no reason against the photo: nothing is raised."""

    def __init__(self, data: bytes, media_type: str) -> None:
        self._data = data
        self._media_type = media_type
        self.found: tuple[Code, ...] = ()

    def look(self, seen: Pixels | Image.Image) -> None:
        """Read from decoded pixels in any colour space, upright or not; `found` holds what there was."""
        try:
            self.found = read_codes(_luma(seen), self._full if self._media_type == "image/jpeg" else None)
        except (ValueError, RuntimeError, cv2.error):
            self.found = ()

    def _full(self) -> Grey:
        """A JPEG that was decoded at a fraction, once more in its full size."""
        grey: Grey = simplejpeg.decode_jpeg(self._data, "GRAY")[:, :, 0]
        return grey


def _luma(seen: Pixels | Image.Image) -> Grey:
    if isinstance(seen, Image.Image):
        deep = seen.mode.startswith(("I", "F"))
        grey = (np.asarray(seen, np.float32) / 257).clip(0, 255) if deep else np.asarray(seen.convert("L"))
        return np.ascontiguousarray(grey, np.uint8)
    return cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)
