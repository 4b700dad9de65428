"""RAW files written for tests: real containers with an embedded JPEG, and DNGs whose sensor data are whole."""

from __future__ import annotations

import io
import struct

import numpy as np
from PIL import Image

Entry = tuple[int, int, int, bytes]
"""Tag, type, count, value."""


def camera_jpeg(width: int, height: int, profile: bytes | None = None) -> bytes:
    """A picture whose top left quarter is red, the rest green: which way up it is can be seen."""
    pixels = np.full((height, width, 3), (20, 160, 40), np.uint8)
    pixels[: height // 2, : width // 2] = (200, 30, 30)
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "JPEG", quality=95, icc_profile=profile)
    return written.getvalue()


def shorts(tag: int, *values: int) -> Entry:
    return tag, 3, len(values), struct.pack(f"<{len(values)}H", *values)


def longs(tag: int, *values: int) -> Entry:
    return tag, 4, len(values), struct.pack(f"<{len(values)}I", *values)


def text(tag: int, value: str) -> Entry:
    return tag, 2, len(value) + 1, value.encode("ascii") + b"\0"


def octets(tag: int, value: bytes, kind: int = 1) -> Entry:
    return tag, kind, len(value), value


def rationals(tag: int, *values: float, signed: bool = False) -> Entry:
    packed = b"".join(struct.pack("<ii" if signed else "<II", round(value * 10_000), 10_000) for value in values)
    return tag, 10 if signed else 5, len(values), packed


def directory(entries: list[Entry], at: int) -> bytes:
    """A little-endian directory that will stand at offset `at`, its longer values behind it."""
    behind = at + 2 + 12 * len(entries) + 4
    rows, values = b"", b""
    for tag, kind, count, value in sorted(entries, key=lambda entry: entry[0]):
        if len(value) <= 4:
            held = value.ljust(4, b"\0")
        else:
            held = struct.pack("<I", behind + len(values))
            values += value + bytes(len(value) % 2)
        rows += struct.pack("<HHI", tag, kind, count) + held
    return struct.pack("<H", len(entries)) + rows + bytes(4) + values


def with_preview(kind: str, jpeg: bytes, orientation: int = 1) -> bytes:
    """A RAW file of `kind` that LibRaw does not know: signature, make, orientation and an embedded JPEG."""
    at = 16
    common = [text(271, "Unknown Works"), text(272, "Camera of tomorrow"), shorts(274, orientation)]
    if kind == "raf":
        head = b"FUJIFILMCCD-RAW 0201".ljust(84, b"\0")
        return head + struct.pack(">II", 160, len(jpeg)) + bytes(160 - 92) + jpeg
    if kind == "cr3":
        box = struct.pack(">I", 20 + 8 + len(jpeg)) + b"PRVW" + bytes(12) + struct.pack(">I", len(jpeg)) + jpeg
        return b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom" + struct.pack(">I", 16 + len(box)) + b"uuid" + bytes(16) + box
    if kind == "orf":
        return b"IIRO\x08\0\0\0" + directory(common, 8) + jpeg
    signature, extra = {
        "cr2": (b"II*\0\x10\0\0\0CR\x02\0\0\0\0\0", [shorts(259, 6), longs(273, 0), longs(279, len(jpeg))]),
        "nef": (
            b"II*\0\x10\0\0\0".ljust(16, b"\0"),
            [longs(254, 1), text(305, "NIKON"), longs(513, 0), longs(514, len(jpeg))],
        ),
        "arw": (
            b"II*\0\x10\0\0\0".ljust(16, b"\0"),
            [longs(254, 1), text(305, "SONY"), longs(513, 0), longs(514, len(jpeg))],
        ),
        "rw2": (b"IIU\0\x10\0\0\0".ljust(16, b"\0"), [(46, 7, len(jpeg), b"\0\0\0\0")]),
    }[kind]
    size = len(directory(common + extra, at))
    placed = [
        (tag, form, count, struct.pack("<I", at + size)) if tag in {273, 513, 46} else (tag, form, count, value)
        for tag, form, count, value in extra
    ]
    return signature + directory(common + placed, at) + jpeg


def dng(width: int, height: int, jpeg: bytes | None = None, orientation: int = 1, held: float = 1.0) -> bytes:
    """A DNG (1.4) with 16-bit RGGB sensor data, grey all over but for a bright top left quarter, and its preview.

    `held`: the part of the sensor data that is there.
    """
    sensor = np.full((height, width), 3000, "<u2")
    sensor[: height // 2, : width // 2] = 30_000
    pixels = sensor.tobytes()[: round(width * height * 2 * held)]
    matrix = (3.24, -1.54, -0.5, -0.97, 1.88, 0.04, 0.06, -0.2, 1.06)
    entries = [
        longs(254, 0), longs(256, width), longs(257, height), shorts(258, 16), shorts(259, 1), shorts(262, 32803),
        text(271, "Test"), text(272, "Test camera"), longs(273, 8), shorts(274, orientation), shorts(277, 1),
        longs(278, height), longs(279, 2 * width * height), shorts(33421, 2, 2), octets(33422, b"\0\1\1\2"),
        octets(50706, b"\1\4\0\0"), octets(50707, b"\1\1\0\0"), text(50708, "Test camera"), longs(50717, 65535),
        rationals(50721, *matrix, signed=True), rationals(50728, 1, 1, 1), shorts(50778, 21),
    ]  # fmt: skip
    body = b"II*\0" + struct.pack("<I", 8 + len(pixels)) + pixels
    start = len(body)
    if jpeg is None:
        return body + directory(entries, start)
    size = len(directory([*entries, longs(330, 0)], start))
    inner = [
        longs(254, 1), longs(256, width), longs(257, height), shorts(258, 8, 8, 8), shorts(259, 7), shorts(262, 6),
        longs(273, 0), shorts(277, 3), longs(278, height), longs(279, len(jpeg)),
    ]  # fmt: skip
    length = len(directory(inner, start + size))
    placed = [longs(273, start + size + length) if entry[0] == 273 else entry for entry in inner]
    return body + directory([*entries, longs(330, start + size)], start) + directory(placed, start + size) + jpeg
