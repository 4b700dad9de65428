"""Security keys on the command line, through real processes; the key is one in software, put in place by the test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from tests.app.test_command_line import PASSWORD, ROOT

NEW_PASSWORD = "nine slow herons over ice"
_PLUGGED = """
import sys
from fido2.hid import CtapHidDevice
from tests.background.software_key import SoftwareKey
keys = [SoftwareKey(wrapping=bytes.fromhex(one)) for one in sys.argv.pop(1).split(",") if one]
CtapHidDevice.list_devices = classmethod(lambda _: iter(keys))
from photodesk.app.cli import main
sys.exit(main())
"""
FIRST, SECOND, STRANGER = "11" * 32, "22" * 32, "33" * 32


class Clinic:
    """One store, and commands run with keys plugged in."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "store"
        entrance = Entrance(self.store, SystemClock(), FLOOR_COST)
        entrance.found("Example Clinic", "Front desk", "Ada Berg", PASSWORD, password_only=True)

    def run(self, keys: tuple[str, ...], *arguments: str, lines: tuple[str, ...] = (PASSWORD,)) -> tuple[Any, str]:
        """(document, what was said on standard error)."""
        common = ("--store", str(self.store), "--user", "Ada Berg", "--password-stdin", "--json")
        done = subprocess.run(
            [sys.executable, "-c", _PLUGGED, ",".join(keys), *arguments, *common],
            input="".join(f"{line}\n" for line in lines),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        return json.loads(done.stdout), done.stderr


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return Clinic(tmp_path)


def test_two_keys_from_enrolling_to_losing_one(clinic: Clinic) -> None:
    made, said = clinic.run((FIRST,), "user", "factor", "key")
    assert (made, said.count("Touch the security key.")) == ({"security_keys": 1, "password_alone": True}, 2)
    made, _ = clinic.run((FIRST, SECOND), "user", "factor", "key")
    assert made == {"security_keys": 2, "password_alone": False}
    assert clinic.run((), "patient", "list")[0]["error"]["code"] == "security_key_missing"
    assert clinic.run((STRANGER,), "patient", "list")[0]["error"]["code"] == "security_key_other"
    wrong, _ = clinic.run((FIRST,), "patient", "list", lines=("a wrong password",))
    assert wrong["error"]["code"] == "wrong_password"
    for key in (FIRST, SECOND):
        opened, said = clinic.run((key,), "patient", "list")
        assert (opened, said.count("Touch")) == ({"patients": []}, 1)
    changed, _ = clinic.run((FIRST, SECOND), "user", "password", lines=(PASSWORD, NEW_PASSWORD))
    assert "error" not in changed
    found, _ = clinic.run((SECOND,), "user", "factor", "list", lines=(NEW_PASSWORD,))
    assert (len(found["my_keys"]), found["factors"][0]["security_keys"]) == (2, 2)
    for slot_id in found["my_keys"]:
        removed, _ = clinic.run((FIRST, SECOND), "user", "factor", "remove", slot_id, lines=(NEW_PASSWORD,))
        assert removed == {"removed": slot_id}
    opened, _ = clinic.run((), "patient", "list", lines=(NEW_PASSWORD,))
    assert opened == {"patients": []}, "without the last key the password alone opens again"
