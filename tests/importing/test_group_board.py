"""A job's groups at a desk: kept over a lock, filed with their cards, corrected clocks, and nobody guessed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest

from photodesk import ids
from photodesk.desk.camera_clock import OffsetSource, kept_offset
from photodesk.errors import Fixable, Refused
from photodesk.importing.card_policy import CardPolicy, card_policy, set_card_policy
from photodesk.importing.card_shots import SEPARATOR_CARD
from photodesk.importing.group_board import NOT_READ, GroupBoard
from photodesk.importing.grouping import GroupBasis, Separators
from photodesk.importing.inbox_filing import InboxFiling
from photodesk.importing.job import Assignment
from photodesk.importing.separators import separator_text
from photodesk.importing.workplace import JobRecord, Workplace
from photodesk.importing.wristbands import CheckDigit
from photodesk.log.entry import Action
from photodesk.patients import Patient, PatientDraft
from photodesk.photos import CameraTime, CaptureFacts, Code, PhotoFacts
from photodesk.store.catalog import Job
from photodesk.store.packs import PackWriter
from photodesk.visits import Visit, VisitDraft
from tests.desk.conftest import NOW_MS, Desk, counter, desk

__all__ = ["counter", "desk"]

NOON = datetime.fromtimestamp(NOW_MS / 1000)
TODAY = NOON.date()
Taken = tuple[str, float | None, str]
"""What lies on a card: name, minutes after `NOON` (None: no camera time), the text of a code or ""."""


def patient(desk: Desk, mrn: str, at: time | None = None) -> tuple[Patient, Visit]:
    draft = PatientDraft(mrn, f"Family {mrn}", "Given", date(1980, 1, 2))
    made = desk.session.patients.add(draft)
    return made, desk.session.visits.add(VisitDraft(made.patient_id, TODAY, at))


def card_of(desk: Desk, visit: Visit, *, at_ms: int = NOW_MS, shown: bool = False) -> str:
    return separator_text(desk.session.keyset, visit.patient_id, visit.visit_id, at_ms, shown=shown)


def facts(minutes: float | None, code: str, *, off: timedelta = timedelta()) -> PhotoFacts:
    taken = None if minutes is None else CameraTime((NOON + timedelta(minutes=minutes) + off).isoformat("T", "seconds"))
    codes = (Code("QR Code", code),) if code else ()
    return PhotoFacts("image/jpeg", 40, 30, camera_time=taken, capture=CaptureFacts("Maker", "M1"), codes=codes)


def imported(
    desk: Desk, card: Sequence[Taken], *, off: timedelta = timedelta(), order: Assignment | None = None
) -> str:
    """A job whose copy is over, with one pack; the camera's clock is off by `off`."""
    session, keys = desk.session, desk.session.keyset
    job_id = ids.random_id()
    job = Job(job_id, session.person.person_id, NOW_MS, "copied", JobRecord.of((), order).text)
    session.catalog.start_job(session.actor.change("test"), job)
    pack = PackWriter.create(
        session.layout, job_id, 1, keys.clinic_id, keys.inbox_public, keys.inbox_epoch, keys.kem.public, desk.keeper
    )
    for name, minutes, code in card:
        data = os.urandom(200)
        shot_id, _ = pack.add_shot(name, len(data), 1, [data])
        if not name.startswith("unread"):
            pack.set_renditions(shot_id, b"\xff\xd8 thumbnail", b"\xff\xd8 screen", facts(minutes, code, off=off))
        pack.read_back(shot_id)
        pack.mark_verified([shot_id])
    pack.finish()
    return job_id


def filing(desk: Desk) -> InboxFiling:
    session = desk.session
    workplace = Workplace(
        session.layout, session.keyset, session.catalog, session.charts, desk.keeper, session.clock, "role"
    )
    return InboxFiling(workplace, None)


def two_patients(desk: Desk) -> tuple[str, tuple[Visit, Visit]]:
    """Card, two photos, card; two photos of nobody; card, photo, and no card again."""
    _, first = patient(desk, "1")
    _, second = patient(desk, "2")
    one, two = card_of(desk, first), card_of(desk, second)
    card = [
        ("I1.JPG", 0, one),
        ("I2.JPG", 1, ""),
        ("I3.JPG", 2, ""),
        ("I4.JPG", 3, one),
        ("I5.JPG", 10, ""),
        ("I6.JPG", 11, ""),
        ("I7.JPG", 20, two),
        ("I8.JPG", 21, ""),
    ]
    return imported(desk, card), (first, second)


