"""The settings say when this desk locks and whose idleness is meant; who may, changes it, and it holds at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from photodesk.desk.policy import PolicyValue
from photodesk.desk.policy_rules import RULES
from photodesk.errors import Refused
from photodesk.protocol.messages import Computer
from photodesk.ui.controls import Dropdown, Text
from photodesk.ui.locking import DeskLock
from photodesk.ui.settings.locking_section import LockingSection
from tests.log.writing import HandClock
from tests.ui.conftest import AtOnce


class Policies:
    """The clinic's policies."""

    def __init__(self) -> None:
        self.values = {rule.name: rule.default for rule in RULES}

    def everything(self) -> tuple[PolicyValue, ...]:
        return tuple(PolicyValue(rule, self.values[rule.name], False) for rule in RULES)

    def get(self, name: str) -> str:
        return self.values[name]

    def set(self, name: str, value: str) -> None:
        if value == "600":
            raise Refused("no_right", "Your role does not allow you to change the clinic's policy.", "")
        self.values[name] = value


class Tasks(AtOnce):
    def store(self, work: Any, done: Any, failed: Any = None) -> SimpleNamespace:
        try:
            result = work()
        except Refused as refused:
            failed(refused)
        else:
            done(result)
        return SimpleNamespace(cancel=lambda: None)


def section(qtbot: QtBot, *, may: bool) -> Any:
    said: list[str] = []
    lock = DeskLock(HandClock(), frozenset({"clinician"}), QWidget, lambda _: None, lambda _: None)  # type: ignore[arg-type]
    desk = SimpleNamespace(may=lambda _right: may, policy=Policies())
    context: Any = SimpleNamespace(desk=desk, tasks=Tasks(), navigate=SimpleNamespace(say=said.append), locking=lock)
    made = LockingSection(context)
    qtbot.addWidget(made)
    made.refresh()
    return SimpleNamespace(view=made, lock=lock, said=said, policies=desk.policy)


def words(widget: QWidget) -> str:
    labels = [text.full_text() for text in widget.findChildren(Text) if not text.isHidden()]
    return " | ".join(labels + [label.text() for label in widget.findChildren(QLabel)])


def test_it_says_whose_idleness_is_meant_and_what_is_heard(qtbot: QtBot, dressed: object) -> None:
    at = section(qtbot, may=False)
    assert "5 minutes without input in PhotoDesk's windows" in words(at.view)
    assert "neither its lock nor its sleep is heard" in words(at.view)
    at.lock.hear(Computer(("delay", "session"), "desktop", 10))
    at.view.refresh()
    assert "5 minutes without input anywhere on this computer, as the desktop tells" in words(at.view)
    assert "Not heard here" in words(at.view)
    assert at.view.findChildren(Dropdown) == []


def test_who_may_changes_the_times_and_they_hold_at_once(qtbot: QtBot, dressed: object) -> None:
    at = section(qtbot, may=True)

    def choice() -> Dropdown:
        found = [one for one in at.view.findChildren(Dropdown) if "Clinician" in one.accessibleName()]
        return found[-1]

    assert max(int(value) for value, _ in choice().choices) == 900
    choice().pick("120")
    assert at.policies.values["idle.clinician"] == "120"
    assert at.lock.limits_ms[0] == 120_000
    assert at.said == ["Idle time changed."]
    choice().pick("600")
    assert at.policies.values["idle.clinician"] == "120"
    assert "does not allow" in at.said[-1]
