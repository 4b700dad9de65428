"""Whether a row of another system means the patient who has its record number here. Pure.

A record number alone is not trusted: numbers are mistyped and used twice. The birth date must be the same, and the
names too, apart from case, diacritics, punctuation and further given names; whatever differs is a person's decision.
"""

from __future__ import annotations

from collections.abc import Mapping

from photodesk.patients import Patient, PatientDraft, Sex, fold
from photodesk.visits.worklist import WorklistRow

_TITLES = frozenset({"dr", "prof", "med", "md", "phd", "mr", "mrs", "ms", "dipl"})


def differences(row: WorklistRow, patient: Patient) -> tuple[str, ...]:
    """What the row says differently: some of `birth date`, `family name`, `given name`."""
    found = []
    if row.birth is not None and row.birth != patient.birth:
        found.append("birth date")
    if row.family and fold(row.family) != fold(patient.family):
        found.append("family name")
    if not _given_alike(row.given, patient.given):
        found.append("given name")
    return tuple(found)


def identity_of(row: WorklistRow) -> str:
    """Whom a row names, folded: equal for rows that would be decided alike."""
    return "\n".join((fold(row.family), fold(row.given), row.birth.isoformat() if row.birth else ""))


def draft_of(row: WorklistRow, patient: Patient | None = None) -> PatientDraft | None:
    """The patient as the row has it, else as known here; None for a new one without birth date."""
    birth = row.birth or (patient.birth if patient else None)
    if birth is None:
        return None
    known_sex = patient.sex if patient else Sex.UNKNOWN
    sex = Sex(row.sex) if row.sex and (row.sex != Sex.UNKNOWN or not patient) else known_sex
    family = row.family or (patient.family if patient else "")
    given = row.given or (patient.given if patient else "")
    return PatientDraft(patient.mrn if patient else row.mrn, family, given, birth, sex)


def person_named(text: str, people: Mapping[str, str]) -> str:
    """The id of the one person of this clinic whose name has the same words in any order, or ""."""
    wanted = _name_words(text)
    found = [person_id for person_id, name in people.items() if wanted and _name_words(name) == wanted]
    return found[0] if len(found) == 1 else ""


def _name_words(text: str) -> frozenset[str]:
    return frozenset(fold(text).split()) - _TITLES


def _given_alike(one: str, other: str) -> bool:
    first, second = fold(one).split(), fold(other).split()
    shorter = min(len(first), len(second))
    return not first or first[:shorter] == second[:shorter]
