"""Untrusted bytes to upright sRGB pixels. Runs in a decoder process and nowhere else.

The rules: what a file is, its bytes say; orientation is applied exactly once (HEIF, TIFF and RAW codecs have applied
theirs); alpha lies on white; of several pictures in a file the first or primary one counts; a JPEG is scaled while it
is decoded where less than its full size is asked for.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from dataclasses import dataclass, replace

import numpy as np
import simplejpeg
from PIL import Image, ImageFile

from photodesk.imaging import colour, limits, metadata, raw_decode
from photodesk.imaging.attachments import no_photo, still_content_identifier, video_facts
from photodesk.imaging.canvas import Canvas
from photodesk.imaging.code_looking import CodeReading
from photodesk.imaging.decoded import Pixels
from photodesk.imaging.limits import Undecodable
from photodesk.imaging.media_types import DICOM, is_still_picture, sniff_whole
from photodesk.imaging.metadata import MALFORMED, Metadata
from photodesk.imaging.renditions import shrink
from photodesk.imaging.upright import upright, upright_size
from photodesk.photos import PhotoFacts

_PILLOW = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/tiff": ("TIFF",),
    "image/webp": ("WEBP",),
    "image/heic": ("HEIF",),
    "image/heif": ("HEIF",),
}
_TURNED_BY_CODEC = {"HEIF", "TIFF"}  # libheif while it decodes, Pillow when it loads


@dataclass(frozen=True)
class _Opened:
    """A picture before colour and orientation: its pixels may be fewer than `full_size` (width, height).

    `pixels`, uint8, (height, width, 3), stand for the picture where it was decoded straight to them; they are in the
    canvas's layout where they need no colour conversion, and the canvas itself where they are upright too.
    """

    picture: Image.Image
    pixels: Pixels | None
    full_size: tuple[int, int]
    profile: bytes | None
    facts: Metadata
    orientation_left: int


def prepare() -> None:
    """Register codecs and set their limits; once per process, before the sandbox closes."""
    import cv2
    import pillow_heif

    cv2.setNumThreads(1)
    pillow_heif.register_heif_opener(thumbnails=False)
    pillow_heif.options.DECODE_THREADS = 1
    Image.MAX_IMAGE_PIXELS = None  # limits.check_pixels refuses, with a sentence, before anything is allocated
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.init()


def decode(
    data: bytes, long_edge_px: int | None, *, read_codes: bool = False, canvas: Canvas | None = None
) -> tuple[PhotoFacts, Pixels | None]:
    """Facts, and pixels (uint8, (height, width, 3), sRGB, upright) unless `facts.undecodable` says why not.

    A JPEG in full size goes straight into the `canvas`, in its layout; other pixels are the caller's to put there.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # codecs warn about files, and nobody reads a decoder's stderr
        return _decode(data, long_edge_px, None if read_codes else canvas, read_codes=read_codes)


def _decode(
    data: bytes, long_edge_px: int | None, canvas: Canvas | None, *, read_codes: bool
) -> tuple[PhotoFacts, Pixels | None]:
    media_type = sniff_whole(data)
    facts = PhotoFacts(media_type=media_type)
    codes = CodeReading(data) if read_codes else None
    try:
        if not data:
            raise Undecodable("The file is empty.")
        if len(data) > limits.FILE_BYTES:
            raise Undecodable(limits.FILE_TOO_LARGE)
        if media_type == DICOM:
            return _decode_dicom(data, long_edge_px, codes)
        if not is_still_picture(media_type):
            facts = video_facts(data, facts)
            raise Undecodable(no_photo(facts))
        if media_type in _PILLOW:
            opened = _open(data, media_type, long_edge_px, canvas)
            facts = _with(facts, opened.facts)
            pixels, profile = _finish(opened, long_edge_px, canvas)
            if codes is not None and opened.pixels is not None:
                codes.look_at_jpeg(opened.pixels)
            elif codes is not None:
                codes.look_at(pixels, opened.picture)
            facts = replace(facts, colour_profile=profile)
            width, height = upright_size(opened.full_size, opened.orientation_left)
        else:
            found = raw_decode.read_metadata(data, media_type)
            facts = _with(facts, found)
            shown = raw_decode.develop(data, media_type, long_edge_px, found)
            pixels, (width, height) = shown.pixels, shown.full_size
            facts = replace(facts, colour_profile=shown.profile)
            if codes is not None:
                codes.look_at(pixels, None)
    except Undecodable as refusal:
        return replace(facts, undecodable=refusal.reason), None
    except MemoryError:
        return replace(facts, undecodable=limits.TOO_MUCH_MEMORY), None
    return replace(facts, width_px=width, height_px=height, codes=codes.found if codes else ()), pixels


