"""RAW files: developed by LibRaw as the camera was set, or their embedded preview where that fails.

The preview's bytes never leave the decoder; its pixels do. LibRaw turns pictures upright itself; previews are turned
here. A developed picture that is black all over is a file without sensor data and is never shown as a photo.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import rawpy
import simplejpeg

from photodesk.imaging import limits, metadata
from photodesk.imaging.decoded import Pixels
from photodesk.imaging.limits import Undecodable
from photodesk.imaging.metadata import MALFORMED, Metadata
from photodesk.imaging.renditions import shrink
from photodesk.imaging.upright import upright

_HALF_SIZE_FROM = 2
_BLACK = 16
_LEAST_LIT = 0.01
_SEARCH_BYTES = 1 << 20


def read_metadata(data: bytes, media_type: str) -> Metadata:
    """EXIF of a RAW file: TIFF from its start, CR3's `CMT1` and `CMT2` boxes, RAF's embedded JPEG."""
    if media_type == "image/x-canon-cr3":
        return metadata.merge(_box(data, b"CMT1"), _box(data, b"CMT2"))
    if media_type == "image/x-fuji-raf":
        start = int.from_bytes(data[84:88], "big")
        exif = data.find(b"Exif\0\0", start, start + 65536)
        return metadata.read_bytes(data[exif : exif + 65536]) if exif >= 0 else Metadata()
    if media_type == "image/x-panasonic-rw2":
        return metadata.read_bytes(b"II*\0" + data[4:])
    return metadata.read_bytes(data)


def develop(data: bytes, long_edge_px: int | None, orientation: int) -> tuple[Pixels, tuple[int, int]]:
    """Pixels (sRGB, upright) and the full upright (width, height); `Undecodable` where neither way gives a picture."""
    try:
        with rawpy.RawPy() as raw:
            raw.open_buffer(io.BytesIO(data))
            limits.check_pixels(raw.sizes.raw_width, raw.sizes.raw_height)
            try:
                return _from_sensor(raw, long_edge_px)
            except (rawpy.LibRawError, Undecodable, *MALFORMED):
                return _from_preview(raw, long_edge_px, orientation)
    except (rawpy.LibRawError, RuntimeError, *MALFORMED) as problem:
        raise Undecodable("The RAW file holds no picture that can be read.") from problem


def _from_sensor(raw: Any, long_edge_px: int | None) -> tuple[Pixels, tuple[int, int]]:
    raw.unpack()
    width, height = raw.sizes.width, raw.sizes.height
    if raw.sizes.flip in {5, 6}:
        width, height = height, width
    half = long_edge_px is not None and max(width, height) >= _HALF_SIZE_FROM * long_edge_px
    pixels: Pixels = raw.postprocess(
        use_camera_wb=True, half_size=half, output_color=rawpy.ColorSpace.sRGB, output_bps=8, no_auto_bright=False
    )
    if (pixels[::4, ::4] > _BLACK).mean() < _LEAST_LIT:
        raise Undecodable("The RAW file holds no sensor data.")
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        pixels = np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2)
    if not half:
        height, width = pixels.shape[:2]
    return shrink(pixels, long_edge_px or max(width, height)), (width, height)


def _from_preview(raw: Any, long_edge_px: int | None, orientation: int) -> tuple[Pixels, tuple[int, int]]:
    preview = raw.extract_thumb()
    if preview.format == rawpy.ThumbFormat.JPEG:
        height, width, _, _ = simplejpeg.decode_jpeg_header(preview.data)
        limits.check_pixels(width, height)
        pixels: Pixels = simplejpeg.decode_jpeg(preview.data, "RGB", fastdct=False, fastupsample=False)
    else:
        pixels = np.ascontiguousarray(preview.data, np.uint8)
    turned = upright(pixels, orientation)
    height, width = turned.shape[:2]
    return shrink(turned, long_edge_px or max(width, height)), (width, height)


def _box(data: bytes, name: bytes) -> Metadata:
    """The TIFF structure in an ISO media box found in the file's first megabyte."""
    at = data.find(name, 0, _SEARCH_BYTES)
    if at < 4:
        return Metadata()
    length = int.from_bytes(data[at - 4 : at], "big")
    return metadata.read_bytes(data[at + 4 : at - 4 + length])
