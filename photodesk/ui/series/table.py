"""Paints the grid: dates stay above, views stay at the left, thumbnails only where they are seen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from photodesk.ui.controls.painting import rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import paint_icon
from photodesk.ui.picture_source import PictureSource
from photodesk.ui.series.model import Place, SeriesModel, ViewRow
from photodesk.ui.theme import VIEWING
from photodesk.ui.timeline.geometry import well_height
from photodesk.ui.timeline.sections import site_name
from photodesk.ui.words import day_words

SMALLEST_PX, LARGEST_PX = 140, 220
GAP_PX, SIDE_PX, TOP_PX = 16, 196, 64
ASK_AFTER_MS = 25
_LEFT, _MIDDLE = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignVCenter


class SeriesTable(QAbstractScrollArea):
    """`picked` carries a `Place` that was clicked, `swept` two of them, `opened` one that was clicked twice."""

    picked = Signal(object)
    swept = Signal(object)
    opened = Signal(object)

    def __init__(self, model: SeriesModel, source: PictureSource) -> None:
        super().__init__()
        self._model, self._source = model, source
        self._wide, self._high = SMALLEST_PX, well_height(SMALLEST_PX)
        self._pressed: Place | None = None
        self._sweeping = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Views and visits")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self._ask = QTimer(self, singleShot=True, interval=ASK_AFTER_MS)
        self._ask.timeout.connect(self.ask_for_visible)
        source.changed.connect(self.viewport().update)

    def rebuild(self) -> None:
        """Rows, columns or the size have changed."""
        room = self.viewport().size()
        fitting = (room.width() - SIDE_PX - GAP_PX) // max(1, len(self._model.columns)) - GAP_PX
        self._wide = min(LARGEST_PX, max(SMALLEST_PX, fitting))
        self._high = well_height(self._wide)
        self._source.set_size(self._wide, self._high, self.devicePixelRatioF())
        for bar, count, pitch, head, length in (
            (self.horizontalScrollBar(), len(self._model.columns), self._pitch[0], SIDE_PX, room.width()),
            (self.verticalScrollBar(), len(self._model.rows), self._pitch[1], TOP_PX, room.height()),
        ):
            bar.setRange(0, max(0, count * pitch + GAP_PX - max(0, length - head)))
            bar.setPageStep(max(pitch, length - head))
            bar.setSingleStep(pitch // 3)
        self._ask.start()
        self.viewport().update()

    @property
    def _pitch(self) -> tuple[int, int]:
        """From one cell to the next, across and down."""
        return self._wide + GAP_PX, self._high + GAP_PX

    # -- geometry -------------------------------------------------------------------------------------------------

    def well(self, place: Place) -> QRect:
        """Where a cell's well lies in the viewport."""
        left = SIDE_PX + GAP_PX // 2 + place.column * self._pitch[0] - self.horizontalScrollBar().value()
        top = TOP_PX + GAP_PX // 2 + place.row * self._pitch[1] - self.verticalScrollBar().value()
        return QRect(left, top, self._wide, self._high)

    def place_at(self, point: QPoint) -> Place | None:
        """The cell at a point of the viewport."""
        if point.x() < SIDE_PX or point.y() < TOP_PX:
            return None
        column = (point.x() - SIDE_PX + self.horizontalScrollBar().value()) // self._pitch[0]
        row = (point.y() - TOP_PX + self.verticalScrollBar().value()) // self._pitch[1]
        inside = column < len(self._model.columns) and row < len(self._model.rows)
        return Place(row, column) if inside else None

    def visible_columns(self) -> range:
        """Columns that are seen."""
        return _seen(
            self.horizontalScrollBar().value(),
            self._pitch[0],
            self.viewport().width() - SIDE_PX,
            len(self._model.columns),
        )

    def visible_rows(self) -> range:
        """Rows that are seen."""
        return _seen(
            self.verticalScrollBar().value(), self._pitch[1], self.viewport().height() - TOP_PX, len(self._model.rows)
        )

    def visible_photos(self) -> tuple[str, ...]:
        """Ids of the thumbnails that are seen."""
        places = (Place(row, column) for row in self.visible_rows() for column in self.visible_columns())
        return tuple(photo.photo_id for photo in map(self._model.photo, places) if photo is not None)

    def ask_for_visible(self) -> None:
        """Ask the gate for what is seen now, as one batch."""
        if self.isVisible():
            self._source.want(self.visible_photos())

    def show_place(self, place: Place) -> None:
        """Scroll as little as needed to show a cell whole."""
        well, view = self.well(place), self.viewport().rect()
        for bar, low, high, first, last in (
            (self.horizontalScrollBar(), SIDE_PX, view.width(), well.left(), well.right()),
            (self.verticalScrollBar(), TOP_PX, view.height(), well.top(), well.bottom()),
        ):
            if first - GAP_PX // 2 < low:
                bar.setValue(bar.value() + first - GAP_PX // 2 - low)
            elif last + GAP_PX // 2 > high:
                bar.setValue(bar.value() + last + GAP_PX // 2 - high)
        self.viewport().update()

    # -- events ---------------------------------------------------------------------------------------------------

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        if not self._ask.isActive():
            self._ask.start()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rebuild()
        if self._model.focus is not None:
            self.show_place(self._model.focus)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        self._pressed, self._sweeping = self.place_at(event.position().toPoint()) if left else None, False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.place_at(event.position().toPoint())
        if self._pressed is not None and over is not None and (self._sweeping or over != self._pressed):
            self._sweeping = True
            self.swept.emit((self._pressed, over))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if self._pressed is not None and not self._sweeping:
            self.picked.emit(self._pressed)
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        if place is not None and self._model.photo(place) is not None:
            self.opened.emit(place)

    # -- painting -------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        box = self.viewport().rect()
        painter.fillRect(box, QColor(VIEWING.bg))
        painter.setClipRect(box.adjusted(SIDE_PX, TOP_PX, 0, 0))
        for row in self.visible_rows():
            for column in self.visible_columns():
                self._cell(painter, Place(row, column))
        painter.setClipRect(box.adjusted(SIDE_PX, 0, 0, 0))
        for column in self.visible_columns():
            _paint_date(painter, self._model, column, self.well(Place(0, column)).left(), self._wide)
        painter.setClipRect(box.adjusted(0, TOP_PX, 0, 0))
        for row in self.visible_rows():
            _paint_view(painter, self._model.rows[row], self.well(Place(row, 0)).center().y())
        painter.setClipping(False)
        painter.fillRect(0, TOP_PX - 1, box.width(), 1, QColor(VIEWING.line))
        painter.fillRect(SIDE_PX - 1, 0, 1, box.height(), QColor(VIEWING.line))

    def _cell(self, painter: QPainter, place: Place) -> None:
        well, photo, letter = self.well(place), self._model.photo(place), self._model.letter(place)
        if letter:
            rounded(painter, QRectF(well).adjusted(-5, -5, 5, 5), 6, None, "#FFFFFF", 3)
        if place == self._model.focus:
            rounded(
                painter, QRectF(well).adjusted(-7.5, -7.5, 7.5, 7.5), 8, None, VIEWING.ink3 if letter else "#FFFFFF", 2
            )
        if photo is None:
            self._gap(painter, place, well)
            return
        pixmap = self._source.pixmap(photo.photo_id)
        if pixmap is not None:
            painter.drawPixmap(well, pixmap)
        else:
            rounded(painter, QRectF(well), 3, VIEWING.well)
            if photo.facts.undecodable or self._source.missing(photo.photo_id):
                coming = self._source.coming(photo.photo_id)
                icon = "clock" if coming else "file-x"
                paint_icon(painter, icon, QRectF(well.center().x() - 11, well.center().y() - 24, 22, 22), VIEWING.ink2)
                _words(
                    painter,
                    "Not here yet" if coming else "Cannot be shown",
                    TextRole.CAPTION,
                    VIEWING.ink2,
                    well.adjusted(4, 40, -4, 0),
                    centred=True,
                )
        if letter:
            _plate(painter, QRectF(well.left() + 6, well.top() + 6, 24, 24), letter)
        count = len(self._model.photos(place))
        if count > 1:
            _plate(painter, QRectF(well.right() - 29, well.top() + 6, 24, 24), str(count), "#1A1A1A", "#F2F2F2")

    def _gap(self, painter: QPainter, place: Place, well: QRect) -> None:
        missing = self._model.missing(place)
        rounded(painter, QRectF(well), 3, None, VIEWING.line2 if missing else VIEWING.line)
        if missing:
            row = self._model.rows[place.row]
            middle = self._high // 2
            upper, lower = well.adjusted(6, middle - 20, -6, 0), well.adjusted(6, middle, -6, 0)
            upper.setHeight(18)
            lower.setHeight(18)
            _words(painter, row.words, TextRole.SMALL, VIEWING.ink2, upper, centred=True)
            _words(painter, "missing", TextRole.SMALL, VIEWING.ink3, lower, centred=True)


def _paint_date(painter: QPainter, model: SeriesModel, column: int, left: int, wide: int) -> None:
    """The head of a visit: its date, how long after the one before, what it lacks."""
    lacks = model.lacks(column)
    below = " · ".join(filter(None, (model.apart(column), f"{lacks} missing" if lacks else "")))
    day = day_words(model.columns[column].day)
    _words(painter, day, TextRole.BODY_STRONG, VIEWING.ink, QRect(left, 12, wide, 20))
    _words(painter, below, TextRole.CAPTION, VIEWING.ink3, QRect(left, 34, wide, 18))


def _paint_view(painter: QPainter, view: ViewRow, middle: int) -> None:
    """The head of a row: the view and its site."""
    wide = SIDE_PX - 32
    _words(painter, view.words, TextRole.BODY_STRONG, VIEWING.ink, QRect(20, middle - 22, wide, 20))
    _words(painter, site_name(view.site), TextRole.SMALL, VIEWING.ink3, QRect(20, middle, wide, 18))


def _plate(painter: QPainter, box: QRectF, words: str, ground: str = "#F2F2F2", ink: str = "#1A1A1A") -> None:
    """A letter or a number on a plate."""
    rounded(painter, box, 4, ground)
    painter.setFont(font(TextRole.SMALL, weight=600))
    painter.setPen(QColor(ink))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def _words(painter: QPainter, words: str, role: TextRole, ink: str, box: QRect, *, centred: bool = False) -> None:
    """One line, shortened where it is long."""
    painter.setFont(font(role))
    painter.setPen(QColor(ink))
    shown = QFontMetrics(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, (Qt.AlignmentFlag.AlignHCenter if centred else _LEFT) | _MIDDLE, shown)


def _seen(offset: int, pitch: int, length: int, count: int) -> range:
    """Which of `count` things of size `pitch` are seen in a window of `length` at `offset`."""
    return range(min(count, max(0, offset // pitch)), min(count, max(0, -(-(offset + length) // pitch))))
