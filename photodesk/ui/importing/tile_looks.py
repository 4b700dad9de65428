"""A grid of tiles that asks for pictures of what is in sight, or at the counter of what is pointed at."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from photodesk.ui.importing.model import Tile
from photodesk.ui.importing.tiles import CELL, Index, TileDelegate, TileModel

DWELL_MS, ASK_AFTER_MS = 150, 60


class TileLooks(QListView):
    """`wanted` carries tiles that became visible and have no picture yet.

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
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setStyleSheet("QListView { background: transparent; }")
        self.setAccessibleName("Photos")
        self.setDragEnabled(True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(ASK_AFTER_MS)
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

    def in_sight(self) -> tuple[Tile, ...]:
        """Tiles that are seen now."""
        tiles, height = self.tile_model.tiles, self.viewport().height()
        low, high = 0, len(tiles)
        while low < high:  # rows stand from the top down: the first that is not above the view
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._box_bottom(middle) < 0 else (low, middle)
        found = []
        for row in range(low, len(tiles)):
            if self.visualRect(self.tile_model.index(row)).top() > height:
                break
            found.append(tiles[row])
        return tuple(found)

    def _box_bottom(self, row: int) -> int:
        return self.visualRect(self.tile_model.index(row)).bottom()

    def ask(self) -> None:
        """Ask for the pictures of the tiles in sight that have not been asked for."""
        if not self.previews or not self.isVisible():
            return
        found = tuple(
            tile for tile in self.in_sight() if tile.shot_id and not tile.words and tile.shot_id not in self.asked
        )
        if found:
            self.asked.update(tile.shot_id for tile in found)
            self.wanted.emit(found)

    def took(self, pictures: dict[str, bytes], asked: tuple[str, ...]) -> None:
        """Pictures from the gate; one that nobody points at any more is not shown."""
        if self.previews or self._pointed_at in asked:
            self.tile_model.took(pictures, asked, self.devicePixelRatioF())

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
        found = tuple(tile for tile in self.tile_model.tiles if tile.shot_id == self._pointed_at and not tile.words)
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
        if not self.viewport().rect().contains(self.viewport().mapFromGlobal(self.cursor().pos())):
            self.look_away()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._pause.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._pause.start()
