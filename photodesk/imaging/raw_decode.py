"""RAW files: the camera's own embedded JPEG where it is large enough for what is asked, else developed by LibRaw.

The embedded picture is what the person saw on the camera, and costs a hundredth of developing. Its bytes never leave
the decoder; its pixels do. It is turned here; LibRaw turns what it develops itself. A file too small to hold its
sensor's data, and a developed picture that is black all over, are never shown as a photo: then any embedded picture,
however small, counts.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import rawpy
import simplejpeg
from PIL import Image

from photodesk.imaging import colour, limits, metadata
from photodesk.imaging.decoded import Pixels
from photodesk.imaging.embedded_jpeg import embedded_jpegs
from photodesk.imaging.limits import Undecodable
from photodesk.imaging.metadata import MALFORMED, Metadata
from photodesk.imaging.renditions import shrink
from photodesk.imaging.upright import upright

_HALF_SIZE_FROM = 2
_BLACK = 16
_LEAST_LIT = 0.01
_LEAST_BITS_PER_PIXEL = 1
_SEARCH_BYTES = 1 << 20
_LEAST_PX = 64
_ENOUGH = 0.6
_AS_GOOD_AS_FULL = 0.95
_ORIENTATION_OF_FLIP = {3: 3, 5: 8, 6: 6}
_FAULTS = (rawpy.LibRawError, Undecodable, RuntimeError, *MALFORMED)


@dataclass(frozen=True)
class Developed:
    """`pixels` in sRGB, upright; (width, height) of the full picture, upright; the name of the profile it had."""

    pixels: Pixels
    full_size: tuple[int, int]
    profile: str = ""


def read_metadata(data: bytes, media_type: str) -> Metadata:
    """EXIF of a RAW file: TIFF from its start, CR3's `CMT1` and `CMT2` boxes, RAF's embedded JPEG."""
    if media_type == "image/x-canon-cr3":
        return metadata.merge(_box(data, b"CMT1"), _box(data, b"CMT2"))
    if media_type == "image/x-fuji-raf":
        start = int.from_bytes(data[84:88], "big")
        exif = data.find(b"Exif\0\0", start, start + 65536)
        return metadata.read_bytes(data[exif : exif + 65536]) if exif >= 0 else Metadata()
    if media_type in {"image/x-panasonic-rw2", "image/x-olympus-orf"}:  # their own number after the byte order
        return metadata.read_bytes((b"MM\0*" if data[:2] == b"MM" else b"II*\0") + data[4:])
    return metadata.read_bytes(data)


def develop(data: bytes, media_type: str, long_edge_px: int | None, found: Metadata) -> Developed:
    """The picture; `Undecodable` where neither the camera's JPEG nor the sensor's data gives one."""
    try:
        with rawpy.RawPy() as raw:
            raw.open_buffer(io.BytesIO(data))
            return _known_to_libraw(raw, len(data), long_edge_px, found)
    except _FAULTS as problem:
        for preview in embedded_jpegs(data, media_type):
            try:
                return _from_jpeg(preview, long_edge_px, found, found.orientation, None)
            except _FAULTS:
                continue
        raise Undecodable("The RAW file holds no picture that can be read.") from problem


def _known_to_libraw(raw: Any, size_bytes: int, long_edge_px: int | None, found: Metadata) -> Developed:
    sizes = raw.sizes
    limits.check_pixels(sizes.raw_width, sizes.raw_height)
    full = (sizes.height, sizes.width) if sizes.flip in {5, 6} else (sizes.width, sizes.height)
    orientation = found.orientation if found.orientation != 1 else _ORIENTATION_OF_FLIP.get(sizes.flip, 1)
    preview: Developed | None = None
    try:
        preview = _from_preview(raw, long_edge_px, found, orientation, lying=sizes.width >= sizes.height)
    except _FAULTS:
        preview = None
    if preview is not None and _is_enough(preview, full, long_edge_px):
        return Developed(preview.pixels, full, preview.profile)
    try:
        if 8 * size_bytes < _LEAST_BITS_PER_PIXEL * sizes.raw_width * sizes.raw_height:
            raise Undecodable("The RAW file holds no sensor data.")
        return _from_sensor(raw, long_edge_px, full)
    except _FAULTS:
        if preview is None:
            raise
        return preview


def _is_enough(preview: Developed, full: tuple[int, int], long_edge_px: int | None) -> bool:
    """Whether the embedded picture serves: nearly full size where all is asked for, else most of what is asked for."""
    wanted = max(full) * _AS_GOOD_AS_FULL if long_edge_px is None else min(long_edge_px, max(full)) * _ENOUGH
    return max(preview.full_size) >= wanted


def _from_sensor(raw: Any, long_edge_px: int | None, full: tuple[int, int]) -> Developed:
    raw.unpack()
    half = long_edge_px is not None and max(full) >= _HALF_SIZE_FROM * long_edge_px
    pixels: Pixels = raw.postprocess(
        use_camera_wb=True, half_size=half, output_color=rawpy.ColorSpace.sRGB, output_bps=8, no_auto_bright=False
    )
    if (pixels[::4, ::4] > _BLACK).mean() < _LEAST_LIT:
        raise Undecodable("The RAW file holds no sensor data.")
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        pixels = np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2)
    width, height = full if half else (pixels.shape[1], pixels.shape[0])
    return Developed(shrink(pixels, long_edge_px or max(width, height)), (width, height))


def _from_preview(raw: Any, long_edge_px: int | None, found: Metadata, orientation: int, *, lying: bool) -> Developed:
    preview = raw.extract_thumb()
    if preview.format == rawpy.ThumbFormat.JPEG:
        return _from_jpeg(bytes(preview.data), long_edge_px, found, orientation, lying)
    pixels = np.ascontiguousarray(preview.data, np.uint8)
    turned = upright(pixels, orientation)
    height, width = turned.shape[:2]
    return Developed(shrink(turned, long_edge_px or max(width, height)), (width, height))


def _from_jpeg(
    data: bytes, long_edge_px: int | None, found: Metadata, orientation: int, lying: bool | None
) -> Developed:
    """An embedded JPEG, scaled while decoded. `lying`: how the sensor lies; a JPEG turned already stays as it is."""
    height, width, _, _ = simplejpeg.decode_jpeg_header(data)
    limits.check_pixels(width, height)
    if max(width, height) < _LEAST_PX:
        raise Undecodable("The RAW file's embedded picture is too small to show.")
    with Image.open(io.BytesIO(data), formats=("JPEG", "MPO")) as picture:
        embedded = picture.info.get("icc_profile")
    profile = bytes(embedded) if embedded else (colour.adobe_rgb() if found.adobe_rgb else None)
    factor = min(1.0, (long_edge_px or max(width, height)) / max(width, height))
    least = max(1, round(width * factor)), max(1, round(height * factor))
    pixels: Pixels = simplejpeg.decode_jpeg(
        data, "RGB", fastdct=False, fastupsample=False, min_width=least[0], min_height=least[1]
    )
    if orientation >= 5 and lying is not None and (width >= height) != lying:
        orientation = 1
    flat, name = colour.pixels_to_srgb(shrink(pixels, max(least)), profile)
    size = (height, width) if orientation >= 5 else (width, height)
    return Developed(upright(flat, orientation), size, name)


def _box(data: bytes, name: bytes) -> Metadata:
    """The TIFF structure in an ISO media box found in the file's first megabyte."""
    at = data.find(name, 0, _SEARCH_BYTES)
    if at < 4:
        return Metadata()
    length = int.from_bytes(data[at - 4 : at], "big")
    return metadata.read_bytes(data[at + 4 : at - 4 + length])