def names(board: GroupBoard) -> list[str]:
    shots = board.shots()
    return [" ".join(shots[one].shot.name[1] for one in group.shot_ids) for group in board.groups()]


def test_groups_name_the_patient_of_their_card(desk: Desk) -> None:
    job_id, (first, _) = two_patients(desk)
    board = GroupBoard(desk.session, job_id)
    closed, loose, open_one = board.groups()
    assert names(board) == ["1 2 3 4", "5 6", "7 8"]
    assert [one.basis for one in (closed, loose, open_one)] == [
        GroupBasis.BRACKET,
        GroupBasis.TIME,
        GroupBasis.PLEASE_LOOK,
    ]
    suggestion = board.suggestion(closed.group_id)
    assert suggestion is not None
    assert (suggestion.patient_id, suggestion.visit_id) == (first.patient_id, first.visit_id)
    assert "Separator card" in suggestion.why
    assert board.suggestion(open_one.group_id) is None
    assert board.assignment(open_one.group_id) is None


def test_a_group_is_filed_with_its_cards_as_attachments_and_the_rest_stays_as_it_was(desk: Desk) -> None:
    job_id, (first, _) = two_patients(desk)
    board = GroupBoard(desk.session, job_id)
    closed = board.groups()[0]
    order = board.assignment(closed.group_id)
    assert order is not None
    filed = filing(desk).file_shots(job_id, order, closed.shot_ids)
    chart = desk.session.charts.open(first.patient_id)
    assert {photo.photo_id for photo in chart.photos()} == set(closed.photo_ids)
    assert {photo.visit_id for photo in chart.photos()} == {first.visit_id}
    assert [(one.original.original_id, one.reason) for one in chart.attachments()] == [
        (label, SEPARATOR_CARD) for label in closed.label_ids
    ]
    assert set(filed) == set(closed.shot_ids)
    assert [one.basis for one in GroupBoard(desk.session, job_id).groups()] == [
        GroupBasis.TIME,
        GroupBasis.PLEASE_LOOK,
    ]
    assert desk.keeper.entries[-1].action is Action.FILE


def test_another_patients_card_is_never_filed_with_these_photos(desk: Desk) -> None:
    job_id, (first, second) = two_patients(desk)
    filing(desk).file_shots(job_id, Assignment(first.patient_id, TODAY))
    assert names(GroupBoard(desk.session, job_id)) == ["7"]
    assert len(desk.session.charts.open(first.patient_id).attachments()) == 2
    filing(desk).file_shots(job_id, Assignment(second.patient_id, TODAY))
    assert names(GroupBoard(desk.session, job_id)) == []
    assert len(desk.session.charts.open(second.patient_id).attachments()) == 1
    assert desk.session.charts.open(second.patient_id).photos() == ()


def test_edits_survive_and_are_undone(desk: Desk) -> None:
    job_id, _ = two_patients(desk)
    board = GroupBoard(desk.session, job_id)
    shots = {shot.shot.name: shot_id for shot_id, shot in board.shots().items()}
    made = board.split(shots["I6.JPG"])
    later = GroupBoard(desk.session, job_id)
    assert names(later) == ["1 2 3 4", "5", "6", "7 8"]
    assert later.group(made).shot_ids == (shots["I6.JPG"],)
    later.join(later.groups()[1].group_id, made)
    later.move([shots["I2.JPG"]], None)
    assert names(later) == ["1 3 4", "2", "5 6", "7 8"]
    assert (later.undo(), later.undo(), later.redo(), later.undo(), later.undo(), later.undo()) == (
        True,
        True,
        True,
        True,
        True,
        False,
    )
    assert names(later) == ["1 2 3 4", "5 6", "7 8"]
    assert later.redo()
    assert names(GroupBoard(desk.session, job_id)) == ["1 2 3 4", "5", "6", "7 8"]
    later.split(shots["I3.JPG"])
    assert not later.redo()


def test_a_clinical_photo_with_a_code_is_filed_as_a_photo(desk: Desk) -> None:
    job_id, (first, _) = two_patients(desk)
    board = GroupBoard(desk.session, job_id)
    closed = board.groups()[0]
    board.not_card(closed.label_ids)
    filing(desk).file_shots(job_id, Assignment(first.patient_id, TODAY), closed.shot_ids)
    chart = desk.session.charts.open(first.patient_id)
    assert (len(chart.photos()), len(chart.attachments())) == (4, 0)


