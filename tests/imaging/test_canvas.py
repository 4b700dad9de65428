"""Pixels come as screens paint them where they are asked for so: the same picture, in the owner's memory, once."""

from __future__ import annotations

import io
import mmap
import os
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from photodesk.background.decoders import DecoderPool
from photodesk.background.pixel_memory import PixelBuffer
from photodesk.imaging import colour
from photodesk.imaging.canvas import Canvas
from photodesk.imaging.decode import decode, prepare
from tests.imaging.test_orientation import _AS_CAMERA_HELD, _scene

prepare()


@pytest.fixture
def buffer() -> Iterator[PixelBuffer]:
    made = PixelBuffer(1 << 16)
    yield made
    made.close()


def _file(kind: str = "JPEG", mode: str = "RGB", orientation: int = 1, profile: bytes | None = None) -> bytes:
    picture, exif, written = _scene().convert(mode), Image.Exif(), io.BytesIO()
    for turn in _AS_CAMERA_HELD[orientation]:
        picture = picture.transpose(turn)
    exif[274] = orientation
    picture.save(written, kind, exif=exif, icc_profile=profile)
    return written.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("painted", [False, True])
def test_a_jpeg_goes_straight_into_the_canvas(buffer: PixelBuffer, orientation: int, *, painted: bool) -> None:
    data = _file(orientation=orientation)
    _, plain = decode(data, None)
    canvas = Canvas(buffer.fd, buffer.capacity_bytes, painted=painted)
    _, pixels = decode(data, None, canvas=canvas)
    assert plain is not None
    assert pixels is not None
    assert canvas.holds(pixels), "nothing is left to copy"
    assert np.array_equal(buffer.array(96, 64, 3 + painted)[:, :, :3], plain[:, :, ::-1] if painted else plain)
    if painted:
        assert (pixels[:, :, 3] == 255).all()


@pytest.mark.parametrize(
    ("kind", "mode", "profile"),
    [("JPEG", "L", None), ("JPEG", "CMYK", None), ("PNG", "RGB", None), ("JPEG", "RGB", colour.adobe_rgb())],
)
def test_what_needs_work_is_put_there_afterwards(
    buffer: PixelBuffer, kind: str, mode: str, profile: bytes | None
) -> None:
    data = _file(kind, mode, profile=profile)
    _, plain = decode(data, None)
    canvas = Canvas(buffer.fd, buffer.capacity_bytes, painted=True)
    _, pixels = decode(data, None, canvas=canvas)
    assert plain is not None
    assert pixels is not None
    canvas.put(pixels)
    assert np.array_equal(buffer.array(96, 64, 4)[:, :, :3], plain[:, :, ::-1])


def test_the_decoder_lets_go_of_what_it_wrote(buffer: PixelBuffer) -> None:
    canvas = Canvas(buffer.fd, buffer.capacity_bytes, painted=True)
    canvas.array(4, 4)[:] = 7
    mapped = canvas._memory
    canvas.close()
    assert isinstance(mapped, mmap.mmap)
    assert mapped.closed
    assert os.pread(buffer.fd, 3, 0) == b"\7\7\7"


def test_no_more_than_the_owner_made_room_for(buffer: PixelBuffer) -> None:
    with pytest.raises(MemoryError):
        Canvas(buffer.fd, 47, painted=True).array(4, 3)


def test_a_sandboxed_decoder_paints(pool: DecoderPool) -> None:
    data = _file(orientation=6)
    plain, painted = pool.decode(data).pixels, pool.decode(data, painted=True).pixels
    assert plain is not None
    assert painted is not None
    assert np.array_equal(painted[:, :, :3], plain[:, :, ::-1])
    assert (painted[:, :, 3] == 255).all()
    with pytest.raises(ValueError, match="read-only"):
        painted[0, 0, 0] = 1
