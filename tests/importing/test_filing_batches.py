"""Shots that are filed a few at a time: a bad one among them keeps none of the others from its chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from photodesk.errors import Damaged, Fixable
from photodesk.importing import filling, shot_filer
from photodesk.importing.job import Assignment, Stop
from photodesk.importing.running import RunningImport
from photodesk.importing.shot_filer import Queued, ShotFiler, next_batch
from photodesk.store.catalog import Assignment as Assigned
from photodesk.store.files import disk_failed, disk_full
from photodesk.store.pack_files import emptied_jobs
from photodesk.store.packs import PackReader, pack_numbers, packed_jobs
from tests.importing.conftest import DAY, Clinic

MINE = Assigned("1", "j", (), "p", "v", b"", "someone", 1)
ANOTHERS = Assigned("2", "j", (), "q", "w", b"", "someone", 2)


def queued(size_bytes: int, assigned: Assigned = MINE) -> Queued:
    return Queued(1, "s", "n", size_bytes, assigned)


def test_a_batch_is_of_one_patient_and_of_limited_size() -> None:
    small, large = queued(1), queued(shot_filer.BATCH_BYTES * 2)
    assert len(next_batch([small] * 100)) == shot_filer.BATCH_SHOTS
    assert next_batch([small, small, queued(1, ANOTHERS)]) == [small, small]
    assert next_batch([large, small]) == [large]
    assert next_batch([small, large]) == [small]
    assert next_batch([]) == []


def failing(monkeypatch: pytest.MonkeyPatch, name: str, error: Exception) -> None:
    """Filing this file raises, also as one of several."""
    plain = ShotFiler._file

    def one(self: ShotFiler, chart: Any, change: Any, ready: Any) -> Any:
        if ready.shot.name.endswith(name):
            raise error
        return plain(self, chart, change, ready)

    monkeypatch.setattr(ShotFiler, "_file", one)


def test_one_damaged_shot_stays_in_the_inbox_and_the_others_are_filed(
    clinic: Clinic, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = clinic.run(card, assigned=False)
    failing(monkeypatch, "IMG_0005.JPG", Damaged("copy_differs", "It differs."))
    filed = clinic.service().file_shots(result.job_id, Assignment(clinic.patient.patient_id, DAY))
    bad = next(one.shot_id for one in result.outcomes if one.name.endswith("IMG_0005.JPG"))
    assert len(filed) == 14
    assert bad not in filed
    assert packed_jobs(clinic.workplace.layout) == [result.job_id]
    monkeypatch.undo()
    assert clinic.service().file_shots(result.job_id, Assignment(clinic.patient.patient_id, DAY)) == [bad]
    assert packed_jobs(clinic.workplace.layout) == []
    assert len(clinic.chart.photos()) + len(clinic.chart.attachments()) == 15


def test_a_disk_that_is_full_in_the_middle_keeps_what_was_filed_and_the_rest_in_the_inbox(
    clinic: Clinic, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "IMG_0005.JPG", disk_full(4096))
    result = clinic.run(card)
    assert result.stopped is not None
    assert result.stopped.code == "disk_full"
    assert all(outcome.is_safe for outcome in result.outcomes)
    monkeypatch.undo()
    again = clinic.run(card)
    assert again.exit_code == 0
    assert len(clinic.chart.photos()) + len(clinic.chart.attachments()) == 15
    assert packed_jobs(clinic.workplace.layout) == []


def test_a_batch_from_more_packs_than_are_kept_open_leaves_none_of_them(
    clinic: Clinic, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after many kills, when every run left a small pack."""
    monkeypatch.setattr(filling, "PACK_SHOTS", 1)
    result = clinic.run(card, assigned=False)
    assert len(pack_numbers(clinic.workplace.layout, result.job_id)) == 15
    assert len(clinic.service().file_shots(result.job_id, Assignment(clinic.patient.patient_id, DAY))) == 15
    assert packed_jobs(clinic.workplace.layout) == []


def test_a_pack_that_cannot_be_emptied_is_named_by_its_own_fault_and_the_others_are_done(
    clinic: Clinic, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "PACK_SHOTS", 1)
    result = clinic.run(card, assigned=False)
    bad = next(one.shot_id for one in result.outcomes if one.name.endswith("IMG_0005.JPG"))
    plain = PackReader.delete_shot

    def refusing(self: PackReader, *shot_ids: str) -> None:
        if bad in shot_ids:
            raise disk_failed()
        plain(self, *shot_ids)

    monkeypatch.setattr(PackReader, "delete_shot", refusing)
    filed = clinic.service().file_shots(result.job_id, Assignment(clinic.patient.patient_id, DAY))
    assert len(filed) == 14
    assert len(clinic.chart.photos()) + len(clinic.chart.attachments()) == 15
    monkeypatch.undo()
    clinic.service().file_waiting()
    assert len(clinic.chart.photos()) + len(clinic.chart.attachments()) == 15
    assert packed_jobs(clinic.workplace.layout) == []


def test_a_pack_that_a_dying_importer_still_holds_is_taken_at_the_end(
    clinic: Clinic, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RunningImport, "take_pack", lambda self, *_: self.stop(Stop("cancelled", "As if killed.")))
    job_id = clinic.run(card).job_id
    monkeypatch.undo()
    left = pack_numbers(clinic.workplace.layout, job_id)
    assert left
    torn = clinic.workplace.layout.seal(job_id, 7).with_name(".7.seal.4711.new")
    torn.write_bytes(b"half")
    plain, held = PackReader.open, set(left)

    def still_held(layout: Any, job: str, number: int, *more: Any) -> PackReader:
        if number in held:
            held.remove(number)
            raise Fixable("pack_in_hand", "Still being copied.")
        return plain(layout, job, number, *more)

    monkeypatch.setattr(PackReader, "open", still_held)
    again = clinic.run(card)
    assert (again.job_id, again.exit_code, held) == (job_id, 0, set())
    assert not torn.exists()
    assert packed_jobs(clinic.workplace.layout) == []
    assert len(clinic.chart.photos()) + len(clinic.chart.attachments()) == 15


def test_nothing_of_a_filing_that_fails_stays_in_the_chart(clinic: Clinic, card: Path) -> None:
    clinic.run(card)
    before = clinic.chart.photos()
    change = clinic.workplace.change("test")
    with pytest.raises(Fixable), clinic.chart.filing(change, 1):
        raise Fixable("x", "x", "x")
    assert clinic.chart.photos() == before
    clinic.chart.set_photo(change, before[0].photo_id, tags=["after"])
    assert clinic.chart.photo(before[0].photo_id).tags == ("after",)


def test_a_seal_that_a_finished_import_left_goes_with_the_next_sign_in(clinic: Clinic, card: Path) -> None:
    """A kill between a pack's end and its seal's leaves a seal that opens nothing, in a job nobody visits any more."""
    job_id, layout = clinic.run(card).job_id, clinic.workplace.layout
    assert emptied_jobs(layout) == []
    layout.inbox(job_id).mkdir(parents=True)
    layout.seal(job_id, 30010).write_bytes(b"a seal of nothing")
    assert emptied_jobs(layout) == [job_id]
    clinic.service().file_waiting(skip_jobs=frozenset({job_id}))
    assert emptied_jobs(layout) == [job_id], "an importer may be about to make its pack"
    clinic.service().file_waiting()
    assert not layout.inbox(job_id).exists()
