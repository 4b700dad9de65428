"""Codes in photos: real ones, printed ones at an angle, none where there is none, none wrong."""

from __future__ import annotations

import io
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp
from PIL import Image
from zxingcpp import BarcodeFormat, BarcodeFormats

from photodesk.background.decoders import DecoderPool
from photodesk.imaging import encode_jpeg
from photodesk.imaging.code_reading import BUDGET_S, Grey, read_codes
from photodesk.importing.finishing import render
from photodesk.photos import Code

_KINDS = BarcodeFormats(
    (
        BarcodeFormat.QRCode,
        BarcodeFormat.MicroQRCode,
        BarcodeFormat.Code128,
        BarcodeFormat.Code39,
        BarcodeFormat.DataMatrix,
    )
)
_TEXT = "PD1A7KQ0XW29M4Z8B6N1"


def printed(text: str, kind: BarcodeFormat, module_px: int) -> Grey:
    """A code with its quiet zone, black on white."""
    made = np.asarray(zxingcpp.create_barcode(text, kind).to_image(scale=module_px))
    return np.pad(made, 8 * module_px, constant_values=255).astype(np.uint8)


def skin(width: int, height: int, seed: int = 1) -> Grey:
    """Something like skin: soft, mottled, noisy."""
    random = np.random.default_rng(seed)
    soft = cv2.resize(random.normal(150, 25, (12, 16)).astype(np.float32), (width, height))
    return np.clip(soft + random.normal(0, 4, (height, width)), 0, 255).astype(np.uint8)


def photographed(code: Grey, width: int, height: int, turn_deg: float, tilt: float = 0.0, blur_px: float = 0.0) -> Grey:
    """`code` lying on skin, turned, seen at a slant, a little out of focus."""
    rows, columns = code.shape
    corners = np.array([[-columns, -rows], [columns, -rows], [columns, rows], [-columns, rows]], np.float64) / 2
    angle = np.deg2rad(turn_deg)
    turned = corners @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    nearer = 1 + tilt * turned[:, :1] / width
    target = (turned / nearer + [width * 0.55, height * 0.45]).astype(np.float32)
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    laid = cv2.getPerspectiveTransform(source, target)
    paper = cv2.warpPerspective(code, laid, (width, height))
    where = cv2.warpPerspective(np.full_like(code, 255), laid, (width, height)) > 127
    photo = skin(width, height)
    photo[where] = (paper[where] * 0.7 + 40).astype(np.uint8)
    return cv2.GaussianBlur(photo, (0, 0), blur_px).astype(np.uint8) if blur_px else photo


@pytest.mark.parametrize("turn_deg", [0, 17, 45, 90, 133, 180, 251, 310])
def test_a_qr_card_at_any_angle(turn_deg: float) -> None:
    photo = photographed(printed(_TEXT, BarcodeFormat.QRCode, 6), 1600, 1200, turn_deg, tilt=0.5, blur_px=1.2)
    assert read_codes(photo) == (Code("QR Code", _TEXT),)


@pytest.mark.parametrize("turn_deg", [0, 10, 28, 45, 63, 90, 118, 152])
def test_a_wristband_at_any_angle(turn_deg: float) -> None:
    bars = cv2.resize(printed("00432219", BarcodeFormat.Code128, 4), None, fx=1, fy=2).astype(np.uint8)
    assert read_codes(photographed(bars, 1600, 1200, turn_deg)) == (Code("Code 128", "00432219"),)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (BarcodeFormat.Code39, "Code 39"),
        (BarcodeFormat.DataMatrix, "Data Matrix"),
        (BarcodeFormat.MicroQRCode, "Micro QR Code"),
    ],
)
def test_other_kinds(kind: BarcodeFormat, name: str) -> None:
    assert read_codes(photographed(printed("A17-432", kind, 5), 1400, 1000, 4)) == (Code(name, "A17-432"),)


def test_two_cards_in_one_photo_are_both_told() -> None:
    """Whether two patients in one frame may be filed is not decided here, so both must be known."""
    one, other = (printed(text, BarcodeFormat.QRCode, 6) for text in (_TEXT, _TEXT[::-1]))
    photo = skin(2000, 1200)
    photo[100 : 100 + one.shape[0], 100 : 100 + one.shape[1]] = one
    photo[700 : 700 + other.shape[0], 1300 : 1300 + other.shape[1]] = other
    assert {code.text for code in read_codes(photo)} == {_TEXT, _TEXT[::-1]}


