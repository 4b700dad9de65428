"""100 % is one photo pixel on one screen pixel, on screens of any ratio: grabbed pixels are the photo's own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

GRAB = """
import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from photodesk.ui.compare.photo_canvas import PhotoCanvas
application = QApplication([])
canvas = PhotoCanvas("Photo")
canvas.resize(301, 200)
canvas.show()
image = QImage(1201, 902, QImage.Format.Format_RGB32)
pixels = np.frombuffer(image.bits(), np.uint8).reshape(902, 1201, 4)
pixels[:] = np.random.default_rng(5).integers(0, 255, pixels.shape, np.uint8)
canvas.show_image(image, (1201, 902))
canvas.moved.connect(lambda moved: canvas.show_view(moved[0]))
canvas.to_full(QPointF(37, 51))
for step in (0.0, 3.3):
    canvas.pan(step, step)
    seen = canvas.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    grabbed = np.frombuffer(seen.constBits(), np.uint8).reshape(seen.height(), seen.width(), 4)[:, :, :3]
    place, ratio = canvas.placement(), canvas.devicePixelRatioF()
    x, y = round(-place.x_px * ratio), round(-place.y_px * ratio)
    assert ratio == RATIO
    assert np.array_equal(grabbed, pixels[y : y + seen.height(), x : x + seen.width(), :3])
print("equal")
"""


@pytest.mark.parametrize("ratio", [1.5, 2.0])
def test_own_pixels_are_exact_on_dense_screens(ratio: float) -> None:
    env = os.environ | {"QT_SCALE_FACTOR": str(ratio), "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(
        [sys.executable, "-c", f"RATIO = {ratio}\n{GRAB}"],
        check=False,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.stdout.strip() == "equal", ran.stderr
