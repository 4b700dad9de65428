"""From a pack into a chart: nothing lost, nothing doubled, every change kept."""

from __future__ import annotations

import hashlib

import pytest

from photodesk.errors import Damaged, Fixable, Refused
from photodesk.photos import Rendition
from photodesk.store.catalog import ContentState
from photodesk.store.chart import BlobSource
from photodesk.store.packs import PackReader, PackWriter, pack_numbers
from tests.store.conftest import Store, front_desk
from tests.store.inbox import RENDITIONS, MemorySource, packed, random_files, shot_of


def test_a_pack_becomes_filed_photos(store: Store) -> None:
    files = random_files(3)
    job, pack = packed(store, files)
    patient = store.patient()
    visit = store.visit(patient)
    chart = store.charts.open(patient.patient_id)
    for shot in pack.shots():
        filed = chart.file_shot(
            store.change,
            shot,
            pack.source(shot.shot_id),
            pack.renditions(shot.shot_id),
            visit.visit_id,
            "89545001",
            "frontal",
        )
        assert (filed.already, filed.photo_id) == (False, shot.shot_id)
        pack.delete_shot(shot.shot_id)
    assert pack.remove_if_empty()
    assert pack_numbers(store.layout, job) == []
    photos = chart.photos()
    assert [p.displayed.sha256 for p in photos] == [hashlib.sha256(f).hexdigest() for f in files]
    assert [chart.original_bytes(p.photo_id) for p in photos] == files
    assert chart.rendition(photos[0].photo_id, Rendition.SCREEN) == RENDITIONS[Rendition.SCREEN]
    assert (photos[0].visit_id, photos[0].body_site, photos[0].standard_view) == (visit.visit_id, "89545001", "frontal")
    assert photos[0].facts.camera_time is not None
    known = store.catalog.known(store.keyset.content_id(hashlib.sha256(files[0]).digest()))
    assert known is not None
    assert (known.state, known.photo_id) == (ContentState.FILED, photos[0].photo_id)
    assert store.catalog.search("muller")[0].photos == 3


def test_filing_again_changes_nothing(store: Store) -> None:
    data = random_files(1)[0]
    shot, source = shot_of(data)
    again, _ = shot_of(data, "COPY.JPG")
    patient = store.patient()
    chart = store.charts.open(patient.patient_id)
    first = chart.file_shot(store.change, shot, source, RENDITIONS, "v")
    for other in (shot, again):
        second = chart.file_shot(store.change, other, source, RENDITIONS, "v")
        assert (second.already, second.photo_id) == (True, first.photo_id)
    assert len(chart.photos()) == 1


def test_raw_and_jpeg_are_one_photo(store: Store) -> None:
    chart = store.charts.open(store.patient().patient_id)
    jpeg, raw = random_files(2)
    shot, source = shot_of(jpeg)
    second, raw_source = shot_of(raw, "IMG_0001.NEF")
    photo_id = chart.file_shot(store.change, shot, source, RENDITIONS, "v").photo_id
    assert chart.add_original(store.change, photo_id, second, raw_source).photo_id == photo_id
    photo = chart.photo(photo_id)
    assert [o.name for o in photo.originals] == ["IMG_0001.JPG", "IMG_0001.NEF"]
    assert chart.original_bytes(photo.originals[1].original_id) == raw


def test_an_attachment_is_kept_and_listed_apart(store: Store) -> None:
    chart = store.charts.open(store.patient().patient_id)
    shot, source = shot_of(b"mp4", "MOV.MP4")
    chart.file_attachment(store.change, shot, source, "v", "video")
    assert chart.photos() == ()
    assert [(a.reason, a.original.name) for a in chart.attachments()] == [("video", "MOV.MP4")]


