"""Any colour space a camera writes to sRGB, because redness is a finding.

Embedded ICC profiles go through LittleCMS: perceptual intent with black point compensation (it falls back to the
colorimetric one in matrix profiles). A profile whose effect is below one step of 255 on a grid of colours is not
applied at all. A profile that cannot be used leaves the pixels as they are, and the name says so.
Sources: ICC.1:2010 for the bytes of a matrix profile; Adobe RGB (1998) §4.3; SMPTE EG 432-1 for P3.
"""

from __future__ import annotations

import io
import struct

import numpy as np
from PIL import Image, ImageCms

from photodesk.imaging.decoded import Pixels
from photodesk.imaging.metadata import MALFORMED

BROKEN = "unreadable profile, colours kept as they are"
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.HIGHRESPRECALC
_INTENT = ImageCms.Intent.PERCEPTUAL
_D65 = (0.3127, 0.3290)
_NAME_LENGTH = 80


def to_srgb(picture: Image.Image, profile: bytes | None) -> tuple[Image.Image, str]:
    """`picture` (mode L, RGB, CMYK or LAB) as RGB in sRGB, with its profile's name ("" where it has none)."""
    if picture.mode == "LAB":
        lab = _transform(ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")), "LAB")
        return _applied(picture, lab), "Lab"
    opened, name = _opened(profile)
    if opened is None:
        return picture.convert("RGB"), name
    try:
        transform = _transform(opened, picture.mode)
        if picture.mode == "RGB" and not _visible(transform):
            return picture, name
        return _applied(picture, transform), name
    except (ImageCms.PyCMSError, *MALFORMED):
        return picture.convert("RGB"), BROKEN


def pixels_to_srgb(pixels: Pixels, profile: bytes | None) -> tuple[Pixels, str]:
    """The same for an RGB array, which is given back as it is where nothing has to be done."""
    opened, name = _opened(profile)
    if opened is None:
        return pixels, name
    try:
        transform = _transform(opened, "RGB")
        if not _visible(transform):
            return pixels, name
        return np.asarray(_applied(Image.fromarray(pixels), transform)), name
    except (ImageCms.PyCMSError, *MALFORMED):
        return pixels, BROKEN


def is_srgb(profile: bytes | None) -> bool:
    """Whether RGB pixels of this profile are kept as they are."""
    opened, _ = _opened(profile)
    if opened is None:
        return True
    try:
        return not _visible(_transform(opened, "RGB"))
    except (ImageCms.PyCMSError, *MALFORMED):
        return True


def adobe_rgb() -> bytes:
    """An ICC profile with the primaries and the curve (563/256) of Adobe RGB (1998)."""
    return matrix_profile("Adobe RGB (1998)", ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)), gamma=563 / 256)


def display_p3() -> bytes:
    """An ICC profile with P3 primaries, D65 and sRGB's curve, for HEIC files that only carry an `nclx` box."""
    return matrix_profile("Display P3", ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)), gamma=None)


def matrix_profile(name: str, primaries: tuple[tuple[float, float], ...], gamma: float | None) -> bytes:
    """An ICC v2 matrix profile for primaries (x, y) of red, green and blue at D65. `gamma` None is sRGB's curve."""
    colorants = _to_d50(primaries)
    if gamma is None:
        steps = np.linspace(0, 1, 1024)
        curve = np.where(steps <= 0.04045, steps / 12.92, ((steps + 0.055) / 1.055) ** 2.4)
        table = np.round(curve * 65535).astype(">u2").tobytes()
        tone = struct.pack(">4sII", b"curv", 0, 1024) + table
    else:
        tone = struct.pack(">4sIIH", b"curv", 0, 1, round(gamma * 256))
    text = name.encode("ascii") + b"\0"
    described = struct.pack(">4sII", b"desc", 0, len(text)) + text + bytes(78)
    white = _xyz(np.array([0.9642, 1.0, 0.8249]))
    tags = [(b"desc", described), (b"cprt", b"text\0\0\0\0none\0"), (b"wtpt", white)]
    tags += [(sign, _xyz(colorants[:, column])) for column, sign in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))]
    tags += [(sign, tone) for sign in (b"rTRC", b"gTRC", b"bTRC")]
    return _profile_bytes(tags)


def _opened(profile: bytes | None) -> tuple[ImageCms.ImageCmsProfile | None, str]:
    """The profile and its name; None where there is none or it cannot be read."""
    if not profile:
        return None, ""
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return opened, _name(opened)
    except (ImageCms.PyCMSError, *MALFORMED):
        return None, BROKEN


def _transform(profile: ImageCms.ImageCmsProfile, mode: str) -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), mode, "RGB", _INTENT, _FLAGS)


def _applied(picture: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    converted = ImageCms.applyTransform(picture, transform)
    if converted is None:
        raise ValueError("no picture came back")
    return converted


def _visible(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether a transform moves any colour of a 9 × 9 × 9 grid by more than one step of 255."""
    steps = np.linspace(0, 255, 9).round().astype(np.uint8)
    colours: Pixels = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(27, 27, 3)
    after = np.asarray(_applied(Image.fromarray(colours), transform), np.int16)
    return bool(np.abs(after - colours).max() > 1)


def _name(profile: ImageCms.ImageCmsProfile) -> str:
    description = profile.profile.profile_description or profile.profile.model or "unnamed profile"
    return " ".join("".join(letter for letter in description if letter.isprintable()).split())[:_NAME_LENGTH]


def _to_d50(primaries: tuple[tuple[float, float], ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """3 × 3 colorants, adapted from D65 to D50 (Bradford)."""
    columns = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in primaries]).T
    white = np.array([_D65[0] / _D65[1], 1.0, (1 - _D65[0] - _D65[1]) / _D65[1]])
    scaled = columns * np.linalg.solve(columns, white)
    cone = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    gain = (cone @ np.array([0.9642, 1.0, 0.8249])) / (cone @ white)
    adapted: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = np.linalg.inv(cone) @ np.diag(gain) @ cone @ scaled
    return adapted


def _xyz(value: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> bytes:
    return struct.pack(">4sI3i", b"XYZ ", 0, *(round(float(part) * 65536) for part in value))


def _profile_bytes(tags: list[tuple[bytes, bytes]]) -> bytes:
    """Header, tag table, tags (ICC.1 §7)."""
    offset = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for sign, data in tags:
        table += struct.pack(">4sII", sign, offset + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">I4sI4s4s4s", offset + len(body), b"\0\0\0\0", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    head += struct.pack(">3i", 0xF6D6, 0x10000, 0xD32D)
    return head.ljust(128, b"\0") + table + body
