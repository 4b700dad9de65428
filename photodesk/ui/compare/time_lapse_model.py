"""The visits of one site and view as a series of frames, and which of them is seen. No Qt."""

from __future__ import annotations

from photodesk.photos.comparison import LaidBy
from photodesk.ui.compare.laying import Laying
from photodesk.ui.compare.model import Frame
from photodesk.ui.timeline.sections import title_of
from photodesk.ui.words import NBSP, day_words
from photodesk.visits import interval_words

RATES_HZ = (0.5, 1.0, 2.0, 4.0, 8.0)


class LapseModel:
    """`frames` oldest first; the first is what the others are laid on.

    `index` is the frame asked for, `seen` the one whose picture is here (−1 for none): words are of what is seen.
    """

    def __init__(self) -> None:
        self.frames: tuple[Frame, ...] = ()
        self.index = 0
        self.seen = -1
        self.playing = False
        self.originals = False
        self._rate = 1
        self.laid: dict[str, Laying] = {}

    def take(self, frames: tuple[Frame, ...]) -> bool:
        """Show these, from the first on; False where they are the ones shown already."""
        if [f.photo_id for f in frames] == [f.photo_id for f in self.frames]:
            self.frames = frames
            return False
        self.frames, self.index, self.seen, self.playing, self.originals = frames, 0, -1, False, False
        self.laid = {}
        return True

    @property
    def wanted(self) -> Frame | None:
        """The one asked for."""
        return self.frames[self.index] if self.frames else None

    @property
    def frame(self) -> Frame | None:
        """The one seen."""
        return self.frames[self.seen] if 0 <= self.seen < len(self.frames) else None

    @property
    def first(self) -> Frame | None:
        """The one the others lie on."""
        return self.frames[0] if self.frames else None

    @property
    def rate_hz(self) -> float:
        """Frames a second while playing."""
        return RATES_HZ[self._rate]

    def go(self, index: int) -> bool:
        """Ask for another frame; whether it is another one."""
        index = min(len(self.frames) - 1, max(0, index))
        moved = index != self.index and bool(self.frames)
        if moved:
            self.index = index
        return moved

    def following(self) -> int:
        """The frame playing shows next: from the last one back to the first."""
        return (self.index + 1) % max(1, len(self.frames))

    def faster(self, by: int) -> None:
        """The next speed up or down."""
        self._rate = min(len(RATES_HZ) - 1, max(0, self._rate + by))

    # -- words ---------------------------------------------------------------------------------------------------

    def place_words(self) -> str:
        """`3 of 6`."""
        return f"{self.seen + 1} of {len(self.frames)}" if self.frame else ""

    def day_words(self) -> str:
        """`28 Aug 2026`."""
        return day_words(self.frame.visit.day) if self.frame else ""

    def visit_words(self) -> str:
        """`Left forearm, close-up · Visit 5 · Naevus check`."""
        frame = self.frame
        if frame is None:
            return ""
        return " · ".join(filter(None, (title_of(frame.photo), f"Visit {frame.number}", frame.visit.title)))

    def since_words(self) -> str:
        """`12 weeks after the first`, nothing for the first."""
        frame, first = self.frame, self.first
        if frame is None or first is None or not self.seen:
            return "First visit" if frame is not None else ""
        return f"{interval_words(first.visit.day, frame.visit.day)} after the first"

    def rate_words(self) -> str:
        """`2 a second`."""
        return f"1 in 2{NBSP}s" if self.rate_hz < 1 else f"{self.rate_hz:.0f} a second"

    def laid_words(self) -> tuple[str, bool]:
        """What the chip says of the frame seen and whether it warns; "" while nobody knows."""
        frame = self.frame
        if frame is None or not self.seen:
            return ("Laid on this one" if frame is not None else ""), False
        laying = self.laid.get(frame.photo_id)
        if laying is None:
            return "", False
        if laying.matrix is None:
            return "Not aligned, shown as taken", True
        if self.originals:
            return "Shown as taken", False
        known = {LaidBy.LANDMARKS: "Aligned by landmarks", LaidBy.HAND: "Laid by hand"}
        return known.get(laying.by, f"Aligned, {100 * laying.confidence:.0f}{NBSP}% sure"), False

    def unaligned(self, index: int) -> bool:
        """Whether a frame is known not to lie on the first."""
        laying = self.laid.get(self.frames[index].photo_id)
        return bool(index) and laying is not None and laying.matrix is None
