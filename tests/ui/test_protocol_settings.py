"""Series on the settings page: listed, changed by keys, kept through the desk."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from photodesk.desk.roles import Right
from photodesk.photos import DEFAULT_PROTOCOLS, Protocol, Step
from photodesk.ui.page import PageContext
from photodesk.ui.settings.protocol_dialog import ProtocolDialog
from photodesk.ui.settings.protocols_section import ProtocolsSection
from tests.ui.conftest import AtOnce, Went

KEY = Qt.Key


class Kept:
    """Protocols in memory."""

    def __init__(self) -> None:
        self.protocols = list(DEFAULT_PROTOCOLS)

    def all(self) -> tuple[Protocol, ...]:
        return tuple(self.protocols)

    def save(self, protocol: Protocol) -> Protocol:
        self.protocols = [one for one in self.protocols if one.code != protocol.code] + [protocol]
        return protocol

    def remove(self, code: str) -> None:
        self.protocols = [one for one in self.protocols if one.code != code]


def section(qtbot: QtBot, *, may: bool = True) -> tuple[ProtocolsSection, Kept]:
    kept = Kept()
    desk: Any = SimpleNamespace(protocols=kept, may=lambda right: may and right is Right.EDIT_PROTOCOLS)
    made = ProtocolsSection(PageContext(desk, AtOnce(), Went()))  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(800, 700)
    made.show()
    made.refresh()
    return made, kept


def buttons(made: ProtocolsSection) -> list[QAbstractButton]:
    QApplication.processEvents()
    return [button for button in made.findChildren(QAbstractButton) if button.isVisible()]


@pytest.mark.usefixtures("dressed")
def test_a_series_is_changed_by_keys(qtbot: QtBot) -> None:
    made, kept = section(qtbot)
    [face] = [button for button in buttons(made) if button.accessibleName() == "Change Face series"]
    face.click()
    dialog = made.window().findChildren(ProtocolDialog)[-1]
    first = list(dialog.steps)
    dialog.list.hasFocus = lambda: True  # type: ignore[method-assign]
    qtbot.keyClick(dialog.list, KEY.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert dialog.steps[:2] == [first[1], first[0]]
    qtbot.keyClick(dialog.list, KEY.Key_Delete)
    assert dialog.steps == [first[1], *first[2:]]
    dialog.add_step(Step("89545001", "cephalic"))
    qtbot.keyClick(dialog.fields["name"].edit, KEY.Key_End)
    qtbot.keyClicks(dialog.fields["name"].edit, ", long")
    qtbot.keyClick(dialog.fields["name"].edit, KEY.Key_Return)
    saved = next(one for one in kept.protocols if one.code == "face")
    assert saved.name == "Face series, long"
    assert saved.steps[-1].view == "cephalic"


@pytest.mark.usefixtures("dressed")
def test_a_new_series_gets_its_code_from_its_name_and_can_go(qtbot: QtBot) -> None:
    made, kept = section(qtbot)
    made.add.click()
    dialog = made.window().findChildren(ProtocolDialog)[-1]
    dialog.save()
    assert len(kept.protocols) == len(DEFAULT_PROTOCOLS)
    dialog.add_step(Step("6757004", "frontal"))
    dialog.fields["name"].edit.setText("Knie, rechts")  # type: ignore[union-attr]
    dialog.save()
    assert kept.protocols[-1] == Protocol("knie-rechts", "Knie, rechts", (Step("6757004", "frontal"),))
    [change] = [button for button in buttons(made) if button.accessibleName() == "Change Knie, rechts"]
    change.click()
    made.window().findChildren(ProtocolDialog)[-1]._removed()
    assert "knie-rechts" not in {one.code for one in kept.protocols}


@pytest.mark.usefixtures("dressed")
def test_who_may_not_change_them_only_reads(qtbot: QtBot) -> None:
    made, _ = section(qtbot, may=False)
    assert buttons(made) == []
