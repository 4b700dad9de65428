"""The grid of files: choosing with keys and mouse, dragging what is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QMimeData, Qt, Signal
from PySide6.QtGui import QDrag, QKeyEvent

from photodesk.ui.importing.model import Tile
from photodesk.ui.importing.tile_looks import TileLooks

SHOTS = "application/x-photodesk-shots"


def shots_dragged(data: QMimeData) -> tuple[str, ...]:
    """Ids of the shots that are dragged; none of other things."""
    return tuple(bytes(data.data(SHOTS).data()).decode("ascii").split()) if data.hasFormat(SHOTS) else ()


class TileGrid(TileLooks):
    """Tiles to choose and to drag. `beyond` carries -1 or 1 when an arrow key leaves the grid."""

    beyond = Signal(object)

    # -- what is shown and chosen --

    def show_tiles(self, tiles: tuple[Tile, ...]) -> None:
        """Show these files; what was chosen of them stays chosen."""
        chosen, current = set(self.chosen()), self.current()
        before = self.tile_model.tiles
        self.tile_model.show_tiles(tiles)
        if [tile.key for tile in before] != [tile.key for tile in tiles]:
            self._choose_again(chosen, current)
        self._pause.start()

    def _choose_again(self, chosen: set[str], current: str) -> None:
        picks = self.selectionModel()
        for row, tile in enumerate(self.tile_model.tiles):
            if tile.shot_id and tile.shot_id in chosen:
                picks.select(self.tile_model.index(row), QItemSelectionModel.SelectionFlag.Select)
            if tile.shot_id and tile.shot_id == current:
                picks.setCurrentIndex(self.tile_model.index(row), QItemSelectionModel.SelectionFlag.NoUpdate)

    def chosen(self) -> tuple[str, ...]:
        """Ids of the shots chosen, in their order."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        tiles = self.tile_model.tiles
        return tuple(tiles[row].shot_id for row in rows if row < len(tiles) and tiles[row].shot_id)

    def current(self) -> str:
        """The shot with the focus, or nothing."""
        row = self.currentIndex().row()
        return self.tile_model.tiles[row].shot_id if 0 <= row < len(self.tile_model.tiles) else ""

    def choose_none(self) -> bool:
        """Choose nothing; False when nothing was chosen."""
        had = bool(self.selectedIndexes())
        self.clearSelection()
        self.selectionModel().clearCurrentIndex()
        return had

    def step_in(self) -> None:
        """The keyboard comes into the grid: onto its first tile unless it was on one."""
        self.setFocus()
        if not self.currentIndex().isValid() and self.tile_model.tiles:
            self.setCurrentIndex(self.tile_model.index(0))

    def startDrag(self, _actions: Qt.DropAction) -> None:
        chosen: Sequence[str] = self.chosen()
        if not chosen:
            return
        data = QMimeData()
        data.setData(SHOTS, " ".join(chosen).encode("ascii"))
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.MoveAction)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, before = Qt.Key(event.key()), self.currentIndex().row()
        keys = {Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1}
        if key in keys and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            if self.currentIndex().row() == before:
                self.beyond.emit(keys[key])
        elif (
            event.text() and event.text().isprintable() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            event.ignore()  # single letters are the page's, not a search in the list
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.ignore()
        else:
            super().keyPressEvent(event)
