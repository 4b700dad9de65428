"""Marks in a picture that leaves: where they were drawn, white on a dark edge, without words."""

from __future__ import annotations

import numpy as np
import pytest

from photodesk.compare.drawn_marks import with_marks
from photodesk.photos.marks import Mark, MarkKind

GREY = np.full((200, 300, 3), 120, np.uint8)


def _mark(kind: MarkKind, *points: tuple[float, float], text: str = "") -> Mark:
    return Mark("m", "p", kind, points, text)


def test_a_line_lies_where_it_was_drawn() -> None:
    drawn = with_marks(GREY, [_mark(MarkKind.LENGTH, (100, 200), (500, 200))], 0.5, 2)
    assert drawn[100, 150].tolist() == [255] * 3
    assert drawn[97:104, 150].min() < 60, "with a dark edge"
    assert (drawn[:90] == 120).all()
    assert (GREY == 120).all(), "a copy"


@pytest.mark.parametrize(
    ("mark", "inked", "clear"),
    [
        (_mark(MarkKind.CIRCLE, (150, 100), (190, 100)), (100, 190), (100, 150)),
        (_mark(MarkKind.OUTLINE, (50, 50), (250, 50), (250, 150), (50, 150)), (100, 50), (100, 150)),
        (_mark(MarkKind.ARROW, (50, 100), (250, 100)), (100, 150), (60, 150)),
    ],
)
def test_each_kind(mark: Mark, inked: tuple[int, int], clear: tuple[int, int]) -> None:
    drawn = with_marks(GREY, [mark], 1.0, 2)
    assert drawn[inked].min() > 200
    assert drawn[clear].tolist() == [120] * 3
    assert np.ptp(drawn, axis=2).max() == 0, "never coloured"


def test_words_stay_behind() -> None:
    assert (with_marks(GREY, [_mark(MarkKind.TEXT, (150, 100), text="Ada Test")], 1.0, 2) == 120).all()
