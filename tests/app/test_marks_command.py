"""`photodesk marks` through real commands: figures on a ruler and shapes of known size, history, wrong input."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from PIL import Image

from photodesk.app.cli import main
from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from tests.app.test_command_line import PASSWORD, Clinic

PX_PER_MM = 12.5
MM = 80


def ruler() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A ruler turned by 7 degrees, its first and last tick 80 mm apart; and a disc of 20 mm radius."""
    pixels = np.full((1100, 1400, 3), 200, np.uint8)
    for tick in range(MM + 1):
        foot = tick_at(tick)
        side = (foot[0] + 40 * math.sin(math.radians(7)), foot[1] - 40 * math.cos(math.radians(7)))
        ends = [tuple(round(16 * value) for value in point) for point in (foot, side)]
        cv2.line(pixels, ends[0], ends[1], (0, 0, 0), 2, cv2.LINE_AA, 4)
    cv2.circle(pixels, (700, 650), round(20 * PX_PER_MM), (90, 60, 40), -1, cv2.LINE_AA)
    return pixels


def tick_at(mm: float) -> tuple[float, float]:
    turn = math.radians(7)
    return 120 + mm * PX_PER_MM * math.cos(turn), 100 + mm * PX_PER_MM * math.sin(turn)


def points(*found: tuple[float, float]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in found)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    made = Clinic(tmp_path_factory.mktemp("clinic"))
    Entrance(made.store, SystemClock(), FLOOR_COST).found(
        "Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True
    )
    card = made.folder / "card"
    card.mkdir()
    Image.fromarray(ruler()).save(card / "ruler.png")
    made.good("patient", "add", "--mrn", "1", "--family", "Test", "--given", "Ada", "--birth", "1968-05-12")
    made.good("import", str(card), "--patient", "1", "--visit", "2026-11-20")
    return made


def photo(clinic: Clinic) -> str:
    return str(clinic.good("timeline", "1")["visits"][0]["photos"][0]["photo_id"])


def test_lengths_and_areas_on_known_shapes(clinic: Clinic) -> None:
    one = photo(clinic)
    assert clinic.good("marks", one) == {"photo_id": one, "scale": None, "marks": []}
    scaled = clinic.good("marks", "scale", one, "--ends", points(tick_at(10), tick_at(70)), "--mm", "60")
    assert scaled["scale"]["mm_per_px_across"] == pytest.approx(1 / PX_PER_MM, rel=0.005)
    assert scaled["scale"]["source"] == "ruler"
    drawn = clinic.good("marks", "add", one, "--kind", "length", "--points", points(tick_at(0), tick_at(MM)))
    assert drawn["length"]["value"] == pytest.approx(MM, rel=0.005)
    assert 0 < drawn["length"]["error"] < 1
    turns = [2 * math.pi * n / 180 for n in range(180)]
    ring = points(*((700 + 250 * math.cos(t), 650 + 250 * math.sin(t)) for t in turns))
    outline = clinic.good("marks", "add", one, "--kind", "outline", "--points", ring, "--lesion", "L1 forearm")
    assert outline["area"]["value"] == pytest.approx(math.pi * 400, rel=0.01)
    assert outline["perimeter"]["value"] == pytest.approx(2 * math.pi * 20, rel=0.01)
    assert (outline["area"]["unit"], outline["lesion"]) == ("mm²", "L1 forearm")
    bow = clinic.good("marks", "add", one, "--kind", "outline", "--points", "0,0 100,100 100,0 0,100")
    assert (bow["crosses_itself"], bow["area"]) == (True, None)
    clinic.good("marks", "remove", one, bow["mark_id"])
    circle = clinic.good("marks", "add", one, "--kind", "circle", "--points", "700,650 950,650")
    assert circle["area"]["value"] == pytest.approx(math.pi * 400, rel=0.01)
    listed = clinic.good("marks", one)["marks"]
    assert {each["mark_id"] for each in listed} == {each["mark_id"] for each in (drawn, outline, circle)}


def test_every_edit_is_in_the_history_and_in_the_log(clinic: Clinic) -> None:
    one = photo(clinic)
    mark = clinic.good("marks", "add", one, "--kind", "text", "--points", "10,10", "--text", "itches")["mark_id"]
    clinic.good("marks", "remove", one, mark)
    clinic.good("marks", "scale", one, "--mm-per-px", "0.05", "--error", "2")
    clinic.good("marks", "scale", one, "--remove")
    changes = clinic.good("marks", "history", one)["changes"]
    assert [each["what"] for each in changes if each["id"] == mark] == ["drawn", "taken away"]
    assert {each["user"] for each in changes} == {"Ada Berg"}
    [typed] = [each for each in changes if each["changes"].get("across_mm", {}).get("after") == 0.05]
    assert typed["of"] == "scale"
    entries = clinic.good("log", "show", "--patient", "1", "--limit", "200")["entries"]
    assert sum(each["action"] == "EDIT" for each in entries) >= len(changes)


def test_wrong_input_is_told(clinic: Clinic, capsys: pytest.CaptureFixture[str]) -> None:
    one = photo(clinic)
    for arguments, exit_code, code in (
        (("marks", "add", one, "--kind", "outline", "--points", "1,1 2,2"), 2, "usage"),
        (("marks", "add", one, "--kind", "length", "--points", "-5000,100 99999,100"), 2, "usage"),
        (("marks", "add", one, "--kind", "length", "--points", "10,10 10,10"), 2, "usage"),
        (("marks", "add", one, "--kind", "outline", "--points", "1,1 5,5 9,9"), 2, "usage"),
        (("marks", "scale", one, "--ends", "-500,1 500,1", "--mm", "10"), 2, "usage"),
        (("marks", "scale", one, "--ends", "1,1 5,5", "--mm", "10"), 1, "scale_too_short"),
        (("marks", "scale", one, "--from-file"), 1, "no_spacing_in_file"),
        (("marks", "0" * 32), 1, "photo_unknown"),
    ):
        told = clinic.run(*arguments)
        assert (told[0], told[1]["error"]["code"]) == (exit_code, code), arguments
    drawn = ("marks", "add", one, "--kind", "length", "--lesion", "L9", "--points")
    assert "1400 × 1100 px" in clinic.run(*drawn, "0,0 1400,0")[1]["error"]["message"]
    assert clinic.good(*drawn, "0,0 1399,0")["lesion"] == "L9", "the refused mark began no lesion of that name"
    for given in (["add", one, "--kind", "length", "--points", "here"], ["scale", one]):
        assert main(["marks", *given, "--json"]) == 2
    assert "no list of points" in capsys.readouterr().out
