"""The section "You": what is enrolled, each change with the password again, the codes shown once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from photodesk.desk.factors import Enrolment, Factors
from photodesk.errors import Fixable, Refused
from photodesk.store.totp_record import new_backup_codes, new_totp
from photodesk.ui.account.enrol_dialog import CodesDialog, EnrolDialog
from photodesk.ui.account.proof_dialog import KeyDialog, PasswordDialog, ProofDialog
from photodesk.ui.account.section import AccountSection
from photodesk.ui.controls import Dialog, Text
from tests.ui.test_run_desk import EveryFault

PASSWORD = "quiet lamp on the stairs"


class Tasks(EveryFault):
    def long(self, work: Any, done: Any, failed: Any = None, progress: Any = None) -> SimpleNamespace:
        return self.store(lambda: work(None, None), done, failed)


class Desk:
    """A person with nothing enrolled. `faults` come first, one for each try."""

    def __init__(self) -> None:
        self.person = SimpleNamespace(name="Ada Berg")
        self.security_keys = self.factors = self
        self.app, self.codes, self.keys, self.password_alone = False, 0, [], True
        self.faults: list[Exception] = []
        self.done: list[tuple[Any, ...]] = []

    def mine(self) -> Any:
        return Both(
            Factors("1", "Ada Berg", self.app, len(self.keys), self.password_alone, False, self.codes), self.keys
        )

    def _tried(self, *what: Any) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.done.append(what)

    def prove(self, password: str, _keys: Any) -> None:
        self._tried("proved", password)

    def begin_totp(self) -> Enrolment:
        return Enrolment(new_totp(), "otpauth://totp/PhotoDesk%3AAda?secret=ABCD", "ABCD EFGH")

    def confirm_totp(self, _enrolment: Enrolment, typed: str) -> tuple[str, ...]:
        self._tried("confirmed", typed)
        self.app, self.codes = True, 10
        return new_backup_codes()

    def renew_backup_codes(self) -> tuple[str, ...]:
        return new_backup_codes()

    def remove_totp(self) -> None:
        self.app = False

    def enrol(self, password: str, _keys: Any, *, alone: bool) -> int:
        self._tried("enrolled", password, alone)
        self.keys.append(SimpleNamespace(slot_id=f"{len(self.keys):032x}"))
        self.password_alone = not alone and len(self.keys) < 2
        return len(self.keys)

    def remove(self, slot_id: str, password: str, _keys: Any) -> None:
        self._tried("removed", slot_id, password)
        self.keys = [one for one in self.keys if one.slot_id != slot_id]

    def change_password(self, password: str, new: str, _keys: Any) -> None:
        self._tried("changed", password, new)


class Both:
    """`factors.mine` and `security_keys.mine` of one pretended desk."""

    def __init__(self, factors: Factors, keys: list[Any]) -> None:
        self._factors, self._keys = factors, keys

    def __getattr__(self, name: str) -> Any:
        return getattr(self._factors, name)

    def __iter__(self) -> Any:
        return iter(self._keys)


@pytest.fixture
def shown(dressed: QApplication) -> Any:
    said: list[str] = []
    desk = Desk()
    context: Any = SimpleNamespace(desk=desk, tasks=Tasks(), navigate=SimpleNamespace(say=said.append))
    section = AccountSection(context)
    section.resize(1000, 760)
    section.show()
    section.refresh()
    return SimpleNamespace(section=section, desk=desk, said=said)


def _open(shown: Any, kind: type[Dialog]) -> Any:
    return next(one for one in shown.section.window().findChildren(kind) if one.isVisible())


def _texts(shown: Any) -> str:
    return " ".join(text.full_text() for text in shown.section.findChildren(Text))


def test_an_app_is_enrolled_and_its_codes_are_shown_once(shown: Any) -> None:
    assert "a gate that PhotoDesk keeps" in _texts(shown)
    shown.section.buttons["enrol-app"].click()
    proof = _open(shown, ProofDialog)
    proof.go()
    assert shown.desk.done == []
    QTest.keyClicks(proof.password.edit, PASSWORD)
    proof.button.click()
    enrol = _open(shown, EnrolDialog)
    QTest.keyClicks(enrol.field.edit, "123456")
    enrol.button.click()
    assert len(enrol.codes) == 10
    enrol.button.click()
    assert shown.said == ["The app is enrolled."]
    assert "10 backup codes left" in _texts(shown)
    shown.section.buttons["codes"].click()
    QTest.keyClicks(_open(shown, ProofDialog).password.edit, PASSWORD)
    _open(shown, ProofDialog).button.click()
    _open(shown, CodesDialog).dismiss()
    shown.section.buttons["remove-app"].click()
    QTest.keyClicks(_open(shown, ProofDialog).password.edit, PASSWORD)
    _open(shown, ProofDialog).button.click()
    assert "enrol-app" in shown.section.buttons


def test_a_wrong_password_and_a_pin_are_asked_for_again(shown: Any) -> None:
    shown.desk.faults = [
        Refused("wrong_password", "That is not the password.", "Type it again."),
        Fixable("security_key_pin_needed", "This security key asks for its PIN.", "Type the PIN of the key."),
    ]
    shown.section.buttons["add-key"].click()
    dialog = _open(shown, KeyDialog)
    assert dialog.pin.isHidden() or not dialog.pin.isVisible()
    QTest.keyClicks(dialog.password.edit, "wrong")
    dialog.button.click()
    assert dialog.password.text() == ""
    QTest.keyClicks(dialog.password.edit, PASSWORD)
    dialog.button.click()
    assert dialog.pin.isVisible()
    QTest.keyClicks(dialog.pin.edit, "4711")
    dialog.touched.emit()
    assert "Touch" in dialog._status.full_text()
    dialog.button.click()
    assert shown.desk.done == [("enrolled", PASSWORD, False)]


def test_two_keys_and_one_alone(shown: Any) -> None:
    shown.section.buttons["add-key"].click()
    dialog = _open(shown, KeyDialog)
    dialog.alone.setChecked(True)
    QTest.keyClicks(dialog.password.edit, PASSWORD)
    dialog.button.click()
    assert shown.desk.done == [("enrolled", PASSWORD, True)]
    shown.section.buttons["add-key"].click()
    dialog = _open(shown, KeyDialog)
    assert dialog.alone is None
    QTest.keyClicks(dialog.password.edit, PASSWORD)
    dialog.button.click()
    assert not shown.section.buttons["add-key"].isEnabled()
    shown.section.buttons["remove-key-2"].click()
    QTest.keyClicks(_open(shown, ProofDialog).password.edit, PASSWORD)
    _open(shown, ProofDialog).button.click()
    assert len(shown.desk.keys) == 1


def test_the_password_is_changed_once_both_new_ones_are_the_same(shown: Any) -> None:
    shown.section.buttons["password"].click()
    dialog = _open(shown, PasswordDialog)
    for field, text in ((dialog.password, PASSWORD), (dialog.new, "nine slow herons"), (dialog.again, "nine slow")):
        QTest.keyClicks(field.edit, text)
    dialog.button.click()
    assert "differ" in dialog._status.full_text()
    QTest.keyClicks(dialog.again.edit, " herons")
    dialog.button.click()
    assert shown.desk.done == [("changed", PASSWORD, "nine slow herons")]
