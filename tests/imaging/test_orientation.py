"""All eight EXIF orientations come out upright, once."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photodesk.background.decoders import DecoderPool
from photodesk.imaging.decode import decode, prepare
from photodesk.imaging.upright import upright, upright_size

prepare()


def _scene() -> Image.Image:
    """A picture that looks different from every side: 96 × 64."""
    picture = Image.new("RGB", (96, 64), "white")
    picture.paste("red", (0, 0, 30, 20))
    picture.paste("blue", (70, 40, 96, 64))
    picture.paste("green", (0, 44, 20, 64))
    return picture


_AS_CAMERA_HELD = {
    1: [],
    2: [Image.Transpose.FLIP_LEFT_RIGHT],
    3: [Image.Transpose.ROTATE_180],
    4: [Image.Transpose.FLIP_TOP_BOTTOM],
    5: [Image.Transpose.TRANSPOSE],
    6: [Image.Transpose.ROTATE_90],
    7: [Image.Transpose.TRANSVERSE],
    8: [Image.Transpose.ROTATE_270],
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_of_every_kind(kind: str, orientation: int) -> None:
    stored = _scene()
    for turn in _AS_CAMERA_HELD[orientation]:
        stored = stored.transpose(turn)
    exif = Image.Exif()
    exif[274] = orientation
    written = io.BytesIO()
    stored.save(written, kind, exif=exif, **({"quality": 95} if kind in {"JPEG", "WEBP"} else {}))
    facts, pixels = decode(written.getvalue(), None)
    assert (facts.width_px, facts.height_px, facts.orientation) == (96, 64, orientation)
    assert pixels is not None
    apart = np.abs(pixels.astype(int) - np.asarray(_scene()).astype(int)).mean()
    assert apart < 4


def test_no_orientation_changes_nothing() -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    assert upright(pixels, 1) is pixels
    assert upright_size((4, 2), 6) == (2, 4)


@pytest.mark.real
def test_real_landscapes_are_one_picture(real_files: Path, pool: DecoderPool) -> None:
    found = [pool.decode((real_files / f"card/orientation/Landscape_{n}.jpg").read_bytes(), 600) for n in range(1, 9)]
    first = found[0].pixels
    assert first is not None
    for number, each in enumerate(found, 1):
        assert each.facts.orientation == number
        assert (each.facts.width_px, each.facts.height_px) == (1800, 1200)
        assert each.pixels is not None
        assert each.pixels.shape == first.shape
        assert np.abs(each.pixels[::4, ::4].astype(int) - first[::4, ::4].astype(int)).mean() < 12


@pytest.mark.real
def test_heic_is_turned_once(real_files: Path, pool: DecoderPool) -> None:
    """libheif has applied the rotation; EXIF still says it and must not be applied again."""
    landscape = pool.decode((real_files / "card/orientation/issue_9292_sony_1_top_left.HIF").read_bytes(), 400)
    portrait = pool.decode((real_files / "card/orientation/issue_9292_sony_6_right_top.HIF").read_bytes(), 400)
    assert (landscape.facts.width_px, landscape.facts.height_px) == (7008, 4672)
    assert (portrait.facts.width_px, portrait.facts.height_px) == (4672, 7008)
    phone = pool.decode((real_files / "card/heic/samsung-one-ui-6.heic").read_bytes(), 400)
    assert (phone.facts.width_px, phone.facts.height_px, phone.facts.orientation) == (3000, 4000, 6)
