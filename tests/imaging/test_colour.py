"""Profiles end in sRGB, within ΔE2000 1 of LittleCMS."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from photodesk.background.decoders import DecoderPool
from photodesk.imaging import colour
from photodesk.imaging.decode import decode, prepare
from tests.imaging.colour_difference import mean_delta_e

prepare()


def _reference(picture: Image.Image, profile: bytes) -> np.ndarray:
    converted = ImageCms.profileToProfile(
        picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    assert converted is not None
    return np.asarray(converted)


def _colours() -> Image.Image:
    """Many colours at once: 128 × 128."""
    x, y = np.meshgrid(np.linspace(0, 255, 128), np.linspace(0, 255, 128))
    return Image.fromarray(np.stack([x, y, 255 - (x + y) / 2], axis=-1).astype(np.uint8))


@pytest.mark.parametrize("profile", [colour.adobe_rgb(), colour.display_p3()], ids=["adobe", "p3"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG"])
def test_embedded_profiles(profile: bytes, kind: str) -> None:
    written = io.BytesIO()
    _colours().save(
        written, kind, icc_profile=profile, **({"quality": 100, "subsampling": 0} if kind == "JPEG" else {})
    )
    _, pixels = decode(written.getvalue(), None)
    assert pixels is not None
    with Image.open(written) as again:
        expected = _reference(again.convert("RGB"), profile)
        untouched = np.asarray(again.convert("RGB"))
    assert mean_delta_e(pixels, expected) <= 1
    assert mean_delta_e(untouched, expected) > 2, "the test would not notice an ignored profile"


# linear RGB to XYZ at D65: Adobe RGB (1998) §4.3.4, and SMPTE EG 432-1 as in CSS Color 4
_ADOBE = [[0.5767309, 0.1855540, 0.1881852], [0.2973769, 0.6273491, 0.0752741], [0.0270343, 0.0706872, 0.9911085]]
_P3 = [[0.4865709, 0.2656677, 0.1982173], [0.2289746, 0.6917385, 0.0792869], [0.0, 0.0451134, 1.0439444]]
_SRGB = [[0.4123908, 0.3575843, 0.1804808], [0.2126390, 0.7151687, 0.0721923], [0.0193308, 0.1191948, 0.9505322]]


def _by_hand(colours: np.ndarray, matrix: list[list[float]], gamma: float | None) -> np.ndarray:
    value = colours / 255
    srgb_curve = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    linear = value**gamma if gamma else srgb_curve
    out = np.clip(linear @ np.array(matrix).T @ np.linalg.inv(_SRGB).T, 0, 1)
    curved = np.where(out <= 0.0031308, out * 12.92, 1.055 * out ** (1 / 2.4) - 0.055)
    return np.round(curved * 255).astype(np.uint8)


def test_our_profiles_match_published_matrices() -> None:
    colours = np.random.default_rng(7).integers(60, 200, (20, 20, 3)).astype(np.uint8)
    for profile, matrix, gamma in ((colour.adobe_rgb(), _ADOBE, 563 / 256), (colour.display_p3(), _P3, None)):
        found, _ = colour.pixels_to_srgb(colours, profile)
        assert mean_delta_e(found, _by_hand(colours, matrix, gamma)) < 0.5


def test_adobe_rgb_without_a_profile() -> None:
    """EXIF says uncalibrated and R03: that is Adobe RGB (DCF option file)."""
    exif = Image.Exif()
    exif[34665] = {40961: 0xFFFF, 40965: {1: "R03"}}
    written = io.BytesIO()
    _colours().save(written, "JPEG", quality=100, subsampling=0, exif=exif)
    facts, pixels = decode(written.getvalue(), None)
    assert facts.colour_profile == "Adobe RGB (1998)"
    with Image.open(written) as again:
        assert pixels is not None
        assert mean_delta_e(pixels, _reference(again, colour.adobe_rgb())) <= 1


def test_an_srgb_profile_changes_nothing() -> None:
    written = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    _colours().save(written, "PNG", icc_profile=profile)
    facts, pixels = decode(written.getvalue(), None)
    assert pixels is not None
    assert np.array_equal(pixels, np.asarray(_colours()))
    assert facts.colour_profile


def test_a_broken_profile_keeps_the_colours_and_says_so() -> None:
    written = io.BytesIO()
    _colours().save(written, "PNG", icc_profile=b"no profile at all" * 20)
    facts, pixels = decode(written.getvalue(), None)
    assert facts.colour_profile == colour.BROKEN
    assert pixels is not None
    assert np.array_equal(pixels, np.asarray(_colours()))


def test_alpha_lies_on_white_and_deep_grey_keeps_its_tones() -> None:
    written = io.BytesIO()
    clear = Image.new("RGBA", (10, 10), (200, 0, 0, 0))
    clear.paste((200, 0, 0, 255), (0, 0, 5, 10))
    clear.save(written, "PNG")
    _, pixels = decode(written.getvalue(), None)
    assert pixels is not None
    assert pixels[0, 0].tolist() == [200, 0, 0]
    assert pixels[0, 9].tolist() == [255, 255, 255]
    written = io.BytesIO()
    Image.fromarray(np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)).save(written, "PNG")
    _, grey = decode(written.getvalue(), None)
    assert grey is not None
    assert np.abs(grey[:, :, 0].reshape(-1).astype(int) - np.arange(256)).max() <= 1


def test_palettes_and_cmyk_open() -> None:
    for mode, kind in (("P", "PNG"), ("1", "PNG"), ("CMYK", "JPEG"), ("L", "JPEG"), ("LA", "PNG")):
        written = io.BytesIO()
        _colours().convert("L" if mode == "LA" else "RGB").convert(mode).save(written, kind)
        facts, pixels = decode(written.getvalue(), 64)
        assert pixels is not None, (mode, facts.undecodable)
        assert pixels.shape == (64, 64, 3)


@pytest.mark.real
@pytest.mark.parametrize(
    "name", ["card/colour/Canon_EOS_7D.jpg", "card/colour/P3-sRGB-color-bars.png", "card/heic/IMG_2927.HEIC"]
)
def test_real_wide_gamut_photos(real_files: Path, pool: DecoderPool, name: str) -> None:
    data = (real_files / name).read_bytes()
    decoded = pool.decode(data)
    assert decoded.pixels is not None
    with Image.open(io.BytesIO(data)) as picture:
        expected = _reference(picture.convert("RGB"), picture.info["icc_profile"])
    assert mean_delta_e(decoded.pixels[::5, ::5], expected[::5, ::5]) <= 1
