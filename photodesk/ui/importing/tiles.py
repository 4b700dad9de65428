"""Tiles of files: what one shows, and how it is painted. An empty well until its view is logged."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from photodesk.ui.controls.painting import rounded
from photodesk.ui.controls.thumbnails import draw_cover, pixmap_of
from photodesk.ui.display_colours import DisplayColours
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import paint_icon
from photodesk.ui.importing.model import Tile
from photodesk.ui.theme import DESK

TILE, CELL = QSize(146, 110), QSize(158, 148)
INSET_PX, PLATE_PX, STRIP_PX = 4, 22, 4
Index = QModelIndex | QPersistentModelIndex


class TileModel(QAbstractListModel):
    """Tiles by row; pictures by shot id."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tiles: tuple[Tile, ...] = ()
        self.pictures: dict[str, QPixmap | None] = {}
        self.colours: DisplayColours | None = None

    def show_tiles(self, tiles: tuple[Tile, ...]) -> None:
        """Show these; rows that stay the same are not painted again."""
        before = self.tiles
        if len(before) != len(tiles) or not _same_files(before, tiles):
            self.beginResetModel()
            self.tiles = tiles
            self.endResetModel()
            return
        self.tiles = tiles
        changed = [row for row, (old, new) in enumerate(zip(before, tiles, strict=True)) if old != new]
        if changed:
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))

    def took(self, pictures: dict[str, bytes], asked: tuple[str, ...], ratio: float = 1.0) -> None:
        """Pictures from the gate, for a screen of this device ratio; asked for and absent means there is none."""
        for shot_id in asked:
            data = pictures.get(shot_id)
            self.pictures[shot_id] = pixmap_of(data, TILE, ratio, self.colours) if data else None
        if self.tiles:
            self.dataChanged.emit(self.index(0), self.index(len(self.tiles) - 1))

    def forget(self) -> None:
        """The page was left: what was seen is dropped."""
        self.pictures.clear()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.tiles)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.tiles):
            return None
        tile = self.tiles[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            what = "Separator card" if tile.label else f"Photo {index.row() + 1}"
            return ", ".join(words for words in (what, tile.words or tile.caption, tile.reason) if words)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{tile.name}\n{tile.reason}" if tile.reason else tile.name
        return tile if role == Qt.ItemDataRole.UserRole else None


def _same_files(before: tuple[Tile, ...], now: tuple[Tile, ...]) -> bool:
    return all(old.key == new.key for old, new in zip(before, now, strict=True))


class TileDelegate(QStyledItemDelegate):
    """Paints a tile: well or picture, caption with its icon; chosen ones with a ring and a check, black on white."""

    def __init__(self, model: TileModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return CELL

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """The file's name is told at its caption: nothing lies over a photo that is pointed at."""
        tile = index.data(Qt.ItemDataRole.UserRole)
        over_photo = isinstance(tile, Tile) and tile.shot_id and not tile.words
        if over_photo and event.pos().y() < option.rect.y() + INSET_PX + TILE.height():
            QToolTip.hideText()
            return True
        return super().helpEvent(event, view, option, index)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tile = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(tile, Tile):
            return
        rect: QRect = option.rect
        painter.save()
        well = QRectF(rect.x() + INSET_PX, rect.y() + INSET_PX, TILE.width(), TILE.height())
        self._well(painter, well, tile)
        if 0 < tile.share < 1:
            painter.fillRect(QRectF(well.x(), well.bottom() - STRIP_PX, well.width(), STRIP_PX), QColor(DESK.ink))
            part = QRectF(well.x(), well.bottom() - STRIP_PX, well.width() * tile.share, STRIP_PX)
            painter.fillRect(part, QColor(DESK.panel))
        if option.state & QStyle.StateFlag.State_Selected:
            rounded(painter, well.adjusted(-4, -4, 4, 4), 5, None, DESK.ink, 2)
            plate = QRectF(well.x() + 5, well.y() + 5, PLATE_PX, PLATE_PX)
            rounded(painter, plate, 4, DESK.ink, "#FFFFFF", 1)
            paint_icon(painter, "check", plate.adjusted(4, 4, -4, -4), "#FFFFFF")
        elif option.state & QStyle.StateFlag.State_HasFocus:
            rounded(painter, well.adjusted(-4, -4, 4, 4), 5, None, DESK.ink, 2)
        self._caption(painter, well, tile)
        painter.restore()

    def _well(self, painter: QPainter, well: QRectF, tile: Tile) -> None:
        picture = self._model.pictures.get(tile.shot_id) if tile.shot_id else None
        if picture is not None:
            painter.setOpacity(0.5 if tile.faded else 1.0)
            draw_cover(painter, well, picture)
            painter.setOpacity(1.0)
        elif tile.words:
            self._kept(painter, well, tile.words)
        elif tile.label:
            rounded(painter, well, 3, DESK.panel, DESK.line2)
            middle = well.center()
            paint_icon(painter, "qr-code", QRectF(middle.x() - 20, middle.y() - 20, 40, 40), DESK.ink2)
        else:
            rounded(painter, well, 3, "#E8E8E8")

    def _caption(self, painter: QPainter, well: QRectF, tile: Tile) -> None:
        paint_icon(painter, tile.icon, QRectF(well.x(), well.bottom() + 7, 15, 15), getattr(DESK, tile.tone))
        painter.setFont(font(TextRole.CAPTION))
        painter.setPen(QColor(DESK.ink2))
        box = QRectF(well.x() + 20, well.bottom() + 5, TILE.width() - 20, 18)
        words = QFontMetrics(painter.font()).elidedText(tile.caption, Qt.TextElideMode.ElideMiddle, round(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)

    def _kept(self, painter: QPainter, well: QRectF, words: str) -> None:
        rounded(painter, well, 3, DESK.panel, DESK.line2)
        middle = well.center()
        paint_icon(painter, "file-x", QRectF(middle.x() - 12, middle.y() - 24, 24, 24), DESK.ink2)
        painter.setFont(font(TextRole.CAPTION))
        painter.setPen(QColor(DESK.ink2))
        painter.drawText(QRectF(well.x(), middle.y() + 4, well.width(), 18), Qt.AlignmentFlag.AlignCenter, words)
