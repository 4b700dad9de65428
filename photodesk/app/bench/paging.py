"""The real comparison page, driven without a hand: what a bench shows, it also paints."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from photodesk.app.bench.workshop import Workshop
from photodesk.background.tasks import Tasks
from photodesk.desk.purpose import TREATMENT
from photodesk.errors import Fixable
from photodesk.ui.compare.loading import Loaded, Rank
from photodesk.ui.compare.model import Side
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.page import PageContext
from photodesk.ui.run_desk import dress

SIZE_PX = (1600, 1000)
LONGEST_S, HEARTBEAT_MS, _LAYOUTS = 30.0, 20, 4
_WAITING = QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents


class _Nowhere:
    """A page of a bench goes nowhere."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *_: None


class _Paints(QObject):
    """Counts the paint events of one canvas that had a picture to paint."""

    def __init__(self, page: ComparePage, side: Side) -> None:
        super().__init__(page)
        self._canvas = page.panes.canvases[side]
        self.count = 0
        self._canvas.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._canvas.item.image is not None:
            self.count += 1
        return False


class PageDriver:
    """Shows pairs on the page and waits for their pixels; all times in s."""

    def __init__(self, page: ComparePage, busy: Callable[[], bool]) -> None:
        self.page, self.busy = page, busy
        self._heartbeat = QTimer()
        self._heartbeat.start(HEARTBEAT_MS)
        self._paints = [_Paints(page, side) for side in Side]

    def settle(self, done: Callable[[], bool]) -> None:
        """Let the page work until `done`. Fixable where it never is."""
        end = time.monotonic() + LONGEST_S
        while not done():
            if time.monotonic() > end:
                raise Fixable("bench_stands_still", "The page did not come to an end.", "Run the bench again.")
            QApplication.processEvents(_WAITING)

    def rest(self) -> None:
        """Wait until nothing is under way and no timer runs."""
        timers = self.page.findChildren(QTimer)
        self.settle(lambda: not self.busy() and not any(timer.isActive() for timer in timers))
        for _ in range(_LAYOUTS):  # what the last answer said is laid out and painted before the next is measured
            QApplication.processEvents()

    def forget(self) -> None:
        """Wait until the page rests, then show nothing: the next pair comes to empty panes."""
        page = self.page
        self.rest()
        page.loader.drop()
        page.shown.clear()
        page.panes.empty()

    def show_pair(self, before: str, after: str) -> float:
        """From the moment the pair is chosen until both pictures are painted."""
        page, model = self.page, self.page.model
        start = time.perf_counter()
        model.a, model.b = before, after
        page.show_pair()
        counts = [paints.count for paints in self._paints]
        self.settle(
            lambda: (
                not page.loader.busy
                and all(
                    paints.count > count and page.panes.canvases[side].item.image is not None
                    for side, paints, count in zip(Side, self._paints, counts, strict=True)
                )
            )
        )
        return time.perf_counter() - start

    def step(self, after: str) -> float:
        """B becomes this photo, as a held key does it; until it is painted beside A, which stays."""
        page, paints = self.page, self._paints[1]
        start, count = time.perf_counter(), paints.count
        page.model.b = after
        page.show_pair()
        self.settle(lambda: not page.loader.busy and paints.count > count)
        return time.perf_counter() - start

    def full(self) -> float:
        """From the moment a hand that zoomed to the photos' own pixels rests until both are painted with them."""
        page, pair = self.page, self.page.model.pair()
        self.rest()
        came: set[str] = set()
        canvas = page.panes.canvases[Side.A]
        canvas.zoom_about(100 / canvas.percent())
        page._settle.stop()
        QApplication.processEvents()

        def arrived(loaded: Loaded) -> None:
            if loaded.rank is Rank.ORIGINAL:
                came.add(loaded.photo_id)

        page.loader.arrived.connect(arrived)
        start = time.perf_counter()
        page._settled()
        self.settle(lambda: came >= set(pair))
        for side in Side:
            page.panes.canvases[side].viewport().repaint()
        took = time.perf_counter() - start
        page.loader.arrived.disconnect(arrived)
        page.acts.fit()
        return took

    def open_anew(self, patient_id: str, before: str, after: str) -> float:
        """From a key on another page: this one made, the chart read, until both pictures are painted."""
        self.forget()
        start = time.perf_counter()
        page = ComparePage(self.page.context, patient_id, before, after)
        paints = [_Paints(page, side) for side in Side]
        page.resize(*SIZE_PX)
        page.show()
        page.entered()
        self.settle(lambda: all(each.count for each in paints))
        took = time.perf_counter() - start
        page.left()
        self.settle(lambda: not self.busy())
        page.close()
        page.deleteLater()
        return took

    def wait(self, seconds: float) -> None:
        """Let the page live for so long."""
        end = time.monotonic() + seconds
        self.settle(lambda: time.monotonic() > end)

    def together(self, photo_ids: Sequence[str]) -> None:
        """Several photos beside each other, as sharp as they get at their own pixels; until the page rests."""
        page = self.page
        self.forget()
        page.show_photos(tuple(photo_ids))
        self.rest()
        first = page.several.view.cells[0].canvas
        first.zoom_about(100 / first.percent())
        self.rest()


@contextmanager
def compare_page(shop: Workshop, patient_id: str, before: str, after: str) -> Iterator[PageDriver]:
    """The page of two photos, shown on the screen there is, or offscreen where none is."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(["photodesk"])
    dress(application)
    tasks = Tasks()
    context = PageContext(shop.desk.session, tasks, _Nowhere())
    page = ComparePage(context, patient_id, before, after)
    shop.desk.session.gate.purposes.say(patient_id, TREATMENT)  # nobody is asked what for in a bench
    page.resize(*SIZE_PX)
    page.show()
    page.entered()
    driver = PageDriver(page, lambda: tasks.busy)
    try:
        driver.settle(lambda: page.model.ready and not tasks.busy)
        yield driver
    finally:
        page.left()
        driver.settle(lambda: not tasks.busy)
        page.close()
        tasks.shutdown()