def _decode_dicom(data: bytes, long_edge_px: int | None, codes: CodeReading | None) -> tuple[PhotoFacts, Pixels | None]:
    """Imported here: only decoders that were started for DICOM have loaded it."""
    from photodesk.imaging import dicom_decode

    dataset, facts = dicom_decode.read(data)
    try:
        pixels, (width, height), profile = dicom_decode.pixels_of(dataset, long_edge_px)
    except Undecodable as refusal:
        return replace(facts, undecodable=refusal.reason), None
    except MemoryError:
        return replace(facts, undecodable=limits.TOO_MUCH_MEMORY), None
    if codes is not None:
        codes.look_at(pixels, None)
    found = codes.found if codes else ()
    return replace(facts, width_px=width, height_px=height, colour_profile=profile, codes=found), pixels


def _with(facts: PhotoFacts, found: Metadata) -> PhotoFacts:
    return replace(
        facts,
        orientation=found.orientation,
        camera_time=found.camera_time,
        capture=found.capture,
        live_photo_id=still_content_identifier(found.maker_note),
    )


def _open(data: bytes, media_type: str, long_edge_px: int | None, canvas: Canvas | None) -> _Opened:
    """Header, limits, metadata, then pixels."""
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=_PILLOW[media_type])
        limits.check_pixels(*picture.size)
        found = metadata.of_picture(picture)
        if picture.format == "HEIF":
            original = picture.info.get("original_orientation")
            found = replace(found, orientation=original if isinstance(original, int) and 1 <= original <= 8 else 1)
        left = 1 if picture.format in _TURNED_BY_CODEC else found.orientation
        full_size = picture.size
        profile = _profile(picture, found)
        pixels = None
        if picture.format in {"JPEG", "MPO"}:
            straight = canvas if canvas is not None and colour.is_srgb(profile) else None
            pixels = _jpeg_pixels(picture, data, long_edge_px, straight, upright=left == 1)
        if pixels is None:
            picture.load()
            limits.check_pixels(*picture.size)
    except (Undecodable, MemoryError):
        raise
    except (*MALFORMED, EOFError, RuntimeError) as problem:
        raise Undecodable(_plainly(problem)) from problem
    if picture.format in _TURNED_BY_CODEC:
        full_size = picture.size
    return _Opened(picture, pixels, full_size, profile, found, left)


def _jpeg_pixels(
    picture: Image.Image, data: bytes, long_edge_px: int | None, straight: Canvas | None, *, upright: bool
) -> Pixels | None:
    """Through libjpeg-turbo, scaled by its DCT where that is still large enough; None leaves it to Pillow.

    Pillow tolerates harmless disorder between markers and reads CMYK, and refuses a file that ends early. In full
    size the pixels have the layout of `straight`, and lie in it where they are `upright` already.
    """
    least = _least_size(*picture.size, long_edge_px)
    grey = picture.mode == "L" and picture.info.get("icc_profile")  # a grey profile wants grey pixels
    if picture.mode in {"RGB", "L"} and not grey:
        if least != picture.size:
            straight = None
        layout = "BGRA" if straight is not None and straight.painted else "RGB"
        into = straight.array(*picture.size) if straight is not None and upright else None
        with contextlib.suppress(ValueError):
            pixels: Pixels = simplejpeg.decode_jpeg(
                data, layout, fastdct=False, fastupsample=False, min_width=least[0], min_height=least[1], buffer=into
            )
            return pixels if into is None or pixels.shape != into.shape else into
    if long_edge_px:
        picture.draft(None, least)
    return None


