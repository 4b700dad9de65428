"""The second step in the sign-in window: the code, the security key and its PIN, an app that the policy demands."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from photodesk.desk.factors import Enrolment
from photodesk.errors import Fixable, Refused
from photodesk.store.totp_record import new_backup_codes, new_totp
from photodesk.ui.account.enrol_dialog import EnrolDialog
from photodesk.ui.sign_in import SignInFlow, SignInModel, SignInView
from photodesk.ui.sign_in.model import Step
from tests.ui.conftest import FixedClock
from tests.ui.test_run_desk import EveryFault, Link

WRONG = Refused("wrong_code", "That code is not right.", "Type the code that the app shows now, or a backup code.")


class Begun:
    """Somebody whose slot has opened."""

    def __init__(self, *, needs_code: bool = False, must_enrol: bool = False) -> None:
        self.needs_code, self.must_enrol = needs_code, must_enrol
        self.gave_up = 0

    def give_code(self, typed: str) -> None:
        if typed != "123456":
            raise WRONG
        self.needs_code = False

    def begin_enrolment(self) -> Enrolment:
        return Enrolment(new_totp(), "otpauth://totp/PhotoDesk%3AIris?secret=ABCD", "ABCD EFGH")

    def confirm_enrolment(self, _enrolment: Enrolment, typed: str) -> tuple[str, ...]:
        self.give_code(typed)
        self.must_enrol = False
        return new_backup_codes()

    def finish(self) -> str:
        assert not self.needs_code
        assert not self.must_enrol
        return "session"

    def give_up(self) -> None:
        self.gave_up += 1


class Window:
    """The sign-in view with a flow behind it."""

    def __init__(self, outcome: Any, *, needs_key: bool = False) -> None:
        who = SimpleNamespace(
            person_id="1", name="Iris", roles=("clinician",), slot_id="s1", disabled=False, needs_key=needs_key
        )
        self.asked: list[tuple[Any, ...]] = []
        self.sessions: list[object] = []
        self.failures: list[BaseException] = []
        self.link = Link()
        self.model = SignInModel((who, who))  # type: ignore[arg-type]
        self.view = SignInView(self.model, FixedClock(), "Clinic", "Room 1")
        self.outcomes = outcome if isinstance(outcome, list) else [outcome]

        def begin_sign_in(*asked: Any) -> Any:
            self.asked.append(asked)
            result = self.outcomes[min(len(self.asked), len(self.outcomes)) - 1]
            if isinstance(result, Exception):
                raise result
            return result

        entrance: Any = SimpleNamespace(begin_sign_in=begin_sign_in)
        tasks: Any = EveryFault()
        link, decoders = self.link, SimpleNamespace()
        self.flow = SignInFlow(
            entrance,
            link,
            tasks,
            decoders,
            self.view,
            self.sessions.append,
            self.failures.append,  # type: ignore[arg-type]
        )
        self.view.unlock_asked.connect(self.flow.begin)
        self.view.resize(1280, 800)
        self.view.show()

    @property
    def edit(self) -> QLineEdit:
        return self.view.card.field.edit

    def type(self, text: str) -> None:
        QTest.keyClicks(self.edit, text)
        QTest.keyClick(self.edit, Qt.Key.Key_Return)


@pytest.fixture(autouse=True)
def _dressed(dressed: QApplication) -> None:
    """Fonts and style."""


def test_the_code_comes_in_the_same_field_readable() -> None:
    window = Window(Begun(needs_code=True))
    window.type("secret")
    assert window.model.step is Step.CODE
    assert window.edit.text() == ""
    assert window.edit.echoMode() == QLineEdit.EchoMode.Normal
    assert "authenticator app" in window.model.status(1_000)
    assert not window.model.choose(1), "nobody else is chosen meanwhile"
    window.type("123456")
    assert window.sessions == ["session"]


def test_a_wrong_code_starts_over() -> None:
    window = Window(Begun(needs_code=True))
    window.type("secret")
    window.type("000000")
    assert window.failures == [WRONG]
    assert not window.sessions


def test_leaving_the_step_ends_what_was_opened() -> None:
    begun = Begun(needs_code=True)
    window = Window(begun)
    window.type("secret")
    QTest.keyClick(window.edit, Qt.Key.Key_Escape)
    assert begun.gave_up == 1
    assert window.link.locked == [""]


def test_a_step_left_alone_ends_too() -> None:
    begun = Begun(needs_code=True)
    window = Window(begun)
    window.type("secret")
    window.flow._late.timeout.emit()
    assert begun.gave_up == 1
    assert "not done in time" in window.link.locked[0]


def test_a_key_asks_for_a_touch_and_its_pin() -> None:
    pin = Fixable("security_key_pin_needed", "This security key asks for its PIN.", "Type the PIN of the key.")
    window = Window([pin, Begun()], needs_key=True)
    window.type("secret")
    assert window.asked[0][4] is not None
    assert window.model.step is Step.PIN
    assert window.edit.echoMode() == QLineEdit.EchoMode.Password
    window.type("4711")
    assert window.asked[1][2] == "secret"
    assert window.sessions == ["session"]
    window.model.began()
    window.flow._touch.emit()
    assert window.model.status(1_000) == "Touch your security key."


def test_the_policy_demands_an_app_before_the_desk_opens() -> None:
    begun = Begun(must_enrol=True)
    window = Window(begun)
    window.type("secret")
    (dialog,) = window.view.findChildren(EnrolDialog)
    QTest.keyClicks(dialog.field.edit, "000000")
    dialog.button.click()
    assert not dialog._wrong.isHidden()
    dialog.field.edit.clear()
    QTest.keyClicks(dialog.field.edit, "123456")
    dialog.button.click()
    assert len(dialog.codes) == 10
    assert not window.sessions
    dialog.button.click()
    assert window.sessions == ["session"]


def test_without_the_demanded_app_nothing_opens() -> None:
    begun = Begun(must_enrol=True)
    window = Window(begun)
    window.type("secret")
    (dialog,) = window.view.findChildren(EnrolDialog)
    dialog.cancel.click()
    assert begun.gave_up == 1
    assert not window.sessions
