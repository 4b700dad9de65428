"""Colour and light of B matched to A, for display only and labelled; one key off. Stored photos stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
import simplejpeg
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from photodesk.compare.light_match import LightMatch, Region, Source, match_light
from photodesk.ui.compare.laying import Pair
from photodesk.ui.compare.levels import smaller_images
from photodesk.ui.compare.loading import Loaded, PhotoLoader, Rank
from photodesk.ui.compare.model import CompareModel, Side
from photodesk.ui.display_colours import DisplayColours
from photodesk.ui.page import TaskRunner

LEAST_PX = 512


class LightMatching(QObject):
    """`changed` when the match came, or was taken away. `regions` tells where lesions are, as shares of a photo."""

    changed = Signal()

    def __init__(
        self,
        model: CompareModel,
        loader: PhotoLoader,
        tasks: TaskRunner,
        regions: Callable[[Side], Sequence[Region]],
        say: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._model, self._loader, self._tasks, self._regions, self._say = model, loader, tasks, regions, say
        self._pair: Pair = ("", "")
        self._wanted: Pair | None = None
        loader.arrived.connect(self._came)

    def put_back(self, pair: Pair, match: LightMatch | None, *, again: bool = False) -> None:
        """A kept comparison of this pair: its light as it was matched, or matched `again` once both photos are here."""
        self._pair, self._model.light = pair, match
        self._wanted = pair if again and match is None else None
        self.changed.emit()

    def _came(self, _loaded: Loaded) -> None:
        pair = self._model.pair()
        if self._wanted == pair and None not in [self._loader.rendition(photo_id) for photo_id in pair]:
            self._wanted = None
            self._match(pair)

    def toggle(self) -> None:
        """Match B to A by skin outside the lesion, or show it as it is again."""
        if self._model.light is not None:
            self._model.light = None
            self.changed.emit()
            return
        self._match(self._model.pair())

    def match_by(self, source: Source, of_a: Sequence[Region], of_b: Sequence[Region]) -> None:
        """Match by what a person marked in both, one by one the same fields."""
        self._match(self._model.pair(), source, (tuple(of_a), tuple(of_b)))

    def _match(
        self, pair: Pair, source: Source = Source.SKIN, marked: tuple[tuple[Region, ...], ...] | None = None
    ) -> None:
        jpegs = [self._loader.rendition(photo_id) for photo_id in pair]
        if None in jpegs:
            self._say("Both photos have to be here before their light can be matched.")
            return
        regions = marked or tuple(tuple(self._regions(side)) for side in Side)

        def work() -> LightMatch | None:
            a, b = (simplejpeg.decode_jpeg(jpeg, "RGB", min_width=LEAST_PX, min_height=LEAST_PX) for jpeg in jpegs)
            return match_light(a, b, source, *regions)

        def done(match: LightMatch | None) -> None:
            if pair != self._model.pair():
                return
            if match is None:
                what = "photos" if source is Source.SKIN else "patches"
                self._say(f"Too little of the {what} is neither black nor blown out: their light cannot be matched.")
                return
            self._pair, self._model.light = pair, match
            self.changed.emit()

        self._tasks.decode(work, done, lambda failure: self._say(str(failure)))

    def pair_changed(self) -> None:
        """A match belongs to one pair."""
        if self._model.light is not None and self._pair != self._model.pair():
            self._model.light = None
            self.changed.emit()


def in_light(loaded: Loaded, match: LightMatch, colours: DisplayColours) -> Loaded:
    """The same photo as the match shows it; its pixels are a copy. Light is multiplied in the photo's own colours."""
    image = colours.taken(loaded.image)
    lit = QImage(image.width(), image.height(), image.format())
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    into = np.frombuffer(lit.bits(), np.uint8).reshape(image.height(), image.width(), 4)
    table = match.table()  # red, green, blue; the image has blue first and a fourth channel that stays
    blue_first = np.dstack([table[:, :, ::-1], np.arange(256, dtype=np.uint8)[None, :, None]])
    cv2.LUT(pixels, np.ascontiguousarray(blue_first), dst=into)
    lit = colours.shown(lit)
    return replace(loaded, image=lit, smaller=() if loaded.rank is Rank.LOOK else smaller_images(lit))
