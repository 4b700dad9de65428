"""What drawings are made of: paths in a figure's own units, each with the body site it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF, QTransform

from photodesk.photos import BODY_SITES, Laterality

Points = Sequence[tuple[float, float]]
_BY_NAME = {site.name: site.code for site in BODY_SITES}


@dataclass(frozen=True)
class Shape:
    """A part of a figure that can be pointed at. Later shapes lie on top of earlier ones."""

    code: str
    path: QPainterPath

    @property
    def middle(self) -> QPointF:
        """Where the keyboard stands and a count is shown."""
        return self.path.boundingRect().center()


@dataclass(frozen=True)
class Figure:
    """One drawing of `width` × `height` units; `words` stand below it."""

    name: str
    words: str
    width: float
    height: float
    shapes: tuple[Shape, ...]

    def shape(self, code: str) -> Shape | None:
        """The part that stands for a site."""
        return next((shape for shape in self.shapes if shape.code == code), None)

    def hit(self, at: QPointF) -> Shape | None:
        """The topmost part at a point in units."""
        return next((shape for shape in reversed(self.shapes) if shape.path.contains(at)), None)


def site(name: str) -> str:
    """The code of a site by its name, so that drawings can be read."""
    return _BY_NAME[name]


def sided(name: str, side: Laterality) -> str:
    """The code of `right knee` or `left knee`."""
    return _BY_NAME[f"{side.capitalize()} {name}"]


def polygon(points: Points) -> QPainterPath:
    """Straight lines."""
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    return path


def rounded_through(points: Points) -> QPainterPath:
    """A closed curve that passes the middle of every edge."""
    corners = [QPointF(x, y) for x, y in points]
    path = QPainterPath((corners[-1] + corners[0]) / 2)
    for now, following in zip(corners, corners[1:] + corners[:1], strict=True):
        path.quadTo(now, (now + following) / 2)
    path.closeSubpath()
    return path


def oval(x: float, y: float, rx: float, ry: float) -> QPainterPath:
    """An ellipse about a point."""
    path = QPainterPath()
    path.addEllipse(QPointF(x, y), rx, ry)
    return path


def bar(x: float, y: float, width: float, height: float, angle: float = 0.0) -> QPainterPath:
    """A capsule about a point, turned clockwise by `angle` degrees."""
    path = QPainterPath()
    radius = min(width, height) / 2
    path.addRoundedRect(QRectF(-width / 2, -height / 2, width, height), radius, radius)
    return QTransform().translate(x, y).rotate(angle).map(path)


def box(left: float, top: float, right: float, bottom: float) -> QPainterPath:
    """A rectangle by its edges."""
    return polygon(((left, top), (right, top), (right, bottom), (left, bottom)))


def together(paths: Iterable[QPainterPath]) -> QPainterPath:
    """One path of many."""
    whole = QPainterPath()
    for path in paths:
        whole = whole.united(path)
    return whole


def mirrored(path: QPainterPath, middle: float) -> QPainterPath:
    """Left and right exchanged about a vertical line."""
    return QTransform(-1, 0, 0, 1, 2 * middle, 0).map(path)


def both(middle: float, path: QPainterPath, right_at_left: bool, name: str) -> tuple[Shape, Shape]:
    """A path drawn right of the middle, and its mirror image; the patient's right is at the viewer's left or not."""
    here, there = (Laterality.LEFT, Laterality.RIGHT) if right_at_left else (Laterality.RIGHT, Laterality.LEFT)
    return Shape(sided(name, here), path), Shape(sided(name, there), mirrored(path, middle))
