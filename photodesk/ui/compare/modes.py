"""The ways to look at a pair, or at every visit of its site and view."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """How the pair is shown."""

    SIDE_BY_SIDE = "side by side"
    CURTAIN = "curtain"
    OVERLAY = "overlay"
    BLINK = "blink"
    DIFFERENCE = "difference"
    TIME_LAPSE = "time-lapse"

    @property
    def needs_alignment(self) -> bool:
        """Whether it says nothing about photos that do not lie on each other."""
        return self is Mode.DIFFERENCE


SEGMENTS = (
    ("1", "columns", "Side by side"),
    ("2", "square-half", "Curtain"),
    ("3", "stack", "Overlay"),
    ("4", "lightning", "Blink"),
    ("5", "circle-half", "Difference"),
    ("6", "film-strip", "Time-lapse"),
)
"""Key, icon and words, in the order of `Mode`."""
