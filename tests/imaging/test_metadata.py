"""Facts from EXIF, as far as written, and nothing guessed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from photodesk.background.decoders import DecoderPool
from photodesk.imaging import metadata
from photodesk.imaging.decode import decode, prepare
from photodesk.photos import CameraTime, CaptureFacts

prepare()


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[271], exif[272], exif[306] = "Maker\0", "Model  X", "2020:01:01 00:00:00"
    exif[34665] = {36867: "2026:11:20 09:14:05", 33434: 1 / 125, 33437: 5.6, 34855: 200, 37386: 60.0, 37385: 1}
    exif[34853] = {1: "N", 2: (48.0, 8.0, 0.0)}
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_facts_of_a_photo(kind: str) -> None:
    written = io.BytesIO()
    Image.new("RGB", (8, 8)).save(written, kind, exif=_exif())
    facts, _ = decode(written.getvalue(), None)
    assert facts.camera_time == CameraTime("2026-11-20T09:14:05")
    assert facts.capture == CaptureFacts(
        make="Maker",
        model="Model X",
        focal_length_mm=60.0,
        exposure_s=1 / 125,
        f_number=5.6,
        iso=200,
        flash=True,
        has_gps=True,
    )


def test_impossible_values_are_left_out() -> None:
    exif = Image.Exif()
    exif[274], exif[306], exif[271] = 9, "0000:00:00 00:00:00", "x" * 500
    exif[34665] = {33434: float("nan"), 37386: 0.0, 34855: 0}
    found = metadata.read(exif)
    assert found.orientation == 1
    assert found.camera_time is None
    assert len(found.capture.make) == 80
    assert (found.capture.exposure_s, found.capture.focal_length_mm, found.capture.iso) == (None, None, None)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_bytes_that_are_no_exif_say_nothing() -> None:
    for data in (b"", b"II*\0", b"II*\0\xff\xff\xff\xff", b"garbage" * 9):
        assert metadata.read_bytes(data) == metadata.Metadata()


@pytest.mark.real
def test_real_cameras(real_files: Path, pool: DecoderPool) -> None:
    raw = pool.decode((real_files / "card/raw/stub_CanonRaw.cr3").read_bytes(), 480)
    assert raw.facts.undecodable
    assert raw.facts.capture.make == "Canon"
    assert raw.facts.camera_time == CameraTime("2018-02-21T12:08:56")
    phone = pool.decode((real_files / "card/heic/IMG_2682.heic").read_bytes(), 480)
    assert (phone.facts.capture.make, phone.facts.capture.has_gps) == ("Apple", True)
    assert phone.facts.colour_profile == "Display P3"
    cut = pool.decode((real_files / "card/raw/truncated_SLT-A55V.ARW").read_bytes(), 480)
    assert cut.pixels is not None, "the embedded preview stands in where the sensor data is cut"
    assert cut.pixels.mean() > 20
