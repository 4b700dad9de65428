"""Where the thumbnails of one visit lie: groups side by side while they fit, then below one another.

All numbers are px; a section starts at (0, 0) with its date column at the left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from photodesk.ui.timeline.sections import Section

DATE_PX = 140
GAP_PX, GROUP_GAP_PX = 10, 24
TITLE_PX, CAPTION_PX, BELOW_PX = 27, 22, 34
LINE_GAP_PX = 12
LEAST_SECTION_PX = 132
SMALLEST_PX, DEFAULT_PX, LARGEST_PX = 96, 140, 240


@dataclass(frozen=True)
class Cell:
    """One thumbnail: its photo, the corner of its well."""

    photo_id: str
    x: int
    y: int
    group: int


@dataclass(frozen=True)
class GroupTitle:
    """Where a group's name stands and how wide it may be."""

    group: int
    x: int
    y: int
    width: int


@dataclass(frozen=True)
class SectionLayout:
    """Everything about one section. Wells are `well_width` × `well_height`."""

    cells: tuple[Cell, ...]
    titles: tuple[GroupTitle, ...]
    height: int
    well_width: int
    well_height: int

    def hit(self, x: float, y: float) -> Cell | None:
        """The thumbnail (with its caption) at a point."""
        for cell in self.cells:
            if cell.x <= x < cell.x + self.well_width and cell.y <= y < cell.y + self.well_height + CAPTION_PX:
                return cell
        return None

    def between(self, top: float, bottom: float) -> tuple[Cell, ...]:
        """Thumbnails that touch the band from `top` to `bottom`."""
        return tuple(c for c in self.cells if c.y < bottom and c.y + self.well_height > top)


def well_height(width_px: int) -> int:
    """4:3."""
    return round(width_px * 3 / 4)


def lay_out(section: Section, width_px: int, thumbnail_px: int) -> SectionLayout:
    """Place a section's thumbnails into a list `width_px` wide."""
    high = well_height(thumbnail_px)
    room = max(thumbnail_px, width_px - DATE_PX)
    per_line = max(1, (room + GAP_PX) // (thumbnail_px + GAP_PX))
    cells: list[Cell] = []
    titles: list[GroupTitle] = []
    x = y = 0
    for index, group in enumerate(section.groups):
        count = len(group.photos)
        wide = min(count, per_line) * (thumbnail_px + GAP_PX) - GAP_PX
        if x and (x + wide > room or count > per_line):
            x, y = 0, y + TITLE_PX + high + CAPTION_PX + LINE_GAP_PX
        titles.append(GroupTitle(index, DATE_PX + x, y, max(wide, thumbnail_px)))
        for place, photo in enumerate(group.photos):
            row, column = divmod(place, per_line)
            cells.append(Cell(
                photo.photo_id, DATE_PX + x + column * (thumbnail_px + GAP_PX),
                y + TITLE_PX + row * (high + CAPTION_PX + LINE_GAP_PX), index,
            ))
        rows = math.ceil(count / per_line)
        if rows > 1:
            x, y = 0, y + TITLE_PX + rows * (high + CAPTION_PX + LINE_GAP_PX)
        else:
            x += wide + GROUP_GAP_PX
    bottom = max((cell.y + high + CAPTION_PX for cell in cells), default=0)
    return SectionLayout(
        tuple(cells), tuple(titles), max(LEAST_SECTION_PX, bottom + BELOW_PX), thumbnail_px, high
    )
