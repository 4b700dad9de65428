"""From the bytes of our own renditions to pictures Qt paints, off the GUI thread. Only bytes from the viewing gate."""

from __future__ import annotations

import numpy as np
import simplejpeg
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage

from photodesk.imaging.decoded import Pixels

ENOUGH = 0.95


def picture_size(rendition: bytes) -> tuple[int, int]:
    """(width, height) of a rendition; (0, 0) where the bytes are no JPEG."""
    try:
        high, wide, _space, _sampling = simplejpeg.decode_jpeg_header(rendition)
    except ValueError:
        return 0, 0
    return wide, high


def rendition_image(rendition: bytes, least_px: tuple[int, int] = (0, 0)) -> QImage:
    """A rendition as an image of 32 bits a pixel, `least_px` (width, height) or larger where it can be.

    libjpeg halves while it decodes (the halvings have fast paths, the steps between do not), which is what makes a
    first look quick; 5 % fewer pixels than asked for are taken, since more follow. (0, 0) asks for all of them. A null
    image where the bytes are no whole JPEG.
    """
    try:
        high, wide, _space, _sampling = simplejpeg.decode_jpeg_header(rendition)
        factor = 1
        if least_px != (0, 0):
            while factor < 8 and _enough(wide, high, 2 * factor, least_px):
                factor *= 2
        width, height = -(-wide // factor), -(-high // factor)
        image = QImage(width, height, QImage.Format.Format_RGB32)
        if image.isNull():
            return image
        pixels = simplejpeg.decode_jpeg(  # straight into the image: nothing is copied
            rendition,
            "BGRX",
            fastdct=False,
            min_width=width,
            min_height=height,
            buffer=image.bits(),
        )
    except ValueError:
        return QImage()
    return image if pixels.shape[:2] == (height, width) else QImage()


def _enough(wide: int, high: int, factor: int, least_px: tuple[int, int]) -> bool:
    return wide / factor >= ENOUGH * least_px[0] and high / factor >= ENOUGH * least_px[1]


def pixels_image(painted: Pixels) -> QImage:
    """An image over `painted` pixels, uint8, (height, width, 4), blue first: nothing is copied.

    The pixels live as long as the image or a copy of it; writing to it makes it a copy. ValueError for other layouts,
    beyond whose end Qt would read.
    """
    height, width, layers = painted.shape
    if layers != 4 or painted.dtype != np.uint8:
        raise ValueError("pixels of a screen have four bytes")
    memory = np.ascontiguousarray(painted).reshape(-1).data
    return QImage(memory, width, height, 4 * width, QImage.Format.Format_RGB32)


def cover_image(rendition: bytes, width_px: int, height_px: int) -> QImage:
    """The rendition cropped around its middle to the shape of `width_px` × `height_px` and scaled to it."""
    image = rendition_image(rendition, (width_px, height_px))
    if image.isNull():
        return image
    scale = max(width_px / image.width(), height_px / image.height())
    wide, high = min(image.width(), round(width_px / scale)), min(image.height(), round(height_px / scale))
    part = image.copy(QRect((image.width() - wide) // 2, (image.height() - high) // 2, wide, high))
    return part.scaled(
        width_px, height_px, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
