"""What children get, and what they do first."""

from __future__ import annotations

import resource
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from photodesk.background.processes import MANY_FILES, allow_many_files, clean_environment, end, spawn

HARDENED = """
import ctypes, resource, sys
from photodesk.background.processes import harden
harden()
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
sys.stdout.flush()
sys.stdin.read()
"""


def test_the_environment_of_a_child_is_reduced_to_what_a_desktop_needs() -> None:
    given = {"PATH": "/bin", "LC_ALL": "C", "SECRET_TOKEN": "x", "PASSWORD": "y", "PYTHONSTARTUP": "z", "DISPLAY": ":1"}
    kept = clean_environment(given)
    assert {"PATH", "LC_ALL", "DISPLAY", "PYTHONPATH", "PYTHONSAFEPATH"} <= kept.keys()
    assert not {"SECRET_TOKEN", "PASSWORD", "PYTHONSTARTUP"} & kept.keys()


def test_a_hardened_process_dumps_no_core_and_is_not_debuggable() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HARDENED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=clean_environment()
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"(0, 0) 0\n"
        child.kill()


def test_a_child_has_only_the_descriptors_it_was_given(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    secret = (tmp_path / "open-file").open("wb")
    with secret, theirs:
        child = spawn(["keeper", "--fd", str(theirs.fileno()), "--store", str(tmp_path)], (theirs.fileno(),))
    fds = Path(f"/proc/{child.pid}/fd")
    held = [str(fd.readlink()) for fd in fds.iterdir()] if sys.platform == "linux" else []
    assert not any("open-file" in name for name in held)
    ours.close()
    assert child.wait(10) == 1
    assert end(child) == 1


def test_an_importer_may_open_more_files_than_the_usual_limit() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, before[0]), before[1]))
        allow_many_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(before[1], MANY_FILES)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_child_that_the_system_holds_is_left_behind_and_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dying disk keeps a process in its call: the keeper goes on without it."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    monkeypatch.setattr(child, "kill", lambda: None)
    try:
        assert end(child, wait_s=0.05) is None
    finally:
        monkeypatch.undo()
        assert end(child) == -9
        assert child.stdin is not None
        child.stdin.close()
