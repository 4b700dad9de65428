"""The picture of a pair that leaves: an entry first, words only where wanted, and always what is true of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from photodesk.compare import Measure, Mode, Verdict
from photodesk.compare.landmarks import Landmark
from photodesk.compare.light_match import LightMatch, Source
from photodesk.desk.layers import Layers
from photodesk.errors import Fixable, Refused
from photodesk.imaging.decoded import Decoded
from photodesk.photos import PhotoFacts
from photodesk.photos.comparison import LaidBy
from photodesk.photos.marks import Mark, MarkKind, Scale, ScaleSource
from photodesk.ui.compare.picture import Look, PairPicture, PictureLaying
from tests.export.test_stripped import PlainDecoder
from tests.ui.pretend_desk import photo

A, B = photo(1, "v"), photo(2, "w")
DAYS = (date(2026, 8, 28), date(2026, 11, 20))
UNIT = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
LINE = Mark("m", A.photo_id, MarkKind.LENGTH, ((1000, 2000), (5000, 2000)))
SCALE = Scale(A.photo_id, 0.01, 0.01, 0.01, ScaleSource.RULER)


class Door:
    """A session's way out that remembers; `refuses` it."""

    def __init__(self, root: Path, refuses: Exception | None = None) -> None:
        self.entries: list[tuple[Any, ...]] = []
        self.layout = SimpleNamespace(root=root)
        self.decoder = PlainDecoder()
        self.disclosures = self
        self.layers = SimpleNamespace(of=lambda *_: Layers((LINE,), {A.photo_id: SCALE}, ()))
        self._refuses = refuses

    def disclose(self, *said: Any, rendition: str, screen: str) -> SimpleNamespace:
        if self._refuses is not None:
            raise self._refuses
        self.entries.append(("EXPORT", *said, rendition, screen))
        return SimpleNamespace(photo_ids=said[1])

    def pixels(self, leave: Any, photo_id: str, long_edge_px: int | None = None) -> Decoded:
        assert photo_id in leave.photo_ids
        self.entries.append(("pixels", photo_id))
        value = 90 if photo_id == A.photo_id else 160
        return Decoded(PhotoFacts("image/jpeg", 600, 400), np.full((400, 600, 3), value, np.uint8))


@pytest.fixture
def door(tmp_path: Path) -> Any:
    return Door(tmp_path / "store")


AS_TAKEN = PictureLaying()


def pair(laying: PictureLaying = AS_TAKEN) -> PairPicture:
    measures = (
        Measure("days", 84, "days", None, "12 weeks"),
        Measure("scale", 1.32, "ratio", Verdict.DIFFERS, "scale × 1.32"),
    )
    return PairPicture("p" * 32, (A, B), DAYS, laying, measures)


def test_the_entry_comes_before_any_pixel(door: Any, tmp_path: Path) -> None:
    path = pair().write(door, tmp_path / "x.png", Look(), "teaching", "Dr Lind")
    assert path.exists()
    assert [one[0] for one in door.entries] == ["EXPORT", "pixels", "pixels"]
    assert door.entries[0][2:] == (
        (A.photo_id, B.photo_id),
        "teaching",
        "Dr Lind",
        "comparison side-by-side",
        "compare",
    )


@pytest.mark.parametrize("name", ["gone/x.png", "store/x.png"])
def test_nothing_is_written_into_the_store_or_nowhere(door: Any, tmp_path: Path, name: str) -> None:
    (tmp_path / "store").mkdir()
    with pytest.raises(Fixable):
        pair().write(door, tmp_path / name, Look(), "t", "r")
    assert door.entries == []


def test_whoever_may_not_gets_nothing(tmp_path: Path) -> None:
    door: Any = Door(tmp_path / "store", Refused("no_right", "Your role does not allow you to export photos."))
    with pytest.raises(Refused):
        pair().write(door, tmp_path / "x.png", Look(), "t", "r")
    assert not (tmp_path / "x.png").exists()


def test_without_words_the_picture_is_the_picture() -> None:
    words = pair().words(Look(), (), {})
    assert (words.left, words.middle, words.right, words.foot) == ("", "", "", ())


