"""Retention, holds, erasing and a patient's own record through the command line."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from photodesk.desk.erasure_certificate import certificate_holds
from photodesk.export.record import INCOMPLETE
from photodesk.store.layout import Layout
from photodesk.store.store_json import read_store
from tests.app.test_command_line import PASSWORD, ROOT, Clinic

LATER = """
import sys
from photodesk.app.cli import main
from photodesk.app.command_line import Invocation
from photodesk.clock import SystemClock
class Later(SystemClock):
    def wall_ms(self):
        return super().wall_ms() + DAYS * 86_400_000
sys.exit(main(sys.argv[1:], Invocation(clock=Later())))
"""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    """Two patients with photos; the first was here last in 2001."""
    made = Clinic(tmp_path_factory.mktemp("clinic"))
    entrance = Entrance(made.store, SystemClock(), FLOOR_COST)
    entrance.found("Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True)
    noise = np.random.default_rng(7).integers(0, 255, (60, 90, 3), np.uint8)
    for number, (mrn, family, day) in enumerate((("4711", "Okafor", "2001-11-20"), ("4712", "Lind", "2026-11-20"))):
        card = made.folder / f"card{number}"
        card.mkdir()
        for place in range(2):
            picture = np.roll(noise, 10 * number + 5 * place + 1, axis=0)
            Image.fromarray(picture).resize((900, 600)).save(card / f"IMG_{number}{place}.JPG", quality=90)
        (card / "note.txt").write_bytes(f"beside {mrn}".encode())
        made.good("patient", "add", "--mrn", mrn, "--family", family, "--given", "Ngozi", "--birth", "1950-03-14")
        made.good("import", str(card), "--patient", mrn, "--visit", day)
    return made


def later(clinic: Clinic, days: int, *arguments: str) -> Any:
    """A command so many days from now; it must succeed."""
    given = [*arguments, "--store", str(clinic.store), "--json", "--user", "Ada Berg", "--password-stdin"]
    done = subprocess.run(
        [sys.executable, "-c", LATER.replace("DAYS", str(days)), *given],
        input=f"{PASSWORD}\n".encode(),
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_what_is_due_is_listed_and_a_hold_keeps_it(clinic: Clinic) -> None:
    (due,) = clinic.good("retention", "list")["patients"]
    assert (due["mrn"], due["class"], due["due"], due["is_due"]) == ("4711", "standard", "2011-11-20", True)
    assert "4711" in [one["mrn"] for one in clinic.good("retention", "list", "--all")["patients"]]
    assert clinic.good("retention", "set", "4711", "permanent")["due"] is None
    assert clinic.good("retention", "list")["patients"] == []
    assert clinic.good("retention", "set", "4711", "standard")["is_due"]
    held = clinic.good("hold", "set", "4711", "--reason", "claim announced")
    assert (held["mrn"], held["reason"], held["user"]) == ("4711", "claim announced", "Ada Berg")
    assert clinic.good("retention", "list")["patients"] == []
    code, refused = clinic.run("erase", "request", "4711", "--reason", "retention ended")
    assert (code, refused["error"]["code"]) == (3, "legal_hold")
    photo = clinic.good("timeline", "4711")["visits"][0]["photos"][0]["photo_id"]
    code, refused = clinic.run("photo", "delete", photo, "--reason", "not sharp")
    assert (code, refused["error"]["code"]) == (3, "legal_hold")
    assert [one["mrn"] for one in clinic.good("hold", "list")["holds"]] == ["4711"]
    clinic.good("hold", "release", "4711", "--reason", "closed")
    assert clinic.good("hold", "list")["holds"] == []


def test_a_record_is_one_folder_with_every_byte(clinic: Clinic, tmp_path: Path) -> None:
    folder = tmp_path / "record"
    made = clinic.good("export-record", "4711", "--to", str(folder))
    assert not (folder / INCOMPLETE).exists()
    listed = json.loads((folder / "contents.json").read_text())
    written = {one["path"]: one for one in listed["files"]}
    on_disk = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert on_disk == set(written) | {"contents.json"}
    for path, one in written.items():
        assert hashlib.sha256((folder / path).read_bytes()).hexdigest() == one["sha256"]
    originals = {one["sha256"] for one in listed["files"] if one.get("original_id")}
    card = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (clinic.folder / "card0").iterdir()}
    assert originals == card
    assert {"timeline.pdf", "consents.txt", "disclosures.csv", "log.csv", "who-has-seen.pdf", "contents.txt"} <= on_disk
    assert (folder / "timeline.pdf").read_bytes().count(b"/DCTDecode") == 2
    assert "none are recorded" in (folder / "consents.txt").read_text()
    rows = (folder / "disclosures.csv").read_text().splitlines()
    assert made["disclosure_id"] in rows[-1]
    assert "patient's own request" in rows[-1]
    (entry,) = [one for one in clinic.good("log", "show", "--limit", "50")["entries"] if one["action"] == "EXPORT"][:1]
    assert (entry["purpose"], entry["details"]["recipient"], entry["rendition"]) == (
        "patient's own request",
        "the patient",
        "record",
    )
    code, refused = clinic.run("export-record", "4711", "--to", str(folder))
    assert (code, refused["error"]["code"]) == (1, "folder_not_empty")


def test_an_erasure_from_request_to_certificate(clinic: Clinic, tmp_path: Path) -> None:
    code, refused = clinic.run("erase", "request", "4712", "--reason", "asked for")
    assert (code, refused["error"]["code"]) == (3, "not_due_yet")
    asked = clinic.good("erase", "request", "4712", "--reason", "asked for", "--ground", "GDPR article 17")
    assert (asked["state"], asked["ground"], asked["is_due"]) == ("requested", "GDPR article 17", False)
    assert [one["mrn"] for one in clinic.good("patient", "list")["patients"]] == ["4711"]
    for arguments in (("timeline", "4712"), ("import", str(clinic.folder / "card1"), "--patient", "4712")):
        code, hidden = clinic.run(*arguments)
        assert (code, hidden["error"]["code"]) == (1, "patient_hidden")
    assert clinic.good("erase", "revoke", asked["erasure_id"])["state"] == "revoked"
    assert len(clinic.good("timeline", "4712")["visits"][0]["photos"]) == 2
    asked = clinic.good("erase", "request", "4712", "--reason", "asked for", "--ground", "GDPR article 17")
    assert clinic.good("erase", "run")["erased"] == []
    for days in (7, 14, 21, 28):
        later(clinic, days, "erase", "list")
    done = later(clinic, 35, "erase", "run", "--to", str(tmp_path / "certificates"))
    (erased,) = done["erased"]
    assert (erased["state"], erased["mrn"], erased["places"][0]["name"]) == ("erased", None, "Room 1")
    (written,) = done["certificates"]
    assert Path(written["pdf"]).read_bytes().startswith(b"%PDF")
    document = json.loads(Path(written["json"]).read_text())
    store = read_store(Layout(clinic.store))
    assert certificate_holds(document, store.clinic, bytes.fromhex(store.workstation.signing_key))
    assert clinic.good("erase", "check", written["json"]) == {"holds": True}
    bent = tmp_path / "bent.json"
    bent.write_text(Path(written["json"]).read_text().replace("GDPR article 17", "GDPR article 18"))
    assert clinic.run("erase", "check", str(bent)) == (4, {"holds": False})
    told = document["certificate"]
    assert (told["erased"]["photos"], told["erased"]["files"], told["people"]["requested"]) == (2, 3, "Ada Berg")
    assert "Lind" not in json.dumps(document)
    assert "4712" not in json.dumps({**document, "record": "", "signature": "", "signing_key": ""}).replace("-", "")
    assert [one["mrn"] for one in later(clinic, 35, "patient", "list")["patients"]] == ["4711"]
    checked = later(clinic, 35, "check")
    assert (checked["result"], checked["photos"], checked["charts"]) == ("clean", 3, 1)
    again = later(clinic, 35, "import", str(clinic.folder / "card1"))
    assert again["counts"]["duplicate"] == 3, "what was erased does not come back from the old card"
    said = [
        one["details"]["what"]
        for one in later(clinic, 35, "log", "show", "--limit", "200")["entries"]
        if one["action"] == "ERASE"
    ]
    assert said[0] == "certificate"
    assert said[1:4] == ["erased", "begun", "authorised"]
