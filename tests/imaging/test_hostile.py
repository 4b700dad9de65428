"""Every hostile file ends decoded or with a reason, quickly, and the next file decodes as if nothing had been."""

from __future__ import annotations

import io
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photodesk.background.decoders import DecoderPool
from photodesk.imaging import limits


def _good() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "salmon").save(written, "JPEG")
    return written.getvalue()


def _png(width: int, height: int, rows: bytes) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def _tiff_bomb() -> bytes:
    """A few bytes that claim 4,000,000,000 × 4,000,000,000 pixels."""
    tags = [(256, 4, 1, 4_000_000_000), (257, 4, 1, 4_000_000_000), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
    tags += [(273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, 4_000_000_000), (279, 4, 1, 10)]
    body = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)
    return b"II*\0\x08\0\0\0" + body


def test_pixel_bombs_name_the_limit(pool: DecoderPool) -> None:
    for bomb in (_png(60_000, 60_000, b"\0"), _png(14_143, 14_143, b"\0")):
        decoded = pool.decode(bomb, 2560)
        assert decoded.pixels is None
        assert decoded.facts.undecodable == limits.TOO_MANY_PIXELS
    assert pool.decode(_tiff_bomb(), 2560).facts.undecodable


def test_the_limit_itself_is_allowed(pool: DecoderPool) -> None:
    """100 megapixels of one grey, 300 kB on the card, decode."""
    decoded = pool.decode(_png(10_000, 10_000, (b"\0" + b"\x80" * 30_000) * 10_000), 480)
    assert decoded.facts.undecodable == ""
    assert decoded.pixels is not None
    assert decoded.pixels.shape == (480, 480, 3)


def test_every_cut_of_a_photo_gives_a_reason(pool: DecoderPool) -> None:
    whole = io.BytesIO()
    Image.effect_noise((64, 64), 60).convert("RGB").save(whole, "JPEG", quality=90)
    data = whole.getvalue()
    for end in range(0, len(data) - 2, 97):
        decoded = pool.decode(data[:end], 480)
        assert decoded.pixels is None
        assert decoded.facts.undecodable.endswith(".")
    assert pool.decode(data, 480).pixels is not None


def test_what_is_no_photo_is_said_plainly(pool: DecoderPool) -> None:
    assert pool.decode(b"").facts.undecodable == "The file is empty."
    assert pool.decode(b"\0\0\0\x18ftypmp42\0\0\0\0isommp42").facts.undecodable == "The file is a video, not a photo."
    assert pool.decode(b"Dear diary, ").facts.undecodable == "A text file, kept as it is."
    assert "no picture PhotoDesk knows" in pool.decode(bytes(range(200))).facts.undecodable


def test_flipped_bytes_never_end_the_pool(pool: DecoderPool) -> None:
    random = np.random.default_rng(5)
    for kind in ("JPEG", "PNG", "TIFF", "WEBP"):
        written = io.BytesIO()
        Image.effect_noise((48, 48), 60).convert("RGB").save(written, kind)
        for _ in range(12):
            broken = bytearray(written.getvalue())
            for at in random.integers(0, len(broken), 6):
                broken[at] ^= int(random.integers(1, 256))
            decoded = pool.decode(broken, 480)
            assert (decoded.pixels is None) == bool(decoded.facts.undecodable)
    assert pool.decode(_good()).pixels is not None


def _survives(pool: DecoderPool, path: Path) -> None:
    started = time.monotonic()
    decoded = pool.decode(path.read_bytes(), 2560)
    assert (decoded.pixels is None) == bool(decoded.facts.undecodable), path.name
    assert time.monotonic() - started < limits.CLOCK_S * 2, path.name


@pytest.mark.real
def test_a_selection_of_hostile_files(real_files: Path, pool: DecoderPool) -> None:
    files = sorted((real_files / "hostile").iterdir())
    for path in files[::4]:
        _survives(pool, path)
    assert pool.decode((real_files / "hostile/sharp_giant-image_280MP.jpg").read_bytes(), 480).facts.undecodable == (
        limits.TOO_MANY_PIXELS
    )
    inside = pool.decode((real_files / "hostile/renamed_heic_inside.JPG").read_bytes(), 480)
    assert inside.facts.media_type == "image/heic"
    assert inside.pixels is not None


@pytest.mark.real
@pytest.mark.thorough
def test_every_hostile_file(real_files: Path, pool: DecoderPool) -> None:
    for path in sorted((real_files / "hostile").iterdir()):
        _survives(pool, path)


@pytest.mark.real
@pytest.mark.thorough
def test_two_hundred_megapixels(real_files: Path, pool: DecoderPool) -> None:
    decoded = pool.decode((real_files / "card/large/200MP.heic").read_bytes(), 2560)
    assert decoded.pixels is not None
    assert (decoded.facts.width_px, decoded.facts.height_px) == (12_240, 16_320)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_panorama_of_two_hundred_megapixels(pool: DecoderPool, kind: str) -> None:
    """Its screen rendition, and as much of it as a page paints; one more row is refused with a sentence."""
    row = np.random.default_rng(3).integers(60, 220, (1, 20_000, 3), np.uint8)
    written = io.BytesIO()
    Image.fromarray(np.broadcast_to(row, (10_000, 20_000, 3))).save(written, kind, quality=85, compress_level=1)
    screen = pool.decode(written.getvalue(), 2560)
    assert (screen.facts.width_px, screen.facts.height_px) == (20_000, 10_000)
    assert screen.pixels is not None
    assert screen.pixels.shape == (1280, 2560, 3)
    painted = pool.decode(written.getvalue(), 12_000, painted=True).pixels
    assert painted is not None
    assert painted.shape == (6_000, 12_000, 4)
    assert limits.PIXELS < 20_000 * 10_001
