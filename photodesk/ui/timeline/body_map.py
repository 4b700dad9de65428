"""The body from the front and the back with a count at every site that has photos."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from photodesk.photos import BODY_SITES
from photodesk.ui.controls.painting import rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.theme import DESK
from photodesk.ui.timeline.model import SiteCount

HEIGHT_PX, FIGURE_HEIGHT_PX, FIGURE_WIDTH_PX = 200, 160, 78
_LEAST_APART_PX = 17
# half an outline, (x, y) in shares from the middle line: neck, shoulder, arm, hand, armpit, waist, hip, leg, foot
_HALF = (
    (0.05, 0.135),
    (0.06, 0.165),
    (0.19, 0.19),
    (0.245, 0.225),
    (0.27, 0.33),
    (0.335, 0.43),
    (0.375, 0.55),
    (0.335, 0.585),
    (0.285, 0.53),
    (0.215, 0.40),
    (0.175, 0.30),
    (0.165, 0.42),
    (0.195, 0.53),
    (0.185, 0.68),
    (0.155, 0.80),
    (0.135, 0.95),
    (0.16, 0.985),
    (0.06, 0.985),
    (0.045, 0.80),
    (0.02, 0.57),
)


@dataclass(frozen=True)
class Badge:
    """A count on a figure. `x`, `y` are shares of the figure."""

    code: str
    count: int
    side: str
    x: float
    y: float


def badges(counts: tuple[SiteCount, ...]) -> tuple[Badge, ...]:
    """Where each site's count stands; sites unknown to the map have none."""
    places = {site.code: site for site in BODY_SITES}
    found = []
    for each in counts:
        site = places.get(each.code)
        if site is not None:
            found.append(Badge(site.code, each.count, site.map_side, site.map_x, site.map_y))
    return tuple(found)


class BodyMap(QWidget):
    """`chosen` carries the code of the site clicked. The list below says the same in words, for the keyboard."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._badges: tuple[Badge, ...] = ()
        self._site = ""
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName("Body map")

    def show_counts(self, counts: tuple[SiteCount, ...], site: str) -> None:
        """Show counts; `site` is the one filtered by."""
        self._badges, self._site = badges(counts), site
        self.update()

    def _figure(self, side: str) -> QRectF:
        quarter = self.width() / 4
        middle = quarter if side == "front" else 3 * quarter
        return QRectF(middle - FIGURE_WIDTH_PX / 2, 8, FIGURE_WIDTH_PX, FIGURE_HEIGHT_PX)

    def places(self) -> list[tuple[Badge, QPointF]]:
        """Badges with their middle in px; those that would cover another move down."""
        placed: list[tuple[Badge, QPointF]] = []
        for badge in self._badges:
            box = self._figure(badge.side)
            at = QPointF(box.left() + badge.x * box.width(), box.top() + badge.y * box.height())
            while any((at - other).manhattanLength() < _LEAST_APART_PX for _, other in placed):
                at += QPointF(0, 6)
            placed.append((badge, at))
        return placed

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for badge, at in self.places():
            if (event.position() - at).manhattanLength() < 16:
                self.chosen.emit("" if badge.code == self._site else badge.code)
                return

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for side, words in (("front", "Front"), ("back", "Back")):
            box = self._figure(side)
            painter.setPen(QPen(QColor("#B8B8B8"), 1))
            painter.setBrush(QColor("#E2E2E2"))
            painter.drawPath(outline(box))
            head = QRectF(box.center().x() - 9.5, box.top(), 19, 23)
            painter.drawEllipse(head)
            painter.setFont(font(TextRole.CAPTION))
            painter.setPen(QColor(DESK.ink3))
            foot = QRectF(box.left(), box.bottom() + 8, box.width(), 18)
            painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, words)
        painter.setFont(font(TextRole.HINT, weight=600))
        for badge, at in self.places():
            words = str(badge.count)
            wide = max(16.0, painter.fontMetrics().horizontalAdvance(words) + 8)
            plate = QRectF(at.x() - wide / 2, at.y() - 8, wide, 16)
            rounded(painter, plate, 8, DESK.accent if badge.code == self._site else DESK.ink2)
            painter.setPen(QColor("#FFFFFF"))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)


def outline(box: QRectF) -> QPainterPath:
    """The figure without its head."""
    middle = box.center().x()
    right = [QPointF(middle + x * box.width() * 1.18, box.top() + y * box.height()) for x, y in _HALF]
    left = [QPointF(2 * middle - point.x(), point.y()) for point in reversed(right)]
    points = right + left
    path = QPainterPath((points[-1] + points[0]) / 2)
    for now, following in zip(points, points[1:] + points[:1], strict=True):
        path.quadTo(now, (now + following) / 2)
    path.closeSubpath()
    return path
