"""Drawings of the body side by side: hovering names a site, a click or `Enter` chooses it, arrow keys go from one to
the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QTransform
from PySide6.QtWidgets import QWidget

from photodesk.photos import body_site
from photodesk.ui.body.figures import figure, shown_as
from photodesk.ui.body.shapes import Shape
from photodesk.ui.controls.painting import draw_focus_ring, rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.theme import DESK

CAPTION_PX, BADGE_PX = 18, 16
_FILL, _LINE, _OVER, _CHOSEN = "#E2E2E2", "#B8B8B8", "#CDCDCD", "#A8A8A8"
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


@dataclass(frozen=True)
class Placed:
    """A drawing and the box in px that it fills, its words below."""

    name: str
    box: QRectF

    @property
    def transform(self) -> QTransform:
        """Units of the drawing to px of the widget."""
        drawn = figure(self.name)
        scale = min(self.box.width() / drawn.width, (self.box.height() - CAPTION_PX) / drawn.height)
        left = self.box.left() + (self.box.width() - scale * drawn.width) / 2
        return QTransform.fromTranslate(left, self.box.top()).scale(scale, scale)


class SiteMap(QWidget):
    """`chosen` carries a site's code, `pointed` the code under the mouse or the keyboard, empty when there is none."""

    chosen = Signal(object)
    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._placed: tuple[Placed, ...] = ()
        self._counts: Mapping[str, int] = {}
        self._site, self._over = "", ""
        self._stands: tuple[str, str] | None = None  # drawing, code where the keyboard is
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Body map")

    def place(self, placed: tuple[Placed, ...]) -> None:
        """Show these drawings."""
        self._placed = placed
        names = {each.name for each in placed}
        if self._stands is not None and self._stands[0] not in names:
            self._stands = None
        self.update()

    def show_sites(self, chosen: str, counts: Mapping[str, int] | None = None) -> None:
        """The site that is chosen now, and how many photos each site has."""
        self._site, self._counts = chosen, counts or {}
        self.update()

    @property
    def over(self) -> str:
        """The code under the mouse or the keyboard."""
        return self._over

    def parts(self) -> list[tuple[Placed, Shape]]:
        """Everything that can be pointed at."""
        return [(each, shape) for each in self._placed for shape in figure(each.name).shapes]

    def where(self, code: str) -> QPointF | None:
        """The middle of a part in px."""
        for each, shape in self.parts():
            if shape.code == code:
                return each.transform.map(shape.middle)
        return None

    def badges(self) -> list[tuple[str, int, QPointF]]:
        """(code to choose, count, middle in px), one a part; what would cover another moves down."""
        names = tuple(each.name for each in self._placed)
        totals: dict[tuple[str, str], list[tuple[str, int]]] = {}
        for code, count in self._counts.items():
            at = shown_as(code, names)
            if at is not None:
                totals.setdefault(at, []).append((code, count))
        placed: list[tuple[str, int, QPointF]] = []
        for (name, part), held in totals.items():
            each = next(one for one in self._placed if one.name == name)
            shape = figure(name).shape(part)
            if shape is None:
                continue
            middle = each.transform.map(shape.middle)
            while any((middle - other).manhattanLength() < BADGE_PX + 1 for _, _, other in placed):
                middle += QPointF(0, 6)
            placed.append((held[0][0] if len(held) == 1 else part, sum(count for _, count in held), middle))
        return placed

    def code_at(self, at: QPointF) -> str:
        """The site at a point: its count first, then the drawing."""
        for code, _, middle in self.badges():
            if (at - middle).manhattanLength() < BADGE_PX / 2 + 2:
                return code
        for each in self._placed:
            back, possible = each.transform.inverted()
            shape = figure(each.name).hit(back.map(at)) if possible else None
            if shape is not None:
                return shape.code
        return ""

    # -- pointing -------------------------------------------------------------------------------------------------

    def _point(self, code: str) -> None:
        if code != self._over:
            self._over = code
            name = body_site(code).name if code else ""
            self.setToolTip(name)
            self.setAccessibleDescription(name)
            self.setCursor(Qt.CursorShape.PointingHandCursor if code else Qt.CursorShape.ArrowCursor)
            self.pointed.emit(code)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.code_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(self._stands[1] if self._stands is not None and self.hasFocus() else "")
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        code = self.code_at(event.position())
        if code and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(code)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self._stands is None:
            parts = self.parts()
            wanted = next((p for p in parts if p[1].code == self._site), parts[0] if parts else None)
            if wanted is not None:
                self._stand(*wanted)
        else:
            self._point(self._stands[1])
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._point("")
        super().focusOutEvent(event)

    def _stand(self, placed: Placed, shape: Shape) -> None:
        self._stands = (placed.name, shape.code)
        self._point(shape.code)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._step(*_STEPS[key])
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self._stands is not None:
            self.chosen.emit(self._stands[1])
        else:
            super().keyPressEvent(event)

    def _step(self, right: int, down: int) -> None:
        """The nearest part in a direction; what lies aside counts double."""
        here = self._standing_at()
        best: tuple[float, Placed, Shape] | None = None
        for each, shape in self.parts():
            if (each.name, shape.code) == self._stands:
                continue
            way = each.transform.map(shape.middle) - here
            ahead, aside = way.x() * right + way.y() * down, abs(way.x() * down) + abs(way.y() * right)
            if ahead > 0.5 and (best is None or ahead + 2 * aside < best[0]):
                best = ahead + 2 * aside, each, shape
        if best is not None:
            self._stand(best[1], best[2])

    def _standing_at(self) -> QPointF:
        for each, shape in self.parts():
            if (each.name, shape.code) == self._stands:
                return each.transform.map(shape.middle)
        return QPointF(0, 0)

    # -- painting -------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for each in self._placed:
            self._paint_figure(painter, each)
        painter.setFont(font(TextRole.HINT, weight=600))
        for code, count, middle in self.badges():
            words = str(count)
            wide = max(float(BADGE_PX), painter.fontMetrics().horizontalAdvance(words) + 8)
            plate = QRectF(middle.x() - wide / 2, middle.y() - 8, wide, BADGE_PX)
            rounded(painter, plate, 8, DESK.accent if code == self._site else DESK.ink2)
            painter.setPen(QColor("#FFFFFF"))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()).adjusted(2, 2, -2, -2), 4, DESK.accent)

    def _paint_figure(self, painter: QPainter, each: Placed) -> None:
        drawn, transform = figure(each.name), each.transform
        chosen = shown_as(self._site, (each.name,)) if self._site else None
        top: list[Shape] = []
        for shape in drawn.shapes:
            over = shape.code == self._over
            ink = _OVER if over else _CHOSEN if chosen == (each.name, shape.code) else _FILL
            painter.setPen(QPen(QColor(_LINE), 1))
            painter.setBrush(QColor(ink))
            painter.drawPath(transform.map(shape.path))
            if over:
                top.append(shape)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(DESK.ink2), 1.4))
        for shape in top:
            painter.drawPath(transform.map(shape.path))
        painter.setFont(font(TextRole.CAPTION))
        painter.setPen(QColor(DESK.ink3))
        foot = QRectF(each.box.left() - 10, each.box.bottom() - CAPTION_PX + 2, each.box.width() + 20, CAPTION_PX)
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, drawn.words)
