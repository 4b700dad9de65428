"""What a desk does while somebody presents, and what it does when screens come and go.

Order of a start: the `PRESENT` entry is on the disk, then the photos move to the other screen. While they are there the
desk's own window says nothing of any patient and takes no key that leads anywhere; on a single screen it is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QKeySequence, QScreen, QShortcut
from PySide6.QtWidgets import QApplication

from photodesk.compare import LinkedView
from photodesk.desk.presenting import Presented
from photodesk.desk.session import Session
from photodesk.ui.compare.model import Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.controls.toast import Toast
from photodesk.ui.page import TaskRunner, sentence
from photodesk.ui.present.blank import Blank
from photodesk.ui.present.borrowing import Borrowed
from photodesk.ui.present.leaving import LeaveDialog
from photodesk.ui.present.lending import Lent
from photodesk.ui.present.window import PresentWindow
from photodesk.ui.window import MainWindow

ELSEWHERE = "Presenting on the other screen."
NEW_SCREEN = "A screen was connected. Photos stay hidden until you say so."
SCREEN_REMOVED = "screen_removed"


@dataclass
class _Running:
    """One presenting, and what is put back after it."""

    window: PresentWindow
    presented: Presented
    panes: Borrowed
    mode: Mode
    curtain: float
    views: dict[Side, LinkedView]
    leaving: LeaveDialog | None = None


class Stage(QObject):
    """One per signed-in desk. `limit` sets the idle time for presenting or not; `confirm` is the password's check."""

    def __init__(
        self,
        desk: Session,
        tasks: TaskRunner,
        owner: MainWindow,
        confirm: Callable[[str], None],
        lock: Callable[[str], None],
        limit: Callable[[bool], None],
        *,
        demo: bool = False,
    ) -> None:
        super().__init__()
        self._desk, self._tasks, self._owner, self._confirm = desk, tasks, owner, confirm
        self._lock, self._limit, self._demo = lock, limit, demo
        self._running: _Running | None = None
        self._asked = False
        self._elsewhere: Blank | None = None
        self._blanks: list[Blank] = []

    @property
    def window(self) -> PresentWindow | None:
        """What is presented in, None while nobody presents."""
        return self._running.window if self._running is not None else None

    @property
    def countdown(self) -> Toast:
        """Where the countdown before a lock is shown."""
        return self._running.window.countdown if self._running is not None else self._owner.countdown

    # -- start and end --------------------------------------------------------------------------------------------

    def present(self, lent: Lent) -> None:
        """Show this comparison to the patient; nothing before its entry."""
        if self._running is not None or self._asked or not lent.model.ready:
            return
        self._asked = True
        screen, shown_on = self._choose_screen()
        presenting, model = self._desk.presenting, lent.model
        photo_ids, mode = lent.photo_ids, model.mode.value

        def begun(presented: Presented) -> None:
            self._asked = False
            self._open(lent, presented, screen)

        def refused(failure: BaseException) -> None:
            self._asked = False
            self._owner.toast.say(sentence(failure))

        self._tasks.decode(lambda: presenting.begin(lent.patient_id, photo_ids, mode, shown_on), begun, refused)

    def _choose_screen(self) -> tuple[QScreen, str]:
        """A screen without the desk's own window where there is one, and `2 of 2` for the log."""
        screens, own = QGuiApplication.screens(), self._owner.screen()
        chosen = next((screen for screen in screens if screen is not own), own)
        return chosen, f"{screens.index(chosen) + 1} of {len(screens)}"

    def _open(self, lent: Lent, presented: Presented, screen: QScreen) -> None:
        model = lent.model
        views = {side: model.view(side) for side in Side}
        borrowed = Borrowed(lent.shown)
        mode, curtain = model.mode, model.curtain
        window = PresentWindow(lent, demo=self._demo)
        self._running = _Running(window, presented, borrowed, mode, curtain, views)
        window.end_asked.connect(self.ask_to_end)
        window.lock_asked.connect(lambda: self._lock("asked"))
        self._put_desk_away(window, screen)
        window.open_on(screen)
        lent.show_on(screen)
        self._limit(True)

    def _put_desk_away(self, window: PresentWindow, screen: QScreen) -> None:
        owner = self._owner
        self._show_desk(False)
        self._set_shortcuts(False)
        self._elsewhere = Blank(owner, ELSEWHERE, "End", self.ask_to_end, window.press)
        if screen is owner.screen():
            owner.hide()  # or the task switcher would lead past the password

    def _show_desk(self, shown: bool) -> None:
        """All that the desk's own window says; hidden, a screen reader does not find it either."""
        whole = self._owner.centralWidget()
        if whole is not None:
            whole.setVisible(shown)

    def _set_shortcuts(self, enabled: bool) -> None:
        """The desk's own keys, but for the lock."""
        for shortcut in self._owner.findChildren(QShortcut):
            shortcut.setEnabled(enabled or shortcut.key() == QKeySequence("Ctrl+L"))

    def ask_to_end(self) -> None:
        """Somebody wants to leave: the person at the desk says so with their password."""
        running = self._running
        if running is None or running.leaving is not None:
            return
        running.window.activateWindow()
        running.window.touched()
        dialog = LeaveDialog(running.window, self._tasks, self._confirm, self._left, demo=self._demo)
        running.leaving = dialog
        dialog.closed.connect(self._stayed)
        dialog.open()

    def _stayed(self) -> None:
        if self._running is not None:
            self._running.leaving = None
            self._running.window.setFocus()

    def _left(self) -> None:
        """The password was right: log the end, and be the desk again."""
        running, self._running = self._running, None
        if running is None:
            return
        try:
            self._desk.presenting.end(running.presented, "password")
        finally:
            self._be_desk_again(running)

    def _be_desk_again(self, running: _Running) -> None:
        owner, lent = self._owner, running.window.lent
        running.window.give_back()
        running.panes.give_back()
        if self._elsewhere is not None:
            self._elsewhere.lift()
            self._elsewhere = None
        self._show_desk(True)
        if not owner.isVisible():
            owner.show()
        running.window.close()
        running.window.deleteLater()
        self._set_shortcuts(True)
        self._limit(False)
        lent.acts.set_mode(running.mode)
        lent.model.curtain = running.curtain
        for side, view in running.views.items():
            lent.model.show(side, view, alone=True)
        if lent.together is None:
            lent.panes.refresh()
        lent.show_on(owner.screen())
        owner.activateWindow()
        page = owner.page
        if page is not None:
            page.setFocus()

    def lock_comes(self) -> None:
        """This process is about to end: nothing is seen any more, and the entry of the end goes before the lock's."""
        running, self._running = self._running, None
        if running is not None:
            running.window.blank()
            self._desk.presenting.end(running.presented, "locked")

    # -- screens --------------------------------------------------------------------------------------------------

    def watch_screens(self, application: QApplication) -> None:
        """From now on: a screen removed locks, a screen added hides all photos until somebody says that they may."""
        application.screenRemoved.connect(self.screen_removed)
        application.screenAdded.connect(self.screen_added)

    def screen_removed(self, _screen: QScreen) -> None:
        """What was seen there may be seen by nobody now."""
        self._lock(SCREEN_REMOVED)

    def screen_added(self, _screen: QScreen) -> None:
        """A beamer may show what was meant for one person."""
        if self._blanks:
            return
        shown = [self._owner] if self._running is None else [self._owner, self._running.window]
        self._blanks = [Blank(each, NEW_SCREEN, "Show here", self._show_here) for each in shown if each.isVisible()]
        self._set_shortcuts(False)

    def _show_here(self) -> None:
        for blank in self._blanks:
            blank.lift()
        self._blanks.clear()
        if self._running is not None:
            self._running.window.setFocus()
            return
        self._set_shortcuts(True)
        page = self._owner.page
        if page is not None:
            page.setFocus()
