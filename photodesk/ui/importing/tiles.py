"""The grid of files: only what is visible is painted and asked for; an empty well until its view is logged."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QPainter, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from photodesk.ui.controls.painting import rounded
from photodesk.ui.controls.thumbnails import draw_cover, pixmap_of
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import paint_icon
from photodesk.ui.importing.model import Tile
from photodesk.ui.theme import DESK

TILE, CELL = QSize(146, 110), QSize(160, 148)
DWELL_MS = 150
Index = QModelIndex | QPersistentModelIndex


class TileModel(QAbstractListModel):
    """Tiles by row; pictures by shot id."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tiles: tuple[Tile, ...] = ()
        self.pictures: dict[str, QPixmap | None] = {}

    def show_tiles(self, tiles: tuple[Tile, ...]) -> None:
        """Show these; rows that stay the same are not painted again."""
        before, self.tiles = self.tiles, tiles
        if len(before) != len(tiles):
            self.beginResetModel()
            self.endResetModel()
            return
        for row, (old, new) in enumerate(zip(before, tiles, strict=True)):
            if old != new:
                self.dataChanged.emit(self.index(row), self.index(row))

    def took(self, pictures: dict[str, bytes], asked: tuple[str, ...]) -> None:
        """Pictures from the gate; asked for and absent means there is none."""
        for shot_id in asked:
            data = pictures.get(shot_id)
            self.pictures[shot_id] = pixmap_of(data) if data else None
        if self.tiles:
            self.dataChanged.emit(self.index(0), self.index(len(self.tiles) - 1))

    def forget(self) -> None:
        """The page was left: what was seen is dropped."""
        self.pictures.clear()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.tiles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.tiles):
            return None
        tile = self.tiles[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"Photo {index.row() + 1}, {tile.words or tile.caption}"
        return tile if role == Qt.ItemDataRole.UserRole else None


class TileDelegate(QStyledItemDelegate):
    """Paints a tile: well or picture, caption with its icon."""

    def __init__(self, model: TileModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tile = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(tile, Tile):
            return
        rect: QRect = option.rect
        painter.save()
        well = QRectF(rect.x(), rect.y(), TILE.width(), TILE.height())
        picture = self._model.pictures.get(tile.shot_id) if tile.shot_id else None
        if picture is not None:
            painter.setOpacity(0.5 if tile.faded else 1.0)
            draw_cover(painter, well, picture)
            painter.setOpacity(1.0)
        elif tile.words:
            self._kept(painter, well, tile.words)
        else:
            rounded(painter, well, 3, "#E8E8E8")
        if option.state & QStyle.StateFlag.State_HasFocus:
            rounded(painter, well, 3, None, DESK.ink, 2)
        colour = getattr(DESK, tile.tone)
        paint_icon(painter, tile.icon, QRectF(rect.x(), well.bottom() + 7, 15, 15), colour)
        painter.setFont(font(TextRole.CAPTION))
        painter.setPen(QColor(DESK.ink2))
        box = QRectF(rect.x() + 20, well.bottom() + 5, TILE.width() - 20, 18)
        words = QFontMetrics(painter.font()).elidedText(tile.caption, Qt.TextElideMode.ElideMiddle, round(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()

    def _kept(self, painter: QPainter, well: QRectF, words: str) -> None:
        rounded(painter, well, 3, DESK.panel, DESK.line2)
        middle = well.center()
        paint_icon(painter, "file-x", QRectF(middle.x() - 12, middle.y() - 24, 24, 24), DESK.ink2)
        painter.setFont(font(TextRole.CAPTION))
        painter.setPen(QColor(DESK.ink2))
        painter.drawText(QRectF(well.x(), middle.y() + 4, well.width(), 18), Qt.AlignmentFlag.AlignCenter, words)


class TileGrid(QListView):
    """The grid. `wanted` carries tiles that became visible and have no picture yet.

    Without `previews` (people stand at the counter) every tile is an empty well until it is pointed at, and again
    afterwards: `looked_away` says when a look is over.
    """

    wanted = Signal(object)
    looked_away = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tile_model = TileModel(self)
        self.asked: set[str] = set()
        self.setModel(self.tile_model)
        self.setItemDelegate(TileDelegate(self.tile_model, self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setGridSize(CELL)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setStyleSheet("QListView { background: transparent; }")
        self.setAccessibleName("Photos")
        self.setDragEnabled(False)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(60)
        self._pause.timeout.connect(self.ask)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._pause.start())
        self.previews = True
        self._pointed_at = ""
        self._dwell = QTimer(self)
        self._dwell.setSingleShot(True)
        self._dwell.setInterval(DWELL_MS)
        self._dwell.timeout.connect(self._look)
        self.entered.connect(self._point)
        self.viewportEntered.connect(self.look_away)

    def hide_until_pointed(self) -> None:
        """Pictures only while pointed at, with the mouse or the arrow keys."""
        self.previews = False
        self.setMouseTracking(True)

    def show_tiles(self, tiles: tuple[Tile, ...]) -> None:
        """Show these files."""
        self.tile_model.show_tiles(tiles)
        self._pause.start()

    def ask(self) -> None:
        """Ask for the pictures of the tiles in sight that have not been asked for."""
        if not self.previews or not self.isVisible():
            return
        view = self.viewport().rect()
        found = []
        for row, tile in enumerate(self.tile_model.tiles):
            if tile.shot_id and tile.shot_id not in self.asked:
                box = self.visualRect(self.tile_model.index(row))
                if box.intersects(view):
                    found.append(tile)
                elif box.top() > view.bottom():
                    break
        if found:
            self.asked.update(tile.shot_id for tile in found)
            self.wanted.emit(tuple(found))

    def took(self, pictures: dict[str, bytes], asked: tuple[str, ...]) -> None:
        """Pictures from the gate; one that nobody points at any more is not shown."""
        if self.previews or self._pointed_at in asked:
            self.tile_model.took(pictures, asked)

    def forget(self) -> None:
        """The page was left."""
        self._dwell.stop()
        self._pointed_at = ""
        self.asked.clear()
        self.tile_model.forget()

    def look_away(self) -> None:
        """Nothing is pointed at: what was shown is a well again."""
        if self.previews or not self._pointed_at:
            return
        looked = self._pointed_at in self.asked
        self.forget()
        self.viewport().update()
        if looked:
            self.looked_away.emit()

    def _point(self, index: Index) -> None:
        tile = index.data(Qt.ItemDataRole.UserRole)
        if self.previews or not isinstance(tile, Tile) or tile.shot_id == self._pointed_at:
            return
        self.look_away()
        self._pointed_at = tile.shot_id
        if tile.shot_id:
            self._dwell.start()

    def _look(self) -> None:
        found = tuple(tile for tile in self.tile_model.tiles if tile.shot_id == self._pointed_at)
        if found and self.isVisible():
            self.asked.add(self._pointed_at)
            self.wanted.emit(found)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if self.hasFocus():
            self._point(current)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.look_away()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.underMouse():
            self.look_away()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._pause.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._pause.start()
