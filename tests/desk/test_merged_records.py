"""Holds, retention and erasing of a person with two entries: a hold on either counts, and never half of it goes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from photodesk.desk.session import Session
from photodesk.errors import Fixable, Refused
from photodesk.patients import Patient, PatientDraft
from photodesk.visits import VisitDraft
from tests.desk.test_records_kept import Desks
from tests.store.inbox import RENDITIONS, shot_of


@pytest.fixture
def desks(tmp_path: Path) -> Desks:
    return Desks(tmp_path / "store")


def filed(session: Session, patient: Patient) -> None:
    visit = session.visits.add(VisitDraft(patient.patient_id, date(2026, 11, 20)))
    shot, source = shot_of(patient.patient_id.encode())
    change = session.actor.change("filed")
    session.charts.open(patient.patient_id).file_shot(change, shot, source, RENDITIONS, visit.visit_id)


def two(session: Session) -> tuple[Patient, Patient]:
    a = session.patients.add(PatientDraft("1", "Muster", "Anna", date(1980, 5, 12)))
    b = session.patients.add(PatientDraft("2", "Munster", "Anna", date(1980, 5, 12)))
    session.merging.merge(b.patient_id, a.patient_id, "entered twice")
    return a, b


def test_a_hold_on_either_entry_counts(desks: Desks) -> None:
    with desks.sits() as session:
        a, b = two(session)
        session.merging.unmerge(b.patient_id)
        session.retention.hold(b.patient_id, "lawyer wrote")
        session.merging.merge(b.patient_id, a.patient_id, "entered twice")
        assert session.retention.of(a.patient_id).hold
        with pytest.raises(Refused) as held:
            session.erasures.request(a.patient_id, "asked for", "consent withdrawn")
        assert held.value.code == "legal_hold"
        session.retention.release(a.patient_id, "settled")
        assert session.retention.holds() == ()


def test_one_line_with_the_later_day(desks: Desks) -> None:
    with desks.sits() as session:
        a, b = two(session)
        session.merging.unmerge(b.patient_id)
        session.visits.add(VisitDraft(a.patient_id, date(2001, 1, 1)))
        session.visits.add(VisitDraft(b.patient_id, date(2020, 1, 1)))
        session.merging.merge(b.patient_id, a.patient_id, "entered twice")
        (line,) = session.retention.records(every=True)
        assert (line.patient, line.due, line.is_due) == (a, date(2030, 1, 1), False)


def test_both_entries_are_erased_and_revoked_together(desks: Desks) -> None:
    with desks.sits() as session:
        a, b = two(session)
        for patient in (a, b):
            filed(session, patient)
        line = session.erasures.request(b.patient_id, "asked for", "consent withdrawn")
        assert (line.patient, line.also) == (a, (b,))
        assert session.patients.search("") == []
        for patient in (a, b):
            with pytest.raises(Fixable, match="being erased"):
                session.merging.merge(patient.patient_id, a.patient_id, "again")
        session.erasures.revoke(line.erasure.erasure_id)
        assert [one.patient for one in session.patients.search("")] == [a]
        assert session.timeline.open(b.patient_id).photo_count == 2
        session.erasures.request(a.patient_id, "asked for", "consent withdrawn")
    desks.days(35)
    with desks.sits() as session:
        done = session.erasures.run()
        assert {one.erasure.patient_id for one in done} == {a.patient_id, b.patient_id}
        assert {one.erasure.state.value for one in done} == {"erased"}
        for patient in (a, b):
            with pytest.raises(Fixable) as gone:
                session.patients.get(patient.patient_id)
            assert gone.value.code == "patient_unknown"
        assert session.catalog.ledger.database.rows("SELECT * FROM same_person") == []
