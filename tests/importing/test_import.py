"""A card comes in: every file in exactly one state, every byte in the store, nothing twice."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from photodesk.importing import copier
from photodesk.importing.job import Assignment, FileState
from photodesk.importing.receipt import receipt_holds
from photodesk.log.entry import Action
from photodesk.store.packs import packed_jobs
from tests.importing.conftest import DAY, Clinic, jpeg


def test_every_file_of_a_card_ends_in_one_state(clinic: Clinic, card: Path) -> None:
    result = clinic.run(card)
    assert result.exit_code == 0, result.document()
    states = {outcome.name: outcome.state for outcome in result.outcomes}
    assert len(states) == 16 == len(result.outcomes)
    assert Counter(states.values()) == {FileState.FILED: 12, FileState.DUPLICATE: 1, FileState.KEPT_AS_IS: 3}
    assert {name for name, state in states.items() if state is FileState.KEPT_AS_IS} == {
        "DCIM/100CANON/IMG_0900.JPG",
        "DCIM/100CANON/MVI_0001.MP4",
        "DCIM/100CANON/notes.txt",
    }
    assert result.skipped == [("DCIM/link.JPG", "It is a link, and links are not followed.")]
    assert packed_jobs(clinic.workplace.layout) == []


def test_bytes_in_are_bytes_out(clinic: Clinic, card: Path) -> None:
    result = clinic.run(card)
    for outcome in result.outcomes:
        data = (card / outcome.name).read_bytes()
        assert outcome.sha256 == hashlib.sha256(data).hexdigest()
        assert clinic.chart.original_bytes(outcome.photo_id) == data
    photos = clinic.chart.photos()
    assert {(photo.body_site, photo.standard_view) for photo in photos} == {("89545001", "frontal")}
    visits = clinic.workplace.catalog.visits(clinic.patient.patient_id)
    assert [visit.day for visit in visits] == [DAY]
    assert {photo.visit_id for photo in photos} == {visits[0].visit_id}


def test_second_import_adds_nothing(clinic: Clinic, card: Path) -> None:
    first = clinic.run(card)
    again = clinic.run(card)
    assert again.job_id != first.job_id
    assert again.counts == {**dict.fromkeys(again.counts, 0), "duplicate": 13, "kept_as_is": 3}
    assert again.exit_code == 0
    assert len(clinic.chart.photos()) + len(clinic.chart.attachments()) == 15
    ids = {outcome.name: outcome.photo_id for outcome in first.outcomes}
    assert {outcome.name: outcome.photo_id for outcome in again.outcomes} == ids


def test_same_bytes_under_another_name_are_recognised(clinic: Clinic, card: Path, tmp_path: Path) -> None:
    clinic.run(card)
    renamed = tmp_path / "renamed.png"
    renamed.write_bytes(jpeg(5))
    result = clinic.run(renamed)
    assert [(outcome.name, outcome.state) for outcome in result.outcomes] == [("renamed.png", FileState.DUPLICATE)]


def test_unassigned_waits_in_the_inbox_until_filed(clinic: Clinic, card: Path) -> None:
    result = clinic.run(card, assigned=False)
    assert result.counts["verified"] == 12
    assert result.counts["duplicate"] == 1
    assert packed_jobs(clinic.workplace.layout) == [result.job_id]
    again = clinic.run(card, assigned=False)
    assert again.counts["duplicate"] == 13
    assignment = Assignment(clinic.patient.patient_id, DAY)
    chosen = [outcome.shot_id for outcome in result.outcomes if outcome.state is FileState.VERIFIED][:2]
    assert clinic.service().file_shots(result.job_id, assignment, chosen) == chosen
    assert len(clinic.service().file_shots(result.job_id, assignment)) == 13
    assert len(clinic.chart.photos()) == 13
    assert packed_jobs(clinic.workplace.layout) == []
    assert clinic.workplace.catalog.job(result.job_id).state == "done"


def test_import_and_filing_are_logged_without_names(clinic: Clinic, card: Path) -> None:
    result = clinic.run(card)
    started, ended = clinic.keeper.actions(Action.IMPORT)
    assert (started.outcome, ended.outcome) == ("started", "ended")
    assert ended.details["filed"] == "12"
    filed = [photo for entry in clinic.keeper.actions(Action.FILE) for photo in entry.photo_ids]
    assert sorted(filed) == sorted(outcome.photo_id for outcome in result.outcomes if not outcome.duplicate)
    assert "IMG_" not in repr(clinic.keeper.entries)


def test_receipt_is_signed_and_says_what_is_safe(clinic: Clinic, card: Path) -> None:
    receipt = clinic.run(card).receipt
    assert receipt is not None
    assert receipt["statement"] == "16 of 16 are safe, the card may be formatted in the camera."
    public, clinic_id = clinic.keeper.key.public, clinic.workplace.keyset.clinic_id
    assert receipt_holds(receipt, public, clinic_id)
    assert not receipt_holds({**receipt, "record": receipt["record"][:-2] + "ff"}, public, clinic_id)


def test_large_files_stream_and_are_rolled_back_where_they_are_known(
    clinic: Clinic, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copier, "HELD_BYTES", 100)
    first = clinic.run(card)
    assert first.counts == {**dict.fromkeys(first.counts, 0), "filed": 12, "duplicate": 1, "kept_as_is": 3}
    again = clinic.run(card)
    assert again.counts == {**dict.fromkeys(again.counts, 0), "duplicate": 13, "kept_as_is": 3}
    assert packed_jobs(clinic.workplace.layout) == []
    assert len(clinic.chart.photos()) + len(clinic.chart.attachments()) == 15