def test_dates_only_where_they_are_wanted() -> None:
    words = pair().words(Look(dates=True, notes=True), (), {})
    assert (words.left, words.middle, words.right) == ("28 Aug 2026", "12 weeks", "20 Nov 2026")
    assert words.foot == ("Shown as taken, not aligned",)
    without = pair().words(Look(notes=True, comparability=True), (), {})
    assert "2026" not in str(without)
    assert "weeks" not in str(without)
    assert "scale × 1.32 differs" in without.foot[1]


@pytest.mark.parametrize(
    ("laying", "told"),
    [
        (PictureLaying(LaidBy.ITSELF, UNIT), "Aligned"),
        (PictureLaying(LaidBy.LANDMARKS, UNIT), "Aligned by landmarks"),
        (PictureLaying(LaidBy.HAND, UNIT), "Laid on each other by hand"),
        (PictureLaying(LaidBy.LANDMARKS, UNIT, bent=True), "B bent onto A by landmarks"),
        (PictureLaying(light=LightMatch((1, 1, 1), Source.SKIN, 0)), "Colour and light matched to A by skin"),
    ],
)
def test_what_is_true_of_it_stands_below(laying: PictureLaying, told: str) -> None:
    assert told in pair(laying).words(Look(notes=True), (), {}).foot[0]


def test_marks_are_drawn_and_their_figures_told(door: Any, tmp_path: Path) -> None:
    look = Look(Mode.CURTAIN, 600, 1.0, marks=True)
    assert pair().words(look, (LINE,), {A.photo_id: SCALE}).foot == (
        "A: length 40.00 ± 0.40 mm (ruler in the photo, tilt not counted)",
    )
    path = pair(PictureLaying(LaidBy.ITSELF, UNIT)).write(door, tmp_path / "x.png", look, "t", "r")
    from PIL import Image

    seen = np.asarray(Image.open(path))
    assert seen[200, 300].min() > 230
    assert (seen[100, 300] == 90).all()


def test_figures_without_a_scale_are_px_and_say_so() -> None:
    bow = Mark("n", B.photo_id, MarkKind.OUTLINE, ((0, 0), (100, 100), (100, 0), (0, 100)))
    circle = Mark("o", A.photo_id, MarkKind.CIRCLE, ((500, 500), (600, 500)))
    assert pair().words(Look(Mode.CURTAIN, 600, 1.0, marks=True), (LINE, circle, bow), {}).foot == (
        "A: length 4000.0 ± 1.4 px, area 31416 ± 889 px² (no scale in this photo)",
        "B: an outline that crosses itself (no scale in this photo)",
    )


def test_the_ending_says_what_is_written(door: Any, tmp_path: Path) -> None:
    for name, first in (("x.jpg", b"\xff\xd8"), ("x.JPEG", b"\xff\xd8"), ("x.png", b"\x89PNG"), ("x", b"\x89PNG")):
        path = pair().write(door, tmp_path / name, Look(), "letter", "Dr Lind")
        assert path.read_bytes().startswith(first), name
    before = list(door.entries)
    with pytest.raises(Fixable, match=r"\.webp") as told:
        pair().write(door, tmp_path / "x.webp", Look(), "letter", "Dr Lind")
    assert told.value.code == "ending_unknown"
    assert (door.entries, (tmp_path / "x.webp").exists()) == (before, False)


def test_a_bent_pair_is_bent_in_the_picture() -> None:
    points = tuple(Landmark((x, y), (x + 600, y)) for x, y in ((500, 500), (5000, 600), (4800, 3500), (700, 3300)))
    laying = PictureLaying(LaidBy.LANDMARKS, UNIT, points, bent=True)
    b = np.zeros((400, 600, 3), np.uint8)
    b[:, 300:302] = 255
    seen = pair(laying).render(np.full((400, 600, 3), 90, np.uint8), b, Look(Mode.OVERLAY, 600, 1.0))
    assert abs(int(seen[200, :, 0].argmax()) - 240) <= 1


def test_a_page_of_pdf(door: Any, tmp_path: Path) -> None:
    look = Look(dates=True, notes=True, comparability=True)
    path = pair().write(door, tmp_path / "x.pdf", look, "letter", "Dr Lind")
    assert path.read_bytes()[:5] == b"%PDF-"
