"""Correcting through the command line: move, undo, delete, restore, history, and exporting what is no still picture."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from photodesk.app.cli import main
from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from tests.app.test_command_line import OTHER, PASSWORD, Clinic

FILM = b"\0\0\0\x18ftypqt  " + bytes(range(256)) * 30


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    """Two patients; the first has a Live Photo, and a JPEG with its RAW."""
    made = Clinic(tmp_path_factory.mktemp("clinic"))
    entrance = Entrance(made.store, SystemClock(), FLOOR_COST)
    entrance.found("Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True)
    card = made.folder / "card"
    card.mkdir()
    noise = np.random.default_rng(7).integers(0, 255, (60, 90, 3), np.uint8)
    Image.fromarray(noise).resize((900, 600)).save(card / "IMG_1.JPG", quality=90)
    Image.fromarray(noise[::-1]).resize((900, 600)).save(card / "IMG_2.JPG", quality=90)
    (card / "IMG_1.MOV").write_bytes(FILM)
    (card / "IMG_2.RAF").write_bytes(b"FUJIFILMCCD-RAW " + bytes(5000))
    for mrn, family in (("1", "Okafor"), ("2", "Lind")):
        made.good("patient", "add", "--mrn", mrn, "--family", family, "--given", "Ngozi", "--birth", "1988-03-14")
    made.good("import", str(card), "--patient", "1", "--visit", "2026-11-20")
    return made


def photos(clinic: Clinic, mrn: str) -> dict[str, dict[str, Any]]:
    visits = clinic.good("timeline", mrn)["visits"]
    return {photo["originals"][0]["name"]: photo for visit in visits for photo in visit["photos"]}


def attachments(clinic: Clinic, mrn: str) -> list[dict[str, Any]]:
    return [one for visit in clinic.good("timeline", mrn)["visits"] for one in visit["attachments"]]


def test_moved_and_moved_back(clinic: Clinic) -> None:
    before = photos(clinic, "1")
    assert sorted(before) == ["IMG_1.JPG", "IMG_2.JPG"]
    assert [one["name"] for one in before["IMG_2.JPG"]["originals"]] == ["IMG_2.JPG", "IMG_2.RAF"]
    live = before["IMG_1.JPG"]["photo_id"]
    (film,) = attachments(clinic, "1")
    assert set(film) == {"original_id", "sha256", "bytes", "media_type", "name", "reason", "photo_id"}
    assert (film["photo_id"], film["name"], film["sha256"]) == (live, "IMG_1.MOV", hashlib.sha256(FILM).hexdigest())
    reason = "wrong patient chosen"
    moved = clinic.good("photo", "move", live, "--to", "2", "--visit", "2026-11-19", "--reason", reason)
    assert moved["photo_ids"] == [live, film["original_id"]]
    assert (list(photos(clinic, "1")), list(photos(clinic, "2"))) == (["IMG_2.JPG"], ["IMG_1.JPG"])
    assert attachments(clinic, "2") == [film]
    checked = clinic.good("check")
    assert (checked["result"], checked["photos"], checked["originals"], checked["deleted"]) == ("clean", 3, 4, 0)
    lines = clinic.good("photo", "history", live)["changes"]
    assert [(line["what"], line["reason"]) for line in lines] == [
        ("filed", "filed from the inbox"),
        ("moved here", reason),
        ("moved away", reason),
    ]
    assert lines[0]["user"] == "Ada Berg"
    back = clinic.good("photo", "undo-move", moved["move_id"])
    assert (back["to_patient_id"], back["visit_id"]) == (moved["from_patient_id"], None)
    assert photos(clinic, "1") == before
    entries = [one for one in clinic.good("log", "show", "--limit", "60")["entries"] if one["action"] == "MOVE"]
    assert [one["details"]["what"] for one in entries] == ["undone", "undone", "moved", "moved"]
    assert {one["patient_id"] for one in entries} == {moved["from_patient_id"], moved["to_patient_id"]}


def test_deleted_is_hidden_and_comes_back(clinic: Clinic) -> None:
    pair = photos(clinic, "1")["IMG_2.JPG"]
    document = clinic.good("photo", "delete", pair["photo_id"], "--reason", "not sharp")
    assert [one["photo_id"] for one in document["deleted"]] == [pair["photo_id"]]
    assert list(photos(clinic, "1")) == ["IMG_1.JPG"]
    listed = clinic.good("photo", "deleted", "1")["deleted"]
    assert [(one["photo"]["photo_id"], one["reason"], one["user"]) for one in listed] == [
        (pair["photo_id"], "not sharp", "Ada Berg")
    ]
    checked = clinic.good("check")
    assert (checked["result"], checked["photos"], checked["deleted"]) == ("clean", 2, 1)
    code, answer = clinic.run("photo", "set", pair["photo_id"], "--tag", "x")
    assert (code, answer["error"]["code"]) == (1, "photo_unknown")
    again = clinic.good("import", str(clinic.folder / "card"), "--patient", "2", "--visit", "2026-11-20")
    assert {one["state"] for one in again["files"]} <= {"duplicate", "kept_as_is"}
    assert photos(clinic, "2") == {}
    assert clinic.good("photo", "restore", pair["photo_id"])["restored"] == [pair["photo_id"]]
    assert photos(clinic, "1")["IMG_2.JPG"] == pair
    assert clinic.good("photo", "deleted", "1")["deleted"] == []


def test_originals_and_attachments_are_exported_whole(clinic: Clinic, tmp_path: Path) -> None:
    pair = photos(clinic, "1")["IMG_2.JPG"]["photo_id"]
    (film,) = attachments(clinic, "1")
    out = ("--to", str(tmp_path / "out"), "--purpose", "referral", "--recipient", "Dr Lind")
    code, answer = clinic.run("export", film["original_id"], *out)
    assert (code, answer["error"]["code"]) == (1, "attachment_only_original")
    written = clinic.good("export", pair, film["original_id"], *out, "--original")["files"]
    card = {hashlib.sha256(path.read_bytes()).hexdigest(): path.name for path in (clinic.folder / "card").iterdir()}
    assert sorted(card[one["sha256"]] for one in written) == ["IMG_1.MOV", "IMG_2.JPG", "IMG_2.RAF"]
    for one in written:
        assert hashlib.sha256(Path(one["path"]).read_bytes()).hexdigest() == one["sha256"]


def test_front_desk_is_refused(clinic: Clinic) -> None:
    clinic.good("user", "add", "Ben Roth", "--role", "front-desk", lines=(PASSWORD, OTHER))
    photo_id = "ab" * 16
    for words in (
        ("move", photo_id, "--to", "2", "--visit", "2026-11-20", "--reason", "x"),
        ("delete", photo_id, "--reason", "x"),
        ("history", photo_id),
    ):
        code, answer = clinic.run("photo", *words, user="Ben Roth", lines=(OTHER,))
        assert (code, answer["error"]["code"]) == (3, "no_right")


@pytest.mark.parametrize("words", [("delete", "ab" * 16, "--reason", " "), ("delete", "ab" * 16), ("move", "ab" * 16)])
def test_wrong_usage_is_said_before_anybody_signs_in(words: tuple[str, ...]) -> None:
    assert main(("photo", *words)) == 2
