"""Pixels of photos that are gone are not kept by the C library."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
from pathlib import Path
from PySide6.QtGui import QImage
from photodesk.ui.large_memory import give_back_free_memory, give_back_large_memory

def resident_mb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS:"))

assert give_back_large_memory()
for _ in range(2):  # the first time round is what teaches glibc to keep
    before = resident_mb()
    pictures = [QImage(2560, 1707, QImage.Format.Format_RGB32) for _ in range(12)]
    for picture in pictures:
        picture.fill(0x808080)
    held = pictures[-1]
    print(resident_mb() - before)
    pictures.clear()
    del picture
    print(resident_mb() - before)
    del held
small = [bytearray(b"x" * 50_000) for _ in range(2000)]
gone, last = resident_mb(), small[-1]
small.clear()
give_back_free_memory()
print(gone - resident_mb())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the C library of Linux")
def test_pictures_that_are_gone_cost_nothing() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    first, left, again, left_again, given = map(int, run.stdout.split())
    assert min(first, again) > 150
    assert max(left, left_again) < 60, "all but the one that is held went back"
    assert given > 70, "small blocks below one that is held go back when they are asked for"
