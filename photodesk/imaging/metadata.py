"""Plain facts from EXIF, wherever it stands: JPEG, TIFF, PNG `eXIf`, WebP, HEIC, and RAW built on TIFF.

Read in the decoder only. Values are taken as far as they are sane; a broken tag is left out, never guessed.
Source: CIPA DC-008 (Exif 3.0), tag numbers in decimal as in its tables.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL import Image

from photodesk.photos import CameraTime, CaptureFacts

MALFORMED = (ValueError, TypeError, LookupError, AttributeError, OSError, SyntaxError, ArithmeticError, struct.error)
"""What readers of a broken file raise."""

_EXIF_IFD, _GPS_IFD, _INTEROP_IFD = 34665, 34853, 40965
_TEXT_LENGTH = 80


@dataclass(frozen=True)
class Metadata:
    """What EXIF says. `adobe_rgb`: no profile inside, but marked as Adobe RGB (uncalibrated and `R03`)."""

    orientation: int = 1
    camera_time: CameraTime | None = None
    capture: CaptureFacts = field(default_factory=CaptureFacts)
    adobe_rgb: bool = False
    maker_note: bytes = b""


def read(exif: Image.Exif) -> Metadata:
    """The facts in parsed EXIF."""
    main = dict(exif)
    detail = _directory(exif, _EXIF_IFD)
    orientation = integer(main.get(274)) or 1
    interop = _directory(exif, _INTEROP_IFD)
    times = (detail.get(36867), detail.get(36868), main.get(36867), main.get(306))
    return Metadata(
        orientation=orientation if 1 <= orientation <= 8 else 1,
        camera_time=next((time for time in map(_camera_time, times) if time), None),
        capture=_capture(main, detail, has_gps=_has_position(_directory(exif, _GPS_IFD))),
        adobe_rgb=detail.get(40961) == 0xFFFF and text(interop.get(1)).startswith("R03"),
        maker_note=note if isinstance(note := detail.get(37500), bytes) else b"",
    )


def read_bytes(tiff: bytes) -> Metadata:
    """The facts in a TIFF structure (RAW files, `CMT1` boxes, `eXIf`); empty for anything else."""
    exif = Image.Exif()
    try:
        exif.load(tiff)
        return read(exif)
    except MALFORMED:
        return Metadata()


def of_picture(picture: Image.Image) -> Metadata:
    """The facts of an opened picture; empty where its EXIF cannot be read."""
    try:
        return read(picture.getexif())
    except MALFORMED:
        return Metadata()


def merge(first: Metadata, second: Metadata) -> Metadata:
    """`first`, completed by `second` where it knows nothing (Canon writes make and exposure in separate boxes)."""
    empty = CaptureFacts()
    capture = {
        name: value
        if (value := getattr(first.capture, name)) != getattr(empty, name)
        else getattr(second.capture, name)
        for name in CaptureFacts.__dataclass_fields__
    }
    return Metadata(
        orientation=first.orientation if first.orientation != 1 else second.orientation,
        camera_time=second.camera_time or first.camera_time,
        capture=CaptureFacts(**capture),
        adobe_rgb=first.adobe_rgb or second.adobe_rgb,
        maker_note=first.maker_note or second.maker_note,
    )


def _capture(main: Mapping[int, object], detail: Mapping[int, object], *, has_gps: bool) -> CaptureFacts:
    both = {**main, **detail}  # Canon's CMT2 box holds the detail tags in its main directory
    flash = integer(both.get(37385))
    return CaptureFacts(
        make=text(main.get(271)),
        model=text(main.get(272)),
        lens=text(both.get(42036)),
        focal_length_mm=positive(both.get(37386)),
        focal_length_35mm=positive(both.get(41989)),
        exposure_s=positive(both.get(33434)),
        f_number=positive(both.get(33437)),
        iso=integer(both.get(34855)) or integer(both.get(34867)) or None,
        subject_distance_m=positive(both.get(37382)),
        flash=None if flash is None else bool(flash & 1),
        has_gps=has_gps,
        serial=text(both.get(42033)),
    )


def _directory(exif: Image.Exif, number: int) -> Mapping[int, object]:
    try:
        return dict(exif.get_ifd(number))
    except MALFORMED:
        return {}


def _has_position(gps: Mapping[int, object]) -> bool:
    """Whether a latitude (2) or longitude (4) is written; many phones write an empty GPS directory."""
    return 2 in gps or 4 in gps


def _camera_time(value: object) -> CameraTime | None:
    return CameraTime.parse(text(value)) if value is not None else None


def text(value: object) -> str:
    """Printable text of at most 80 characters."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if not isinstance(value, str):
        return ""
    kept = "".join(letter for letter in value.split("\0")[0] if letter.isprintable())
    return " ".join(kept.split())[:_TEXT_LENGTH]


def integer(value: object) -> int | None:
    """An unsigned 32-bit integer, the first of several."""
    if isinstance(value, tuple) and value:
        value = value[0]
    return int(value) if isinstance(value, int) and 0 <= value < 1 << 32 else None


def positive(value: object) -> float | None:
    """A finite number above 0 and below 10⁷; rationals come as Pillow's IFDRational."""
    if isinstance(value, tuple) and value:
        value = value[0]
    try:
        number = float(value)  # type: ignore[arg-type]
    except MALFORMED:
        return None
    return number if 0 < number < 1e7 else None
