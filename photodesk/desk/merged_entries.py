"""The entries that a person has beside the main one, as people see them."""

from __future__ import annotations

from dataclasses import dataclass

from photodesk.patients import Patient
from photodesk.store.catalog import Catalog


@dataclass(frozen=True)
class MergedEntry:
    """One entry that shows with the main one: since when (wall ms) and by whose word."""

    patient: Patient
    person_id: str
    person: str
    at_ms: int


def merged_entries(catalog: Catalog, patient_id: str) -> tuple[MergedEntry, ...]:
    """Those of a patient's person, the latest first; none for nearly everybody."""
    return tuple(
        MergedEntry(catalog.patient(one.patient_id), one.person_id, catalog.person_name(one.person_id), one.at_ms)
        for one in catalog.persons.merged(patient_id)
    )
