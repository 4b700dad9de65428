"""Light matched by what a person drags over: the same grey patch in both photos, or field by field of a colour chart.

One pair of patches is a grey patch, more are the fields of a chart, of which the middle counts. Display only.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from photodesk.compare.light_match import Region, Source
from photodesk.ui.compare.light import LightMatching
from photodesk.ui.compare.model import CompareModel, Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.panes import Panes
from photodesk.ui.compare.photo_canvas import PhotoCanvas

LEAST_DRAG_PX = 6.0
FIRST = "Drag over the same grey patch in A and in B. Enter ends, Esc shows B as it was."
MORE = "Matched. For a colour chart go on field by field, each in A and in B. Enter ends, Esc shows B as it was."
OTHER = "Now the same patch in {side}."
_CASING = QColor(0, 0, 0, 191)


class PatchLayer(QGraphicsItem):
    """The patches of one photo, in px of its original; lines of one width at every zoom."""

    def __init__(self) -> None:
        super().__init__()
        self._patches: tuple[QRectF, ...] = ()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_patches(self, patches: tuple[QRectF, ...]) -> None:
        """Show these, px."""
        self.prepareGeometryChange()
        self._patches = patches
        self.update()

    def boundingRect(self) -> QRectF:
        whole = QRectF()
        for patch in self._patches:
            whole = whole.united(patch)
        edge = max(whole.width(), whole.height()) / 4
        return whole.adjusted(-edge, -edge, edge, edge)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        world = painter.worldTransform()
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for patch in self._patches:
            box = world.mapToPolygon(patch.toAlignedRect())
            for ink, wide in ((_CASING, 4.6), (QColor("#FFFFFF"), 2.0)):
                painter.setPen(QPen(ink, wide))
                painter.drawPolygon(box)
        painter.restore()


class PatchHand:
    """The mouse over one pane: a drag marks a patch."""

    def __init__(self, owner: Patches, side: Side) -> None:
        self._owner, self._side = owner, side
        self._from: QPointF | None = None

    def press(self, canvas: PhotoCanvas, event: QMouseEvent) -> bool:
        """A corner."""
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        self._from = event.position()
        return True

    def move(self, canvas: PhotoCanvas, event: QMouseEvent) -> bool:
        """The other corner follows."""
        if self._from is not None:
            self._owner.draw(self._side, _patch(canvas, self._from, event.position()))
        return self._from is not None

    def release(self, canvas: PhotoCanvas, event: QMouseEvent) -> bool:
        """Marked, unless it was no drag."""
        began, self._from = self._from, None
        if began is None:
            return False
        by = event.position() - began
        if min(abs(by.x()), abs(by.y())) >= LEAST_DRAG_PX:
            self._owner.mark(self._side, _patch(canvas, began, event.position()))
        else:
            self._owner.draw(self._side, None)
        return True


class Patches(QObject):
    """`tell` says what to do next, "" when there is nothing to do; `say` what was not possible."""

    def __init__(
        self,
        model: CompareModel,
        panes: Panes,
        light: LightMatching,
        tell: Callable[[str], None],
        say: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._model, self._panes, self._light, self._tell, self._say = model, panes, light, tell, say
        self.active = False
        self.marked: dict[Side, list[QRectF]] = {side: [] for side in Side}
        self._pair = model.pair()
        self._hands = {side: PatchHand(self, side) for side in Side}
        self._layers = {side: PatchLayer() for side in Side}
        for side, layer in self._layers.items():
            panes.canvases[side].add_layer(layer)

    def toggle(self) -> None:
        """Begin to mark, or end."""
        if self.active:
            self.end()
        elif self._model.mode is not Mode.SIDE_BY_SIDE or self._panes.instead is not None:
            self._say("Patches are marked in two photos beside each other. Press 1 with two photos.")
        elif not all(map(all, self._model.sizes())):
            self._say("The size of a photo is not known: no patch can be marked in it.")
        else:
            self.active, self._pair = True, self._model.pair()
            for side, hand in self._hands.items():
                self._panes.canvases[side].take_hand(hand)
                self._panes.canvases[side].viewport().setCursor(Qt.CursorShape.CrossCursor)
            self._tell(FIRST)

    def end(self, *, forget: bool = False) -> bool:
        """No more patches; the match stays, unless it is to be forgotten. Whether any were being marked."""
        if not self.active:
            return False
        self.active = False
        for side, hand in self._hands.items():
            self._panes.canvases[side].take_hand(None, before=hand)
            self._panes.canvases[side].viewport().unsetCursor()
            self.marked[side] = []
            self.draw(side, None)
        self._tell("")
        if forget and self._model.light is not None:
            self._light.toggle()
        return True

    def pair_changed(self) -> None:
        """Patches belong to one pair and one way of seeing it."""
        if self.active and (self._pair != self._model.pair() or self._model.mode is not Mode.SIDE_BY_SIDE):
            self.end()

    def draw(self, side: Side, patch: QRectF | None) -> None:
        """Show what is marked, and one that is being dragged."""
        self._layers[side].setVisible(True)
        self._layers[side].show_patches((*self.marked[side], *([patch] if patch is not None else [])))

    def mark(self, side: Side, patch: QRectF) -> None:
        """A patch is dragged. Of two in a row on one side the last counts."""
        mine, other = self.marked[side], self.marked[side.other]
        if len(mine) > len(other):
            mine.pop()
        mine.append(patch)
        self.draw(side, None)
        if len(mine) != len(other):
            self._tell(OTHER.format(side=side.other.value))
            return
        source = Source.PATCH if len(mine) == 1 else Source.CHART
        regions = [
            tuple(_region(each, size) for each in self.marked[of])
            for of, size in zip(Side, self._model.sizes(), strict=True)
        ]
        self._light.match_by(source, regions[0], regions[1])
        self._tell(MORE)


def _patch(canvas: PhotoCanvas, one: QPointF, other: QPointF) -> QRectF:
    """The px of the original that a drag goes over, the box around them where the photo is turned."""
    corners = [one, QPointF(one.x(), other.y()), other, QPointF(other.x(), one.y())]
    points = [canvas.photo_point(corner) for corner in corners]
    across, down = [point.x() for point in points], [point.y() for point in points]
    return QRectF(QPointF(min(across), min(down)), QPointF(max(across), max(down)))


def _region(patch: QRectF, size: tuple[int, int]) -> Region:
    """As shares of the photo, inside it."""
    width, height = size

    def share(value: float, whole: int) -> float:
        return min(1.0, max(0.0, value / whole))

    return (
        share(patch.left(), width),
        share(patch.top(), height),
        share(patch.right(), width),
        share(patch.bottom(), height),
    )
