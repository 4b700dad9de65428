"""RAW: the camera's own picture first, upright and in its colours; developing where it is too small; a reason else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from photodesk.background.decoders import DecoderPool
from photodesk.imaging import Decoded, colour
from photodesk.imaging.embedded_jpeg import embedded_jpegs
from tests.imaging.raw_files import camera_jpeg, dng, with_preview

KINDS = {
    "cr2": "image/x-canon-cr2",
    "cr3": "image/x-canon-cr3",
    "nef": "image/x-nikon-nef",
    "arw": "image/x-sony-arw",
    "raf": "image/x-fuji-raf",
    "orf": "image/x-olympus-orf",
    "rw2": "image/x-panasonic-rw2",
}


def _red_corner(decoded: Decoded) -> tuple[bool, bool]:
    """Whether the red quarter lies (on the right, below)."""
    assert decoded.facts.undecodable == ""
    assert decoded.pixels is not None
    red = decoded.pixels[:, :, 0].astype(int) - decoded.pixels[:, :, 1] > 60
    rows, columns = np.nonzero(red)
    return bool(columns.mean() > red.shape[1] / 2), bool(rows.mean() > red.shape[0] / 2)


@pytest.mark.parametrize(("kind", "media_type"), KINDS.items())
def test_the_embedded_picture_of_a_camera_nobody_knows(pool: DecoderPool, kind: str, media_type: str) -> None:
    decoded = pool.decode(with_preview(kind, camera_jpeg(1800, 1200)), 640)
    assert decoded.facts.media_type == media_type
    assert _red_corner(decoded) == (False, False)
    assert decoded.pixels is not None
    assert decoded.pixels.shape == (427, 640, 3)
    assert (decoded.facts.width_px, decoded.facts.height_px) == (1800, 1200)


@pytest.mark.parametrize(
    ("orientation", "corner"), [(1, (False, False)), (3, (True, True)), (6, (True, False)), (8, (False, True))]
)
def test_previews_are_turned_once(pool: DecoderPool, orientation: int, corner: tuple[bool, bool]) -> None:
    for kind in ("cr2", "nef", "arw", "rw2"):
        decoded = pool.decode(with_preview(kind, camera_jpeg(900, 600), orientation), 640)
        assert _red_corner(decoded) == corner, kind
        assert decoded.facts.orientation == orientation
        upright = (600, 900) if orientation >= 5 else (900, 600)
        assert (decoded.facts.width_px, decoded.facts.height_px) == upright
        assert decoded.facts.capture.model == "Camera of tomorrow"


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_dng_shows_its_preview_and_knows_its_full_size(pool: DecoderPool, orientation: int) -> None:
    decoded = pool.decode(dng(1200, 800, camera_jpeg(1200, 800), orientation), 640)
    assert _red_corner(decoded) == (orientation == 6, False)
    assert (decoded.facts.width_px, decoded.facts.height_px) == ((800, 1200) if orientation == 6 else (1200, 800))


def test_a_preview_that_is_too_small_is_not_enough(pool: DecoderPool) -> None:
    """160 × 106 for a request of 640: the sensor's data are developed, upright."""
    decoded = pool.decode(dng(1200, 800, camera_jpeg(160, 106), 6), 640)
    assert decoded.pixels is not None
    assert decoded.pixels.shape == (640, 427, 3)
    grey = decoded.pixels.astype(int)
    assert abs(grey[:, :, 0] - grey[:, :, 1]).mean() < 40, "not the red and green of the preview"
    assert grey[:200, 300:].mean() > grey[400:, :200].mean() + 50, "the bright quarter is turned to the top right"


def test_without_a_preview_it_is_developed(pool: DecoderPool) -> None:
    decoded = pool.decode(dng(600, 400))
    assert decoded.pixels is not None
    assert (decoded.facts.width_px, decoded.facts.height_px) == decoded.pixels.shape[1::-1] == (600, 400)


def test_sensor_data_that_cannot_be_there_are_not_developed(pool: DecoderPool) -> None:
    """A cut file gives its small preview rather than a noise of zeros, and a reason where it has none."""
    with_small = pool.decode(dng(3000, 2000, camera_jpeg(160, 106), held=0.01), 640)
    assert _red_corner(with_small) == (False, False)
    assert (with_small.facts.width_px, with_small.facts.height_px) == (160, 106)
    without = pool.decode(dng(3000, 2000, held=0.01), 640)
    assert without.facts.undecodable == "The RAW file holds no picture that can be read."


def test_a_preview_in_adobe_rgb_is_converted(pool: DecoderPool) -> None:
    decoded = pool.decode(with_preview("cr2", camera_jpeg(900, 600, colour.adobe_rgb())), 640)
    assert decoded.facts.colour_profile == "Adobe RGB (1998)"
    assert decoded.pixels is not None
    assert decoded.pixels[300, 500, 1] > 160 or decoded.pixels[300, 500, 0] < 20, "green reaches out of sRGB"


def test_hostile_containers_end(pool: DecoderPool) -> None:
    random = np.random.default_rng(2)
    for kind in KINDS:
        whole = with_preview(kind, camera_jpeg(200, 120))
        for _ in range(8):
            broken = bytearray(whole)
            for at in random.integers(4, min(len(broken), 400), 6):
                broken[at] ^= int(random.integers(1, 256))
            decoded = pool.decode(broken, 480)
            assert (decoded.pixels is None) == bool(decoded.facts.undecodable), kind
    around = b"II*\0\x08\0\0\0" + b"\xff\xff" + bytes(range(256)) * 60
    assert embedded_jpegs(around, "image/x-nikon-nef") == []
    itself = b"II*\0\x08\0\0\0\x01\0\x4a\x01\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0"
    assert embedded_jpegs(itself, "image/x-nikon-nef") == []


@pytest.mark.real
def test_real_raw_files(real_files: Path, pool: DecoderPool) -> None:
    sizes = {
        "Canon-R6-pruned.CR3": (1620, 1080),
        "colorchart.dng": (1734, 1156),
        "truncated_SLT-A55V.ARW": (4928, 3280),
    }
    for path in sorted((real_files / "card/raw").iterdir()):
        decoded = pool.decode(path.read_bytes(), 2560)
        if path.name in sizes:
            assert (decoded.facts.width_px, decoded.facts.height_px) == sizes[path.name], path.name
            assert decoded.pixels is not None
            assert decoded.pixels.std() > 20, path.name
        else:
            assert decoded.facts.undecodable == "The RAW file holds no picture that can be read.", path.name
