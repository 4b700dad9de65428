"""The vector layer over one photo of a canvas: lines of constant width on the screen, at every zoom and laying.

Marks are upright pixels of their own photo's original, centres at integers; the canvas has pixel edges at integers.
Where a photo is drawn into another one's frame, its marks go through the same matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from photodesk.photos.comparison import Rows
from photodesk.photos.marks import Mark, MarkKind, Point, Scale
from photodesk.ui.compare.photo_canvas import PhotoCanvas, PhotoItem
from photodesk.ui.marks.drafting import Draft
from photodesk.ui.marks.model import MarksModel
from photodesk.ui.marks.plates import bar_box, draw_bar, draw_plate, place_plate, plate_size
from photodesk.ui.marks.strokes import draw_dot, shape_of, stroke
from photodesk.ui.marks.words import groups, plate_lines

LAYER_Z = 10.0
HANDLES_APART_PX, MANY = 22, 64


@dataclass(frozen=True)
class Seen:
    """What a layer shows: the photo, and the matrix it is drawn through (None: as taken). No id shows nothing.

    `letter` stands on its plates where two photos share a canvas.
    """

    photo_id: str
    matrix: Rows | None = None
    bar: bool = True
    dashed: bool = False
    letter: str = ""


class PhotoLayer(QGraphicsItem):
    """Paints the marks of the photo that `item` of `canvas` shows now; `seen` says which that is."""

    def __init__(
        self,
        canvas: PhotoCanvas,
        item: PhotoItem,
        seen: Callable[[], Seen],
        model: MarksModel,
        draft: Callable[[], Draft | None],
        page: QWidget,
    ) -> None:
        super().__init__()
        self._page = page
        self.canvas, self.item = canvas, item
        self._seen, self._model, self._draft = seen, model, draft
        self._told: dict[tuple[object, ...], tuple[str, ...]] = {}
        self.plates: list[QRectF] = []
        self.below: tuple[PhotoLayer, ...] = ()
        self.setZValue(LAYER_Z)
        canvas.scene().addItem(self)

    # -- where things lie -----------------------------------------------------------------------------------------

    def photo_id(self) -> str:
        """The photo it is about now; "" while nothing is shown."""
        return self._seen().photo_id if self.item.isVisible() and self.item.image is not None else ""

    def to_pane(self) -> QTransform:
        """Marks of the photo to px of the canvas."""
        matrix = self._seen().matrix
        onto = QTransform.fromTranslate(0.5, 0.5) * self.item.sceneTransform()
        return onto if matrix is None else transform_of(matrix) * onto

    def to_photo(self, at: QPointF) -> Point | None:
        """The photo's own pixel under a point of the canvas; None where there is none."""
        back, known = self.to_pane().inverted()
        if not known or not self.photo_id():
            return None
        point = back.map(at)
        return point.x(), point.y()

    def px_per_px(self) -> float:
        """Canvas px one pixel of the photo covers across, in the middle of the canvas."""
        return self.px_along(1.0, 0.0)

    def px_along(self, across: float, down: float) -> float:
        """Canvas px that a step of so many photo pixels covers, in the middle of the canvas."""
        middle = self.to_photo(self.boundingRect().center())
        if middle is None:
            return 0.0
        place = self.to_pane()
        step = place.map(QPointF(middle[0] + across, middle[1] + down)) - place.map(QPointF(*middle))
        return float((step.x() ** 2 + step.y() ** 2) ** 0.5)

    def mm_per_px(self) -> float:
        """Millimetres a px of the canvas covers across the photo; 0 without a scale."""
        scale = self._model.scale(self.photo_id())
        along = self.px_per_px()
        return scale.across_mm / along if scale is not None and along > 0 else 0.0

    @property
    def presented(self) -> bool:
        """Whether the canvas is in another window than its page: patients see it, and no words that somebody typed."""
        return self.canvas.window() is not self._page.window()

    def covers(self, at: QPointF) -> bool:
        """Whether this photo is the one seen at a point of the canvas."""
        clip = self.item.clip
        return bool(self.photo_id()) and (clip is None or clip.contains(at))

    # -- painting -------------------------------------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, *self.canvas.pane())

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        photo_id = self.photo_id()
        self.plates = []
        if not photo_id:
            return
        pane, seen = self.boundingRect(), self._seen()
        if self.item.clip is not None:
            painter.setClipPath(self.item.clip, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = self.to_pane()
        hidden = {MarkKind.TEXT} if self.presented else set()
        marks = tuple(mark for mark in self._model.of(photo_id) if mark.kind not in hidden)
        shapes = {mark.mark_id: shape_of(mark.kind, mark.points, place) for mark in marks}
        for mark in marks:
            stroke(painter, shapes[mark.mark_id], dashed=seen.dashed)
        for mark in marks:
            self._dots(painter, mark, place)
        self._paint_draft(painter, photo_id, place)
        self._paint_plates(painter, pane, marks, shapes)
        per_px = self.mm_per_px()
        if per_px > 0 and seen.bar:
            draw_bar(painter, bar_box(pane, per_px), per_px)

    def _dots(self, painter: QPainter, mark: Mark, place: QTransform) -> None:
        chosen = self._model.measuring and not self.presented and mark.mark_id == self._model.selected
        if chosen:
            for index in self.handles(mark):
                draw_dot(painter, place.map(QPointF(*mark.points[index])), filled=index in mark.pinned)
        elif mark.kind is MarkKind.LENGTH:
            for point in (mark.points[0], mark.points[-1]):
                draw_dot(painter, place.map(QPointF(*point)))

    def handles(self, mark: Mark) -> tuple[int, ...]:
        """Indexes of the points that can be taken: all of them, of a dense outline some, and more when it is nearer."""
        place = self.to_pane()
        kept: list[int] = []
        last: QPointF | None = None
        for index, point in enumerate(mark.points):
            at = place.map(QPointF(*point))
            far = last is None or (at - last).manhattanLength() >= HANDLES_APART_PX
            if far or index in mark.pinned or mark.kind is not MarkKind.OUTLINE:
                kept.append(index)
                last = at
        return tuple(kept)

    def _paint_draft(self, painter: QPainter, photo_id: str, place: QTransform) -> None:
        draft = self._draft()
        if draft is None or draft.photo_id != photo_id or not draft.points or self.presented:
            return
        points = draft.shown()
        kind = draft.tool.kind or MarkKind.LENGTH
        if kind is MarkKind.OUTLINE and not draft.line:
            path = QPainterPath()
            path.addPolygon(place.map(QPolygonF([QPointF(*point) for point in points])))
            stroke(painter, path)
        elif len(points) > 1:
            stroke(painter, shape_of(kind, points, place))
        if len(draft.points) <= MANY:
            for index, point in enumerate(draft.points):
                draw_dot(painter, place.map(QPointF(*point)), filled=index in draft.pinned)

    def _paint_plates(
        self, painter: QPainter, pane: QRectF, marks: Sequence[Mark], shapes: dict[str, QPainterPath]
    ) -> None:
        scale = self._model.scale(self.photo_id())
        per_px, letter = self.mm_per_px(), self._seen().letter
        taken = [plate for layer in self.below for plate in layer.plates]
        taken += [bar_box(pane, per_px)] if per_px > 0 else []
        room = pane if self.item.clip is None else self.item.clip.boundingRect().intersected(pane)
        for group in groups(marks):
            full = self._model.measuring and any(mark.mark_id == self._model.selected for mark in group)
            lines = self._lines(group, scale, full)
            whole = QPainterPath()
            for mark in group:
                whole.addPath(shapes[mark.mark_id])
            if not lines or not whole.controlPointRect().adjusted(-1, -1, 1, 1).intersects(room):
                continue
            lines = (f"{letter}  {lines[0]}", *lines[1:]) if letter else lines
            box = place_plate(plate_size(lines), whole, room, taken)
            draw_plate(painter, box, lines)
            taken.append(box)
            self.plates.append(box)

    def _lines(self, group: tuple[Mark, ...], scale: Scale | None, full: bool) -> tuple[str, ...]:
        key = (group, scale, full)
        if key not in self._told:
            if len(self._told) > MANY:
                self._told.clear()
            self._told[key] = plate_lines(group, scale, full=full)
        return self._told[key]


def transform_of(matrix: Rows) -> QTransform:
    """A 3 × 3 matrix for columns as Qt's for rows."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    return QTransform(a, d, g, b, e, h, c, f, i)
