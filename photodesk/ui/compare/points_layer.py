"""Points placed by hand over a photo: white rings with a dark casing and their number beside. Drawn, never tinted."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from photodesk.ui.compare.model import Side
from photodesk.ui.compare.placing import Points
from photodesk.ui.controls.painting import rounded
from photodesk.ui.fonts import TextRole, font

RING_PX, PLATE_PX = 9.0, 18.0
_CASING = QColor(0, 0, 0, 191)


class PointsLayer(QGraphicsItem):
    """A layer (`PhotoCanvas.add_layer`) of one side; the same size on the screen at every zoom."""

    def __init__(self, side: Side) -> None:
        super().__init__()
        self._side = side
        self._points, self._frame = Points(), QRectF()
        self.setVisible(False)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_points(self, points: Points | None, size: tuple[int, int]) -> None:
        """Show these over a photo of (width, height) px; None for none."""
        self.prepareGeometryChange()
        edge = max(size) / 8
        self._frame = QRectF(-edge, -edge, size[0] + 2 * edge, size[1] + 2 * edge)
        self._points = points or Points()
        self.setOpacity(1.0 if points is not None else 0.0)
        self.update()

    def boundingRect(self) -> QRectF:
        return self._frame

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        world = painter.worldTransform()
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, point in enumerate(self._points.placed[self._side], start=1):
            _draw(painter, world.map(QPointF(*point)), str(number))
        painter.restore()


def _draw(painter: QPainter, at: QPointF, number: str) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, wide in ((_CASING, 4.6), (QColor("#FFFFFF"), 2.0)):
        painter.setPen(QPen(ink, wide))
        painter.drawEllipse(at, RING_PX, RING_PX)
    painter.setPen(Qt.PenStyle.NoPen)
    for ink, wide in ((_CASING, 2.8), (QColor("#FFFFFF"), 1.5)):
        painter.setBrush(ink)
        painter.drawEllipse(at, wide, wide)
    plate = QRectF(at.x() + RING_PX + 1, at.y() - RING_PX - PLATE_PX, PLATE_PX + 6 * (len(number) - 1), PLATE_PX)
    rounded(painter, plate, 4, "#1A1A1A")
    painter.setFont(font(TextRole.SMALL, weight=600, size_px=12))
    painter.setPen(QColor("#FFFFFF"))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, number)
