"""The desk of a signed-in person: its window, idle watch, the place to return to, imports and decoders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from photodesk.background import volumes
from photodesk.background.decoders import DecoderPool
from photodesk.background.desk_host import DeskHost
from photodesk.background.tasks import Tasks
from photodesk.background.waiting_key import WaitingKeyReader
from photodesk.desk.entrance import SignInPerson
from photodesk.desk.place import Place
from photodesk.desk.roles import Right
from photodesk.desk.session import Session
from photodesk.importing.line import DeskLine
from photodesk.importing.service import ImportService
from photodesk.importing.workplace import workplace_of
from photodesk.protocol.messages import MembersChanged, SyncState
from photodesk.ui.backup.watch import BackupWatch
from photodesk.ui.cards import hear_cards
from photodesk.ui.cards.watching import CardWatch
from photodesk.ui.desk_services import Clinic, Outside
from photodesk.ui.hand_over import choose_next
from photodesk.ui.locking import DeskLock
from photodesk.ui.log.reminder import remind_of_sign_off
from photodesk.ui.navigation import Navigator
from photodesk.ui.nothing_outside import clear_own_clipboard
from photodesk.ui.page import sentence
from photodesk.ui.pages import page_makers
from photodesk.ui.people.banner import put_strips
from photodesk.ui.present.stage import Stage
from photodesk.ui.rejoining import rejoin_imports
from photodesk.ui.sync.linking import ServerLink
from photodesk.ui.worklist.watching import WorklistWatch

KEEP_PLACE_MS = 2000


class OpenDesk(QObject):
    """Made on the GUI thread once the session is open."""

    def __init__(
        self,
        host: DeskHost,
        tasks: Tasks,
        session: Session,
        decoders: DecoderPool,
        clinic: str,
        workstation: str,
        people: tuple[SignInPerson, ...] = (),
    ) -> None:
        super().__init__()
        self._people = people
        self._host, self._tasks, self._session = host, tasks, session
        self.imports = ImportService(
            workplace_of(session),
            lambda job_id: DeskLine(host.link.start_import(job_id)),
            decoders,
            volumes.mounted,
        )
        self.navigator = Navigator(
            session, tasks, Clinic(clinic, workstation, host.demo), self.imports, page_makers(), self.lock
        )
        self.worklist = WorklistWatch(session, tasks, self)
        self.locking = DeskLock(
            host.clock, session.person.roles, lambda: self.stage.countdown, self.lock, host.link.alive
        )
        limit = self.locking.set_presenting
        self.stage = Stage(session, tasks, self.navigator.window, self._confirm, self.lock, limit, demo=host.demo)
        self.backups = BackupWatch(session, tasks, self.navigator.say, self)
        self.navigator.context = replace(
            self.navigator.context,
            worklist=self.worklist,
            stage=self.stage,
            locking=self.locking,
            backups=self.backups,
        )
        self.server: ServerLink | None = None
        self._cards: CardWatch | None = None
        if session.may(Right.IMPORT) and not host.demo:
            self._cards = hear_cards(self.navigator)
        self.navigator.window.close_asked.connect(self.quit)
        self.navigator.window.hand_over_asked.connect(self._hand_over)
        self._place = Place()
        self._keeping = QTimer(self)
        self._keeping.setInterval(KEEP_PLACE_MS)
        self._keeping.timeout.connect(self.keep_place)

    def connect_server(self, outside: Outside) -> None:
        """This desk may have a clinic server: its state, and what others make, from now on; before any page is made."""
        self.server = ServerLink(self.navigator, self._session, self._tasks, outside, self)

    def hear_server(self, push: SyncState | MembersChanged) -> None:
        """The keeper says that something moved, or that people were changed elsewhere."""
        if self.server is not None:
            self.server.hear(push)

    def show(
        self, application: QApplication, shown: Callable[[], None], not_shown: Callable[[BaseException], None]
    ) -> None:
        """File what waits, return to where the person was, show the window; `not_shown` hears why it cannot be."""
        self.locking.start(application)
        self.stage.watch_screens(application)

        def prepare() -> Place | None:
            running = frozenset(state.job_id for state in self._host.link.imports_running() if not state.finished)
            if self._session.has_chart_keys:
                self.imports.file_waiting(skip_jobs=running)
            self._session.policy.everything()  # read here: the GUI thread asks for it next
            return self._session.unseal_place(self._host.link.place())

        def opened(place: Place | None) -> None:
            self.locking.choose(self._session.policy.get)
            self.navigator.return_to(place)
            screen = application.primaryScreen()
            if screen is not None:  # without a window manager nothing else maximises
                self.navigator.window.setGeometry(screen.availableGeometry())
            self.navigator.window.showMaximized()
            self.navigator.window.activateWindow()
            shown()
            self._keeping.start()
            self._tell_alarms()
            put_strips(self.navigator.window, self.navigator.context)
            self._rejoin_imports()
            self._heal_index()
            self.worklist.start()
            if self.server is not None:
                self.server.start()
            if not self._host.demo:
                self.backups.start()
                remind_of_sign_off(self.navigator.context)

        def ready(place: Place | None) -> None:
            try:
                opened(place)
            except Exception as fault:  # noqa: BLE001 - whatever it is, the person is told and can try again
                not_shown(fault)

        def not_ready(failure: BaseException) -> None:
            ready(None)
            self.navigator.say(sentence(failure))

        self._tasks.store(prepare, ready, not_ready)

    def abandon(self) -> None:
        """It could not be shown: nothing of it goes on, nothing of it is seen."""
        self.locking.stop()
        self._keeping.stop()
        self.worklist.stop()
        self.backups.stop()
        if self.server is not None:
            self.server.stop()
        if self._cards is not None:
            self._cards.close()
        self.navigator.window.hide()

    def _tell_alarms(self) -> None:
        """Damage met while opening is said at once; the home page keeps saying it."""
        sentences = self._session.alarms.sentences
        if sentences:
            more = f" ({len(sentences) - 1:,} more on the home page.)" if len(sentences) > 1 else ""
            self.navigator.say(sentences[0] + more)

    def _heal_index(self) -> None:
        """The photo index catches up beside everything else; the rest is tried at the next sign-in."""
        heal = self._session.health.heal_index
        self._tasks.long(lambda _report, cancel: heal(cancel=cancel), lambda _charts: None)

    def _rejoin_imports(self) -> None:
        if self._session.may(Right.IMPORT):
            ended = self._cards.import_ended if self._cards is not None else lambda: None
            rejoin_imports(self._host, self._tasks, self.navigator, self.imports, ended)

    def lock(self, reason: str = "asked", next_slot: str = "") -> None:
        """Lock now; the keeper ends this process. Nothing that goes wrong with the place may hold the lock open."""
        try:
            self.keep_place_now()
        finally:
            self._host.link.ask_lock(reason, next_slot)

    def _hand_over(self) -> None:
        """Lock, and sign in as somebody else, in one step: who is asked first."""
        anchor = self.navigator.window.top_bar.person
        others = tuple(who for who in self._people if who.person_id != self._session.person.person_id)
        choose_next(anchor, others, lambda slot_id: self.lock("hand_over", slot_id), self.navigator.say)

    def quit(self) -> None:
        """Close PhotoDesk: the keeper writes the end and ends this process."""
        self._tasks.decode(self._host.link.quit, lambda _: None, lambda _: None)

    def keep_place(self) -> None:
        """Leave the sealed place with the keeper when it has changed; not on the GUI thread."""
        place = self.navigator.place(0)
        if place != self._place:
            self._place = place
            self._tasks.decode(
                lambda: self._host.link.keep_place(self._session.seal_place(place)), lambda _: None, lambda _: None
            )

    def keep_place_now(self) -> None:
        """The same, at once: the desk is about to end, and with it whatever is presented."""
        try:
            clear_own_clipboard()
            self.stage.lock_comes()
        finally:
            place = self.navigator.place(0)
            if place != self._place:
                self._place = place
                self._host.link.keep_place(self._session.seal_place(place))

    def _confirm(self, typed: str) -> None:
        """Whether this is the password of the person at this desk; the demo's types itself."""
        self._session.presenting.confirm(typed or self._host.demo_password, WaitingKeyReader())
