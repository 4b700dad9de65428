"""A backup run: what it stores, that it stores it once, and what stays whole when something is not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from photodesk.errors import Damaged, Fixable
from photodesk.store.backup_check import check_backup
from photodesk.store.backup_folder import find_backup, kept
from photodesk.store.backup_record import Run
from photodesk.store.backup_target import FolderTarget
from tests.store.backup_clinic import Desk, files_of, founded_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = founded_desk(tmp_path / "store")
    yield made
    made.close()


def listed(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_each_photo_is_stored_once(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    first, second = desk.patient("1"), desk.patient("2", "Santos", "Bea")
    desk.file(first, files_of(3))
    desk.file(second, files_of(2))
    done = desk.back_up(folder)
    assert (done.photos, done.problems, done.number) == (5, (), 1)
    before = listed(folder)
    again = desk.back_up(folder)
    assert (again.photos, again.number) == (5, 2)
    after = listed(folder)
    assert {name for name in after if name not in before and name.startswith("blobs/")} == set()
    desk.file(first, files_of(1))
    third = desk.back_up(folder)
    assert third.photos == 6
    new = {name for name in listed(folder) if name not in after and name.startswith("blobs/")}
    assert len(new) <= 3 + 3  # one photo with two pictures, one chart, the catalog's two


def test_nothing_in_the_folder_tells_of_anybody(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    photo = b"\xff\xd8 plain photo" * 4000
    desk.file(desk.patient("MRN-4711", "Quastenflosser", "Zerlinde"), [photo])
    desk.back_up(folder)
    for name, data in listed(folder).items():
        for secret in (b"MRN-4711", b"Quastenflosser", b"Zerlinde", photo[:64], b"Ada Byron"):
            assert secret not in data, name
            assert secret.decode("latin-1") not in name


def test_a_run_is_signed_and_chained(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    desk.file(desk.patient("1"), files_of(1))
    desk.back_up(folder)
    desk.back_up(folder)
    public = {desk.keyset.workstation_id: desk.keeper.keys.workstation_signing.public}
    found = find_backup(FolderTarget(folder), public)
    assert found is not None
    assert found.runs[1].previous == found.runs[0].hash()
    path = folder / found.runs[1].name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    bent = find_backup(FolderTarget(folder), public)
    assert bent is not None
    assert bent.damaged == (2,)
    assert bent.newest == found.runs[0]
    assert desk.back_up(folder).number == 3


def test_a_folder_that_is_not_ours_is_left_alone(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "letter.txt").write_text("hello")
    with pytest.raises(Fixable) as refused:
        desk.back_up(folder)
    assert refused.value.code == "folder_not_empty"
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_an_empty_mount_point_is_no_new_beginning(desk: Desk, tmp_path: Path) -> None:
    done = desk.back_up(tmp_path / "disk")
    (tmp_path / "empty").mkdir()
    with pytest.raises(Fixable) as gone:
        desk.back_up(tmp_path / "empty", expected_id=done.folder_id)
    assert gone.value.code == "backup_gone"
    assert list((tmp_path / "empty").iterdir()) == []


def test_the_backup_of_another_clinic_is_refused(desk: Desk, tmp_path: Path) -> None:
    other = founded_desk(tmp_path / "other")
    other.back_up(tmp_path / "backup")
    other.close()
    before = listed(tmp_path / "backup")
    with pytest.raises(Fixable) as refused:
        desk.back_up(tmp_path / "backup")
    assert refused.value.code == "backup_of_another"
    assert listed(tmp_path / "backup") == before


def test_a_damaged_chart_keeps_its_good_copy(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    patient = desk.patient("1")
    chart = desk.file(patient, files_of(2))
    first = desk.back_up(folder)
    before = listed(folder)
    path = chart.ledger.database.path
    desk.charts.close_all()
    data = bytearray(path.read_bytes())
    for page in range(1, len(data) // 16384):
        data[16384 * page + 100 : 16384 * page + 200] = bytes(100)
    path.write_bytes(data)
    desk.keeper.known[chart.chart_id] += 1  # as if it had changed
    second = desk.back_up(folder)
    assert second.problems
    assert second.photos == first.photos
    assert {name for name in before if name.startswith("blobs/")} >= set()
    found = find_backup(FolderTarget(folder), None)
    assert found is not None
    one = found.newest.chart(chart.chart_id)  # type: ignore[union-attr]
    assert one is not None
    assert all(f"blobs/{blob.blob_id[:2]}/{blob.blob_id}" in listed(folder) for blob in (one.snapshot, *one.blobs))


def test_a_database_put_back_is_not_backed_up(desk: Desk, tmp_path: Path) -> None:
    desk.catalog.ledger.database.stopped = Damaged("behind_log", "older")
    with pytest.raises(Damaged) as older:
        desk.back_up(tmp_path / "backup")
    assert older.value.code == "behind_log"


def test_the_desk_goes_on_while_a_backup_runs(desk: Desk, tmp_path: Path) -> None:
    """Filing, editing and reading from other threads; each database is stored at one moment of its own."""
    patients = [desk.patient(str(number)) for number in range(3)]
    for patient in patients:
        desk.file(patient, files_of(3))
    stop = threading.Event()
    filed: list[int] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            while not stop.is_set():
                for patient in patients:
                    chart = desk.file(patient, files_of(1, 20_000))
                    chart.set_photo(desk.change, chart.photos()[0].photo_id, tags=[str(len(filed))])
                    filed.append(1)
        except BaseException as failure:  # noqa: BLE001 - told below
            failures.append(failure)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        done = [desk.back_up(tmp_path / "backup") for _ in range(3)]
    finally:
        stop.set()
        worker.join()
    assert failures == []
    assert all(one.problems == () for one in done)
    public = {desk.keyset.workstation_id: desk.keeper.keys.workstation_signing.public}
    checked = check_backup(FolderTarget(tmp_path / "backup"), public)
    assert checked.problems == ()
    last = desk.back_up(tmp_path / "backup")
    assert last.photos == 9 + len(filed)


def test_old_states_of_charts_age_and_the_newest_never() -> None:
    day = 86_400_000
    runs = [Run(bytes(16), "02" * 16, number, bytes(32), at_ms) for number, at_ms in enumerate((0, 5, day, day + 1), 1)]
    assert [one.number for one in kept(runs, day + 2)] == [1, 2, 3, 4]
    assert [one.number for one in kept(runs, 10 * day)] == [2, 4]
    assert [one.number for one in kept(runs, 400 * day)] == [4]
    assert [one.number for one in kept([replace(runs[0], erased=0), replace(runs[1], erased=1)], 10)] == [2]
