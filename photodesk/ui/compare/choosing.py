"""Which two photos are compared: the suggestion, stepping, the next pair, and a photo that is pinned. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from photodesk.compare import DatedPhoto, Pair, all_series, next_pair, next_series, sensible_pairs
from photodesk.desk.timeline import Timeline
from photodesk.photos import Photo
from photodesk.visits import Visit


class Side(StrEnum):
    """Which photo of the pair."""

    A = "A"
    B = "B"

    @property
    def other(self) -> Side:
        """The other one."""
        return Side.B if self is Side.A else Side.A


@dataclass(frozen=True)
class Frame:
    """One photo of the filmstrip with its visit; `number` counts visits from the first."""

    photo: Photo
    visit: Visit
    number: int

    @property
    def photo_id(self) -> str:
        """Its photo's id."""
        return self.photo.photo_id

    @property
    def place(self) -> tuple[str, str]:
        """Site and view."""
        return self.photo.body_site, self.photo.standard_view


class PairChoosing:
    """`a` and `b` are photo ids. A `pinned` side keeps its photo whatever is stepped or cycled."""

    def __init__(self) -> None:
        self.timeline: Timeline | None = None
        self.a = self.b = ""
        self.pinned: Side | None = None
        self._frames: dict[str, Frame] = {}
        self._pairs: tuple[Pair, ...] = ()

    def load(self, timeline: Timeline, before: str, after: str) -> None:
        """Take a timeline; without ids the suggested pair is taken, without one the first and the latest photo."""
        self.timeline = timeline
        self._frames = {}
        count = len(timeline.visits)
        for index in range(count - 1, -1, -1):
            each = timeline.visits[index]
            for photo in each.photos:
                self._frames[photo.photo_id] = Frame(photo, each.visit, count - index)
        self._pairs = sensible_pairs(self._dated())
        self.a, self.b = (x if x in self._frames else "" for x in (before, after))
        if not (self.a and self.b):
            self.pinned = None
            if self._pairs:
                self.a, self.b = self._pairs[0].ids
            elif len(self._frames) > 1:
                ids = list(self._frames)
                self.a, self.b = ids[0], ids[-1]

    @property
    def ready(self) -> bool:
        """Whether there are two photos to compare."""
        return bool(self.a and self.b)

    def frame_of(self, photo_id: str) -> Frame | None:
        """Any photo of the chart with its visit."""
        return self._frames.get(photo_id)

    def frame(self, side: Side) -> Frame | None:
        """The photo of a side with its visit."""
        return self._frames.get(self.a if side is Side.A else self.b)

    def pair(self) -> tuple[str, str]:
        """Ids of A and B."""
        return self.a, self.b

    def strip(self) -> tuple[Frame, ...]:
        """Oldest first: photos of B's site and view; all photos where those are fewer than two or A differs."""
        b, a = self._frames.get(self.b), self._frames.get(self.a)
        if b is None or a is None:
            return ()
        same = tuple(f for f in self._frames.values() if f.place == b.place)
        alike = a.place == b.place and b.photo.body_site
        return same if alike and len(same) > 1 else tuple(self._frames.values())

    def series(self) -> tuple[Frame, ...]:
        """One photo a visit of B's site and view, oldest first; empty without a site, or of a single visit."""
        b = self._frames.get(self.b)
        for series in all_series(self._dated()):
            if b is not None and series[0].place == b.place and len(series) > 1:
                return tuple(self._frames[each.photo.photo_id] for each in series)
        return ()

    # -- changing it --------------------------------------------------------------------------------------------

    def set(self, side: Side, photo_id: str) -> None:
        """Show another photo on one side."""
        if side is Side.A:
            self.a = photo_id
        else:
            self.b = photo_id

    def put(self, side: Side, photo_id: str) -> bool:
        """A hand puts a photo on a side; the other side's photo swaps. Whether that changed anything."""
        now, other = self.pair() if side is Side.A else (self.b, self.a)
        if photo_id not in self._frames or photo_id == now:
            return False
        if photo_id == other:
            self.set(side.other, now)
        self.set(side, photo_id)
        return True

    def step(self, side: Side, by: int) -> bool:
        """Move one side along the filmstrip, past the other's photo; whether it moved. Where it is pinned the other."""
        side = self.free(side)
        ids = [frame.photo_id for frame in self.strip()]
        now, other = self.pair() if side is Side.A else (self.b, self.a)
        if now not in ids:
            return False
        at = ids.index(now) + by
        if 0 <= at < len(ids) and ids[at] == other:
            at += by
        if not 0 <= at < len(ids):
            return False
        self.set(side, ids[at])
        return True

    def to_end(self, side: Side, *, last: bool) -> bool:
        """The first or last photo of the filmstrip on one side, the one beside it where the other side has that."""
        side = self.free(side)
        now, other = self.pair() if side is Side.A else (self.b, self.a)
        ids = [frame.photo_id for frame in self.strip() if frame.photo_id != other]
        if not ids or ids[-1 if last else 0] == now:
            return False
        self.set(side, ids[-1 if last else 0])
        return True

    def free(self, side: Side) -> Side:
        """The side that steps when this one is asked for."""
        return side.other if self.pinned is side else side

    def pin_next(self) -> Side | None:
        """Pin A, then B, then none; what is pinned now."""
        self.pinned = {None: Side.A, Side.A: Side.B, Side.B: None}[self.pinned]
        return self.pinned

    def neighbours(self) -> tuple[str, ...]:
        """Photos one step away on either side: worth reading ahead."""
        ids = [frame.photo_id for frame in self.strip()]
        near = [ids.index(each) + by for each in self.pair() if each in ids for by in (1, -1, 2)]
        return tuple(dict.fromkeys(ids[i] for i in near if 0 <= i < len(ids) and ids[i] not in self.pair()))

    def next_pair(self) -> bool:
        """The next sensible pair of this site and view (with the pinned photo in it), round and round; whether."""
        return self._take(next_pair(self._pairs, self.pair(), self._kept()))

    def next_series(self) -> bool:
        """First against latest of the next site and view, round and round; whether there is another one."""
        return self.pinned is None and self._take(next_series(self._pairs, self.pair()))

    def _kept(self) -> str:
        return "" if self.pinned is None else self.pair()[self.pinned is Side.B]

    def _take(self, pair: Pair | None) -> bool:
        if pair is None:
            return False
        kept, (before, after) = self._kept(), pair.ids
        if kept and pair.ids[self.pinned is Side.B] != kept:
            before, after = after, before
        self.a, self.b = before, after
        return True

    def _dated(self) -> list[DatedPhoto]:
        return [DatedPhoto(frame.photo, frame.visit.day) for frame in self._frames.values()]
