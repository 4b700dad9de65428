"""A copied store folder, with real keyrings: GNOME Keyring on a private session bus, one keyring a machine.

It opens with the password and this machine's keyring together, and with neither alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PASSWORD, WRONG = "quiet lamp on the stairs", "seven grey boats at noon"
_FOUND = """
import sys
from pathlib import Path
from photodesk.crypto import FLOOR_COST
from photodesk.store.founding import found
from photodesk.store.keyring import Secrets, clinic_secret_account, workstation_secret_account
from photodesk.store.layout import Layout
layout, secrets = Layout(Path(sys.argv[1])), Secrets()
made = found(layout, "Example Skin Clinic", "Room 1", "Ada Byron", sys.argv[2], (), secrets, FLOOR_COST)
assert made.keyring_name == "SecretService", made.keyring_name
clinic = bytes.fromhex(made.clinic_id)
accounts = (clinic_secret_account(clinic, made.workstation_id, 1),)
accounts += (workstation_secret_account(clinic, made.workstation_id),)
held = [secrets.get(account) for account in accounts]
files = b"".join(path.read_bytes() for path in layout.root.rglob("*") if path.is_file())
assert not any(secret in files or secret.hex().encode() in files for secret in held)
print("founded")
"""
_OPEN = """
import sys
from pathlib import Path
from photodesk.errors import PhotoDeskError
from photodesk.store.keyring import Secrets, secrets_of
from photodesk.store.layout import Layout
from photodesk.store.signin import open_slot, people_for_signin
from photodesk.store.slots_file import read_slots
from photodesk.store.store_json import read_store
layout = Layout(Path(sys.argv[1]))
slot = read_slots(layout, read_store(layout).clinic).slots[0].slot_id
try:
    secrets = secrets_of(layout)
    assert type(secrets) is Secrets
    print("opened", len(open_slot(layout, secrets, slot, sys.argv[2]).database_keys))
except PhotoDeskError as error:
    print(error.code)
"""


def _on(machine: Path, script: str, store: Path, password: str) -> str:
    """What a script says in a desktop session of its own on this machine."""
    runtime = machine / "run"
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    day = machine / "day.sh"
    daemon = "printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >&2"
    day.write_text(f'set -e\n{daemon}\nexec "{sys.executable}" -c "$1" "$2" "$3"\n', "utf-8")
    places = {"HOME": str(machine), "XDG_RUNTIME_DIR": str(runtime), "XDG_DATA_HOME": str(machine / "data")}
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", str(day), script, str(store), password],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "LANG": "C.UTF-8"} | places,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return (done.stdout.splitlines() or [done.stderr])[-1]


@pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="GNOME Keyring is not installed here",
)
def test_a_copied_folder_opens_with_neither_password_alone_nor_keyring_alone(tmp_path: Path) -> None:
    ours, theirs, store = tmp_path / "ours", tmp_path / "theirs", tmp_path / "store"
    assert _on(ours, _FOUND, store, PASSWORD) == "founded"
    copied = tmp_path / "copied"
    shutil.copytree(store, copied)
    assert _on(theirs, _OPEN, copied, PASSWORD) == "secret_missing", "the password alone"
    assert _on(ours, _OPEN, copied, WRONG) == "wrong_password", "the keyring alone"
    assert _on(ours, _OPEN, copied, PASSWORD) == "opened 3", "both together, after a new session"
