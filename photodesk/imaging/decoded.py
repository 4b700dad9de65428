"""What a decoder gives back, and the face it shows to packages below `background`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from photodesk.photos import PhotoFacts

Pixels = npt.NDArray[np.uint8]
"""uint8, (height, width, 3), sRGB, upright, row 0 at top."""


@dataclass(frozen=True)
class Decoded:
    """Facts always; pixels unless `facts.undecodable` says why not.

    `pixels`: uint8, (height, width, 3), sRGB, upright, read-only, long edge at most what was asked for.
    Where they were asked for as `painted` they have four bytes: blue, green, red, 255.
    `facts.width_px` and `facts.height_px` are the original's upright size, whatever was asked for.
    """

    facts: PhotoFacts
    pixels: Pixels | None = None


class Decoder(Protocol):
    """Decodes untrusted bytes somewhere they can do no harm (`background.decoders.DecoderPool`)."""

    def decode(
        self,
        data: bytes | bytearray | memoryview | int,
        long_edge_px: int | None = None,
        *,
        read_codes: bool = False,
        painted: bool = False,
    ) -> Decoded:
        """Decode a whole file given as bytes or as an open descriptor (read from its start; not closed).

        `long_edge_px` None means full resolution. With `read_codes` the facts name the codes seen in the photo.
        `painted`: pixels as screens paint them, (height, width, 4), blue first, the fourth 255.
        Never raises for a bad file; `Fixable("decoder_unavailable")` when no decoder can be started,
        `Fixable("decoder_closed")` after `close`.
        """
        ...
