"""What a person can do to a comparison, by key or by hand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from photodesk.ui.compare.chrome import CompareBar
from photodesk.ui.compare.degree import FASTEST_HZ, SLOWEST_HZ
from photodesk.ui.compare.model import CompareModel, Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.panes import Panes
from photodesk.ui.compare.photo_canvas import STEP
from photodesk.ui.compare.side_panel import SidePanel
from photodesk.ui.page import Key

KEYS = (
    Key(("1", "2"), "Side by side, curtain"),
    Key(("3", "4", "5"), "Overlay, blink, difference"),
    Key((",", "."), "Curtain, overlay: less or more of B; blink: slower, faster"),
    Key(("R",), "Turn the curtain"),
    Key(("Space",), "Blink: hold to see the other"),
    Key(("O",), "Originals as taken"),
    Key(("←", "→"), "Step B"),
    Key(("⇧ ←", "⇧ →"), "Step A"),
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
            Qt.Key.Key_3: lambda: self.set_mode(Mode.OVERLAY),
            Qt.Key.Key_4: lambda: self.set_mode(Mode.BLINK),
            Qt.Key.Key_5: lambda: self.set_mode(Mode.DIFFERENCE),
            Qt.Key.Key_6: lambda: self.set_mode(Mode.TIME_LAPSE),
            Qt.Key.Key_Comma: lambda: self.more(-1),
            Qt.Key.Key_Period: lambda: self.more(1),
            Qt.Key.Key_R: self.turn,
            Qt.Key.Key_Space: lambda: self.hold(held=True),
            Qt.Key.Key_O: self.originals,
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

    def release(self, event: QKeyEvent) -> bool:
        """Whether letting go of the key did something."""
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat():
            return False
        self.hold(held=False)
        return True

    def set_mode(self, mode: Mode) -> None:
        """Another way to look; place and zoom stay. What needs an alignment rests without one."""
        if mode.needs_alignment and not self._model.aligned:
            self._say("Difference needs photos that lie on each other. These are shown as taken.")
            mode = self._model.mode
        if mode is Mode.TIME_LAPSE and not self._model.series():
            self._say("A time-lapse needs two visits of one site and view. Say site and view of this photo first.")
            mode = self._model.mode
        self._model.mode = mode
        self._bar.modes.choose(tuple(Mode).index(mode))
        if mode is Mode.DIFFERENCE:
            self._show_pair()
        self._show_views()

    def more(self, by: int) -> None:
        """More or less of B behind the curtain or in the overlay; a faster or slower change in turn."""
        model = self._model
        if model.mode is Mode.CURTAIN:
            model.curtain = min(1.0, max(0.0, model.curtain - 0.02 * by))
        elif model.mode is Mode.OVERLAY:
            self.degree(model.opacity + 0.05 * by)
        elif model.mode is Mode.BLINK:
            self.degree(model.blink_hz + 0.5 * by)
        self._show_views()

    def degree(self, value: float) -> None:
        """So much of B in an overlay, so many changes a second in turn."""
        model = self._model
        if model.mode is Mode.OVERLAY:
            model.opacity = min(1.0, max(0.0, value))
        elif model.mode is Mode.BLINK:
            model.blink_hz = min(FASTEST_HZ, max(SLOWEST_HZ, value))
            self._panes.stack.set_mode(Mode.BLINK, model.blink_hz)
        self._show_views()

    def turn(self) -> None:
        """Hang the curtain at another angle: every 45 degrees."""
        if self._model.mode is Mode.CURTAIN:
            self._model.curtain_degrees = (self._model.curtain_degrees + 45) % 180
            self._show_views()

    def hold(self, *, held: bool) -> None:
        """In turn: the other photo as long as the key is held; then it goes on by itself."""
        if self._model.mode is Mode.BLINK:
            self._panes.stack.set_mode(Mode.BLINK, 0 if held else self._model.blink_hz)
            self._panes.stack.show_b(not held)

    def originals(self) -> None:
        """Untouched photos, or aligned ones again."""
        if not self._model.toggle_originals():
            self._say("These photos are shown as taken.")
            return
        if self._model.mode.needs_alignment and not self._model.aligned:
            self.set_mode(Mode.SIDE_BY_SIDE)
        self._show_pair()

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
        self.show_surround()

    def show_surround(self) -> None:
        """The model's grey around the photos."""
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
            pinned = self._model.pinned
            self._say(
                f"There is no other pair with the photo of {pinned}, which is pinned."
                if pinned
                else "There is no other pair of the same site and view."
            )
