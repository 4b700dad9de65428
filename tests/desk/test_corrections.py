"""Moving, deleting and having back: rights, entries, what the lists say, and time that may not be trusted."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import pytest

from photodesk.desk.corrections import KEPT_MS
from photodesk.errors import Fixable, Refused
from photodesk.log.entry import Action
from photodesk.patients import Patient
from photodesk.photos import Rendition
from photodesk.photos.comparison import Comparison, Laid
from photodesk.photos.marks import Mark, MarkKind, Scale, ScaleSource
from photodesk.store.catalog import ContentState
from photodesk.store.health import Parts, check
from photodesk.visits import Visit
from tests.desk.conftest import Desk
from tests.store.inbox import MemorySource, shot_of

DAY_MS = 86_400_000


def two_patients(desk: Desk) -> tuple[Patient, Visit, Patient, Visit]:
    wrong, right = desk.store.patient(), desk.store.patient("4712", "Okafor", "Ngozi")
    return wrong, desk.store.visit(wrong), right, desk.store.visit(right, date(2026, 11, 19))


def shown(desk: Desk, patient: Patient) -> list[str]:
    timeline = desk.session.timeline.open(patient.patient_id)
    return sorted(photo.photo_id for visit in timeline.visits for photo in visit.photos)


def sound(desk: Desk) -> list[str]:
    store = desk.store
    return [
        p.kind for p in check(Parts(store.layout, store.keyset, store.catalog, store.charts, desk.keeper, {})).problems
    ]


def count_of(desk: Desk, patient: Patient) -> int | None:
    return desk.session.catalog.summary(patient.patient_id).photos


def test_photos_move_with_everything_that_is_recorded(desk: Desk) -> None:
    wrong, visit, right, to = two_patients(desk)
    ids = desk.photos(wrong, visit)
    desk.session.photo_edit.set(wrong.patient_id, ids[0], site="89545001", view="frontal", tags=("acne",))
    source = desk.store.charts.open(wrong.patient_id)
    before = source.photo(ids[0])
    data = source.original_bytes(ids[0])
    (old_key,) = source.ledger.database.row("SELECT photo_key FROM photo WHERE photo_id = ?", (ids[0],)) or ()
    moved = desk.session.corrections.move(ids[:2], right.patient_id, to.visit_id, "wrong patient chosen")
    assert (moved.photo_ids, moved.from_patient_id) == (tuple(ids[:2]), wrong.patient_id)
    assert (shown(desk, wrong), shown(desk, right)) == ([ids[2]], sorted(ids[:2]))
    target = desk.store.charts.open(right.patient_id)
    after = target.photo(ids[0])
    assert (after.body_site, after.standard_view, after.tags) == ("89545001", "frontal", ("acne",))
    assert (after.originals, after.facts, after.job_id) == (before.originals, before.facts, before.job_id)
    assert (after.visit_id, after.patient_id) == (to.visit_id, right.patient_id)
    assert target.original_bytes(ids[0]) == data
    assert target.rendition(ids[0], Rendition.SCREEN)
    (new_key,) = target.ledger.database.row("SELECT photo_key FROM photo WHERE photo_id = ?", (ids[0],)) or ()
    assert len(new_key) == 32 != old_key
    assert new_key != old_key
    with pytest.raises(Fixable, match="no such photo"):
        source.photo(ids[0])
    for table, column in (("original_part", "original_id"), ("thumbnail", "photo_id"), ("screen", "photo_id")):
        assert source.ledger.database.rows(f"SELECT 1 FROM {table} WHERE {column} = ?", (ids[0],)) == []  # noqa: S608
    assert (count_of(desk, wrong), count_of(desk, right)) == (1, 2)
    known = desk.session.catalog.known(desk.session.keyset.content_id(hashlib.sha256(data).digest()))
    assert known is not None
    assert (known.state, known.patient_id, known.photo_id) == (ContentState.FILED, right.patient_id, ids[0])
    assert sound(desk) == []


def test_a_kept_comparison_goes_with_its_photos_and_one_torn_apart_says_so(desk: Desk) -> None:
    wrong, visit, right, to = two_patients(desk)
    ids = desk.photos(wrong, visit)
    layers = desk.session.layers
    pair = layers.keep(wrong.patient_id, Comparison("", "Both", (Laid(ids[0]), Laid(ids[1])), "side-by-side"))
    torn = layers.keep(wrong.patient_id, Comparison("", "Torn", (Laid(ids[1]), Laid(ids[2])), "side-by-side"))
    assert [one.away for one in layers.comparisons(wrong.patient_id)] == [0, 0]
    moved = desk.session.corrections.move(ids[:2], right.patient_id, to.visit_id, "wrong patient chosen")
    (left,) = layers.comparisons(wrong.patient_id)
    assert (left.comparison_id, left.away) == (torn.comparison_id, 1)
    assert layers.comparisons(right.patient_id) == (pair,)
    desk.session.corrections.undo_move(moved.move_id)
    back = {one.comparison_id: one.away for one in layers.comparisons(wrong.patient_id)}
    assert back == {pair.comparison_id: 0, torn.comparison_id: 0}
    assert layers.comparisons(right.patient_id) == ()
    desk.session.corrections.delete(ids[2:3], "twice")
    assert {one.name: one.away for one in layers.comparisons(wrong.patient_id)} == {"Both": 0, "Torn": 1}
    assert sound(desk) == []


def test_a_move_is_an_entry_for_both_and_names_no_reason(desk: Desk) -> None:
    wrong, visit, right, to = two_patients(desk)
    ids = desk.photos(wrong, visit, 1)
    moved = desk.session.corrections.move(ids, right.patient_id, to.visit_id, "left breast, not hers")
    entries = [entry for entry in desk.keeper.entries if entry.action is Action.MOVE]
    assert [(e.patient_id, e.photo_ids, e.details["move"]) for e in entries] == [
        (wrong.patient_id, tuple(ids), moved.move_id),
        (right.patient_id, tuple(ids), moved.move_id),
    ]
    assert "breast" not in repr(desk.keeper.entries)
    rows = desk.session.catalog.ledger.database.rows("SELECT * FROM photo_move")
    assert "breast" not in repr(rows)


def test_undo_takes_photos_back_into_their_visits(desk: Desk) -> None:
    wrong, visit, right, to = two_patients(desk)
    other = desk.store.visit(wrong, date(2026, 10, 1))
    ids = [*desk.photos(wrong, visit, 1), *desk.photos(wrong, other, 1)]
    moved = desk.session.corrections.move(ids, right.patient_id, to.visit_id, "wrong patient")
    desk.session.photo_edit.set(right.patient_id, ids[0], view="frontal")
    back = desk.session.corrections.undo_move(moved.move_id)
    assert set(back.photo_ids) == set(ids)
    chart = desk.store.charts.open(wrong.patient_id)
    assert [chart.photo(one).visit_id for one in ids] == [visit.visit_id, other.visit_id]
    assert chart.photo(ids[0]).standard_view == "frontal"
    assert (shown(desk, wrong), shown(desk, right)) == (sorted(ids), [])
    with pytest.raises(Fixable) as caught:
        desk.session.corrections.undo_move(moved.move_id)
    assert caught.value.code == "move_over"
    assert sound(desk) == []


def test_undo_ends_with_its_window_or_when_photos_moved_on(desk: Desk) -> None:
    wrong, visit, right, to = two_patients(desk)
    ids = desk.photos(wrong, visit, 1)
    moved = desk.session.corrections.move(ids, right.patient_id, to.visit_id, "wrong patient")
    desk.clock.now_ms += KEPT_MS + 1
    with pytest.raises(Fixable) as caught:
        desk.session.corrections.undo_move(moved.move_id)
    assert caught.value.code == "move_over"


def test_photos_move_to_another_visit_of_the_same_patient(desk: Desk) -> None:
    patient, visit, _, _ = two_patients(desk)
    other = desk.store.visit(patient, date(2026, 10, 1))
    ids = desk.photos(patient, visit, 2)
    moved = desk.session.corrections.move(ids, patient.patient_id, other.visit_id, "wrong day")
    assert {photo.visit_id for photo in desk.store.charts.open(patient.patient_id).photos()} == {other.visit_id}
    desk.session.corrections.undo_move(moved.move_id)
    assert {photo.visit_id for photo in desk.store.charts.open(patient.patient_id).photos()} == {visit.visit_id}
    assert sound(desk) == []


def test_a_move_needs_a_reason_one_patient_and_a_visit_of_the_other(desk: Desk) -> None:
    wrong, visit, right, to = two_patients(desk)
    ids, others = desk.photos(wrong, visit, 1), desk.photos(right, to, 1)
    corrections = desk.session.corrections
    for photo_ids, patient, visit_id, reason, code in (
        (ids, right, to.visit_id, "  ", "reason_missing"),
        ([*ids, *others], right, to.visit_id, "x", "different_patients"),
        (ids, right, visit.visit_id, "x", "visit_of_another"),
        (["ab" * 16], right, to.visit_id, "x", "photo_unknown"),
        ([], right, to.visit_id, "x", "photo_unknown"),
    ):
        with pytest.raises(Fixable) as caught:
            corrections.move(photo_ids, patient.patient_id, visit_id, reason)
        assert caught.value.code == code
    assert shown(desk, wrong) == ids


def test_front_desk_moves_and_deletes_nothing(counter: Desk) -> None:
    for refused in (
        lambda: counter.session.corrections.move(["ab" * 16], "cd" * 16, "ef" * 16, "x"),
        lambda: counter.session.corrections.delete(["ab" * 16], "x"),
        lambda: counter.session.corrections.restore(["ab" * 16]),
        counter.session.corrections.purge_due,
        lambda: counter.session.corrections.deleted("cd" * 16),
    ):
        with pytest.raises(Refused) as caught:
            refused()
        assert caught.value.code == "no_right"


def test_a_deleted_photo_is_hidden_and_comes_back(desk: Desk) -> None:
    patient, visit, _, _ = two_patients(desk)
    ids = desk.photos(patient, visit)
    data = desk.store.charts.open(patient.patient_id).original_bytes(ids[0])
    (deleted,) = desk.session.corrections.delete(ids[:1], "not  sharp")
    assert (deleted.photo_id, deleted.reason, deleted.person_id) == (ids[0], "not sharp", desk.session.person.person_id)
    assert deleted.purge_at_ms == deleted.deleted_at_ms + 30 * DAY_MS
    assert desk.session.corrections.deleted(patient.patient_id) == (deleted,)
    assert shown(desk, patient) == ids[1:]
    assert count_of(desk, patient) == 2
    known = desk.session.catalog.known(desk.session.keyset.content_id(hashlib.sha256(data).digest()))
    assert known is not None
    assert known.state is ContentState.DELETED
    with pytest.raises(Fixable):
        desk.session.photo_edit.set(patient.patient_id, ids[0], view="frontal")
    assert sound(desk) == []
    assert desk.session.corrections.restore([ids[0]]) == (ids[0],)
    assert (shown(desk, patient), count_of(desk, patient)) == (ids, 3)
    assert desk.session.corrections.deleted(patient.patient_id) == ()
    with pytest.raises(Fixable):
        desk.session.corrections.restore([ids[0]])
    what = [entry.details["what"] for entry in desk.keeper.entries if entry.action is Action.DELETE]
    assert what == ["deleted", "restored"]
    assert sound(desk) == []


def days_pass(desk: Desk, days: int, purged: list[int]) -> None:
    for _ in range(days):
        desk.clock.now_ms += DAY_MS
        purged.append(desk.session.corrections.purge_due())


def test_after_thirty_days_the_bytes_are_gone_and_the_card_does_not_bring_them_back(desk: Desk) -> None:
    patient, visit, _, _ = two_patients(desk)
    ids = desk.photos(patient, visit)
    chart = desk.store.charts.open(patient.patient_id)
    data = chart.original_bytes(ids[0])
    desk.session.corrections.delete(ids[:1], "not sharp")
    purged: list[int] = []
    days_pass(desk, 29, purged)
    assert sum(purged) == 0
    days_pass(desk, 2, purged)
    assert purged[-2:] == [1, 0]
    assert desk.session.corrections.deleted(patient.patient_id) == ()
    assert chart.ledger.database.rows("SELECT 1 FROM original_part WHERE original_id = ?", (ids[0],)) == []
    known = desk.session.catalog.known(desk.session.keyset.content_id(hashlib.sha256(data).digest()))
    assert known is not None
    assert known.state is ContentState.DELETED
    with pytest.raises(Fixable):
        desk.session.corrections.restore([ids[0]])
    assert sound(desk) == []


def test_a_clock_that_jumps_purges_nothing_early(desk: Desk) -> None:
    patient, visit, _, _ = two_patients(desk)
    desk.session.corrections.delete(desk.photos(patient, visit, 1), "not sharp")
    desk.clock.now_ms += 400 * DAY_MS
    assert desk.session.corrections.purge_due() == 0
    desk.clock.now_ms -= 400 * DAY_MS
    assert desk.session.corrections.purge_due() == 0
    purged: list[int] = []
    days_pass(desk, 22, purged)
    assert sum(purged) == 0
    days_pass(desk, 9, purged)
    assert sum(purged) == 1


def test_a_deleted_photo_can_be_neither_moved_nor_deleted_again(desk: Desk) -> None:
    wrong, visit, right, to = two_patients(desk)
    ids = desk.photos(wrong, visit, 1)
    desk.session.corrections.delete(ids, "not sharp")
    with pytest.raises(Fixable):
        desk.session.corrections.move(ids, right.patient_id, to.visit_id, "x")
    with pytest.raises(Fixable):
        desk.session.corrections.delete(ids, "again")


def test_a_pair_and_what_belongs_to_it_share_one_fate(desk: Desk) -> None:
    wrong, visit, right, to = two_patients(desk)
    (photo_id,) = desk.photos(wrong, visit, 1)
    chart = desk.store.charts.open(wrong.patient_id)
    raw, raw_source = shot_of(b"raw bytes", "IMG_0000.NEF")
    chart.add_original(desk.store.change, photo_id, raw, raw_source)
    film, film_source = shot_of(b"film bytes", "IMG_0000.MOV")
    chart.file_attachment(desk.store.change, film, film_source, visit.visit_id, "video", photo_id)
    moved = desk.session.corrections.move([photo_id], right.patient_id, to.visit_id, "wrong patient")
    assert moved.photo_ids == (photo_id, film.shot_id)
    target = desk.store.charts.open(right.patient_id)
    assert [one.name for one in target.photo(photo_id).originals] == ["IMG_0000.JPG", "IMG_0000.NEF"]
    assert target.original_bytes(raw.shot_id) == b"raw bytes"
    (attachment,) = target.attachments()
    assert (attachment.photo_id, attachment.visit_id) == (photo_id, to.visit_id)
    assert chart.attachments() == ()
    desk.session.corrections.delete([photo_id], "not sharp")
    assert target.attachments() == ()
    desk.session.corrections.restore([photo_id])
    assert len(target.attachments()) == 1
    assert sound(desk) == []


def test_an_attachment_moves_by_its_own_id(desk: Desk) -> None:
    wrong, visit, right, to = two_patients(desk)
    chart = desk.store.charts.open(wrong.patient_id)
    film, source = shot_of(b"film", "MVI_0001.MOV")
    chart.file_attachment(desk.store.change, film, MemorySource(b"film"), visit.visit_id, "video")
    assert source
    desk.session.corrections.move([film.shot_id], right.patient_id, to.visit_id, "wrong patient")
    assert [one.original.name for one in desk.store.charts.open(right.patient_id).attachments()] == ["MVI_0001.MOV"]
    assert sound(desk) == []


def test_marks_and_scale_go_with_their_photo(desk: Desk) -> None:
    wrong, visit, right, to = two_patients(desk)
    first, second = desk.photos(wrong, visit, 2)
    source = desk.store.charts.open(wrong.patient_id)
    for photo_id, mark_id in ((first, "11" * 16), (second, "22" * 16)):
        points = ((0.25, 0.5), (0.5, 0.75))
        source.put_mark(desk.store.change, Mark(mark_id, photo_id, MarkKind.ARROW, points, "here", "33" * 16))
        source.put_scale(desk.store.change, Scale(photo_id, 0.02, 0.02, 0.1, next(iter(ScaleSource)), points, 10.0))
    marks, scales = source.marks([first]), source.scales()
    moved = desk.session.corrections.move([first], right.patient_id, to.visit_id, "wrong patient")
    target = desk.store.charts.open(right.patient_id)
    assert target.marks() == tuple(replace(mark, lesion_id="") for mark in marks)
    assert target.scales() == {first: scales[first]}
    assert [mark.photo_id for mark in source.marks()] == [second]
    assert set(source.scales()) == {second}
    desk.session.corrections.undo_move(moved.move_id)
    assert {mark.photo_id for mark in source.marks()} == {first, second}
    assert source.scales() == scales
    assert (target.marks(), target.scales()) == ((), {})
