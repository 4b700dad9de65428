"""Why somebody looks: *treatment* when the patient has a visit within 14 days, else what the person says.

Skipping the chooser is *none given*, and the log says so.
"""

from __future__ import annotations

from photodesk.clock import Clock, local_today
from photodesk.store.catalog import Catalog

TREATMENT = "treatment"
NONE_GIVEN = "none given"
TREATMENT_DAYS = 14


def needs_purpose(catalog: Catalog, clock: Clock, patient_id: str) -> bool:
    """Whether the person should be asked: no visit of this patient within 14 days of today, before or after."""
    today = local_today(clock)
    return not any(abs((visit.day - today).days) <= TREATMENT_DAYS for visit in catalog.visits(patient_id))


def purpose_of(catalog: Catalog, clock: Clock, patient_id: str, purpose: str | None) -> str:
    """What the entry says: what was given, else the rule."""
    if purpose:
        return purpose
    return NONE_GIVEN if needs_purpose(catalog, clock, patient_id) else TREATMENT
