"""What a hand is drawing: points taken one by one or in one stroke until a mark is whole. No Qt.

Points are upright pixels of the original of one photo. An outline is closed by its first point, Enter or a double
click; a stroke closes it where the hand is lifted. Pinned points are where the person insists: nothing moves them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import msgspec

from photodesk import ids
from photodesk.photos.marks import MOST_POINTS, Mark, MarkKind, Point, Size, held
from photodesk.ui.marks.model import Tool

_TWO = {Tool.CIRCLE, Tool.ARROW, Tool.SCALE}


@dataclass
class Draft:
    """An unfinished mark. `hover` is where the hand is; `line` is the outline on its edge, while that is known."""

    photo_id: str
    tool: Tool
    points: list[Point] = field(default_factory=list)
    pinned: set[int] = field(default_factory=set)
    hover: Point | None = None
    bends: bool = False
    line: tuple[Point, ...] = ()
    lesion_id: str = ""

    def take(self, point: Point, *, pin: bool = False, more: bool = False) -> bool:
        """Take a point; whether the mark is whole now. `more`: a length goes on with a bend."""
        if len(self.points) < MOST_POINTS and (not self.points or point != self.points[-1]):
            self.points.append(point)
            if pin:
                self.pinned.add(len(self.points) - 1)
        self.bends = self.bends or more
        if self.tool is Tool.TEXT:
            return True
        if self.tool is Tool.LENGTH:
            return len(self.points) >= 2 and not more
        return self.tool in _TWO and len(self.points) == 2

    def drop_last(self) -> bool:
        """Take the last point back; whether any are left."""
        if self.points:
            self.points.pop()
            self.pinned.discard(len(self.points))
        self.line = ()
        return bool(self.points)

    @property
    def whole(self) -> bool:
        """Whether there are points enough."""
        least = {Tool.OUTLINE: 3, Tool.TEXT: 1}.get(self.tool, 2)
        return len(self.points) >= least

    def shown(self) -> tuple[Point, ...]:
        """The points with where the hand is."""
        line = self.line if self.line and self.tool is Tool.OUTLINE else tuple(self.points)
        return line if self.hover is None or self.line else (*line, self.hover)

    def mark(self, text: str = "") -> Mark:
        """The mark that was drawn. ValueError unless `whole`, and for a scale."""
        kind = self.tool.kind
        if kind is None:
            raise ValueError("a scale is no mark")
        owner = self.lesion_id if kind in {MarkKind.OUTLINE, MarkKind.LENGTH, MarkKind.CIRCLE} else ""
        return Mark(
            ids.random_id(), self.photo_id, kind, tuple(self.points), text, owner, pinned=tuple(sorted(self.pinned))
        )


class _Kept(msgspec.Struct, frozen=True):
    photo_id: str
    tool: str
    points: list[Point]
    pinned: list[int]
    lesion_id: str


def encoded(draft: Draft | None) -> str:
    """An unfinished drawing as text; "" where nothing is worth keeping."""
    if draft is None or not draft.points:
        return ""
    kept = _Kept(draft.photo_id, draft.tool.value, draft.points, sorted(draft.pinned), draft.lesion_id)
    return msgspec.json.encode(kept).decode("utf-8")


def decoded(text: str) -> Draft | None:
    """The drawing that `encoded` gave; None for anything else."""
    if not text:
        return None
    try:
        kept = msgspec.json.decode(text, type=_Kept)
        draft = Draft(kept.photo_id, Tool(kept.tool), list(kept.points), set(kept.pinned))
    except (msgspec.DecodeError, ValueError):
        return None  # another version's: the drawing is begun anew
    draft.lesion_id = kept.lesion_id
    return draft


def moved_point(mark: Mark, index: int, to: Point, reach_px: float) -> Mark:
    """The mark with one of its points elsewhere. An outline gives way beside it, within `reach_px` along the line.

    The point is pinned from then on; pinned points do not give way.
    """
    points = list(mark.points)
    by = (to[0] - points[index][0], to[1] - points[index][1])
    pinned = set(mark.pinned)
    if mark.kind is MarkKind.OUTLINE:
        for at, share in _giving_way(points, index, pinned, reach_px):
            points[at] = (points[at][0] + share * by[0], points[at][1] + share * by[1])
        pinned.add(index)
    points[index] = to
    if mark.kind is MarkKind.CIRCLE and index == 0:
        points[1] = (points[1][0] + by[0], points[1][1] + by[1])
    return replace(mark, points=tuple(points), pinned=tuple(sorted(pinned)))


def moved_whole(mark: Mark, by: Point, size: Size) -> Mark:
    """The mark elsewhere, as far as the photo goes: its shape stays."""
    across, down = (_room([point[axis] for point in mark.points], by[axis], size[axis]) for axis in (0, 1))
    return replace(mark, points=tuple((x + across, y + down) for x, y in mark.points))


def held_mark(mark: Mark, size: Size) -> Mark:
    """The mark with every point on the photo."""
    return replace(mark, points=tuple(held(point, size) for point in mark.points))


def thinned(points: Sequence[Point], least_px: float) -> list[Point]:
    """A stroke with its points at least so far apart; the last one stays."""
    kept: list[Point] = []
    for point in points:
        if not kept or math.dist(point, kept[-1]) >= least_px:
            kept.append(point)
    if len(kept) > 1 and points[-1] != kept[-1]:
        kept[-1] = points[-1]
    return kept


def _room(places: Sequence[float], by: float, length: int) -> float:
    """How much of a step is left until the first of these places is at the photo's edge; never a step back."""
    if not length:
        return by
    first, last = -0.5 - min(places), length - 0.5 - max(places)
    return max(by, min(first, 0.0)) if by < 0 else min(by, max(last, 0.0))


def _giving_way(points: list[Point], index: int, pinned: set[int], reach_px: float) -> list[tuple[int, float]]:
    """Points beside one of a ring and how far they follow it, 0…1, up to the next pinned one."""
    found: list[tuple[int, float]] = []
    count = len(points)
    for way in (1, -1):
        gone, at = 0.0, index
        for _ in range(count // 2 - 1):
            following = (at + way) % count
            gone += math.dist(points[at], points[following])
            if gone >= reach_px or following in pinned:
                break
            found.append((following, (1 + math.cos(math.pi * gone / reach_px)) / 2))
            at = following
    return found
