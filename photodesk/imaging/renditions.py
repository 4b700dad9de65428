"""Renditions: the pictures a desk shows, encoded from a decoder's pixels and from nothing else.

sRGB JPEG, 4:4:4 because redness is a finding and chroma subsampling smears it; no profile and no metadata inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import cv2
import numpy as np
import simplejpeg

from photodesk.imaging.decoded import Pixels
from photodesk.photos import RENDITION_LONG_EDGE_PX, Rendition

QUALITY: Mapping[Rendition, int] = MappingProxyType({Rendition.THUMBNAIL: 85, Rendition.SCREEN: 92})


def encode(pixels: Pixels) -> dict[Rendition, bytes]:
    """Thumbnail (480 px, quality 85) and screen (2560 px, quality 92) as JPEG, never larger than `pixels`.

    `pixels`: uint8, (height, width, 3), sRGB, upright.
    """
    screen = shrink(pixels, RENDITION_LONG_EDGE_PX[Rendition.SCREEN])
    thumbnail = shrink(screen, RENDITION_LONG_EDGE_PX[Rendition.THUMBNAIL])
    return {
        Rendition.THUMBNAIL: encode_jpeg(thumbnail, QUALITY[Rendition.THUMBNAIL]),
        Rendition.SCREEN: encode_jpeg(screen, QUALITY[Rendition.SCREEN]),
    }


def encode_jpeg(pixels: Pixels, quality: int = 92) -> bytes:
    """4:4:4 JPEG without metadata. `pixels`: uint8, (height, width, 3), sRGB."""
    encoded = simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality, "RGB", "444", fastdct=False)
    return bytes(encoded)


def jpeg_pixels(rendition: bytes) -> Pixels:
    """Pixels of a rendition PhotoDesk itself encoded and vouched for: uint8, (height, width, 3), sRGB, upright.

    Never for bytes from a card or an original: those go to a decoder. ValueError when it is no whole JPEG.
    """
    pixels: Pixels = simplejpeg.decode_jpeg(rendition, "RGB", fastdct=False, fastupsample=False)
    return pixels


def shrink(pixels: Pixels, long_edge_px: int) -> Pixels:
    """`pixels` with a long edge of at most `long_edge_px`; the same array where it already fits.

    Bilinear, halving as often as that leaves enough: halving averages two by two, and between half and whole size
    it is as near to a Lanczos reference as area averaging, in a quarter of the time.
    """
    height, width = pixels.shape[:2]
    if max(height, width) <= long_edge_px:
        return pixels
    factor = long_edge_px / max(height, width)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    while min(pixels.shape[:2]) > 1 and max(pixels.shape[:2]) >= 2 * long_edge_px:
        half = pixels.shape[1] // 2, pixels.shape[0] // 2
        pixels = cv2.resize(pixels, half, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)
