"""Somebody who left kept every key they ever held: none of them opens anything that was written since."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from photodesk.errors import Damaged, Refused
from photodesk.ids import to_bytes
from photodesk.patients import PatientDraft
from photodesk.store import chart_keys
from photodesk.store.keys_file import database_key, inbox_key, read_grant, read_keys
from photodesk.store.operations import open_operation
from photodesk.store.pack_files import read_seal
from photodesk.store.roles import KeyKind, Role
from photodesk.store.signin import check_store
from photodesk.visits import VisitDraft
from tests.desk.clinic_desk import signed_in
from tests.store.clinic import OTHER_PASSWORD, Clinic, make_clinic
from tests.store.conftest import Store
from tests.store.inbox import packed
from tests.store.quick import quick_passwords


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    quick_passwords(monkeypatch)
    made = make_clinic(tmp_path / "store")
    made.add(made.sign_in(), "Dora", Role.CLINICIAN)
    return made


def test_old_keys_open_nothing_new(clinic: Clinic) -> None:
    dora = clinic.sign_in("Dora", OTHER_PASSWORD)
    with signed_in(clinic) as session:
        session.people.disable(dora.person_id)
        change = session.actor.change("test")
        patient = session.catalog.add_patient(change, PatientDraft("4711", "Müller", "Anna", date(1980, 5, 12)))
        session.catalog.add_visit(change, VisitDraft(patient.patient_id, date(2026, 11, 20)))
        session.charts.open(patient.patient_id)
        pointer = session.catalog.chart_pointer(patient.patient_id)
        erasure_key = session.catalog.erasure.key(pointer.chart_id)
        with pytest.raises(Refused):
            chart_keys.unwrap(dora, pointer.chart_id, erasure_key, pointer.epoch, pointer.wrapped)
        rows = session.catalog.ledger.database.rows("SELECT record FROM operation ORDER BY rowid DESC LIMIT 1")
        with pytest.raises((Damaged, Refused, KeyError)):
            open_operation(bytes(rows[0][0]), dora, session.catalog.erasure.key)
        keeper = session.actor.keeper
        store = Store(session.layout, session.keyset, keeper, session.catalog, session.charts)  # type: ignore[arg-type]
        job_id, reader = packed(store, [b"pixels that came later"])
        reader.close()
        with pytest.raises(Refused):
            read_seal(session.layout, job_id, 1, dora)
    keys, secret = (
        read_keys(clinic.layout, dora.clinic_id),
        check_store(clinic.layout, clinic.secrets).workstation_secret,
    )
    held = {KeyKind.DESK: dora.desk_keys, KeyKind.CHART: dora.chart_keys, KeyKind.LOG: {}}
    assert [database_key(record, keys, held, secret) for record in keys.databases] == [None, None, None]
    opened = [inbox_key(record, dora.clinic_id, dora.chart_keys) for record in keys.inbox]
    assert [one[0] for one in opened if one is not None] == [1]
    for record in keys.grants:
        grant = read_grant(record)
        assert to_bytes(grant.person_id) != to_bytes(dora.person_id)
        with pytest.raises(Damaged):
            grant.open(dora.clinic_id, dora.kem)
