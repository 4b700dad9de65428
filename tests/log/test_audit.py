"""The log in other systems' words: CSV, FHIR R4 AuditEvent, DICOM audit messages."""

from __future__ import annotations

import csv
import io
import json
import re
import warnings
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from photodesk.log import audit_csv, audit_dicom, audit_fhir
from photodesk.log.audit_codes import MEANINGS
from photodesk.log.entry import Action
from tests.log.audit_examples import AWKWARD, CLINIC, examples
from tests.log.dicom_audit_schema import faults

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fhir.resources.R4B.auditevent import AuditEvent

ALL = examples()
TERMS = "http://terminology.hl7.org/CodeSystem/"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
LIFECYCLES = {str(number) for number in range(1, 16)}
ROLES = {str(number) for number in range(1, 25)}
REASONS = {"TREAT", "PATRQT", "HQUALIMP", "TRAIN", "HLEGAL"}


def test_every_action_has_a_meaning_elsewhere() -> None:
    assert set(MEANINGS) == {action.value for action in Action}
    assert all(re.fullmatch(r"1\d{5}", meaning.event.value) for meaning in MEANINGS.values())


def test_cells_are_read_and_not_run() -> None:
    text = audit_csv.header() + "".join(audit_csv.line(one) for one in ALL)
    assert text.count("\r\n") >= len(ALL) + 1
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert [int(row["entry"]) for row in rows] == [one.sequence for one in ALL]
    assert tuple(rows[0]) == audit_csv.COLUMNS
    for risky in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "%1", "|1", "\r\n=1"):
        (found,) = next(csv.reader(io.StringIO(audit_csv.cell(risky), newline=""), strict=True))
        assert found == f"'{risky}"
    assert audit_csv.cell('Test, "Ada"') == '"Test, ""Ada"""'


@pytest.mark.parametrize("told", ALL, ids=lambda one: one.action)
def test_an_audit_event_is_valid_and_its_codes_are_those_asked_for(told: Any) -> None:
    line = audit_fhir.line(told, CLINIC)
    assert line.count("\n") == 1
    made = json.loads(line)
    AuditEvent.model_validate(made)
    assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", made["id"])
    assert made["type"]["system"] == DICOM
    assert {one["system"] for one in made["subtype"]} <= {DICOM, "urn:x-photodesk:action"}
    assert made["action"] in set("CRUDE")
    assert made["outcome"] in {"0", "4", "8", "12"}
    assert [agent["requestor"] for agent in made["agent"]].count(True) == 1
    asker = next(agent for agent in made["agent"] if agent["requestor"])
    assert ("identifier" in asker["who"]) == bool(told.person_id)
    assert made["source"]["observer"]["identifier"]["value"] == told.workstation_id
    for purpose in made.get("purposeOfEvent", []):
        assert {one["code"] for one in purpose.get("coding", [])} <= REASONS
    entities = made.get("entity", [])
    for entity in entities:
        assert entity["type"]["system"] == TERMS + "audit-entity-type"
        assert entity["type"]["code"] in set("1234")
        assert entity["lifecycle"]["code"] in LIFECYCLES
        assert entity.get("role", {"code": "1"})["code"] in ROLES
    patients = [one for one in entities if one.get("role", {}).get("code") == "1"]
    assert len(patients) == bool(told.patient_id)
    photos = [one["what"]["identifier"]["value"] for one in entities if one.get("role", {}).get("code") == "4"]
    assert photos == list(told.photo_ids)
    assert not re.search(r'"":|: ?""|\\u00[01]', line.replace("\\t", ""))


@pytest.mark.parametrize("told", ALL, ids=lambda one: one.action)
def test_an_audit_message_is_valid_under_the_schema(told: Any) -> None:
    text = audit_dicom.line(told, CLINIC)
    assert text.count("\n") == 1
    message = ET.fromstring(text)  # noqa: S314
    assert faults(message) == []
    name = message.find(".//ParticipantObjectName")
    if told.patient:
        assert name is not None
        assert name.text is not None
        assert name.text.startswith("Ångström <\"&'>")
    assert [one.get("UserIsRequestor") for one in message.iter("ActiveParticipant")].count("true") == 1


def test_the_check_of_the_schema_finds_what_is_wrong() -> None:
    text = audit_dicom.message(next(one for one in ALL if one.action == "VIEW"), CLINIC)
    assert AWKWARD not in text
    for right, wrong in (
        ('EventActionCode="R"', 'EventActionCode="X"'),
        ("EventOutcomeIndicator", "Outcome"),
        ('UserIsRequestor="true"', 'UserIsRequestor="yes"'),
        ('ParticipantObjectTypeCodeRole="1"', 'ParticipantObjectTypeCodeRole="27"'),
        ("ParticipantObjectName", "Name"),
        ('csd-code="110110" ', ""),
    ):
        assert right in text
        assert faults(ET.fromstring(text.replace(right, wrong)))  # noqa: S314
