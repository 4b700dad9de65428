"""`photodesk security` through real processes, and moving the secrets into a real keyring."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from tests.app.test_command_line import PASSWORD, ROOT, Clinic

NAMES = ["keyring", "disk", "swap", "second_factors", "backup", "check", "anchor", "recovery_kit"]
_DAY = """
printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >&2
for arguments in "security --move-into-keyring" "security" "check"; do
    printf '%s\\n' "$SECOND" | "$PYTHON" -m photodesk $arguments --store "$STORE" --user "Ada Berg" \\
        --password-stdin --json > "$OUT/$(echo $arguments | tr -d ' -').json"
    echo $? >> "$OUT/codes"
done
"""


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """Password only, and no session bus: nobody's real keyring is touched."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'nothing'}")
    made = Clinic(tmp_path)
    entrance = Entrance(made.store, SystemClock(), FLOOR_COST)
    entrance.found("Example Clinic", "Front desk", "Ada Berg", PASSWORD, password_only=True)
    return made


def _states(document: Any) -> dict[str, str]:
    return {fact["name"]: fact["state"] for fact in document["facts"]}


def test_every_fact_with_what_to_do(clinic: Clinic) -> None:
    document = clinic.good("security")
    assert [fact["name"] for fact in document["facts"]] == NAMES
    assert document["result"] == "bad"
    assert all(bool(fact["do"]) == (fact["state"] != "ok") for fact in document["facts"])
    states = _states(document)
    assert (states["keyring"], states["backup"], states["recovery_kit"]) == ("bad", "bad", "ok")
    clinic.good("check")
    assert _states(clinic.good("security"))["check"] == "ok"


def test_check_keeps_saying_that_the_password_is_enough(clinic: Clinic) -> None:
    common = ("--store", str(clinic.store), "--user", "Ada Berg", "--quiet", "--password-stdin")
    done = subprocess.run(
        [sys.executable, "-m", "photodesk", "check", *common],
        input=f"{PASSWORD}\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert "Password only: whoever copies" in done.stderr


def test_without_a_keyring_nothing_moves(clinic: Clinic) -> None:
    code, document = clinic.run("security", "--move-into-keyring")
    assert (code, document["error"]["code"]) == (1, "keyring_missing")
    assert (clinic.store / "secrets.local").exists()
    assert clinic.good("patient", "list")["patients"] == []


@pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="GNOME Keyring is not installed here",
)
def test_the_secrets_move_into_a_real_keyring(clinic: Clinic) -> None:
    home, out = clinic.folder / "home", clinic.folder / "out"
    for folder in (home / "run", out):
        folder.mkdir(mode=0o700, parents=True)
    places = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "XDG_DATA_HOME": str(home / "data")}
    given = {"PYTHON": sys.executable, "STORE": str(clinic.store), "OUT": str(out), "SECOND": PASSWORD}
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", _DAY],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"} | places | given,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert (out / "codes").read_text().split() == ["0", "0", "0"], done.stderr
    assert not (clinic.store / "secrets.local").exists()
    facts = json.loads((out / "security.json").read_text())["facts"]
    assert next(fact for fact in facts if fact["name"] == "keyring")["details"] == {"keyring": "SecretService"}
    code, document = clinic.run("patient", "list")
    assert (code, document["error"]["code"]) == (1, "keyring_missing"), "the password alone opens nothing any more"
