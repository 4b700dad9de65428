"""A clinic with a keeper's word, to be backed up and restored: founded for real, with cheap passwords."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from photodesk.clock import SystemClock
from photodesk.log.entry import Action, Entry
from photodesk.log.writer import LogWriter
from photodesk.patients import Patient, PatientDraft
from photodesk.store.backup_run import BackedUp, Sources, back_up
from photodesk.store.backup_target import FolderTarget
from photodesk.store.catalog import Catalog
from photodesk.store.change import Change
from photodesk.store.chart import Chart
from photodesk.store.charts import Charts
from photodesk.store.keyset import KeySet
from photodesk.store.signer import REMOVED_GENERATION
from photodesk.store.workstation import open_workstation_keys
from photodesk.visits import Visit, VisitDraft
from tests.store.clinic import PASSWORD, Clinic, make_clinic
from tests.store.inbox import RENDITIONS, shot_of


@dataclass
class Keeper:
    """Signs, writes the log and remembers generations, as the keeper process does."""

    clinic: Clinic
    known: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        layout = self.clinic.layout
        self.keys = open_workstation_keys(layout, self.clinic.secrets)
        keys = self.keys
        self.log = LogWriter(
            layout.log, keys.clinic_id, keys.workstation_id, keys.log_signing, keys.log_public, SystemClock()
        )
        self.log.append(Entry(Action.START))

    def sign(self, kind: str, data: bytes) -> bytes:
        return self.keys.workstation_signing.sign(kind, self.keys.clinic_id, data)

    def committed(self, database: str, generation: int) -> None:
        assert generation > self.known.get(database, 0) or generation == REMOVED_GENERATION
        self.known[database] = generation
        self.log.generations.committed(database, generation)

    def checkpoint(self) -> bytes:
        return self.log.checkpoint().encoded

    def generations(self) -> Mapping[str, int]:
        return dict(self.known)


@dataclass
class Desk:
    """A signed-in person with the store's databases open."""

    clinic: Clinic
    keyset: KeySet
    keeper: Keeper
    catalog: Catalog
    charts: Charts

    @property
    def change(self) -> Change:
        return Change(self.keyset.person_id, "test")

    @property
    def sources(self) -> Sources:
        layout = self.clinic.layout
        return Sources(layout, self.keyset, self.catalog, self.charts, self.keeper, SystemClock())

    def patient(self, mrn: str, family: str = "Müller", given: str = "Anna") -> Patient:
        return self.catalog.add_patient(self.change, PatientDraft(mrn, family, given, date(1980, 5, 12)))

    def visit(self, patient: Patient, day: date = date(2026, 11, 20)) -> Visit:
        return self.catalog.add_visit(self.change, VisitDraft(patient.patient_id, day))

    def file(self, patient: Patient, files: list[bytes]) -> Chart:
        chart, visit = self.charts.open(patient.patient_id), self.visit(patient)
        for data in files:
            shot, source = shot_of(data)
            chart.file_shot(self.change, shot, source, RENDITIONS, visit.visit_id)
        return chart

    def back_up(self, folder: Path, **more: object) -> BackedUp:
        return back_up(self.sources, FolderTarget(folder), **more)  # type: ignore[arg-type]

    def close(self) -> None:
        self.charts.close_all()
        self.catalog.close()
        self.keeper.log.close()


def open_desk(clinic: Clinic, name: str = "Ada Byron", password: str = PASSWORD) -> Desk:
    keeper = Keeper(clinic)
    keyset = clinic.sign_in(name, password)
    catalog = Catalog.open(clinic.layout, keyset, keeper, keeper, SystemClock())
    charts = Charts(clinic.layout, keyset, catalog, catalog.erasure, keeper, keeper, SystemClock())
    return Desk(clinic, keyset, keeper, catalog, charts)


def founded_desk(root: Path) -> Desk:
    return open_desk(make_clinic(root))


def files_of(count: int, size_bytes: int = 40_000) -> list[bytes]:
    return [os.urandom(size_bytes) for _ in range(count)]
