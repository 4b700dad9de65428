"""Backups that are killed, whose disk fills up, is pulled, or lies."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from photodesk.errors import Cancelled, Damaged, Fixable
from photodesk.progress import Cancel, Progress
from photodesk.store import backup_run, backup_target
from photodesk.store.backup_check import check_backup
from photodesk.store.backup_folder import find_backup
from photodesk.store.backup_record import KIND
from photodesk.store.backup_run import back_up
from photodesk.store.backup_target import FolderTarget, blob_path
from tests.store import interrupted_backups
from tests.store.backup_clinic import Desk, files_of, founded_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = founded_desk(tmp_path / "store")
    yield made
    made.close()


def public(desk: Desk) -> dict[str, bytes]:
    return {desk.keyset.workstation_id: desk.keeper.keys.workstation_signing.public}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills are tried where a process can be forked")
def test_killed_at_random_points_the_one_before_is_whole(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    points = 100 if request.config.getoption("--thorough") else 8
    found = interrupted_backups.run(points, seed=points, root=tmp_path)
    assert found.killed == points


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "backup_full"),
        (errno.EDQUOT, "backup_full"),
        (errno.EIO, "backup_gone"),
        (errno.ENODEV, "backup_gone"),
        (errno.EROFS, "backup_read_only"),
    ],
)
def test_a_full_or_pulled_disk_is_said_and_the_one_before_is_whole(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    patient = desk.patient("1")
    desk.file(patient, files_of(1))
    desk.back_up(tmp_path / "backup")
    desk.file(patient, files_of(1))
    real, calls = os.fsync, 0

    def failing(descriptor: int) -> None:
        nonlocal calls
        if str(tmp_path / "backup") in str(Path(f"/proc/self/fd/{descriptor}").readlink()):
            calls += 1
            if calls == 3:
                raise OSError(number, os.strerror(number))
        real(descriptor)

    monkeypatch.setattr(backup_target.os, "fsync", failing)
    with pytest.raises(Fixable) as failed:
        desk.back_up(tmp_path / "backup")
    assert failed.value.code == code
    assert "whole" in failed.value.message
    monkeypatch.undo()
    checked = check_backup(FolderTarget(tmp_path / "backup"), public(desk))
    assert (checked.run.number, checked.problems) == (1, ())
    assert desk.back_up(tmp_path / "backup").photos == 2


def test_a_disk_that_gives_back_something_else_is_found(desk: Desk, tmp_path: Path) -> None:
    desk.file(desk.patient("1"), files_of(1))

    class Lying(FolderTarget):
        def _write(self, aside: Path, pieces: Any) -> None:
            super()._write(aside, pieces)
            if aside.stat().st_size > 30_000:
                data = bytearray(aside.read_bytes())
                data[20_000] ^= 4
                aside.write_bytes(data)

    with pytest.raises(Damaged) as lied:
        back_up(desk.sources, Lying(tmp_path / "backup"))
    assert lied.value.code == "backup_reads_badly"
    assert not list((tmp_path / "backup" / "runs").glob("*.run"))


def test_stopped_by_the_person(desk: Desk, tmp_path: Path) -> None:
    patient = desk.patient("1")
    desk.file(patient, files_of(1))
    desk.back_up(tmp_path / "backup")
    desk.file(patient, files_of(2))
    stop = Cancel()
    stop.set()
    with pytest.raises(Cancelled):
        desk.back_up(tmp_path / "backup", cancel=stop)
    assert check_backup(FolderTarget(tmp_path / "backup"), public(desk)).problems == ()


def test_what_the_backup_lost_is_found_and_stored_again(desk: Desk, tmp_path: Path) -> None:
    desk.file(desk.patient("1"), files_of(2))
    desk.back_up(tmp_path / "backup")
    target = FolderTarget(tmp_path / "backup")
    one = check_backup(target, public(desk)).run.charts[0].blobs[0]
    path = tmp_path / "backup" / blob_path(one.blob_id)
    path.write_bytes(path.read_bytes()[:-1])
    assert len(check_backup(target, public(desk)).problems) == 1
    path.unlink()
    assert len(check_backup(target, public(desk)).problems) == 1
    assert desk.back_up(tmp_path / "backup").new_files >= 1
    assert check_backup(target, public(desk)).problems == ()
    data = bytearray(path.read_bytes())
    data[500] ^= 1
    path.write_bytes(data)
    damaged = check_backup(target, public(desk)).damaged
    assert damaged == {blob_path(one.blob_id)}
    desk.back_up(tmp_path / "backup", damaged=damaged)
    assert check_backup(target, public(desk)).problems == ()


def test_nobody_else_signs_a_run(desk: Desk, tmp_path: Path) -> None:
    desk.back_up(tmp_path / "backup")
    other = founded_desk(tmp_path / "other")
    real = desk.keeper.sign
    desk.keeper.sign = lambda kind, data: other.keeper.sign(kind, data) if kind == KIND else real(kind, data)  # type: ignore[method-assign]
    desk.back_up(tmp_path / "backup")
    other.close()
    checked = check_backup(FolderTarget(tmp_path / "backup"), public(desk))
    assert checked.run.number == 1


def test_an_interrupted_run_goes_on_where_it_was(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup_run, "_PROGRESS_EVERY_MS", -1)
    for number in range(3):
        desk.file(desk.patient(str(number)), files_of(2))
    stop = Cancel()

    def after_two(now: Progress) -> None:
        if now.done >= 3:
            stop.set()

    with pytest.raises(Cancelled):
        desk.back_up(tmp_path / "backup", cancel=stop, report=after_two)
    found = find_backup(FolderTarget(tmp_path / "backup"), public(desk))
    assert found is not None
    assert (found.newest, found.progress is not None) == (None, True)
    assert len(found.progress.charts) >= 1  # type: ignore[union-attr]
    done = desk.back_up(tmp_path / "backup")
    assert (done.photos, done.problems) == (6, ())
    assert done.new_files < 6 * 3
    again = find_backup(FolderTarget(tmp_path / "backup"), public(desk))
    assert again is not None
    assert again.progress is None
