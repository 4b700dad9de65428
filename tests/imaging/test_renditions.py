"""Renditions: sizes, 4:4:4, nothing inside but the picture."""

from __future__ import annotations

import io

import numpy as np
import pytest
import simplejpeg
from PIL import Image

from photodesk.imaging import encode, jpeg_pixels, shrink
from photodesk.photos import Rendition


def _photo(width: int, height: int) -> np.ndarray:
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return np.stack([x, y, (x + y) / 2], axis=-1).astype(np.uint8)


def test_long_edges_and_sampling() -> None:
    made = encode(_photo(3000, 2000))
    for rendition, size in ((Rendition.THUMBNAIL, (480, 320)), (Rendition.SCREEN, (2560, 1707))):
        height, width, _, sampling = simplejpeg.decode_jpeg_header(made[rendition])
        assert (width, height) == size
        assert sampling == "444"
        with Image.open(io.BytesIO(made[rendition])) as picture:
            assert not picture.getexif()
            assert "icc_profile" not in picture.info


def test_never_larger_than_the_original() -> None:
    made = encode(_photo(300, 200))
    assert {jpeg_pixels(data).shape for data in made.values()} == {(200, 300, 3)}


def test_a_rendition_looks_like_its_photo() -> None:
    photo = _photo(1000, 700)
    screen = jpeg_pixels(encode(photo)[Rendition.SCREEN])
    assert np.abs(screen.astype(int) - photo.astype(int)).mean() < 1.5


def test_shrinking_keeps_the_mean_and_does_not_enlarge() -> None:
    photo = _photo(900, 50)
    assert shrink(photo, 900) is photo
    small = shrink(photo, 90)
    assert small.shape == (5, 90, 3)
    assert abs(float(small.mean()) - float(photo.mean())) < 1.5
    assert shrink(_photo(1000, 1), 100).shape == (1, 100, 3)


def test_a_cut_rendition_is_refused() -> None:
    data = encode(_photo(200, 200))[Rendition.THUMBNAIL]
    with pytest.raises(ValueError):
        jpeg_pixels(data[: len(data) // 2])
