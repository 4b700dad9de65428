"""What one workstation makes comes to stand at another, once, with everything that follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from photodesk.patients import PatientDraft
from photodesk.store.catalog import ContentState, Job
from tests.store.inbox import RENDITIONS, shot_of
from tests.sync.workstations import Network, Workstation, clinic


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Workstation, Workstation]]:
    a, b = clinic(tmp_path, 2)
    yield a, b
    a.close()
    b.close()


def filed(station: Workstation, patient_id: str, data: bytes, visit_id: str = "v1") -> str:
    shot, source = shot_of(data)
    chart = station.store.charts.open(patient_id)
    return chart.file_shot(station.store.change, shot, source, RENDITIONS, visit_id).photo_id


def test_patients_visits_and_photos_come_to_stand_at_the_other(two: tuple[Workstation, Workstation]) -> None:
    a, b = two
    network = Network()
    patient = a.store.patient()
    visit = a.store.visit(patient)
    photo_id = filed(a, patient.patient_id, b"one", visit.visit_id)
    a.store.charts.open(patient.patient_id).set_notes(a.store.change, "a note")
    assert network.send(a) > 0
    network.fetch(b)
    taken = b.take_in()
    assert (set(taken.patients), taken.waiting) == ({patient.patient_id}, 0)
    assert [one.patient.family for one in b.store.catalog.search("mull")] == ["Müller"]
    assert b.store.catalog.visits(patient.patient_id) == [visit]
    chart = b.store.charts.open(patient.patient_id)
    assert [photo.photo_id for photo in chart.photos()] == [photo_id]
    assert chart.notes() == "a note"
    assert b.store.catalog.summary(patient.patient_id).photos == 1
    content_id = b.store.keyset.content_id(bytes.fromhex(chart.photos()[0].displayed.sha256))
    known = b.store.catalog.known(content_id)
    assert known is not None
    assert (known.state, known.photo_id) == (ContentState.FILED, photo_id)
    pointers = [one.store.catalog.chart_pointer(patient.patient_id) for one in two]
    assert pointers[0].chart_id == pointers[1].chart_id
    assert pointers[0].wrapped != pointers[1].wrapped
    draft = PatientDraft("4711", "Meier", "Anna", date(1980, 5, 12))
    b.store.catalog.edit_patient(b.store.change, patient.patient_id, draft)
    network.exchange(a, b)
    assert [one.patient.family for one in a.store.catalog.search("meier")] == ["Meier"]
    assert a.store.catalog.search("muller") == []


def test_taking_in_twice_or_after_a_kill_changes_nothing(
    two: tuple[Workstation, Workstation], monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = two
    network = Network()
    patient = a.store.patient()
    filed(a, patient.patient_id, b"one")
    network.send(a)
    network.fetch(b)
    monkeypatch.setattr(b.spool, "mark_taken", lambda _: None)  # killed before the spool was told
    first = b.take_in()
    assert first.applied > 0
    rows = b.store.catalog.ledger.database.rows("SELECT * FROM operation ORDER BY 1")
    monkeypatch.undo()
    second = b.take_in()
    assert (second.applied, second.waiting) == (0, 0)
    assert b.store.catalog.ledger.database.rows("SELECT * FROM operation ORDER BY 1") == rows
    assert network.send(a) == 0, "spooled once"


def test_imports_cards_and_own_settings_stay_and_the_chain_goes_on(two: tuple[Workstation, Workstation]) -> None:
    a, b = two
    network = Network()
    a.store.catalog.start_job(a.store.change, Job("01" * 16, "", 1, "copying"))
    a.store.catalog.set_setting(a.store.change, "backup.place." + a.store.keyset.workstation_id, "/media/x")
    a.store.catalog.set_setting(a.store.change, "protocols", "[]")
    patient = a.store.patient()
    network.exchange(a, b)
    assert b.store.catalog.jobs() == []
    assert b.store.catalog.setting("protocols") == "[]"
    assert b.store.catalog.setting("backup.place." + a.store.keyset.workstation_id) is None
    a.store.catalog.update_job(a.store.change, "01" * 16, state="done")
    a.store.visit(patient)
    network.exchange(a, b)
    assert len(b.store.catalog.visits(patient.patient_id)) == 1
    assert b.take_in().waiting == 0
