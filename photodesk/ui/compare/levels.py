"""Halved pictures for small scales, made beside the GUI thread: bilinear painting alone would skip pixels."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtGui import QImage

LEAST_PX = 512


def smaller_images(image: QImage) -> tuple[QImage, ...]:
    """Halvings of a 32-bit image, each of the one before, while it is wider than `LEAST_PX`; each pixel a mean of 4."""
    found: list[QImage] = []
    now = image
    while not now.isNull() and now.width() > LEAST_PX and now.height() > 1:
        wide, high = now.width() // 2, now.height() // 2
        half = QImage(wide, high, image.format())
        whole = np.frombuffer(now.constBits(), np.uint8).reshape(now.height(), now.width(), 4)
        into = np.frombuffer(half.bits(), np.uint8).reshape(high, wide, 4)
        cv2.resize(whole[: 2 * high, : 2 * wide], (wide, high), dst=into, interpolation=cv2.INTER_AREA)
        found.append(half)
        now = half
    return tuple(found)
