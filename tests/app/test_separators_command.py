"""Cards printed, photographed, imported, grouped and filed, through real processes from command to decoder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from tests.app.test_command_line import OTHER, PASSWORD, Clinic
from tests.importing.photographed import Picture, jpeg, photographed, scene

NUMBERS = ("104711", "104712", "104713", "104714")
PHOTOS_EACH = 9
START = datetime.now().replace(microsecond=0)  # noqa: DTZ005 - a camera's clock has no zone


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    """Four patients with a visit today, and a front desk."""
    made = Clinic(tmp_path_factory.mktemp("clinic"))
    Entrance(made.store, SystemClock(), FLOOR_COST).found(
        "Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True
    )
    for number in NUMBERS:
        who = ("--family", f"Family {number}", "--given", "Given", "--birth", "1988-03-14")
        made.good("patient", "add", "--mrn", number, *who)
        made.good("visit", "add", number, "--date", f"{START:%Y-%m-%d}")
    made.good("user", "add", "Desk", "--role", "front-desk", lines=(PASSWORD, OTHER))
    return made


@pytest.fixture(scope="module")
def cards(clinic: Clinic) -> dict[str, Picture]:
    """Each patient's card as a picture."""
    found = {}
    for number in NUMBERS:
        png = clinic.folder / f"{number}.png"
        assert clinic.good("separators", "--mrn", number, "--png", "--to", str(png))["cards"][0]["visit_id"]
        with Image.open(png) as opened:
            found[number] = np.asarray(opened.convert("RGB"))
    return found


def written(folder: Path, pictures: Iterable[Picture]) -> Path:
    """Files as a camera writes them, twenty seconds apart."""
    folder.mkdir(parents=True)
    for shot, picture in enumerate(pictures):
        taken = START + timedelta(seconds=20 * shot)
        (folder / f"IMG_{shot:04}.JPG").write_bytes(jpeg(picture, f"{taken:%Y:%m:%d %H:%M:%S}"))
    return folder


def waiting(clinic: Clinic, job_id: str) -> Any:
    """What waits of a job; None once nothing does."""
    return next((job for job in clinic.good("inbox")["jobs"] if job["job_id"] == job_id), None)


def test_two_commands_file_a_card_of_four_patients(clinic: Clinic, cards: dict[str, Picture]) -> None:
    chance = np.random.default_rng(5)
    pictures: list[Picture] = []
    for picture in cards.values():
        pictures.append(photographed(picture, scene(len(pictures)), chance, width=1500))
        pictures += [scene(100 + len(pictures) + at, 300) for at in range(PHOTOS_EACH)]
    card = written(clinic.folder / "card" / "DCIM" / "100TEST", pictures).parent.parent
    imported = clinic.good("import", str(card))
    wanted = {"verified": len(NUMBERS) * PHOTOS_EACH, "label": len(NUMBERS)}
    assert {state: count for state, count in imported["counts"].items() if count} == wanted
    job = waiting(clinic, imported["job_id"])
    groups = job["groups"]
    assert [(one["basis"], one["mrn"], len(one["shots"]), len(one["labels"])) for one in groups] == [
        ("bracket", number, PHOTOS_EACH + 1, 1) for number in NUMBERS
    ]
    assert {one["state"] for one in job["shots"]} == {"verified", "label"}
    assert all(one["suggestion"]["mrn"] == one["mrn"] for one in groups)
    group_of = {shot["shot_id"]: shot["group"] for shot in job["shots"]}
    assert all(group_of[shot] == one["group"] for one in groups for shot in one["shots"])

    chosen = [option for one in groups for option in ("--group", one["group"])]
    assert clinic.good("inbox", "file", job["job_id"], *chosen)["filed"] == len(job["shots"])
    assert waiting(clinic, job["job_id"]) is None
    for group, number in zip(groups, NUMBERS, strict=True):
        visits = clinic.good("timeline", number)["visits"]
        photos = {photo["photo_id"] for visit in visits for photo in visit["photos"]}
        attached = {(one["original_id"], one["reason"]) for visit in visits for one in visit["attachments"]}
        assert set(group["shots"]) - set(group["labels"]) <= photos
        assert photos.isdisjoint(group["labels"])
        assert (group["labels"][0], "separator card") in attached
    again = clinic.good("import", str(card))
    assert again["counts"]["duplicate"] == len(job["shots"])


