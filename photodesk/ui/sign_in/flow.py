"""From a typed password to a session: the security key, the code of the app, an app that the policy demands.

Every step runs on the store thread. Once the password was right its keys are in this process: leaving a step, or
leaving it alone for two minutes, ends the process, and the next sign-in starts with the password.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from photodesk.background.tasks import Tasks
from photodesk.desk.factors import Enrolment
from photodesk.errors import PhotoDeskError
from photodesk.ui.account.enrol_dialog import EnrolDialog
from photodesk.ui.sign_in.model import SignInModel, Step
from photodesk.ui.sign_in.view import SignInView

if TYPE_CHECKING:
    from photodesk.background.decoders import DecoderPool
    from photodesk.background.keeper_link import KeeperLink
    from photodesk.desk.entrance import Entrance
    from photodesk.desk.security_key import KeyReader
    from photodesk.desk.session import Session
    from photodesk.desk.signing_in import SignIn

STEP_WITHIN_MS = 120_000
WHY = "The clinic asks everybody in your role for a second step. It takes a minute, once."
TOOK_TOO_LONG = "The second step was not done in time. Choose your name and type your password."


class SignInFlow(QObject):
    """`done` gets the session, `failed` what went wrong. One for each sign-in view."""

    _touch = Signal()

    def __init__(
        self,
        entrance: Entrance,
        link: KeeperLink,
        tasks: Tasks,
        decoders: DecoderPool,
        view: SignInView,
        done: Callable[[Session], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        super().__init__(view)
        self._entrance, self._link, self._tasks, self._decoders = entrance, link, tasks, decoders
        self._view, self._model = view, view.model
        self._done, self._failed = done, failed
        self._begun: SignIn | None = None
        self._retry: Callable[[str], None] | None = None
        self._cancel = Event()
        self._touch.connect(self._say_touch)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(STEP_WITHIN_MS)
        self._late.timeout.connect(lambda: self.leave(TOOK_TOO_LONG))
        view.step_given.connect(self._given)
        view.step_left.connect(lambda: self.leave(""))

    def begin(self, slot_id: str, password: str, pin: str = "") -> None:
        """The password was typed; `pin` is the security key's, where it asked for it."""
        keys = self._keys(pin) if _needs_key(self._model, slot_id) else None
        self._retry = lambda typed: self.begin(slot_id, password, typed)

        def work() -> SignIn:
            return self._entrance.begin_sign_in(self._link, slot_id, password, self._decoders, keys)

        self._tasks.store(work, self._went_on, self._not_begun)

    def open_envelope(self, who: str, code: str, reason: str) -> None:
        """Emergency access."""

        def work() -> Session:
            return self._entrance.open_envelope(self._link, who, code, reason, self._decoders)

        self._tasks.store(work, self._finished, self._failed)

    def leave(self, words: str) -> None:
        """The step is left: what was opened ends with this process."""
        self._late.stop()
        self._cancel.set()
        begun, self._begun, self._retry = self._begun, None, None
        if begun is None:
            self._model.ask(Step.PASSWORD)
            self._view.show_choice()
            return
        self._model.began()
        self._tasks.store(begun.give_up, lambda _: self._link.ask_lock(words), self._failed)

    def _keys(self, pin: str) -> KeyReader:
        from photodesk.background.security_keys import SecurityKeyReader  # its library is only needed here

        self._cancel = Event()
        return SecurityKeyReader(self._touch.emit, pin, self._cancel)

    def _say_touch(self) -> None:
        self._model.say_busy("Touch your security key.")
        self._view.refresh()

    def _not_begun(self, failure: BaseException) -> None:
        if isinstance(failure, PhotoDeskError) and failure.code == "security_key_pin_needed":
            self._ask(Step.PIN)
            return
        self._retry = None
        self._failed(failure)

    def _went_on(self, begun: SignIn) -> None:
        self._begun, self._retry = begun, None
        if begun.needs_code:
            self._ask(Step.CODE)
        elif begun.must_enrol:
            self._tasks.store(begun.begin_enrolment, self._enrol, self._failed)
        else:
            self._tasks.store(begun.finish, self._finished, self._failed)

    def _ask(self, step: Step) -> None:
        self._late.start()
        self._model.ask(step)
        self._view.show_choice()

    def _given(self, typed: str) -> None:
        self._late.stop()
        begun, retry = self._begun, self._retry
        if begun is None:
            if retry is not None:
                self._model.ask(Step.PASSWORD)
                self._model.began()
                retry(typed)
            return

        def work() -> Session:
            begun.give_code(typed)
            return begun.finish()

        self._tasks.store(work, self._finished, self._failed)

    def _enrol(self, enrolment: Enrolment) -> None:
        begun = self._begun
        if begun is None:
            return

        def confirm(
            typed: str, done: Callable[[tuple[str, ...]], None], failed: Callable[[BaseException], None]
        ) -> None:
            self._late.start()
            self._tasks.store(lambda: begun.confirm_enrolment(enrolment, typed), done, failed)

        dialog = EnrolDialog(self._view, enrolment, confirm, WHY)
        dialog.enrolled.connect(lambda: self._tasks.store(begun.finish, self._finished, self._failed))
        dialog.closed.connect(lambda: self.leave("") if begun.must_enrol else None)
        self._late.setInterval(5 * STEP_WITHIN_MS)
        self._late.start()
        dialog.open()

    def _finished(self, session: Session) -> None:
        self._late.stop()
        self._begun = None
        self._done(session)


def _needs_key(model: SignInModel, slot_id: str) -> bool:
    return any(who.slot_id == slot_id and who.needs_key for who in model.people)
