"""The first run: founding a clinic or joining one, until there is a store and the keeper has opened it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from photodesk.background.desk_host import DeskHost
from photodesk.background.tasks import Tasks
from photodesk.desk.entrance import Entrance
from photodesk.ui.desk_services import Outside
from photodesk.ui.page import sentence
from photodesk.ui.setup import JoinView, SetupView
from photodesk.ui.setup.to_demo import leave_for_demo


class FirstRun(QObject):
    """One window of two. `done` hears the slot and the password of who joined, both "" after founding."""

    def __init__(
        self,
        entrance: Entrance,
        host: DeskHost,
        tasks: Tasks,
        outside: Outside | None,
        done: Callable[[str, str], None],
    ) -> None:
        super().__init__()
        self._entrance, self._host, self._tasks, self._outside, self._done = entrance, host, tasks, outside, done
        self.view: SetupView | JoinView | None = None

    def show(self) -> None:
        """Founding; joining is offered beside it where there is a way to a server."""
        view = SetupView(self._entrance, self._tasks, lambda: self._made("", ""))
        view.on_demo = lambda: leave_for_demo(view, self._host.clock, self._quit)
        view.on_join = self.join
        view.offer_joining(self._outside is not None)
        self._put(view)

    def join(self) -> None:
        """Joining; the first step leads back."""
        if self._outside is not None:
            view = JoinView(self._entrance, self._tasks, self._outside.joins(), self._made)
            view.on_found = self.show
            self._put(view)

    def _put(self, view: SetupView | JoinView) -> None:
        before, self.view = self.view, view
        view.on_close = self._quit
        view.showMaximized()
        if before is not None:
            before.hide()
            before.deleteLater()

    def _made(self, slot_id: str, password: str) -> None:
        """The key files are written: the keeper opens them, then somebody signs in."""

        def founded(_: None) -> None:
            if self.view is not None:
                self.view.hide()
                self.view.deleteLater()
                self.view = None
            self._done(slot_id, password)

        self._tasks.store(self._host.link.founded_now, founded, self._failed)

    def _failed(self, failure: BaseException) -> None:
        if self.view is not None:
            self.view.say(sentence(failure))

    def _quit(self) -> None:
        """The person closed the window before there was a store."""
        self._tasks.decode(self._host.link.quit, lambda _: None, lambda _: None)
