"""How a hand chooses the pair: first and last visit, the next site and view, a pin, and photos dragged onto a pane."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from photodesk.ui.compare.model import Side
from photodesk.ui.page import Key
from photodesk.ui.photo_drag import PhotoDrag, PhotoDrop

if TYPE_CHECKING:
    from photodesk.ui.compare.page import ComparePage

CHOOSING_KEYS = (
    Key(("N", "⇧ N"), "Next pair, next site and view"),
    Key(("Home", "End"), "First, last visit for B; with ⇧ for A"),
    Key(("⇧ P",), "Pin A, B, none: a pinned photo stays"),
)


class ChoosingKeys(QObject):
    """Watches the page's keys, its filmstrip and its panes."""

    def __init__(self, page: ComparePage) -> None:
        super().__init__(page)
        self._page, self._model = page, page.model
        page.installEventFilter(self)
        strip, panes = page.band.strip, page.panes
        strip.picked.connect(lambda picked: self.put(Side.A if picked[1] else Side.B, picked[0]))
        PhotoDrag(strip, lambda at: strip.photo_at(at.x()))
        for side, canvas in panes.canvases.items():
            canvas.setAcceptDrops(True)
            PhotoDrop(canvas.viewport(), partial(self.drop, side))
        panes.stack.setAcceptDrops(True)
        PhotoDrop(panes.stack.viewport(), partial(self.put, Side.B))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        pressed = event if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        return pressed is not None and self._model.ready and self.press(pressed)

    def press(self, event: QKeyEvent) -> bool:
        """Whether a key chose."""
        key, held = Qt.Key(event.key()), event.modifiers()
        if held & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return False
        shifted = bool(held & Qt.KeyboardModifier.ShiftModifier)
        if key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            if self._model.to_end(Side.A if shifted else Side.B, last=key == Qt.Key.Key_End):
                self._page.show_pair()
            return True
        if shifted and key == Qt.Key.Key_P:
            self.pin()
            return True
        if shifted and key == Qt.Key.Key_N:
            self.next_series()
            return True
        return False

    def pin(self) -> None:
        """Pin A, then B, then none."""
        self._model.pin_next()
        self._page.header.refresh()

    def next_series(self) -> None:
        """First against latest of the next site and view."""
        if self._model.pinned is not None:
            self._say_pinned()
        elif self._model.next_series():
            self._model.start(self._page.panes.filling_zoom())
            self._page.show_pair()
        else:
            self._page.context.navigate.say("No other site and view has two visits.")

    def put(self, side: Side, photo_id: str) -> None:
        """A photo for one side; a pinned side leaves it to the other."""
        model = self._model
        stays = model.pinned is not None and photo_id in model.pair()
        if not stays and model.put(model.free(side), photo_id):
            self._page.show_pair()

    def drop(self, side: Side, photo_id: str) -> None:
        """A photo was dropped on a pane."""
        if self._model.pinned is side:
            self._say_pinned()
        else:
            self.put(side, photo_id)

    def _say_pinned(self) -> None:
        self._page.context.navigate.say(f"{self._model.pinned or ''} is pinned. Press Shift+P to let go of it.")
