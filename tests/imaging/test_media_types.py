"""Bytes tell what a file is."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from PIL import Image

from photodesk.imaging import sniff
from photodesk.imaging.media_types import HEAD_BYTES, UNKNOWN, is_still_picture


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("TIFF", "image/tiff"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
    ],
)
def test_what_pillow_writes(kind: str, media_type: str) -> None:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "salmon").save(written, kind)
    assert sniff(written.getvalue()[:HEAD_BYTES]) == media_type


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"", UNKNOWN),
        (b"\xff\xd8", UNKNOWN),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "image/heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "image/avif"),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "image/x-canon-cr3"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", "video/mp4"),
        (b"\0\0\0\x18ftypzzzz\0\0\0\0", UNKNOWN),
        (b"II*\0\x10\0\0\0CR\x02\0", "image/x-canon-cr2"),
        (b"FUJIFILMCCD-RAW 0201", "image/x-fuji-raf"),
        (bytes(128) + b"DICM", "application/dicom"),
    ],
)
def test_signatures(head: bytes, media_type: str) -> None:
    assert sniff(head) == media_type


@pytest.mark.real
def test_real_files_by_their_bytes(real_files: Path) -> None:
    """Every file that a common decoder calls a JPEG, PNG, TIFF, WebP or HEIF is told as that, whatever its name."""
    formats = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
    raw = (".dng", ".cr2", ".nef", ".arw", ".rw2")
    checked = 0
    with (real_files / "MANIFEST.csv").open(encoding="utf-8") as manifest:
        for row in csv.DictReader(manifest):
            path = real_files / row["path"]
            if row["format"] in formats and row["decodes"].startswith("ok"):
                checked += 1
                assert sniff(path.read_bytes()[:HEAD_BYTES]) == formats[row["format"]], row["path"]
            elif row["format"] == "RAW" and path.suffix.lower() in raw:
                checked += 1
                assert is_still_picture(sniff(path.read_bytes()[:HEAD_BYTES])), row["path"]
    assert checked > 100
