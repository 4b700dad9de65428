"""Brings photos to the canvases: through the gate, decoded on two threads, a quick look first and sharper after.

Three ranks of one photo: *look* (the screen rendition decoded at the size it is seen), *screen* (all of it), *original*
(full resolution from a decoder process). Answers for photos that are no longer wanted are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from photodesk.desk.look import Look, Looked
from photodesk.errors import Damaged
from photodesk.imaging.decoded import Decoded
from photodesk.photos import RENDITION_LONG_EDGE_PX, Rendition
from photodesk.ui.compare.levels import between, far_apart, smaller_images
from photodesk.ui.compare.reading_ahead import AheadGate, ReadingAhead
from photodesk.ui.decoding import picture_size, pixels_image, rendition_image
from photodesk.ui.display_colours import DisplayColours
from photodesk.ui.page import Request, TaskRunner

SCREEN_PX = 2560
NOT_HERE = "original_not_here"
MOST_PX = 12_000
"""Longest edge that is painted: all pixels of every camera, and what a panorama costs stays below 600 MB."""
Levels = tuple[QImage, tuple[QImage, ...]]
"""A picture and its halvings."""


def with_levels(image: QImage) -> Levels:
    """The picture with its halvings."""
    return image, smaller_images(image)


class Rank(IntEnum):
    """How sharp."""

    LOOK = 0
    SCREEN = 1
    ORIGINAL = 2


@dataclass(frozen=True)
class Loaded:
    """Pixels of one photo; a null image where there is no picture. `smaller`: it in fewer pixels, largest first."""

    photo_id: str
    image: QImage
    rank: Rank
    smaller: tuple[QImage, ...] = ()


class PixelGate(AheadGate, Protocol):
    """The viewing gate as this needs it."""

    def damage(self, photo_id: str) -> Damaged | None:
        """Why a photo could not be read, if that was so."""
        ...

    def view(
        self, patient_id: str, photo_ids: Sequence[str], rendition: Rendition, screen: str, purpose: str | None = None
    ) -> dict[str, bytes]:
        """One `VIEW` entry, then JPEGs."""
        ...

    def look(self, patient_id: str, photo_ids: Sequence[str], screen: str, purpose: str | None = None) -> Look:
        """Photos that come together: decoded inside while their entry is on its way, let out after it."""
        ...

    def original_pixels(
        self, patient_id: str, photo_id: str, screen: str, purpose: str | None = None, long_edge_px: int | None = None
    ) -> Decoded:
        """Full resolution after a `VIEW` entry."""
        ...


class PhotoLoader(QObject):
    """`arrived` carries `Loaded`, `failed` the reason, `reduced` which share of its edges the largest picture of a
    photo has, where that is not all of it. `coming`: better pixels of a photo are on the clinic server and were asked
    for; after `came` they are looked for again. Pictures come in the colours of the screen they are for.
    """

    arrived = Signal(object)
    failed = Signal(object)
    coming = Signal(object)
    looked_again = Signal()
    reduced = Signal(object)

    def __init__(
        self,
        gate: PixelGate,
        tasks: TaskRunner,
        patient_id: str,
        screen: str,
        colours: DisplayColours | None = None,
    ) -> None:
        super().__init__()
        self._colours = colours or DisplayColours()
        self._gate, self._tasks, self._patient_id, self._screen = gate, tasks, patient_id, screen
        self._turn = 0
        self._asked: dict[tuple[str, Rank], Request] = {}
        self._pending = 0
        self._ahead = ReadingAhead(gate, tasks, patient_id, self._colours)
        self._coming: set[str] = set()
        self._jpegs: dict[str, bytes] = {}
        self._bare: set[str] = set()
        self._ranks: dict[str, Rank] = {}
        self._screens: dict[str, tuple[QImage, ...]] = {}  # what full resolution is seen as where it is shown small

    @property
    def busy(self) -> bool:
        """Whether a first look is on its way: a held key waits for it, so that every step is seen."""
        return self._pending > 0

    def show(self, wanted: Mapping[str, tuple[int, int]], known: Sequence[str] = ()) -> None:
        """Bring these photos; sizes are the least (width, height) in screen px that look sharp now.

        Two photos are a comparison and logged as one; `known` are on the canvas already and need no decoding.
        """
        self._begin(known)
        look = self._gate.look(self._patient_id, tuple(wanted), self._screen)
        self._jpegs = {photo_id: jpeg for photo_id, jpeg in self._jpegs.items() if photo_id in known}
        for photo_id, least in wanted.items():
            self._ahead.least_px = least
            self._look(look, photo_id, None if photo_id in known else least)

    def sharpen(self, photo_id: str, needed_px: float, long_edge_px: int) -> None:
        """Bring more pixels when the long edge is shown over `needed_px` screen px; the original has `long_edge_px`.

        From its own pixels on (100 %) it is the original that is seen, whatever its size.
        """
        rank = self._ranks.get(photo_id)
        if rank is None or photo_id not in self._jpegs:
            return
        if rank is Rank.LOOK:
            self._screen_rank(photo_id)
        elif rank is Rank.SCREEN and needed_px >= min(SCREEN_PX * 1.02, long_edge_px * 0.999) > 0:
            self._original(photo_id, long_edge_px)

    def fewer(self, photo_id: str) -> Loaded | None:
        """Let go of a photo's full resolution, which `sharpen` brings again: its screen rendition stands for it."""
        levels = self._screens.get(photo_id)
        if levels is None or self._ranks.get(photo_id) is not Rank.ORIGINAL:
            return None
        self._asked.pop((photo_id, Rank.ORIGINAL)).cancel()
        self._ranks[photo_id] = Rank.SCREEN
        return Loaded(photo_id, levels[0], Rank.SCREEN, levels[1:])

    @property
    def rough(self) -> bool:
        """Whether a thumbnail, or nothing, stands in for the screen rendition of a photo that is shown."""
        return bool(self._bare) or any(map(is_rough, self._jpegs.values()))

    def came(self) -> None:
        """Something arrived from the clinic server: what was on its way may be here now."""
        self._coming.clear()
        self.looked_again.emit()

    def rendition(self, photo_id: str) -> bytes | None:
        """The screen rendition of a photo that is shown."""
        return self._jpegs.get(photo_id)

    def damaged(self, photo_id: str) -> bool:
        """Whether it is damage that leaves a photo without an image: of what is kept, or of the JPEG that came."""
        return photo_id in self._jpegs or self._gate.damage(photo_id) is not None

    def read_ahead(self, photo_ids: Sequence[str]) -> None:
        """Let the gate read what may come next, and make it ready."""
        self._ahead.read(photo_ids)

    def drop(self) -> None:
        """Forget everything and every answer still to come."""
        self._begin(())
        self._jpegs = {}

    def _begin(self, known: Sequence[str]) -> None:
        self._turn += 1
        self._ahead.drop()
        for request in self._asked.values():
            request.cancel()
        self._asked.clear()
        self._bare.clear()
        self._pending = 0
        self._ranks = {photo_id: rank for photo_id, rank in self._ranks.items() if photo_id in known}
        self._screens = {photo_id: levels for photo_id, levels in self._screens.items() if photo_id in known}

    def _look(self, look: Look, photo_id: str, least: tuple[int, int] | None) -> None:
        """The first look at one photo, at the size it is seen; without a size it is on the canvas already."""
        turn = self._turn
        self._pending += 1
        how, prepare = (None, _no_image) if least is None else self._ahead.prepared(least)

        def done(looked: Looked[QImage | None] | None) -> None:
            if turn != self._turn:
                return
            self._pending -= 1
            if looked is not None:
                self._jpegs[photo_id] = looked.jpeg
                if is_rough(looked.jpeg):
                    self.coming.emit(photo_id)
            else:
                self._bare.add(photo_id)
            if least is not None:
                image = looked.made if looked is not None else None
                self._ranks[photo_id] = Rank.LOOK
                self.arrived.emit(Loaded(photo_id, image if image is not None else QImage(), Rank.LOOK))

        def refused(failure: BaseException) -> None:
            if turn == self._turn:
                self._begin(())  # one reason is told, not one for every photo
                self.failed.emit(failure)

        self._asked[photo_id, Rank.LOOK] = self._tasks.decode(
            lambda: look.picture(photo_id, prepare, how), done, refused
        )

    def _screen_rank(self, photo_id: str) -> None:
        jpeg = self._jpegs[photo_id]
        self._start(photo_id, Rank.SCREEN, lambda: with_levels(self._colours.shown(rendition_image(jpeg))))

    def _original(self, photo_id: str, long_edge_px: int) -> None:
        """Full resolution, with the screen rendition for where it is seen small; at most `MOST_PX` of a panorama."""
        if (photo_id, Rank.ORIGINAL) in self._asked:
            return
        gate, patient_id, screen = self._gate, self._patient_id, self._screen
        fewer = self._screens.get(photo_id, ())
        most_px = MOST_PX if long_edge_px > MOST_PX else None

        def work() -> Levels:
            pixels = gate.original_pixels(patient_id, photo_id, screen, long_edge_px=most_px).pixels
            return (QImage() if pixels is None else self._colours.shown(pixels_image(pixels))), fewer

        self._start(photo_id, Rank.ORIGINAL, work)
        if most_px is not None:
            self.reduced.emit(most_px / long_edge_px)

    def _halve(self, original: Loaded) -> None:
        """What lies between a very large photo and its screen rendition comes after it."""
        turn = self._turn

        def done(smaller: tuple[QImage, ...]) -> None:
            if turn == self._turn:
                self.arrived.emit(replace(original, smaller=smaller))

        self._asked[original.photo_id, original.rank] = self._tasks.decode(
            lambda: between(original.image, original.smaller), done, self.failed.emit
        )

    def _start(self, photo_id: str, rank: Rank, work: Callable[[], Levels]) -> None:
        if (photo_id, rank) in self._asked or photo_id in self._coming:
            return
        turn = self._turn

        def done(levels: Levels) -> None:
            image, smaller = levels
            if turn != self._turn or image.isNull() or rank < self._ranks.get(photo_id, Rank.LOOK):
                return
            self._ranks[photo_id] = rank
            if rank is Rank.SCREEN:
                self._screens[photo_id] = (image, *smaller)
            loaded = Loaded(photo_id, image, rank, smaller)
            self.arrived.emit(loaded)
            if far_apart(image, smaller):
                self._halve(loaded)

        def refused(failure: BaseException) -> None:
            if turn != self._turn:
                return
            if getattr(failure, "code", "") == NOT_HERE:
                self._asked.pop((photo_id, rank), None)
                self._coming.add(photo_id)
                self.coming.emit(photo_id)
            else:
                self.failed.emit(failure)

        self._asked[photo_id, rank] = self._tasks.decode(work, done, refused)


def is_rough(jpeg: bytes) -> bool:
    """Whether this is a thumbnail: it is shown as a screen rendition only while that one is still on its way."""
    return max(picture_size(jpeg)) == RENDITION_LONG_EDGE_PX[Rendition.THUMBNAIL]


def speak_through(loader: PhotoLoader, other: PhotoLoader) -> None:
    """What one loader has to say is said by another, which passes on that something came."""
    loader.failed.connect(other.failed)
    loader.coming.connect(other.coming)
    loader.reduced.connect(other.reduced)
    other.looked_again.connect(loader.came)


def _no_image(_jpeg: bytes) -> None:
    """What is on the canvas already."""
