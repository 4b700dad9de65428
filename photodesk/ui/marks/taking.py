"""Takes marks by hand: selects the one that lies here, moves its points or all of it. The edit is kept at the end."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from PySide6.QtCore import QPointF

from photodesk.photos.marks import Mark, MarkKind, Point
from photodesk.ui.marks.drafting import held_mark, moved_point, moved_whole
from photodesk.ui.marks.keeping import MarkKeeping
from photodesk.ui.marks.layer import PhotoLayer
from photodesk.ui.marks.model import MarkEdit, MarksModel, Tool
from photodesk.ui.marks.strokes import shape_of

GIVE_WAY_PX = 40.0


@dataclass
class _Held:
    """What is being moved: a point of a mark (`index`), or all of it (−1); `begun` is how it was."""

    layer: PhotoLayer
    begun: Mark
    index: int
    at: Point


class Taking:
    """`changed` is called whenever something else is to be shown."""

    def __init__(self, keeping: MarkKeeping, changed: Callable[[], None]) -> None:
        self._keeping, self._changed = keeping, changed
        self._model: MarksModel = keeping.model
        self._held: _Held | None = None

    @property
    def holds(self) -> bool:
        """Whether something is being moved."""
        return self._held is not None

    def take(self, layer: PhotoLayer, at: QPointF, point: Point, near_px: float, *, shifted: bool) -> bool:
        """Take a point of the selected mark, or select the mark that lies here."""
        chosen, place = self._model.chosen, layer.to_pane()
        if chosen is not None and chosen.photo_id == layer.photo_id():
            near = [(apart(place.map(QPointF(*chosen.points[index])), at), index) for index in layer.handles(chosen)]
            distance, index = min(near, default=(math.inf, -1))
            if distance <= near_px:
                if shifted and chosen.kind is MarkKind.OUTLINE:
                    pinned = set(chosen.pinned) ^ {index}
                    self._keeping.make(MarkEdit(chosen, replace(chosen, pinned=tuple(sorted(pinned)))))
                else:
                    self._held = _Held(layer, chosen, index, point)
                return True
        if self._model.tool is not Tool.MOVE:
            return False
        mark = mark_at(layer, self._model, at, near_px)
        self._model.selected = mark.mark_id if mark is not None else ""
        if mark is not None and mark.kind in {MarkKind.TEXT, MarkKind.ARROW, MarkKind.CIRCLE}:
            self._held = _Held(layer, mark, -1, point)
        self._changed()
        return mark is not None

    def move(self, point: Point) -> None:
        """The hand with what it holds is here now."""
        held = self._held
        if held is None:
            return
        if held.index < 0:
            by = (point[0] - held.at[0], point[1] - held.at[1])
            moved = moved_whole(held.begun, by, self._keeping.size(held.begun.photo_id))
        else:
            reach = GIVE_WAY_PX / max(held.layer.px_per_px(), 1e-6)
            moved = moved_point(held.begun, held.index, point, reach)
            moved = held_mark(moved, self._keeping.size(moved.photo_id))
        self._model.marks[moved.mark_id] = moved
        self._changed()

    def let_go(self) -> None:
        """The hand lets go: the edit is kept."""
        held, self._held = self._held, None
        if held is None:
            return
        moved = self._model.marks.get(held.begun.mark_id, held.begun)
        self._model.marks[held.begun.mark_id] = held.begun
        self._keeping.make(MarkEdit(held.begun, moved))


def mark_at(layer: PhotoLayer, model: MarksModel, at: QPointF, near_px: float) -> Mark | None:
    """The mark whose line is nearest to a point of the canvas, within `near_px`."""
    place, found = layer.to_pane(), []
    for mark in model.of(layer.photo_id()):
        path = shape_of(mark.kind, mark.points, place)
        for polygon in path.toSubpathPolygons():
            corners = [polygon.at(index) for index in range(polygon.size())]
            away = min(
                (_from_line(at, a, b) for a, b in pairwise(corners)),
                default=apart(corners[0], at) if corners else math.inf,
            )
            found.append((away, mark.mark_id))
    distance, mark_id = min(found, default=(math.inf, ""))
    return model.marks[mark_id] if distance <= near_px else None


def apart(a: QPointF, b: QPointF) -> float:
    """Px between two points of a canvas."""
    return math.hypot(a.x() - b.x(), a.y() - b.y())


def _from_line(at: QPointF, a: QPointF, b: QPointF) -> float:
    """How far a point lies from a stretch."""
    along = b - a
    whole = along.x() ** 2 + along.y() ** 2
    share = 0.0 if whole == 0 else QPointF.dotProduct(at - a, along) / whole
    return apart(at, a + along * min(1.0, max(0.0, share)))
