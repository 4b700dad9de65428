"""The restore drill through the command line: back up, lose the computer, come back with the recovery code."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
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
from tests.app.test_command_line import OTHER, PASSWORD, ROOT, Clinic

NEW = "eleven blue kettles sing"
CARD = Path(__file__).parents[3] / "shared" / "testdata" / "card" / "jpeg"


class Drilled(Clinic):
    """A clinic with its recovery code."""

    code = ""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Drilled:
    made = Drilled(tmp_path_factory.mktemp("clinic"))
    entrance = Entrance(made.store, SystemClock(), FLOOR_COST)
    made.code = entrance.found("Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True).recovery_code
    card = made.folder / "card"
    card.mkdir()
    noise = np.random.default_rng(7).integers(0, 255, (60, 90, 3), np.uint8)
    for number in range(3):
        Image.fromarray(np.roll(noise, number, 0)).resize((900, 600)).save(card / f"IMG_{number}.JPG", quality=90)
    (card / "clip.mov").write_bytes(b"\0\0\0\x18ftypqt  " + bytes(range(256)) * 30)
    made.good("user", "add", "Ben", "--role", "clinician", lines=(PASSWORD, OTHER))
    made.good("patient", "add", "--mrn", "1", "--family", "Okafor", "--given", "Ngozi", "--birth", "1988-03-14")
    made.good("import", str(card), "--patient", "1", "--visit", "2026-11-20")
    if CARD.is_dir():
        made.good("import", str(CARD), "--patient", "1", "--visit", "2026-11-21")
    inbox = made.folder / "inbox-card"
    inbox.mkdir()
    Image.fromarray(noise[::-1]).resize((800, 600)).save(inbox / "IMG_9.JPG", quality=90)
    made.good("import", str(inbox))
    return made


def shas(clinic: Clinic, **who: Any) -> dict[str, str]:
    visits = clinic.good("timeline", "1", **who)["visits"]
    return {o["original_id"]: o["sha256"] for v in visits for p in v["photos"] for o in p["originals"]}


def restored(clinic: Drilled, folder: Path, *more: str, lines: tuple[str, ...] = ()) -> tuple[int, Any]:
    """`restore` as a person runs it: code and password on two lines."""
    given = [sys.executable, "-m", "photodesk", "restore", str(clinic.folder / "backup"), "--to", str(folder)]
    done = subprocess.run(
        [*given, "--user", "Ada Berg", "--password-only", "--json", *more],
        input="".join(f"{line}\n" for line in lines or (clinic.code, NEW)).encode(),
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module")
def first(clinic: Drilled) -> dict[str, Any]:
    """What the first backup into a new folder answered."""
    made: dict[str, Any] = clinic.good("backup", str(clinic.folder / "backup"))
    return made


@pytest.fixture(scope="module")
def back(clinic: Drilled, first: dict[str, Any]) -> tuple[Clinic, dict[str, Any]]:
    """The clinic restored from its backup, and what the restore answered."""
    assert first["verified"]
    clinic.good("backup", str(clinic.folder / "backup"))  # the entry of a run lies in the next one
    code, document = restored(clinic, clinic.folder / "new")
    assert code == 0, document
    there = Clinic(clinic.folder)
    there.store = clinic.folder / "new"
    return there, document


def test_what_is_there_is_not_written_again(clinic: Drilled, first: dict[str, Any]) -> None:
    assert {"files", "bytes", "photos", "verified"} <= set(first)
    assert (first["verified"], first["problems"], first["waiting"]) == (True, [], 1)
    again = clinic.good("backup", str(clinic.folder / "backup"))
    assert again["photos"] == first["photos"]
    assert again["new_bytes"] < first["new_bytes"] / 4


def test_the_drill(clinic: Drilled, first: dict[str, Any], back: tuple[Clinic, dict[str, Any]]) -> None:
    there, document = back
    assert (document["photos"], document["verified"], document["problems"]) == (first["photos"], True, [])
    before = shas(clinic)
    assert shas(there, lines=(NEW,)) == before
    out = there.folder / "out"
    photo_ids = [p["photo_id"] for v in there.good("timeline", "1", lines=(NEW,))["visits"] for p in v["photos"]]
    given = ("--purpose", "drill", "--recipient", "me", "--original")
    files = there.good("export", *photo_ids[:3], "--to", str(out), *given, lines=(NEW,))["files"]
    for one in files:
        assert hashlib.sha256((out / one["path"]).read_bytes()).hexdigest() == one["sha256"]
        assert one["sha256"] in before.values()
    assert there.good("check", lines=(NEW,))["result"] == "clean"
    verified = there.good("log", "verify", lines=())
    assert (verified["result"], len(verified["workstations"])) == ("intact", 2)
    entries = there.good("log", "show", "--limit", "1000", lines=(NEW,))["entries"]
    assert "RESTORE" in {one["action"] for one in entries}
    assert "BACKUP" in {one["action"] for one in entries}, "the old workstation's log is read too"
    assert there.good("inbox", lines=(NEW,))["jobs"]


def test_others_rest(back: tuple[Clinic, dict[str, Any]]) -> None:
    there, _ = back
    code, document = there.run("patient", "list", user="Ben", lines=(OTHER,))
    assert (code, document["error"]["code"]) == (3, "slot_disabled")


@pytest.mark.usefixtures("first")
def test_the_log_in_a_backup_is_verified_without_a_store(clinic: Drilled) -> None:
    key = clinic.good("log", "verify", lines=())["keys"]
    assert key
    anchor = clinic.folder / "backup" / "log" / "anchor"
    verified = clinic.good("log", "verify", "--anchor", str(anchor), lines=())
    assert verified["anchored_to"] is not None


@pytest.mark.usefixtures("first")
def test_a_wrong_code_and_a_full_folder(clinic: Drilled) -> None:
    code, document = restored(clinic, clinic.folder / "other", lines=("7K3M-9QXT", NEW))
    assert (code, document["error"]["code"]) == (1, "recovery_code_wrong")
    code, document = restored(clinic, clinic.folder)
    assert (code, document["error"]["code"]) == (1, "folder_not_empty")
    code, document = clinic.run("backup", str(clinic.folder / "card"))
    assert (code, document["error"]["code"]) == (1, "folder_not_empty")
    code, document = clinic.run("backup", str(clinic.store / "inside"))
    assert (code, document["error"]["code"]) == (1, "backup_inside_store")


@pytest.fixture
def twin(clinic: Drilled, tmp_path: Path) -> Drilled:
    """The same clinic in a folder of its own, for what changes more than photos."""
    made = Drilled(tmp_path)
    made.code = clinic.code
    shutil.copytree(clinic.store, made.store)
    return made


def test_the_schedule_remembers_the_folder(twin: Drilled) -> None:
    code, document = twin.run("backup")
    assert (code, document["error"]["code"]) == (1, "backup_not_set")
    twin.good("backup", str(twin.folder / "backup"), "--schedule")
    first = twin.good("backup")
    moved = (twin.folder / "backup").rename(twin.folder / "elsewhere")
    (twin.folder / "backup").mkdir()
    code, document = twin.run("backup")
    assert (code, document["error"]["code"]) == (1, "backup_gone")
    (twin.folder / "backup").rmdir()
    moved.rename(twin.folder / "backup")
    assert twin.good("backup")["run"] == first["run"] + 1


def test_a_new_kit_and_a_forgotten_password(twin: Drilled) -> None:
    clinic = twin
    clinic.good("backup", str(clinic.folder / "backup"), "--schedule")
    code = clinic.good("recovery", "renew")["recovery_code"]
    answer, document = clinic.run("recover", lines=(clinic.code, NEW))
    assert (answer, document["error"]["code"]) == (3, "recovery_code_of_another")
    clinic.good("recover", lines=(code, NEW))
    answer, document = clinic.run("patient", "list")
    assert (answer, document["error"]["code"]) == (3, "wrong_password")
    assert clinic.good("patient", "list", lines=(NEW,))["patients"][0]["photos"] > 0
    assert clinic.good("check", lines=(NEW,))["result"] == "clean"
    assert clinic.good("recovery", "grant", "@-", lines=(NEW, code)) == {"grants": 0}
    checked = clinic.good("backup", "--check", lines=(NEW,))
    assert (checked["found_damaged"], checked["verified"]) == (0, True)
