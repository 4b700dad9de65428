"""Pixels of photos that are gone are not kept by the C library."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from photodesk.ui.large_memory import give_back_large_memory


def _resident_mb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS:"))


@pytest.mark.skipif(sys.platform != "linux", reason="the C library of Linux")
def test_pictures_that_are_gone_cost_nothing() -> None:
    assert give_back_large_memory()
    for _ in range(2):  # the first time round is what teaches glibc to keep
        before = _resident_mb()
        pictures = [QImage(2560, 1707, QImage.Format.Format_RGB32) for _ in range(12)]
        for picture in pictures:
            picture.fill(0x808080)
        held = pictures[-1]
        assert _resident_mb() - before > 150
        pictures.clear()
        assert _resident_mb() - before < 60, "all but the one that is held went back"
        del held, picture
