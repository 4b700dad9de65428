"""Mouse, pen and touch on the canvases, as long as somebody measures; what means no mark goes on to the canvas.

A pen comes as the mouse does. One finger draws; two zoom and move the photo. The middle button moves it too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QTouchEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.marks.drawing import NEAR_PX, TOUCH_NEAR_PX, Drawing
from photodesk.ui.marks.layer import PhotoLayer
from photodesk.ui.marks.model import Tool

_TOUCHES = {QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd}


class MarkHand(QObject):
    """Watches the canvases of some layers; `seen` hears the photo the hand is over."""

    def __init__(
        self,
        drawing: Drawing,
        layers: Sequence[PhotoLayer],
        seen: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._drawing, self._layers, self._seen = drawing, layers, seen
        self._pans: QPointF | None = None
        self._layer: PhotoLayer | None = None
        for canvas in {layer.canvas for layer in layers}:
            canvas.viewport().installEventFilter(self)
            canvas.viewport().setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)

    def measure(self, on: bool) -> None:
        """Somebody measures, or no longer."""
        for canvas in {layer.canvas for layer in self._layers}:
            canvas.viewport().setMouseTracking(on)
            self._cursor(canvas.viewport())

    def show_tool(self) -> None:
        """The cursor of the tool."""
        for layer in self._layers:
            self._cursor(layer.canvas.viewport())

    def _cursor(self, viewport: QWidget) -> None:
        model = self._drawing.model
        if model.measuring and model.tool is not Tool.MOVE:
            viewport.setCursor(Qt.CursorShape.CrossCursor)
        else:
            viewport.unsetCursor()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self._drawing.model.measuring or any(layer.presented for layer in self._layers):
            return False
        if isinstance(event, QMouseEvent):
            return self._mouse(watched, event)
        if isinstance(event, QTouchEvent) and event.type() in _TOUCHES:
            return self._touch(watched, event)
        return False

    def _layer_at(self, viewport: QObject, at: QPointF) -> PhotoLayer | None:
        """The layer of the photo seen there: the upper one where two lie over each other."""
        there = [layer for layer in self._layers if layer.canvas.viewport() is viewport and layer.covers(at)]
        return there[-1] if there else None

    def _mouse(self, viewport: QObject, event: QMouseEvent) -> bool:
        at, kind = event.position(), event.type()
        left = event.button() == Qt.MouseButton.LeftButton
        used = False
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            used = False  # a nudge, which is the canvas's
        elif event.button() == Qt.MouseButton.MiddleButton or self._pans is not None:
            used = self._pan(viewport, event)
        elif kind == QEvent.Type.MouseMove:
            used = self._moved(viewport, at, down=bool(event.buttons() & Qt.MouseButton.LeftButton))
        elif left and kind == QEvent.Type.MouseButtonPress:
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            used = self._pressed(viewport, at, NEAR_PX, shifted=shifted)
        elif left and kind == QEvent.Type.MouseButtonDblClick:
            used = self._drawing.finish() or self._drawing.model.tool is not Tool.MOVE
        elif left and kind == QEvent.Type.MouseButtonRelease:
            used = self._released(at)
        return used

    def _pressed(self, viewport: QObject, at: QPointF, near_px: float, *, shifted: bool = False) -> bool:
        self._layer = self._layer_at(viewport, at)
        if self._layer is None:
            return False
        self._seen(self._layer.photo_id())
        return self._drawing.press(self._layer, at, near_px=near_px, shifted=shifted)

    def _moved(self, viewport: QObject, at: QPointF, *, down: bool) -> bool:
        layer = self._layer if down else self._layer_at(viewport, at)
        if layer is None:
            return False
        self._seen(layer.photo_id())
        return self._drawing.move(layer, at, down=down)

    def _released(self, at: QPointF) -> bool:
        layer, self._layer = self._layer, None
        return layer is not None and self._drawing.release(layer, at)

    def _pan(self, viewport: QObject, event: QMouseEvent) -> bool:
        """Move the photo as the canvas does."""
        if event.type() == QEvent.Type.MouseButtonRelease:
            self._pans = None
        elif event.type() == QEvent.Type.MouseButtonPress:
            self._pans, self._layer = event.position(), self._layer_at(viewport, event.position())
        elif self._pans is not None and self._layer is not None:
            by, canvas = event.position() - self._pans, self._layer.canvas
            self._pans = event.position()
            canvas.moved.emit((canvas.view.panned(by.x(), by.y(), canvas.photo(), canvas.pane()), False))
        return True

    def _touch(self, viewport: QObject, event: QTouchEvent) -> bool:
        points = event.points()
        if len(points) != 1:
            self._drawing.give_up()
            self._layer = None
            return False
        at = points[0].position()
        if event.type() == QEvent.Type.TouchBegin:
            taken = self._pressed(viewport, at, TOUCH_NEAR_PX)
        elif event.type() == QEvent.Type.TouchUpdate:
            taken = self._layer is not None and self._moved(viewport, at, down=True)
        else:
            taken = self._released(at)
        event.setAccepted(taken)
        return taken
