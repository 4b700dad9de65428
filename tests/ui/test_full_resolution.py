"""Full resolution is painted from the decoder's memory, and from the screen rendition where it is seen small."""

from __future__ import annotations

import gc
import weakref
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtGui import QImage

from photodesk.ui.compare.levels import FAR_APART, between, far_apart, smaller_images
from photodesk.ui.compare.loading import MOST_PX, PhotoLoader
from photodesk.ui.compare.photo_canvas import PhotoItem
from photodesk.ui.decoding import pixels_image
from tests.ui.pretend_desk import HandTasks, PretendGate


def _image(width: int, height: int) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0xFF808080)
    return image


def test_the_image_is_the_memory_and_keeps_it_alive() -> None:
    flat = np.arange(5 * 7 * 4, dtype=np.uint8)
    image = pixels_image(flat.reshape(5, 7, 4))
    gone = weakref.ref(flat)
    flat[0] = 200
    assert image.pixelColor(0, 0).blue() == 200, "nothing was copied"
    del flat
    gc.collect()
    copy = QImage(image)
    del image
    gc.collect()
    assert gone() is not None, "a copy still looks at it"
    assert copy.pixelColor(1, 0).blue() == 4
    del copy
    gc.collect()
    assert gone() is None


def test_other_layouts_are_refused() -> None:
    with pytest.raises(ValueError, match="four bytes"):
        pixels_image(np.zeros((4, 4, 3), np.uint8))


def test_levels_need_not_be_halvings() -> None:
    item = PhotoItem()
    original, screen = _image(6000, 40), _image(2560, 17)
    item.show_image(original, (6000, 40), (screen, *smaller_images(screen)))
    widths = [item._level(needed / 6000).width() for needed in (6000, 2600, 2560, 1300, 1280, 650, 640, 300)]
    assert widths == [6000, 6000, 2560, 2560, 1280, 1280, 640, 320]


def test_only_a_very_large_photo_has_pictures_between() -> None:
    screen = (_image(2560, 17),)
    assert not far_apart(_image(6000, 40), screen)
    assert not far_apart(_image(2000, 40), ())
    panorama = _image(20000, 20)
    assert far_apart(panorama, screen)
    widths = [image.width() for image in (panorama, *between(panorama, screen))]
    assert widths == [20000, 10000, 5000, 2560]
    assert all(wide <= FAR_APART * next_ for wide, next_ in pairwise(widths))


def test_of_a_panorama_no_more_comes_than_memory_bears() -> None:
    tasks, gate = HandTasks(), PretendGate()
    loader = PhotoLoader(gate, tasks, "p", "compare")
    asked: list[int | None] = []
    given = gate.original_pixels

    def original_pixels(*args: object, long_edge_px: int | None = None, **more: object) -> object:
        asked.append(long_edge_px)
        return given(*args, **more)  # type: ignore[arg-type]

    gate.original_pixels = original_pixels  # type: ignore[method-assign,assignment]
    said: list[float] = []
    loader.reduced.connect(said.append)
    loader.show({"pano": (10, 10), "photo": (10, 10)})
    for _ in range(3):
        tasks.run()
        loader.sharpen("pano", 20_000, 20_000)
        loader.sharpen("photo", 6_000, 6_000)
    assert asked == [MOST_PX, None]
    assert said == [MOST_PX / 20_000], "and that is said, once"
