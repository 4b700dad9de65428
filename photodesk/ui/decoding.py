"""From the bytes of our own renditions to pictures Qt paints, off the GUI thread. Only bytes from the viewing gate."""

from __future__ import annotations

import numpy as np
import simplejpeg
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage

from photodesk.imaging.decoded import Pixels


def rendition_image(rendition: bytes, least_px: tuple[int, int] = (0, 0)) -> QImage:
    """A rendition as an image of 32 bits a pixel, at least `least_px` (width, height) large where it can be.

    libjpeg scales while it decodes (1/8 steps), which is what makes a first look quick. A null image where the bytes
    are no whole JPEG.
    """
    try:
        pixels = simplejpeg.decode_jpeg(
            rendition, "BGRX", fastdct=False, min_width=least_px[0], min_height=least_px[1], min_factor=1.0,
        )
    except ValueError:
        return QImage()
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()  # its own memory


def pixels_image(pixels: Pixels) -> QImage:
    """An image of its own for `pixels`: uint8, (height, width, 3), sRGB."""
    tight = np.ascontiguousarray(pixels)
    height, width = tight.shape[:2]
    return QImage(tight.data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )


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


def fitted_image(rendition: bytes, width_px: int, height_px: int) -> QImage:
    """The whole rendition, scaled to fit into `width_px` × `height_px`."""
    image = rendition_image(rendition, (width_px // 2, height_px // 2))
    if image.isNull():
        return image
    return image.scaled(
        width_px, height_px, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
