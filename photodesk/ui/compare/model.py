"""The pair, the filmstrip and the linked view. No Qt: the page asks, the canvases paint."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from photodesk.compare import LinkedView
from photodesk.compare.light_match import LightMatch
from photodesk.photos.comparison import LaidBy
from photodesk.ui.compare.choosing import Frame, PairChoosing, Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.theme import SURROUNDS
from photodesk.ui.timeline.sections import title_of
from photodesk.ui.words import day_words
from photodesk.visits import interval_words

if TYPE_CHECKING:
    from photodesk.ui.compare.laying import Laying

__all__ = ["SURROUND_NAMES", "SURROUND_WORDS", "CompareModel", "Frame", "Side", "followed"]

SURROUND_NAMES = ("Dark grey", "Middle grey", "Light grey")
SURROUND_WORDS = ("dark", "middle", "light")
"""What a kept comparison calls them."""


class CompareModel(PairChoosing):
    """State of one comparison. `today` is the workstation's date."""

    def __init__(self, today: date) -> None:
        super().__init__()
        self.today = today
        self.mode = Mode.SIDE_BY_SIDE
        self.linked = True
        self.surround = 0
        self.curtain, self.curtain_degrees = 0.5, 0.0
        self.opacity, self.blink_hz = 0.5, 1.5
        self.laying: Laying | None = None
        self.originals = False
        self.light: LightMatch | None = None
        self._views = {Side.A: LinkedView(), Side.B: LinkedView()}

    def swap(self) -> None:
        """A becomes B; what is pinned stays pinned."""
        self.a, self.b = self.b, self.a
        self.pinned = None if self.pinned is None else self.pinned.other
        self._views = {Side.A: self._views[Side.B], Side.B: self._views[Side.A]}

    # -- how B lies on A ----------------------------------------------------------------------------------------

    def lay(self, laying: Laying | None) -> None:
        """What is known of the pair that is shown; laid photos share one view."""
        self.laying = laying
        if self.aligned and (self.linked or (laying is not None and laying.by is LaidBy.HAND)):
            self._views[Side.B] = self._views[Side.A]

    @property
    def nudged(self) -> bool:
        """Whether a hand moved B away from where it lies, in panes that are linked."""
        return self.linked and self._views[Side.A] != self._views[Side.B]

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
    zoom = view.zoom * after.zoom / before.zoom
    return LinkedView(
        zoom if view.free or after.zoom < 1 else max(1.0, zoom),
        view.centre_x + after.centre_x - before.centre_x,
        view.centre_y + after.centre_y - before.centre_y,
        (view.turn_degrees + after.turn_degrees - before.turn_degrees) % 360,
        view.free,
    )
