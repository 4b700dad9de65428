"""Entries as FHIR R4 `AuditEvent`, one JSON document a line. http://hl7.org/fhir/R4/auditevent.html

Codes: `type` and `subtype` from DICOM and our own actions, `action` and `outcome` from the required sets, who asked is
the one agent with `requestor`, the patient an entity with role 1, photos with role 4 (domain resource).
"""

from __future__ import annotations

from typing import Any

import msgspec

from photodesk.clock import rfc3339
from photodesk.log.audit_codes import Code, Told, failed, meaning_of

DCM = "http://dicom.nema.org/resources/ontology/DCM"
OWN = "urn:x-photodesk"
_TERMS = "http://terminology.hl7.org/CodeSystem"
_REASONS = {
    "treatment": "TREAT",
    "second opinion": "TREAT",
    "patient request": "PATRQT",
    "quality review": "HQUALIMP",
    "teaching": "TRAIN",
    "legal": "HLEGAL",
}
_LIFE = {"C": ("1", "Origination / Creation"), "U": ("3", "Amendment"), "D": ("14", "Logical deletion")}
_EXPORTS = frozenset({"EXPORT", "PRINT", "SHARE", "BACKUP"})

Json = dict[str, Any]
_encoder = msgspec.json.Encoder()


def line(told: Told, clinic_id: str) -> str:
    """One entry as one line."""
    return _encoder.encode(resource(told, clinic_id)).decode("utf-8") + "\n"


def resource(told: Told, clinic_id: str) -> Json:
    """One entry as an `AuditEvent`."""
    meaning = meaning_of(told.action)
    subtypes = [_coding(DCM, meaning.kind.value, meaning.kind.meaning)] if meaning.kind else []
    subtypes.append(_coding(f"{OWN}:action", told.action, told.action.replace("_", " ").lower()))
    made: Json = {
        "resourceType": "AuditEvent",
        "id": f"{told.workstation_id}-{told.sequence}",
        "type": _dicom(meaning.event),
        "subtype": subtypes,
        "action": meaning.act,
        "recorded": rfc3339(told.at_ms),
        "outcome": "4" if failed(told) else "0",
    }
    if outcome := _clean(told.outcome.replace("_", " ")):
        made["outcomeDesc"] = outcome
    if purpose := _clean(told.purpose):
        made["purposeOfEvent"] = [_purpose(purpose)]
    made["agent"] = _agents(told)
    made["source"] = {
        "site": clinic_id,
        "observer": _reference(f"{OWN}:workstation", told.workstation_id, told.workstation),
        "type": [_coding(f"{_TERMS}/security-source-type", "1", "User Device")],
    }
    if entities := _entities(told, meaning.act):
        made["entity"] = entities
    return made


def _agents(told: Told) -> list[Json]:
    application: Json = {
        "type": {"coding": [_coding(DCM, "110150", "Application")]},
        "who": {"display": "PhotoDesk"},
        "requestor": not told.person_id,
    }
    if not told.person_id:
        return [application]
    person: Json = {
        "type": {"coding": [_coding(f"{_TERMS}/extra-security-role-type", "humanuser", "human user")]},
        "who": _reference(f"{OWN}:person", told.person_id, told.user),
        "requestor": True,
        "network": {"address": told.workstation or told.workstation_id, "type": "1"},
    }
    if told.role:
        roles = told.role.split()
        person["role"] = [{"coding": [_coding(f"{OWN}:role", role, role.replace("-", " "))]} for role in roles]
    if name := _clean(told.user):
        person["name"] = name
    return [person, application]


def _entities(told: Told, act: str) -> list[Json]:
    number, words = _LIFE.get(act, ("6", "Access / Use"))
    if told.action in _EXPORTS:
        number, words = "10", "Export"
    life = _coding(f"{_TERMS}/dicom-audit-lifecycle", number, words)
    found: list[Json] = []
    if told.patient_id:
        what = _reference(f"{OWN}:patient", told.patient_id, told.patient if told.patient != told.patient_id else "")
        if told.mrn:
            what["identifier"] = {"system": f"{OWN}:mrn", "value": told.mrn}
        found.append(_entity({**what, "type": "Patient"}, ("1", "Person"), ("1", "Patient"), life))
    for photo_id in told.photo_ids:
        what = _reference(f"{OWN}:photo", photo_id, "")
        found.append(_entity({**what, "type": "Media"}, ("2", "System Object"), ("4", "Domain Resource"), life))
    if told.action == "LOG_READ":
        what = _reference(f"{OWN}:log", told.workstation_id, "Activity log")
        found.append(_entity(what, ("2", "System Object"), ("13", "Security Resource"), life))
    cleaned = [(name, _clean(value)) for name, value in sorted(told.details.items())]
    details = [{"type": name, "valueString": value} for name, value in cleaned if value]
    if details and not found:
        kind = _coding(f"{_TERMS}/audit-entity-type", "4", "Other")
        found.append({"type": kind, "lifecycle": life})
    if details:
        found[0]["detail"] = details
    return found


def _entity(what: Json, kind: tuple[str, str], role: tuple[str, str], life: Json) -> Json:
    return {
        "what": what,
        "type": _coding(f"{_TERMS}/audit-entity-type", *kind),
        "role": _coding(f"{_TERMS}/object-role", *role),
        "lifecycle": life,
    }


def _purpose(text: str) -> Json:
    made: Json = {"text": text}
    if text in _REASONS:
        made["coding"] = [{"system": f"{_TERMS}/v3-ActReason", "code": _REASONS[text]}]
    return made


def _reference(system: str, value: str, display: str) -> Json:
    made: Json = {"identifier": {"system": system, "value": value}}
    if display := _clean(display):
        made["display"] = display
    return made


def _clean(text: str) -> str:
    """Without the characters that a FHIR string may not hold, nor blanks around it."""
    return "".join(c if c >= " " or c in "\t\r\n" else " " for c in text).strip()


def _coding(system: str, code: str, display: str) -> Json:
    return {"system": system, "code": code, "display": display}


def _dicom(code: Code) -> Json:
    return _coding(DCM, code.value, code.meaning)