def test_groups_and_the_camera_clock_are_changed_and_changed_back(clinic: Clinic) -> None:
    folder = written(clinic.folder / "loose", [scene(500 + number, 300) for number in range(6)])
    job_id = clinic.good("import", str(folder))["job_id"]
    before = waiting(clinic, job_id)
    (whole,) = before["groups"]
    assert (whole["basis"], whole["mrn"]) == ("time", None)
    split = clinic.good("inbox", "split", job_id, whole["shots"][4])["groups"]
    assert [(one["basis"], len(one["shots"])) for one in split] == [("hand", 4), ("hand", 2)]
    moved = clinic.good("inbox", "move", job_id, whole["shots"][0], "--to", split[1]["group"])["groups"]
    assert sorted(len(one["shots"]) for one in moved) == [3, 3]
    assert len(clinic.good("inbox", "join", job_id, split[0]["group"], split[1]["group"])["groups"]) == 1
    clinic.good("inbox", "undo", job_id)
    clinic.good("inbox", "undo", job_id)
    assert clinic.good("inbox", "undo", job_id)["groups"] == [whole]
    code, document = clinic.run("inbox", "split", job_id, "0" * 32)
    assert (code, document["error"]["code"]) == (1, "shot_unknown")
    code, document = clinic.run("inbox", "file", job_id, "--group", "0" * 32)
    assert (code, document["error"]["code"]) == (1, "group_unknown")

    later = clinic.good("inbox", "offset", job_id, "--minutes", "-90")
    assert later["camera_clock"] == {"offset_ms": -5_400_000, "source": "hand"}
    assert [one["camera_time"] for one in later["shots"]] == [one["corrected_time"] for one in before["shots"]]
    assert all(one["corrected_time"] < one["camera_time"] for one in later["shots"])
    assert clinic.good("inbox", "offset", job_id, "--from-cards")["camera_clock"]["source"] == "none"


def test_an_import_for_one_patient_keeps_cards_apart(clinic: Clinic, cards: dict[str, Picture]) -> None:
    chance = np.random.default_rng(9)
    own, others = (photographed(cards[number], scene(8), chance, width=1500) for number in NUMBERS[:2])
    folder = written(clinic.folder / "for one", (own, others, scene(77, 300)))
    imported = clinic.good("import", str(folder), "--patient", NUMBERS[0])
    assert {state: count for state, count in imported["counts"].items() if count} == {"label": 2, "filed": 1}
    by_name = {one["name"]: one for one in imported["files"]}
    assert by_name["IMG_0000.JPG"]["stage"] == "filed"
    assert by_name["IMG_0001.JPG"]["stage"] == "verified"
    assert "another patient" in by_name["IMG_0001.JPG"]["reason"]
    shots = waiting(clinic, imported["job_id"])["shots"]
    assert [(one["name"], one["state"]) for one in shots] == [("IMG_0001.JPG", "label")]


def test_pages_are_printed_and_what_is_wrong_is_said(clinic: Clinic) -> None:
    path = clinic.folder / "cards.pdf"
    assert len(clinic.good("separators", "--to", str(path), user="Desk", lines=(OTHER,))["cards"]) == len(NUMBERS)
    assert path.read_bytes().startswith(b"%PDF")
    printed = [one for one in clinic.good("log", "show")["entries"] if one["action"] == "PRINT"]
    assert {one["user"] for one in printed} >= {"Desk"}
    code, document = clinic.run("separators", "--to", str(path), "--date", "2001-01-01")
    assert (code, document["error"]["code"]) == (1, "no_cards")
    code, document = clinic.run("separators", "--png", "--to", str(path))
    assert (code, document["error"]["code"]) == (1, "one_card")
    code, document = clinic.run("separators", "--to", str(clinic.folder / "missing" / "cards.pdf"))
    assert (code, document["error"]["code"]) == (1, "not_written")
    assert clinic.run("separators")[0] == 2
    assert clinic.run("inbox", "file", "0" * 32)[0] == 2


def test_how_cards_are_read_is_the_administrators(clinic: Clinic) -> None:
    assert clinic.good("separators", "set") == {
        "shot": "auto",
        "gap_minutes": 3.0,
        "wristband": None,
        "check_digit": "none",
    }
    options = ("--shot", "first and last", "--gap-minutes", "5", "--wristband", r"P(\d{6})", "--check-digit", "luhn")
    assert clinic.good("separators", "set", *options)["wristband"] == r"P(\d{6})"
    assert clinic.good("separators", "set")["gap_minutes"] == 5.0
    code, document = clinic.run("separators", "set", "--shot", "first", user="Desk", lines=(OTHER,))
    assert (code, document["error"]["code"]) == (3, "no_right")
    code, document = clinic.run("separators", "set", "--wristband", "(a+)+")
    assert (code, document["error"]["code"]) == (1, "pattern_unusable")
    clinic.good("separators", "set", "--wristband", "", "--shot", "auto", "--gap-minutes", "3", "--check-digit", "none")
