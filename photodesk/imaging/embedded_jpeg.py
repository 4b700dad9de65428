"""The JPEGs that cameras lay into their RAW files, found without LibRaw: for models it does not know yet.

TIFF directories with their sub-directories (TIFF 6.0 §2 and §22, DNG 1.7; tags 513 and 514, or one strip compressed as
JPEG, or Panasonic's tag 46), Fujifilm's header (offset and length at 84), Canon's `PRVW` box; Olympus hides its preview
in the maker's note, so there a JPEG's first bytes are looked for. Everything is bounded; nothing here is decoded.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_MAX_DIRECTORIES = 32
_MAX_ENTRIES = 512
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 13: 4}
_MAX_STARTS = 8
_SEARCH_BYTES = 4 << 20
_PANASONIC_JPEG = 46
_START = b"\xff\xd8\xff"


def embedded_jpegs(data: bytes, media_type: str) -> list[bytes]:
    """The embedded JPEGs, largest first; what does not start like a JPEG is left out."""
    if media_type == "image/x-fuji-raf":
        places = [struct.unpack(">II", data[84:92].ljust(8, b"\0"))]
    elif media_type == "image/x-canon-cr3":
        places = list(_preview_boxes(data))
    elif media_type == "image/x-olympus-orf":
        places = list(_starts_of_jpegs(data))
    else:
        places = list(_in_directories(data))
    found = [data[at : at + length] for at, length in sorted(set(places), key=lambda place: -place[1])]
    return [one for one in found if one.startswith(_START)]


def _preview_boxes(data: bytes) -> Iterator[tuple[int, int]]:
    """`PRVW`: after the box's name 4 + 2 + 2 + 2 + 2 bytes, then the length of the JPEG that follows."""
    at = data.find(b"PRVW", 0, _SEARCH_BYTES)
    if at >= 0:
        length = int.from_bytes(data[at + 16 : at + 20], "big")
        yield at + 20, length


def _starts_of_jpegs(data: bytes) -> Iterator[tuple[int, int]]:
    at = -1
    for _ in range(_MAX_STARTS):
        at = data.find(_START, at + 1, _SEARCH_BYTES)
        if at < 0:
            return
        yield at, len(data) - at


def _in_directories(data: bytes) -> Iterator[tuple[int, int]]:
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or len(data) < 8:
        return
    waiting, seen = [struct.unpack(order + "I", data[4:8])[0]], set[int]()
    while waiting and len(seen) < _MAX_DIRECTORIES:
        at = waiting.pop(0)
        if at in seen or at + 2 > len(data):
            continue
        seen.add(at)
        tags, following = _directory(data, at, order)
        waiting += [*tags.get(330, ())[:8], *following]
        if tags.get(513) and tags.get(514):
            yield tags[513][0], tags[514][0]
        elif _PANASONIC_JPEG in tags:
            yield tags[_PANASONIC_JPEG][0], tags[_PANASONIC_JPEG][1]
        elif tags.get(259, (0,))[0] in {6, 7} and len(tags.get(273, ())) == 1 and tags.get(279):
            yield tags[273][0], tags[279][0]


def _directory(data: bytes, at: int, order: str) -> tuple[dict[int, tuple[int, ...]], list[int]]:
    """Integer tags of a directory (at most eight values each), and where the next directory is."""
    count = min(struct.unpack(order + "H", data[at : at + 2])[0], _MAX_ENTRIES)
    tags: dict[int, tuple[int, ...]] = {}
    for entry in range(count):
        raw = data[at + 2 + 12 * entry : at + 14 + 12 * entry]
        if len(raw) < 12:
            return tags, []
        tag, kind, number = struct.unpack(order + "HHI", raw[:8])
        if (tag, kind) == (_PANASONIC_JPEG, 7):
            tags[tag] = struct.unpack(order + "I", raw[8:])[0], number
        size = _SIZES.get(kind, 0)
        if not size or not 0 < number <= 8:
            continue
        where = 0 if size * number <= 4 else struct.unpack(order + "I", raw[8:])[0]
        held = raw[8:] if size * number <= 4 else data[where : where + size * number]
        if len(held) >= size * number:
            tags[tag] = struct.unpack(f"{order}{number}{'_BHLI'[size] if size < 4 else 'I'}", held[: size * number])
    following = data[at + 2 + 12 * count : at + 6 + 12 * count]
    return tags, [struct.unpack(order + "I", following)[0]] if len(following) == 4 else []
