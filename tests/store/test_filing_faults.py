"""Killed at any step, with a disk that fills up or fails: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from photodesk.errors import Damaged, Fixable
from photodesk.store import packs
from photodesk.store.catalog import Job
from photodesk.store.database import Database
from photodesk.store.health import Parts, check
from photodesk.store.layout import Layout
from photodesk.store.packs import PackReader, PackWriter, packed_jobs
from tests.store.conftest import Keeper, Store, make_store, open_store
from tests.store.inbox import FACTS, RENDITIONS, packed, random_files, shot_of

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills are tried where a process can be forked")
JOB = "ab" * 16
KILLS = 24


def steps_until(kill_at: int, work: Callable[[], None]) -> tuple[int, bool]:
    """Run `work` in a child that kills itself at a line of the store's code; (lines run, whether it finished)."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        count = 0

        def trace(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal count
            if f"photodesk{os.sep}store" not in frame.f_code.co_filename:
                return None
            if event == "line":
                count += 1
                if count == kill_at:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        try:
            sys.settrace(trace)
            work()
            sys.settrace(None)
            os.write(write, count.to_bytes(8, "little"))
        finally:
            os._exit(0)
    os.close(write)
    told = os.read(read, 8)
    os.close(read)
    os.waitpid(child, 0)
    return int.from_bytes(told, "little"), len(told) == 8


def file_all(store: Store, patient_id: str) -> None:
    """What a desk does at sign-in with assigned shots."""
    for job_id in packed_jobs(store.layout):
        for number in packs.pack_numbers(store.layout, job_id):
            pack = PackReader.open(store.layout, job_id, number, store.keyset, store.keeper)
            chart = store.charts.open(patient_id)
            for shot in pack.shots():
                chart.file_shot(store.change, shot, pack.source(shot.shot_id), RENDITIONS, "v")
                pack.delete_shot(shot.shot_id)
            pack.remove_if_empty()
            pack.close()


def file_together(store: Store, patient_id: str) -> None:
    """The same with all shots of a pack in one transaction, as an import does it."""
    for job_id in packed_jobs(store.layout):
        for number in packs.pack_numbers(store.layout, job_id):
            pack = PackReader.open(store.layout, job_id, number, store.keyset, store.keeper)
            chart, shots = store.charts.open(patient_id), pack.shots()
            with chart.filing(store.change, sum(shot.size_bytes for shot in shots)):
                for shot in shots:
                    chart.file_shot(store.change, shot, pack.source(shot.shot_id), RENDITIONS, "v")
            pack.delete_shot(*(shot.shot_id for shot in shots))
            pack.remove_if_empty()
            pack.close()


def sound(store: Store) -> list[str]:
    found = check(Parts(store.layout, store.keyset, store.catalog, store.charts, store.keeper, {}))
    return [problem.kind for problem in found.problems]


@pytest.mark.parametrize("file_them", [file_all, file_together])
def test_killed_at_any_step_of_filing(tmp_path: Path, file_them: Callable[[Store, str], None]) -> None:
    store = make_store(tmp_path / "made")
    files = random_files(3, 40_000)
    hashes = sorted(hashlib.sha256(data).hexdigest() for data in files)
    patient_id = store.patient().patient_id
    store.catalog.start_job(store.change, Job(JOB, store.keyset.person_id, 1, "copied"))
    packed(store, files, JOB)[1].close()
    store.close()

    def run(root: Path) -> Callable[[], None]:
        def work() -> None:
            there = open_store(Layout(root), store.keyset, Keeper(store.keeper.key, store.keyset.clinic_id))
            file_them(there, patient_id)
            there.close()

        return work

    shutil.copytree(tmp_path / "made", tmp_path / "whole")
    total, finished = steps_until(0, run(tmp_path / "whole"))
    assert finished
    for place in range(KILLS):
        root = tmp_path / f"kill{place}"
        shutil.copytree(tmp_path / "made", root)
        assert not steps_until(1 + (place * total + total // 2) // KILLS, run(root))[1]
        there = open_store(Layout(root), store.keyset, Keeper(store.keeper.key, store.keyset.clinic_id))
        held = [p.displayed.sha256 for p in there.charts.open(patient_id).photos()]
        for job_id in packed_jobs(there.layout):
            if there.layout.seal(job_id, 1).exists():
                pack = PackReader.open(there.layout, job_id, 1, store.keyset, store.keeper)
                held += [shot.sha256 for shot in pack.shots()]
                pack.close()
        assert set(held) == set(hashes)
        file_them(there, patient_id)
        assert sorted(p.displayed.sha256 for p in there.charts.open(patient_id).photos()) == hashes
        assert sound(there) == []
        there.close()
        shutil.rmtree(root)


def test_killed_at_any_step_of_writing_a_pack(tmp_path: Path) -> None:
    store = make_store(tmp_path / "made")
    store.catalog.start_job(store.change, Job(JOB, store.keyset.person_id, 1, "running"))
    store.close()
    keys = store.keyset
    files = random_files(2, 30_000)

    def write(layout: Layout, told: int) -> None:
        writer = PackWriter.create(layout, JOB, 1, keys.clinic_id, keys.inbox_public, 1)
        for data in files:
            shot_id, sha256 = writer.add_shot("a.jpg", len(data), 1, [data])
            writer.set_renditions(shot_id, b"t", b"s", FACTS)
            assert writer.read_back(shot_id) == sha256
            writer.mark_verified([shot_id])
            writer.commit()
            if told:
                os.write(told, bytes.fromhex(sha256))
        writer.finish()

    shutil.copytree(tmp_path / "made", tmp_path / "whole")
    total, finished = steps_until(0, lambda: write(Layout(tmp_path / "whole"), 0))
    assert finished
    for place in range(KILLS):
        root = tmp_path / f"kill{place}"
        shutil.copytree(tmp_path / "made", root)
        read, told = os.pipe()
        steps_until(1 + (place * total + total // 2) // KILLS, lambda: write(Layout(root), told))  # noqa: B023
        os.close(told)
        acknowledged = os.read(read, 4096)
        os.close(read)
        there = open_store(Layout(root), keys, Keeper(store.keeper.key, keys.clinic_id))
        verified: list[str] = []
        for number in packs.pack_numbers(there.layout, JOB):
            pack = PackReader.open(there.layout, JOB, number, keys, store.keeper)
            verified = [shot.sha256 for shot in pack.shots() if shot.stage == "verified"]
            pack.close()
        assert {acknowledged[at : at + 32].hex() for at in range(0, len(acknowledged), 32)} <= set(verified)
        assert sound(there) == []
        there.close()
        shutil.rmtree(root)


def limited(database: Database, spare_pages: int) -> None:
    """The file may grow by so many pages and no further, as on a full disk."""
    with database.transaction() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    database._writer.execute(f"PRAGMA max_page_count = {pages + spare_pages}")


def test_a_full_disk_fails_the_filing_whole(store: Store) -> None:
    chart = store.charts.open(store.patient().patient_id)
    small, small_source = shot_of(b"small")
    chart.file_shot(store.change, small, small_source, RENDITIONS, "v")
    limited(chart.ledger.database, 3)
    shot, source = shot_of(os.urandom(1_000_000))
    with pytest.raises(Fixable) as caught:
        chart.file_shot(store.change, shot, source, RENDITIONS, "v")
    assert caught.value.code == "disk_full"
    assert "10,388,608 bytes" in caught.value.message
    assert [p.photo_id for p in chart.photos()] == [small.shot_id]
    chart.ledger.database.close()
    assert not chart.file_shot(store.change, shot, source, RENDITIONS, "v").already
    assert sound(store) == []


def test_a_full_disk_keeps_what_a_pack_had(store: Store) -> None:
    keys = store.keyset
    writer = PackWriter.create(store.layout, JOB, 1, keys.clinic_id, keys.inbox_public, 1)
    first, _ = writer.add_shot("a", 5, 1, [b"first"])
    writer.commit()
    limited(writer._database, 3)
    with pytest.raises(Fixable) as caught:
        writer.add_shot("b", 1_000_000, 1, [bytes(1_000_000)])
    assert caught.value.code == "disk_full"
    third, _ = writer.add_shot("c", 5, 1, [b"third"])
    writer.finish()
    pack = PackReader.open(store.layout, JOB, 1, keys, store.keeper)
    assert [shot.shot_id for shot in pack.shots()] == [first, third]
    pack.close()


def test_too_little_room_is_said_before_anything_is_written(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    chart = store.charts.open(store.patient().patient_id)
    shot, source = shot_of(b"x")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))  # type: ignore[attr-defined]
    with pytest.raises(Fixable) as caught:
        chart.file_shot(store.change, shot, source, RENDITIONS, "v")
    assert caught.value.code == "disk_full"


def test_a_failing_disk_is_final_for_that_file(store: Store) -> None:
    """A file-size limit makes every further write of the file fail, as a dying disk does."""
    import resource

    chart = store.charts.open(store.patient().patient_id)
    shot, source = shot_of(os.urandom(3_000_000))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
        with pytest.raises(Damaged) as caught:
            chart.file_shot(store.change, shot, source, RENDITIONS, "v")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, old)
    assert caught.value.code == "disk_failed"
    with pytest.raises(Damaged):
        chart.set_notes(store.change, "no more writing")
    store.charts.close_all()
    assert store.charts.open(chart.patient_id).photos() == ()
    assert sound(store) == []
