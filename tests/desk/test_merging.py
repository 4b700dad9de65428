"""Two entries of one person: one line, one timeline, each view logged under its own entry, and parted again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time

import pytest

from photodesk.desk.worklist import Outcome
from photodesk.errors import Fixable, PhotoDeskError, Refused
from photodesk.log.entry import Action
from photodesk.patients import Patient, PatientDraft
from photodesk.photos import PhotoChange, Rendition
from photodesk.photos.comparison import Comparison, Laid
from photodesk.photos.marks import Mark, MarkKind
from photodesk.visits import Visit, VisitDraft
from photodesk.visits.worklist import WorklistRow
from tests.desk.conftest import Desk

WHY = "entered twice"
OLD, NEW = date(2026, 8, 3), date(2026, 11, 20)


@dataclass
class Pair:
    """Two entries with a visit and two photos each."""

    a: Patient
    b: Patient
    of_a: Visit
    of_b: Visit
    photos_a: list[str]
    photos_b: list[str]


@pytest.fixture
def pair(desk: Desk) -> Pair:
    a, b = desk.store.patient(), desk.store.patient("4712", "Mueller", "Anna Maria")
    of_a, of_b = desk.store.visit(a, NEW), desk.store.visit(b, OLD)
    return Pair(a, b, of_a, of_b, desk.photos(a, of_a, 2), desk.photos(b, of_b, 2))


def merged(desk: Desk, pair: Pair) -> None:
    desk.session.merging.merge(pair.b.patient_id, pair.a.patient_id, WHY)
    desk.keeper.entries.clear()


def logged(desk: Desk, action: Action) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.patient_id, one.photo_ids) for one in desk.keeper.entries if one.action is action]


def listed(desk: Desk, text: str) -> list[tuple[str, int | None, date | None]]:
    return [(one.patient.mrn, one.photos, one.last_visit) for one in desk.session.patients.search(text)]


def state(desk: Desk, pair: Pair) -> object:
    """What both entries show."""
    session, ids = desk.session, (pair.a.patient_id, pair.b.patient_id)
    return (
        [(one.visits, one.patient, one.merged) for one in (session.timeline.open(each) for each in ids)],
        [session.layers.of(each) for each in ids],
        [listed(desk, text) for text in ("muller", "mueller", "4711", "4712", "anna", "")],
    )


def test_search_gives_one_line_by_either_name_and_number(desk: Desk, pair: Pair) -> None:
    assert listed(desk, "anna") == [("4711", 2, NEW), ("4712", 2, OLD)]
    merged(desk, pair)
    for text in ("muller", "mueller", "4711", "4712", "anna maria", "anna", "", "1980-05-12"):
        assert listed(desk, text) == [("4711", 4, NEW)], text
    assert desk.session.patients.by_mrn("4712") == pair.a
    assert len(desk.session.patients.search("", 1)) == 1


def test_the_timeline_shows_both_and_opening_one_opens_the_other(desk: Desk, pair: Pair) -> None:
    merged(desk, pair)
    for patient in (pair.a, pair.b):
        timeline = desk.session.timeline.open(patient.patient_id)
        assert timeline.patient == pair.a
        assert [(one.visit.day, len(one.photos)) for one in timeline.visits] == [(NEW, 2), (OLD, 2)]
        (with_entry,) = timeline.merged
        assert (with_entry.patient, with_entry.at_ms) == (pair.b, desk.clock.wall_ms())
    opened = [one.patient_id for one in desk.keeper.entries if one.action is Action.RECORD_OPENED]
    assert opened == [pair.a.patient_id, pair.b.patient_id] * 2
    assert [one.visit_id for one in desk.session.visits.of_patient(pair.b.patient_id)] == [
        pair.of_a.visit_id,
        pair.of_b.visit_id,
    ]


def test_views_are_logged_under_the_entry_whose_photos_they_are(desk: Desk, pair: Pair) -> None:
    merged(desk, pair)
    gate, both = desk.session.gate, [pair.photos_b[0], pair.photos_a[0]]
    assert len(gate.view(pair.a.patient_id, both, Rendition.THUMBNAIL, "timeline")) == 2
    one_each = [(pair.a.patient_id, (both[1],)), (pair.b.patient_id, (both[0],))]
    assert sorted(logged(desk, Action.VIEW)) == sorted(one_each)
    gate.view(pair.b.patient_id, both, Rendition.THUMBNAIL, "timeline")
    assert len(logged(desk, Action.VIEW)) == 2, "logged already on this screen"
    desk.keeper.entries.clear()
    look = gate.look(pair.a.patient_id, both, "compare")
    assert all(look.picture(photo_id, len) for photo_id in both)
    assert sorted(logged(desk, Action.COMPARE)) == sorted(one_each) == sorted(logged(desk, Action.VIEW))
    gate.leave_all()
    assert {one.patient_id for one in desk.keeper.entries} == {pair.a.patient_id, pair.b.patient_id}


def test_what_leaves_is_logged_for_both(desk: Desk, pair: Pair) -> None:
    merged(desk, pair)
    both = (pair.photos_a[0], pair.photos_b[0])
    leave = desk.session.disclosures.disclose(pair.a.patient_id, both, "teaching", "Dr Lind", "original", "export")
    assert sorted(logged(desk, Action.EXPORT)) == sorted([(pair.a.patient_id, both[:1]), (pair.b.patient_id, both[1:])])
    for photo_id in both:
        photo = desk.session.disclosures.photo(leave, photo_id)
        assert desk.session.disclosures.original(leave, photo_id, photo.originals[0].original_id)
    desk.session.disclosures.require_here(pair.a.patient_id, both)


def test_photos_of_both_are_changed_each_in_its_own_chart(desk: Desk, pair: Pair) -> None:
    merged(desk, pair)
    both = {one: PhotoChange(None, "frontal", None) for one in (pair.photos_a[0], pair.photos_b[0])}
    assert len(desk.session.photo_edit.apply(pair.a.patient_id, both)) == 2
    for patient, photo_id in ((pair.a, pair.photos_a[0]), (pair.b, pair.photos_b[0])):
        assert desk.store.charts.open(patient.patient_id).photo(photo_id).standard_view == "frontal"
    with pytest.raises(Fixable) as other:
        desk.session.photo_edit.apply(pair.a.patient_id, {pair.photos_b[0]: PhotoChange(visit_id=pair.of_a.visit_id)})
    assert other.value.code == "visit_of_other_entry"
    corrections = desk.session.corrections
    corrections.delete([pair.photos_b[0]], "blurred")
    assert [one.photo_id for one in corrections.deleted(pair.a.patient_id)] == [pair.photos_b[0]]
    corrections.restore([pair.photos_b[0]])


def test_a_lesion_is_followed_over_both_charts(desk: Desk, pair: Pair) -> None:
    merged(desk, pair)
    layers, person = desk.session.layers, pair.a.patient_id
    lesion = layers.follow(person, "L1")
    points = ((0.1, 0.1), (0.2, 0.2), (0.1, 0.2))
    marks = [
        Mark(f"{number}" * 32, photo_id, MarkKind.OUTLINE, points, "", lesion.lesion_id)
        for number, photo_id in enumerate((pair.photos_a[0], pair.photos_b[0]), 1)
    ]
    for mark in marks:
        layers.draw(person, mark)
    held = layers.of(person)
    assert (sorted(held.marks, key=lambda one: one.mark_id), held.lesions) == (marks, (lesion,))
    assert layers.follow(person, "L1 forearm", "", lesion.lesion_id).name == "L1 forearm"
    assert [one.name for one in layers.of(person).lesions] == ["L1 forearm"]
    laid = tuple(Laid(mark.photo_id) for mark in marks)
    kept = layers.keep(person, Comparison("", "First and last", laid, "side-by-side"))
    assert [one.away for one in layers.comparisons(person)] == [0]
    layers.take_away(person, marks[1])
    desk.session.merging.unmerge(pair.b.patient_id)
    for patient in (pair.a, pair.b):
        assert [one.name for one in layers.of(patient.patient_id).lesions] == ["L1 forearm"]
    assert [one.away for one in layers.comparisons(person)] == [1]
    layers.drop_comparison(person, kept.comparison_id)


def test_new_visits_go_to_the_main_entry(desk: Desk, pair: Pair) -> None:
    merged(desk, pair)
    visits = desk.session.visits
    made = visits.add(VisitDraft(pair.b.patient_id, date(2026, 12, 1)))
    assert made.patient_id == pair.a.patient_id
    assert visits.on(pair.b.patient_id, NEW) == desk.store.catalog.visit(pair.of_a.visit_id)
    edited = visits.edit(pair.of_b.visit_id, VisitDraft(pair.a.patient_id, OLD, None, "2", "", "Acne"))
    assert (edited.patient_id, edited.title) == (pair.b.patient_id, "Acne")
    assert [one.patient for one in visits.of_day(OLD)] == [pair.a]


def test_parting_gives_both_back_as_they_were(desk: Desk, pair: Pair) -> None:
    before = state(desk, pair)
    merged(desk, pair)
    assert state(desk, pair) != before
    assert desk.session.merging.unmerge(pair.b.patient_id, "two people after all") == pair.b
    assert state(desk, pair) == before
    merged_log = [one for one in desk.keeper.entries if one.action is Action.MERGE]
    assert [(one.patient_id, one.details["what"]) for one in merged_log] == [
        (pair.b.patient_id, "parted"),
        (pair.a.patient_id, "parted"),
    ]


def test_merging_is_logged_for_both(desk: Desk, pair: Pair) -> None:
    desk.session.merging.merge(pair.b.patient_id, pair.a.patient_id, WHY)
    found = [(one.patient_id, dict(one.details)) for one in desk.keeper.entries if one.action is Action.MERGE]
    assert found == [
        (pair.b.patient_id, {"what": "merged", "into": pair.a.patient_id}),
        (pair.a.patient_id, {"what": "merged", "with": pair.b.patient_id}),
    ]
    assert WHY not in str(desk.keeper.entries), "why is in the record, not in the log"


def test_what_cannot_be_merged_is_refused_in_a_sentence(desk: Desk, pair: Pair) -> None:
    merging, a, b = desk.session.merging, pair.a.patient_id, pair.b.patient_id
    refused: list[tuple[str, str, str, str]] = [
        (a, a, WHY, "same_entry"),
        (b, a, " ", "reason_missing"),
        (b, "0" * 32, WHY, "patient_unknown"),
    ]
    for entry, into, why, code in refused:
        with pytest.raises(PhotoDeskError) as said:
            merging.merge(entry, into, why)
        assert said.value.code == code
    for entry, code in ((a, "not_merged"), ("0" * 32, "patient_unknown")):
        with pytest.raises(Fixable) as not_merged:
            merging.unmerge(entry)
        assert not_merged.value.code == code
    merging.merge(b, a, WHY)
    with pytest.raises(Fixable) as again:
        merging.merge(a, b, WHY)
    assert again.value.code == "merged_already"
    with pytest.raises(Fixable) as main:
        merging.unmerge(a)
    assert main.value.code == "main_entry"


def test_the_front_desk_does_not_say_who_is_whom(counter: Desk) -> None:
    a, b = counter.store.patient(), counter.store.patient("4712")
    with pytest.raises(Refused, match="Ask a clinician"):
        counter.session.merging.merge(b.patient_id, a.patient_id, WHY)


def test_three_entries_become_one_in_a_chain(desk: Desk, pair: Pair) -> None:
    third = desk.store.patient("4713", "Muller", "A")
    merging = desk.session.merging
    merging.merge(third.patient_id, pair.b.patient_id, WHY)
    merging.merge(pair.b.patient_id, pair.a.patient_id, WHY)
    assert merging.facts(third.patient_id)[0].patient.mrn == "4711"
    assert len(merging.facts(third.patient_id)) == 3
    merging.unmerge(pair.b.patient_id)
    assert listed(desk, "4713") == [("4712", 2, OLD)], "what was merged into it stays with it"


def test_two_entries_with_one_number_are_settled_by_merging(desk: Desk, pair: Pair) -> None:
    catalog = desk.store.catalog
    with catalog.ledger.database.transaction() as connection:  # as two offline workstations make it
        connection.execute("UPDATE patient SET mrn = '4711' WHERE patient_id = ?", (pair.b.patient_id,))
    assert desk.session.conflicts.count() == 1
    with pytest.raises(Refused):
        desk.session.disclosures.disclose(pair.a.patient_id, pair.photos_a, "", "", "original", "")
    with pytest.raises(Fixable):
        desk.session.merging.entry("4711")
    entry = desk.session.merging.entry(pair.b.patient_id)
    desk.session.merging.merge(entry.patient_id, pair.a.patient_id, WHY)
    assert desk.session.conflicts.count() == 0
    desk.session.disclosures.disclose(pair.a.patient_id, pair.photos_a, "", "", "original", "")
    assert desk.session.patients.by_mrn("4711") == pair.a


def test_a_name_may_change_while_merged(desk: Desk, pair: Pair) -> None:
    merged(desk, pair)
    draft = PatientDraft("4711", "Lindqvist", "Anna", pair.a.birth)
    desk.session.patients.edit(pair.a.patient_id, draft)
    assert [one.patient.family for one in desk.session.patients.search("mueller")] == ["Lindqvist"]
    assert listed(desk, "lindqvist") == [("4711", 4, NEW)]


def test_a_line_that_names_the_merged_number_plans_for_the_main_entry(desk: Desk, pair: Pair) -> None:
    worklist = desk.session.worklist
    row = WorklistRow(2, "A-1", "4712", "Mueller", "Anna Maria", pair.b.birth, "unknown", NEW, time(9, 10))
    planned_before = worklist.apply(worklist.named([row]), "visits.csv")
    assert planned_before.counts == {Outcome.ADDED: 1}
    merged(desk, pair)
    later = replace(row, at=time(9, 40))
    assert worklist.apply(worklist.named([later]), "visits.csv").counts == {Outcome.CHANGED: 1}, "nobody is asked"
    fresh = replace(row, key="A-2", day=date(2026, 11, 27))
    assert worklist.apply(worklist.named([fresh]), "visits.csv").counts == {Outcome.ADDED: 1}
    (planned,) = desk.session.visits.of_day(date(2026, 11, 27))
    assert (planned.patient, planned.visit.patient_id) == (pair.a, pair.a.patient_id)


def test_what_is_presented_is_logged_for_both_from_start_to_end(desk: Desk, pair: Pair) -> None:
    merged(desk, pair)
    both = (pair.photos_a[0], pair.photos_b[0])
    begun = desk.session.presenting.begin(pair.a.patient_id, both, "side-by-side", "1 of 1")
    desk.session.presenting.end(begun, "password").result()
    one_each = [(pair.a.patient_id, both[:1]), (pair.b.patient_id, both[1:])]
    assert sorted(logged(desk, Action.PRESENT)) == sorted(one_each * 2)
