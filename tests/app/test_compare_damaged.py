"""`photodesk compare` where the picture made from a photo is damaged: which one, that it is damage, and put right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from tests.app.test_command_line import PASSWORD, Clinic

PAGE_BYTES = 16_384


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    made = Clinic(tmp_path)
    Entrance(made.store, SystemClock(), FLOOR_COST).found(
        "Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True
    )
    card = made.folder / "card"
    card.mkdir()
    for number in range(2):
        pixels = np.random.default_rng(number).integers(0, 255, (600, 800, 3), np.uint8)
        Image.fromarray(pixels).save(card / f"{number}.jpg")
    made.good("patient", "add", "--mrn", "1", "--family", "Test", "--given", "Ada", "--birth", "1968-05-12")
    made.good("import", str(card), "--patient", "1", "--visit", "2026-11-20")
    return made


def flip(path: Path, page: int) -> None:
    with path.open("r+b") as file:
        file.seek(page * PAGE_BYTES + 9_000)
        byte = file.read(1)[0]
        file.seek(page * PAGE_BYTES + 9_000)
        file.write(bytes([byte ^ 0x40]))


def damage_one_rendition(clinic: Clinic, photos: list[str]) -> tuple[int, dict[str, str]]:
    """Bend a page in the middle of a screen rendition; how the comparison ends and what it says."""
    [path] = (clinic.store / "charts").rglob("*.db")
    for page in range(path.stat().st_size // PAGE_BYTES - 8, 0, -6):
        flip(path, page)
        code, told = clinic.run("compare", *photos)
        if code and told["error"]["code"] != "database_damaged":
            return code, told["error"]
        flip(path, page)
    raise AssertionError("no page held a screen rendition alone")


def test_the_damaged_one_is_named_and_a_repair_makes_it_anew(clinic: Clinic) -> None:
    photos = [one["photo_id"] for one in clinic.good("timeline", "1")["visits"][0]["photos"]]
    code, told = damage_one_rendition(clinic, photos)
    assert (code, told["code"]) == (4, "rendition_damaged")
    broken = next(one for one in photos if one in told["message"])
    assert f"{'AB'[photos.index(broken)]} (photo {broken}) is damaged" in told["message"]
    assert "check --repair" in told["remedy"]
    code, turned = clinic.run("compare", *reversed(photos))
    assert f"{'BA'[photos.index(broken)]} (photo {broken}) is damaged" in turned["error"]["message"]
    assert clinic.run("check", "--repair")[0] == 0
    assert clinic.good("compare", *photos)["comparability"]
