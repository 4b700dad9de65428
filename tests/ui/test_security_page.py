"""The security page: each fact with its word and what to do; moving into the keyring is one button."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from photodesk.desk.entrance import Role
from photodesk.desk.roles import Right
from photodesk.desk.security import Fact, State, keyring_fact
from photodesk.errors import Fixable
from photodesk.ui.controls import Chip, LinkButton, Text
from photodesk.ui.security.section import SecuritySection
from tests.ui.test_run_desk import EveryFault

GOOD = Fact("swap", "Swap", State.OK, "This computer has no swap on a disk.")
LATE = Fact("second_factors", "Second factors", State.LOOK, "With the password alone: 2.", "Enrol one.")


class Desk:
    def __init__(self) -> None:
        self.layout = SimpleNamespace(root="store")
        self.person = SimpleNamespace(emergency="")
        self.security = self
        self.moved, self.fault = 0, False
        self.rights = set(Right)
        self.policy = self
        self.values: dict[str, str] = {"second-factor.clinician": "required"}

    def may(self, right: Right) -> bool:
        return right in self.rights

    def facts(self, _host: object) -> tuple[Fact, ...]:
        return (keyring_fact("none" if not self.moved else "SecretService", left_behind=False), GOOD, LATE)

    def get(self, name: str) -> str:
        return self.values.get(name, "optional")

    def set(self, name: str, value: str) -> None:
        self.values[name] = value

    def move_into_keyring(self) -> str:
        if self.fault:
            raise Fixable("keyring_missing", "This computer offers no keyring.", "Start one.")
        self.moved += 1
        return "SecretService"


@pytest.fixture
def shown(dressed: QApplication, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("photodesk.ui.security.section.look", lambda _root: None)
    said: list[str] = []
    gone: list[str] = []
    desk = Desk()
    navigate = SimpleNamespace(say=said.append, settings=gone.append)
    context: Any = SimpleNamespace(desk=desk, tasks=EveryFault(), navigate=navigate, server=None)
    section = SecuritySection(context)
    section.resize(1000, 760)
    section.show()
    section.refresh()
    return SimpleNamespace(section=section, desk=desk, said=said, gone=gone)


def test_facts_and_what_to_do(shown: Any) -> None:
    words = [text.full_text() for text in shown.section.findChildren(Text)]
    assert "With the password alone: 2." in words
    assert "Enrol one." in words
    assert len(shown.section.findChildren(Chip)) == 3
    (link,) = shown.section.findChildren(LinkButton)
    link.click()
    assert shown.gone == ["you"]


def test_moving_into_the_keyring(shown: Any) -> None:
    shown.desk.fault = True
    shown.section.move_button.click()
    assert "no keyring" in shown.said[0]
    assert shown.section.move_button.isEnabled()
    shown.desk.fault = False
    shown.section.move_button.click()
    assert shown.desk.moved == 1
    assert shown.section.move_button is None
    assert shown.said[1] == "The secrets lie in the keyring now."


def test_without_the_right_there_is_no_button(shown: Any) -> None:
    shown.desk.rights = set()
    shown.section.refresh()
    assert shown.section.move_button is None


def test_a_second_factor_is_demanded_of_roles(shown: Any) -> None:
    boxes = shown.section.demanded.boxes
    assert [role.value for role, box in boxes.items() if box.isChecked()] == ["clinician"]
    boxes[Role.FRONT_DESK].click()
    boxes[Role.CLINICIAN].click()
    assert shown.desk.values == {"second-factor.clinician": "optional", "second-factor.front-desk": "required"}
    assert shown.said == ["Saved for every workstation."] * 2
