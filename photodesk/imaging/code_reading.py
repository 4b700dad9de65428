"""QR, Micro QR, Data Matrix, Code 128 and Code 39 anywhere in a photo, at any angle, with a bound on time.

Each kind is looked for at the size that is enough for it: QR codes in the pixels that were decoded anyway and, where
one is seen that cannot be read, once more in the photo's full size; the others in smaller copies. Readers scan bars in
rows and columns, so where many edges stand close together and all run one way the place is cut out and turned level.

What a code says is the word of whoever printed it: texts go on as texts. Code 39 has no check digit, so that short ones
are taken for texture. Reading is `zxing-cpp`'s.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp
from zxingcpp import BarcodeFormat, BarcodeFormats, Binarizer

from photodesk.imaging.renditions import shrink
from photodesk.photos import Code

Grey = npt.NDArray[np.uint8]
"""uint8, (height, width), luma."""

_Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""

_Values = npt.NDArray[np.float32]

BUDGET_S = 1.0
MAX_CODES = 8
MAX_TEXT = 4300
_BARS_PX = 1600
_SMALL_PX = 1000
_CELL_PX = 8
_CUT_PX = 900
_MAP_PX = 1100
_PLACES = 6
_LEAST_CELLS = 2
_EDGE = 56.0
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
    """The codes in a photo, each once, in the order found; at most `MAX_CODES`, and no further look after `BUDGET_S` of
    processor time.

    `sharpest` gives the same photo in its full size. It is asked only where a QR code was seen but could not be read.
    """
    ends_at = time.thread_time() + BUDGET_S
    found: dict[Code, None] = {}
    _read_squares(grey, sharpest, found)
    _read(shrink(grey, _SMALL_PX), _SMALL, found)
    look = shrink(grey, _BARS_PX)
    _read(look, _BARS, found)
    _read_bars(grey, found, any_way=True)
    before = len(found)
    for place in places_of_bars(shrink(look, _MAP_PX)):
        if len(found) > before or time.thread_time() >= ends_at:
            break
        _read_bars(_level(grey, place), found, any_way=False)
    return tuple(found)[:MAX_CODES]


def _read_squares(grey: Grey, sharpest: Callable[[], Grey] | None, found: dict[Code, None]) -> None:
    """QR codes: at hand, with one threshold for all where none is seen, then harder where one is seen but not read."""
    unread = _read(grey, _QR, found)
    if not unread and not found:
        unread = _read(grey, _QR, found, Binarizer.GlobalHistogram)
    if not unread:
        return
    full = sharpest() if sharpest is not None else grey
    unread = _read(full, _QR, found)
    for cut in _cut_out(full, unread):
        for way in (cut, cv2.addWeighted(cut, 2.5, cv2.GaussianBlur(cut, (0, 0), 6), -1.5, 0)):
            _read(way.astype(np.uint8, copy=False), _QR, found)


def _cut_out(full: Grey, unread: list[_Box]) -> Iterator[Grey]:
    """What was seen but not read, with room around it, at about 900 px."""
    for x0, y0, x1, y1 in unread[:_PLACES]:
        room = round(0.4 * max(x1 - x0, y1 - y0)) + 8
        cut = full[max(0, y0 - room) : y1 + room, max(0, x0 - room) : x1 + room]
        if min(cut.shape) > 8:
            factor = min(4.0, _CUT_PX / max(cut.shape))
            yield cv2.resize(cut, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC).astype(
                np.uint8, copy=False
            )


def places_of_bars(look: Grey) -> tuple[Place, ...]:
    """Where strong edges stand close together and all run one way, strongest first, a few at most.

    Edges are dense where a cell has one nearly everywhere, as bars do and a table's rim does not; the structure
    tensor's coherence over the cell says whether they run one way.
    """
    size = -(-look.shape[1] // _CELL_PX), -(-look.shape[0] // _CELL_PX)
    across = cv2.Sobel(look, cv2.CV_16S, 1, 0)[::2, ::2].astype(np.float32)  # every second pixel is enough for means
    down = cv2.Sobel(look, cv2.CV_16S, 0, 1)[::2, ::2].astype(np.float32)
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


def _read_bars(grey: Grey, found: dict[Code, None], *, any_way: bool) -> None:
    """Code 128, the quick way: dark on light, at this size. `any_way`: not only upright bars, also lying ones."""
    for one in zxingcpp.read_barcodes(
        grey, formats=_LEVELLED, try_rotate=any_way, try_downscale=False, try_invert=False
    ):
        if 0 < len(one.text) <= MAX_TEXT:
            found[Code(_name(one), one.text)] = None


def _read(
    grey: Grey, formats: BarcodeFormats, found: dict[Code, None], binarizer: Binarizer = Binarizer.LocalAverage
) -> list[_Box]:
    """Add what is read to `found`; where codes were seen that could not be read."""
    unread: list[_Box] = []
    for one in zxingcpp.read_barcodes(grey, formats=formats, binarizer=binarizer, return_errors=True):
        text = one.text
        if not one.valid:
            corners = one.position.top_left, one.position.top_right, one.position.bottom_right, one.position.bottom_left
            across, down = [corner.x for corner in corners], [corner.y for corner in corners]
            unread.append((max(0, min(across)), max(0, min(down)), max(across), max(down)))
        elif 0 < len(text) <= MAX_TEXT and not (one.format == BarcodeFormat.Code39 and len(text) < _LEAST_CODE39):
            found[Code(_name(one), text)] = None
    return unread


def _name(read: zxingcpp.Barcode) -> str:
    """What kind it is, as people call it: `QR Code`, `Micro QR Code`, `Code 128`, `Code 39`, `Data Matrix`."""
    return str(read.format if read.format == BarcodeFormat.MicroQRCode else read.symbology)
