"""A canvas that paints photos through a shared view: one scene, one photo (or two behind a curtain).

What lies over a photo is a *layer*: an item in pixels of the photo's original (pixel centres at integers) that follows
the photo wherever it is shown, also where it was laid on another. A *hand* takes the mouse before the canvas does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from photodesk.compare import LinkedView, Placement, aligned_placement
from photodesk.compare.view_transform import Rows, Size, fit_scale
from photodesk.ui.compare.touching import Pinch
from photodesk.ui.theme import SURROUNDS

STEP = 1.25
_HALVE_BELOW, _ENOUGH = 0.5, 0.999
UNMOVED: Rows = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


class Hand(Protocol):
    """Takes the mouse over a canvas; each tells whether it did something, otherwise the canvas goes on."""

    def press(self, canvas: PhotoCanvas, event: QMouseEvent) -> bool:
        """A button went down (a double click is a second press)."""
        ...

    def move(self, canvas: PhotoCanvas, event: QMouseEvent) -> bool:
        """The pointer moved, a button down or not (see `PhotoCanvas.take_hand`)."""
        ...

    def release(self, canvas: PhotoCanvas, event: QMouseEvent) -> bool:
        """A button went up."""
        ...


class PhotoItem(QGraphicsItem):
    """One photo in frame coordinates of its original (px). Pictures of fewer pixels are stretched over the frame."""

    def __init__(self) -> None:
        super().__init__()
        self.size: Size = (1.0, 1.0)
        self._levels: list[QImage] = []
        self._clip: QPainterPath | None = None

    def show_image(self, image: QImage | None, size: Size, smaller: Sequence[QImage] = ()) -> None:
        """Show pixels of a photo whose original measures `size`; None for an empty pane.

        `smaller`: the same picture in fewer pixels, largest first.
        """
        if size != self.size:
            self.prepareGeometryChange()
            self.size = size
        self._levels = [image, *smaller] if image is not None and not image.isNull() else []
        self.update()

    @property
    def image(self) -> QImage | None:
        """The pixels shown."""
        return self._levels[0] if self._levels else None

    @property
    def clip(self) -> QPainterPath | None:
        """The part of the scene it is painted in, None for all."""
        return self._clip

    def clip_scene(self, clip: QPainterPath | None) -> None:
        """Paint only inside this part of the scene."""
        self._clip = clip
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, *self.size)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        if not self._levels:
            return
        if self._clip is not None:
            world = painter.worldTransform()
            painter.setWorldTransform(QTransform())
            painter.setClipPath(self._clip, Qt.ClipOperation.IntersectClip)
            painter.setWorldTransform(world)
        world = painter.worldTransform()
        scale = math.hypot(world.m11(), world.m12()) * painter.device().devicePixelRatioF()
        image = self._level(scale * self.size[0] / self._levels[0].width())
        stretch = image.width() / self.size[0]
        exposed = self._exposed(painter)
        source = QRectF(
            exposed.x() * stretch, exposed.y() * stretch, exposed.width() * stretch, exposed.height() * stretch
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale / stretch < 4)
        painter.drawImage(exposed, image, source)

    def _exposed(self, painter: QPainter) -> QRectF:
        """The part of the frame that is on the canvas, whole picture pixels around it."""
        inverse, _ok = painter.worldTransform().inverted()
        view = inverse.mapRect(QRectF(painter.viewport()))
        grain = self.size[0] / self._levels[0].width() * 2
        return view.adjusted(-grain, -grain, grain, grain).intersected(self.boundingRect())

    def _level(self, factor: float) -> QImage:
        """The smallest picture with pixels enough, halvings made once where none came: bilinear alone would skip
        pixels below one half.
        """
        needed_px, index = factor * self._levels[0].width(), 0
        while True:
            now = self._levels[index]
            if index + 1 < len(self._levels):
                if self._levels[index + 1].width() < needed_px * _ENOUGH:
                    return now
            elif needed_px > now.width() * _HALVE_BELOW or now.width() <= 64 or now.height() <= 1:
                return now
            else:
                self._levels.append(_halved(now))
            index += 1


class PhotoCanvas(QGraphicsView):
    """`moved` carries (view, alone): the hand zoomed or panned. The model decides; `show_view` paints it."""

    moved = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self.item = PhotoItem()
        self._scene.addItem(self.item)
        self.view = LinkedView()
        self._grab: QPointF | None = None
        self._hands: list[Hand] = []
        self._layers: list[QGraphicsItem] = []
        self.laid: Rows = UNMOVED
        self.moves_alone = False
        self._pinch = Pinch(self)
        self._pinch.begin()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(name)
        self.set_surround(SURROUNDS[0])

    def set_surround(self, colour: str) -> None:
        """The grey around the photo."""
        self.setBackgroundBrush(QColor(colour))

    def pane(self) -> Size:
        """Size of the canvas in px."""
        return max(1, self.viewport().width()), max(1, self.viewport().height())

    def photo(self) -> Size:
        """Size of the photo in px of its original."""
        return self.item.size

    def show_image(self, image: QImage | None, size: Size, smaller: Sequence[QImage] = ()) -> None:
        """Show a photo's pixels; the view stays."""
        self.item.show_image(image, size, smaller)
        self.show_view(self.view)

    def show_view(self, view: LinkedView) -> None:
        """Paint the photo through this view."""
        self.view = view.kept_inside(self.photo(), self.pane())
        place = self.placement()
        self.item.setTransform(transform(place.rows()))
        for layer in self._layers:
            layer.setTransform(transform(aligned_placement(place, self.laid)))

    def placement(self) -> Placement:
        """Where the photo lies: photo px (edges at integers) to px of the canvas."""
        return self.on_whole_pixels(self.view.placement(self.photo(), self.pane()))

    def on_whole_pixels(self, place: Placement) -> Placement:
        """Where photo pixels are whole screen pixels they cover them exactly, on screens of any ratio."""
        ratio = self.devicePixelRatioF()
        grain = place.scale * ratio
        if place.turn_degrees or abs(grain - round(grain)) > 1e-6 * grain or round(grain) < 1:
            return place
        return Placement(round(grain) / ratio, round(place.x_px * ratio) / ratio, round(place.y_px * ratio) / ratio)

    # -- what lies over the photo -----------------------------------------------------------------------------------

    def add_layer(self, layer: QGraphicsItem) -> None:
        """Put an item in px of the photo's original over it; it follows the photo."""
        layer.setZValue(10)
        self._scene.addItem(layer)
        self._layers.append(layer)
        self.show_view(self.view)

    def lay_layers(self, rows: Rows | None, *, shown: bool = True) -> None:
        """The pixels shown were laid by this matrix (photo → frame shown); None for a photo as taken."""
        self.laid = rows or UNMOVED
        for layer in self._layers:
            layer.setVisible(shown)
        self.show_view(self.view)

    def photo_point(self, point: QPointF) -> QPointF:
        """Which px of the original lies under a point of the canvas, pixel centres at integers."""
        return transform(aligned_placement(self.placement(), self.laid)).inverted()[0].map(point)

    def to_canvas(self, point: QPointF) -> QPointF:
        """Where a px of the original is seen."""
        return transform(aligned_placement(self.placement(), self.laid)).map(point)

    def take_hand(self, hand: Hand | None, *, before: Hand | None = None) -> None:
        """Give the mouse to a hand; the newest is asked first. `before` is taken away."""
        if before in self._hands:
            self._hands.remove(before)
        if hand is not None:
            self._hands.insert(0, hand)
        self.viewport().setMouseTracking(bool(self._hands))

    def percent(self) -> float:
        """Screen pixels per photo pixel, in percent."""
        return fit_scale(self.photo(), self.pane()) * self.view.zoom * self.devicePixelRatioF() * 100

    def zoom_about(self, factor: float, point: QPointF | None = None, *, alone: bool = False) -> None:
        """Zoom about a point of the canvas, its middle unless told."""
        wide, high = self.pane()
        at = (point.x(), point.y()) if point is not None else (wide / 2, high / 2)
        alone = alone or self.moves_alone
        self.moved.emit((self.held(alone).zoomed_about(at, factor, self.moving(alone), self.pane()), alone))

    def turn_about(self, degrees: float, point: QPointF | None = None, *, alone: bool = False) -> None:
        """Turn clockwise about a point of the canvas, its middle unless told."""
        wide, high = self.pane()
        at = (point.x(), point.y()) if point is not None else (wide / 2, high / 2)
        alone = alone or self.moves_alone
        self.moved.emit((self.held(alone).turned_about(at, degrees, self.moving(alone), self.pane()), alone))

    def pan(self, dx_px: float, dy_px: float, *, alone: bool = False) -> None:
        """Move the photo by so many px of the canvas."""
        alone = alone or self.moves_alone
        self.moved.emit((self.held(alone).panned(dx_px, dy_px, self.moving(alone), self.pane()), alone))

    def held(self, alone: bool) -> LinkedView:
        """The view the hand moves: alone, its photo may leave the pane."""
        return replace(self.view, free=True) if alone else self.view

    def moving(self, _alone: bool) -> Size:
        """Size of the photo the hand moves, in px of its original."""
        return self.photo()

    def to_full(self, point: QPointF | None = None) -> None:
        """Fit and 100 % (one photo pixel to one screen pixel) in turn."""
        wide, high = self.pane()
        at = (point.x(), point.y()) if point is not None else (wide / 2, high / 2)
        if abs(self.percent() - 100) < 0.1 or (self.percent() > 100 and self.view.zoom > 1.001):
            self.moved.emit((LinkedView(), False))
            return
        self.moved.emit((self.view.zoomed_about(at, 100 / self.percent(), self.photo(), self.pane()), False))

    # -- events -------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scene.setSceneRect(QRectF(0, 0, *self.pane()))
        self.show_view(self.view)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        if turned:
            self.zoom_about(STEP ** (turned / 120), event.position(), alone=_alone(event))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if any(hand.press(self, event) for hand in tuple(self._hands)):
            return
        if event.button() == Qt.MouseButton.LeftButton:
            self._grab = event.position()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grab is None:
            any(hand.move(self, event) for hand in tuple(self._hands))
            return
        by = event.position() - self._grab
        self._grab = event.position()
        if not self._pinch.active:
            self.pan(by.x(), by.y(), alone=_alone(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grab is None:
            any(hand.release(self, event) for hand in tuple(self._hands))
        self._grab = None
        self.viewport().unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not any(hand.press(self, event) for hand in tuple(self._hands)):
            self.to_full(event.position())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            return True
        return self._pinch.take(event) or super().viewportEvent(event)


def _halved(image: QImage) -> QImage:
    smooth = Qt.TransformationMode.SmoothTransformation
    return image.scaled(image.width() // 2, image.height() // 2, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)


def _alone(event: QMouseEvent | QWheelEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)


def transform(rows: Rows) -> QTransform:
    """A 3 × 3 matrix as Qt takes it: rows become columns."""
    (a, b, c), (d, e, f), (g, h, i) = rows
    return QTransform(a, d, g, b, e, h, c, f, i)
