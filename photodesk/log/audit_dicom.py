"""Entries as DICOM audit messages, as the schema of PS3.15 A.5.1 wants them: one element, one line.

The same writer serves exports, which name people and patients, and the live feed, which has ids alone: where there is
no name, `ParticipantObjectName` repeats the id, since the schema demands one.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import quoteattr

from photodesk.clock import rfc3339
from photodesk.log.audit_codes import DCM_NAME, OWN_NAME, Code, Told, failed, meaning_of

BEGIN = '<?xml version="1.0" encoding="UTF-8"?>\n<AuditMessages>\n'
END = "</AuditMessages>\n"
_ID_CODES = {
    "patient": (Code("2", "Patient Number"), "RFC-3881"),
    "photo": (Code("photo", "Photo"), OWN_NAME),
    "log": (Code("12", "URI"), "RFC-3881"),
}
_LIFE = {"C": "1", "U": "3", "D": "14"}
_EXPORTS = frozenset({"EXPORT", "PRINT", "SHARE", "BACKUP"})


def message(told: Told, clinic_id: str) -> str:
    """One `AuditMessage`."""
    return "".join(("<AuditMessage>", *_parts(told, clinic_id), "</AuditMessage>"))


def line(told: Told, clinic_id: str) -> str:
    """One message as one line."""
    return message(told, clinic_id) + "\n"


def _parts(told: Told, clinic_id: str) -> Iterable[str]:
    meaning = meaning_of(told.action)
    event = {
        "EventActionCode": meaning.act,
        "EventDateTime": rfc3339(told.at_ms),
        "EventOutcomeIndicator": "4" if failed(told) else "0",
    }
    inner = [_coded("EventID", meaning.event)]
    if meaning.kind:
        inner.append(_coded("EventTypeCode", meaning.kind))
    inner.append(_coded("EventTypeCode", Code(told.action, told.action.replace("_", " ").capitalize()), OWN_NAME))
    if told.outcome:
        inner.append(f"<EventOutcomeDescription>{_text(told.outcome.replace('_', ' '))}</EventOutcomeDescription>")
    yield _element("EventIdentification", event, inner)
    yield from _participants(told)
    source = {"AuditEnterpriseSiteID": clinic_id, "AuditSourceID": told.workstation_id}
    yield _element("AuditSourceIdentification", source, ['<AuditSourceTypeCode csd-code="1"/>'])
    yield from _objects(told, meaning.act)


def _participants(told: Told) -> Iterable[str]:
    if told.person_id:
        person = {"UserID": told.person_id}
        if told.user:
            person["UserName"] = told.user
        person |= {
            "UserIsRequestor": "true",
            "NetworkAccessPointID": told.workstation or told.workstation_id,
            "NetworkAccessPointTypeCode": "1",
        }
        roles = [Code(role, role.replace("-", " ").capitalize()) for role in told.role.split()]
        yield _element("ActiveParticipant", person, [_coded("RoleIDCode", role, OWN_NAME) for role in roles])
    application = {"UserID": "PhotoDesk", "UserIsRequestor": "false" if told.person_id else "true"}
    yield _element("ActiveParticipant", application, [_coded("RoleIDCode", Code("110150", "Application"))])


def _objects(told: Told, act: str) -> Iterable[str]:
    life = "10" if told.action in _EXPORTS else _LIFE.get(act, "6")
    details = [_detail(name, value) for name, value in sorted(told.details.items()) if value]
    if told.purpose:
        details.append(_detail("purpose", told.purpose))
    if told.patient_id:
        yield _object(told.patient_id, told.patient or told.patient_id, "patient", ("1", "1"), life, details)
        details = []
    if told.action == "LOG_READ":
        yield _object(told.workstation_id, "Security Audit Log", "log", ("2", "13"), life, details)
        details = []
    for photo_id in told.photo_ids:
        yield _object(photo_id, photo_id, "photo", ("2", "4"), life, details)
        details = []
    if details:
        yield _object(str(told.sequence), "Entry", "log", ("2", "13"), life, details)


def _object(
    identifier: str, name: str, id_type: str, kind_and_role: tuple[str, str], life: str, details: list[str]
) -> str:
    kind, role = kind_and_role
    attributes = {
        "ParticipantObjectID": identifier,
        "ParticipantObjectTypeCode": kind,
        "ParticipantObjectTypeCodeRole": role,
        "ParticipantObjectDataLifeCycle": life,
    }
    code, vocabulary = _ID_CODES[id_type]
    inner = [
        _coded("ParticipantObjectIDTypeCode", code, vocabulary),
        f"<ParticipantObjectName>{_text(name)}</ParticipantObjectName>",
        *details,
    ]
    return _element("ParticipantObjectIdentification", attributes, inner)


def _detail(name: str, value: str) -> str:
    encoded = base64.b64encode(value.encode("utf-8")).decode("ascii")
    return f"<ParticipantObjectDetail type={_quoted(name)} value={_quoted(encoded)}/>"


def _coded(name: str, code: Code, vocabulary: str = DCM_NAME) -> str:
    attributes = {"csd-code": code.value, "codeSystemName": vocabulary, "originalText": code.meaning}
    return _element(name, attributes, [])


def _element(name: str, attributes: Mapping[str, str], inner: list[str]) -> str:
    begin = name + "".join(f" {each}={_quoted(value)}" for each, value in attributes.items())
    return f"<{begin}>{''.join(inner)}</{name}>" if inner else f"<{begin}/>"


def _clean(text: str) -> str:
    """Without what XML 1.0 has no characters for, and without line breaks."""
    return "".join(
        c if c >= " " and not 0xD800 <= ord(c) < 0xE000 and ord(c) not in {0xFFFE, 0xFFFF} else " " for c in text
    )


def _quoted(text: str) -> str:
    return quoteattr(_clean(text))


def _text(text: str) -> str:
    return _clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
