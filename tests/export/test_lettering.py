"""Words around a picture, never on it; a page of PDF with nothing in it but the picture."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photodesk.errors import Fixable
from photodesk.export import Words, check_typed, lettered, write_pdf
from photodesk.export.pdf_page import page_of, picture_of
from tests.export.test_stripped import PlainDecoder


def _photo(width: int = 120, height: int = 80) -> np.ndarray:
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return np.stack([x, y, (x + y) / 2], axis=-1).astype(np.uint8)


def test_the_pictures_own_pixels_stay() -> None:
    picture = _photo(640, 200)
    assert lettered(picture, Words()) is picture
    made = lettered(picture, Words("28 Aug 2026", "12 weeks", "20 Nov 2026", ("Aligned",)))
    head = next(row for row in range(100) if (made[row : row + 200] == picture).all())
    assert head > 0
    assert made.shape[0] > head + 200
    assert made.shape[1] == 640
    for bar in (made[:head], made[head + 200 :]):
        assert bar.max() == 255
        assert bar.min() < 60, "something is written there"
        assert np.ptp(bar, axis=2).max() == 0, "black on white"


def test_a_long_foot_is_wrapped() -> None:
    line = "B against A: " + ", ".join(f"measure {n} differs a lot" for n in range(12))
    one, many = (lettered(_photo(640, 40), Words(foot=(words,))).shape[0] for words in ("short", line))
    assert many > one


@pytest.mark.parametrize("shape", [(120, 80), (80, 120), (1, 1)])
def test_a_page_holds_the_picture_and_nothing_else(tmp_path: Path, shape: tuple[int, int]) -> None:
    path = tmp_path / "pair.pdf"
    pixels = np.full((shape[1], shape[0], 3), 120, np.uint8)
    write_pdf(pixels, path, PlainDecoder())
    data = path.read_bytes()
    jpeg = picture_of(data, *shape)
    assert jpeg is not None
    assert Image.open(io.BytesIO(jpeg)).size == shape
    for word in (b"/Info", b"/Title", b"/Author", b"/Producer", b"/CreationDate", b"/ID", b"/Metadata"):
        assert word not in data
    table = int(re.findall(rb"startxref\n(\d+)", data)[0])
    places = [int(one) for one in re.findall(rb"(\d{10}) 00000 n", data[table:])]
    assert [data[at : at + 7] for at in places] == [b"%d 0 obj" % number for number in range(1, 6)]


def test_a_page_with_anything_more_is_refused(tmp_path: Path) -> None:
    good = page_of(b"\xff\xd8\xff\xd9", 4, 4)
    assert picture_of(good, 4, 4) == b"\xff\xd8\xff\xd9"
    assert picture_of(good + b"1 0 obj", 4, 4) is None
    assert picture_of(good.replace(b"/Root 1 0 R", b"/Root 1 0 R /Info 6 0 R"), 4, 4) is None
    assert picture_of(b"%PDF-1.4", 4, 4) is None


@pytest.mark.parametrize("name", ["Test before.png", "scar-TEST.png", "ada.pdf", "p000123.png"])
def test_a_name_typed_by_hand_does_not_tell_who(name: str) -> None:
    with pytest.raises(Fixable, match="name or number"):
        check_typed(name, ("Test", "Ada", "000123"))


def test_other_names_are_fine() -> None:
    check_typed("scar left forearm 2026.png", ("Test", "Ada", "000123", "Al"))
