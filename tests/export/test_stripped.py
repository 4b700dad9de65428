"""What leaves is the picture and nothing else, or nothing leaves."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photodesk.errors import Fixable
from photodesk.export import write_jpeg, write_png
from photodesk.imaging import Decoded
from photodesk.imaging.decode import decode, prepare
from photodesk.photos import CaptureFacts, PhotoFacts

prepare()


class PlainDecoder:
    """Decodes in this process, which is enough for pictures the test made; `lie` changes what it says."""

    def __init__(self, **lie: object) -> None:
        self._lie = lie

    def decode(
        self,
        data: bytes | bytearray | memoryview | int,
        long_edge_px: int | None = None,
        *,
        read_codes: bool = False,
        painted: bool = False,
    ) -> Decoded:
        assert not isinstance(data, int)
        facts, pixels = decode(bytes(data), long_edge_px)
        return Decoded(replace(facts, **self._lie), pixels)  # type: ignore[arg-type]


def _photo() -> np.ndarray:
    x, y = np.meshgrid(np.linspace(0, 255, 120), np.linspace(0, 255, 80))
    return np.stack([x, y, (x + y) / 2], axis=-1).astype(np.uint8)


def test_a_jpeg_without_a_past(tmp_path: Path) -> None:
    path = tmp_path / "case-7f3a_face_2026.jpg"
    digest = write_jpeg(_photo(), path, PlainDecoder())
    data = path.read_bytes()
    assert hashlib.sha256(data).hexdigest() == digest
    assert list(tmp_path.iterdir()) == [path]
    with Image.open(path) as picture:
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert picture.size == (120, 80)
    for word in (b"Exif", b"http", b"ICC_PROFILE", b"Photoshop"):
        assert word not in data


def test_a_png_without_a_past(tmp_path: Path) -> None:
    path = tmp_path / "pair.png"
    write_png(_photo(), path, PlainDecoder())
    with Image.open(path) as picture:
        assert picture.info == {}
        assert np.array_equal(np.asarray(picture), _photo())


@pytest.mark.parametrize(
    "lie",
    [
        {"capture": CaptureFacts(make="Maker")},
        {"colour_profile": "Display P3"},
        {"orientation": 6},
    ],
)
def test_a_file_that_is_wrong_is_deleted(tmp_path: Path, lie: dict[str, object]) -> None:
    with pytest.raises(Fixable) as refusal:
        write_jpeg(_photo(), tmp_path / "out.jpg", PlainDecoder(**lie))
    assert refusal.value.code == "export_failed"
    assert list(tmp_path.iterdir()) == []


def test_other_pixels_are_noticed(tmp_path: Path) -> None:
    class Another:
        def decode(
            self,
            data: bytes | bytearray | memoryview | int,
            long_edge_px: int | None = None,
            *,
            read_codes: bool = False,
            painted: bool = False,
        ) -> Decoded:
            return Decoded(PhotoFacts("image/jpeg", 120, 80), np.full((80, 120, 3), 90, np.uint8))

    with pytest.raises(Fixable):
        write_jpeg(_photo(), tmp_path / "out.jpg", Another())
    assert list(tmp_path.iterdir()) == []


def test_metadata_and_trailing_bytes_are_found_by_the_walk() -> None:
    from photodesk.export.stripped import _only_allowed_chunks, _only_allowed_segments

    def written(kind: str, **options: object) -> bytes:
        out = io.BytesIO()
        Image.fromarray(_photo()).save(out, kind, **options)
        return out.getvalue()

    exif = Image.Exif()
    exif[271] = "Maker"
    assert _only_allowed_segments(written("JPEG"))
    assert _only_allowed_segments(written("JPEG", progressive=True))
    assert not _only_allowed_segments(written("JPEG", exif=exif))
    assert not _only_allowed_segments(written("JPEG", icc_profile=b"x" * 200))
    assert not _only_allowed_segments(written("JPEG", comment=b"Maria"))
    assert not _only_allowed_segments(written("JPEG") + b"Maria")
    assert not _only_allowed_segments(written("JPEG")[:-40])
    assert _only_allowed_chunks(written("PNG"))
    assert not _only_allowed_chunks(written("PNG", exif=exif))
    assert not _only_allowed_chunks(written("PNG") + b"Maria")


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(Fixable):
        write_jpeg(_photo(), tmp_path / "gone" / "out.jpg", PlainDecoder())
