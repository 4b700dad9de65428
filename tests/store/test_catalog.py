"""Patients, visits, jobs and the sentences for what cannot be."""

from __future__ import annotations

from datetime import date, time

import pytest

from photodesk import ids
from photodesk.errors import Fixable
from photodesk.patients import PatientDraft
from photodesk.store.catalog import ContentState, Job, KnownContent
from photodesk.visits import VisitDraft
from tests.store.conftest import Store

PEOPLE = (
    ("0017", "Müller", "Anna Maria"),
    ("0018", "Ångström", "Jöns"),
    ("0019", "García Márquez", "Gabriel"),
    ("A-220", "Weiß", "Łukasz"),
    ("0170", "Mullen", "Zoë"),
)


def found(store: Store, text: str) -> list[str]:
    return [summary.patient.mrn for summary in store.catalog.search(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mull", ["0170", "0017"]),
        ("MÜLLER", ["0017"]),
        ("anna mül", ["0017"]),
        ("mar mul", ["0017"]),
        ("maria anna muller", ["0017"]),
        ("angstr", ["0018"]),
        ("marquez garcia", ["0019"]),
        ("weiss", ["A-220"]),
        ("lukasz", ["A-220"]),
        ("a220", ["A-220"]),
        ("A-220", ["A-220"]),
        ("017", ["0170"]),
        ("17", ["0017", "0170"]),
        ("001", ["0017", "0018", "0019"]),
        ("nobody", []),
        ("anna nobody", []),
        ("", ["0018", "0019", "0170", "0017", "A-220"]),
        ("02.03.1981", ["0018"]),
        ("1981-03-02", ["0018"]),
        ("2 March 1981", ["0018"]),
        ("angstrom 2.3.1981", ["0018"]),
        ("muller 2.3.1981", []),
        ("19810302", ["0018"]),
    ],
)
def test_search_as_you_type(store: Store, text: str, expected: list[str]) -> None:
    drafts = [PatientDraft(*names, date(1980 + n, 3, 1 + n)) for n, names in enumerate(PEOPLE)]
    store.catalog.add_patients(store.change, drafts)
    assert found(store, text) == expected


def test_an_edited_name_is_found_and_the_old_one_is_not(store: Store) -> None:
    patient = store.patient()
    draft = PatientDraft("4712", "Schmidt-Öz", "Anna", date(1980, 5, 12))
    store.catalog.edit_patient(store.change, patient.patient_id, draft)
    assert (found(store, "muller"), found(store, "4711"), found(store, "oz schm")) == ([], [], ["4712"])


def test_a_record_number_in_other_digits_is_the_same_number(store: Store) -> None:
    patient = store.patient("104711")
    for mrn in ("१०४७११", "１０４７１１"):
        assert store.catalog.patient_by_mrn(mrn).patient_id == patient.patient_id
        with pytest.raises(Fixable) as caught:
            store.catalog.add_patient(store.change, PatientDraft(mrn, "X", "", date(1980, 1, 1)))
        assert caught.value.code == "mrn_taken"


def test_record_number_taken_unknown_patient_and_birth_in_future(store: Store) -> None:
    store.patient("A1")
    for mrn, birth, code in (("a1", date(1980, 1, 1), "mrn_taken"), ("B", date(2999, 1, 1), "birth_in_future")):
        with pytest.raises(Fixable) as caught:
            store.catalog.add_patient(store.change, PatientDraft(mrn, "X", "", birth))
        assert caught.value.code == code
    with pytest.raises(Fixable) as unknown:
        store.catalog.patient_by_mrn("C")
    assert unknown.value.code == "patient_unknown"
    assert len(store.catalog.patients()) == 1


def test_visits(store: Store) -> None:
    patient = store.patient()
    today = date(2026, 11, 20)
    late = store.catalog.add_visit(store.change, VisitDraft(patient.patient_id, today, time(14, 0), "Room 2"))
    early = store.catalog.add_visit(store.change, VisitDraft(patient.patient_id, today, time(9, 0), title="clinical"))
    old = store.visit(patient, date(2025, 1, 1))
    assert (early.title, late.room) == ("", "Room 2")
    newest_first = [late.visit_id, early.visit_id, old.visit_id]
    assert [v.visit_id for v in store.catalog.visits(patient.patient_id)] == newest_first
    assert [v.visit_id for v in store.catalog.visits_on(today)] == [early.visit_id, late.visit_id]
    assert store.catalog.visit_on(patient.patient_id, today) == late
    assert store.catalog.visit_on(patient.patient_id, date(2000, 1, 1)) is None
    store.catalog.edit_visit(store.change, old.visit_id, VisitDraft(patient.patient_id, date(2025, 1, 2)))
    assert store.catalog.visit(old.visit_id).day == date(2025, 1, 2)
    summary = store.catalog.search("4711")[0]
    assert (summary.last_visit, summary.photos) == (today, 0)
    assert store.catalog.summary(patient.patient_id) == summary


def test_jobs_and_assignments(store: Store) -> None:
    patient = store.patient()
    visit = store.visit(patient)
    job = store.catalog.start_job(store.change, Job(ids.random_id(), store.keyset.person_id, 5, "running", "card"))
    assignment = store.catalog.assign(
        store.change, job.job_id, ["s1", "s2"], patient.patient_id, visit.visit_id, b"sealed"
    )
    again = store.catalog.assign(store.change, job.job_id, ["s2"], patient.patient_id, visit.visit_id, b"")
    there = store.reopened()
    assert there.catalog.assignments(job.job_id) == [assignment, again]
    assert there.catalog.jobs(unfinished_only=True) == [job]
    assert there.catalog.update_job(there.change, job.job_id, state="done", summary="{}").state == "done"
    assert there.catalog.jobs(unfinished_only=True) == []
    other = there.patient("2")
    with pytest.raises(Fixable, match="another patient"):
        there.catalog.assign(there.change, job.job_id, ["s1"], other.patient_id, visit.visit_id, b"")
    there.close()


def test_what_is_known_only_rises(store: Store) -> None:
    content = bytes(32)

    def record(state: ContentState) -> ContentState:
        store.catalog.record_content([KnownContent(content, state, "p", "x", "j")])
        known = store.catalog.known(content)
        assert known is not None
        return known.state

    inbox, filed, deleted = ContentState.INBOX, ContentState.FILED, ContentState.DELETED
    assert [record(s) for s in (inbox, filed, inbox, deleted, filed)] == [inbox, filed, filed, deleted, deleted]


def test_people_and_settings(store: Store) -> None:
    store.catalog.project_people({"p": "Dr. A"})
    store.catalog.project_people({"p": "Dr. B"})
    assert (store.catalog.person_name("p"), store.catalog.person_name("q")) == ("Dr. B", "")
    assert store.catalog.setting("theme") is None
    store.catalog.set_setting(store.change, "theme", "dark")
    assert store.catalog.setting("theme") == "dark"