def test_bytes_that_changed_in_the_inbox_are_not_filed(store: Store) -> None:
    chart = store.charts.open(store.patient().patient_id)
    shot, _ = shot_of(b"what the card gave")
    with pytest.raises(Damaged) as caught:
        chart.file_shot(store.change, shot, MemorySource(b"something else"), RENDITIONS, "v")
    assert caught.value.code == "copy_differs"
    assert chart.photos() == ()
    assert list(chart.ledger.database.rows("SELECT * FROM original_part")) == []


def test_front_desk_opens_its_own_pack_and_no_chart(store: Store) -> None:
    desk = front_desk(store.keyset)
    job, pack = packed(store, random_files(1))
    pack.close()
    with pytest.raises(Refused) as caught:
        PackReader.open(store.layout, job, 1, desk)
    assert caught.value.code == "pack_sealed"
    patient = store.patient()
    there = store.reopened(desk)
    with pytest.raises(Refused) as refused:
        there.charts.open(patient.patient_id)
    assert refused.value.code == "no_chart_keys"
    assert there.catalog.search("4711")[0].photos is None
    there.close()


def test_starter_without_the_inbox_key_opens_the_pack(store: Store) -> None:
    desk = front_desk(store.keyset)
    keys = store.keyset
    job = "ab" * 16
    writer = PackWriter.create(store.layout, job, 1, keys.clinic_id, keys.inbox_public, 1, desk.kem.public)
    shot_id, _ = writer.add_shot("a.jpg", 3, 1, [b"abc"])
    writer.finish()
    pack = PackReader.open(store.layout, job, 1, desk)
    assert pack.original_bytes(shot_id) == b"abc"
    assert pack.shots()[0].stage == "copied"
    pack.close()


def test_a_duplicate_is_rolled_back_and_a_pulled_card_loses_only_that_shot(store: Store) -> None:
    keys = store.keyset
    writer = PackWriter.create(store.layout, "cd" * 16, 1, keys.clinic_id, keys.inbox_public, 1)
    first, _ = writer.add_shot("a.jpg", 5, 1, [b"first"])
    assert writer.add_shot("b.jpg", 5, 1, [b"first"], accept=lambda _: False)[0] == ""

    def pulled() -> BlobSource:
        yield b"half"
        raise OSError("card pulled")

    with pytest.raises(OSError, match="card pulled"):
        writer.add_shot("c.jpg", 5, 1, pulled())
    last, _ = writer.add_shot("d.jpg", 4, 1, [b"last"])
    writer.finish()
    pack = PackReader.open(store.layout, "cd" * 16, 1, keys)
    assert [(s.shot_id, s.name) for s in pack.shots()] == [(first, "a.jpg"), (last, "d.jpg")]
    assert pack.original_bytes(last) == b"last"
    pack.delete_shot(first)
    pack.close()
    pack = PackReader.open(store.layout, "cd" * 16, 1, keys)
    assert [s.shot_id for s in pack.shots()] == [last]
    assert pack.original_bytes(first) == b""
    pack.close()


def test_edits_of_photos_texts_and_notes(store: Store) -> None:
    patient = store.patient()
    chart = store.charts.open(patient.patient_id)
    shot, source = shot_of(b"x")
    photo_id = chart.file_shot(store.change, shot, source, RENDITIONS, "v").photo_id
    photo = chart.set_photo(store.change, photo_id, site="45206002", tags=(" nevus ", "nevus", ""))
    assert (photo.body_site, photo.tags) == ("45206002", ("nevus",))
    assert chart.set_photo(store.change, photo_id, site="").body_site == ""
    with pytest.raises(Fixable, match="standard view"):
        chart.set_photo(store.change, photo_id, view="sideways")
    chart.set_visit_text(store.change, "v", "Check-up", "nevus")
    chart.set_notes(store.change, "allergic to penicillin")
    chart.seen(store.keyset.person_id, 17)
    there = store.reopened()
    chart = there.charts.open(patient.patient_id)
    assert chart.visit_texts() == {"v": ("Check-up", "nevus")}
    assert chart.notes() == "allergic to penicillin"
    assert [s.last_ms for s in chart.seen_list()] == [17]
    there.close()
