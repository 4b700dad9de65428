"""Patients, visits, timeline, photo edits, roles and places."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photodesk.crypto import SUITE, VERSION, KemPrivateKey, seal_to
from photodesk.desk.idle import COUNTDOWN_MS, FRONT_DESK, OTHERS, PRESENTING, IdleWatch, idle_limit, limits_of
from photodesk.desk.photo_edit import tidy_tags
from photodesk.desk.picture_memory import PictureMemory
from photodesk.desk.place import Place
from photodesk.desk.roles import RIGHTS, Right, allowed, require
from photodesk.errors import Fixable, Refused
from photodesk.log.entry import Action
from photodesk.patients import PatientDraft, Sex
from photodesk.photos import Rendition
from photodesk.store.roles import Role
from photodesk.visits import VisitDraft
from tests.desk.conftest import Desk

DRAFT = PatientDraft("104711", "Okafor", "Ngozi", date(1988, 3, 14), Sex.FEMALE)


def test_patients_are_added_found_and_changed(desk: Desk) -> None:
    made = desk.session.patients.add(DRAFT)
    assert desk.session.patients.by_mrn("104711") == made
    assert [one.patient for one in desk.session.patients.search("ngo oka", log=True)] == [made]
    changed = desk.session.patients.edit(made.patient_id, replace(DRAFT, family="Okafor-Lind"))
    assert changed.family == "Okafor-Lind"
    assert desk.keeper.actions() == [Action.EDIT, Action.SEARCH, Action.EDIT]
    assert desk.keeper.entries[0].patient_id == made.patient_id


def test_a_change_that_fails_says_so_in_the_log(desk: Desk) -> None:
    desk.session.patients.add(DRAFT)
    other = desk.session.patients.add(replace(DRAFT, mrn="2"))
    with pytest.raises(Fixable) as caught:
        desk.session.patients.edit(other.patient_id, DRAFT)
    assert caught.value.code == "mrn_taken"
    assert [entry.outcome for entry in desk.keeper.entries] == ["", "", "", "mrn_taken"]


def test_a_birth_date_in_the_future_is_refused(desk: Desk) -> None:
    with pytest.raises(Fixable) as caught:
        desk.session.patients.add(replace(DRAFT, birth=date(2026, 11, 22)))
    assert caught.value.code == "birth_in_future"
    assert not desk.keeper.entries


def test_without_chart_keys_there_are_no_photo_counts_and_no_clinical_texts(counter: Desk) -> None:
    made = counter.session.patients.add(DRAFT)
    visit = counter.session.visits.add(VisitDraft(made.patient_id, date(2026, 11, 20), time(9, 30)))
    assert counter.session.patients.search("")[0].photos is None
    assert counter.session.visits.of_patient(made.patient_id) == [visit]
    with pytest.raises(Refused):
        counter.session.visits.add(VisitDraft(made.patient_id, date(2026, 11, 21), title="Acne"))
    with pytest.raises(Refused):
        counter.session.patients.notes(made.patient_id)


def test_visits_join_catalog_and_chart(desk: Desk) -> None:
    made = desk.session.patients.add(DRAFT)
    first = desk.session.visits.add(VisitDraft(made.patient_id, date(2026, 11, 1), title="Acne", reason="New lesions"))
    again = desk.session.visits.on(made.patient_id, date(2026, 11, 20), make=True)
    assert again is not None
    assert desk.session.visits.of_patient(made.patient_id) == [again, first]
    assert first.title == "Acne"
    changed = desk.session.visits.edit(first.visit_id, VisitDraft(made.patient_id, date(2026, 11, 2), title="Acne"))
    assert (changed.day, changed.title, changed.reason) == (date(2026, 11, 2), "Acne", "")
    assert [planned.patient for planned in desk.session.visits.of_day(date(2026, 11, 20))] == [made]
    assert desk.session.visits.on(made.patient_id, date(2020, 1, 1)) is None


def test_notes(desk: Desk) -> None:
    made = desk.session.patients.add(DRAFT)
    assert desk.session.patients.notes(made.patient_id) == ""
    desk.session.patients.set_notes(made.patient_id, "Keloids.")
    assert desk.session.patients.notes(made.patient_id) == "Keloids."


def test_opening_a_timeline_is_an_entry_and_refreshing_is_not(desk: Desk) -> None:
    patient = desk.store.patient()
    visit = desk.store.visit(patient)
    photo_ids = desk.photos(patient, visit)
    opened = desk.session.timeline.open(patient.patient_id)
    assert [photo.photo_id for photo in opened.visits[0].photos] == photo_ids
    assert opened.photo_count == 3
    desk.session.timeline.refresh(patient.patient_id)
    desk.session.timeline.close(patient.patient_id)
    desk.session.timeline.refresh(patient.patient_id)
    assert desk.keeper.actions() == [Action.RECORD_OPENED, Action.RECORD_OPENED]


def test_photos_are_found_and_described(desk: Desk) -> None:
    patient = desk.store.patient()
    photo_id = desk.photos(patient, desk.store.visit(patient), 1)[0]
    edit = desk.session.photo_edit
    assert edit.patient_of(photo_id) == patient.patient_id
    tags = [" week  12 ", "acne", "acne"]
    changed = edit.set(patient.patient_id, photo_id, site="60819002", view="close-up", tags=tags)
    assert (changed.body_site, changed.standard_view, changed.tags) == ("60819002", "close-up", ("week 12", "acne"))
    assert edit.photo(photo_id) == changed
    assert edit.set(patient.patient_id, photo_id, site="").body_site == ""
    for wrong in ({"site": "1"}, {"view": "sideways"}, {"tags": ["x" * 61]}):
        with pytest.raises(Fixable):
            edit.set(patient.patient_id, photo_id, **wrong)  # type: ignore[arg-type]
    with pytest.raises(Fixable) as caught:
        edit.patient_of(os.urandom(16).hex())
    assert caught.value.code == "photo_unknown"


def test_tags_hold_no_control_characters() -> None:
    with pytest.raises(Fixable):
        tidy_tags(["a\0b"])


def test_every_right_has_somebody_and_the_refusal_names_them() -> None:
    assert set(RIGHTS) == set(Right)
    assert all(RIGHTS.values())
    with pytest.raises(Refused) as caught:
        require({Role.FRONT_DESK}, Right.SEE_CHART)
    assert "clinician" in caught.value.remedy
    assert allowed({Role.FRONT_DESK, Role.CLINICIAN}, Right.SEE_CHART)


def test_a_place_opens_for_its_person_only(desk: Desk) -> None:
    place = Place("a" * 32, "compare", 1.5, ("b" * 32, "c" * 32), 7, "drawn", "typed", "curtain")
    blob = desk.session.seal_place(place)
    assert b"compare" not in blob
    assert desk.session.unseal_place(blob) == place
    older = msgspec.msgpack.encode([VERSION, SUITE, "a" * 32, "compare", 1.5, ["b" * 32], 7, "drawn", "typed"])
    sealed = seal_to(desk.session.keyset.kem.public, older, "place", desk.session.keyset.clinic_id)
    assert desk.session.unseal_place(sealed) == Place("a" * 32, "compare", 1.5, ("b" * 32,), 7, "drawn", "typed")
    desk.session.keyset = replace(desk.session.keyset, kem=KemPrivateKey.generate())
    assert desk.session.unseal_place(blob) is None
    assert desk.session.unseal_place(None) is None
    assert desk.session.unseal_place(b"x" * 100) is None


def test_of_several_roles_the_strictest_idle_time_counts() -> None:
    policy = {
        "idle.administrator": "600",
        "idle.clinician": "300",
        "idle.front-desk": "60",
        "idle.privacy-officer": "5000",
        "idle.presenting": "10",
    }
    told = policy.__getitem__
    assert limits_of({"clinician", "administrator", "front-desk"}, told) == (300_000, 60_000)
    assert limits_of({"front-desk"}, told) == (60_000, 60_000)
    assert limits_of({"privacy-officer"}, told) == (OTHERS.cap_ms, 60_000)
    assert limits_of({"front-desk"}) == (FRONT_DESK.default_ms, PRESENTING.default_ms)


def test_idle_limits_follow_the_role() -> None:
    assert idle_limit({Role.FRONT_DESK}) is FRONT_DESK
    assert idle_limit({Role.FRONT_DESK, Role.CLINICIAN}) is OTHERS
    assert idle_limit({Role.CLINICIAN}, presenting=True) is PRESENTING
    assert FRONT_DESK.of(None) == 180_000
    assert OTHERS.of(10**9) == 900_000
    assert OTHERS.of(0) == 60_000


def test_the_countdown_is_the_last_twenty_seconds_and_input_stops_it() -> None:
    watch = IdleWatch(60_000, 0)
    assert not watch.state(39_999).counting
    assert watch.state(45_000).words == "Locking in 15 s. Move the mouse to stay."
    watch.input(45_000)
    assert not watch.state(46_000).counting
    assert watch.state(105_000).lock
    watch.set_limit(PRESENTING.default_ms)
    assert not watch.state(105_000).lock


@given(st.integers(1, 10**7), st.lists(st.integers(0, 10**8), min_size=1))
def test_a_desk_locks_exactly_when_its_limit_has_passed(limit: int, inputs: list[int]) -> None:
    watch = IdleWatch(limit, 0)
    for at in inputs:
        watch.input(at)
    last = max(inputs)
    assert watch.state(last + limit).lock
    before = watch.state(last + limit - 1)
    assert not before.lock
    assert before.counting is (before.remaining_ms <= COUNTDOWN_MS)


def test_picture_memory_is_bounded() -> None:
    memory = PictureMemory(limit_bytes=10)
    for name in "abc":
        memory.keep("p", name, Rendition.SCREEN, b"12345")
    assert memory.size_bytes == 10
    assert memory.get("p", "a", Rendition.SCREEN) is None
    memory.forget("p", ["b"])
    assert memory.size_bytes == 5
    memory.clear()
    assert memory.get("p", "c", Rendition.SCREEN) is None
