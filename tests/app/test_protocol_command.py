"""`photodesk protocol`: list, change, and what a visit lacks, through real commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from tests.app.test_command_line import PASSWORD, Clinic


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    made = Clinic(tmp_path)
    Entrance(made.store, SystemClock(), FLOOR_COST).found(
        "Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True
    )
    return made


def test_protocols_are_listed_changed_and_looked_at(clinic: Clinic) -> None:
    listed = clinic.good("protocol", "list")["protocols"]
    assert {"face", "breast", "body", "hand", "dermatology-regional"} <= {one["code"] for one in listed}
    steps = ("--step", "6757004/frontal", "--step", "6757004/lateral-right")
    made = clinic.good("protocol", "set", "knee", "--name", "Knee series", *steps)
    assert made["steps"][0] == {"body_site": "6757004", "standard_view": "frontal", "name": "Frontal"}
    clinic.good("patient", "add", "--mrn", "1", "--family", "Test", "--given", "Ada", "--birth", "1968-05-12")
    clinic.good("visit", "add", "1", "--date", "2026-11-20")
    found = clinic.good("protocol", "missing", "1", "--visit", "2026-11-20", "--protocol", "knee")
    [knee] = found["protocols"]
    assert knee["taken"] == []
    assert [one["standard_view"] for one in knee["missing"]] == ["frontal", "lateral-right"]
    assert knee["words"] == "Knee series: 0 of 2, frontal and 1 more missing"
    clinic.good("protocol", "set", "knee", "--remove")
    assert "knee" not in {one["code"] for one in clinic.good("protocol", "list")["protocols"]}
