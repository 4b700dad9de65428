"""Modality worklist (DICOM PS3.4 annex K): what is asked for a day, and each answer as a row."""

from __future__ import annotations

import hashlib
import warnings
from datetime import date

from pydicom import config
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.valuerep import PersonName

from photodesk.errors import Fixable
from photodesk.interop.texts import hl7_moment, sex_of, status_of, tidy, time_of, usable
from photodesk.visits.worklist import RowProblem, WorklistRow

_STEP_KEYS = (
    "Modality",
    "ScheduledStationAETitle",
    "ScheduledProcedureStepStartTime",
    "ScheduledPerformingPhysicianName",
    "ScheduledStationName",
    "ScheduledProcedureStepLocation",
    "ScheduledProcedureStepID",
    "ScheduledProcedureStepStatus",
)
_KEYS = (
    "AccessionNumber",
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyInstanceUID",
    "RequestedProcedureID",
)


def question(day: date, station: str = "") -> Dataset:
    """The identifier of a C-FIND for one day; `station` is the AE title whose steps are wanted, "" for all."""
    step = Dataset()
    for keyword in _STEP_KEYS:
        setattr(step, keyword, "")
    step.ScheduledStationAETitle = station
    step.ScheduledProcedureStepStartDate = f"{day:%Y%m%d}"
    asked = Dataset()
    asked.SpecificCharacterSet = "ISO_IR 192"
    for keyword in _KEYS:
        setattr(asked, keyword, "")
    asked.ScheduledProcedureStepSequence = Sequence([step])
    return asked


def row_of(answer: Dataset, number: int) -> WorklistRow | RowProblem:
    """One answer as a row; `number` counts answers from 1. Never raises for what a server sent."""
    with config.disable_value_validation(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's warnings quote values
        try:
            return _row(answer)
        except Fixable as wrong:
            return RowProblem(number, wrong.code, wrong.message, wrong.remedy, _print_of(answer))
        except (ValueError, TypeError, AttributeError, LookupError, OverflowError, RuntimeError, OSError):
            what, remedy = "An answer of the worklist server cannot be read.", "Ask who runs the server to look at it."
            return RowProblem(number, "answer_unreadable", what, remedy, _print_of(answer))


def _row(answer: Dataset) -> WorklistRow:
    steps = answer.get("ScheduledProcedureStepSequence") or [Dataset()]
    step = steps[0]
    family, given = _name(answer.get("PatientName"))
    doctor_family, doctor_given = _name(step.get("ScheduledPerformingPhysicianName"))
    clinician = ", ".join(part for part in (doctor_family, doctor_given) if part)
    room = _text(step, "ScheduledProcedureStepLocation") or _text(step, "ScheduledStationName")
    mrn, key = _text(answer, "PatientID"), _key(answer, step)
    if not mrn:
        raise Fixable("mrn_missing", "An answer has no record number (Patient ID).", "Add the visit by hand.")
    if not all(usable(text) for text in (mrn, key, family, given, clinician, room)):
        what = "A text is longer than 200 characters or holds what is no text."
        raise Fixable("text_unusable", what, "Correct it in the other system.")
    born = _text(answer, "PatientBirthDate")
    birth = hl7_moment(born)[0]
    day = hl7_moment(_text(step, "ScheduledProcedureStepStartDate"))[0]
    if day is None or (born and birth is None):
        what = "The birth date cannot be read." if day else "The date of the visit cannot be read."
        raise Fixable("date_unclear", what, "Add the visit by hand.")
    at = time_of(_text(step, "ScheduledProcedureStepStartTime"))
    status = status_of(_text(step, "ScheduledProcedureStepStatus"))
    sex = sex_of(_text(answer, "PatientSex"))
    return WorklistRow(0, key, mrn, family, given, birth, sex, day, at, room, clinician, status)


def _key(answer: Dataset, step: Dataset) -> str:
    whole = _text(answer, "StudyInstanceUID") or _text(answer, "AccessionNumber")
    part = _text(step, "ScheduledProcedureStepID")
    return f"{whole} {part}".strip() if whole else ""


def _text(of: Dataset, keyword: str) -> str:
    value = of.get(keyword)
    return "" if value is None else tidy(str(value))


def _name(value: object) -> tuple[str, str]:
    """Family and given names; the first group that has any (alphabetic, ideographic, phonetic)."""
    if not isinstance(value, PersonName):
        return "", ""
    for group in str(value).split("="):
        parts = [tidy(part) for part in group.split("^")]
        if any(parts):
            return parts[0], " ".join(part for part in parts[1:3] if part)
    return "", ""


def _print_of(answer: Dataset) -> bytes:
    try:
        return hashlib.sha256(answer.to_json().encode("utf-8", "replace")).digest()
    except Exception:  # noqa: BLE001 - whatever a server sent: the problem is then told by its number
        return b""
