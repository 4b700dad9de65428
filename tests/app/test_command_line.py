"""The main flow through real processes: command, keeper, importer, decoder."""

from __future__ import annotations

import fcntl
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

PASSWORD = "quiet lamp on the stairs"
OTHER = "seven grey boats at noon"
ROOT = Path(__file__).resolve().parents[2]


class Clinic:
    """One store and its command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store"

    def run(self, *arguments: str, user: str = "Ada Berg", lines: tuple[str, ...] = (PASSWORD,)) -> tuple[int, Any]:
        """(exit code, the one JSON document)."""
        given = [sys.executable, "-m", "photodesk", *arguments, "--store", str(self.store), "--json"]
        if lines:
            given += ["--user", user, "--password-stdin"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            given,
            input="".join(f"{line}\n" for line in lines).encode(),
            capture_output=True,
            check=False,
            timeout=120,
            env=environment,
            cwd=self.folder,
        )
        return done.returncode, json.loads(done.stdout)

    def good(self, *arguments: str, **settings: Any) -> Any:
        """The document of a command that must succeed."""
        code, document = self.run(*arguments, **settings)
        assert code == 0, document
        return document


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    """A clinic with one patient and three imported photos, one of them no picture."""
    made = Clinic(tmp_path_factory.mktemp("clinic"))
    entrance = Entrance(made.store, SystemClock(), FLOOR_COST)
    entrance.found("Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True)
    card = made.folder / "card"
    card.mkdir()
    noise = np.random.default_rng(7).integers(0, 255, (60, 90, 3), np.uint8)
    for name, turned in (("a.jpg", noise), ("b.jpg", noise[::-1])):
        Image.fromarray(turned).resize((900, 600)).save(card / name, quality=90)
    (card / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    made.good(
        "patient",
        "add",
        "--mrn",
        "@-",
        "--family",
        "@-",
        "--given",
        "Ngozi",
        "--birth",
        "1988-03-14",
        lines=(PASSWORD, "104711", "Okafor"),
    )
    return made


@pytest.fixture(scope="module")
def imported(clinic: Clinic) -> Any:
    return clinic.good("import", str(clinic.folder / "card"), "--patient", "104711", "--visit", "2026-11-20")


@pytest.fixture(scope="module")
def photos(clinic: Clinic, imported: Any) -> list[dict[str, Any]]:
    assert imported["counts"]["failed"] == 0
    timeline = clinic.good("timeline", "104711")
    by_day = {visit["date"]: visit for visit in timeline["visits"]}  # another test may have filed to another day
    found: list[dict[str, Any]] = by_day["2026-11-20"]["photos"]
    return [photo for photo in found if photo["width"]]


def test_every_file_is_in_one_state_and_a_second_import_adds_nothing(clinic: Clinic, imported: Any) -> None:
    files = sorted(imported["files"], key=lambda file: str(file["name"]))
    assert [(one["name"], one["state"], one["stage"]) for one in files] == [
        ("a.jpg", "filed", "filed"),
        ("b.jpg", "filed", "filed"),
        ("broken.jpg", "kept_as_is", "filed"),
    ]
    assert imported["counts"]["filed"] == 2
    again = clinic.good("import", str(clinic.folder / "card"), "--patient", "104711", "--visit", "2026-11-20")
    assert again["counts"]["filed"] == 0
    assert {one["photo_id"] for one in again["files"]} == {one["photo_id"] for one in imported["files"]}
    (line,) = clinic.good("patient", "list", "--search", "ngo oka")["patients"]
    assert (line["mrn"], line["last_visit"]) == ("104711", "2026-11-20")


def test_exported_originals_are_the_files(clinic: Clinic, photos: list[dict[str, Any]]) -> None:
    ids = [photo["photo_id"] for photo in photos]
    out = clinic.folder / "out"
    document = clinic.good(
        "export", *ids, "--to", str(out), "--purpose", "referral", "--recipient", "Dr Lind", "--original"
    )
    card = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (clinic.folder / "card").iterdir()}
    for file in document["files"]:
        assert hashlib.sha256(Path(file["path"]).read_bytes()).hexdigest() == file["sha256"]
        assert file["sha256"] in card
    assert document["disclosure_id"]
    entries = clinic.good("log", "show")["entries"]
    assert [one["sequence"] for one in entries] == sorted((one["sequence"] for one in entries), reverse=True)
    exports = [one for one in entries if one["action"] == "EXPORT"]
    assert (exports[0]["user"], exports[0]["purpose"], exports[0]["photo_ids"]) == ("Ada Berg", "referral", ids)


def test_photos_are_described_and_compared(clinic: Clinic, photos: list[dict[str, Any]]) -> None:
    first, second = photos[0]["photo_id"], photos[1]["photo_id"]
    changed = clinic.good("photo", "set", first, "--site", "60819002", "--view", "close-up", "--tag", "acne")
    assert (changed["body_site"], changed["standard_view"], changed["tags"]) == ("60819002", "close-up", ["acne"])
    assert set(changed) >= {"photo_id", "sha256", "bytes", "media_type", "width", "height", "camera_time", "originals"}
    pair = clinic.folder / "pair.png"
    document = clinic.good("compare", first, second, "--to", str(pair), "--width", "400")
    assert set(document) == {"aligned", "confidence", "matrix", "comparability", "path"}
    assert document["aligned"] is (document["matrix"] is not None)
    with Image.open(document["path"]) as picture:
        assert picture.size[0] == 400
    page = ("--to", str(clinic.folder / "page.pdf"), "--labels", "--marks", "--comparability", "--recipient", "Dr Lind")
    document = clinic.good("compare", first, second, *page)
    assert Path(document["path"]).read_bytes()[:5] == b"%PDF-"
    newest = [one["action"] for one in clinic.good("log", "show", "--limit", "12")["entries"]]
    assert {"COMPARE", "VIEW", "EXPORT", "RECORD_OPENED"} <= set(newest)


def test_the_log_verifies_and_the_store_is_clean(clinic: Clinic, photos: list[dict[str, Any]]) -> None:
    assert photos
    verdict = clinic.good("log", "verify", lines=())
    assert (verdict["result"], verdict["anchored_to"], verdict["where"]) == ("intact", None, None)
    checked = clinic.good("check")
    assert checked["result"] == "clean"
    filed = sum(len(visit["photos"]) for visit in clinic.good("timeline", "104711")["visits"])
    assert filed >= 3  # the card's; another test of this clinic may have filed one more
    assert (checked["photos"], checked["charts"]) == (filed, 1)


def test_people_rights_and_passwords(clinic: Clinic) -> None:
    added = clinic.good("user", "add", "Ben Roth", "--role", "front-desk", lines=(PASSWORD, OTHER))
    assert (added["name"], added["roles"]) == ("Ben Roth", ["front-desk"])
    assert [one["name"] for one in clinic.good("user", "list")["users"]] == ["Ada Berg", "Ben Roth"]
    listed = clinic.good("patient", "list", user="Ben Roth", lines=(OTHER,))
    assert listed["patients"][0]["photos"] is None
    code, document = clinic.run("timeline", "104711", user="Ben Roth", lines=(OTHER,))
    assert (code, document["error"]["code"]) == (3, "no_right")
    code, document = clinic.run("patient", "list", lines=("wrong",))
    assert (code, document["error"]["code"]) == (3, "wrong_password")
    code, document = clinic.run("user", "add", "Cy", "--role", "clinician", lines=(PASSWORD, "password1"))
    assert (code, document["error"]["code"]) == (1, "password_weak")


def test_shots_without_a_patient_wait_until_they_are_filed(clinic: Clinic) -> None:
    loose = clinic.folder / "loose"
    loose.mkdir()
    Image.new("RGB", (300, 200), "#a08070").save(loose / "c.png")
    imported = clinic.good("import", str(loose))
    assert imported["counts"]["verified"] == 1
    (job,) = clinic.good("inbox")["jobs"]
    assert (job["job_id"], job["shots"][0]["state"]) == (imported["job_id"], "verified")
    clinic.good("inbox", "file", job["job_id"], "--patient", "104711", "--visit", "2026-11-19")
    visits = clinic.good("timeline", "104711")["visits"]
    assert [photo["media_type"] for visit in visits if visit["date"] == "2026-11-19" for photo in visit["photos"]] == [
        "image/png"
    ]


def test_bad_input_is_a_sentence_and_a_code(clinic: Clinic) -> None:
    add = ("patient", "add", "--family", "Li", "--given", "Wei")
    code, document = clinic.run(*add, "--mrn", "104711", "--birth", "1990-01-01")
    assert (code, document["error"]["code"]) == (1, "mrn_taken")
    code, document = clinic.run(*add, "--mrn", "2", "--birth", "2990-01-01")
    assert (code, document["error"]["code"]) == (1, "birth_in_future")
    assert document["error"]["remedy"]


def test_a_store_in_use_is_refused_and_still_verified(clinic: Clinic) -> None:
    with (clinic.store / "store.lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        code, document = clinic.run("patient", "list")
        assert (code, document["error"]["code"]) == (1, "store_in_use")
        assert clinic.good("log", "verify", lines=())["result"] == "intact"


def test_a_missing_store_and_a_missing_person(tmp_path: Path) -> None:
    code, document = Clinic(tmp_path).run("patient", "list")
    assert (code, document["error"]["code"]) == (1, "store_missing")
    code, document = Clinic(tmp_path).run("log", "verify", lines=())
    assert (code, document["error"]["code"]) == (1, "store_missing")


def test_init_prints_a_recovery_code(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    made = clinic.good("init", "--clinic", "Example Clinic", "--password-only")
    assert set(made) >= {"store", "clinic_id", "workstation_id", "recovery_code", "keyring"}
    assert made["keyring"] == "none"
    assert clinic.good("log", "verify", lines=())["result"] == "intact"
    assert oct(clinic.store.stat().st_mode & 0o777) == "0o700"
