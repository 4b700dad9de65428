"""Both photos on one canvas, B over A: behind a curtain, as an overlay, in turn, or what is different."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPainterPath, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from photodesk.compare import LinkedView, Placement, aligned_placement
from photodesk.compare.view_transform import Rows, Size
from photodesk.ui.compare.divider import TURNER_PX, draw_divider, draw_handle, draw_turner
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.photo_canvas import UNMOVED, PhotoCanvas, PhotoItem, transform

GRAB_PX = 64
_HANDLE_AT, _TURNER_FROM_EDGE_PX = 0.66, 40.0


class Sheet(QGraphicsItem):
    """Holds the layers of one photo and shows them where that photo is seen."""

    def __init__(self) -> None:
        super().__init__()
        self._seen = QPainterPath()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemClipsChildrenToShape)
        self.setZValue(10)

    def show_part(self, seen: QPainterPath) -> None:
        """The part of the canvas where layers are seen."""
        self.prepareGeometryChange()
        self._seen = seen

    def boundingRect(self) -> QRectF:
        return self._seen.boundingRect()

    def shape(self) -> QPainterPath:
        return self._seen

    def paint(self, _painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Nothing of its own."""


class StackCanvas(PhotoCanvas):
    """A below, B above. `divided`: share of the width, `turned`: degrees, `in_turn`: B is seen, None: both are."""

    divided = Signal(object)
    in_turn = Signal(object)
    turned = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Before and after on one canvas", parent)
        self.above, self.apart = PhotoItem(), PhotoItem()
        self._photos = self.item, self.above, self.apart
        self._sheets = Sheet(), Sheet()
        for item in (*self._photos[1:], *self._sheets):
            self._scene.addItem(item)
        self._above_layers: list[QGraphicsItem] = []
        self.above_laid: Rows = UNMOVED
        self.above_view = LinkedView()
        self.mode = Mode.CURTAIN
        self.share, self.angle_degrees = 0.5, 0.0
        self.shows_b = True
        self._dragging = self._turning = False
        self._blink = QTimer(self)
        self._blink.timeout.connect(lambda: self.show_b(not self.shows_b))
        self._arrange()

    # -- what is shown --------------------------------------------------------------------------------------------

    def show_above(self, image: QImage | None, size: Size, smaller: Sequence[QImage] = ()) -> None:
        """B's pixels."""
        self.above.show_image(image, size, smaller)
        self.show_above_view(self.above_view)

    def show_above_view(self, view: LinkedView) -> None:
        """B's view."""
        self.above_view = view.kept_inside(self.above.size, self.pane())
        place = self.above_placement()
        self.above.setTransform(transform(place.rows()))
        for layer in self._above_layers:
            layer.setTransform(transform(aligned_placement(place, self.above_laid)))

    def above_placement(self) -> Placement:
        """Where B's picture lies, as `placement` for A."""
        return self.on_whole_pixels(self.above_view.placement(self.above.size, self.pane()))

    def add_layer(self, layer: QGraphicsItem) -> None:
        """Over A."""
        super().add_layer(layer)
        layer.setParentItem(self._sheets[0])

    def add_above_layer(self, layer: QGraphicsItem) -> None:
        """Over B, in px of B's original."""
        layer.setParentItem(self._sheets[1])
        self._above_layers.append(layer)
        self.show_above_view(self.above_view)

    def lay_above_layers(self, rows: Rows | None, *, shown: bool = True) -> None:
        """B's picture was laid by this matrix; None for a photo as taken."""
        self.above_laid = rows or UNMOVED
        for layer in self._above_layers:
            layer.setVisible(shown)
        self.show_above_view(self.above_view)

    def above_point(self, point: QPointF) -> QPointF:
        """Which px of B's original lies under a point of the canvas, pixel centres at integers."""
        return transform(aligned_placement(self.above_placement(), self.above_laid)).inverted()[0].map(point)

    def held(self, alone: bool) -> LinkedView:
        return replace(self.above_view, free=True) if alone else self.view

    def moving(self, alone: bool) -> Size:
        return self.above.size if alone else self.photo()

    def show_apart(self, image: QImage | None, size: Size, smaller: Sequence[QImage] = ()) -> None:
        """What is different, in A's frame."""
        self.apart.show_image(image, size, smaller)
        self.show_view(self.view)

    def show_view(self, view: LinkedView) -> None:
        super().show_view(view)
        self.apart.setTransform(self.item.transform())

    def set_mode(self, mode: Mode, rate_hz: float) -> None:
        """One of the modes that share a canvas; `rate_hz` is how often a second the photos change in turn."""
        self.mode = mode
        self._blink.stop()
        if mode is Mode.BLINK and rate_hz > 0:
            self._blink.start(round(1000 / rate_hz))
        self.show_b(True)

    def show_b(self, shown: bool) -> None:
        """In turn: B, or A."""
        self.shows_b = shown
        self._arrange()
        self.in_turn.emit(shown if self.mode is Mode.BLINK else None)

    def divide(self, share: float, angle_degrees: float = 0.0) -> None:
        """Put the divider, or the overlay's share of B."""
        self.share, self.angle_degrees = min(1.0, max(0.0, share)), angle_degrees
        self._arrange()

    def rest(self) -> None:
        """The canvas is not seen: nothing moves."""
        self._blink.stop()

    def _arrange(self) -> None:
        seen = {Mode.DIFFERENCE: (False, False, True), Mode.BLINK: (not self.shows_b, self.shows_b, False)}
        for item, shown in zip(self._photos, seen.get(self.mode, (True, True, False)), strict=True):
            item.setVisible(shown)
        self.above.setOpacity(self.share if self.mode is Mode.OVERLAY else 1.0)
        whole = QPainterPath()
        whole.addRect(0, 0, *self.pane())
        for photo, sheet, left in zip(self._photos[:2], self._sheets, (True, False), strict=True):
            half = self._half(left=left) if self.mode is Mode.CURTAIN else None
            photo.clip_scene(half)
            sheet.show_part(whole if half is None else half.intersected(whole))
            sheet.setVisible(self.mode is not Mode.BLINK or self.shows_b is not left)
        self.viewport().update()

    # -- the divider ----------------------------------------------------------------------------------------------

    def _line(self) -> tuple[QPointF, QPointF]:
        """A point of the divider and its direction, a unit vector pointing down at angle 0."""
        wide, high = self.pane()
        turn = math.radians(self.angle_degrees)
        return QPointF(round(self.share * wide), high / 2), QPointF(-math.sin(turn), math.cos(turn))

    def _half(self, *, left: bool) -> QPainterPath:
        """The part of the canvas on one side of the divider."""
        middle, along = self._line()
        far = 2.0 * sum(self.pane())
        across = QPointF(-along.y(), along.x()) if left else QPointF(along.y(), -along.x())
        path = QPainterPath()
        near = (middle - along * far, middle + along * far)
        path.addPolygon(QPolygonF([*near, near[1] + across * far, near[0] + across * far]))
        return path

    def _handle(self) -> QPointF:
        middle, along = self._line()
        return middle + along * (self.pane()[1] * (_HANDLE_AT - 0.5))

    def turner(self) -> QPointF:
        """Where the divider is turned: on it, as near its upper end as it is seen."""
        middle, along = self._line()
        wide, high = self.pane()
        across = (middle.x() if along.x() > 0 else wide - middle.x()) / max(1e-6, abs(along.x()))
        reach = min(high / 2 / max(1e-6, abs(along.y())), across)
        return middle - along * max(TURNER_PX, reach - _TURNER_FROM_EDGE_PX)

    def _over_turner(self, point: QPointF) -> bool:
        away = point - self.turner()
        return self.mode is Mode.CURTAIN and math.hypot(away.x(), away.y()) <= TURNER_PX / 2

    def _over_divider(self, point: QPointF) -> bool:
        if self.mode is not Mode.CURTAIN:
            return False
        middle, along = self._line()
        away = point - middle
        return abs(away.x() * along.y() - away.y() * along.x()) <= GRAB_PX / 2

    # -- events ---------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_above_view(self.above_view)
        self._arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        self._turning = left and self._over_turner(event.position())
        self._dragging = left and not self._turning and self._over_divider(event.position())
        if not (self._dragging or self._turning):
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        middle, along = self._line()
        if self._turning:
            to = middle - event.position()
            self.turned.emit(math.degrees(math.atan2(-to.x(), to.y())))
            return
        if not self._dragging:
            super().mouseMoveEvent(event)
            return
        down = (event.position().y() - middle.y()) / max(0.1, abs(along.y()))
        self.divided.emit((event.position().x() - down * along.x()) / self.pane()[0])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = self._turning = False
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._over_divider(event.position()):
            super().mouseDoubleClickEvent(event)

    def drawForeground(self, painter: QPainter, _rect: QRectF | object) -> None:
        if self.mode is not Mode.CURTAIN:
            return
        middle, along = self._line()
        draw_divider(painter, middle, along * float(sum(self.pane())), slanted=bool(self.angle_degrees))
        draw_handle(painter, self._handle())
        draw_turner(painter, self.turner())
