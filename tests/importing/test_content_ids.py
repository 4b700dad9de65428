"""Two workstations of one clinic import the same card: the same content ids, which is what sync goes by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from photodesk import ids
from photodesk.clock import SystemClock
from photodesk.crypto import KemPrivateKey, SigningKey
from photodesk.importing.workplace import Workplace
from photodesk.patients import PatientDraft
from photodesk.store.catalog import Catalog, ContentState
from photodesk.store.change import Change
from photodesk.store.charts import Charts
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from tests.importing.conftest import Clinic, Keeper
from tests.store.conftest import make_keyset


def workstation(root: Path, keyset: KeySet) -> Clinic:
    layout = Layout(root)
    layout.prepare()
    clock, keeper = SystemClock(), Keeper(SigningKey.generate(), keyset.clinic_id)
    catalog = Catalog.create(layout, keyset, keeper, keeper, clock)
    charts = Charts(layout, keyset, catalog, catalog.erasure, keeper, keeper, clock)
    draft = PatientDraft("P-1", "Muster", "Maria", date(1980, 1, 2))
    patient = catalog.add_patient(Change(keyset.person_id, "test"), draft)
    place = Workplace(layout, keyset, catalog, charts, keeper, clock, "clinician")
    return Clinic(place, patient, keeper, [(catalog, charts)])


def content_ids(clinic: Clinic) -> set[bytes]:
    return {known.content_id for known in clinic.workplace.catalog.contents(ContentState.FILED)}


def close(clinic: Clinic) -> None:
    clinic.join()
    for catalog, charts in clinic.catalogs:
        charts.close_all()
        catalog.close()


def another_workstation(keyset: KeySet) -> KeySet:
    """The clinic's keys at another workstation, with another person and rotated desk keys."""
    return replace(
        keyset,
        workstation_id=ids.random_id(),
        person_id=ids.random_id(),
        signing=SigningKey.generate(),
        kem=KemPrivateKey.generate(),
        desk_keys={**keyset.desk_keys, 2: bytes(range(32))},
        database_keys=make_keyset().database_keys,
    )


def test_the_same_card_gives_the_same_content_ids_at_every_workstation(tmp_path: Path, card: Path) -> None:
    keyset = make_keyset()
    here = workstation(tmp_path / "here", keyset)
    there = workstation(tmp_path / "there", another_workstation(keyset))
    elsewhere = workstation(tmp_path / "elsewhere", make_keyset())
    try:
        for clinic in (here, there, elsewhere):
            result = clinic.run(card)
            assert result.exit_code == 0
        assert len(content_ids(here)) == 15
        assert content_ids(here) == content_ids(there)
        assert content_ids(here).isdisjoint(content_ids(elsewhere)), "another clinic's ids tell nothing"
    finally:
        for clinic in (here, there, elsewhere):
            close(clinic)
