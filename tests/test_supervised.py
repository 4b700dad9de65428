"""The run of the tests ends whatever a test does, and says what failed only beside others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
CRASHES_ONCE = """
import ctypes, subprocess
from pathlib import Path

def test_crash():
    here = Path(__file__).parent
    if not (here / "pid").exists():
        (here / "pid").write_text(str(subprocess.Popen(["sleep", "600"], start_new_session=True).pid))
        ctypes.string_at(0)
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="orphans are taken over on Linux only")


def supervised(folder: Path, test: str) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_it.py").write_text(test)
    arguments = ["-c", str(folder / "pytest.ini"), "--rootdir", str(folder), str(folder)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "tests.supervised", *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_crash_leaves_no_process_and_counts_only_when_it_happens_again(tmp_path: Path) -> None:
    ran = supervised(tmp_path, CRASHES_ONCE)
    assert ran.returncode == 0, ran.stdout
    assert "crashed while running" in ran.stdout
    assert "passes by itself" in ran.stdout
    left = Path("/proc") / (tmp_path / "pid").read_text() / "stat"
    assert not left.exists()


def test_what_fails_again_by_itself_fails(tmp_path: Path) -> None:
    ran = supervised(tmp_path, "def test_wrong():\n    assert 1 == 2\n")
    assert ran.returncode == 1, ran.stdout
    assert "passes by itself" not in ran.stdout
