"""What a privacy officer does with the log, by real commands: exports, the patient's report, flags, signing off."""

from __future__ import annotations

import csv
import json
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from tests.app.test_command_line import PASSWORD, Clinic
from tests.export.reading_pdf import words_of
from tests.log.dicom_audit_schema import faults

TODAY = date.today().isoformat()  # noqa: DTZ011  commands go by this computer's clock


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    made = Clinic(tmp_path_factory.mktemp("clinic"))
    Entrance(made.store, SystemClock(), FLOOR_COST).found(
        "Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True
    )
    card = made.folder / "card"
    card.mkdir()
    Image.new("RGB", (64, 48), (9, 90, 200)).save(card / "IMG_0001.JPG")
    made.good("patient", "add", "--mrn", "1", "--family", "Berg", "--given", "Ada", "--birth", "1968-05-12")
    made.good("patient", "add", "--mrn", "2", "--family", "Test", "--given", "=Ben", "--birth", "1968-05-12")
    made.good("import", str(card), "--patient", "1", "--visit", TODAY)
    photo = made.good("timeline", "1")["visits"][0]["photos"][0]["photo_id"]
    out = made.folder / "out"
    out.mkdir()
    made.good("export", photo, "--to", str(out), "--purpose", "referral", "--recipient", "Dr. Reference")
    return made


def test_the_log_leaves_in_three_forms_and_says_so(clinic: Clinic) -> None:
    to = clinic.folder / "log"
    counts = {}
    for form in ("csv", "fhir", "dicom"):
        counts[form] = clinic.good("log", "export", "--format", form, "--to", f"{to}.{form}")["entries"]
        assert (clinic.folder / f"log.{form}").stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader((clinic.folder / "log.csv").read_text("utf-8").splitlines()))
    assert len(rows) == counts["csv"]
    assert {row["person"] for row in rows if row["person_id"]} == {"Ada Berg"}
    assert any(row["patient"] == "Test, =Ben" for row in rows)
    events = [json.loads(line) for line in (clinic.folder / "log.fhir").read_text("utf-8").splitlines()]
    assert len(events) == counts["fhir"]
    assert [event["recorded"] for event in events] == sorted(event["recorded"] for event in events)
    messages = list(ET.parse(clinic.folder / "log.dicom").getroot())  # noqa: S314  our own output
    assert len(messages) == counts["dicom"]
    assert not [fault for message in messages for fault in faults(message)]
    reads = clinic.good("log", "show", "--action", "LOG_READ")["entries"]
    assert [one["details"].get("format") for one in reads if one["purpose"] == "export"] == ["dicom", "fhir", "csv"]
    code, told = clinic.run("log", "export", "--format", "csv", "--to", f"{to}.csv")
    assert (code, told["error"]["code"]) == (1, "file_exists")


def test_filters_narrow_what_is_shown_and_exported(clinic: Clinic) -> None:
    shown = clinic.good("log", "show", "--patient", "1", "--action", "export", "--person", "ada berg")["entries"]
    assert [one["purpose"] for one in shown] == ["referral"]
    assert clinic.good("log", "show", "--until", "2026-01-01", "--workstation", "ff" * 16)["entries"] == []
    code, told = clinic.run("log", "show", "--person", "Nobody")
    assert (code, told["error"]["code"]) == (1, "person_unknown")
    assert clinic.run("log", "show", "--since", "yesterday")[0] == 2


def test_a_patient_is_told_who_saw_the_photos(clinic: Clinic) -> None:
    path = clinic.folder / "who-saw.pdf"
    clinic.good("log", "who-saw", "1", "--to", str(path))
    text = words_of(path.read_bytes())
    for words in (
        "Who has seen your photos",
        "Example Clinic",
        "Ada Berg",
        "gave out 1 photo",
        "Dr. Reference",
        "Room 1",
    ):
        assert words in text
    assert "Ben" not in text


def test_flags_are_reviewed_and_the_log_is_signed_off(clinic: Clinic) -> None:
    flags = clinic.good("log", "flags")["flags"]
    own = next(one for one in flags if "own record" in {flag["kind"] for flag in one["flags"]})
    assert own["user"] == "Ada Berg"
    clinic.good("log", "review", str(own["sequence"]), "--note", "her own record, by consent")
    done = next(one for one in clinic.good("log", "flags", "--all")["flags"] if one["sequence"] == own["sequence"])
    assert done["note"] == "her own record, by consent"
    before = clinic.good("log", "sign-off", "--status")
    assert (before["sign_off"], before["overdue_days"]) == (None, 0)
    made = clinic.good("log", "sign-off")["sign_off"]
    assert (made["intact"], made["vouched"], made["still_there"]) == (True, True, True)
    assert made["reviewed"] >= 1
    assert made["up_to"][0]["sequence"] > own["sequence"]
    assert clinic.run("log", "review", "999999")[0] == 1
