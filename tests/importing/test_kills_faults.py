"""The faults of an import, a few of each: nothing lost, nothing doubled, the check is clean.

The full runs are commands: see `killing`, `pulling` and `refusing`.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.importing.killing import Killer, kill_at_random
from tests.importing.locked import LockedKiller
from tests.importing.pulling import pull_at_random, pull_really
from tests.importing.refusing import Refuser

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found through /proc")


@pytest.mark.parametrize("striker", [Killer, LockedKiller], ids=["command", "locked"])
def test_a_few_kills_lose_and_double_nothing(tmp_path: Path, striker: Callable[[random.Random, float], Killer]) -> None:
    assert len(kill_at_random(tmp_path, 2, 20261121, photos=8, longest_s=1.5, striker=striker)) >= 2


def test_a_card_pulled_at_a_random_read_loses_and_doubles_nothing(tmp_path: Path) -> None:
    assert len(pull_at_random(tmp_path, 6, 20261121, photos=6)) == 6


@pytest.mark.thorough
def test_a_mounted_card_that_is_pulled_loses_and_doubles_nothing(tmp_path: Path) -> None:
    if not _may_mount(tmp_path):
        pytest.skip("this account cannot mount an image")
    assert len(pull_really(tmp_path, 5, 20261121)) == 5


def test_a_disk_that_refuses_one_sync_loses_and_doubles_nothing(tmp_path: Path) -> None:
    if not _may_trace():
        pytest.skip("this account cannot trace")
    assert Refuser(tmp_path).refuse("fsync", "EIO", 5, lasting=False).injected


@pytest.mark.thorough
@pytest.mark.parametrize("striker", [Killer, LockedKiller], ids=["command", "locked"])
def test_a_hundred_kills_lose_and_double_nothing(
    tmp_path: Path, striker: Callable[[random.Random, float], Killer]
) -> None:
    assert len(kill_at_random(tmp_path, 100, 7, photos=100, striker=striker)) >= 100


def _may_trace() -> bool:
    trace = shutil.which("strace")
    return (
        trace is not None
        and not subprocess.run(
            [trace, "-f", "--seccomp-bpf", "-o", os.devnull, "-e", "trace=fsync", "true"],
            check=False,
            capture_output=True,
        ).returncode
    )


def _may_mount(folder: Path) -> bool:
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        return False
    image, at = folder / "try.img", folder / "try"
    at.mkdir()
    with image.open("wb") as file:
        file.truncate(4 << 20)
    made = not subprocess.run(["mkfs.ext4", "-q", image], check=False, capture_output=True).returncode
    if not made or subprocess.run(["mount", "-o", "loop", image, at], check=False, capture_output=True).returncode:
        return False
    subprocess.run(["umount", at], check=True)
    return True
