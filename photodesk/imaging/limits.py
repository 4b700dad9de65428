"""What one file may cost. None of these limits keeping: they limit decoding only."""

from __future__ import annotations

from typing import Final

PIXELS: Final = 200_000_000
FILE_BYTES: Final = 512 << 20
ADDRESS_SPACE_BYTES: Final = 6 << 30
CPU_S: Final = 20
CLOCK_S: Final = 60

TOO_MANY_PIXELS: Final = "The picture has more than 200 megapixels, the limit for decoding."
FILE_TOO_LARGE: Final = "The file is larger than 512 MB, the limit for decoding."
TOO_MUCH_MEMORY: Final = "Decoding needs more than 6 GB of memory, the limit for one file."
TOO_MUCH_CPU: Final = "Decoding took more than 20 seconds of processor time, the limit for one file."
TOO_LONG: Final = "Decoding took longer than 60 seconds, twice, the limit for one file."
CRASHED: Final = "The file made the decoder stop. It may be damaged or made to harm."
UNREADABLE: Final = "The file could not be read from where it is."


class Undecodable(Exception):
    """A file yields no picture. The text is the plain sentence a person is told; it never leaves the decoder alone."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_pixels(width_px: int, height_px: int) -> None:
    """Refuse a picture without extent or above `PIXELS`."""
    if width_px <= 0 or height_px <= 0:
        raise Undecodable("The picture has no width or no height.")
    if width_px * height_px > PIXELS:
        raise Undecodable(TOO_MANY_PIXELS)
