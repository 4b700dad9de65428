"""Files beside photos: why each is kept without a preview, and what ties a Live Photo's video to its still.

A QuickTime file is walked by its box lengths only (ISO/IEC 14496-12 §4.2; Apple's `mdta` metadata keys); nothing in it
is decoded.
"""

from __future__ import annotations

import struct
from dataclasses import replace

from photodesk.imaging.metadata import text
from photodesk.photos import PhotoFacts

LIVE_PHOTO_BYTES = 64 << 20
SMALL_PICTURE_OF_VIDEO = "The small picture a camera lays beside a video (THM), kept as it is."
LIVE_PHOTO_VIDEO = "The moving part of a Live Photo, kept beside its still picture."
_CONTENT_ID = b"com.apple.quicktime.content.identifier"
_KINDS = {
    "application/octet-stream": "The file is no picture PhotoDesk knows.",
    "application/rdf+xml": "An XMP sidecar with a photo's settings, kept as it is.",
    "application/x-apple-plist": "A sidecar with edits made on the phone (AAE), kept as it is.",
    "application/pdf": "A PDF document, kept as it is.",
    "application/zip": "A ZIP archive, kept as it is.",
    "image/gif": "A GIF picture, a format PhotoDesk keeps but does not show.",
    "image/bmp": "A BMP picture, a format PhotoDesk keeps but does not show.",
    "image/avif": "An AVIF picture, a format PhotoDesk keeps but does not show.",
    "audio/x-wav": "A sound recording, kept as it is.",
    "text/plain": "A text file, kept as it is.",
    "text/xml": "A text file (XML), kept as it is.",
}
_FAMILIES = {"video/": "The file is a video, not a photo.", "audio/": "A sound recording, kept as it is."}


def no_photo(facts: PhotoFacts) -> str:
    """The plain sentence for a file that is no still picture."""
    if facts.live_photo_id:
        return LIVE_PHOTO_VIDEO
    family = next((said for start, said in _FAMILIES.items() if facts.media_type.startswith(start)), None)
    return _KINDS.get(facts.media_type) or family or f"A file PhotoDesk keeps but does not show ({facts.media_type})."


def video_facts(data: bytes, facts: PhotoFacts) -> PhotoFacts:
    """`facts` with the content identifier that Apple writes into the video of a Live Photo."""
    if facts.media_type not in {"video/quicktime", "video/mp4"}:
        return facts
    return replace(facts, live_photo_id=_content_identifier(data))


def still_content_identifier(maker_note: object) -> str:
    """What ties a still to its video: tag 17 of Apple's maker note; "" where there is none.

    `Apple iOS`, two zeros, a version, `MM`, then a big-endian directory whose offsets count from the note's start.
    """
    if not isinstance(maker_note, bytes) or not maker_note.startswith(b"Apple iOS\0"):
        return ""
    for entry in range(min(int.from_bytes(maker_note[14:16], "big"), 200)):
        at = 16 + 12 * entry
        tag, kind, count, offset = struct.unpack(">HHII", maker_note[at : at + 12].ljust(12, b"\0"))
        if (tag, kind) == (17, 2):
            return text(maker_note[offset : offset + min(count, 80)])
    return ""


def _content_identifier(data: bytes) -> str:
    """The value of `com.apple.quicktime.content.identifier` in `moov/meta`; "" where there is none.

    `keys` lists names, `ilst` holds values by the names' numbers, each as a `data` box with 8 bytes before its value.
    """
    moov = _box(data, 0, len(data), b"moov")
    meta = _box(data, *moov, b"meta") if moov else None
    keys, values = (_box(data, *meta, name) if meta else None for name in (b"keys", b"ilst"))
    if keys is None or values is None:
        return ""
    at, number = keys[0] + 8, 0
    while at + 8 <= keys[1]:
        length = int.from_bytes(data[at : at + 4], "big")
        number += 1
        if length < 8:
            return ""
        if data[at + 8 : at + length] == _CONTENT_ID:
            item = _box(data, *values, number.to_bytes(4, "big"))
            value = _box(data, *item, b"data") if item else None
            return text(data[value[0] + 8 : value[1]].decode("utf-8", "replace")) if value else ""
        at += length
    return ""


def _box(data: bytes, at: int, end: int, name: bytes) -> tuple[int, int] | None:
    """Where the content of the first box of that name starts and ends, between `at` and `end`."""
    while at + 8 <= end:
        length, start = int.from_bytes(data[at : at + 4], "big"), at + 8
        if length == 1:
            length, start = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        elif length == 0:
            length = end - at
        if length < start - at:
            return None
        if data[at + 4 : at + 8] == name:
            return start, min(at + length, end)
        at += length
    return None