def test_what_is_not_there_is_said(desk: Desk) -> None:
    job_id, _ = two_patients(desk)
    board = GroupBoard(desk.session, job_id)
    for wrong in (
        lambda: board.split("0" * 32),
        lambda: board.move(["0" * 32], None),
        lambda: board.group("0" * 32),
        lambda: board.join(board.groups()[0].group_id, "0" * 32),
    ):
        with pytest.raises(Fixable):
            wrong()
    with pytest.raises(Fixable, match="import"):
        GroupBoard(desk.session, "0" * 32).groups()


def test_the_pause_is_the_clinics_or_the_jobs(desk: Desk) -> None:
    job_id, _ = two_patients(desk)
    board = GroupBoard(desk.session, job_id)
    assert board.gap_ms == 180_000
    board.set_gap(30_000)
    assert names(board) == ["1 2 3 4", "5", "6", "7 8"]
    set_card_policy(desk.session, CardPolicy(Separators.FIRST, 60_000, "", CheckDigit.NONE))
    assert board.gap_ms == 30_000
    assert card_policy(desk.session.catalog).gap_ms == 60_000
    assert desk.keeper.actions()[-1] is Action.POLICY
    with pytest.raises(Fixable):
        set_card_policy(desk.session, CardPolicy(Separators.FIRST, 1, "", CheckDigit.NONE))


def test_the_visit_at_that_time_is_suggested(desk: Desk) -> None:
    at = (NOON - timedelta(minutes=30)).time()
    _, early = patient(desk, "1", at)
    _, late = patient(desk, "2", (NOON + timedelta(minutes=60)).time())
    board = GroupBoard(desk.session, imported(desk, [("I1.JPG", 5, ""), ("I2.JPG", 70, ""), ("I3.JPG", 500, "")]))
    found = [board.suggestion(group.group_id) for group in board.groups()]
    assert [one.visit_id if one else "" for one in found] == [early.visit_id, late.visit_id, ""]
    patient(desk, "3", at)
    assert board.suggestion(board.groups()[0].group_id) is None


def test_a_camera_clock_is_corrected_by_hand(desk: Desk) -> None:
    _, visit = patient(desk, "1", NOON.time())
    job_id = imported(desk, [("I1.JPG", 5, "")], off=timedelta(days=-400))
    board = GroupBoard(desk.session, job_id)
    (group,) = board.groups()
    assert board.suggestion(group.group_id) is None
    board.set_offset(400 * 86_400_000)
    suggestion = board.suggestion(group.group_id)
    assert suggestion is not None
    assert suggestion.visit_id == visit.visit_id
    corrected = board.camera_time(group.shot_ids[0])
    assert corrected is not None
    assert corrected.local() == NOON + timedelta(minutes=5)
    entry = desk.keeper.entries[-1]
    assert (entry.action, entry.details["what"]) == (Action.EDIT, "camera clock")
    order = board.assignment(group.group_id)
    assert order is not None
    filing(desk).file_shots(job_id, order)
    (photo,) = desk.session.charts.open(visit.patient_id).photos()
    assert photo.facts.camera_time is not None
    assert photo.facts.camera_time.local() == NOON + timedelta(minutes=5, days=-400)
    assert kept_offset(desk.session.catalog, job_id).corrected(photo.facts.camera_time) == corrected
    board.set_offset(None)
    assert board.offset.source is OffsetSource.NONE


def test_a_card_on_a_screen_tells_what_the_clock_is_off_by_and_a_printed_one_does_not(desk: Desk) -> None:
    _, visit = patient(desk, "1")
    shown = card_of(desk, visit, at_ms=NOW_MS + 60_000, shown=True)
    printed = card_of(desk, visit, at_ms=NOW_MS - 9_000_000)
    job_id = imported(desk, [("I1.JPG", 1, shown), ("I2.JPG", 2, ""), ("I3.JPG", 3, printed)], off=timedelta(hours=-2))
    board = GroupBoard(desk.session, job_id)
    assert (board.offset.offset_ms, board.offset.source) == (7_200_000, OffsetSource.SEPARATOR)
    (group,) = board.groups()
    assert group.basis is GroupBasis.BRACKET
    filing(desk).file_shots(job_id, Assignment(visit.patient_id, TODAY), group.shot_ids)
    assert kept_offset(desk.session.catalog, job_id).offset_ms == 7_200_000
    only_printed = imported(desk, [("I1.JPG", 1, printed)], off=timedelta(hours=-2))
    assert GroupBoard(desk.session, only_printed).suggested_offset() is None


