"""The words of a PDF of ours, as a reader would copy them: through the map from glyphs back to characters."""

from __future__ import annotations

import re
import zlib


def words_of(data: bytes) -> str:
    """Every line of text of every page, in the order of the file, joined by spaces."""
    streams = [
        zlib.decompress(packed) for packed in re.findall(rb"/FlateDecode[^>]*>>\nstream\n(.*?)\nendstream", data, re.S)
    ]
    maps = [_map(stream.decode("ascii")) for stream in streams if b"begincmap" in stream]
    found = []
    for stream in streams:
        for number, coded in re.findall(rb"/F(\d) [\d.]+ Tf [\d. -]+ Td <([0-9A-F]*)> Tj", stream):
            glyphs = [coded[at : at + 4].decode() for at in range(0, len(coded), 4)]
            found.append("".join(maps[int(number) - 1][glyph] for glyph in glyphs))
    return " ".join(found)


def _map(text: str) -> dict[str, str]:
    rows = re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>\n", text)
    return {glyph: bytes.fromhex(code).decode("utf-16-be") for glyph, code in rows if glyph != "0000" or code != "FFFF"}
