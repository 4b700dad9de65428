"""A backup killed at random points: the one before stays whole, and the next one goes on.

`python -m tests.store.interrupted_backups [--points 100]` kills that many runs with SIGKILL: at a random step of
writing to the folder, or after a random time. After every kill the newest run is read back whole, file by file, and now
and then restored with every photo compared. The suite runs a short form.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from photodesk.crypto import FLOOR_COST
from photodesk.store.backup_check import check_backup
from photodesk.store.backup_folder import find_backup
from photodesk.store.backup_run import back_up
from photodesk.store.backup_target import FolderTarget
from photodesk.store.keyring import Secrets
from photodesk.store.layout import Layout
from photodesk.store.restore_run import restore
from photodesk.store.restore_source import open_backup
from tests.store.backup_clinic import Desk, files_of, founded_desk, open_desk
from tests.store.clinic import Clinic
from tests.store.fake_keyring import MemoryKeyring

RESTORE_EVERY = 20


class DyingTarget(FolderTarget):
    """Kills its process at the given step of writing, in front of it or in the middle of a file."""

    def __init__(self, root: Path, dies_at: int) -> None:
        super().__init__(root)
        self._left = dies_at

    def _step(self) -> None:
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def _write(self, aside: Path, pieces: Iterable[bytes]) -> None:
        def counted() -> Iterator[bytes]:
            for piece in pieces:
                self._step()
                yield piece

        super()._write(aside, counted())

    def _publish(self, aside: Path, path: Path) -> None:
        self._step()
        super()._publish(aside, path)
        self._step()

    def remove(self, names: Iterable[str]) -> None:
        for name in names:
            self._step()
            super().remove([name])

    def open(self, name: str) -> BinaryIO:
        self._step()
        return super().open(name)


@dataclass
class Killed:
    """What the harness counted."""

    killed: int = 0
    finished: int = 0
    restored: int = 0


def in_child(work: Callable[[], Any], kill_after_s: float = 0) -> bool:
    """Run in a forked child; whether it ended by itself."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    if kill_after_s:
        time.sleep(kill_after_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the run failed by itself"
    return not os.WIFSIGNALED(status)


def hashes(desk: Desk) -> dict[str, str]:
    found: dict[str, str] = {}
    for pointer in desk.catalog.chart_pointers():
        chart = desk.charts.open_pointer(pointer)
        for one in chart.originals():
            found[one.original_id] = hashlib.sha256(chart.original_bytes(one.original_id)).hexdigest()
        chart.ledger.database.close()
    return found


def restored_hashes(desk: Desk, folder: Path, to: Path) -> dict[str, str]:
    code, secrets, layout = desk.clinic.founded.recovery_code, Secrets(MemoryKeyring()), Layout(to)
    opened = open_backup(FolderTarget(folder), code)
    restore(opened, layout, secrets, code, "Ada Byron", "eleven blue kettles sing", "New room", cost=FLOOR_COST)
    there = open_desk(
        Clinic(layout, secrets, MemoryKeyring(), desk.clinic.founded), "Ada Byron", "eleven blue kettles sing"
    )
    try:
        return hashes(there)
    finally:
        there.close()


def run(points: int, seed: int, root: Path) -> Killed:
    """Kill `points` runs; AssertionError where a backup is ever less than the last one that was finished."""
    draw, counted = random.Random(seed), Killed()  # noqa: S311  where to kill, no secret
    desk, folder = founded_desk(root / "store"), root / "backup"
    patients = [desk.patient(str(number)) for number in range(3)]
    for patient in patients:
        desk.file(patient, files_of(2))
    desk.back_up(folder)
    public = {desk.keyset.workstation_id: desk.keeper.keys.workstation_signing.public}
    wanted, good = hashes(desk), 1
    while counted.killed < points:
        desk.file(draw.choice(patients), files_of(draw.randint(1, 2)))
        sources = desk.sources
        desk.charts.close_all()
        by_time = draw.random() < 0.4
        target = FolderTarget(folder) if by_time else DyingTarget(folder, int(10 ** draw.uniform(0, 2.6)))
        ended = in_child(lambda: back_up(sources, target), 10 ** draw.uniform(-3, 0.3) if by_time else 0)  # noqa: B023
        counted.finished, counted.killed = counted.finished + ended, counted.killed + (not ended)
        checked = check_backup(FolderTarget(folder), public)
        assert checked.problems == (), checked.problems
        assert checked.run.number >= good, "a backup that was finished is gone"
        if checked.run.number > good:
            good, wanted = checked.run.number, hashes(desk)
        if counted.killed % RESTORE_EVERY == RESTORE_EVERY - 1 or counted.killed == points:
            assert restored_hashes(desk, folder, root / f"new-{counted.killed}-{counted.finished}") == wanted
            counted.restored += 1
    done = desk.back_up(folder)
    found = find_backup(FolderTarget(folder), public)
    assert found is not None
    assert found.progress is None
    assert not list(folder.rglob("*.new"))
    assert done.problems == ()
    assert restored_hashes(desk, folder, root / "last") == hashes(desk)
    desk.close()
    return counted


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=100)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        found = run(given.points, given.seed, Path(folder))
        print(  # noqa: T201
            f"killed {found.killed}, finished {found.finished}, restored {found.restored} times;"
            f" {time.monotonic() - started:.0f} s: the backup before was whole every time"
        )


if __name__ == "__main__":
    main()
