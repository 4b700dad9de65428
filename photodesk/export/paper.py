"""Words and pictures on A4 pages from top to foot: what certificates, records and reports are written with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from photodesk.export.pdf_text import A4_PT, BOLD, MARGIN_PT, TextPages

WIDTH_PT = A4_PT[0] - 2 * MARGIN_PT
FOOT_PT = 60.0
LABEL_PT = 150.0
_GAP_PT = 10.0
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Picture:
    """An sRGB JPEG of so many pixels with lines of words below it."""

    jpeg: bytes
    width_px: int
    height_px: int
    words: tuple[str, ...] = ()


class Paper:
    """Writes from the top of a page to its foot and goes on with the next."""

    def __init__(self, clinic: str, made_at_ms: int) -> None:
        self._pages = TextPages()
        self._y = MARGIN_PT + 18
        self._clinic = clinic
        self._made = datetime.fromtimestamp(made_at_ms / 1000)

    def heading(self, text: str) -> None:
        """The clinic's name, small, and what this is."""
        if self._clinic:
            self._pages.words(MARGIN_PT, self._y - 14, self._clinic, 9.5, grey=0.4)
        self._y += 16
        self._pages.words(MARGIN_PT, self._y, text, 20, BOLD)
        self._y += 12

    def line(self, text: str, size: float = 10.5, grey: float = 0.2) -> None:
        """A paragraph."""
        for part in self._pages.wrapped(text, WIDTH_PT, size):
            self._room(size * 1.5)
            self._y += size * 1.5
            self._pages.words(MARGIN_PT, self._y, part, size, grey=grey)

    def section(self, text: str, quiet: str = "", room: float = 70) -> None:
        """A heading over a line, with quiet words behind it; never alone at the foot: `room` is what must fit."""
        self._room(room)
        self._y += 28
        self._pages.words(MARGIN_PT, self._y, text, 11.5, BOLD)
        if quiet:
            self._pages.words(MARGIN_PT + self._pages.width(text, 11.5, BOLD) + 8, self._y, quiet, 10, grey=0.4)
        self._y += 7
        self._pages.rule(self._y)

    def fact(self, name: str, value: str) -> None:
        """A quiet label and what it says."""
        rows = self._pages.wrapped(value, WIDTH_PT - LABEL_PT, 10)
        self._room(len(rows) * 14 + 6)
        self._y += 18
        self._pages.words(MARGIN_PT, self._y, name, 10, grey=0.4)
        for number, part in enumerate(rows):
            self._pages.words(MARGIN_PT + LABEL_PT, self._y + number * 14, part, 10)
        self._y += (len(rows) - 1) * 14

    def pictures(self, pictures: Sequence[Picture], across: int = 3, size: float = 8.5) -> None:
        """Pictures in rows, each as wide as its part of the page allows and no higher than wide."""
        side = (WIDTH_PT - (across - 1) * _GAP_PT) / across
        for start in range(0, len(pictures), across):
            row = pictures[start : start + across]
            words = [[part for line in one.words for part in self._pages.wrapped(line, side, size)] for one in row]
            sizes = [_fitted(one, side) for one in row]
            high, under = max(down for _, down in sizes), max(map(len, words)) * size * 1.4
            self._room(high + under + 2 * _GAP_PT)
            top = self._y + _GAP_PT
            for place, (one, (wide, down), said) in enumerate(zip(row, sizes, words, strict=True)):
                x = MARGIN_PT + place * (side + _GAP_PT)
                self._pages.picture(x, top, wide, down, one.jpeg, (one.width_px, one.height_px))
                for number, part in enumerate(said, 1):
                    self._pages.words(x, top + down + number * size * 1.4, part, size, grey=0.3)
            self._y = top + high + under + 4

    def note(self, text: str) -> None:
        """What is to be known about the page, small, below a line."""
        self._room(90)
        self._y += 26
        self._pages.rule(self._y)
        self._y += 4
        self.line(text, 9, 0.4)

    def document(self) -> bytes:
        """The file; every page says when it was made and which one it is."""
        made = f"Made on {day_words(self._made.date())} at {self._made:%H:%M}"
        for number in range(self._pages.count):
            foot = A4_PT[1] - 30
            self._pages.words(MARGIN_PT, foot, made, 8.5, grey=0.4, page=number)
            text = f"Page {number + 1} of {self._pages.count}"
            right = A4_PT[0] - MARGIN_PT - self._pages.width(text, 8.5)
            self._pages.words(right, foot, text, 8.5, grey=0.4, page=number)
        return self._pages.document()

    def _room(self, height: float) -> None:
        if self._y + height > A4_PT[1] - FOOT_PT:
            self._pages.new_page()
            self._y = MARGIN_PT


def day_words(day: date) -> str:
    """`20 November 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _fitted(picture: Picture, side: float) -> tuple[float, float]:
    factor = side / max(picture.width_px, picture.height_px, 1)
    return picture.width_px * factor, picture.height_px * factor
