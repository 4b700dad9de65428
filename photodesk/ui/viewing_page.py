"""What the screens that show photos large share: dark ground, reading the chart, leaving nothing behind."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QScreen, QWindow
from PySide6.QtWidgets import QWidget

from photodesk.desk.timeline import Timeline
from photodesk.ui.compare.loading import Loaded, PhotoLoader
from photodesk.ui.page import Page, PageContext, Request
from photodesk.ui.purpose_bar import PurposeBar
from photodesk.ui.retry import Retry
from photodesk.ui.sync.clinic_server import Arrived
from photodesk.ui.theme import VIEWING, style_sheet
from photodesk.ui.timeline.message import Message
from photodesk.ui.words import NBSP

SETTLE_MS = 150


COMING = "Shown from a smaller copy: the original of this photo is on its way from the clinic server."


class ChartModel(Protocol):
    """A page's model, as far as it says whether the chart was read."""

    timeline: Timeline | None


class ViewingPage(Page):
    """A full-screen page of one patient's photos. `screen` is its name in the log and at the gate.

    Whoever stands on it calls `_settle.start()` after each move: `_settled` follows when the hand rests for 150 ms.
    """

    section = "home"
    full_screen = True
    own_demo_mark = True

    def __init__(
        self, context: PageContext, patient_id: str, screen: str, chart: ChartModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, parent)
        self._patient_id, self._screen, self._chart = patient_id, screen, chart
        self.setStyleSheet(style_sheet(VIEWING))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.message = Message(VIEWING)
        self.purpose = PurposeBar(context.desk.gate.purposes, patient_id, VIEWING)
        self.purpose.decided.connect(self._decided)
        self.retry = Retry(self._again, self)
        self._waiting: Timeline | None = None
        self.loader = PhotoLoader(context.desk.gate, context.tasks, patient_id, screen, context.colours)
        self.loader.arrived.connect(self._arrived)
        self.loader.failed.connect(self._failed)
        self.loader.coming.connect(lambda _photo: self.message.say(COMING))
        self.loader.reduced.connect(self._reduced)
        self._requests: list[Request] = []
        self._zoom_wanted = 0.0
        self._watched: QWindow | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._settled)

    def entered(self) -> None:
        self.setFocus()
        self.context.colours.look_at(self.screen())
        handle = self.window().windowHandle()
        if handle is not None and handle is not self._watched:
            self._watched = handle
            handle.screenChanged.connect(self._moved_to)
        self._read(opening=self._chart.timeline is None)

    def left(self) -> None:
        self._settle.stop()
        self.retry.stop()
        for request in self._requests:
            request.cancel()
        self._requests.clear()
        self.loader.drop()
        self._drop_pixels()
        gate, screen = self.context.desk.gate, self._screen
        self.context.tasks.store(lambda: gate.leave(screen), lambda _none: None)

    def refresh(self) -> None:
        self._read(opening=False)

    def arrived(self, arrived: Arrived) -> None:
        """Pixels that were on their way may be here: what is shown sharpens where it lies, zoomed as it is."""
        if not arrived.concerns(self._patient_id):
            return
        if self.message.text() == COMING:
            self.message.rest()
        rough = self.loader.rough
        self.loader.came()
        if rough or not self._chart.timeline:
            self.refresh()
        else:
            self._settle.start()

    def _moved_to(self, screen: QScreen) -> None:
        if self.isVisible():
            self.show_on(screen)

    def show_on(self, screen: QScreen) -> None:
        """Another screen shows the photos from now on: they come again where its colours are others."""
        if self.context.colours.look_at(screen):
            self.loader.drop()
            self._drop_pixels()
            self.refresh()

    def restore_zoom(self, zoom: float) -> None:
        """Zoom to where the person was (1.0 is own pixels), once the photos are here."""
        self._zoom_wanted = zoom

    def escape(self) -> bool:
        return self.purpose.skip()

    def event(self, event: QEvent) -> bool:
        pressed = event if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        return (pressed is not None and self.purpose.press(pressed)) or super().event(event)

    def _read(self, *, opening: bool) -> None:
        desk, patient_id, screen = self.context.desk, self._patient_id, self._screen

        def work() -> tuple[Timeline, bool]:
            timeline = desk.timeline.open(patient_id, screen) if opening else desk.timeline.refresh(patient_id)
            return timeline, desk.gate.purposes.needed(patient_id)

        self._requests.append(self.context.tasks.store(work, self._take, self._failed))

    def _take(self, read: tuple[Timeline, bool]) -> None:
        """Nothing is shown before the person said what for, where that has to be asked."""
        self._requests.clear()
        timeline, asks = read
        self._waiting = timeline if asks else None
        self.purpose.setVisible(asks)
        if asks:
            self.message.hide()
        else:
            self._show(timeline)

    def _decided(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._show(waiting)
        self.setFocus()

    def _reduced(self, share: float) -> None:
        self.context.navigate.say(f"This photo is very large: it is shown at {100 * share:.0f}{NBSP}% of its size.")

    def _failed(self, failure: BaseException) -> None:
        self.retry.after(failure)
        self._not_shown(failure)

    def _again(self) -> None:
        self._read(opening=self._chart.timeline is None)

    # -- what each page does ----------------------------------------------------------------------------------------

    def _show(self, timeline: Timeline) -> None:
        """The chart was read."""

    def _arrived(self, loaded: Loaded) -> None:
        """Pixels of a photo are here, or sharper ones."""

    def _settled(self) -> None:
        """The hand rests."""

    def _not_shown(self, failure: BaseException) -> None:
        """The chart or a photo cannot be shown."""

    def _drop_pixels(self) -> None:
        """The page is hidden: let go of every pixel."""
