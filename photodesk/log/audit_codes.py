"""What our entries are called in the audit vocabularies of DICOM and FHIR, and the event both are written from.

DICOM PS3.15 A.5.3 gives the events (context group 400) and their types (401); FHIR R4 `AuditEvent` uses the same codes.
Photos are no DICOM instances, so looking at them is an access to a *patient record*; what exactly was done is a second
type in a vocabulary of ours, the entry's own action.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

DCM_NAME = "DCM"
OWN_NAME = "99PHOTODESK"


@dataclass(frozen=True)
class Code:
    """A code of DICOM's vocabulary with its meaning."""

    value: str
    meaning: str


@dataclass(frozen=True)
class Meaning:
    """What an action is: its event, its type where there is one, and C, R, U, D or E."""

    event: Code
    act: str
    kind: Code | None = None


_ACTIVITY = Code("110100", "Application Activity")
_LOG_USED = Code("110101", "Audit Log Used")
_EXPORT = Code("110106", "Export")
_IMPORT = Code("110107", "Import")
_RECORD = Code("110110", "Patient Record")
_QUERY = Code("110112", "Query")
_ALERT = Code("110113", "Security Alert")
_SIGN_IN = Code("110114", "User Authentication")
_CONFIGURED = Code("110129", "Security Configuration")

MEANINGS: Mapping[str, Meaning] = {
    "VIEW": Meaning(_RECORD, "R"),
    "VIEW_END": Meaning(_RECORD, "R"),
    "COMPARE": Meaning(_RECORD, "R"),
    "PRESENT": Meaning(_RECORD, "R"),
    "RECORD_OPENED": Meaning(_RECORD, "R"),
    "SEARCH": Meaning(_QUERY, "E"),
    "IMPORT": Meaning(_IMPORT, "C"),
    "FILE": Meaning(_RECORD, "C"),
    "EDIT": Meaning(_RECORD, "U"),
    "CONSENT": Meaning(_RECORD, "U"),
    "MOVE": Meaning(_RECORD, "U"),
    "MERGE": Meaning(_RECORD, "U"),
    "DELETE": Meaning(_RECORD, "D"),
    "ERASE": Meaning(_RECORD, "D"),
    "EXPORT": Meaning(_EXPORT, "R"),
    "PRINT": Meaning(_EXPORT, "R"),
    "SHARE": Meaning(_EXPORT, "R"),
    "UNLOCK": Meaning(_SIGN_IN, "E", Code("110122", "Login")),
    "UNLOCK_FAILED": Meaning(_SIGN_IN, "E", Code("110122", "Login")),
    "LOCK": Meaning(_SIGN_IN, "E", Code("110123", "Logout")),
    "START": Meaning(_ACTIVITY, "E", Code("110120", "Application Start")),
    "STOP": Meaning(_ACTIVITY, "E", Code("110121", "Application Stop")),
    "LOG_READ": Meaning(_LOG_USED, "R"),
    "PERSON": Meaning(_ALERT, "E", Code("110137", "User Security Attributes Changed")),
    "WORKSTATION": Meaning(_ALERT, "E", _CONFIGURED),
    "POLICY": Meaning(_ALERT, "E", _CONFIGURED),
    "BACKUP": Meaning(_EXPORT, "R"),
    "RESTORE": Meaning(_IMPORT, "C"),
    "TIME_JUMP": Meaning(_ALERT, "E"),
    "DAMAGE": Meaning(_ALERT, "E"),
}
KNOWN_PURPOSES = frozenset(
    {
        *("", "none given", "filing", "treatment"),
        *("second opinion", "patient request", "quality review", "teaching", "legal"),
    }
)
"""Purposes that are chosen, not typed."""
_UNKNOWN = Meaning(_ACTIVITY, "E")
_DONE = frozenset({"", "ok", "done", "complete", "started", "ended", "repaired", "stopped", "erased from card"})
_ALWAYS_DONE = frozenset({"LOCK"})
_NEVER_DONE = frozenset({"UNLOCK_FAILED", "DAMAGE"})


class Told(Protocol):
    """An entry with whatever names the reader may have: `desk.activity.ActivityLine`, or one without any."""

    @property
    def sequence(self) -> int: ...
    @property
    def at_ms(self) -> int: ...
    @property
    def workstation_id(self) -> str: ...
    @property
    def workstation(self) -> str: ...
    @property
    def person_id(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def patient_id(self) -> str: ...
    @property
    def patient(self) -> str: ...
    @property
    def mrn(self) -> str: ...
    @property
    def photo_ids(self) -> tuple[str, ...]: ...
    @property
    def purpose(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def details(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class IdsAlone:
    """An entry without any name and without any text that somebody typed: what the live feed sends."""

    sequence: int
    at_ms: int
    workstation_id: str
    person_id: str
    role: str
    action: str
    patient_id: str
    photo_ids: tuple[str, ...] = ()
    purpose: str = ""
    outcome: str = ""
    workstation: str = ""
    user: str = ""
    patient: str = ""
    mrn: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


def meaning_of(action: str) -> Meaning:
    """What an action is; activity of the application where it has no row."""
    return MEANINGS.get(action, _UNKNOWN)


def failed(told: Told) -> bool:
    """Whether the entry says that something was refused, went wrong or was found damaged."""
    if told.action in _NEVER_DONE:
        return True
    return told.action not in _ALWAYS_DONE and told.outcome not in _DONE
