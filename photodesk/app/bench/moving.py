"""`bench pan`: the hand moves and zooms two 50-megapixel photos on the real comparison page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import simplejpeg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter, QPixmap, QTransform

from photodesk.app.bench.figures import Result, Wanted, timed
from photodesk.app.bench.paging import PageDriver, compare_page
from photodesk.app.bench.workshop import workshop
from photodesk.compare import LinkedView
from photodesk.ui.compare.model import Side
from photodesk.ui.compare.photo_canvas import PhotoCanvas

LARGE_PX = (8660, 5774)
STEP_PX = 7.0


def bench_pan(wanted: Wanted) -> Result:
    """Frame times of moving and zooming, both panes painted, against painting the same pixmaps bare."""
    runs = wanted.runs or 200
    with workshop() as shop:
        patient = shop.patient()
        a, b = shop.import_photos(patient, _large_photos(shop.folder / "card"))
        with compare_page(shop, patient, a, b) as driver:
            _to_own_pixels(driver)
            ours = [timed(_move, driver, number) for number in range(runs)]
            canvases = [driver.page.panes.canvases[side] for side in Side]
            bare = _bare(canvases, runs)
    return Result.of(
        ours,
        bare,
        at="p99",
        unit="ms p99 a frame of both panes of ours ÷ ms p99 of QPainter.drawPixmap alone; lower is better",
        n=runs,
        notes="Half of the frames move at 100 %, half zoom between fit and 100 %; two originals of "
        f"{LARGE_PX[0] * LARGE_PX[1] // 1_000_000} megapixels in full resolution; the aim is p99 ≤ 16 ms.",
    )


def _large_photos(folder: Path) -> list[Path]:
    """Two different JPEGs of 50 megapixels, camera-like in texture."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(4711)
    tile = np.clip(random.normal(150, 9, (1024, 1024, 3)), 0, 255).astype(np.uint8)
    wide, high = LARGE_PX
    files = []
    for number in range(2):
        pixels = np.tile(np.roll(tile, 311 * number, 0), (high // 1024 + 1, wide // 1024 + 1, 1))[:high, :wide]
        file = folder / f"IMG_{number:05d}.JPG"
        file.write_bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality=88, colorsubsampling="420"))
        files.append(file)
    return files


def _to_own_pixels(driver: PageDriver) -> None:
    """Zoom to 100 % and wait for both originals."""
    canvases = [driver.page.panes.canvases[side] for side in Side]
    canvases[0].zoom_about(100 / canvases[0].percent())
    driver.settle(
        lambda: all(canvas.item.image is not None and canvas.item.image.width() == LARGE_PX[0] for canvas in canvases)
    )


def _move(driver: PageDriver, number: int) -> None:
    """One frame: the hand moves A, B follows, both are painted before the next."""
    canvases = [driver.page.panes.canvases[side] for side in Side]
    first = canvases[0]
    if number % 2:
        towards = -1 if number // 100 % 2 else 1
        view = first.view.panned(STEP_PX * towards, STEP_PX * towards / 2, first.photo(), first.pane())
        first.moved.emit((view, False))
    else:
        first.zoom_about(0.9 if number // 40 % 2 == 0 else 1 / 0.9, QPointF(200, 300))
    for canvas in canvases:
        canvas.viewport().repaint()


def _bare(canvases: list[PhotoCanvas], runs: int) -> list[float]:
    """The same pixmaps through the same views onto images of the panes' size."""
    pixmaps = [QPixmap.fromImage(canvas.item.image) for canvas in canvases if canvas.item.image is not None]
    grounds = [QImage(canvas.viewport().size(), QImage.Format.Format_RGB32) for canvas in canvases]
    view = LinkedView()

    def frame(number: int) -> None:
        nonlocal view
        photo, pane = canvases[0].photo(), canvases[0].pane()
        if number % 2:
            view = view.panned(STEP_PX, STEP_PX / 2, photo, pane)
        else:
            view = view.zoomed_about((200, 300), 0.9 if number // 40 % 2 else 1 / 0.9, photo, pane)
        place = view.placement(photo, pane)
        for pixmap, ground in zip(pixmaps, grounds, strict=True):
            painter = QPainter(ground)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setTransform(QTransform(place.scale, 0, 0, place.scale, place.x_px, place.y_px))
            painter.drawPixmap(0, 0, pixmap)
            painter.end()

    return [timed(frame, number) for number in range(runs)]


BENCHES = {"pan": bench_pan}
