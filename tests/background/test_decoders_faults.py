"""A decoder that dies, hangs, burns or lies costs one file its preview and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from photodesk.background.decoders import DecoderPool
from photodesk.background.pixel_memory import KEPT_BYTES, BufferShelf, PixelBuffer, file_in_memory
from photodesk.background.processes import clean_environment
from photodesk.errors import Fixable
from photodesk.imaging import limits
from tests.imaging.conftest import spawn_plain

JPEG = b"\xff\xd8\xff\xe0"


def _misbehaving(behaviour: str, starts: list[int] | None = None) -> Callable[[int], subprocess.Popen[bytes]]:
    def spawn(fd: int) -> subprocess.Popen[bytes]:
        if starts is not None:
            starts.append(fd)
        return subprocess.Popen(
            (sys.executable, "-m", "tests.background.misbehaving_decoder", behaviour, str(fd)),
            pass_fds=(fd,),
            cwd=Path(__file__).resolve().parents[2],
            env=clean_environment(),
        )

    return spawn


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("crash", limits.CRASHED),
        ("garbage", limits.CRASHED),
        ("endless", limits.CRASHED),
        ("other number", limits.CRASHED),
        ("too large", limits.CRASHED),
        ("burn", limits.TOO_MUCH_CPU),
    ],
)
def test_one_file_loses_its_preview(behaviour: str, reason: str) -> None:
    with DecoderPool(1, _misbehaving(behaviour), cpu_s=0.2, clock_s=30) as pool:
        decoded = pool.decode(JPEG, 480)
    assert decoded.pixels is None
    assert decoded.facts.undecodable == reason
    assert decoded.facts.media_type == "image/jpeg"


def test_a_hang_is_killed_and_tried_once_more_alone() -> None:
    starts: list[int] = []
    with DecoderPool(2, _misbehaving("hang", starts), clock_s=0.3) as pool:
        assert pool.decode(JPEG, 480).facts.undecodable == limits.TOO_LONG
    assert len(starts) == 2


def test_wild_facts_are_tamed() -> None:
    with DecoderPool(1, _misbehaving("wild facts")) as pool:
        facts = pool.decode(JPEG, 480).facts
    assert facts.media_type == "image/jpeg"
    assert facts.orientation == 1
    assert facts.camera_time is None
    assert "\x1b" not in facts.capture.make
    assert len(facts.capture.make) <= 200
    assert (facts.capture.exposure_s, facts.capture.iso) == (None, None)
    assert len(facts.codes) == 8
    assert all(code.text.isprintable() and len(code.text) <= 4300 for code in facts.codes)
    assert facts.pixel_spacing_mm is None
    assert "\x07" not in facts.identity.name
    assert len(facts.identity.name) <= 200


def test_a_decoder_that_cannot_start_is_said_in_words() -> None:
    with DecoderPool(1, _misbehaving("never ready")) as pool, pytest.raises(Fixable) as refusal:
        pool.decode(JPEG, 480)
    assert refusal.value.code == "decoder_unavailable"


def test_a_killed_decoder_is_replaced() -> None:
    with DecoderPool(1, spawn_plain) as pool:
        assert pool.decode(b"x").facts.undecodable
        with pool._child() as turn:
            assert turn.child is not None
            turn.child._process.kill()
            turn.child._process.wait()
        assert "no picture" in pool.decode(b"\0").facts.undecodable


def test_after_close_nothing_is_decoded() -> None:
    pool = DecoderPool(2, spawn_plain)
    pool.close()
    with pytest.raises(Fixable) as refusal:
        pool.decode(JPEG)
    assert refusal.value.code == "decoder_closed"
    pool.close()


def test_many_threads_share_few_decoders() -> None:
    found: list[str] = []
    with DecoderPool(2, spawn_plain) as pool:
        pool.start()
        threads = [
            threading.Thread(target=lambda: found.append(pool.decode(b"x").facts.undecodable)) for _ in range(12)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 12


def test_a_descriptor_that_cannot_be_read_is_a_reason() -> None:
    reading, writing = os.pipe()
    try:
        with DecoderPool(1, spawn_plain) as pool:
            assert pool.decode(writing).facts.undecodable == limits.UNREADABLE
    finally:
        os.close(reading)
        os.close(writing)


def test_pixels_are_read_only_and_outlive_the_pool() -> None:
    shelf = BufferShelf()
    buffer = shelf.take(1 << 16)
    os.pwrite(buffer.fd, bytes(range(12)), 0)
    pixels = shelf.lend(buffer, 2, 2)
    view = pixels[:1]
    del pixels
    assert shelf.take(1 << 16) is not buffer, "memory that is still looked at is not lent again"
    shelf.close()
    assert view.reshape(-1).tolist() == list(range(6))
    with pytest.raises(ValueError, match="read-only"):
        view[0, 0, 0] = 1


def test_memory_comes_back_when_its_pixels_are_gone() -> None:
    shelf = BufferShelf()
    buffer = shelf.take(1 << 16)
    pixels = shelf.lend(buffer, 1, 1)
    view = np.asarray(pixels)[:, :]
    del pixels
    del view
    assert shelf.take(1 << 16) is buffer
    buffer.close()
    shelf.close()


def test_memory_nobody_looks_at_goes_back_when_nobody_asks() -> None:
    with DecoderPool(1, spawn_plain) as pool:
        pool.start()
        child = pool._idle.queue[0]
        assert child is not None
        free, lent = child.shelf.take(1 << 16), child.shelf.take(1 << 16)
        pixels = child.shelf.lend(lent, 2, 2)
        child.shelf.give_back(free)
        pool._rest()
        assert child.shelf.take(1 << 16) is not free
        assert pixels.shape == (2, 2, 3), "what is looked at stays"


def test_no_more_is_kept_than_is_worth_it() -> None:
    shelf = BufferShelf()
    first, second = shelf.take(1 << 16), shelf.take(1 << 16)
    first.used_bytes = second.used_bytes = KEPT_BYTES * 2 // 3
    shelf.give_back(first)
    shelf.give_back(second)
    assert shelf.take(1 << 16) is first
    assert shelf.take(1 << 16) is not second
    shelf.close()


@pytest.mark.skipif(sys.platform != "linux", reason="seals are Linux's")
def test_memory_cannot_be_shrunk_and_files_cannot_be_changed() -> None:
    buffer = PixelBuffer(1 << 16)
    with pytest.raises(PermissionError):
        os.ftruncate(buffer.fd, 0)
    buffer.close()
    descriptor = file_in_memory(b"abc")
    with pytest.raises(PermissionError):
        os.write(descriptor, b"x")
    assert os.pread(descriptor, 9, 0) == b"abc"
    os.close(descriptor)
