"""A patient's demographics and what makes them acceptable."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from photodesk.errors import Fixable

MAX_TEXT = 200
OLDEST_YEARS = 130


class Sex(StrEnum):
    """Administrative sex, the four values of HL7 FHIR's AdministrativeGender."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PatientDraft:
    """What a person typed, before it is accepted."""

    mrn: str
    family: str
    given: str
    birth: date
    sex: Sex = Sex.UNKNOWN


@dataclass(frozen=True)
class Patient:
    """One patient of the clinic. `mrn` is the clinic's record number, unique in the catalog."""

    patient_id: str
    mrn: str
    family: str
    given: str
    birth: date
    sex: Sex

    @property
    def display_name(self) -> str:
        """`Family, Given`."""
        return f"{self.family}, {self.given}" if self.given else self.family


@dataclass(frozen=True)
class PatientSummary:
    """One line of a patient list. `photos` is None without chart keys."""

    patient: Patient
    photos: int | None
    last_visit: date | None


def age_years(birth: date, on: date) -> int:
    """Completed years of age."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def validated(draft: PatientDraft, today: date) -> PatientDraft:
    """The draft with texts normalised (NFC, single spaces, record number as `tidy_mrn`); Fixable names the field."""
    tidy = replace(draft, mrn=tidy_mrn(draft.mrn), family=_tidy(draft.family), given=_tidy(draft.given))
    if not tidy.mrn:
        raise Fixable("mrn_missing", "The record number is missing.", "Enter the patient's record number.")
    if not tidy.family:
        raise Fixable("name_missing", "The family name is missing.", "Enter at least the family name.")
    for text in (tidy.mrn, tidy.family, tidy.given):
        if len(text) > MAX_TEXT or any(unicodedata.category(c) == "Cc" for c in text):
            raise Fixable(
                "text_unusable",
                f"A field is longer than {MAX_TEXT} characters or holds control characters.",
                "Shorten it or type it again.",
            )
    if tidy.birth > today:
        raise Fixable("birth_in_future", "The birth date lies in the future.", "Check the year.")
    if age_years(tidy.birth, today) > OLDEST_YEARS:
        raise Fixable("birth_too_old", f"The birth date is more than {OLDEST_YEARS} years ago.", "Check the year.")
    return tidy


def tidy_mrn(text: str) -> str:
    """A record number as it is kept and compared: single spaces, and every script's digits as 0 to 9."""
    return "".join(c if c.isascii() else str(unicodedata.decimal(c, c)) for c in _tidy(text))


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
