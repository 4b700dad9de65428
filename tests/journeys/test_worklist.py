"""A file dropped by another system becomes today's visits on the home page, and goes once all of it was read."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.clock import SystemClock, local_today
from tests.journeys.commands import Clinic
from tests.journeys.screen import Pixels, Screen, available, wait_until
from tests.journeys.windows import Windows

pytestmark = [pytest.mark.journey, pytest.mark.skipif(not available(), reason="no X tools here")]

TODAY_LIST = (slice(200, 420), slice(100, 800))
BELOW, LIGHT = (slice(640, 780), slice(120, 800)), 230
LEAST_INK_PX = 400


def rows(day: str) -> str:
    return (
        "MRN;Last name;First name;DOB;Date;Time;Room\n"
        f"000123;Zyxquarkson;Ada;1968-05-12;{day};09:10;Room 2\n"
        f"000147;Sample;Ben;1951-01-03;{day};09:40;Room 1\n"
        f"000255;Fixture;Dora;1970-07-30;{day};10:00;Room 2\n"
    )


def ink(pixels: Pixels) -> int:
    """How much is written where today's visits are."""
    return int((pixels[TODAY_LIST].max(axis=2) < 110).sum())


def test_a_dropped_table_is_todays_list(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    clinic.found()
    day = local_today(SystemClock()).isoformat()
    drop, sample = tmp_path / "drop", tmp_path / "sample.csv"
    drop.mkdir()
    sample.write_text(rows(day), encoding="utf-8")
    given = ("--source", "csv", "--folder", str(drop), "--after", "remove", "--sample", str(sample))
    clinic.json("worklist", "set", *given)
    with Screen() as screen, Windows(clinic, screen) as windows:
        windows.wait_for_sign_in()
        windows.sign_in()
        wait_until(lambda: float(screen.pixels()[BELOW].mean()) > LIGHT, "the home page")
        before = ink(screen.pixels())
        dropped = drop / "visits.csv"
        dropped.write_text(rows(day), encoding="utf-8")
        wait_until(lambda: not dropped.exists(), "the file to be read", 60)
        wait_until(lambda: ink(screen.pixels()) > before + LEAST_INK_PX, "the visits on the home page", 90)
    listed = clinic.json("worklist")
    assert [(one["at"], one["mrn"], one["from_worklist"]) for one in listed["visits"]] == [
        ("09:10", "000123", True),
        ("09:40", "000147", True),
        ("10:00", "000255", True),
    ]
    said = b"".join(path.read_bytes() for path in clinic.store.rglob("*") if path.is_file())
    assert b"Zyxquarkson" not in said
