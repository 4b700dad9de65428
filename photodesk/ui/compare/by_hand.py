"""Laying B on A by hand: points in side by side, or B itself moved over A where both share a canvas."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from photodesk.compare import aligned_placement
from photodesk.errors import PhotoDeskError
from photodesk.photos.comparison import LaidBy, Rows
from photodesk.ui.compare.laying import Laying, PairLaying
from photodesk.ui.compare.model import CompareModel, Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.panes import Panes
from photodesk.ui.compare.photo_canvas import UNMOVED, PhotoCanvas
from photodesk.ui.compare.placing import Points
from photodesk.ui.compare.points_layer import PointsLayer

NEAR_PX, STILL_PX = 24.0, 6.0
"""A target of 48 px around each point; a press that moves less than this places one."""


class ByHand(QObject):
    """`changed` when there is something else to say. `points` while a person places them, otherwise None."""

    changed = Signal()

    def __init__(self, model: CompareModel, panes: Panes, laying: PairLaying, say: Callable[[str], None]) -> None:
        super().__init__()
        self._model, self._panes, self._laying, self._say = model, panes, laying, say
        self.points: Points | None = None
        self.moving = False
        self._unsettled = False
        panes.nudged.connect(self._nudged)
        self._pair = model.pair()
        self._hands = {side: PointsHand(self, panes.canvases[side], side) for side in Side}
        self._layers = [(PointsLayer(side), PointsLayer(side)) for side in Side]
        for side, (beside, stacked) in zip(Side, self._layers, strict=True):
            panes.add_layer(side, beside, stacked)

    # -- points -----------------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Begin by hand, or end: points beside each other; on one canvas B goes with the hand."""
        if self._model.mode is Mode.SIDE_BY_SIDE and not self.moving:
            if self.points is None:
                self._begin()
            else:
                self.end()
            return
        self.moving = not self.moving
        self._panes.stack.moves_alone = self.moving
        self.changed.emit()

    def _begin(self) -> None:
        self._pair = self._model.pair()
        self.points = Points.of(self._laying.of(self._pair))
        for side, hand in self._hands.items():
            self._panes.canvases[side].take_hand(hand)
            self._panes.canvases[side].viewport().setCursor(Qt.CursorShape.CrossCursor)
        self._show()

    def end(self) -> bool:
        """Points and moving by hand are over, what they gave stays; whether either was on."""
        if self.points is None and not self.moving:
            return False
        for side, hand in self._hands.items():
            self._panes.canvases[side].take_hand(None, before=hand)
            self._panes.canvases[side].viewport().unsetCursor()
        self.points, self.moving = None, False
        self._panes.stack.moves_alone = False
        self._show()
        return True

    def pair_changed(self) -> None:
        """Points belong to one pair."""
        if self.points is not None and self._pair != self._model.pair():
            self.end()

    def placed(self) -> None:
        """A point was placed, moved or taken back: lay B by them from two on."""
        points = self.points
        if points is None:
            return
        if len(points.pairs) >= 2:
            try:
                self._laying.lay(self._pair, points.laying(*self._model.sizes()))
            except PhotoDeskError as failure:
                points.bent = False
                self._say(f"{failure.message} {failure.remedy}")
        self._show()

    def take_back(self) -> bool:
        """Take the newest point away; whether points are placed at all."""
        if self.points is None:
            return False
        if self.points.take_back():
            if len(self.points.pairs) < 2 and self._laid_by(LaidBy.LANDMARKS):
                self._laying.lay(self._pair, Laying(LaidBy.NOBODY, None))
            self.placed()
        return True

    def bend(self) -> None:
        """Bend skin through the points, or no longer."""
        laying = self._model.laying
        if self.points is None and laying is not None and laying.landmarks:
            self._begin()
        points = self.points
        if points is None or not (points.bent or points.can_bend):
            self._say("Bending skin needs four marked places at least.")
            return
        points.bent = not points.bent
        self.placed()

    def again(self) -> None:
        """Forget what the hand did and look for the alignment anew."""
        self.end()
        pair = self._model.pair()
        self._laying.forget(pair)
        self._model.lay(None)
        self._model.fit()
        self._laying.found.emit(pair)
        self._laying.find(pair, self._model.sizes())

    def _laid_by(self, by: LaidBy) -> bool:
        laying = self._laying.of(self._pair)
        return laying is not None and laying.by is by

    def _show(self) -> None:
        for layers, size in zip(self._layers, self._model.sizes(), strict=True):
            for layer in layers:
                layer.setVisible(True)
                layer.show_points(self.points, size)
        self.changed.emit()

    # -- B moved over A ---------------------------------------------------------------------------------------------

    def _nudged(self) -> None:
        self._unsettled = True
        self.changed.emit()

    def settle(self) -> None:
        """The hand rests: B lies where it was moved to on the shared canvas."""
        model, stack = self._model, self._panes.stack
        moved, self._unsettled = self._unsettled, False
        if not moved or model.mode is Mode.SIDE_BY_SIDE or not all(map(all, model.sizes())):
            return
        to_pane = np.array(aligned_placement(stack.placement(), UNMOVED))
        of_b = np.array(aligned_placement(stack.above_placement(), stack.above_laid))
        matrix = np.linalg.inv(to_pane) @ of_b
        if not np.isfinite(matrix).all() or abs(matrix[2, 2]) < 1e-9:
            return
        top, middle, bottom = ((float(x), float(y), float(z)) for x, y, z in matrix / matrix[2, 2])
        rows: Rows = (top, middle, bottom)
        model.originals = False
        self._laying.lay(model.pair(), Laying(LaidBy.HAND, rows))


