"""RAW and JPEG are one photo, a Live Photo's video belongs to it, and names alone never join what is apart."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from photodesk.importing.job import Assignment, FileState
from photodesk.importing.pairs import Pairs, Part, pairs_together, part_of, stem_of
from photodesk.patients import PatientDraft
from photodesk.photos import CameraTime, CaptureFacts, PhotoFacts
from photodesk.store.catalog import Job
from photodesk.store.correcting import Correcting
from photodesk.store.health import Parts, check
from photodesk.store.packs import PackReader, Shot, packed_jobs
from photodesk.visits import VisitDraft
from tests.importing.conftest import DAY, Clinic, jpeg
from tests.store.inbox import RENDITIONS, MemorySource, shot_of

FOLDER = "DCIM/100CANON"


def raw(number: int) -> bytes:
    """What is a RAW by its first bytes, and cannot be decoded here."""
    return b"FUJIFILMCCD-RAW " + os.urandom(400) + bytes([number])


@pytest.fixture
def pair_card(tmp_path: Path) -> Path:
    """Three pairs (a RAW sorts before its JPEG), a RAW alone, a JPEG alone, a Live Photo, a video of its own."""
    root = tmp_path / "pairs"
    (root / FOLDER).mkdir(parents=True)
    (root / "DCIM/101CANON").mkdir()
    for number in range(3):
        (root / FOLDER / f"IMG_{number:04}.RAF").write_bytes(raw(number))
        (root / FOLDER / f"IMG_{number:04}.JPG").write_bytes(jpeg(number))
    (root / FOLDER / "IMG_0100.RAF").write_bytes(raw(100))
    (root / "DCIM/101CANON/IMG_0100.JPG").write_bytes(jpeg(100))
    (root / FOLDER / "IMG_0200.JPG").write_bytes(jpeg(200))
    (root / FOLDER / "IMG_0200.MOV").write_bytes(b"\0\0\0\x18ftypqt  " + bytes(4000))
    (root / FOLDER / "MVI_0300.MP4").write_bytes(b"\0\0\0\x18ftypisom" + bytes(5000))
    return root


def damage(clinic: Clinic) -> list[str]:
    place = clinic.workplace
    found = check(Parts(place.layout, place.keyset, place.catalog, place.charts, clinic.keeper, {}))
    assert found.originals == sum(len(photo.originals) for photo in clinic.chart.photos()) + len(
        clinic.chart.attachments()
    )
    assert found.photos == len(clinic.chart.photos()) + len(clinic.chart.attachments())
    return [problem.kind for problem in found.problems]


def test_raw_and_jpeg_of_a_card_are_one_photo_each(clinic: Clinic, pair_card: Path) -> None:
    result = clinic.run(pair_card)
    assert result.exit_code == 0, result.document()
    assert len(result.outcomes) == 11
    photos = {photo.displayed.name: photo for photo in clinic.chart.photos()}
    assert len(photos) == 6
    by_name = {outcome.name: outcome for outcome in result.outcomes}
    for number in range(3):
        shown, second = f"{FOLDER}/IMG_{number:04}.JPG", f"{FOLDER}/IMG_{number:04}.RAF"
        photo = photos[shown]
        assert [one.name for one in photo.originals] == [shown, second]
        assert (photo.facts.media_type, photo.facts.width_px) == ("image/jpeg", 64)
        assert by_name[shown].photo_id == by_name[second].photo_id == photo.photo_id == photo.displayed.original_id
        for original in photo.originals:
            data = (pair_card / original.name).read_bytes()
            assert clinic.chart.original_bytes(original.original_id) == data
            known = clinic.workplace.catalog.known(clinic.workplace.content_id(original.sha256))
            assert known is not None
            assert known.photo_id == photo.photo_id
    assert len(photos[f"{FOLDER}/IMG_0100.RAF"].originals) == 1, "another folder is another photo"
    states = {outcome.state for outcome in result.outcomes}
    assert states == {FileState.FILED, FileState.KEPT_AS_IS}
    assert all(not outcome.duplicate for outcome in result.outcomes)
    assert damage(clinic) == []


def test_a_live_photo_s_video_belongs_to_it(clinic: Clinic, pair_card: Path) -> None:
    clinic.run(pair_card)
    photos = {photo.displayed.name: photo.photo_id for photo in clinic.chart.photos()}
    beside = {one.original.name: one.photo_id for one in clinic.chart.attachments()}
    assert beside == {f"{FOLDER}/IMG_0200.MOV": photos[f"{FOLDER}/IMG_0200.JPG"], f"{FOLDER}/MVI_0300.MP4": ""}


def test_the_same_card_again_is_told_the_same(clinic: Clinic, pair_card: Path) -> None:
    first = clinic.run(pair_card)
    again = clinic.run(pair_card)
    told = {outcome.name: (outcome.photo_id, outcome.reason) for outcome in first.outcomes if outcome.undecodable}
    for outcome in again.outcomes:
        assert outcome.state in {FileState.DUPLICATE, FileState.KEPT_AS_IS}
        assert outcome.photo_id
        if outcome.name in told:
            assert (outcome.photo_id, outcome.reason) == told[outcome.name]
    assert len(clinic.chart.photos()) == 6


def test_a_jpeg_that_is_filed_after_its_raw_becomes_the_displayed_one(clinic: Clinic, pair_card: Path) -> None:
    result = clinic.run(pair_card, assigned=False)
    shot = {outcome.name: outcome.shot_id for outcome in result.outcomes}
    second, shown = f"{FOLDER}/IMG_0000.RAF", f"{FOLDER}/IMG_0000.JPG"
    assignment = Assignment(clinic.patient.patient_id, DAY)
    clinic.service().file_shots(result.job_id, assignment, [shot[second]])
    (alone,) = clinic.chart.photos()
    assert alone.facts.media_type == "image/x-fuji-raf"
    assert clinic.service().file_shots(result.job_id, assignment, [shot[shown]]) == [alone.photo_id]
    (photo,) = clinic.chart.photos()
    assert [one.name for one in photo.originals] == [shown, second]
    assert (photo.photo_id, photo.facts.media_type) == (shot[second], "image/jpeg")
    assert clinic.chart.rendition_hashes(photo.photo_id)
    assert damage(clinic) == []


def test_other_visits_get_photos_of_their_own(clinic: Clinic, pair_card: Path) -> None:
    result = clinic.run(pair_card, assigned=False)
    shot = {outcome.name: outcome.shot_id for outcome in result.outcomes}
    assignment = Assignment(clinic.patient.patient_id, DAY)
    clinic.service().file_shots(result.job_id, assignment, [shot[f"{FOLDER}/IMG_0000.JPG"]])
    other = Assignment(clinic.patient.patient_id, DAY.replace(day=19))
    clinic.service().file_shots(result.job_id, other, [shot[f"{FOLDER}/IMG_0000.RAF"]])
    assert sorted(len(photo.originals) for photo in clinic.chart.photos()) == [1, 1]


def picture(
    name: str, job_id: str, second: int | None, model: str = "", kind: str = "image/jpeg"
) -> tuple[Shot, bytes]:
    data = os.urandom(50)
    shot, _ = shot_of(data, name, job_id)
    taken = None if second is None else CameraTime(f"2026-11-20T09:14:{second:02}")
    facts = PhotoFacts(kind, 10, 10, camera_time=taken, capture=CaptureFacts(model=model))
    return replace(shot, facts=facts), data


@pytest.mark.parametrize(
    ("shown", "second", "sources", "together"),
    [
        ((5, "R5"), (7, "R5"), 1, True),
        ((5, "R5"), (8, "R5"), 1, False),
        ((5, "R5"), (5, "R6"), 1, False),
        ((None, ""), (5, "R5"), 1, True),
        ((None, ""), (5, "R5"), 2, False),
        ((5, ""), (5, ""), 2, True),
    ],
)
def test_what_the_camera_says_against_it_is_heard(
    clinic: Clinic, shown: tuple[int | None, str], second: tuple[int | None, str], sources: int, together: bool
) -> None:
    place = clinic.workplace
    source = '{"sources": [' + ", ".join(['"2f"'] * sources) + "]}"
    job_id = place.catalog.start_job(place.change("t"), Job("ab" * 16, place.person_id, 1, "copied", source)).job_id
    pairs = Pairs(place, job_id)
    for name, facts, kind in (("A/X.JPG", shown, "image/jpeg"), ("A/X.NEF", second, "image/x-nikon-nef")):
        shot, data = picture(name, job_id, *facts, kind)
        pairs.file(clinic.chart, place.change("t"), shot, MemorySource(data), RENDITIONS, "v", ("", ""))
    assert len(clinic.chart.photos()) == (1 if together else 2)
    again = Pairs(place, job_id)
    shot, _ = picture("a/x.nef", job_id, *second, "image/x-nikon-nef")
    found = again.mate(clinic.chart, shot, "v")
    assert (found is not None) == together, "an interrupted job sees what it filed before"


def test_files_of_one_photo_are_filed_next_to_each_other() -> None:
    names = ["A/1.RAF", "A/2.JPG", "A/1.MOV", "A/1.JPG", "B/1.JPG", "A/2.AAE"]
    assert pairs_together(names, names) == ["A/1.JPG", "A/1.RAF", "A/1.MOV", "A/2.JPG", "A/2.AAE", "B/1.JPG"]
    assert stem_of("DCIM/100/IMG_1.jpg") == stem_of("dcim/100/img_1.RAF")
    assert stem_of("noending") == "noending"
    assert [part_of(name) for name in ("a.HEIC", "a.dng", "a.MOV")] == [Part.SHOWN, Part.RAW, Part.BESIDE]


def test_what_was_moved_or_deleted_before_its_pack_was_emptied_is_not_filed_again(
    clinic: Clinic, pair_card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the chart's commit and the inbox row's end, then corrected: the next filing only finishes."""
    place = clinic.workplace
    kept = PackReader.delete_shot
    monkeypatch.setattr(PackReader, "delete_shot", lambda *_: None)
    monkeypatch.setattr(PackReader, "remove_if_empty", lambda _: False)
    clinic.run(pair_card)
    monkeypatch.undo()
    assert PackReader.delete_shot is kept
    photos = [photo.photo_id for photo in clinic.chart.photos()]
    draft = PatientDraft("P-2", "Other", "Olga", date(1980, 1, 2))
    other = place.catalog.add_patient(place.change("t"), draft).patient_id
    visit = place.catalog.add_visit(place.change("t"), VisitDraft(other, DAY))
    correcting = Correcting(place.catalog, place.charts, place.keyset)
    patient_id = clinic.patient.patient_id
    change = place.change("wrong patient")
    planned = correcting.plan_move(change, "ab" * 16, photos[:2], patient_id, other, visit.visit_id, 1)
    correcting.move(change, planned)
    correcting.delete(change, patient_id, photos[2:3], 1, 0)
    clinic.service().file_waiting()
    assert [photo.photo_id for photo in clinic.chart.photos()] == photos[3:]
    assert {photo.photo_id for photo in place.charts.open(other).photos()} == set(photos[:2])
    assert packed_jobs(place.layout) == []
