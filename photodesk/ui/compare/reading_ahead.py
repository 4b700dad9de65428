"""What may be looked at next is read and made ready inside the gate: the next key finds it there."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Protocol

from PySide6.QtGui import QImage

from photodesk.desk.ahead import MOST, Ready
from photodesk.photos import Rendition
from photodesk.ui.decoding import rendition_image
from photodesk.ui.display_colours import DisplayColours
from photodesk.ui.page import Request, TaskRunner


class AheadGate(Protocol):
    """The viewing gate as this needs it."""

    def prefetch(
        self, patient_id: str, photo_ids: Sequence[str], rendition: Rendition, ready: Ready | None = None
    ) -> None:
        """Read ahead and make ready, inside the gate."""
        ...


class ReadingAhead:
    """First looks at the size the last one had. `least_px`: (width, height) of the photo shown last."""

    def __init__(self, gate: AheadGate, tasks: TaskRunner, patient_id: str, colours: DisplayColours) -> None:
        self._gate, self._tasks, self._patient_id, self._colours = gate, tasks, patient_id, colours
        self._asked: list[Request] = []
        self.least_px = (0, 0)

    def prepared(self, least_px: tuple[int, int]) -> tuple[Hashable, Callable[[bytes], QImage | None]]:
        """How a first look is made, and the name of that."""
        colours = self._colours
        return (least_px, colours.turn), lambda jpeg: colours.shown(rendition_image(jpeg, least_px))

    def read(self, photo_ids: Sequence[str]) -> None:
        """These may come next; one at a time, so that whatever is asked for meanwhile waits for one at most."""
        ready = Ready(*self.prepared(self.least_px))
        self.drop()
        self._asked = [
            self._tasks.decode(
                partial(self._gate.prefetch, self._patient_id, (photo_id,), Rendition.SCREEN, ready),
                _nothing,
                _nothing,
            )
            for photo_id in photo_ids[:MOST]
        ]

    def drop(self) -> None:
        """What has not begun is not begun."""
        for request in self._asked:
            request.cancel()
        self._asked = []


def _nothing(_answer: object) -> None:
    """Reading ahead answers nobody."""
