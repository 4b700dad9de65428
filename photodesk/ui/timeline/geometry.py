"""Where the thumbnails of one visit lie: groups side by side while they fit, then below one another.

All numbers are px; a section starts at (0, 0) with its date column at the left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from photodesk.ui.timeline.sections import Section

DATE_PX = 140
GAP_PX, GROUP_GAP_PX, LEAST_GROUP_GAP_PX = 10, 24, 14
TITLE_PX, CAPTION_PX, BELOW_PX = 27, 22, 34
LINE_GAP_PX = 12
FILE_PX, MOST_FILES = 24, 5
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
    """Everything about one section. Wells are `well_width` × `well_height`; files are listed from `files_top`."""

    cells: tuple[Cell, ...]
    titles: tuple[GroupTitle, ...]
    height: int
    well_width: int
    well_height: int
    files_top: int = 0

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
    y = 0
    for line in _lines([len(group.photos) for group in section.groups], per_line, room, thumbnail_px):
        wide = [min(len(section.groups[index].photos), per_line) * (thumbnail_px + GAP_PX) - GAP_PX for index in line]
        gaps = len(line) - 1
        gap = min(GROUP_GAP_PX, (room - sum(wide)) // gaps) if gaps else 0
        x, rows = DATE_PX, 1
        for index, group_px in zip(line, wide, strict=True):
            photos = section.groups[index].photos
            titles.append(GroupTitle(index, x, y, max(group_px, thumbnail_px)))
            for place, photo in enumerate(photos):
                row, column = divmod(place, per_line)
                cells.append(
                    Cell(
                        photo.photo_id,
                        x + column * (thumbnail_px + GAP_PX),
                        y + TITLE_PX + row * (high + CAPTION_PX + LINE_GAP_PX),
                        index,
                    )
                )
            rows = max(rows, math.ceil(len(photos) / per_line))
            x += group_px + gap
        y += TITLE_PX + rows * (high + CAPTION_PX + LINE_GAP_PX)
    bottom = max((cell.y + high + CAPTION_PX for cell in cells), default=0)
    lines = file_lines(len(section.attachments))
    top = bottom + 10 if cells else 0
    bottom = top + lines * FILE_PX if lines else bottom
    height = max(LEAST_SECTION_PX, bottom + BELOW_PX)
    return SectionLayout(tuple(cells), tuple(titles), height, thumbnail_px, high, top)


def file_lines(files: int) -> int:
    """How many rows the files of a visit take: the last one counts those that have none."""
    return min(files, MOST_FILES + 1)


def _lines(counts: Sequence[int], per_line: int, room: int, thumbnail_px: int) -> list[list[int]]:
    """Which groups (by index) stand side by side. A group of more than one line stands alone."""
    lines: list[list[int]] = []
    used = room + 1
    for index, count in enumerate(counts):
        wide = min(count, per_line) * (thumbnail_px + GAP_PX) - GAP_PX
        if count <= per_line and used + LEAST_GROUP_GAP_PX + wide <= room:
            lines[-1].append(index)
            used += LEAST_GROUP_GAP_PX + wide
        else:
            lines.append([index])
            used = wide if count <= per_line else room + 1
    return lines
