"""The sixth way to compare: every visit of one site and view in order, each laid on the first, played or stepped.

A frame that does not lie on the first with confidence is shown as taken and its chip warns. Playing waits for every
frame, so that each is seen; no frame is painted before its entry is on the disk (the gate sees to that).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.photo_canvas import STEP
from photodesk.ui.compare.time_lapse_frames import LapseFrames
from photodesk.ui.compare.time_lapse_showing import LapseShowing
from photodesk.ui.marks.layer import Seen
from photodesk.ui.page import Key
from photodesk.ui.theme import SURROUNDS

if TYPE_CHECKING:
    from photodesk.ui.compare.page import ComparePage

_OF_THE_PAIR = {getattr(Qt.Key, f"Key_{name}") for name in ("N", "X", "L", "R", "K", "M", "H", "B", "A")} | {
    Qt.Key.Key_BracketLeft,
    Qt.Key.Key_BracketRight,
}
LAPSE_KEYS = (
    Key(("6",), "Time-lapse of this site and view"),
    Key(("Space", "← →"), "Time-lapse: play, pause; visit before, after"),
    Key((",", "."), "Time-lapse: slower, faster"),
)


class TimeLapse(QObject):
    """`view` and `band` stand in place of the pair's parts of the page while the mode is the time-lapse."""

    def __init__(self, page: ComparePage, patient_id: str, screen: str) -> None:
        super().__init__(page)
        self._page = page
        self._frames = LapseFrames(
            page.context.desk.gate,
            page.context.tasks,
            page.laying,
            patient_id,
            screen,
            colours=page.context.colours,
        )
        self.showing = LapseShowing(self._frames, self)
        self.model, self.view, self.band = self.showing.model, self.showing.view, self.showing.band
        self._hidden: tuple[QWidget, ...] = ()
        zoom_about, showing = self.view.canvas.zoom_about, self.showing
        self._acts: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Left: lambda: showing.step(-1),
            Qt.Key.Key_Right: lambda: showing.step(1),
            Qt.Key.Key_Home: lambda: showing.go(0),
            Qt.Key.Key_End: lambda: showing.go(len(self.model.frames) - 1),
            Qt.Key.Key_Space: showing.toggle_playing,
            Qt.Key.Key_Comma: lambda: showing.faster(-1),
            Qt.Key.Key_Period: lambda: showing.faster(1),
            Qt.Key.Key_O: showing.toggle_originals,
            Qt.Key.Key_0: showing.fit,
            Qt.Key.Key_Plus: lambda: zoom_about(STEP),
            Qt.Key.Key_Equal: lambda: zoom_about(STEP),
            Qt.Key.Key_Minus: lambda: zoom_about(1 / STEP),
        }
        self._connect()
        self.view.hide()
        self.band.hide()
        page.installEventFilter(self)

    def _connect(self) -> None:
        showing, band = self.showing, self.band
        band.play_asked.connect(showing.toggle_playing)
        band.speed_asked.connect(showing.next_speed)
        band.scrubber.asked.connect(showing.go)
        band.zoom.zoomed.connect(self.view.canvas.zoom_about)
        band.zoom.fit_asked.connect(showing.fit)
        showing.missing.connect(self._say_missing)
        self._frames.failed.connect(self._page.loader.failed)

    def _say_missing(self, why: object) -> None:
        if why:
            self._page.message.say(str(why))
        else:
            self._page.message.rest()

    @property
    def active(self) -> bool:
        """Whether this is how the photos are shown."""
        return self._page.model.mode is Mode.TIME_LAPSE and self._page.model.ready

    def stands_in(self) -> bool:
        """Show or hide it as the mode says, and take the series again where it is another; whether it is shown."""
        self.give_way()
        if not self.active:
            return False
        page = self._page
        instead_of = (page.header, page.panes, page.side, page.band)
        if self.view.isHidden():
            page.marks.marks.measure(False)
            page.tools.hand.end()
            self._hidden = tuple(part for part in instead_of if not part.isHidden())
        for part in instead_of:
            part.hide()
        self.view.show()
        self.band.show()
        self.band.fit_to(page.width())
        self.view.canvas.set_surround(SURROUNDS[page.model.surround])
        if self.model.take(page.model.series()):
            self.showing.begin()
        self.showing.bring()
        return True

    def seen(self) -> Seen:
        """The photo that is seen, and the matrix it is drawn through: for its marks."""
        shown = self.showing.shown if self.active else None
        if shown is None or shown.image.isNull():
            return Seen("")
        laid = shown.laying if not shown.as_taken else None
        return Seen(shown.photo_id, laid.matrix if laid is not None else None)

    def drop(self) -> None:
        """The page is hidden: let go of every pixel."""
        self.showing.drop()

    def give_way(self) -> None:
        """Go where the mode is another one: before anything else stands in place of the pair."""
        self.showing.active = self.active
        if self.active or self.view.isHidden():
            return
        self.drop()
        self.view.hide()
        self.band.hide()
        for part in self._hidden if self._page.model.ready else ():
            part.show()
        self._hidden = ()

    # -- keys -----------------------------------------------------------------------------------------------------

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.active:
            self.band.fit_to(self._page.width())
        return isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.press(event)

    def press(self, event: QKeyEvent) -> bool:
        """Whether the key did something. Keys of the pair rest; a held arrow waits, so that every frame is seen."""
        key, held = Qt.Key(event.key()), event.modifiers()
        if not self.active or held & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return False
        if held & Qt.KeyboardModifier.ShiftModifier and key not in {Qt.Key.Key_Plus, Qt.Key.Key_Left, Qt.Key.Key_Right}:
            return False
        if key == Qt.Key.Key_P:  # what is presented is the pair
            self._page.acts.set_mode(Mode.SIDE_BY_SIDE)
            return False
        if key == Qt.Key.Key_G:
            self._page.acts.surround()
            self.view.canvas.set_surround(SURROUNDS[self._page.model.surround])
            return True
        if event.isAutoRepeat() and self._frames.busy:
            return True
        act = self._acts.get(key)
        if act is not None:
            act()
        return act is not None or key in _OF_THE_PAIR
