from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import keyring
import keyring.core
import msgspec
import pytest

from photodesk.errors import Damaged, Fixable, Refused
from photodesk.store.keyring import LocalSecrets, Secrets
from tests.store.fake_keyring import MemoryKeyring

PROJECT = Path(__file__).resolve().parents[2]
ACCOUNT = "clinic/workstation/clinic-secret/1"


def test_secret_is_kept_and_found_again() -> None:
    backend = MemoryKeyring()
    Secrets(backend).set(ACCOUNT, bytes(range(32)))
    assert Secrets(backend).get(ACCOUNT) == bytes(range(32))
    assert set(backend.held) == {("PhotoDesk", ACCOUNT)}


def test_locked_gone_and_empty_keyrings_say_what_to_do() -> None:
    backend = MemoryKeyring()
    for state, code in (("locked", "keyring_locked"), ("gone", "keyring_missing"), ("", "secret_missing")):
        backend.locked, backend.gone = state == "locked", state == "gone"
        with pytest.raises(Fixable) as fixable:
            Secrets(backend).get(ACCOUNT)
        assert fixable.value.code == code
        assert fixable.value.remedy


def test_an_altered_secret_is_damage() -> None:
    backend = MemoryKeyring()
    backend.held["PhotoDesk", ACCOUNT] = "not hexadecimal"
    with pytest.raises(Damaged):
        Secrets(backend).get(ACCOUNT)


@pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")
def test_configured_back_ends_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`keyring`'s configuration could name a plain file; only this system's real one is looked at."""
    monkeypatch.setattr(keyring.core, "_keyring_backend", MemoryKeyring())
    assert isinstance(keyring.get_keyring(), MemoryKeyring)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'nothing'}")
    with pytest.raises(Fixable) as fixable:
        Secrets().name()
    assert fixable.value.code == "keyring_missing"


def test_local_secrets_are_private_and_refuse_what_they_do_not_know(tmp_path: Path) -> None:
    path = tmp_path / "secrets.local"
    secrets = LocalSecrets(path)
    with pytest.raises(Fixable):
        secrets.get(ACCOUNT)
    secrets.set(ACCOUNT, bytes(32))
    secrets.set("other", b"\x01" * 32)
    assert path.stat().st_mode & 0o777 == 0o600
    assert LocalSecrets(path).get(ACCOUNT) == bytes(32)
    path.write_bytes(msgspec.msgpack.encode([2, 1, []]))
    with pytest.raises(Refused):
        secrets.get(ACCOUNT)
    path.write_bytes(b"\xff")
    with pytest.raises(Damaged):
        secrets.get(ACCOUNT)


_REAL_DAY = """
from photodesk.store.keyring import Secrets
assert Secrets().name() == "SecretService"
Secrets().set("clinic/workstation/clinic-secret/1", bytes(range(32)))
assert Secrets().get("clinic/workstation/clinic-secret/1") == bytes(range(32))
print("kept")
"""


@pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="GNOME Keyring is not installed here",
)
def test_real_secret_service(tmp_path: Path) -> None:
    """A session bus and a GNOME Keyring of its own, unlocked with an empty password, all below a temporary folder."""
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    script = tmp_path / "day.sh"
    daemon = "printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >&2"
    script.write_text(f'set -e\n{daemon}\n"{sys.executable}" -c "$1"\n', "utf-8")
    places = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(runtime), "XDG_DATA_HOME": str(tmp_path / "data")}
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "LANG": "C.UTF-8"} | places
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", str(script), _REAL_DAY],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.splitlines()[-1:] == ["kept"], done.stderr


def test_no_session_bus_is_said_in_words(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("the Secret Service is Linux's")
    code = (
        "from photodesk.errors import Fixable\nfrom photodesk.store.keyring import Secrets\n"
        "try:\n    Secrets().name()\nexcept Fixable as error:\n    print(error.code)\n"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "HOME": str(tmp_path)}
    environment |= {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path / 'nothing'}"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "keyring_missing"
