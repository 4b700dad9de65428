"""An outline on its edge, worked out beside the GUI thread on the screen rendition; answers too late are dropped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import cv2
import numpy as np
import simplejpeg

from photodesk.compare.edge_snap import snapped
from photodesk.compare.measurement import crosses_itself
from photodesk.photos.marks import Mark, Point
from photodesk.ui.page import Request, TaskRunner

SIMPLER_PX = 0.4
"""How far a left-out point may lie from the line, px of the rendition."""

Snapped = tuple[tuple[Point, ...], tuple[int, ...]]
"""Points of the original and the indexes of the pinned ones."""


class Snapping:
    """One request at a time; a newer one takes its place."""

    def __init__(self, tasks: TaskRunner, rendition: Callable[[str], bytes | None]) -> None:
        self._tasks, self._rendition = tasks, rendition
        self._asked: Request | None = None

    def ask(
        self,
        photo_id: str,
        width_px: float,
        points: Sequence[Point],
        pinned: Collection[int],
        done: Callable[[Snapped | None], None],
    ) -> None:
        """Snap a ring of an original `width_px` wide; `done` hears None where that is not possible."""
        self.drop()
        jpeg = self._rendition(photo_id)
        if jpeg is None or len(points) < 3 or width_px <= 0:
            done(None)
            return
        held, fixed = tuple(points), tuple(pinned)

        def answered(found: Snapped | None) -> None:
            self._asked = None
            done(found)

        def failed(_failure: BaseException) -> None:
            self._asked = None
            done(None)

        self._asked = self._tasks.decode(lambda: on_edge(jpeg, width_px, held, fixed), answered, failed)

    def mark(self, mark: Mark, width_px: float, done: Callable[[Mark], None]) -> None:
        """Snap a mark; `done` hears it as it was where that is not possible."""

        def found(answer: Snapped | None) -> None:
            done(mark if answer is None else replace(mark, points=answer[0], pinned=answer[1], aided=True))

        self.ask(mark.photo_id, width_px, mark.points, mark.pinned, found)

    def drop(self) -> None:
        """The answer is no longer wanted."""
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None


def on_edge(jpeg: bytes, width_px: float, points: Sequence[Point], pinned: Collection[int]) -> Snapped | None:
    """The ring on the edges of a rendition, in px of the original; pinned points are given back exactly.

    None where no edge leads round: the ring would cross itself, and the drawn one does not.
    """
    pixels = simplejpeg.decode_jpeg(jpeg, "RGB")
    factor = pixels.shape[1] / width_px
    small = [((x + 0.5) * factor - 0.5, (y + 0.5) * factor - 0.5) for x, y in points]
    ring, fixed = snapped(pixels, small, pinned)
    kept = _simpler(np.array(ring, np.float32), fixed)
    exact = dict(zip(fixed, (points[index] for index in sorted(pinned)), strict=True))
    back = [exact.get(index) or _back(ring[index], factor) for index in kept]
    if crosses_itself(back) and not crosses_itself(points):
        return None
    return tuple(back), tuple(at for at, index in enumerate(kept) if index in exact)


def _back(point: Point, factor: float) -> Point:
    return (point[0] + 0.5) / factor - 0.5, (point[1] + 0.5) / factor - 0.5


def _simpler(ring: np.ndarray[tuple[int, ...], np.dtype[np.float32]], fixed: Collection[int]) -> list[int]:
    """Indexes of the points that carry the ring's shape, the fixed ones among them."""
    kept = cv2.approxPolyDP(ring[:, None], SIMPLER_PX, True)[:, 0]
    places = {tuple(point): index for index, point in reversed(list(enumerate(ring.tolist())))}
    found = {places[tuple(point)] for point in kept.tolist()} | set(fixed)
    return sorted(found) if len(found) >= 3 else list(range(len(ring)))
