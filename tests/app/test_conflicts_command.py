"""`conflicts` by command, in a clinic of one workstation: nothing to review, and what is said of an unknown one."""

from __future__ import annotations

from pathlib import Path

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from tests.app.test_command_line import PASSWORD, Clinic


def test_conflicts_are_listed_and_an_unknown_one_is_said_to_be(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    Entrance(clinic.store, SystemClock(), FLOOR_COST).found(
        "Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True
    )
    assert clinic.good("conflicts") == {"conflicts": []}
    code, document = clinic.run("conflicts", "resolve", "00" * 16, "--keep", "here")
    assert (code, document["error"]["code"]) == (1, "conflict_unknown")
    code, document = clinic.run("conflicts", "resolve", "00" * 16, "--keep", "both")
    assert code == 2
