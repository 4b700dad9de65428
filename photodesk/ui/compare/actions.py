"""What a person can do to a comparison, by key or by hand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from photodesk.ui.compare.chrome import CompareBar
from photodesk.ui.compare.model import CompareModel, Mode, Side
from photodesk.ui.compare.panes import Panes
from photodesk.ui.compare.photo_canvas import STEP
from photodesk.ui.compare.side_panel import SidePanel
from photodesk.ui.page import Key

KEYS = (
    Key(("1", "2"), "Side by side, curtain"),
    Key(("←", "→"), "Step B"),
    Key(("⇧ ←", "⇧ →"), "Step A"),
    Key(("N",), "Next pair"),
    Key(("X",), "Swap"),
    Key(("L",), "Link"),
    Key(("Alt",), "Hold to nudge one, by hand or arrows"),
    Key(("0",), "Fit"),
    Key(("+", "−"), "Zoom"),
    Key(("G",), "Surround"),
)

NUDGE_PX = 4
_NUDGES = {
    Qt.Key.Key_Left: (-NUDGE_PX, 0),
    Qt.Key.Key_Right: (NUDGE_PX, 0),
    Qt.Key.Key_Up: (0, -NUDGE_PX),
    Qt.Key.Key_Down: (0, NUDGE_PX),
}


class CompareActions:
    """`show_pair` brings the model's pair, `show_views` paints its views, `say` tells what was not possible."""

    def __init__(
        self,
        model: CompareModel,
        bar: CompareBar,
        panes: Panes,
        side: SidePanel,
        show_pair: Callable[[], None],
        show_views: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self._model, self._bar, self._panes, self._side = model, bar, panes, side
        self._show_pair, self._show_views, self._say = show_pair, show_views, say
        self._keys: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_1: lambda: self.set_mode(Mode.SIDE_BY_SIDE),
            Qt.Key.Key_2: lambda: self.set_mode(Mode.CURTAIN),
            Qt.Key.Key_X: self.swap,
            Qt.Key.Key_N: self.next_pair,
            Qt.Key.Key_L: self.toggle_link,
            Qt.Key.Key_G: self.surround,
            Qt.Key.Key_0: self.fit,
            Qt.Key.Key_Plus: lambda: self.zoom(STEP),
            Qt.Key.Key_Equal: lambda: self.zoom(STEP),
            Qt.Key.Key_Minus: lambda: self.zoom(1 / STEP),
        }

    def press(self, event: QKeyEvent, *, busy: bool) -> bool:
        """Whether the key did something. A held arrow waits while `busy`, so that every step is seen."""
        key, held = Qt.Key(event.key()), event.modifiers()
        if held & Qt.KeyboardModifier.ControlModifier or not self._model.ready:
            return False
        shifted = bool(held & Qt.KeyboardModifier.ShiftModifier)
        if held & Qt.KeyboardModifier.AltModifier and key in _NUDGES:
            self._panes.nudge(Side.A if shifted else Side.B, *_NUDGES[key])
            return True
        if key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            if not (event.isAutoRepeat() and busy):
                self.step(Side.A if shifted else Side.B, 1 if key == Qt.Key.Key_Right else -1)
            return True
        act = self._keys.get(key)
        if act is not None:
            act()
        return act is not None

    def step(self, side: Side, by: int) -> None:
        """Another photo on one side."""
        if self._model.step(side, by):
            self._show_pair()

    def pick(self, photo_id: str, for_a: bool) -> None:
        """A photo of the filmstrip for one side; the other side's photo swaps."""
        if photo_id == (self._model.b if for_a else self._model.a):
            self._model.swap()
        else:
            self._model.set(Side.A if for_a else Side.B, photo_id)
        self._show_pair()

    def set_mode(self, mode: Mode) -> None:
        """Side by side or curtain; place and zoom stay."""
        self._model.mode = mode
        self._bar.modes.choose(tuple(Mode).index(mode))
        self._show_views()

    def zoom(self, factor: float) -> None:
        """Zoom about the middle."""
        self._panes.canvas(Side.A).zoom_about(factor)

    def fit(self) -> None:
        """Both whole."""
        self._model.fit()
        self._show_views()

    def toggle_link(self) -> None:
        """Whether panes move together."""
        self._model.toggle_link()
        self._bar.show_link(self._model.linked)
        self._show_views()

    def surround(self) -> None:
        """The next grey."""
        self._model.next_surround()
        self._panes.show_surround()
        self._side.show_surround()

    def swap(self) -> None:
        """A becomes B."""
        self._model.swap()
        self._show_pair()

    def next_pair(self) -> None:
        """The next sensible pair."""
        if self._model.next_pair():
            self._model.start(self._panes.filling_zoom())
            self._show_pair()
        else:
            self._say("There is no other pair of the same site and view.")
