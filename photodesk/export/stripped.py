"""Pictures without a past: encoded anew from pixels, then read back from where they were written and checked.

Allowed in a JPEG: the picture itself and its tables, and the 14 bytes of JFIF's APP0. Allowed in a PNG: `IHDR`, `IDAT`,
`IEND`. A PDF is one page around such a JPEG and nothing else. Everything else (EXIF, XMP, IPTC, profiles, comments,
bytes after the end) makes the file wrong.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
from PIL import Image

from photodesk.errors import Fixable
from photodesk.export.pdf_page import page_of, picture_of
from photodesk.imaging import Decoded, Decoder, Pixels, encode_jpeg
from photodesk.photos import CaptureFacts
from photodesk.store.files import write_atomically

QUALITY = 95
_TOLERANCE = 3.0
_SEGMENTS = {0xDB, 0xC0, 0xC1, 0xC2, 0xC4, 0xDA, 0xDD}
_CHUNKS = [b"IHDR", b"IDAT", b"IEND"]


def write_jpeg(pixels: Pixels, path: Path, decoder: Decoder) -> str:
    """Write `pixels` (uint8, (height, width, 3), sRGB, upright) as JPEG and prove it; the file's SHA-256 in hex.

    `Fixable("export_failed")`, and no file left, where what was written is not exactly the stripped picture.
    """
    return _write(encode_jpeg(pixels, QUALITY), pixels, path, decoder)


def write_png(pixels: Pixels, path: Path, decoder: Decoder) -> str:
    """The same as PNG."""
    written = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(written, "PNG", compress_level=6)
    return _write(written.getvalue(), pixels, path, decoder)


def write_pdf(pixels: Pixels, path: Path, decoder: Decoder) -> str:
    """The same as one page of PDF."""
    height, width = pixels.shape[:2]
    return _write(page_of(encode_jpeg(pixels, QUALITY), width, height), pixels, path, decoder)


def _write(data: bytes, pixels: Pixels, path: Path, decoder: Decoder) -> str:
    try:
        write_atomically(path, data)
        kept = path.read_bytes()
        problem = _problem(kept, data, pixels, decoder)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise Fixable(
            "export_failed",
            f"The file could not be written ({error.strerror}).",
            "Choose another folder or free space.",
        ) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if problem:
        path.unlink(missing_ok=True)
        raise Fixable("export_failed", f"The written file was wrong and was deleted: {problem}.", "Try another folder.")
    return hashlib.sha256(kept).hexdigest()


def _problem(kept: bytes, data: bytes, pixels: Pixels, decoder: Decoder) -> str:
    """What is wrong with the file on disk, or ""."""
    if kept != data:
        return "the folder did not keep its bytes"
    picture: bytes | None = kept
    if kept[:5] == b"%PDF-":
        picture = picture_of(kept, pixels.shape[1], pixels.shape[0])
    if picture is None or not _only_picture(picture):
        return "it holds more than the picture"
    seen = decoder.decode(picture)
    if seen.pixels is None or seen.pixels.shape != pixels.shape:
        return "it does not open as the same picture"
    if not _without_facts(seen):
        return "it holds metadata"
    apart = np.abs(seen.pixels[::7, ::7].astype(np.int16) - pixels[::7, ::7].astype(np.int16)).mean()
    return "its colours differ" if apart > _TOLERANCE else ""


def _only_picture(data: bytes) -> bool:
    return _only_allowed_segments(data) if data[:2] == b"\xff\xd8" else _only_allowed_chunks(data)


def _without_facts(seen: Decoded) -> bool:
    facts = seen.facts
    return (
        facts.capture == CaptureFacts()
        and facts.camera_time is None
        and facts.orientation == 1
        and not facts.colour_profile
    )


def _only_allowed_segments(jpeg: bytes) -> bool:
    """Walk the segments of a JPEG of ours (ITU-T T.81 §B.1) to its end, which must be the file's."""
    at = 2
    while at + 4 <= len(jpeg):
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        jfif = marker == 0xE0 and length == 16 and jpeg[at + 4 : at + 9] == b"JFIF\0"
        if jpeg[at] != 0xFF or not (jfif or marker in _SEGMENTS):
            return False
        at += 2 + length
        if marker == 0xDA:
            at = _end_of_scan(jpeg, at)
            if jpeg[at : at + 2] == b"\xff\xd9":
                return at + 2 == len(jpeg)
    return False


def _end_of_scan(jpeg: bytes, at: int) -> int:
    """The next marker that is neither a stuffed byte nor a restart."""
    while (at := jpeg.find(b"\xff", at)) >= 0:
        if at + 1 >= len(jpeg) or not (jpeg[at + 1] == 0 or 0xD0 <= jpeg[at + 1] <= 0xD7):
            return at
        at += 2
    return len(jpeg)


def _only_allowed_chunks(png: bytes) -> bool:
    """Walk the chunks of a PNG (ISO/IEC 15948 §5.3) to its end, which must be the file's."""
    at = 8
    seen: list[bytes] = []
    while at + 12 <= len(png):
        length, name = int.from_bytes(png[at : at + 4], "big"), png[at + 4 : at + 8]
        if name not in _CHUNKS:
            return False
        if not seen or seen[-1] != name:
            seen.append(name)
        at += 12 + length
    return seen == _CHUNKS and at == len(png)
