"""Rows of another system become visits once, change them where rows change, and never overwrite who a patient is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from photodesk.desk.worklist import Applied, Decision, Outcome, chunks
from photodesk.errors import Fixable, Refused
from photodesk.log.entry import Action
from photodesk.patients import PatientDraft
from photodesk.visits import VisitDraft
from photodesk.visits.worklist import RowProblem, RowStatus, WorklistRow
from photodesk.visits.worklist_source import SourceKind, WorklistServer, WorklistSource
from tests.desk.conftest import Desk

TODAY = date(2026, 11, 20)
ADA = WorklistRow(2, "A-1", "000123", "Test", "Ada", date(1968, 5, 12), "female", TODAY, time(9, 10), "Room 2", "Berg")
BEN = WorklistRow(3, "", "000147", "Sample", "Ben", date(1951, 1, 3), "male", TODAY, time(9, 40), "Room 1")


def apply(desk: Desk, *rows: WorklistRow | RowProblem) -> Applied:
    worklist = desk.session.worklist
    return worklist.apply(worklist.named(rows), "visits.csv")


def times(desk: Desk) -> list[tuple[str, str]]:
    return [(f"{line.line.visit.at:%H:%M}", line.line.patient.mrn) for line in desk.session.worklist.today()]


def test_rows_become_patients_and_visits_and_the_same_rows_again_change_nothing(counter: Desk) -> None:
    desk = counter
    assert apply(desk, ADA, BEN).counts == {Outcome.ADDED: 2}
    assert times(desk) == [("09:10", "000123"), ("09:40", "000147")]
    first = desk.session.visits.today()[0]
    assert (first.patient.display_name, first.visit.room, first.clinician) == ("Test, Ada", "Room 2", "Berg")
    entries = len(desk.keeper.entries)
    assert {entry.action for entry in desk.keeper.entries} == {Action.EDIT}
    again = apply(desk, ADA, BEN)
    assert again.counts == {Outcome.UNCHANGED: 2}
    assert not again.changed
    assert len(desk.keeper.entries) == entries


def test_a_changed_time_moves_the_visit_and_what_was_changed_by_hand_stays(desk: Desk) -> None:
    apply(desk, ADA, BEN)
    (visit, _) = (line.visit for line in desk.session.visits.today())
    desk.session.visits.edit(visit.visit_id, VisitDraft(visit.patient_id, TODAY, visit.at, "Room 7"))
    assert apply(desk, replace(ADA, at=time(11, 0)), replace(BEN, at=time(8, 0))).counts == {Outcome.CHANGED: 2}
    assert times(desk) == [("08:00", "000147"), ("11:00", "000123")]
    assert desk.session.visits.today()[1].visit.room == "Room 7"


def test_a_visit_moved_to_another_day_leaves_today(desk: Desk) -> None:
    apply(desk, ADA)
    apply(desk, replace(ADA, day=date(2026, 12, 1), at=None))
    assert desk.session.visits.today() == []
    (moved,) = desk.session.visits.of_day(date(2026, 12, 1))
    assert moved.visit.at is None


def test_a_visit_added_by_hand_is_not_doubled(desk: Desk) -> None:
    patient = desk.session.patients.add(PatientDraft("000123", "Test", "Ada", date(1968, 5, 12)))
    by_hand = desk.session.visits.add(VisitDraft(patient.patient_id, TODAY))
    assert apply(desk, ADA).counts == {Outcome.CHANGED: 1}
    (line,) = desk.session.worklist.today()
    assert (line.line.visit.visit_id, line.line.visit.at, line.from_worklist) == (by_hand.visit_id, time(9, 10), True)


def test_two_visits_a_day_without_numbers_are_two(desk: Desk) -> None:
    rows = (BEN, replace(BEN, at=time(14, 0)))
    assert apply(desk, *rows).counts == {Outcome.ADDED: 2}
    assert apply(desk, *rows).counts == {Outcome.UNCHANGED: 2}


def test_cancelled_takes_an_empty_visit_off_and_planned_again_puts_it_back(counter: Desk) -> None:
    apply(counter, ADA)
    gone = replace(ADA, status=RowStatus.CANCELLED)
    assert apply(counter, gone).counts == {Outcome.CANCELLED: 1}
    assert counter.session.visits.today() == []
    assert apply(counter, gone).counts == {Outcome.UNCHANGED: 1}
    assert apply(counter, ADA).counts == {Outcome.CHANGED: 1}
    assert times(counter) == [("09:10", "000123")]


def test_a_cancelled_visit_with_photos_stays_and_is_said(desk: Desk) -> None:
    apply(desk, ADA)
    (line,) = desk.session.visits.today()
    desk.photos(line.patient, line.visit)
    assert apply(desk, replace(ADA, status=RowStatus.CANCELLED)).counts == {Outcome.PLEASE_LOOK: 1}
    assert len(desk.session.visits.today()) == 1
    (look,) = desk.session.worklist.problems()
    assert "photos or notes belong to it" in look.message


def test_photos_filed_to_a_cancelled_visit_are_shown_on_the_timeline(desk: Desk) -> None:
    apply(desk, ADA)
    (line,) = desk.session.visits.today()
    apply(desk, replace(ADA, status=RowStatus.CANCELLED))
    assert desk.session.timeline.open(line.patient.patient_id).visits == ()
    assert desk.session.visits.of_patient(line.patient.patient_id) == []
    desk.photos(line.patient, line.visit)
    assert desk.session.timeline.open(line.patient.patient_id).photo_count == 3


@pytest.mark.parametrize(
    ("changed", "what"),
    [({"birth": date(1969, 5, 12)}, "birth date"), ({"family": "Tester"}, "family name"), ({"given": "Eve"}, "given")],
)
def test_another_name_or_birth_date_is_never_taken_silently(desk: Desk, changed: dict[str, object], what: str) -> None:
    apply(desk, ADA)
    before = desk.session.patients.by_mrn("000123")
    other = replace(ADA, key="A-2", at=time(15, 0), **changed)  # type: ignore[arg-type]
    assert apply(desk, other).counts == {Outcome.PLEASE_LOOK: 1}
    assert apply(desk, other).counts == {Outcome.PLEASE_LOOK: 1}
    assert desk.session.patients.by_mrn("000123") == before
    assert times(desk) == [("09:10", "000123")]
    (look,) = desk.session.worklist.problems()
    assert what in look.message
    assert before.family not in look.message


def test_same_person_with_our_data_is_remembered(desk: Desk) -> None:
    apply(desk, ADA)
    other = replace(ADA, key="A-2", family="Test-Berg", at=time(15, 0))
    apply(desk, other)
    (look,) = desk.session.worklist.problems()
    desk.session.worklist.decide(look.problem_id, Decision.KEEP_OURS)
    assert times(desk) == [("09:10", "000123"), ("15:00", "000123")]
    assert desk.session.patients.by_mrn("000123").family == "Test"
    assert apply(desk, replace(other, at=time(16, 0))).counts == {Outcome.CHANGED: 1}
    assert desk.session.worklist.problems() == ()


def test_their_data_is_taken_when_a_person_says_so(desk: Desk) -> None:
    apply(desk, ADA)
    apply(desk, replace(ADA, key="A-2", family="Test-Berg", at=time(15, 0)))
    (look,) = desk.session.worklist.problems()
    desk.session.worklist.decide(look.problem_id, Decision.TAKE_THEIRS)
    assert desk.session.patients.by_mrn("000123").family == "Test-Berg"
    assert len(times(desk)) == 2
    assert desk.session.worklist.problems() == ()


def test_a_dismissed_line_stays_dismissed_and_a_corrected_patient_settles_it(desk: Desk) -> None:
    apply(desk, ADA)
    other = replace(ADA, key="A-2", birth=date(1969, 5, 12), at=time(15, 0))
    apply(desk, other)
    (look,) = desk.session.worklist.problems()
    patient = desk.session.patients.by_mrn("000123")
    draft = PatientDraft("000123", "Test", "Ada", date(1969, 5, 12))
    desk.session.patients.edit(patient.patient_id, draft)
    assert apply(desk, other).counts == {Outcome.ADDED: 1}
    assert desk.session.worklist.problems() == ()
    apply(desk, RowProblem(7, "birth_unclear", "The birth date cannot be read.", print_of=b"x"))
    (look,) = desk.session.worklist.problems()
    desk.session.worklist.decide(look.problem_id, Decision.DISMISS)
    again = apply(desk, RowProblem(9, "birth_unclear", "The birth date cannot be read.", print_of=b"x"))
    assert again.counts == {Outcome.UNCHANGED: 1}
    assert desk.session.worklist.problems() == ()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (replace(ADA, birth=None), "birth_missing"),
        (replace(ADA, birth=date(2030, 1, 1)), "birth_in_future"),
        (replace(ADA, day=None), "day_missing"),
        (replace(ADA, day=date(2012, 11, 20)), "day_far"),
        (replace(ADA, family="  "), "name_missing"),
    ],
)
def test_what_cannot_be_placed_is_said_in_words(desk: Desk, row: WorklistRow, code: str) -> None:
    assert apply(desk, row).counts == {Outcome.PLEASE_LOOK: 1}
    (look,) = desk.session.worklist.problems()
    assert (look.code, look.place) == (code, 2)
    assert desk.session.visits.today() == []


def test_a_visit_number_that_names_another_patient_moves_nothing(desk: Desk) -> None:
    apply(desk, ADA)
    assert apply(desk, replace(BEN, key="A-1")).counts == {Outcome.PLEASE_LOOK: 1}
    assert times(desk) == [("09:10", "000123")]


def test_only_an_administrator_sets_up(counter: Desk) -> None:
    source = WorklistSource(SourceKind.DICOM, server=WorklistServer("ris.example", 104))
    with pytest.raises(Refused):
        counter.session.worklist.setup.set_source(source)


def test_a_source_is_kept_and_logged(desk: Desk) -> None:
    source = WorklistSource(SourceKind.DICOM, server=WorklistServer("ris.example", 104))
    desk.session.worklist.setup.set_source(source)
    assert desk.session.worklist.source() == source
    assert desk.keeper.actions() == [Action.POLICY]


def test_a_source_is_checked_before_it_is_kept(desk: Desk) -> None:
    root = str(desk.session.layout.root)
    for source, code in (
        (WorklistSource(SourceKind.CSV, folder="nowhere"), "folder_missing"),
        (WorklistSource(SourceKind.HL7, folder=root), "folder_of_store"),
        (WorklistSource(SourceKind.HL7, folder="/"), "folder_of_store"),
        (WorklistSource(SourceKind.DICOM), "server_missing"),
        (WorklistSource(SourceKind.DICOM, server=WorklistServer("h", 104, called="x" * 17)), "title_unusable"),
    ):
        with pytest.raises(Fixable) as refused:
            desk.session.worklist.setup.set_source(source)
        assert refused.value.code == code


def test_entries_and_operations_hold_no_names(desk: Desk) -> None:
    apply(desk, ADA, replace(ADA, family="Other", key="A-9"))
    for entry in desk.keeper.entries:
        assert "Test" not in str(entry)
        assert "Ada" not in str(entry.details)


def test_a_file_is_remembered_by_its_bytes(desk: Desk) -> None:
    worklist = desk.session.worklist
    assert not worklist.was_read(bytes(32))
    worklist.remember_file(bytes(32), apply(desk, ADA))
    assert worklist.was_read(bytes(32))


def test_parts_cover_all_rows(desk: Desk) -> None:
    named = desk.session.worklist.named(tuple(replace(BEN, at=time(8, minute)) for minute in range(7)))
    assert [len(part) for part in chunks(named, 3)] == [3, 3, 1]
