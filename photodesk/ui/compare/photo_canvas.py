"""A canvas that paints photos through a shared view: one scene, one photo (or two behind a curtain)."""

from __future__ import annotations

from collections.abc import Sequence

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

from photodesk.compare import LinkedView
from photodesk.compare.view_transform import Size, fit_scale
from photodesk.ui.theme import SURROUNDS

STEP = 1.25
_HALVE_BELOW = 0.5


class PhotoItem(QGraphicsItem):
    """One photo in frame coordinates of its original (px). Pictures of fewer pixels are stretched over the frame."""

    def __init__(self) -> None:
        super().__init__()
        self.size: Size = (1.0, 1.0)
        self._levels: list[QImage] = []
        self._clip: QPainterPath | None = None

    def show_image(self, image: QImage | None, size: Size, smaller: Sequence[QImage] = ()) -> None:
        """Show pixels of a photo whose original measures `size`; None for an empty pane. `smaller`: its halvings."""
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
        scale = painter.worldTransform().m11() * painter.device().devicePixelRatioF()
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
        """Halved pictures for small scales, made once: bilinear alone would skip pixels below one half."""
        index = 0
        while factor <= _HALVE_BELOW and self._levels[index].width() > 64:
            if index + 1 == len(self._levels):
                now = self._levels[index]
                self._levels.append(
                    now.scaled(
                        now.width() // 2,
                        now.height() // 2,
                        Qt.AspectRatioMode.IgnoreAspectRatio,
                        Qt.TransformationMode.SmoothTransformation,
                    )
                )
            index, factor = index + 1, factor * 2
        return self._levels[index]


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
        place = self.view.placement(self.photo(), self.pane())
        self.item.setTransform(QTransform(place.scale, 0, 0, place.scale, place.x_px, place.y_px))

    def percent(self) -> float:
        """Screen pixels per photo pixel, in percent."""
        return fit_scale(self.photo(), self.pane()) * self.view.zoom * self.devicePixelRatioF() * 100

    def zoom_about(self, factor: float, point: QPointF | None = None, *, alone: bool = False) -> None:
        """Zoom about a point of the canvas, its middle unless told."""
        wide, high = self.pane()
        at = (point.x(), point.y()) if point is not None else (wide / 2, high / 2)
        self.moved.emit((self.view.zoomed_about(at, factor, self.photo(), self.pane()), alone))

    def to_full(self, point: QPointF | None = None) -> None:
        """Fit and 100 % (one photo pixel to one screen pixel) in turn."""
        wide, high = self.pane()
        at = (point.x(), point.y()) if point is not None else (wide / 2, high / 2)
        if self.percent() >= 99.9:
            self.moved.emit((LinkedView(), False))
            return
        factor = 1 / (fit_scale(self.photo(), self.pane()) * self.devicePixelRatioF())
        self.moved.emit((self.view.zoomed_about(at, max(1.0, factor), self.photo(), self.pane()), False))

    # -- events -------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scene.setSceneRect(QRectF(0, 0, *self.pane()))
        self.show_view(self.view)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        alone = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if turned:
            self.zoom_about(STEP ** (turned / 120), event.position(), alone=alone)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grab = event.position()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grab is None:
            return
        by = event.position() - self._grab
        self._grab = event.position()
        alone = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        self.moved.emit((self.view.panned(by.x(), by.y(), self.photo(), self.pane()), alone))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._grab = None
        self.viewport().unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.to_full(event.position())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            return True
        return super().viewportEvent(event)
