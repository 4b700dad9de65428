"""The pair, the filmstrip and the linked view. No Qt: the page asks, the canvases paint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from photodesk.compare import DatedPhoto, LinkedView, Pair, next_pair, next_series, sensible_pairs
from photodesk.desk.timeline import Timeline
from photodesk.photos import Photo
from photodesk.ui.compare.modes import Mode
from photodesk.ui.theme import SURROUNDS
from photodesk.ui.timeline.sections import title_of
from photodesk.ui.words import day_words
from photodesk.visits import Visit, interval_words

if TYPE_CHECKING:
    from photodesk.ui.compare.laying import Laying


class Side(StrEnum):
    """Which photo of the pair."""

    A = "A"
    B = "B"


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


SURROUND_NAMES = ("Dark grey", "Middle grey", "Light grey")


class CompareModel:
    """State of one comparison. `today` is the workstation's date."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.mode = Mode.SIDE_BY_SIDE
        self.linked = True
        self.surround = 0
        self.curtain, self.curtain_degrees = 0.5, 0.0
        self.opacity, self.blink_hz = 0.5, 1.5
        self.laying: Laying | None = None
        self.originals = False
        self.a = self.b = ""
        self._views = {Side.A: LinkedView(), Side.B: LinkedView()}
        self._frames: dict[str, Frame] = {}
        self._pairs: tuple[Pair, ...] = ()
        self.timeline: Timeline | None = None

    def load(self, timeline: Timeline, before: str, after: str) -> None:
        """Take a timeline; without ids the suggested pair is taken, without one the first and the latest photo."""
        self.timeline = timeline
        self._frames = {}
        count = len(timeline.visits)
        for index in range(count - 1, -1, -1):
            each = timeline.visits[index]
            for photo in each.photos:
                self._frames[photo.photo_id] = Frame(photo, each.visit, count - index)
        self._pairs = sensible_pairs([DatedPhoto(f.photo, f.visit.day) for f in self._frames.values()])
        self.a, self.b = (x if x in self._frames else "" for x in (before, after))
        if not (self.a and self.b):
            if self._pairs:
                self._take(self._pairs[0])
            elif len(self._frames) > 1:
                ids = list(self._frames)
                self.a, self.b = ids[0], ids[-1]

    @property
    def ready(self) -> bool:
        """Whether there are two photos to compare."""
        return bool(self.a and self.b)

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
        place = (b.photo.body_site, b.photo.standard_view)
        same = tuple(f for f in self._frames.values() if (f.photo.body_site, f.photo.standard_view) == place)
        alike = (a.photo.body_site, a.photo.standard_view) == place and b.photo.body_site
        return same if alike and len(same) > 1 else tuple(self._frames.values())

    def step(self, side: Side, by: int) -> bool:
        """Move one side along the filmstrip, past the other's photo; whether it moved."""
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

    def set(self, side: Side, photo_id: str) -> None:
        """Show another photo on one side."""
        if side is Side.A:
            self.a = photo_id
        else:
            self.b = photo_id

    def neighbours(self) -> tuple[str, ...]:
        """Photos one step away on either side: worth reading ahead."""
        ids = [frame.photo_id for frame in self.strip()]
        near = [ids.index(each) + by for each in self.pair() if each in ids for by in (1, -1, 2)]
        return tuple(dict.fromkeys(ids[i] for i in near if 0 <= i < len(ids) and ids[i] not in self.pair()))

    def swap(self) -> None:
        """A becomes B."""
        self.a, self.b = self.b, self.a
        self._views = {Side.A: self._views[Side.B], Side.B: self._views[Side.A]}

    def next_pair(self, keep: str = "") -> bool:
        """The next sensible pair of this site and view (with the photo `keep` in it), round and round; whether."""
        return self._take_other(next_pair(self._pairs, self.pair(), keep))

    def next_series(self) -> bool:
        """First against latest of the next site and view, round and round; whether there is another one."""
        return self._take_other(next_series(self._pairs, self.pair()))

    def _take_other(self, pair: Pair | None) -> bool:
        if pair is not None:
            self._take(pair)
        return pair is not None

    def _take(self, pair: Pair) -> None:
        self.a, self.b = pair.ids

    # -- how B lies on A ----------------------------------------------------------------------------------------

    def lay(self, laying: Laying | None) -> None:
        """What is known of the pair that is shown; laid photos share one view."""
        self.laying = laying
        if self.aligned and self.linked:
            self._views[Side.B] = self._views[Side.A]

    @property
    def aligned(self) -> bool:
        """Whether B is shown where it lies on A."""
        return self.laying is not None and self.laying.matrix is not None and not self.originals

    def toggle_originals(self) -> bool:
        """Untouched photos or aligned ones; whether there was anything to change."""
        if self.laying is None or self.laying.matrix is None:
            return False
        self.originals = not self.originals
        self.lay(self.laying)
        return True

    def sizes(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """(width, height) of the upright originals of A and B in px; zeros where unknown."""
        facts = [frame.photo.facts if frame else None for frame in (self.frame(Side.A), self.frame(Side.B))]
        a, b = ((each.width_px, each.height_px) if each else (0, 0) for each in facts)
        return a, b

    # -- what the panes show ------------------------------------------------------------------------------------

    def view(self, side: Side) -> LinkedView:
        """What a pane shows."""
        return self._views[side]

    def show(self, side: Side, view: LinkedView, *, alone: bool = False) -> None:
        """A pane was zoomed or moved by the hand: linked panes follow unless `alone` (nudged)."""
        both = self.linked and not alone
        before = self._views[side]
        self._views[side] = view
        if both:
            other = Side.B if side is Side.A else Side.A
            self._views[other] = followed(self._views[other], before, view)

    def start(self, zoom: float) -> None:
        """A pair comes: both centred at this zoom over fit."""
        self._views = {Side.A: LinkedView(zoom), Side.B: LinkedView(zoom)}

    def fit(self) -> None:
        """Both whole again, nudges forgotten."""
        self._views = {Side.A: LinkedView(), Side.B: LinkedView()}

    def toggle_link(self) -> None:
        """Link or unlink; linking again brings B to A's view."""
        self.linked = not self.linked
        if self.linked:
            self._views[Side.B] = self._views[Side.A]

    def next_surround(self) -> str:
        """Dark, middle, light; the colour."""
        self.surround = (self.surround + 1) % len(SURROUNDS)
        return SURROUNDS[self.surround]

    # -- words --------------------------------------------------------------------------------------------------

    def interval(self) -> str:
        """`12 weeks` between the visits."""
        a, b = self.frame(Side.A), self.frame(Side.B)
        return interval_words(a.visit.day, b.visit.day) if a and b else ""

    def subject(self) -> str:
        """`Left forearm, close-up` where both show the same, otherwise both."""
        a, b = self.frame(Side.A), self.frame(Side.B)
        if a is None or b is None:
            return ""
        one, other = title_of(a.photo), title_of(b.photo)
        return one if one == other else f"{one} · {other}"

    def header(self, side: Side) -> tuple[str, str]:
        """Date and visit of a side: (`28 Aug 2026`, `Visit 5 · Naevus check`)."""
        frame = self.frame(side)
        if frame is None:
            return "", ""
        what = "today" if frame.visit.day == self.today else frame.visit.title
        return day_words(frame.visit.day), f"Visit {frame.number} · {what}" if what else f"Visit {frame.number}"


def followed(view: LinkedView, before: LinkedView, after: LinkedView) -> LinkedView:
    """`view` changed the way `before` became `after`, so that a nudge survives linked moves."""
    zoom = max(1.0, view.zoom * after.zoom / before.zoom)
    return LinkedView(
        zoom, view.centre_x + after.centre_x - before.centre_x, view.centre_y + after.centre_y - before.centre_y
    )
