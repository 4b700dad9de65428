"""How B lies on A: found once the hand rests, drawn into A's frame, and kept for every pair seen on this page.

B is drawn where it lies by resampling it once, beside the GUI thread; panes then show two pictures of one frame, so
that zoom, curtain, overlay and difference are the same arithmetic for all pairs. The untouched photo is one key away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
import simplejpeg
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from photodesk.compare import Alignment, align, scaled_matrix
from photodesk.photos.comparison import LaidBy, Rows
from photodesk.ui.compare.levels import smaller_images
from photodesk.ui.compare.loading import Levels, Loaded, PhotoLoader, Rank
from photodesk.ui.page import Request, TaskRunner

T = TypeVar("T")
LEAST_PX = 1280
_MIDDLE, _STRONGER = 119, 2
Size = tuple[int, int]
"""(width, height) of an upright original in px."""

Pair = tuple[str, str]
"""Photo ids of A and B."""


@dataclass(frozen=True)
class Laying:
    """How B of a pair lies on A. Without a matrix the photos are shown as taken."""

    by: LaidBy
    matrix: Rows | None
    confidence: float = 0.0


@dataclass(frozen=True)
class Drawn:
    """B in A's frame, or their difference. `apart` tells which."""

    pair: Pair
    rank: Rank
    levels: Levels
    apart: bool = False


class PairLaying(QObject):
    """`found` carries the pair whose laying is known now, `drawn` a `Drawn`. Answers for other pairs are dropped."""

    found = Signal(object)
    drawn = Signal(object)

    def __init__(self, loader: PhotoLoader, tasks: TaskRunner) -> None:
        super().__init__()
        self._loader, self._tasks = loader, tasks
        self._known: dict[Pair, Laying] = {}
        self._asked: dict[object, Request] = {}

    def of(self, pair: Pair) -> Laying | None:
        """What is known of a pair; None while nobody has looked."""
        known = self._known.get(pair)
        if known is None and pair[::-1] in self._known:
            known = self._known[pair] = _turned(self._known[pair[::-1]])
        return known

    def lay(self, pair: Pair, laying: Laying) -> None:
        """A person laid B on A, or a kept comparison says how it lies."""
        self._known[pair] = laying
        self.found.emit(pair)

    def find(self, pair: Pair, sizes: tuple[Size, Size]) -> None:
        """Look for the alignment of a pair that is shown, once; `sizes` of A and B."""
        jpegs = [self._loader.rendition(photo_id) for photo_id in pair]
        if self.of(pair) is not None or ("find", pair) in self._asked or None in jpegs or not all(map(all, sizes)):
            return

        def work() -> Alignment:
            a, b = (simplejpeg.decode_jpeg(jpeg, "RGB", min_width=LEAST_PX, min_height=LEAST_PX) for jpeg in jpegs)
            return align(a, b, *sizes)

        def done(alignment: Alignment) -> None:
            self._asked.pop(("find", pair), None)
            by = LaidBy.ITSELF if alignment.aligned else LaidBy.NOBODY
            self.lay(pair, Laying(by, alignment.matrix, alignment.confidence))

        self._ask(("find", pair), work, done)

    def draw(self, pair: Pair, b: Loaded, sizes: tuple[Size, Size]) -> None:
        """Draw B where it lies on A, as sharp as these pixels are."""
        laying = self._known.get(pair)
        if laying is None or laying.matrix is None or b.image.isNull():
            return
        matrix = laying.matrix

        def work() -> Levels:
            laid = laid_image(b.image, matrix, sizes)
            return laid, () if b.rank is Rank.LOOK else smaller_images(laid)

        self._ask(("draw", pair, b.rank), work, lambda levels: self._drew(Drawn(pair, b.rank, levels)))

    def difference(self, pair: Pair, a: QImage, laid: Drawn) -> None:
        """Work out what is different between A and the drawn B."""
        if a.isNull():
            return

        def work() -> Levels:
            apart = difference_image(a, laid.levels[0])
            return apart, smaller_images(apart)

        key = ("apart", pair, laid.rank)
        self._ask(key, work, lambda levels: self._drew(Drawn(pair, laid.rank, levels, apart=True)))

    def drop(self) -> None:
        """Forget answers still to come; what was found stays."""
        for request in self._asked.values():
            request.cancel()
        self._asked.clear()

    def _drew(self, drawn: Drawn) -> None:
        self._asked.pop(("apart" if drawn.apart else "draw", drawn.pair, drawn.rank), None)
        self.drawn.emit(drawn)

    def _ask(self, key: object, work: Callable[[], T], done: Callable[[T], None]) -> None:
        def failed(_failure: BaseException) -> None:
            self._asked.pop(key, None)

        if key not in self._asked:
            self._asked[key] = self._tasks.decode(work, done, failed)


def _turned(laying: Laying) -> Laying:
    """The same the other way round."""
    if laying.matrix is None:
        return laying
    back = np.linalg.inv(np.array(laying.matrix))
    a, b, c = ((float(x), float(y), float(z)) for x, y, z in back / back[2, 2])
    return Laying(laying.by, (a, b, c), laying.confidence)


def laid_image(b: QImage, matrix: Sequence[Sequence[float]], sizes: tuple[Size, Size]) -> QImage:
    """B resampled into A's frame, clear where B ends; as many pixels along the long edge as B has, at most A's own."""
    size_a, size_b = sizes
    b_factor = b.width() / size_b[0]
    a_factor = min(1.0, max(b.width(), b.height()) / max(size_a))
    width, height = max(1, round(size_a[0] * a_factor)), max(1, round(size_a[1] * a_factor))
    mapping = np.array(scaled_matrix(matrix, a_factor, b_factor), np.float64)
    laid = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    pixels = _pixels(b)
    shrink = float(np.sqrt(abs(np.linalg.det(mapping[:2, :2]))))
    if 0 < shrink < 0.5:  # warping would skip pixels: shrink first
        factor = 2 * shrink
        small = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        back = np.array([[1 / factor, 0, 0.5 / factor - 0.5], [0, 1 / factor, 0.5 / factor - 0.5], [0, 0, 1]])
        pixels, mapping = np.asarray(small, np.uint8), mapping @ back
    cv2.warpPerspective(
        pixels, mapping, (width, height), dst=_into(laid), flags=cv2.INTER_LINEAR, borderValue=(0, 0, 0, 0)
    )
    return laid


def difference_image(a: QImage, laid: QImage) -> QImage:
    """How far A's and B's light are apart, on middle grey; clear where B ends. Display only."""
    wide, high = laid.width(), laid.height()
    of_a = cv2.resize(_pixels(a), (wide, high), interpolation=cv2.INTER_AREA).astype(np.int16)
    of_b = _pixels(laid).astype(np.int16)
    there = of_b[:, :, 3:] == 255
    apart = np.clip((of_b - of_a) * _STRONGER + _MIDDLE, 0, 255)
    apart[:, :, 3] = 255
    shown = QImage(wide, high, QImage.Format.Format_ARGB32_Premultiplied)
    _into(shown)[:] = np.where(there, apart, 0).astype(np.uint8)
    return shown


def _pixels(image: QImage) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A 32-bit image's memory to read, uint8, (height, width, 4), blue first."""
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)


def _into(image: QImage) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The same to write, of an image nobody else holds."""
    return np.frombuffer(image.bits(), np.uint8).reshape(image.height(), image.width(), 4)
