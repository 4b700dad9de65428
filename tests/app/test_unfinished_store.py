"""A folder in which joining or restoring broke off: whoever meets it is told what goes on from there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from photodesk.app.paths import existing_store
from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from photodesk.errors import Fixable
from photodesk.store.layout import Layout
from photodesk.store.restore_run import begin
from tests.app.test_command_line import PASSWORD


def test_commands_and_init_say_how_to_go_on(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "new")
    begin(layout)
    layout.secrets_local.write_bytes(b"what a joining with a wrong password leaves")
    entrance = Entrance(layout.root, SystemClock(), FLOOR_COST)
    asked: tuple[Callable[[], object], ...] = (
        lambda: existing_store(layout.root),
        lambda: entrance.found("Clinic", "Room", "Ada Berg", PASSWORD, password_only=True),
    )
    for way in asked:
        with pytest.raises(Fixable) as refused:
            way()
        assert refused.value.code == "store_unfinished"
        assert "photodesk enrol" in refused.value.remedy
    with pytest.raises(Fixable) as missing:
        existing_store(tmp_path / "nothing")
    assert missing.value.code == "store_missing"
