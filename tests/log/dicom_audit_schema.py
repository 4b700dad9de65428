"""A check of DICOM audit messages, written from the schema in DICOM PS3.15 section A.5.1.

For each element: its attributes (name, whether it must be there, what it may say) and its children as a pattern over
their names. No RELAX NG validator is among the test dependencies; the same messages were once held against the
published schema with one (see the report of that change).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import datetime
from xml.etree import ElementTree as ET

Says = Callable[[str], bool]


def anything(_: str) -> bool:
    return True


def of(*values: str) -> Says:
    return frozenset(values).__contains__


def numbered(last: int) -> Says:
    return of(*(str(number) for number in range(1, last + 1)))


def instant(text: str) -> bool:
    return datetime.fromisoformat(text).tzinfo is not None


def encoded(text: str) -> bool:
    return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text


MUST, MAY = True, False
CODED = {
    "csd-code": (MUST, anything),
    "codeSystemName": (MUST, anything),
    "displayName": (MAY, anything),
    "originalText": (MUST, anything),
}
ELEMENTS: dict[str, tuple[dict[str, tuple[bool, Says]], str]] = {
    "AuditMessage": (
        {},
        "EventIdentification (ActiveParticipant )+AuditSourceIdentification (ParticipantObjectIdentification )*",
    ),
    "EventIdentification": (
        {
            "EventActionCode": (MAY, of(*"CRUDE")),
            "EventDateTime": (MUST, instant),
            "EventOutcomeIndicator": (MUST, of("0", "4", "8", "12")),
        },
        "EventID (EventTypeCode )*(EventOutcomeDescription )?",
    ),
    "EventID": (CODED, ""),
    "EventTypeCode": (CODED, ""),
    "EventOutcomeDescription": ({}, ""),
    "ActiveParticipant": (
        {
            "UserID": (MUST, anything),
            "AlternativeUserID": (MAY, anything),
            "UserName": (MAY, anything),
            "UserIsRequestor": (MUST, of("true", "false", "1", "0")),
            "NetworkAccessPointID": (MAY, anything),
            "NetworkAccessPointTypeCode": (MAY, numbered(5)),
        },
        "(RoleIDCode )*(MediaIdentifier )?",
    ),
    "RoleIDCode": (CODED, ""),
    "AuditSourceIdentification": (
        {"AuditEnterpriseSiteID": (MAY, anything), "AuditSourceID": (MUST, anything)},
        "(AuditSourceTypeCode )*",
    ),
    "AuditSourceTypeCode": ({"csd-code": (MUST, numbered(9))}, ""),
    "ParticipantObjectIdentification": (
        {
            "ParticipantObjectID": (MUST, anything),
            "ParticipantObjectTypeCode": (MAY, numbered(4)),
            "ParticipantObjectTypeCodeRole": (MAY, numbered(26)),
            "ParticipantObjectDataLifeCycle": (MAY, numbered(15)),
            "ParticipantObjectSensitivity": (MAY, anything),
        },
        (
            "ParticipantObjectIDTypeCode (ParticipantObjectName |ParticipantObjectQuery )"
            "(ParticipantObjectDetail )*(ParticipantObjectDescription )*"
        ),
    ),
    "ParticipantObjectIDTypeCode": (CODED, ""),
    "ParticipantObjectName": ({}, ""),
    "ParticipantObjectDetail": ({"type": (MUST, anything), "value": (MUST, encoded)}, ""),
}


def faults(message: ET.Element) -> list[str]:
    """What the schema does not allow; empty for a valid message."""
    if message.tag != "AuditMessage":
        return [f"{message.tag} is no message"]
    return [fault for element in message.iter() for fault in _of_element(element)]


def _of_element(element: ET.Element) -> list[str]:
    if element.tag not in ELEMENTS:
        return [f"there is no {element.tag}"]
    attributes, children = ELEMENTS[element.tag]
    found = [
        f"{element.tag} has no {name}" for name, (must, _) in attributes.items() if must and element.get(name) is None
    ]
    for name, value in element.items():
        if name not in attributes or not attributes[name][1](value):
            found.append(f"{element.tag} {name} may not be {value!r}")
    names = "".join(f"{child.tag} " for child in element)
    if not re.fullmatch(children, names):
        found.append(f"{element.tag} may not hold {names}")
    return found
