"""Decides what is painted of a pair: photos as taken, or B where it lies on A, each as sharp as it has come."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from photodesk.compare.light_match import LightMatch
from photodesk.ui.compare.laying import NOT_LOOKED, Drawn, Laying, Pair, PairLaying
from photodesk.ui.compare.light import in_light
from photodesk.ui.compare.loading import Loaded
from photodesk.ui.compare.model import CompareModel, Frame, Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.panes import Panes
from photodesk.ui.display_colours import DisplayColours


class PairShowing(QObject):
    """`laid` says that how the pair lies is known now, or no longer. `missing` tells of a photo without a picture."""

    laid = Signal()

    def __init__(
        self,
        model: CompareModel,
        panes: Panes,
        laying: PairLaying,
        missing: Callable[[Side, Frame], None],
        colours: DisplayColours,
    ) -> None:
        super().__init__()
        self._colours = colours
        self._model, self._panes, self.laying, self._missing = model, panes, laying, missing
        self._loaded: dict[Side, Loaded] = {}
        self._drawn: Drawn | None = None
        self._next: Laying | None = None  # known, and on its way to be seen
        self._gone: list[Loaded | Drawn] = []
        laying.found.connect(self._found)
        laying.drawn.connect(self._paint_drawn)

    def pair_changed(self) -> None:
        """Another pair, or the same the other way round: empty what is not here, paint what is."""
        model = self._model
        for side, loaded in list(self._loaded.items()):
            if loaded.photo_id != model.pair()[side is Side.B]:
                self._gone.append(self._loaded.pop(side))
        if self._drawn is not None and self._drawn.pair != model.pair():
            self._gone.append(self._drawn)
            self._drawn = None
        self._next = None
        model.lay(self.laying.of(model.pair()))
        self._panes.paint_apart(None)
        for side in Side:
            if side not in self._loaded:
                self._empty(side)
        self.laid.emit()

    def let_go(self) -> None:
        """Free the pixels of photos shown before: it takes as long as a frame, so it waits until the next are seen."""
        self._gone.clear()

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
            if side is Side.B and model.light is not None and not loaded.image.isNull():
                self._light_b(loaded, model.light)
                continue
            self._show(side, frame, loaded)
            if loaded.image.isNull():
                self._missing(side, frame)

    def _light_b(self, loaded: Loaded, light: LightMatch) -> None:
        """B in A's light, as soon as that is worked out."""
        model = self._model

        def came(lit: Loaded) -> None:
            frame = model.frame(Side.B)
            if frame is not None and frame.photo_id == lit.photo_id and model.light == light:
                self._show(Side.B, frame, lit)

        self.laying.ask(
            ("light", loaded.photo_id, loaded.rank, light), lambda: in_light(loaded, light, self._colours), came
        )

    def lit(self) -> None:
        """B is shown in another light: what was drawn of it is drawn again."""
        self.laying.drop()
        self._drawn = None
        b = self._loaded.get(Side.B)
        if b is not None:
            self.arrived(b)

    def _show(self, side: Side, frame: Frame, loaded: Loaded) -> None:
        """Paint a photo as taken, or B where it lies."""
        model = self._model
        if side is Side.B and model.aligned and not loaded.image.isNull():
            drawn = self._drawn
            if drawn is not None and drawn.rank >= loaded.rank and drawn.laying == model.laying:
                self._paint_drawn(drawn)
            else:
                self.laying.draw(model.pair(), loaded, model.sizes(), drawn)
        else:
            self._panes.paint_photo(side, frame, loaded.image, loaded.smaller)

    def find(self) -> None:
        """The hand rests: look for how the pair lies."""
        self.laying.find(self._model.pair(), self._model.sizes())
        if self._model.laying is None and any(one.image.isNull() for one in self._loaded.values()):
            self._take(NOT_LOOKED)

    def drop(self) -> None:
        """Let go of every pixel."""
        self.laying.drop()
        self._loaded.clear()
        self._drawn = None
        self.let_go()

    def _empty(self, side: Side) -> None:
        frame = self._model.frame(side)
        if frame is not None:
            self._panes.paint_photo(side, frame, None)

    def _found(self, pair: Pair) -> None:
        """B is said to lie where it is seen to lie: what is known is taken once it is drawn."""
        model = self._model
        if pair != model.pair():
            return
        known, b = self.laying.of(pair), self._loaded.get(Side.B)
        seen = b is not None and not b.image.isNull() and not model.originals and model.light is None
        if known is not None and known.matrix is not None and b is not None and seen:
            self._next = known
            self.laying.draw(pair, b, model.sizes())
            return
        self._take(known)
        if b is not None:
            self.arrived(b)

    def _take(self, known: Laying | None) -> None:
        self._next = None
        self._model.lay(known)
        self.laid.emit()

    def _paint_drawn(self, drawn: Drawn) -> None:
        model = self._model
        if drawn.pair == model.pair() and drawn.laying == self._next:
            self._drawn = None
            model.lay(self._next)
        matrix = drawn.laying.matrix
        if drawn.pair != model.pair() or not model.aligned or drawn.laying != model.laying or matrix is None:
            return
        image, smaller = drawn.levels
        if drawn.apart:
            self._panes.paint_apart(image, smaller)
            return
        if self._drawn is None or drawn.rank >= self._drawn.rank:
            self._drawn = drawn
            self._panes.paint_laid(image, smaller, matrix, bent=drawn.laying.bent)
        of_a = self._loaded.get(Side.A)
        if model.mode is Mode.DIFFERENCE and of_a is not None:
            self.laying.difference(drawn.pair, of_a.image, self._drawn)
        if self._next is not None:
            self._take(self._next)
        self._panes.refresh()
