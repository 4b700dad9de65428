"""Two fingers on a photo: pinching zooms, turning turns, moving both moves it. Touch screens and touch pads."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

DEAD_DEGREES = 6.0
"""Fingers that pinch always turn a little: only beyond this is it meant."""


class Touched(Protocol):
    """A canvas as two fingers move it."""

    def viewport(self) -> QWidget:
        """Where fingers land."""
        ...

    def zoom_about(self, factor: float, point: QPointF | None = None, *, alone: bool = False) -> None:
        """Zoom."""
        ...

    def turn_about(self, degrees: float, point: QPointF | None = None, *, alone: bool = False) -> None:
        """Turn."""
        ...

    def pan(self, dx_px: float, dy_px: float, *, alone: bool = False) -> None:
        """Move."""
        ...


class Pinch:
    """`active` while two fingers are down: what Qt makes of the first finger as a mouse is not followed then."""

    def __init__(self, canvas: Touched) -> None:
        self._canvas = canvas
        self.active = False
        self._turned = 0.0
        self._turning = False

    def begin(self) -> None:
        """Let the canvas hear of fingers."""
        canvas = self._canvas
        canvas.viewport().setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        canvas.viewport().grabGesture(Qt.GestureType.PinchGesture)

    def take(self, event: QEvent) -> bool:
        """Whether the event was two fingers'."""
        if isinstance(event, QGestureEvent):
            found = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(found, QPinchGesture):
                self.follow(found)
            return isinstance(found, QPinchGesture)
        return isinstance(event, QNativeGestureEvent) and self._native(event)

    def follow(self, pinch: QPinchGesture) -> None:
        """The fingers moved."""
        state = pinch.state()
        if state == Qt.GestureState.GestureStarted:
            self._turned, self._turning = 0.0, False
        self.active = state in {Qt.GestureState.GestureStarted, Qt.GestureState.GestureUpdated}
        viewport = self._canvas.viewport()
        middle = QPointF(viewport.mapFromGlobal(pinch.centerPoint()))
        by = pinch.centerPoint() - pinch.lastCenterPoint()
        if state != Qt.GestureState.GestureStarted and not by.isNull():
            self._canvas.pan(by.x(), by.y())
        if pinch.scaleFactor() > 0 and pinch.scaleFactor() != 1:
            self._canvas.zoom_about(pinch.scaleFactor(), middle)
        self._turn(pinch.rotationAngle() - pinch.lastRotationAngle(), middle)

    def _turn(self, degrees: float, middle: QPointF) -> None:
        self._turned += degrees
        if self._turning:
            self._canvas.turn_about(degrees, middle)
        elif abs(self._turned) > DEAD_DEGREES:
            self._turning = True

    def _native(self, event: QNativeGestureEvent) -> bool:
        kind, value, point = event.gestureType(), event.value(), event.position()
        if kind == Qt.NativeGestureType.BeginNativeGesture:
            self._turned, self._turning = 0.0, False
        elif kind == Qt.NativeGestureType.ZoomNativeGesture:
            self._canvas.zoom_about(1 + value, point)
        elif kind == Qt.NativeGestureType.RotateNativeGesture:
            self._turn(value, point)
        elif kind == Qt.NativeGestureType.PanNativeGesture:
            self._canvas.pan(event.delta().x(), event.delta().y())
        else:
            return kind == Qt.NativeGestureType.EndNativeGesture
        return True
