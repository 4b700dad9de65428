"""How B lies on A: found once the hand rests, drawn into A's frame, and kept for every pair seen on this page.

B is drawn where it lies by resampling it once, beside the GUI thread; panes then show two pictures of one frame, so
that zoom, curtain, overlay and difference are the same arithmetic for all pairs. The untouched photo is one key away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import cv2
import numpy as np
import simplejpeg
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from photodesk.background.both import both
from photodesk.compare import Alignment, align, scaled_matrix
from photodesk.compare.landmarks import Landmark
from photodesk.compare.thin_plate import thin_plate
from photodesk.imaging.decoded import Pixels
from photodesk.photos.comparison import LaidBy, Rows
from photodesk.ui.compare.levels import between, smaller_images
from photodesk.ui.compare.loading import Levels, Loaded, PhotoLoader, Rank
from photodesk.ui.large_memory import give_back_free_memory
from photodesk.ui.page import Request, TaskRunner

T = TypeVar("T")
LEAST_PX, BENT_PX = 1280, 4096
_MIDDLE, _STRONGER = 119, 2
Size = tuple[int, int]
"""(width, height) of an upright original in px."""

Pair = tuple[str, str]
"""Photo ids of A and B."""


@dataclass(frozen=True)
class Laying:
    """How B of a pair lies on A. Without a matrix the photos are shown as taken.

    `landmarks` as in `Laid`; `residual_px` is how far they are from agreeing, px of A. `bent`: a thin plate through
    them, of which the matrix is only what it comes near to. `looked`: False where a photo has no pixels to look at.
    """

    by: LaidBy
    matrix: Rows | None
    confidence: float = 0.0
    landmarks: tuple[tuple[float, float, float, float], ...] = ()
    residual_px: float = 0.0
    bent: bool = False
    looked: bool = True

    @property
    def points(self) -> tuple[Landmark, ...]:
        """The landmarks as such."""
        return tuple(Landmark((ax, ay), (bx, by)) for ax, ay, bx, by in self.landmarks)


NOT_LOOKED = Laying(LaidBy.NOBODY, None, looked=False)
"""One of the photos has no pixels to look at: they are not laid on each other, and nobody goes on looking."""


@dataclass(frozen=True)
class Drawn:
    """B in A's frame as this laying puts it, or their difference. `apart` tells which."""

    pair: Pair
    laying: Laying
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
        of_a, of_b = (self._loader.rendition(photo_id) for photo_id in pair)
        if self.of(pair) is not None or ("find", pair) in self._asked or not all(map(all, sizes)):
            return
        if of_a is None or of_b is None:
            return

        def work() -> Alignment:
            a, b = both(partial(_seen, of_a), partial(_seen, of_b))
            alignment = align(a, b, *sizes, both)
            give_back_free_memory()
            return alignment

        def done(alignment: Alignment) -> None:
            if self.of(pair) is not None:
                return  # a hand was faster
            by = LaidBy.ITSELF if alignment.aligned else LaidBy.NOBODY
            self.lay(pair, Laying(by, alignment.matrix, alignment.confidence))

        def failed() -> None:
            if self.of(pair) is None:
                self.lay(pair, NOT_LOOKED)

        self._ask(("find", pair), work, done, failed)

    def forget(self, pair: Pair) -> None:
        """Look again at a pair when it is next asked for."""
        self._known.pop(pair, None)
        self._known.pop(pair[::-1], None)

    def draw(self, pair: Pair, b: Loaded, sizes: tuple[Size, Size], before: Drawn | None = None) -> None:
        """Draw B where it lies on A, as sharp as these pixels are. `before`: what was drawn of it until now."""
        laying = self._known.get(pair)
        if laying is None or laying.matrix is None or b.image.isNull():
            return
        fewer: tuple[QImage, ...] = ()
        if before is not None and before.laying == laying and before.rank is Rank.SCREEN and not before.apart:
            fewer = (before.levels[0], *before.levels[1])

        def work() -> Levels:
            laid = (
                bent_image(b.image, laying, sizes) if laying.bent else laid_image(b.image, laying.matrix or (), sizes)
            )
            if b.rank is Rank.LOOK:
                return laid, ()
            return laid, between(laid, fewer) if fewer else smaller_images(laid)

        drawn = partial(Drawn, pair, laying, b.rank)
        self._ask(("draw", pair, b.rank, laying), work, lambda levels: self.drawn.emit(drawn(levels)))

    def difference(self, pair: Pair, a: QImage, laid: Drawn) -> None:
        """Work out what is different between A and the drawn B."""
        if a.isNull():
            return

        def work() -> Levels:
            apart = difference_image(a, laid.levels[0])
            return apart, smaller_images(apart)

        drawn = partial(Drawn, pair, laid.laying, laid.rank, apart=True)
        key = ("apart", pair, laid.rank, laid.laying)
        self._ask(key, work, lambda levels: self.drawn.emit(drawn(levels=levels)))

    def ask(self, key: object, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Something else to work out beside the GUI thread; forgotten with the rest."""
        self._ask(key, work, done)

    def drop(self) -> None:
        """Forget answers still to come; what was found stays."""
        for request in self._asked.values():
            request.cancel()
        self._asked.clear()

    def _ask(
        self,
        key: object,
        work: Callable[[], T],
        done: Callable[[T], None],
        settled: Callable[[], None] = lambda: None,
    ) -> None:
        """`settled` hears that there will be no answer."""

        def came(answer: T) -> None:
            self._asked.pop(key, None)
            done(answer)

        def failed(_failure: BaseException) -> None:
            self._asked.pop(key, None)
            settled()

        if key not in self._asked:
            self._asked[key] = self._tasks.decode(work, came, failed)


def _seen(jpeg: bytes) -> Pixels:
    """A rendition as it is looked for in another: uint8, (height, width, 3)."""
    pixels: Pixels = simplejpeg.decode_jpeg(jpeg, "RGB", min_width=LEAST_PX, min_height=LEAST_PX)
    return pixels


def _turned(laying: Laying) -> Laying:
    """The same the other way round."""
    if laying.matrix is None:
        return laying
    back = np.linalg.inv(np.array(laying.matrix))
    a, b, c = ((float(x), float(y), float(z)) for x, y, z in back / back[2, 2])
    swapped = tuple((bx, by, ax, ay) for ax, ay, bx, by in laying.landmarks)
    return replace(laying, matrix=(a, b, c), landmarks=swapped)


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


def bent_image(b: QImage, laying: Laying, sizes: tuple[Size, Size]) -> QImage:
    """B pulled through the landmarks into A's frame, clear where B ends; at most `BENT_PX` along the long edge."""
    size_a, size_b = sizes
    b_factor = b.width() / size_b[0]
    a_factor = min(1.0, min(max(b.width(), b.height()), BENT_PX) / max(size_a))
    width, height = max(1, round(size_a[0] * a_factor)), max(1, round(size_a[1] * a_factor))
    points = [Landmark(_shrunk(one.a, a_factor), _shrunk(one.b, b_factor)) for one in laying.points]
    laid = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    _into(laid)[:] = thin_plate(points).laid(_pixels(b), (width, height), 0)
    return laid


def _shrunk(point: tuple[float, float], factor: float) -> tuple[float, float]:
    """A point of the original in a shrunk picture, pixel centres at integers."""
    return (point[0] + 0.5) * factor - 0.5, (point[1] + 0.5) * factor - 0.5


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
