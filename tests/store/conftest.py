"""A store with every key made directly: no password, no keyring, no keeper."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from photodesk import ids
from photodesk.clock import SystemClock
from photodesk.crypto import KemPrivateKey, SigningKey
from photodesk.patients import Patient, PatientDraft
from photodesk.store.catalog import Catalog
from photodesk.store.change import Change
from photodesk.store.charts import Charts
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.roles import Role
from photodesk.store.signer import REMOVED_GENERATION
from photodesk.visits import Visit, VisitDraft


@dataclass
class Keeper:
    """Signs as the workstation and remembers generations."""

    key: SigningKey
    clinic_id: bytes
    generations: dict[str, int] = field(default_factory=dict)

    def sign(self, kind: str, data: bytes) -> bytes:
        return self.key.sign(kind, self.clinic_id, data)

    def committed(self, database: str, generation: int) -> None:
        assert generation > self.generations.get(database, 0) or generation == REMOVED_GENERATION
        self.generations[database] = generation


def make_keyset() -> KeySet:
    inbox = KemPrivateKey.generate()
    return KeySet(
        clinic_id=bytes.fromhex(ids.random_id()),
        workstation_id=ids.random_id(),
        person_id=ids.random_id(),
        roles=frozenset(Role),
        signing=SigningKey.generate(),
        kem=KemPrivateKey.generate(),
        desk_keys={1: os.urandom(32)},
        chart_keys={1: os.urandom(32)},
        log_keys={1: KemPrivateKey.generate()},
        inbox_keys={1: inbox},
        inbox_public=inbox.public,
        inbox_epoch=1,
        database_keys={name: os.urandom(48) for name in ("catalog", "erasure", "index")},
    )


def front_desk(keyset: KeySet) -> KeySet:
    """The same store for someone without chart keys."""
    return replace(
        keyset,
        roles=frozenset({Role.FRONT_DESK}),
        person_id=ids.random_id(),
        kem=KemPrivateKey.generate(),
        chart_keys={},
        log_keys={},
        inbox_keys={},
        database_keys={name: key for name, key in keyset.database_keys.items() if name != "index"},
    )


@dataclass
class Store:
    layout: Layout
    keyset: KeySet
    keeper: Keeper
    catalog: Catalog
    charts: Charts

    @property
    def change(self) -> Change:
        return Change(self.keyset.person_id, "test")

    def close(self) -> None:
        self.charts.close_all()
        self.catalog.close()

    def reopened(self, keyset: KeySet | None = None) -> Store:
        self.close()
        return open_store(self.layout, keyset or self.keyset, self.keeper)

    def patient(self, mrn: str = "4711", family: str = "Müller", given: str = "Anna") -> Patient:
        return self.catalog.add_patient(self.change, PatientDraft(mrn, family, given, date(1980, 5, 12)))

    def visit(self, patient: Patient, day: date = date(2026, 11, 20)) -> Visit:
        return self.catalog.add_visit(self.change, VisitDraft(patient.patient_id, day))


def open_store(layout: Layout, keyset: KeySet, keeper: Keeper) -> Store:
    catalog = Catalog.open(layout, keyset, keeper, keeper, SystemClock())
    charts = Charts(layout, keyset, catalog, catalog.erasure, keeper, keeper, SystemClock())
    return Store(layout, keyset, keeper, catalog, charts)


def make_store(root: Path) -> Store:
    layout = Layout(root)
    layout.prepare()
    keyset = make_keyset()
    keeper = Keeper(SigningKey.generate(), keyset.clinic_id)
    Catalog.create(layout, keyset, keeper, keeper, SystemClock()).close()
    return open_store(layout, keyset, keeper)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = make_store(tmp_path / "store")
    yield made
    made.close()
