"""What the clinic decides about its log: shown to who reads it, changed by who may change the policy."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QScrollArea, QWidget

from photodesk.desk.policy import PolicyValue
from photodesk.desk.policy_rules import RULES
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.ui.controls import Dropdown, Popover, Row, Text, TextField
from photodesk.ui.log.settings_section import ActivityLogSection
from photodesk.ui.page import PageContext
from tests.ui.conftest import AtOnce, Went


class Decided:
    """Policies as a desk knows them; one value is refused."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def everything(self) -> tuple[PolicyValue, ...]:
        return tuple(
            PolicyValue(rule, self.known.get(rule.name, rule.default), rule.name in self.known) for rule in RULES
        )

    def set(self, name: str, value: str) -> None:
        rule = next(rule for rule in RULES if rule.name == name)
        if not rule.fits(value):
            raise Fixable("policy_value", f"{name} takes {rule.values}.", "Give one of these.")
        self.known[name] = value


def section(qtbot: Any, *rights: Right) -> tuple[ActivityLogSection, Decided, Went]:
    decided, went = Decided(), Went()
    desk = SimpleNamespace(policy=decided, may=lambda right: right in rights)
    made = ActivityLogSection(PageContext(desk, AtOnce(), went))  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    made.refresh()
    return made, decided, went


@pytest.mark.usefixtures("dressed")
def test_an_administrator_decides(qtbot: Any) -> None:
    made, decided, went = section(qtbot, Right.MANAGE_POLICY)
    made.fields["log.hours"].edit.setText("mon-fri 08:00-18:00; sat 09:00-12:00")
    made._typed("log.hours")
    made.change("log.sign-off-days", "14")
    assert decided.known == {"log.hours": "mon-fri 08:00-18:00; sat 09:00-12:00", "log.sign-off-days": "14"}
    assert any(drop.value == "14" for drop in made.findChildren(Dropdown))
    made.fields["log.atna"].edit.setText("nowhere")
    made._typed("log.atna")
    assert "log.atna takes off or host:port." in went.calls[-1][1]
    assert not made.grab().isNull()


@pytest.mark.usefixtures("dressed")
def test_a_privacy_officer_reads_what_holds(qtbot: Any) -> None:
    made, _, _ = section(qtbot, Right.READ_LOG)
    assert made.findChildren(TextField) == []
    said = {text.full_text() for text in made.findChildren(Text)}
    assert {"mon-fri 07:00-19:00", "12 within ten minutes", "every 7 days", "name staff", "off"} <= said


@pytest.mark.usefixtures("dressed")
def test_a_long_list_of_choices_scrolls_inside_the_window(qtbot: Any) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 600)
    many = Dropdown("Person", tuple((str(number), f"Person {number}") for number in range(60)), parent=window)
    window.show()
    many.open_choices()
    (popover,) = window.findChildren(Popover)
    assert popover.box.height() < 600
    (scroll,) = popover.findChildren(QScrollArea)
    rows = scroll.findChildren(Row)
    assert len(rows) == 60
    rows[-1].setFocus()
    qtbot.waitUntil(lambda: scroll.verticalScrollBar().value() > 0)
    rows[-1].click()
    assert many.value == "59"
