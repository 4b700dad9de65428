"""DICOM single frames to pixels and facts, in the sandboxed decoder."""

from __future__ import annotations

import csv
import io
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from pydicom import Dataset, dcmread
from pydicom.pixels.processing import convert_color_space
from pydicom.sequence import Sequence
from pydicom.uid import (
    JPEG2000,
    MPEG2MPML,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)

from photodesk.background.decoders import DecoderPool
from photodesk.imaging import Decoded, colour
from photodesk.photos import IdentityInFile
from tests.imaging.colour_difference import mean_delta_e
from tests.imaging.dicom_files import claiming, dicom, nested

WIDTH, HEIGHT = 24, 16


def _ramp() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """uint8, (16, 24, 3), smooth in three directions."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.stack([x * 10, y * 15, 255 - x * 5], axis=-1).astype(np.uint8)


def _pixels(decoded: Decoded) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    assert decoded.facts.undecodable == ""
    assert decoded.pixels is not None
    return decoded.pixels.astype(np.int16)


@pytest.mark.parametrize("syntax", [None, ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
def test_native_colours_are_exact(pool: DecoderPool, syntax: object) -> None:
    more = {} if syntax is None else {"syntax": syntax}
    decoded = pool.decode(dicom(_ramp().tobytes(), WIDTH, HEIGHT, **more))  # type: ignore[arg-type]
    assert (_pixels(decoded) == _ramp()).all()
    assert (decoded.facts.width_px, decoded.facts.height_px) == (WIDTH, HEIGHT)
    assert decoded.facts.media_type == "application/dicom"


def test_planes_and_luma(pool: DecoderPool) -> None:
    planar = np.moveaxis(_ramp(), 2, 0).tobytes()
    assert (_pixels(pool.decode(dicom(planar, WIDTH, HEIGHT, PlanarConfiguration=1))) == _ramp()).all()
    luma = convert_color_space(_ramp(), "RGB", "YBR_FULL")
    decoded = pool.decode(dicom(luma.tobytes(), WIDTH, HEIGHT, "YBR_FULL"))
    assert np.abs(_pixels(decoded) - _ramp()).max() <= 3


@pytest.mark.parametrize(
    ("syntax", "kind", "options"),
    [
        (JPEGBaseline8Bit, "JPEG", {"quality": 98, "subsampling": 0}),
        (JPEG2000Lossless, "JPEG2000", {"irreversible": False}),
        (JPEG2000, "JPEG2000", {"irreversible": True, "quality_mode": "rates", "quality_layers": [4]}),
    ],
)
def test_compressed_frames(pool: DecoderPool, syntax: object, kind: str, options: dict[str, object]) -> None:
    written = io.BytesIO()
    Image.fromarray(np.kron(_ramp(), np.ones((4, 4, 1), np.uint8))).save(written, kind, **options)
    interpretation = "YBR_FULL_422" if kind == "JPEG" else "YBR_RCT"
    decoded = pool.decode(dicom(written.getvalue(), WIDTH * 4, HEIGHT * 4, interpretation, syntax))  # type: ignore[arg-type]
    assert np.abs(_pixels(decoded)[2::4, 2::4] - _ramp()).mean() < 4


def test_a_jpeg_that_says_nothing_of_its_colours_is_what_dicom_says(pool: DecoderPool) -> None:
    """The same bytes: three channels of RGB, without transform and without markers."""
    written = io.BytesIO()
    Image.fromarray(_ramp()).save(written, "JPEG", quality=100, subsampling=0, keep_rgb=True)
    data = written.getvalue()
    adobe = data.find(b"\xff\xee")
    length = int.from_bytes(data[adobe + 2 : adobe + 4], "big")
    bare = (data[:adobe] + data[adobe + 2 + length :]) if adobe >= 0 else data
    start = bare.find(b"\xff\xc0")
    bare = (
        bare[: start + 10]
        + b"\x01"
        + bare[start + 11 : start + 13]
        + b"\x02"
        + bare[start + 14 : start + 16]
        + b"\x03"
        + bare[start + 17 :]
    )
    scan = bare.find(b"\xff\xda")
    bare = (
        bare[: scan + 5]
        + b"\x01"
        + bare[scan + 6 : scan + 7]
        + b"\x02"
        + bare[scan + 8 : scan + 9]
        + b"\x03"
        + bare[scan + 10 :]
    )
    decoded = pool.decode(dicom(bare, WIDTH, HEIGHT, "RGB", JPEGBaseline8Bit))
    assert np.abs(_pixels(decoded) - _ramp()).mean() < 4


def test_greys_as_the_file_wants_them_shown(pool: DecoderPool) -> None:
    values = np.linspace(0, 4095, WIDTH * HEIGHT).astype("<u2").reshape(HEIGHT, WIDTH)

    def shown(**more: object) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
        kind = str(more.pop("kind", "MONOCHROME2"))
        return _pixels(pool.decode(dicom(values.tobytes(), WIDTH, HEIGHT, kind, bits=12, **more)))[:, :, 0]  # type: ignore[arg-type]

    plain = shown()
    assert (plain[0, 0], plain[-1, -1]) == (0, 255)
    assert (shown(kind="MONOCHROME1") == 255 - plain).all()
    window = shown(WindowCenter=1000, WindowWidth=200)
    assert (window[values < 890] == 0).all()
    assert (window[values > 1110] == 255).all()
    moved = shown(RescaleSlope=2, RescaleIntercept=-1000, WindowCenter=1000, WindowWidth=400)
    assert abs(int(moved.reshape(-1)[np.abs(values.reshape(-1).astype(int) - 1000).argmin()]) - 128) < 10
    table = Dataset()
    table.LUTDescriptor, table.LUTData = [4096, 0, 16], np.full(4096, 65535, "<u2").tobytes()
    assert (shown(VOILUTSequence=Sequence([table])) == 255).all()


def test_sixteen_bit_colours_and_palettes(pool: DecoderPool) -> None:
    deep = (_ramp().astype("<u2") * 257).tobytes()
    assert (_pixels(pool.decode(dicom(deep, WIDTH, HEIGHT, bits=16))) == _ramp()).all()
    tables = {
        f"{name}PaletteColorLookupTable{part}": value
        for at, name in enumerate(("Red", "Green", "Blue"))
        for part, value in (
            ("Descriptor", [256, 0, 16]),
            ("Data", (np.roll(np.arange(256), at * 50) * 257).astype("<u2").tobytes()),
        )
    }
    shown = _pixels(pool.decode(dicom(bytes([7, 200]), 2, 1, "PALETTE COLOR", **tables)))
    assert shown[0, 0].tolist() == [7, (7 - 50) % 256, (7 - 100) % 256]


def test_a_profile_is_converted(pool: DecoderPool) -> None:
    """Dermoscopes write Adobe RGB too: mean ΔE2000 against LittleCMS ≤ 1."""
    adobe = colour.adobe_rgb()
    decoded = pool.decode(dicom(_ramp().tobytes(), WIDTH, HEIGHT, ICCProfile=adobe))
    source = ImageCms.ImageCmsProfile(io.BytesIO(adobe))
    wanted = ImageCms.profileToProfile(Image.fromarray(_ramp()), source, ImageCms.createProfile("sRGB"))
    assert wanted is not None
    assert decoded.facts.colour_profile == "Adobe RGB (1998)"
    assert decoded.pixels is not None
    assert mean_delta_e(decoded.pixels, np.asarray(wanted)) < 1


def test_what_the_file_says_about_itself(pool: DecoderPool) -> None:
    facts = pool.decode(
        dicom(
            _ramp().tobytes(),
            WIDTH,
            HEIGHT,
            SpecificCharacterSet=["", "ISO 2022 IR 87"],
            PatientName="Yamada^Tarou=山田^太郎",
            PatientID="0043-221",
            PatientBirthDate="19700401",
            AcquisitionDateTime="20261120091405.000000+0100",
            Manufacturer="Derm\x1bcam",
            ManufacturerModelName="D1",
            PixelSpacing=[0.02, 0.025],
            ExposureTimeInSeconds="0.01",
            FNumber="8",
            PhotographicSensitivity="200",
            FlashFiringStatus=1,
        )
    ).facts
    assert facts.identity == IdentityInFile("Yamada, Tarou (山田, 太郎)", "0043-221", "1970-04-01")
    assert facts.camera_time is not None
    assert facts.camera_time.text == "2026-11-20T09:14:05"
    assert facts.pixel_spacing_mm == (0.02, 0.025)
    assert (facts.modality, facts.capture.model, facts.capture.flash) == ("XC", "D1", True)
    assert (facts.capture.exposure_s, facts.capture.f_number, facts.capture.iso) == (0.01, 8, 200)
    assert facts.capture.make.isprintable()


def test_content_date_stands_in_and_midnight_is_not_invented(pool: DecoderPool) -> None:
    with_time = dicom(_ramp().tobytes(), WIDTH, HEIGHT, ContentDate="20260102", ContentTime="0703")
    taken = pool.decode(with_time).facts.camera_time
    assert taken is not None
    assert taken.text == "2026-01-02T07:03:00"
    date_only = dicom(_ramp().tobytes(), WIDTH, HEIGHT, ContentDate="20260102")
    assert pool.decode(date_only).facts.camera_time is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (dicom(bytes(WIDTH * HEIGHT * 9), WIDTH, HEIGHT, NumberOfFrames="3"), "several frames (3)"),
        (dicom(b"\0\0\0\0", WIDTH, HEIGHT, "RGB", JPEGLSLossless), "JPEG-LS"),
        (dicom(b"\0\0\0\0", WIDTH, HEIGHT, "RGB", MPEG2MPML), "holds a video"),
        (dicom(_ramp().tobytes(), WIDTH, HEIGHT, PixelData=None), "holds no picture"),
        (dicom(_ramp().tobytes(), WIDTH, HEIGHT, SamplesPerPixel=4), "of no kind PhotoDesk knows"),
        (claiming(65535, 65535), "200 megapixels"),
        (claiming(0, 0), "no width or no height"),
        (claiming(9000, 9000), "damaged or incomplete"),
        (dicom(b"\xff\xd8\xff\xe0", WIDTH, HEIGHT, "RGB", JPEGBaseline8Bit), "damaged or incomplete"),
        (dicom(b"\0" * 40, WIDTH, HEIGHT, "RGB", HTJ2KLossless), "damaged or incomplete"),
        (dicom(b"\x01\0\0\0" + b"\xff" * 60, WIDTH, HEIGHT, "MONOCHROME2", RLELossless), "damaged or incomplete"),
    ],
)
def test_what_cannot_be_shown_says_why_and_keeps_its_facts(pool: DecoderPool, data: bytes, reason: str) -> None:
    decoded = pool.decode(data, 480)
    assert decoded.pixels is None
    assert reason in decoded.facts.undecodable
    assert decoded.facts.modality == "XC"


def test_hostile_files_cost_themselves_only(pool: DecoderPool) -> None:
    whole = dicom(_ramp().tobytes(), WIDTH, HEIGHT, PatientName="A^B", PixelSpacing=[1, 1])
    for data in (nested(20), nested(100_000), whole + b"\x08\0" * 50_000, bytes(128) + b"DICM" + b"\xff" * 500):
        decoded = pool.decode(data, 480)
        assert (decoded.pixels is None) == bool(decoded.facts.undecodable)
    for end in range(0, len(whole), 13):
        decoded = pool.decode(whole[:end], 480)
        assert (decoded.pixels is None) == bool(decoded.facts.undecodable)
    random = np.random.default_rng(11)
    for _ in range(60):
        broken = bytearray(whole)
        for at in random.integers(132, len(broken), 8):
            broken[at] ^= int(random.integers(1, 256))
        decoded = pool.decode(broken, 480)
        assert (decoded.pixels is None) == bool(decoded.facts.undecodable)
    assert pool.decode(whole, 480).pixels is not None


def test_a_deflated_bomb_names_the_limit(pool: DecoderPool) -> None:
    """600 kB that would unpack to 600 MB, in an element that says it has two gigabytes."""
    small = dicom(bytes(12), 2, 2, syntax=DeflatedExplicitVRLittleEndian)
    start = 144 + int.from_bytes(small[140:144], "little")
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    parts = [packer.compress(zlib.decompress(small[start:], -zlib.MAX_WBITS)[:-24])]
    parts.append(packer.compress(b"\xe0\x7f\x10\0OB\0\0\xfe\xff\xff\x7f"))
    parts += [packer.compress(bytes(1 << 24)) for _ in range(36)]
    bomb = small[:start] + b"".join(parts) + packer.flush()
    assert len(bomb) < 1 << 20
    assert "unpacks to more than 512 MB" in pool.decode(bomb, 480).facts.undecodable
    large = dicom(bytes(30_000_000), 4000, 2500, syntax=DeflatedExplicitVRLittleEndian)
    assert pool.decode(large, 480).pixels is not None


def test_only_decoders_that_met_dicom_have_loaded_it() -> None:
    """Half a second and the dictionary's memory are spent by the first DICOM file, not by every start."""
    from tests.imaging.conftest import spawn_plain

    with DecoderPool(1, spawn_plain) as fresh:
        assert fresh.decode(b"\0").pixels is None
        with fresh._child() as turn:
            assert turn.child is not None
            assert not turn.child.dicom
            before = turn.child
        assert fresh.decode(dicom(_ramp().tobytes(), WIDTH, HEIGHT)).pixels is not None
        with fresh._child() as turn:
            assert turn.child is not None
            assert turn.child.dicom
            assert turn.child is not before
            assert "seccomp" in turn.child.walls
            keeps = turn.child
        assert fresh.decode(b"\0").pixels is None
        with fresh._child() as turn:
            assert turn.child is keeps


