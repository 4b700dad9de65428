"""One desk process's windows: a keyless sign-in (or set-up), and after it the desk of one person.

The keeper pushes `Show` (cover every screen), `SaveDrafts` (leave within 300 ms) and what goes on meanwhile. Locking
ends this process; nothing here tries to wipe memory.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

import photodesk
from photodesk.background.decoders import DecoderPool
from photodesk.background.desk_host import DeskHost
from photodesk.background.tasks import Tasks
from photodesk.desk.entrance import Entrance, SignInPage
from photodesk.desk.session import Session
from photodesk.errors import PhotoDeskError
from photodesk.protocol.messages import Computer, ImportSummary, MembersChanged, SaveDrafts, Show, SyncState
from photodesk.ui.desk_services import Outside
from photodesk.ui.first_run import FirstRun
from photodesk.ui.fonts import font, load_fonts
from photodesk.ui.large_memory import give_back_large_memory
from photodesk.ui.open_desk import OpenDesk
from photodesk.ui.page import sentence
from photodesk.ui.sign_in import (
    SignInFlow,
    SignInModel,
    SignInScreens,
    SignInView,
    is_about_the_key,
    is_refusal_of_password,
    is_sentence,
    lock_sentence,
    look_again,
)
from photodesk.ui.theme import DESK, palette

DEMO_WORDS = "A demo clinic with invented people. Press Enter to sign in as the first."
DEMO_LOCKED = "Locked. In the demo clinic Enter is enough to sign in again."
RESOURCES = Path(photodesk.__file__).parent.parent / "resources"


def run_desk(application: QApplication, host: DeskHost, outside: Outside | None = None) -> int:
    """Show what this desk is for and run until the keeper ends it; the exit status. `outside`: the clinic server."""
    dress(application)
    desk = DeskRun(application, host, outside)
    desk.begin()
    return application.exec()


def dress(application: QApplication) -> None:
    """Fonts, palette and style, the same on every system; memory of pictures that does not linger."""
    give_back_large_memory()
    application.setStyle("Fusion")
    load_fonts(RESOURCES / "fonts")
    application.setFont(font())
    application.setPalette(palette(DESK))


class DeskRun(QObject):
    """From nothing to an open desk. Lives as long as the process."""

    def __init__(self, application: QApplication, host: DeskHost, outside: Outside | None = None) -> None:
        super().__init__()
        self._application, self._host, self._outside = application, host, outside
        self._entrance = Entrance(host.folder, host.clock)
        self.tasks = Tasks(self._unexpected, self)
        self._page = SignInPage("", "", ())
        self._model = SignInModel(())
        self._view: SignInView | None = None
        self._screens: SignInScreens | None = None
        self._flow: SignInFlow | None = None
        self.first: FirstRun | None = None
        self.open_desk: OpenDesk | None = None
        self._shown_again = False
        self._summary = ImportSummary("", 0, 0)
        self._decoders = DecoderPool()

    def begin(self) -> None:
        """Set-up where there is no clinic yet, the sign-in otherwise; a warm spare stays out of sight."""
        link = self._host.link
        if not link.founded:
            if link.front:
                self._set_up()
            return
        self._draw_sign_in()
        if link.front:
            self._open_sign_in()
            QTimer.singleShot(0, self._enter_demo)
        elif self._screens is not None:
            self._screens.warm()
        self._host.pushes.watch(self._pushed)
        if not link.front:
            link.spare_ready()

    # -- set-up --

    def _set_up(self) -> None:
        self.first = FirstRun(self._entrance, self._host, self.tasks, self._outside, self._founded)
        self.first.show()
        self._host.pushes.watch(self._pushed)

    def _founded(self, slot_id: str, password: str) -> None:
        """The store is made and the keeper opened it: the sign-in comes; who joined is signed in at once."""
        self.first = None
        self._draw_sign_in(slot_id)
        self._open_sign_in()
        if slot_id and password:
            self._unlock(slot_id, password)

    # -- sign-in --

    def _draw_sign_in(self, last_slot_id: str = "") -> None:
        words = ""
        try:
            self._page = self._entrance.page()
        except PhotoDeskError as failure:
            words = sentence(failure)
        if self._host.link.problem is not None:
            words = sentence(self._host.link.problem)
        page = self._page
        self._model = SignInModel(page.people, last_slot_id)
        self._view = SignInView(
            self._model, self._host.clock, page.clinic_name, page.workstation_name, demo=self._host.demo
        )
        self._view.show_reason(words or (DEMO_WORDS if self._host.demo else lock_sentence("")), trouble=bool(words))
        self._view.unlock_asked.connect(self._unlock)
        self._view.envelope_given.connect(self._open_envelope)
        self._view.offer_envelope(page.envelope)
        self._view.close_asked.connect(self._quit)
        self._screens = SignInScreens(self._view, self._application)

    def _open_sign_in(self) -> None:
        if self._screens is not None:
            self._screens.open()

    def _enter_demo(self) -> None:
        """The demo signs in by itself; after a lock, or a sign-in that failed, one key is enough."""
        if self._host.demo and self._model.person is not None and not self._shown_again:
            self._unlock(self._model.person.slot_id, "")

    def _pushed(self, push: object) -> None:
        if isinstance(push, Show):
            self._show(push)
        elif isinstance(push, SaveDrafts):
            self._save_drafts()
        elif isinstance(push, Computer) and self.open_desk is not None:
            self.open_desk.locking.hear(push)
        elif isinstance(push, SyncState | MembersChanged) and self.open_desk is not None:
            self.open_desk.hear_server(push)
        elif isinstance(push, ImportSummary):
            self._summary = push
            if self._view is not None:
                self._view.panel.going_on.show_work(push.what, push.done, push.total)

    def _show(self, push: Show) -> None:
        """Cover every screen now, say so, then bring the page up to date."""
        if self._screens is None or self._view is None:
            return
        self._shown_again = True
        self._model.shown(push, self._host.clock.monotonic_ms())
        trouble = is_sentence(push.reason)
        words = DEMO_LOCKED if self._host.demo and not trouble else lock_sentence(push.reason)
        self._view.show_reason(words, trouble=trouble)
        self._view.show_choice()
        self._screens.cover()
        self._application.processEvents()
        self._host.link.shown()
        QTimer.singleShot(0, self._look_again)

    def _look_again(self) -> None:
        """This sign-in was drawn a while ago: people may have come or gone since."""
        if self._view is not None:
            self._page = look_again(self._entrance, self._page, self._view)

    def _unlock(self, slot_id: str, typed: str) -> None:
        if self._view is not None:
            self._flow_of(self._view).begin(slot_id, typed or self._host.demo_password)

    def _open_envelope(self, who: str, code: str, reason: str) -> None:
        if self._view is not None:
            self._flow_of(self._view).open_envelope(who, code, reason)

    def _flow_of(self, view: SignInView) -> SignInFlow:
        link, end = self._host.link, (self._signed_in, self._not_signed_in)
        self._flow = self._flow or SignInFlow(self._entrance, link, self.tasks, self._decoders, view, *end)
        return self._flow

    def _not_signed_in(self, failure: BaseException) -> None:
        """Say why. Where the password was right the keys are in this process: the next one shows the sentence."""
        words = sentence(failure)
        self._model.failed(failure, words, self._host.clock.monotonic_ms())
        trouble = not is_refusal_of_password(failure) and not is_about_the_key(failure)
        if self._view is not None:
            self._view.failed(trouble=trouble)
        if trouble:
            self._host.link.ask_lock(words)

    def _signed_in(self, session: Session) -> None:
        host, page = self._host, self._page
        try:
            self.open_desk = OpenDesk(
                host, self.tasks, session, self._decoders, page.clinic_name, page.workstation_name, page.people
            )
            if self._outside is not None and not host.demo:
                self.open_desk.connect_server(self._outside)
            self.open_desk.show(self._application, self._away, self._not_opened)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the person is told and can try again
            self._not_opened(fault)

    def _not_opened(self, fault: BaseException) -> None:
        """The desk's windows could not be made; a fault of PhotoDesk is also the crash handler's."""
        if not isinstance(fault, PhotoDeskError):
            sys.excepthook(type(fault), fault, fault.__traceback__)
        if self.open_desk is not None:
            self.open_desk.abandon()
            self.open_desk = None
        self._not_signed_in(fault)

    def _away(self) -> None:
        """The desk is up: the sign-in goes."""
        if self._screens is not None:
            self._screens.take_away()
        if self._view is not None:
            self._view.deleteLater()
        self._screens = self._view = self._flow = None

    def _quit(self) -> None:
        """The person closed the window before anybody was signed in."""
        self.tasks.decode(self._host.link.quit, lambda _: None, lambda _: None)

    def _save_drafts(self) -> None:
        if self.open_desk is not None:
            self.open_desk.keep_place_now()
        self._host.link.drafts_saved()

    def _unexpected(self, failure: BaseException) -> None:
        """What nobody asked to hear: a sentence, never a trace with data."""
        say: Callable[[str], None] | None = self.open_desk.navigator.say if self.open_desk is not None else None
        if say is not None:
            say(sentence(failure))