def test_a_small_code_is_looked_at_again_in_full_size() -> None:
    full = photographed(printed(_TEXT, BarcodeFormat.QRCode, 4), 5200, 3900, 20)
    reduced = cv2.resize(full, None, fx=1 / 2.6, fy=1 / 2.6, interpolation=cv2.INTER_AREA).astype(np.uint8)
    asked: list[bool] = []

    def sharpest() -> Grey:
        asked.append(True)
        return full

    assert read_codes(reduced, sharpest) == (Code("QR Code", _TEXT),)
    assert len(asked) <= 1


def test_nothing_where_there_is_nothing() -> None:
    random = np.random.default_rng(3)
    for photo in (
        skin(1600, 1200),
        np.zeros((1200, 1600), np.uint8),
        random.integers(0, 256, (1200, 1600)).astype(np.uint8),
        np.tile(np.repeat(np.array([0, 255], np.uint8), 7), (900, 100)),
        np.full((1, 1), 7, np.uint8),
        np.full((3, 4000), 7, np.uint8),
    ):
        assert read_codes(photo) == ()


def test_a_broken_code_is_no_code() -> None:
    """Error correction vouches for QR, the check digit for Code 128: with either broken there is no text at all."""
    code = printed(_TEXT, BarcodeFormat.QRCode, 6)
    middle = code.shape[0] // 2
    code[middle - 45 : middle + 45, 60:-60] = 128
    assert read_codes(photographed(code, 1600, 1200, 12)) == ()


def test_a_wall_of_codes_costs_no_more_than_the_budget() -> None:
    one = printed(_TEXT, BarcodeFormat.QRCode, 3)
    bars = cv2.resize(printed("12345678", BarcodeFormat.Code128, 2), one.shape[::-1]).astype(np.uint8)
    wall = np.tile(np.hstack([one, bars]), (20, 10))
    wall[::9] = 128
    started = time.process_time()
    assert len(read_codes(wall, lambda: wall)) <= 8
    assert time.process_time() - started < 10 * BUDGET_S


def test_only_where_they_are_asked_for(pool: DecoderPool) -> None:
    grey = photographed(printed(_TEXT, BarcodeFormat.QRCode, 8), 3600, 2400, 33, tilt=0.4, blur_px=1.5)
    jpeg = encode_jpeg(np.repeat(grey[:, :, None], 3, axis=2), 88)
    assert pool.decode(jpeg, 2560).facts.codes == ()
    assert pool.decode(jpeg, 2560, read_codes=True).facts.codes == (Code("QR Code", _TEXT),)
    assert render(pool, jpeg).facts.codes == (Code("QR Code", _TEXT),), "an importer asks"


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "L"), ("PNG", "I;16"), ("TIFF", "CMYK"), ("HEIF", "RGB")]
)
def test_in_every_kind_of_file(pool: DecoderPool, kind: str, mode: str) -> None:
    grey = photographed(printed(_TEXT, BarcodeFormat.QRCode, 6), 900, 700, 8)
    picture = Image.fromarray(grey.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(grey).convert(mode)
    written = io.BytesIO()
    if kind == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    picture.save(written, kind)
    assert pool.decode(written.getvalue(), 2560, read_codes=True).facts.codes == (Code("QR Code", _TEXT),)


@pytest.mark.real
def test_real_codes(real_files: Path, pool: DecoderPool) -> None:
    """≥ 95 % of what the reference reader reads in full size, and never another text; nothing where there is none."""
    read = known = 0
    for path in sorted((real_files / "codes").glob("*/*")):
        if path.suffix == ".txt":
            continue
        found = {_plain(code.text) for code in pool.decode(path.read_bytes(), 2560, read_codes=True).facts.codes}
        if path.parent.name == "no_code":
            assert found == set(), path.name
            continue
        with Image.open(path) as picture:
            seen = zxingcpp.read_barcodes(picture.convert("RGB"), formats=_KINDS)
        reference = {_plain(one.text) for one in seen}
        known += bool(reference)
        read += bool(reference) and reference <= found
        expected = path.with_suffix(".txt")
        if expected.exists() and "gs1" not in path.name:
            assert found <= {_plain(expected.read_text("utf-8", "replace"))}, path.name
    assert known >= 40
    assert read >= 0.95 * known


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()


@pytest.mark.real
def test_no_code_in_clinical_photos(real_files: Path, pool: DecoderPool) -> None:
    for path in sorted((real_files / "series/skin_single").iterdir())[:6] + sorted(
        (real_files / "drawn").glob("*0.jpg")
    ):
        assert pool.decode(path.read_bytes(), 2560, read_codes=True).facts.codes == (), path.name
