"""Pages of words as PDF 1.6, written by ourselves: selectable text in the bundled faces, thin lines, pictures.

No author, no program, no dates in the file: only what was written on its pages. The faces are embedded whole with a
map back to characters, so that every name comes out as it is and can be searched and copied. ISO 32000-1 sections 7
and 9: composite fonts with `Identity-H`, whose codes are the face's own glyph numbers.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

from photodesk.export.font_file import THOUSAND, FontFile, face

A4_PT = (595.28, 841.89)
MARGIN_PT = 48.0
REGULAR, BOLD = "Inter-Regular", "Inter-SemiBold"
_HEAD = b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n"
_TO_UNICODE = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{ranges}endcmap
end
end
"""


@dataclass
class _Used:
    """A face and the glyphs that pages use of it."""

    font: FontFile
    glyphs: dict[int, str] = field(default_factory=dict)

    def coded(self, text: str) -> str:
        """The text as hexadecimal glyph numbers."""
        found = []
        for character in text:
            glyph = self.font.glyph(character)
            self.glyphs.setdefault(glyph, character)
            found.append(f"{glyph:04X}")
        return "".join(found)


class TextPages:
    """Pages of A4, upright. Places are in points from the left and from the top."""

    def __init__(self) -> None:
        self._faces = {name: _Used(face(name)) for name in (REGULAR, BOLD)}
        self._pages: list[list[str]] = [[]]
        self._pictures: list[tuple[bytes, int, int]] = []

    @property
    def count(self) -> int:
        """How many pages there are."""
        return len(self._pages)

    def new_page(self) -> None:
        """Go on with another page."""
        self._pages.append([])

    def words(
        self, x: float, y: float, text: str, size: float, name: str = REGULAR, grey: float = 0.1, page: int = -1
    ) -> None:
        """One line whose base line is at `y`; on the last page, or on one named by its number from 0."""
        number = list(self._faces).index(name) + 1
        coded = self._faces[name].coded(text)
        down = A4_PT[1] - y
        self._pages[page].append(f"BT {grey:.2f} g /F{number} {size:.2f} Tf {x:.2f} {down:.2f} Td <{coded}> Tj ET")

    def picture(self, x: float, y: float, width: float, height: float, jpeg: bytes, pixels: tuple[int, int]) -> None:
        """An sRGB JPEG of so many pixels (across, down), as it is, with its top left corner at (x, y)."""
        self._pictures.append((jpeg, *pixels))
        place = f"{width:.2f} 0 0 {height:.2f} {x:.2f} {A4_PT[1] - y - height:.2f}"
        self._pages[-1].append(f"q {place} cm /P{len(self._pictures)} Do Q")

    def rule(self, y: float, x: float = MARGIN_PT, until: float = A4_PT[0] - MARGIN_PT) -> None:
        """A thin line across."""
        down = A4_PT[1] - y
        self._pages[-1].append(f"0.8 G 0.6 w {x:.2f} {down:.2f} m {until:.2f} {down:.2f} l S")

    def width(self, text: str, size: float, name: str = REGULAR) -> float:
        """How wide a text is, in points."""
        font = self._faces[name].font
        return sum(font.width(font.glyph(character)) for character in text) * size / THOUSAND

    def wrapped(self, text: str, width: float, size: float, name: str = REGULAR) -> list[str]:
        """A text in lines that fit; a word that is too long is cut."""
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if not lines[-1] or self.width(longer, size, name) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
            while self.width(lines[-1], size, name) > width and len(lines[-1]) > 1:
                fits = next(
                    n for n in range(len(lines[-1]), 0, -1) if n == 1 or self.width(lines[-1][:n], size, name) <= width
                )
                lines[-1:] = [lines[-1][:fits], lines[-1][fits:]]
        return lines

    def document(self) -> bytes:
        """The file."""
        objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
        fonts = ""
        for number, used in enumerate(self._faces.values(), 1):
            fonts += f"/F{number} {len(objects) + 1} 0 R "
            objects += _font_objects(used, len(objects) + 1)
        pictures = ""
        for number, (jpeg, across, down) in enumerate(self._pictures, 1):
            pictures += f"/P{number} {len(objects) + 1} 0 R "
            objects.append(_picture(jpeg, across, down))
        kids = []
        for page in self._pages:
            kids.append(f"{len(objects) + 1} 0 R")
            objects += [
                (
                    f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {A4_PT[0]} {A4_PT[1]}] "
                    f"/Resources << /Font << {fonts}>> /XObject << {pictures}>> >> /Contents {len(objects) + 2} 0 R >>"
                ).encode("ascii"),
                _stream("", "\n".join(page).encode("ascii")),
            ]
        objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode("ascii")
        return _file(objects)


def _font_objects(used: _Used, first: int) -> list[bytes]:
    """The five objects of a composite font, numbered from `first`."""
    font = used.font
    widths = " ".join(f"{glyph} [{font.width(glyph)}]" for glyph in sorted(used.glyphs))
    box = " ".join(str(each) for each in font.box)
    return [
        (
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{font.name} /Encoding /Identity-H "
            f"/DescendantFonts [{first + 1} 0 R] /ToUnicode {first + 4} 0 R >>"
        ).encode("ascii"),
        (
            f"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /{font.name} /CIDSystemInfo << /Registry (Adobe) "
            f"/Ordering (Identity) /Supplement 0 >> /FontDescriptor {first + 2} 0 R /DW 600 /W [{widths}] >>"
        ).encode("ascii"),
        (
            f"<< /Type /FontDescriptor /FontName /{font.name} /Flags 4 /FontBBox [{box}] /ItalicAngle 0 "
            f"/Ascent {font.ascent} /Descent {font.descent} /CapHeight 728 /StemV 80 /FontFile3 {first + 3} 0 R >>"
        ).encode("ascii"),
        _stream("/Subtype /CIDFontType0C ", font.outlines),
        _stream("", _to_unicode(used.glyphs)),
    ]


def _picture(jpeg: bytes, across_px: int, down_px: int) -> bytes:
    head = (
        f"<< /Type /XObject /Subtype /Image /Width {across_px} /Height {down_px} /ColorSpace /DeviceRGB "
        f"/BitsPerComponent 8 /Filter /DCTDecode /Length {len(jpeg)} >>\nstream\n"
    )
    return head.encode("ascii") + jpeg + b"\nendstream"


def _to_unicode(glyphs: dict[int, str]) -> bytes:
    rows = [f"<{glyph:04X}> <{text.encode('utf-16-be').hex().upper()}>\n" for glyph, text in sorted(glyphs.items())]
    ranges = ""
    for start in range(0, len(rows), 100):
        some = rows[start : start + 100]
        ranges += f"{len(some)} beginbfchar\n{''.join(some)}endbfchar\n"
    return _TO_UNICODE.format(ranges=ranges).encode("ascii")


def _stream(more: str, data: bytes) -> bytes:
    packed = zlib.compress(data, 9)
    return f"<< {more}/Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode("ascii") + packed + b"\nendstream"


def _file(objects: list[bytes]) -> bytes:
    data, places = bytearray(_HEAD), []
    for number, written in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n".encode("ascii") + written + b"\nendobj\n"
    table, count = len(data), len(objects) + 1
    rows = "".join(f"{at:010} 00000 n \n" for at in places)
    data += f"xref\n0 {count}\n0000000000 65535 f \n{rows}".encode("ascii")
    data += f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode("ascii")
    return bytes(data)