def test_a_front_desk_groups_and_a_clinicians_desk_files(counter: Desk) -> None:
    job_id, _ = two_patients(counter)
    board = GroupBoard(counter.session, job_id)
    closed = board.groups()[0]
    order = board.assignment(closed.group_id)
    assert order is not None
    assert filing(counter).file_shots(job_id, order, closed.shot_ids) == []
    assert {board.shots()[one].state for one in closed.shot_ids} <= {"verified", "assigned"}
    assert {GroupBoard(counter.session, job_id).shots()[one].state for one in closed.shot_ids} == {"assigned"}
    assert names(GroupBoard(counter.session, job_id)) == ["1 2 3 4", "5 6", "7 8"]
    with pytest.raises(Refused):
        set_card_policy(counter.session, CardPolicy(Separators.FIRST, 60_000, "", CheckDigit.NONE))


def test_the_timeline_shows_the_corrected_time_and_keeps_the_cameras(desk: Desk) -> None:
    _, visit = patient(desk, "1")
    job_id = imported(desk, [("I1.JPG", 5, "")], off=timedelta(hours=-2))
    GroupBoard(desk.session, job_id).set_offset(7_200_000)
    filing(desk).file_shots(job_id, Assignment(visit.patient_id, TODAY))
    (shown,) = desk.session.timeline.open(visit.patient_id).visits[0].photos
    assert shown.taken == CameraTime((NOON + timedelta(minutes=5)).isoformat("T", "seconds"))
    assert shown.facts.camera_time == CameraTime((NOON + timedelta(minutes=5, hours=-2)).isoformat("T", "seconds"))


def test_the_raw_of_a_cards_photo_is_no_clinical_photo(desk: Desk) -> None:
    _, visit = patient(desk, "1")
    names_of = ("I1.CR3", "I1.JPG", "I2.CR3", "I2.JPG")
    job_id = imported(desk, [(name, 0, card_of(desk, visit) if name == "I1.JPG" else "") for name in names_of])
    (group,) = GroupBoard(desk.session, job_id).groups()
    assert len(group.label_ids) == 2
    filing(desk).file_shots(job_id, Assignment(visit.patient_id, TODAY), group.shot_ids)
    chart = desk.session.charts.open(visit.patient_id)
    assert {one.original.name: one.reason for one in chart.attachments()} == dict.fromkeys(names_of[:2], SEPARATOR_CARD)
    assert {original.name for photo in chart.photos() for original in photo.originals} == set(names_of[2:])


def test_wristbands_are_labels_unless_the_import_names_the_patient(desk: Desk) -> None:
    _, visit = patient(desk, "104711")
    set_card_policy(desk.session, CardPolicy(Separators.AUTO, 180_000, r"P(\d+)", CheckDigit.NONE))
    card = [("I1.JPG", 0, "P104711"), ("I2.JPG", 1, ""), ("I3.JPG", 2, "P999")]
    board = GroupBoard(desk.session, imported(desk, card))
    (look,) = board.groups()
    assert (look.basis, look.patient_id, len(look.label_ids)) == (GroupBasis.PLEASE_LOOK, "", 1)
    board = GroupBoard(desk.session, imported(desk, card[:2]))
    (group,) = board.groups()
    assert group.patient_id == visit.patient_id
    filing(desk).file_shots(board.job_id, Assignment(visit.patient_id, TODAY), group.shot_ids)
    chart = desk.session.charts.open(visit.patient_id)
    assert [one.reason for one in chart.attachments()] == ["wristband"]
    order = Assignment(visit.patient_id, TODAY)
    filing(desk).file_shots(imported(desk, card[:2], order=order), order)
    assert (len(chart.photos()), len(chart.attachments())) == (3, 1)


def test_what_nobody_read_yet_is_suggested_to_nobody(desk: Desk) -> None:
    """After a stop or a kill photos lie in the inbox unread: another patient's card may be among them."""
    _, visit = patient(desk, "A", time(12, 0))
    card = [("1.jpg", 0.0, card_of(desk, visit)), ("2.jpg", 1.0, ""), ("unread3.jpg", None, "")]
    board = GroupBoard(desk.session, imported(desk, card))
    groups = board.groups()
    mixed = next(group for group in groups if len(group.shot_ids) > 1)
    assert mixed.basis is GroupBasis.PLEASE_LOOK
    assert mixed.reason == NOT_READ
    assert all(board.suggestion(group.group_id) is None for group in groups)
    read = GroupBoard(desk.session, imported(desk, card[:2]))
    assert read.groups()[0].patient_id == visit.patient_id
