"""What a person typed into a form, and what is wrong with it, before the desk is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time

from photodesk.errors import Fixable
from photodesk.patients import Patient, PatientDraft, Sex, parse_query, validated
from photodesk.ui.words import day_words
from photodesk.visits import VisitDraft

_TIME = re.compile(r"^([01]?\d|2[0-3])[:.h]?([0-5]\d)$")
_FIELD_OF_CODE = {
    "mrn_missing": "mrn",
    "mrn_taken": "mrn",
    "name_missing": "family",
    "birth_in_future": "birth",
    "birth_too_old": "birth",
    "birth_unclear": "birth",
    "birth_missing": "birth",
    "day_unclear": "day",
    "time_unclear": "at",
}


def field_of(error: Fixable) -> str:
    """Which field a finding belongs to; "" for the form as a whole."""
    return _FIELD_OF_CODE.get(error.code, "")


def parse_day(text: str, code: str = "birth_unclear") -> date:
    """A date in a usual notation; Fixable where it is none or stands for two."""
    found = parse_query(text).births
    if len(found) == 1:
        return found[0]
    if found:
        choices = " or ".join(day_words(day) for day in found[:2])
        raise Fixable(code, f"This date could be {choices}.", "Write the month as a word, such as 3 Jan 1951.")
    raise Fixable(code, "This is not a date.", "Write it like 12 May 1968 or 1968-05-12.")


def parse_time(text: str) -> time | None:
    """`9:40`, `09.40`, `0940`, or nothing; Fixable otherwise."""
    if not text.strip():
        return None
    match = _TIME.match(text.strip())
    if not match:
        raise Fixable("time_unclear", "This is not a time of day.", "Write it like 09:40.")
    return time(int(match.group(1)), int(match.group(2)))


@dataclass
class PatientForm:
    """A new patient, or the changes of one. `birth` as typed."""

    mrn: str = ""
    family: str = ""
    given: str = ""
    birth: str = ""
    sex: Sex = Sex.UNKNOWN

    @classmethod
    def of(cls, patient: Patient) -> PatientForm:
        """The form of a patient."""
        return cls(patient.mrn, patient.family, patient.given, day_words(patient.birth), patient.sex)

    def draft(self, today: date) -> PatientDraft:
        """What to save; Fixable names the field (`field_of`) and the remedy."""
        if not self.mrn.strip():
            raise Fixable("mrn_missing", "The record number is missing.", "Enter the patient's record number.")
        if not self.family.strip():
            raise Fixable("name_missing", "The family name is missing.", "Enter at least the family name.")
        if not self.birth.strip():
            raise Fixable("birth_missing", "The birth date is missing.", "Write it like 12 May 1968.")
        birth = parse_day(self.birth)
        return validated(PatientDraft(self.mrn, self.family, self.given, birth, self.sex), today)


@dataclass
class VisitForm:
    """A new visit as typed."""

    day: str = ""
    at: str = ""
    room: str = ""
    title: str = ""
    reason: str = ""

    def draft(self, patient_id: str, clinician_id: str) -> VisitDraft:
        """What to save; Fixable for a date or time that is none."""
        day = parse_day(self.day, "day_unclear")
        at = parse_time(self.at)
        return VisitDraft(patient_id, day, at, self.room.strip(), clinician_id, self.title.strip(), self.reason.strip())
