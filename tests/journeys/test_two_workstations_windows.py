"""Two workstations with their windows and a real server: joined, seen and compared at the other, a conflict decided in
the popover, one shut out that wipes itself.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from photodesk.clock import SystemClock, local_today
from tests.journeys.commands import Clinic
from tests.journeys.screen import Screen, available, wait_until
from tests.journeys.windows import ACCENT, Colour, Windows, flat_photo, shows
from tests.server.running import Running, serving

MRN, LEFT, RIGHT = "000123", "66480008", "64262003"
COLOURS: tuple[Colour, Colour] = ((37, 201, 119), (201, 37, 119))
JOIN_BUTTON, CHIP = (410, 762), (910, 46)
SLOW_S = 150

pytestmark = [pytest.mark.journey, pytest.mark.skipif(not available(), reason="no X tools here")]


@dataclass
class Two:
    """Both stores; `b` does not exist before it joins."""

    a: Clinic
    b: Clinic
    server: Running


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    folder = tmp_path
    a, b = Clinic(folder / "a"), Clinic(folder / "b")
    for clinic in (a, b):
        clinic.folder.mkdir()
    a.found()
    who = ("--mrn", "@-", "--family", "@-", "--given", "@-", "--birth", "1968-05-12")
    a.json("patient", "add", *who, lines=(MRN, "Test", "Ada"))
    days = ("2025-01-10", local_today(SystemClock()).isoformat())
    for day, colour in zip(days, COLOURS, strict=True):
        (folder / day).mkdir()
        flat_photo(folder / day / "flat.jpg", colour)
        a.json("import", str(folder / day), "--patient", "@-", "--visit", day, lines=(MRN,))
    with serving(folder / "server", "--quiet") as server:
        a.json("enrol", "--server", server.url, "--code", "@-", lines=(server.code or "",))
        yield Two(a, b, server)


def _photo(clinic: Clinic) -> str:
    visits = clinic.json("timeline", "@-", lines=(MRN,))["visits"]
    return str(visits[0]["photos"][0]["photo_id"])


def _join(two: Two, screen: Screen, windows: Windows, code: str) -> None:
    """As a person does it in the first window: address and code, a name, a password; nobody signs in once more."""
    wait_until(lambda: bool(screen.windows()), "the first run", 60)
    time.sleep(3)
    screen.click(*JOIN_BUTTON)
    time.sleep(1)
    screen.type(two.server.url)
    screen.key("Tab")
    screen.type(code)
    screen.key("Return")
    time.sleep(1)
    screen.type("Exam room 2")
    screen.key("Tab", "space")
    time.sleep(0.5)
    screen.key("Return")
    wait_until((two.b.store / "members.log").exists, "the invitation to be opened", SLOW_S)
    time.sleep(3)
    screen.type(two.b.password)
    screen.key("Return")
    wait_until((two.b.store / "store.json").exists, "the store to be made", SLOW_S)
    wait_until(lambda: bool((screen.pixels()[500, 36] == 234).all()), "the rail of the desk", SLOW_S)


def _seen_and_compared_at_the_other(two: Two) -> None:
    two.a.json("sync", "--once")
    code = two.a.json("enrol", "--invite")["code"]
    with Screen() as screen, Windows(two.b, screen) as windows:
        _join(two, screen, windows, code)
        wait_until(lambda: "All photos" in _said(two.b), "everything to arrive", SLOW_S)
        screen.key("ctrl+k")
        screen.type(MRN)
        time.sleep(3)  # Enter opens nobody while the search goes on
        screen.key("Return")
        windows.wait_for(*COLOURS, seconds=SLOW_S)
        screen.key("c")
        wait_until(lambda: all(shows(screen.pixels(), one, 60_000) for one in COLOURS), "the pair", SLOW_S)


def _changed_offline_at_both(two: Two) -> None:
    a, b = two.a, two.b
    photo = _photo(a)
    a.json("photo", "set", photo, "--site", LEFT)
    b.json("photo", "set", photo, "--site", RIGHT)
    for clinic in (a, b, a):
        clinic.json("sync", "--once")
    assert len(a.json("conflicts", "list")["conflicts"]) == len(b.json("conflicts", "list")["conflicts"]) == 1
    with Screen() as screen, Windows(a, screen) as windows:
        windows.wait_for_sign_in()
        windows.sign_in()
        screen.click(*CHIP)
        wait_until(lambda: shows(screen.pixels()[:, 540:], ACCENT, 2_000), "the two values", SLOW_S)
        screen.key("2", "Return")
        wait_until(lambda: not shows(screen.pixels()[:, 540:], ACCENT, 2_000), "the popover to close", SLOW_S)
        wait_until(lambda: _decided(b), "the decision to reach the other", SLOW_S)
    sites = {_site(clinic, photo) for clinic in (a, b)}
    assert len(sites) == 1
    assert sites < {LEFT, RIGHT}
    assert all(clinic.json("conflicts", "list")["conflicts"] == [] for clinic in (a, b))
    kept = a.run("photo", "history", photo, "--json").stdout
    assert LEFT in kept
    assert RIGHT in kept


def _shut_out_and_wiped(two: Two) -> None:
    a, b = two.a, two.b
    a.json("workstation", "revoke", "Exam room 2", "--wipe")
    who = ("--mrn", "@-", "--family", "@-", "--given", "@-", "--birth", "1970-01-01")
    a.json("patient", "add", *who, lines=("000777", "Later", "Nobody"))
    a.json("sync", "--once")
    with Screen() as screen, Windows(b, screen) as _windows:
        gone = ("workstation.key", "secrets.local", "slots.msgpack", "catalog.db")
        wait_until(lambda: not any((b.store / name).exists() for name in gone), "the order to be carried out", SLOW_S)
    left = b"".join(path.read_bytes() for path in b.store.rglob("*") if path.is_file())
    assert len(left) < 100_000, "what is left is a notice"


def test_two_workstations_with_their_windows(two: Two) -> None:
    _seen_and_compared_at_the_other(two)
    _changed_offline_at_both(two)
    _shut_out_and_wiped(two)


def _decided(clinic: Clinic) -> bool:
    clinic.json("sync", "--once")
    return not clinic.json("conflicts", "list")["conflicts"]


def _said(clinic: Clinic) -> str:
    return clinic.run("sync", "status", sign_in=False, code=None).stdout


def _site(clinic: Clinic, photo: str) -> str:
    visits = clinic.json("timeline", "@-", lines=(MRN,))["visits"]
    found = (one for visit in visits for one in visit["photos"] if one["photo_id"] == photo)
    return str(next(found)["body_site"])
