"""A real keyring: the password opens the folder only beside the keyring that was there at its founding."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.commands import PASSWORD, Clinic

TOOLS = ("dbus-run-session", "gnome-keyring-daemon", "dbus-send")
OWNED = (
    "dbus-send --session --dest=org.freedesktop.DBus --print-reply / org.freedesktop.DBus.NameHasOwner "
    "string:org.freedesktop.secrets | grep -q true"
)
SESSION = 'exec dbus-run-session -- "$@" 3>&1 >/dev/null'  # what the bus starts talks too, and not on our output
UNLOCK = (
    'eval "$(printf %s "$1" | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)"; shift; '
    f'for try in $(seq 100); do {OWNED} && break; sleep 0.1; done; WORDS exec "$@" >&3 3>&-'
)
LOCK = (
    "dbus-send --session --dest=org.freedesktop.secrets --print-reply /org/freedesktop/secrets "
    "org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null"
)

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(
        not all(map(shutil.which, TOOLS)) or not sys.platform.startswith("linux"), reason="no keyring here"
    ),
]


def with_keyring(words: str = "") -> tuple[str, ...]:
    """In front of a command: a session bus and an unlocked keyring of the home's own; `words` run before it."""
    return ("sh", "-c", SESSION, "sh", "sh", "-c", UNLOCK.replace("WORDS", words), "sh", "keyring-pass")


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    made = Clinic(tmp_path, prefix=with_keyring())
    founding = ("--clinic", "Example Skin Clinic", "--user", made.user, "--password-stdin")
    made.json("init", *founding, lines=(PASSWORD,), sign_in=False)
    return made


def test_the_password_opens_the_store_beside_its_keyring(clinic: Clinic) -> None:
    assert not (clinic.store / "secrets.local").exists()
    assert clinic.json("patient", "list")["patients"] == []
    clinic.password = "not-" + PASSWORD
    assert clinic.json("patient", "list", code=3)["error"]["code"] == "wrong_password"


def test_a_copy_opens_nowhere(clinic: Clinic, tmp_path: Path) -> None:
    elsewhere = Clinic(tmp_path / "b", prefix=with_keyring())  # a socket of the keyring lies below: 107 bytes at most
    shutil.copytree(clinic.store, elsewhere.store)
    missing = clinic_error(elsewhere)
    assert missing["code"] == "secret_missing"
    assert missing["remedy"]
    elsewhere.prefix = ()
    assert clinic_error(elsewhere)["code"] == "keyring_missing"


def test_a_locked_keyring_says_so(clinic: Clinic) -> None:
    clinic.prefix = with_keyring(f"{LOCK};")
    locked = clinic_error(clinic)
    assert locked["code"] == "keyring_locked"
    assert locked["remedy"]


def clinic_error(clinic: Clinic) -> dict[str, str]:
    """The error of a command that must fail."""
    error: dict[str, str] = clinic.json("patient", "list", code=1)["error"]
    return error


def test_the_tools_behave(tmp_path: Path) -> None:
    """The session is one of its own: nothing of this machine's keyring is touched."""
    home = tmp_path / "home"
    home.mkdir()
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    command = [*with_keyring(), "sh", "-c", "ls $HOME/.local/share/keyrings"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=30)
    assert "login.keyring" in done.stdout
