"""Shots that wait for a patient who is to be erased: filed to nobody, and back in their place once that is revoked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from photodesk import ids
from photodesk.errors import Fixable
from photodesk.importing.job import Assignment
from photodesk.patients import PatientDraft
from photodesk.store.keeping_book import Erasure, ErasureState, KeepingBook
from photodesk.visits import VisitDraft
from tests.importing.conftest import DAY, Clinic


def test_waiting_shots_of_a_hidden_patient_become_nobody_elses(clinic: Clinic, card: Path) -> None:
    workplace, patient_id = clinic.workplace, clinic.patient.patient_id
    catalog, change = workplace.catalog, workplace.change("test")
    result = clinic.run(card, assigned=False)
    shots = [one.shot_id for one in result.outcomes if one.shot_id][:3]
    visit = catalog.add_visit(change, VisitDraft(patient_id, DAY))
    catalog.assign(change, result.job_id, shots, patient_id, visit.visit_id, b"")
    chart_id = catalog.chart_pointer(patient_id).chart_id
    erasure = Erasure(
        ids.random_id(), ErasureState.REQUESTED, patient_id, chart_id, "asked for", "", change.actor, "", 1, 0
    )
    KeepingBook(catalog).request(change, [erasure])
    service = clinic.service()
    assert service.file_waiting() == 0
    with pytest.raises(Fixable) as caught:
        service.file_shots(result.job_id, Assignment(patient_id, DAY))
    assert caught.value.code == "patient_hidden"
    other = catalog.add_patient(change, PatientDraft("2", "Lind", "Ada", date(1980, 1, 2)))
    filed = service.file_shots(result.job_id, Assignment(other.patient_id, DAY))
    assert filed
    assert not set(shots) & set(filed)
    assert {photo.photo_id for photo in workplace.charts.open(other.patient_id).photos()} <= set(filed)
    KeepingBook(catalog).revoke(change, [erasure])
    assert service.file_waiting() == 3
    assert sorted(photo.photo_id for photo in workplace.charts.open(patient_id).photos()) == sorted(shots)
