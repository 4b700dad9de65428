"""Thumbnails of one screen: asked for in batches, decoded beside the GUI thread, a bounded number kept.

Nothing is shown before the gate has answered, and it answers only after its entry is durable. One batch is one call of
the gate. Answers that come after `drop` (the page was left, the size changed) are thrown away.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from photodesk.photos import Rendition
from photodesk.ui.decoding import cover_image
from photodesk.ui.display_colours import DisplayColours
from photodesk.ui.page import Request, TaskRunner

LIMIT_BYTES = 96 << 20
CHUNK = 6


class Gate(Protocol):
    """The viewing gate as this needs it."""

    def view(
        self, patient_id: str, photo_ids: Sequence[str], rendition: Rendition, screen: str, purpose: str | None = None
    ) -> dict[str, bytes]:
        """JPEGs by photo id after one durable entry."""
        ...

    def coming(self, photo_id: str) -> bool:
        """Whether its thumbnail is on its way from another workstation."""
        ...


class PictureSource(QObject):
    """Pixmaps of thumbnails cropped to one size, in the colours of the screen they are seen on.

    `changed` says that more can be painted, `failed` why nothing can.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        gate: Gate,
        tasks: TaskRunner,
        patient_id: str,
        screen: str,
        limit_bytes: int = LIMIT_BYTES,
        colours: DisplayColours | None = None,
    ) -> None:
        super().__init__()
        self._colours = colours or DisplayColours()
        self._space = self._colours.space
        self._gate, self._tasks, self._patient_id, self._screen = gate, tasks, patient_id, screen
        self._limit_bytes, self._kept_bytes = limit_bytes, 0
        self._size, self._ratio = (140, 105), 1.0
        self._pixmaps: OrderedDict[str, QPixmap] = OrderedDict()
        self._missing: set[str] = set()
        self._asked: dict[str, Request] = {}
        self._turn = 0
        self.held = False
        """Whether nothing may be asked for yet: the person was not yet asked what for."""

    def set_size(self, width: int, height: int, ratio: float = 1.0) -> None:
        """The size of the wells in px and the screen's device ratio; another one starts over."""
        if (width, height, ratio) != (*self._size, self._ratio):
            self._size, self._ratio = (width, height), ratio
            self.drop()

    def pixmap(self, photo_id: str) -> QPixmap | None:
        """What may be painted now, or None for an empty well."""
        found = self._pixmaps.get(photo_id)
        if found is not None:
            self._pixmaps.move_to_end(photo_id)
        return found

    def missing(self, photo_id: str) -> bool:
        """Whether the gate had no picture of it."""
        return photo_id in self._missing

    def coming(self, photo_id: str) -> bool:
        """Whether a picture that is missing comes by itself."""
        return photo_id in self._missing and self._gate.coming(photo_id)

    def want(self, photo_ids: Sequence[str]) -> None:
        """These became visible together: ask the gate once for what is not here and not on its way.

        On a screen of other colours than before every picture comes anew.
        """
        if self._space != self._colours.space:
            self._space = self._colours.space
            self.drop()
        fresh = [
            p
            for p in dict.fromkeys(photo_ids)
            if p not in self._pixmaps and p not in self._asked and p not in self._missing
        ]
        if not fresh or self.held:
            return
        turn = self._turn
        request = self._tasks.decode(
            lambda: self._gate.view(self._patient_id, fresh, Rendition.THUMBNAIL, self._screen),
            lambda pictures: self._decode(turn, fresh, pictures),
            lambda failure: self._refused(turn, fresh, failure),
        )
        for photo_id in fresh:
            self._asked[photo_id] = request

    @property
    def waiting(self) -> int:
        """How many pictures are on their way."""
        return len(self._asked)

    def drop(self) -> None:
        """Forget every picture and every answer still to come."""
        self._turn += 1
        for request in self._asked.values():
            request.cancel()
        self._asked.clear()
        self._missing.clear()
        self._pixmaps.clear()
        self._kept_bytes = 0

    def look_again(self) -> None:
        """What the gate had no picture of may have come: it is asked for once more."""
        if self._missing:
            self._missing.clear()
            self.changed.emit()

    def forget(self, photo_ids: Sequence[str]) -> None:
        """Drop single pictures."""
        for photo_id in photo_ids:
            self._missing.discard(photo_id)
            if photo_id in self._pixmaps:
                self._kept_bytes -= _bytes_of(self._pixmaps.pop(photo_id))

    def _decode(self, turn: int, asked: list[str], pictures: dict[str, bytes]) -> None:
        if turn != self._turn:
            return
        for photo_id in asked:
            if photo_id not in pictures:
                self._asked.pop(photo_id, None)
                self._missing.add(photo_id)
        if self._missing:
            self.changed.emit()
        width, height = (round(side * self._ratio) for side in self._size)
        there = [photo_id for photo_id in asked if photo_id in pictures]
        for start in range(0, len(there), CHUNK):
            part = {photo_id: pictures[photo_id] for photo_id in there[start : start + CHUNK]}

            def work(part: dict[str, bytes] = part) -> dict[str, QImage]:
                shown = self._colours.shown
                return {photo_id: shown(cover_image(data, width, height)) for photo_id, data in part.items()}

            def refused(failure: BaseException, part: dict[str, bytes] = part) -> None:
                self._refused(turn, list(part), failure)

            request = self._tasks.decode(work, lambda images: self._arrived(turn, images), refused)
            for photo_id in part:
                self._asked[photo_id] = request

    def _arrived(self, turn: int, images: dict[str, QImage]) -> None:
        if turn != self._turn:
            return
        for photo_id, image in images.items():
            self._asked.pop(photo_id, None)
            if image.isNull():
                self._missing.add(photo_id)
                continue
            pixmap = QPixmap.fromImage(image)
            pixmap.setDevicePixelRatio(self._ratio)
            self._pixmaps[photo_id] = pixmap
            self._kept_bytes += _bytes_of(pixmap)
        while self._kept_bytes > self._limit_bytes and len(self._pixmaps) > 1:
            self._kept_bytes -= _bytes_of(self._pixmaps.popitem(last=False)[1])
        self.changed.emit()

    def _refused(self, turn: int, asked: list[str], failure: BaseException) -> None:
        if turn != self._turn:
            return
        for photo_id in asked:
            self._asked.pop(photo_id, None)
        self.failed.emit(failure)


def _bytes_of(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