class PointsHand:
    """The mouse over one pane while points are placed: a click places, a drag from a point moves it, else the photo."""

    def __init__(self, owner: ByHand, canvas: PhotoCanvas, side: Side) -> None:
        self._owner, self._canvas, self._side = owner, canvas, side
        self._held = -1
        self._from: QPointF | None = None
        self._last = QPointF()
        self._pans = False

    def press(self, canvas: PhotoCanvas, event: QMouseEvent) -> bool:
        """Take a point, or begin what may place one or move the photo."""
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        self._from = self._last = event.position()
        self._held, self._pans = self._near(event.position()), False
        return True

    def move(self, canvas: PhotoCanvas, event: QMouseEvent) -> bool:
        """The point follows, or the photo."""
        points, here = self._owner.points, event.position()
        if self._from is None or points is None:
            return False
        by = here - self._from
        self._pans = self._pans or math.hypot(by.x(), by.y()) > STILL_PX
        if self._pans and self._held >= 0:
            at = canvas.photo_point(here)
            points.move(self._side, self._held, (at.x(), at.y()))
            canvas.viewport().update()
        elif self._pans:
            step = here - self._last
            canvas.pan(step.x(), step.y())
        self._last = here
        return True

    def release(self, canvas: PhotoCanvas, event: QMouseEvent) -> bool:
        """A click that stayed where it was places a point."""
        points, began = self._owner.points, self._from
        self._from = None
        if began is None or points is None:
            return False
        if not self._pans and self._held < 0:
            at = canvas.photo_point(event.position())
            points.put(self._side, (at.x(), at.y()))
        if self._held >= 0 or not self._pans:
            self._owner.placed()
        return True

    def _near(self, here: QPointF) -> int:
        """The nearest point within reach, -1 for none."""
        points = self._owner.points
        best, found = NEAR_PX, -1
        for index, point in enumerate(points.placed[self._side] if points is not None else ()):
            away = self._canvas.to_canvas(QPointF(*point)) - here
            if math.hypot(away.x(), away.y()) < best:
                best, found = math.hypot(away.x(), away.y()), index
        return found