def _least_size(width: int, height: int, long_edge_px: int | None) -> tuple[int, int]:
    """The smallest extent that still shrinks to `long_edge_px`."""
    if long_edge_px is None or max(width, height) <= long_edge_px:
        return width, height
    factor = long_edge_px / max(width, height)
    return max(1, round(width * factor)), max(1, round(height * factor))


def _profile(picture: Image.Image, found: Metadata) -> bytes | None:
    """The embedded profile, or the one that EXIF (`R03`) or HEIC's `nclx` box (12 is P3) stands for."""
    embedded = picture.info.get("icc_profile")
    if embedded:
        return bytes(embedded)
    described = picture.info.get("nclx_profile")
    if isinstance(described, dict) and described.get("color_primaries") == 12:
        return colour.display_p3()
    return colour.adobe_rgb() if found.adobe_rgb else None


def _finish(opened: _Opened, long_edge_px: int | None, canvas: Canvas | None) -> tuple[Pixels, str]:
    """Shrink, convert to sRGB, lay alpha on white, turn upright."""
    if opened.pixels is not None:
        wanted = long_edge_px or max(opened.pixels.shape)
        flat, name = colour.pixels_to_srgb(shrink(opened.pixels, wanted), opened.profile)
        into = None
        if canvas is not None and opened.orientation_left != 1 and flat.shape[2] == canvas.bytes_per_pixel:
            into = canvas.array(*upright_size((flat.shape[1], flat.shape[0]), opened.orientation_left))
        return upright(flat, opened.orientation_left, into), name
    colours, alpha = _split_alpha(opened.picture)
    wanted = long_edge_px or max(opened.picture.size)
    if max(colours.size) > wanted and colours.mode in {"RGB", "L"}:
        array = shrink(np.asarray(colours), wanted)
        colours = Image.fromarray(array)
        alpha = alpha.resize(colours.size, Image.Resampling.BOX) if alpha else None
    converted, name = colour.to_srgb(colours, opened.profile)
    pixels: Pixels = np.asarray(converted)
    if alpha is not None:
        weight = np.asarray(alpha, np.uint16)[:, :, None]
        pixels = ((pixels * weight + 255 * (255 - weight) + 127) // 255).astype(np.uint8)
    return upright(shrink(pixels, wanted), opened.orientation_left), name


def _split_alpha(picture: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Colours in a mode LittleCMS takes (L, RGB, CMYK, LAB), and alpha where there is any."""
    if picture.mode in {"I;16", "I;16B", "I;16L", "I", "F"}:
        return _eight_bits(picture), None
    if picture.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or (picture.mode == "P" and "transparency" in picture.info):
        whole = picture.convert("RGBA")
        grey = picture.mode in {"LA", "La"}
        return whole.convert("L" if grey else "RGB"), whole.getchannel("A")
    if picture.mode in {"L", "RGB", "CMYK", "LAB"}:
        return picture, None
    return picture.convert("L" if picture.mode == "1" else "RGB"), None


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Deep greys to 8 bits: 16-bit values by 257, floats from 0…1 where they fit that."""
    values = np.asarray(picture).astype(np.float64)
    values = np.nan_to_num(values, posinf=0, neginf=0)
    highest = values.max(initial=0)
    top = 65535.0
    if not picture.mode.startswith("I;16") and highest <= 255:
        top = 1.0 if picture.mode == "F" and highest <= 1 else 255.0
    return Image.fromarray(np.clip(values * (255 / top) + 0.5, 0, 255).astype(np.uint8))


def _plainly(problem: BaseException) -> str:
    """A sentence for what a codec said."""
    said = str(problem).lower()
    if "truncated" in said or "end of" in said or isinstance(problem, EOFError):
        return "The file ends before the picture is complete."
    if "cannot identify" in said:
        return "The file's header is damaged."
    return "The picture data is damaged."
