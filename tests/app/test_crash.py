"""What a process says when it ends before its work is done: never a value, and a fault only where there is one."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from photodesk.app.crash import describe


@pytest.mark.parametrize("part", ["importer", "syncer"])
def test_a_part_whose_keeper_went_is_no_fault(part: str, tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        started = subprocess.Popen(
            [sys.executable, "-m", "photodesk", part, "--fd", str(theirs.fileno()), "--store", str(tmp_path)],
            pass_fds=(theirs.fileno(),),
            stderr=subprocess.PIPE,
            text=True,
        )
    ours.close()
    _, said = started.communicate(timeout=60)
    assert "fault" not in said
    assert said in {"", f"photodesk {part}: ended before its work was done (locked). What was saved is safe.\n"}


def test_a_fault_is_told_by_kind_and_place_alone() -> None:
    try:
        int("Ada Berg, 1970-02-03")
    except ValueError as error:
        told = describe(error)
    assert told.startswith("ValueError at app/test_crash.py:")
    assert "Ada" not in told
