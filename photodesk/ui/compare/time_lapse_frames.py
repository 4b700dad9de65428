"""Brings the frames of a time-lapse: logged, decoded, laid on the first beside the GUI thread, a bounded number kept.

A frame is asked of the gate when it is about to be seen (while playing, one ahead); what may come later is only read
ahead inside the gate. Each is looked at once for how it lies on the first; that is kept for as long as the page is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import simplejpeg
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from photodesk.compare import align
from photodesk.photos import Rendition
from photodesk.photos.comparison import LaidBy
from photodesk.ui.compare.laying import LEAST_PX, Laying, Pair, Size, laid_image
from photodesk.ui.compare.levels import smaller_images
from photodesk.ui.compare.loading import PixelGate
from photodesk.ui.compare.model import Frame
from photodesk.ui.decoding import rendition_image
from photodesk.ui.display_colours import DisplayColours
from photodesk.ui.page import Request, TaskRunner

LIMIT_BYTES = 160 << 20


class Layings(Protocol):
    """Where it is known how pairs lie."""

    def of(self, pair: Pair) -> Laying | None:
        """What is known of a pair."""
        ...

    def lay(self, pair: Pair, laying: Laying) -> None:
        """Keep what was found."""
        ...


@dataclass(frozen=True)
class LapseFrame:
    """A frame to paint. `size` is what its picture stands for in px of an original; `least_px` what was asked for."""

    photo_id: str
    image: QImage
    smaller: tuple[QImage, ...]
    size: tuple[int, int]
    laying: Laying | None
    least_px: tuple[int, int]
    whole: bool
    as_taken: bool = False

    @property
    def size_bytes(self) -> int:
        """What it costs to keep."""
        return sum(each.sizeInBytes() for each in (self.image, *self.smaller))

    def enough(self, least_px: tuple[int, int]) -> bool:
        """Whether it is sharp at this size."""
        return self.whole or all(has >= wants for has, wants in zip(self.least_px, least_px, strict=True))


@dataclass(frozen=True)
class _Wanted:
    photo: Frame
    first: Frame
    first_jpeg: bytes | None
    known: Laying | None
    least_px: tuple[int, int]
    as_taken: bool


class LapseFrames(QObject):
    """`ready` carries a `LapseFrame`, `failed` why there is none."""

    ready = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        gate: PixelGate,
        tasks: TaskRunner,
        layings: Layings,
        patient_id: str,
        screen: str,
        limit_bytes: int = LIMIT_BYTES,
        colours: DisplayColours | None = None,
    ) -> None:
        super().__init__()
        self._colours = colours or DisplayColours()
        self._gate, self._tasks, self._layings = gate, tasks, layings
        self._patient_id, self._screen, self._limit_bytes = patient_id, screen, limit_bytes
        self._kept: OrderedDict[tuple[str, bool], LapseFrame] = OrderedDict()
        self._asked: dict[tuple[str, bool], Request] = {}
        self._first: tuple[str, bytes] = ("", b"")
        self._turn = 0

    @property
    def busy(self) -> bool:
        """Whether a frame is on its way."""
        return bool(self._asked)

    @property
    def kept_bytes(self) -> int:
        """How much is kept now."""
        return sum(each.size_bytes for each in self._kept.values())

    def want(self, photo: Frame, first: Frame, least_px: tuple[int, int], *, as_taken: bool = False) -> None:
        """Bring a frame laid on `first` (or as taken), sharp at `least_px`; `ready` follows, at once where it is kept.

        A frame that is kept and not sharp enough is shown first and brought again.
        """
        key = (photo.photo_id, as_taken)
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            self.ready.emit(kept)
            if kept.enough(least_px):
                return
        if key in self._asked:
            return
        known = self._layings.of((first.photo_id, photo.photo_id))
        first_jpeg = self._first[1] if self._first[0] == first.photo_id else None
        wanted = _Wanted(photo, first, first_jpeg, known, least_px, as_taken)
        turn = self._turn

        def done(answer: tuple[LapseFrame, bytes | None]) -> None:
            if turn == self._turn:
                self._asked.pop(key, None)
                self._arrived(wanted, key, *answer)

        def refused(failure: BaseException) -> None:
            if turn == self._turn:
                self._asked.pop(key, None)
                self.failed.emit(failure)

        self._asked[key] = self._tasks.decode(self._work(wanted), done, refused)

    def read_ahead(self, photo_ids: tuple[str, ...]) -> None:
        """Let the gate read what may come."""
        gate, patient_id = self._gate, self._patient_id
        if photo_ids:
            self._tasks.store(
                lambda: gate.prefetch(patient_id, photo_ids, Rendition.SCREEN),
                lambda _none: None,
                lambda _failure: None,
            )

    def drop(self) -> None:
        """Forget every picture and every answer still to come."""
        self._turn += 1
        for request in self._asked.values():
            request.cancel()
        self._asked.clear()
        self._kept.clear()
        self._first = ("", b"")

    def _work(self, wanted: _Wanted) -> Callable[[], tuple[LapseFrame, bytes | None]]:
        gate, patient_id, screen = self._gate, self._patient_id, self._screen

        def work() -> tuple[LapseFrame, bytes | None]:
            needed = [wanted.photo.photo_id]
            looks = wanted.known is None and wanted.photo.photo_id != wanted.first.photo_id
            if looks and wanted.first_jpeg is None:
                needed.insert(0, wanted.first.photo_id)
            jpegs = gate.view(patient_id, needed, Rendition.SCREEN, screen)
            first = wanted.first_jpeg or jpegs.get(wanted.first.photo_id)
            return framed(wanted, jpegs.get(wanted.photo.photo_id), first, self._colours), first

        return work

    def _arrived(self, wanted: _Wanted, key: tuple[str, bool], frame: LapseFrame, first: bytes | None) -> None:
        if first is not None:
            self._first = (wanted.first.photo_id, first)
        if frame.laying is not None and wanted.known is None:
            self._layings.lay((wanted.first.photo_id, wanted.photo.photo_id), frame.laying)
        self._kept[key] = frame
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and self.kept_bytes > self._limit_bytes:
            self._kept.popitem(last=False)
        self.ready.emit(frame)


def framed(wanted: _Wanted, jpeg: bytes | None, first: bytes | None, colours: DisplayColours) -> LapseFrame:
    """Decode a photo and lay it on the first one where that is known or found."""
    size, first_size = _size(wanted.photo), _size(wanted.first)
    image = colours.shown(rendition_image(jpeg, wanted.least_px)) if jpeg is not None else QImage()
    whole = wanted.least_px == (0, 0) or jpeg is None or image.isNull() or _is_whole(jpeg, image)
    laying = None
    if wanted.photo.photo_id != wanted.first.photo_id and not image.isNull():
        laying = wanted.known or _found(jpeg, first, size, first_size)
    if laying is not None and laying.matrix is not None and not wanted.as_taken and all(size) and all(first_size):
        image, size = laid_image(image, laying.matrix, (first_size, size)), first_size
    if not all(size) and not image.isNull():
        size = image.width(), image.height()
    return LapseFrame(
        wanted.photo.photo_id, image, smaller_images(image), size, laying, wanted.least_px, whole, wanted.as_taken
    )


def _found(jpeg: bytes | None, first: bytes | None, size: Size, first_size: Size) -> Laying:
    """How a photo lies on the first one, where that can be shown."""
    if jpeg is None or first is None or not (all(size) and all(first_size)):
        return Laying(LaidBy.NOBODY, None, 0.0)
    a, b = (simplejpeg.decode_jpeg(each, "RGB", min_width=LEAST_PX, min_height=LEAST_PX) for each in (first, jpeg))
    found = align(a, b, first_size, size)
    return Laying(LaidBy.ITSELF if found.aligned else LaidBy.NOBODY, found.matrix, found.confidence)


def _is_whole(jpeg: bytes, image: QImage) -> bool:
    _high, wide, _space, _sampling = simplejpeg.decode_jpeg_header(jpeg)
    return image.width() >= int(wide)


def _size(frame: Frame) -> Size:
    return frame.photo.facts.width_px, frame.photo.facts.height_px
