"""A store on a small disk of its own that runs full: a clear sentence, nothing lost, and afterwards all goes on."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.importing.conftest import jpeg
from tests.journeys.commands import Clinic
from tests.journeys.screen import wait_until

DISK_MB = 160
SAFE = frozenset({"verified", "assigned", "filed"})
MRN = "M1"

pytestmark = pytest.mark.journey


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes; skips where this machine does not let us mount one."""
    folder = tmp_path / "store"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=700", "tmpfs", str(folder)]
    if os.name != "posix" or os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def clinic(tmp_path: Path, disk: Path) -> Clinic:
    made = Clinic(tmp_path)
    made.found()
    made.json("patient", "add", "--mrn", MRN, "--family", "Sample", "--given", "Ada", "--birth", "1968-05-12")
    return made


def fill(disk: Path, leave_bytes: int) -> Path:
    """A file that takes all room but this much, also while others write: what they took meanwhile is left to them."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        while (room := free_bytes(disk) - leave_bytes) > 0:
            try:
                os.posix_fallocate(file.fileno(), ballast.stat().st_size, room)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
    return ballast


def free_bytes(disk: Path) -> int:
    """What the file system still has for others."""
    state = os.statvfs(disk)
    return state.f_bavail * state.f_frsize


@pytest.fixture
def card(tmp_path: Path) -> Path:
    made = tmp_path / "card"
    made.mkdir()
    for number in range(12):
        (made / f"IMG_{number}.JPG").write_bytes(jpeg(number, (800, 600)))
    return made


def ends_well(clinic: Clinic, card: Path, stopped: Any) -> None:
    """There is room again: what was called safe left the card, the same command files the rest, nothing is lost."""
    wanted = {sha256(path.read_bytes()).hexdigest(): path for path in card.iterdir()}
    for one in stopped.get("files", []):
        if one["stage"] in SAFE:
            wanted[one["sha256"]].unlink()
    if any(card.iterdir()):
        clinic.json("import", str(card), "--patient", MRN)
    photos = [one for visit in clinic.json("timeline", MRN)["visits"] for one in visit["photos"]]
    assert sorted(one["sha256"] for one in photos) == sorted(wanted)
    assert clinic.json("check")["result"] == "clean"


def test_too_little_room_is_said_before_anything_is_copied(clinic: Clinic, disk: Path, card: Path) -> None:
    ballast = fill(disk, 40 << 20)
    full = clinic.json("import", str(card), "--patient", MRN, code=1)
    assert full["stopped"]["code"] == "disk_full"
    assert "Free some space" in full["stopped"]["remedy"]
    ballast.unlink()
    ends_well(clinic, card, full)


def test_a_disk_that_fills_during_the_import_loses_nothing(clinic: Clinic, disk: Path, card: Path) -> None:
    def fill_once_a_pack_is_there() -> Path:
        wait_until(lambda: any((disk / "inbox").glob("*/*.db")), "the first pack", 60)
        return fill(disk, 0)

    with ThreadPoolExecutor(1) as beside:
        ballast = beside.submit(fill_once_a_pack_is_there)
        full = clinic.json("import", str(card), "--patient", MRN, code=None)
        ballast.result().unlink()
    stopped = full.get("error") or full["stopped"]
    assert stopped is None or stopped["code"] in {"disk_full", "log_not_writable"}, stopped
    assert stopped is None or stopped["remedy"]
    ends_well(clinic, card, full)


def test_a_log_without_room_shows_nothing_and_goes_on_later(clinic: Clinic, disk: Path) -> None:
    before = clinic.json("log", "verify", sign_in=False)["entries"]
    ballast = fill(disk, 0)
    refused = clinic.json("timeline", MRN, code=1)
    assert refused["error"]["code"] in {"log_not_writable", "disk_full"}
    assert refused["error"]["remedy"]
    ballast.unlink()
    assert clinic.json("timeline", MRN)["visits"] == []
    verdict = clinic.json("log", "verify", sign_in=False)
    assert verdict["result"] == "intact"
    assert verdict["entries"] > before
    assert clinic.json("check")["result"] == "clean"
