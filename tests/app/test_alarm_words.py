"""What an alarm tells to do: where a restored server may be behind it, the way to sign that is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from photodesk.app.command_line import Invocation
from photodesk.app.commands_alarm import alarm
from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from photodesk.store.layout import Layout
from photodesk.sync.alarms import Alarms
from photodesk.sync.contradictions import Attack, Contradiction
from photodesk.sync.spool import Spool
from photodesk.ui.help.topics import topic
from tests.app.test_command_line import PASSWORD

SIGN = "photodesk sync server-restored"


@pytest.mark.parametrize(("attack", "named"), [(Attack.OPERATIONS, True), (Attack.OWN_LOG, False)])
def test_an_alarm_names_the_way_to_sign_a_restore(tmp_path: Path, attack: Attack, named: bool) -> None:
    layout = Layout(tmp_path / "store")
    Entrance(layout.root, SystemClock(), FLOOR_COST).found("Clinic", "Room", "Ada", PASSWORD, password_only=True)
    spool = Spool(layout.spool)
    found = Contradiction(attack, "its order is shorter than it was, or another one")
    Alarms(spool, SystemClock()).keep(found)
    spool.close()
    assert (SIGN in found.remedy) == named
    shown = CliRunner().invoke(alarm, [], obj=Invocation(store=layout.root))
    assert shown.exit_code == 0, shown.output
    assert (SIGN in shown.output) == named
    assert "sync alarm --save" in shown.output


@pytest.mark.parametrize("name", ["clinic-server", "several-workstations"])
def test_the_help_names_it_too(name: str) -> None:
    assert SIGN in topic(name).text
