"""QR, Micro QR, Data Matrix, Code 128 and Code 39 anywhere in a photo, at any angle, with a bound on time.

Each kind is looked for at the size that is enough for it: QR codes in the pixels that were decoded anyway and, where
one is seen that cannot be read, once more in the photo's full size; the others in smaller copies. Readers scan bars in
rows and columns, so where many edges stand close together and all run one way the place is cut out and turned level.

What a code says is the word of whoever printed it: texts go on as texts. Code 39 has no check digit, so that short ones
are taken for texture. Reading is `zxing-cpp`'s.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp
from zxingcpp import BarcodeFormat, BarcodeFormats

from photodesk.imaging.renditions import shrink
from photodesk.photos import Code

Grey = npt.NDArray[np.uint8]
"""uint8, (height, width), luma."""

_Values = npt.NDArray[np.float32]

BUDGET_S = 1.0
MAX_CODES = 16
MAX_TEXT = 1024
_BARS_PX = 1600
_SMALL_PX = 1000
_CELL_PX = 8
_MAP_PX = 1100
_PLACES = 6
_LEAST_CELLS = 2
_EDGE = 14.0
_DENSE = 0.5
_ONE_WAY = 0.7
_LEAST_CODE39 = 4

_QR = BarcodeFormats((BarcodeFormat.QRCode,))
_BARS = BarcodeFormats((BarcodeFormat.Code128, BarcodeFormat.Code39))
_LEVELLED = BarcodeFormats((BarcodeFormat.Code128,))
_SMALL = BarcodeFormats((BarcodeFormat.DataMatrix, BarcodeFormat.MicroQRCode))


@dataclass(frozen=True)
class Place:
    """A part of the photo where all edges run the same way: its middle and extent as fractions of width and height.

    `angle_deg`: how far its bars are from upright.
    """

    x: float
    y: float
    width: float
    height: float
    angle_deg: float


def read_codes(grey: Grey, sharpest: Callable[[], Grey] | None = None) -> tuple[Code, ...]:
    """The codes in a photo, each once, in the order found; at most `MAX_CODES`, and no further look after `BUDGET_S`.

    `sharpest` gives the same photo in its full size. It is asked only where a QR code was seen but could not be read.
    """
    ends_at = time.monotonic() + BUDGET_S
    found: dict[Code, None] = {}
    if _read(grey, _QR, found) and sharpest is not None:
        _read(sharpest(), _QR, found)
    _read(shrink(grey, _SMALL_PX), _SMALL, found)
    look = shrink(grey, _BARS_PX)
    _read(look, _BARS, found)
    before = len(found)
    for place in places_of_bars(shrink(look, _MAP_PX)):
        if len(found) > before or time.monotonic() >= ends_at:
            break
        _read(_level(grey, place), _LEVELLED, found)
    return tuple(found)[:MAX_CODES]


def places_of_bars(look: Grey) -> tuple[Place, ...]:
    """Where strong edges stand close together and all run one way, strongest first, a few at most.

    Edges are dense where a cell has one nearly everywhere, as bars do and a table's rim does not; the structure
    tensor's coherence over the cell says whether they run one way.
    """
    size = -(-look.shape[1] // _CELL_PX), -(-look.shape[0] // _CELL_PX)
    across = cv2.Sobel(look, cv2.CV_32F, 1, 0, scale=0.25).astype(np.float32, copy=False)
    down = cv2.Sobel(look, cv2.CV_32F, 0, 1, scale=0.25).astype(np.float32, copy=False)
    xx, yy = across * across, down * down
    dense = _in_cells((xx + yy > _EDGE * _EDGE).astype(np.float32), size)
    xx, yy, xy = (_in_cells(product, size) for product in (xx, yy, across * down))
    dense[np.hypot(xx - yy, 2 * xy) < _ONE_WAY * (xx + yy)] = 0
    places: list[Place] = []
    for _ in range(4 * _PLACES):
        _, peak, _, at = cv2.minMaxLoc(dense)
        if peak < _DENSE or len(places) == _PLACES:
            break
        mask = (dense > max(0.6 * peak, _DENSE * 0.7)).astype(np.uint8)
        _, _, _, (x, y, w, h) = cv2.floodFill(mask, np.zeros((size[1] + 2, size[0] + 2), np.uint8), at, 2)
        inside = slice(y, y + h), slice(x, x + w)
        dense[inside] = 0
        if max(w, h) < _LEAST_CELLS:
            continue
        angle = np.degrees(0.5 * np.arctan2(2 * xy[inside].sum(), (xx - yy)[inside].sum()))
        middle = (x + w / 2) / size[0], (y + h / 2) / size[1]
        places.append(Place(*middle, (w + 2) / size[0], (h + 2) / size[1], float(angle)))
    return tuple(places)


def _in_cells(values: _Values, size: tuple[int, int]) -> _Values:
    """Means over cells and their neighbours; `size` is (columns, rows) of cells."""
    means = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    return cv2.blur(means, (3, 3)).astype(np.float32, copy=False)


def _level(grey: Grey, place: Place) -> Grey:
    """The place turned so that its bars stand upright, quiet zones included."""
    height, width = grey.shape
    side = max(8, round(1.3 * float(np.hypot(place.width * width, place.height * height))))
    turn = cv2.getRotationMatrix2D((place.x * width, place.y * height), place.angle_deg, 1.0)
    turn[0, 2] += side / 2 - place.x * width
    turn[1, 2] += side / 2 - place.y * height
    return cv2.warpAffine(grey, turn, (side, side), flags=cv2.INTER_LINEAR, borderValue=255).astype(np.uint8)


def _read(grey: Grey, formats: BarcodeFormats, found: dict[Code, None]) -> bool:
    """Add what is read to `found`; whether a code was seen that could not be read."""
    unread = False
    for one in zxingcpp.read_barcodes(grey, formats=formats, return_errors=True):
        if not one.valid:
            unread = True
            continue
        text = one.text[:MAX_TEXT]
        if text and not (one.format == BarcodeFormat.Code39 and len(text) < _LEAST_CODE39):
            found[Code(str(one.symbology), text)] = None
    return unread
