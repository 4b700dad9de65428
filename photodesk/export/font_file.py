"""The bundled OpenType face as a PDF embeds it: its outlines (`CFF `), which glyph a character has, how wide it is.

Only what writing a line of text takes is read (OpenType 1.9: head, hhea, hmtx, cmap format 12). The file is ours and
comes with the program; one that is missing is a Fixable.
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

import photodesk
from photodesk.errors import Fixable

FONTS = Path(photodesk.__file__).parent.parent / "resources" / "fonts"
THOUSAND = 1000


class FontFile:
    """One face. Widths are in thousandths of the size."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self._tables = _tables(data)
        self.outlines = self._tables["CFF "]
        (self._units,) = struct.unpack_from(">H", self._tables["head"], 18)
        self.box = tuple(self._scaled(each) for each in struct.unpack_from(">4h", self._tables["head"], 36))
        up, down = struct.unpack_from(">hh", self._tables["hhea"], 4)
        self.ascent, self.descent = self._scaled(up), self._scaled(down)
        (self._measured,) = struct.unpack_from(">H", self._tables["hhea"], 34)
        self._groups = _groups(self._tables["cmap"])

    def glyph(self, character: str) -> int:
        """The glyph of a character; 0, an empty box, where the face has none."""
        code = ord(character)
        found = next((first + code - begin for begin, end, first in self._groups if begin <= code <= end), 0)
        return int(found)

    def width(self, glyph: int) -> int:
        """How far a glyph moves on."""
        place = min(glyph, self._measured - 1)
        advance = struct.unpack_from(">H", self._tables["hmtx"], 4 * place)[0]
        return self._scaled(int(advance))

    def _scaled(self, units: int) -> int:
        return round(units * THOUSAND / int(self._units))


@cache
def face(name: str) -> FontFile:
    """A bundled face, such as `Inter-Regular`. Fixable `font_missing`."""
    path = FONTS / f"{name}.otf"
    try:
        return FontFile(name, path.read_bytes())
    except (OSError, KeyError, struct.error):
        raise Fixable(
            "font_missing", "The fonts that PhotoDesk writes documents with are missing.", "Install PhotoDesk again."
        ) from None


def _tables(data: bytes) -> dict[str, bytes]:
    (count,) = struct.unpack_from(">H", data, 4)
    found: dict[str, bytes] = {}
    for number in range(count):
        tag, _, offset, length = struct.unpack_from(">4sIII", data, 12 + 16 * number)
        found[tag.decode("ascii")] = data[offset : offset + length]
    return found


def _groups(table: bytes) -> list[tuple[int, int, int]]:
    """(first character, last, first glyph) of the format 12 subtable."""
    (count,) = struct.unpack_from(">H", table, 2)
    for number in range(count):
        _, _, offset = struct.unpack_from(">HHI", table, 4 + 8 * number)
        if struct.unpack_from(">H", table, offset) == (12,):
            (groups,) = struct.unpack_from(">I", table, offset + 12)
            return [struct.unpack_from(">3I", table, offset + 16 + 12 * each) for each in range(groups)]
    raise KeyError("cmap format 12")
