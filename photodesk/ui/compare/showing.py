"""Decides what is painted of a pair: photos as taken, or B where it lies on A, each as sharp as it has come."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from photodesk.ui.compare.laying import Drawn, Pair, PairLaying
from photodesk.ui.compare.loading import Loaded
from photodesk.ui.compare.model import CompareModel, Frame, Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.panes import Panes


class PairShowing(QObject):
    """`laid` says that how the pair lies is known now, or no longer. `missing` tells of a photo without a picture."""

    laid = Signal()

    def __init__(
        self, model: CompareModel, panes: Panes, laying: PairLaying, missing: Callable[[Side, Frame], None]
    ) -> None:
        super().__init__()
        self._model, self._panes, self._laying, self._missing = model, panes, laying, missing
        self._loaded: dict[Side, Loaded] = {}
        self._drawn: Drawn | None = None
        laying.found.connect(self._found)
        laying.drawn.connect(self._paint_drawn)

    def pair_changed(self) -> None:
        """Another pair, or the same the other way round: empty what is not here, paint what is."""
        model = self._model
        for side, loaded in list(self._loaded.items()):
            if loaded.photo_id != model.pair()[side is Side.B]:
                del self._loaded[side]
        if self._drawn is not None and self._drawn.pair != model.pair():
            self._drawn = None
        model.lay(self._laying.of(model.pair()))
        self._panes.paint_apart(None)
        for side in Side:
            if side not in self._loaded:
                self._empty(side)
        self.laid.emit()

    def repaint(self) -> None:
        """Paint what is here again: untouched photos were asked for, or laid ones, or another mode."""
        for loaded in tuple(self._loaded.values()):
            self.arrived(loaded)

    def arrived(self, loaded: Loaded) -> None:
        """Pixels of a photo, or sharper ones."""
        model = self._model
        for side in Side:
            frame = model.frame(side)
            if frame is None or frame.photo_id != loaded.photo_id:
                continue
            self._loaded[side] = loaded
            if side is Side.B and model.aligned and not loaded.image.isNull():
                if self._drawn is not None and self._drawn.rank >= loaded.rank:
                    self._paint_drawn(self._drawn)
                else:
                    self._laying.draw(model.pair(), loaded, model.sizes())
            else:
                self._panes.paint_photo(side, frame, loaded.image, loaded.smaller)
            if loaded.image.isNull():
                self._missing(side, frame)

    def find(self) -> None:
        """The hand rests: look for how the pair lies."""
        self._laying.find(self._model.pair(), self._model.sizes())

    def drop(self) -> None:
        """Let go of every pixel."""
        self._laying.drop()
        self._loaded.clear()
        self._drawn = None

    def _empty(self, side: Side) -> None:
        frame = self._model.frame(side)
        if frame is not None:
            self._panes.paint_photo(side, frame, None)

    def _found(self, pair: Pair) -> None:
        if pair != self._model.pair():
            return
        self._model.lay(self._laying.of(pair))
        self._drawn = None
        if Side.B in self._loaded:
            self.arrived(self._loaded[Side.B])
        self.laid.emit()

    def _paint_drawn(self, drawn: Drawn) -> None:
        model = self._model
        if drawn.pair != model.pair() or not model.aligned:
            return
        image, smaller = drawn.levels
        if drawn.apart:
            self._panes.paint_apart(image, smaller)
            return
        if self._drawn is not None and drawn.rank < self._drawn.rank:
            return
        self._drawn = drawn
        if model.laying is not None and model.laying.matrix is not None:
            self._panes.paint_laid(image, smaller, model.laying.matrix)
        of_a = self._loaded.get(Side.A)
        if model.mode is Mode.DIFFERENCE and of_a is not None:
            self._laying.difference(drawn.pair, of_a.image, drawn)
        self._panes.refresh()
