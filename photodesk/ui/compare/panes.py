"""Where the pair is shown: two canvases with a seam, or one that holds both. The view is the model's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGraphicsItem, QStackedWidget, QWidget

from photodesk.compare.view_transform import Rows, Size
from photodesk.ui.compare.model import CompareModel, Frame, Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.pane import Seam
from photodesk.ui.compare.photo_canvas import PhotoCanvas
from photodesk.ui.compare.stack_canvas import StackCanvas
from photodesk.ui.controls.text import hbox
from photodesk.ui.theme import SURROUNDS

SEEN_SHARE = 0.75
"""A pair opens filling its panes where at least so much of each photo is then seen; `0` shows all of it."""


class Panes(QStackedWidget):
    """`moved` when the hand zoomed or panned (the model has it already), `nudged` when it moved B alone over A."""

    moved = Signal()
    nudged = Signal()

    def __init__(self, model: CompareModel) -> None:
        super().__init__()
        self._model = model
        self.canvases = {Side.A: PhotoCanvas("Photo A"), Side.B: PhotoCanvas("Photo B")}
        self.stack = StackCanvas()
        self.instead: PhotoCanvas | None = None  # of several photos, the first's
        both = QWidget()
        row = hbox(both)
        row.addWidget(self.canvases[Side.A], 1)
        row.addWidget(Seam())
        row.addWidget(self.canvases[Side.B], 1)
        self.addWidget(both)
        self.addWidget(self.stack)
        for side, canvas in self.canvases.items():
            canvas.moved.connect(lambda moved, s=side: self._moved(s, moved))
        self.stack.moved.connect(lambda moved: self._moved(Side.B if moved[1] else Side.A, moved))
        self.stack.divided.connect(self.divide)
        self.stack.turned.connect(self.turn_divider)

    def canvas(self, side: Side) -> PhotoCanvas:
        """Where a side is seen now."""
        if self.instead is not None:
            return self.instead
        return self.canvases[side] if self._model.mode is Mode.SIDE_BY_SIDE else self.stack

    def least_px(self, side: Side, frame: Frame) -> tuple[int, int]:
        """The least (width, height) in screen px that looks sharp now."""
        canvas = self.canvas(side)
        wide, high = canvas.pane()
        width, height = photo_size(frame, (wide, high))
        scale = min(wide / width, high / height) * self._model.view(side).zoom * self.devicePixelRatioF()
        return round(width * scale), round(height * scale)

    def filling_zoom(self) -> float:
        """The zoom over fit that fills the panes, where it hides little of either photo; otherwise 1."""
        zooms, fits = [], []
        for side in Side:
            frame, pane = self._model.frame(side), self.canvas(side).pane()
            if frame is None or not (frame.photo.facts.width_px and frame.photo.facts.height_px):
                return 1.0
            width, height = photo_size(frame, pane)
            across, down = pane[0] / width, pane[1] / height
            zooms.append(max(across, down) / min(across, down))
            fits.append((across / min(across, down), down / min(across, down)))
        zoom = max(zooms)
        seen = min(min(1.0, across / zoom) * min(1.0, down / zoom) for across, down in fits)
        return zoom if seen >= SEEN_SHARE else 1.0

    def percent(self) -> float:
        """Screen px per photo px of A in percent; 0 while nothing is shown."""
        there = any(self.canvas(side).item.image is not None for side in Side)
        return self.canvas(Side.A).percent() if there else 0.0

    def seen(self) -> list[tuple[str, float, int]]:
        """(photo id, screen px along its long edge now, px its original has along it) of each side."""
        found = []
        for side in Side:
            frame, canvas = self._model.frame(side), self.canvas(side)
            if frame is not None:
                seen_px = max(canvas.photo()) * canvas.percent() / 100
                found.append((frame.photo_id, seen_px, max(frame.photo.facts.width_px, frame.photo.facts.height_px)))
        return found

    def paint_photo(self, side: Side, frame: Frame, image: QImage | None, smaller: Sequence[QImage] = ()) -> None:
        """Show pixels of a side, or an empty pane."""
        there = image is not None and not image.isNull()
        size = photo_size(frame, (image.width(), image.height()) if image is not None and there else (3, 2))
        self._paint(side, size, image, smaller)
        if side is Side.B:
            self._lay_layers(None)

    def paint_laid(self, image: QImage, smaller: Sequence[QImage], rows: Rows, *, bent: bool = False) -> None:
        """Show B where it lies: a picture of A's frame, laid by this matrix. Nothing is drawn over bent skin."""
        self._paint(Side.B, self.canvases[Side.A].photo(), image, smaller)
        self._lay_layers(rows, shown=not bent)

    def add_layer(self, side: Side, beside: QGraphicsItem, stacked: QGraphicsItem) -> None:
        """Put the same layer over one photo in both places where it is shown (an item has one scene)."""
        self.canvases[side].add_layer(beside)
        if side is Side.A:
            self.stack.add_layer(stacked)
        else:
            self.stack.add_above_layer(stacked)

    def photo_point(self, side: Side, point: QPointF) -> QPointF:
        """Which px of a photo's original lies under a point of the canvas where it is seen now."""
        canvas = self.canvas(side)
        return self.stack.above_point(point) if canvas is self.stack and side is Side.B else canvas.photo_point(point)

    def _lay_layers(self, rows: Rows | None, *, shown: bool = True) -> None:
        self.canvases[Side.B].lay_layers(rows, shown=shown)
        self.stack.lay_above_layers(rows, shown=shown)

    def paint_apart(self, image: QImage | None, smaller: Sequence[QImage] = ()) -> None:
        """Show what is different, in A's frame; None while it is not known."""
        self.stack.show_apart(image, self.canvases[Side.A].photo(), smaller)

    def _paint(self, side: Side, size: tuple[float, float], image: QImage | None, smaller: Sequence[QImage]) -> None:
        self.canvases[side].show_image(image, size, smaller)
        if side is Side.A:
            self.stack.show_image(image, size, smaller)
        else:
            self.stack.show_above(image, size, smaller)

    def empty(self) -> None:
        """Show nothing."""
        for canvas in (*self.canvases.values(), self.stack):
            canvas.show_image(None, canvas.photo())
        self.stack.show_above(None, self.stack.above.size)
        self.stack.show_apart(None, self.stack.apart.size)

    def refresh(self) -> None:
        """Paint through the model's views."""
        model = self._model
        a, b = model.view(Side.A), model.view(Side.B)
        if model.mode is Mode.SIDE_BY_SIDE:
            self.setCurrentIndex(0)
            self.stack.rest()
            self.canvases[Side.A].show_view(a)
            self.canvases[Side.B].show_view(b)
            return
        self.setCurrentIndex(1)
        if self.stack.mode is not model.mode:
            self.stack.set_mode(model.mode, model.blink_hz)
        self.stack.divide(model.opacity if model.mode is Mode.OVERLAY else model.curtain, model.curtain_degrees)
        self.stack.show_view(a)
        self.stack.show_above_view(b)

    def show_surround(self) -> None:
        """The model's grey around the photos."""
        for canvas in (*self.canvases.values(), self.stack):
            canvas.set_surround(SURROUNDS[self._model.surround])

    def divide(self, share: float) -> None:
        """Hang the curtain at this share of the width."""
        self._model.curtain = min(1.0, max(0.0, share))
        self.stack.divide(self._model.curtain, self._model.curtain_degrees)

    def turn_divider(self, degrees: float) -> None:
        """Hang the curtain at this angle, upright and level ones within 2° exactly."""
        near = 90.0 * round(degrees / 90)
        self._model.curtain_degrees = (near if abs(degrees - near) < 2 else degrees) % 360
        self.stack.divide(self._model.curtain, self._model.curtain_degrees)

    def nudge(self, side: Side, dx_px: int, dy_px: int) -> None:
        """Move one photo alone by so many px of its pane."""
        view = replace(self._model.view(side), free=True)
        self._moved(side, (view.panned(dx_px, dy_px, self._photo(side), self.canvas(side).pane()), True))

    def turn(self, side: Side, degrees: float, *, alone: bool = False) -> None:
        """Turn clockwise about the middle of the pane, one photo alone or the linked ones together."""
        canvas, view = self.canvas(side), self._model.view(side)
        wide, high = canvas.pane()
        held = replace(view, free=True) if alone else view
        self._moved(side, (held.turned_about((wide / 2, high / 2), degrees, self._photo(side), (wide, high)), alone))

    def _photo(self, side: Side) -> Size:
        """Size of the picture a side shows, in its own frame or in A's."""
        canvas = self.canvas(side)
        return self.stack.above.size if canvas is self.stack and side is Side.B else canvas.photo()

    def _moved(self, side: Side, moved: tuple[object, bool]) -> None:
        view, alone = moved
        self._model.show(side, view, alone=alone)  # type: ignore[arg-type]
        self.refresh()
        self.moved.emit()
        if alone and self._model.mode is not Mode.SIDE_BY_SIDE:
            self.nudged.emit()


def photo_size(frame: Frame, otherwise: tuple[float, float]) -> tuple[float, float]:
    """Size of the original in px; `otherwise` where it is not known."""
    facts = frame.photo.facts
    return (facts.width_px, facts.height_px) if facts.width_px and facts.height_px else otherwise
