"""Halved pictures for small scales, made beside the GUI thread: bilinear painting alone would skip pixels."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from PySide6.QtGui import QImage

LEAST_PX = 512
FAR_APART = 2.5
"""So much wider than the next smaller picture, one is halved in between: bilinear painting would skip pixels."""


def smaller_images(image: QImage, least_px: float = LEAST_PX) -> tuple[QImage, ...]:
    """Halvings of a 32-bit image, each of the one before, while it is wider than `least_px`; each pixel a mean of 4."""
    found: list[QImage] = []
    now = image
    while not now.isNull() and now.width() > least_px and now.height() > 1:
        wide, high = now.width() // 2, now.height() // 2
        half = QImage(wide, high, image.format())
        whole = np.frombuffer(now.constBits(), np.uint8).reshape(now.height(), now.width(), 4)
        into = np.frombuffer(half.bits(), np.uint8).reshape(high, wide, 4)
        cv2.resize(whole[: 2 * high, : 2 * wide], (wide, high), dst=into, interpolation=cv2.INTER_AREA)
        found.append(half)
        now = half
    return tuple(found)


def far_apart(image: QImage, fewer: Sequence[QImage]) -> bool:
    """Whether pictures are missing between this one and the same in fewer pixels."""
    return bool(fewer) and image.width() > FAR_APART * fewer[0].width()


def between(image: QImage, fewer: Sequence[QImage]) -> tuple[QImage, ...]:
    """Halvings of `image` as far down as the same photo in fewer pixels does not do, and then that."""
    return (*smaller_images(image, FAR_APART * fewer[0].width()), *fewer)