@pytest.mark.real
def test_real_files(real_files: Path, pool: DecoderPool) -> None:
    """Whatever a common decoder reads is read and looks the same; several frames are said to be several frames."""
    checked = 0
    with (real_files / "MANIFEST.csv").open(encoding="utf-8") as manifest:
        rows = [row for row in csv.DictReader(manifest) if row["path"].startswith("dicom/")]
    for row in rows:
        path = real_files / row["path"]
        decoded = pool.decode(path.read_bytes())
        if row["frames"] and int(row["frames"]) > 1:
            assert f"several frames ({row['frames']})" in decoded.facts.undecodable
            continue
        assert decoded.facts.undecodable == "", path.name
        assert (decoded.facts.width_px, decoded.facts.height_px) == (int(row["width"]), int(row["height"]))
        if row["decodes"].startswith("ok"):
            checked += _looks_like_the_reference(path, decoded)
    assert checked >= 8


def _looks_like_the_reference(path: Path, decoded: Decoded) -> bool:
    """Against pydicom's own array, where it is 8 bits of RGB: mean difference below 2 of 255."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = dcmread(path)
        if dataset.SamplesPerPixel != 3 and dataset.PhotometricInterpretation != "MONOCHROME2":
            return False
        reference = dataset.pixel_array
    if reference.dtype != np.uint8:
        return False
    if reference.ndim == 2:
        reference = np.repeat(reference[:, :, None], 3, axis=2)
    assert decoded.pixels is not None
    assert np.abs(decoded.pixels.astype(np.int16) - reference).mean() < 2, path.name
    return True
