"""A pair presented in real windows: no window is named after anybody, no key leads away, and the log has both ends."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from photodesk.clock import SystemClock, local_today
from tests.journeys.commands import PASSWORD, Clinic
from tests.journeys.screen import Screen, available, wait_until
from tests.journeys.windows import Colour, Windows, flat_photo, shows

FAMILY, GIVEN, MRN = "Zyxquarkson", "Adalberta", "QX-7788123"
COLOURS: tuple[Colour, Colour] = ((37, 201, 119), (201, 37, 119))
TOP = slice(0, 30)
NAMES = {"PhotoDesk", "Openbox", "Qt Selection Owner for photodesk", ""}  # the third is nothing anybody sees

pytestmark = [pytest.mark.journey, pytest.mark.skipif(not available(), reason="no X tools here")]


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    made = Clinic(tmp_path)
    made.found()
    who = ("--mrn", "@-", "--family", "@-", "--given", "@-", "--birth", "1968-05-12")
    made.json("patient", "add", *who, lines=(MRN, FAMILY, GIVEN))
    days = ("2025-01-10", local_today(SystemClock()).isoformat())
    for day, colour in zip(days, COLOURS, strict=True):
        (made.folder / day).mkdir()
        flat_photo(made.folder / day / "flat.jpg", colour)
        made.json("import", str(made.folder / day), "--patient", "@-", "--visit", day, lines=(MRN,))
    return made


def titles(screen: Screen) -> set[str]:
    """What the window manager, and with it every task switcher, calls the windows that are there."""
    found = set()
    for window in _asked(screen, "search", "--name", ".").split():
        found.add(_asked(screen, "getwindowname", window).strip())
    return found


def _asked(screen: Screen, *what: str) -> str:
    done = subprocess.run(["xdotool", *what], env=screen.environment(), capture_output=True, text=True, check=False)
    return done.stdout


def presented(screen: Screen) -> bool:
    """Both photos, and nothing of the desk: the strip at the top is the surround alone."""
    seen = screen.pixels()
    return bool(all(shows(seen, colour, 60_000) for colour in COLOURS) and (seen[TOP] == 51).all())


def asks(screen: Screen) -> bool:
    """The question stands over the pair, which is dimmed."""
    return bool((screen.pixels()[TOP] < 51).all())


def compared(screen: Screen) -> bool:
    """Both photos beside the desk's bar."""
    seen = screen.pixels()
    return bool(all(shows(seen, colour, 60_000) for colour in COLOURS) and not (seen[TOP] == 51).all())


def presenting_entries(clinic: Clinic) -> list[dict[str, Any]]:
    shown = clinic.json("log", "show", "--limit", "1000")["entries"]
    told = [one for one in reversed(shown) if one["action"] in {"PRESENT", "LOCK"}]
    return told[[one["action"] for one in told].index("PRESENT") :]


def test_a_pair_is_presented_and_left(clinic: Clinic) -> None:
    with Screen() as screen, Windows(clinic, screen) as windows:
        windows.wait_for_sign_in()
        windows.sign_in()
        windows.open_patient(FAMILY[:4])
        windows.wait_for(*COLOURS)
        screen.key("c")
        wait_until(lambda: compared(screen), "the comparison")
        screen.key("p")
        wait_until(lambda: presented(screen), "the presented pair")
        assert titles(screen) <= NAMES
        screen.key("ctrl+k", "ctrl+n", "ctrl+i", "F1", "n", "x", "alt+Left", "Home")
        screen.type(FAMILY[:4])
        screen.key("Return", "alt+F4")
        wait_until(lambda: asks(screen), "the question")
        screen.type("not-" + PASSWORD)
        screen.key("Return", "Escape")
        wait_until(lambda: presented(screen), "the presented pair after a wrong password", 20)
        screen.key("Escape")
        wait_until(lambda: asks(screen), "the question again")
        screen.type(PASSWORD)
        screen.key("Return")
        wait_until(lambda: compared(screen), "the desk again")
        screen.key("p")
        wait_until(lambda: presented(screen), "the pair presented again")
        windows.lock()
        windows.sign_in()
        wait_until(lambda: compared(screen), "the comparison, not the presenting, after the lock")
    entries = presenting_entries(clinic)
    told = [f"{one['action']} {one['outcome']}".strip() for one in entries]
    assert told[:4] == ["PRESENT started", "PRESENT ended", "PRESENT started", "PRESENT ended"]
    assert told[4].startswith("LOCK")
    assert all(one["screen"] == "present" and len(one["photo_ids"]) == 2 for one in entries[:4])
    assert len({tuple(one["photo_ids"]) for one in entries[:4]}) == 1
    failed = [one for one in clinic.json("log", "show", "--limit", "1000")["entries"] if "FAILED" in one["action"]]
    assert [one["outcome"] for one in failed] == ["wrong_password"]
