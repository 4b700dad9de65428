"""Joining a clinic at the first run: the steps, what is said when it does not work, and who is signed in after it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from photodesk.desk.entrance import SignInPerson
from photodesk.errors import Fixable
from photodesk.store.roles import Role
from photodesk.ui.setup import JoinView
from photodesk.ui.setup.join_model import JoinModel, JoinStep
from tests.ui.conftest import AtOnce

CODE = "ABCD-EFGH-JKMN-PQRS-TVWX"
PEOPLE = (
    SignInPerson("1" * 32, "Ada Berg", frozenset({Role.CLINICIAN}), "s1", False),
    SignInPerson("2" * 32, "Ben Roth", frozenset({Role.FRONT_DESK}), "s2", False),
)


class PretendJoining:
    """An invitation that a test holds."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.fails: list[Fixable] = []

    def open(self, url: str, code: str, *, password_only: bool) -> tuple[SignInPerson, ...]:
        self.asked.append(("open", url, code, password_only))
        if self.fails:
            raise self.fails.pop()
        return PEOPLE

    def finish(self, slot_id: str, password: str, workstation: str) -> None:
        self.asked.append(("finish", slot_id, password, workstation))
        if self.fails:
            raise self.fails.pop()


class Shown:
    """The window, and what came of it."""

    def __init__(self, tmp_path: Path) -> None:
        self.joins, self.signed_in = PretendJoining(), list[tuple[str, str]]()
        entrance: Any = SimpleNamespace(keyring_name=lambda: "SecretService", layout=SimpleNamespace(root=tmp_path))
        tasks: Any = AtOnce()
        self.view = JoinView(entrance, tasks, self.joins, lambda slot, word: self.signed_in.append((slot, word)))
        self.view.resize(1280, 800)
        self.view.show()

    @property
    def model(self) -> JoinModel:
        return self.view.model

    def to_person(self) -> None:
        self.view.steps[0]._first.edit.setText("photos.clinic:8443")
        self.view.steps[0].code.edit.setText(CODE.lower())
        self.view.go_on()
        self.view.steps[1]._first.edit.setText("Exam room 2")
        self.view.go_on()


@pytest.fixture
def shown(dressed: object, tmp_path: Path) -> Shown:
    return Shown(tmp_path)


def test_continue_waits_for_a_whole_code(shown: Shown) -> None:
    assert not shown.model.may_continue
    shown.view.steps[0]._first.edit.setText("photos.clinic:8443")
    shown.view.steps[0].code.edit.setText("ABCD-EFGH")
    assert shown.model.code_sentence() == "12 more to type."
    assert not shown.model.may_continue
    shown.view.steps[0].code.edit.setText(CODE)
    assert shown.model.may_continue


def test_the_person_chosen_is_signed_in_afterwards(shown: Shown) -> None:
    shown.to_person()
    assert shown.joins.asked == [("open", "https://photos.clinic:8443", CODE.replace("-", ""), False)]
    assert shown.model.step is JoinStep.PERSON
    shown.view.steps[2].choose("s2")
    shown.view.steps[2].password.edit.setText("nine slow trains")
    QTest.keyClick(shown.view, Qt.Key.Key_Return)
    assert shown.joins.asked[-1] == ("finish", "s2", "nine slow trains", "Exam room 2")
    assert shown.signed_in == [("s2", "nine slow trains")]
    assert shown.model.password == ""


def test_a_wrong_password_is_typed_again(shown: Shown) -> None:
    shown.to_person()
    shown.joins.fails.append(Fixable("wrong_password", "This password is not right."))
    shown.view.steps[2].choose("s1")
    shown.view.steps[2].password.edit.setText("wrong")
    shown.view.go_on()
    assert shown.model.step is JoinStep.PERSON
    assert shown.model.slot_id == "s1"
    assert shown.view.steps[2].password.text() == ""
    assert shown.view._words.full_text() == "This password is not right."


def test_a_code_that_is_over_leads_back_to_the_code(shown: Shown) -> None:
    shown.joins.fails.append(Fixable("code_wrong", "This code is not good any more."))
    shown.to_person()
    assert shown.model.step is JoinStep.INVITATION
    assert shown.model.code == ""
    assert shown.view.steps[0].code.text() == ""
    assert shown.model.address == "photos.clinic:8443"


def test_escape_leads_back_and_from_the_first_step_to_founding(shown: Shown) -> None:
    left: list[str] = []
    shown.view.on_found = lambda: left.append("found")
    shown.to_person()
    shown.view.back()
    assert shown.model.step is JoinStep.WORKSTATION
    shown.view.back()
    shown.view.back()
    assert left == ["found"]


def test_nothing_is_left_while_it_is_under_way(shown: Shown) -> None:
    shown.model.busy = "Joining…"
    shown.view.show_model()
    assert not shown.model.may_go_back
    assert not shown.model.may_continue
    shown.view.close()
    assert shown.view.isVisible()
