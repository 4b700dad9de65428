"""From the open chart, with the keyboard alone: today beside the first visit, aligned. Presses are counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from tests.journeys.commands import Clinic
from tests.journeys.screen import Pixels, Screen, available, wait_until
from tests.journeys.windows import TOLERANCE, Windows

FAMILY, MRN = "Zyxquarkson", "QX-7788123"
FOREARM, BACK = "66480008", "699893008"
DEMO = Path(__file__).resolve().parents[2] / "resources" / "demo"
MOST_PRESSES = 3

# where things are at 1280 × 800: the panes beside each other, and the chips of the head above them
HEAD, PANES = slice(66, 106), slice(120, 690)
A, B = slice(8, 505), slice(520, 1024)
CHIP = slice(800, 1028)
ALIGNED, WARNS = (58, 58, 58), (51, 45, 32)
SIDE_LINE = slice(1032, 1280)

pytestmark = [pytest.mark.journey, pytest.mark.skipif(not available() or not DEMO.exists(), reason="no X tools here")]


class Presses:
    """Counts what a person presses once the chart is open."""

    def __init__(self, screen: Screen) -> None:
        self._screen, self.count = screen, 0

    def press(self, key: str) -> None:
        """One key."""
        self._screen.key(key)
        self.count += 1


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    """A forearm followed over three visits; today another site was photographed as well, and later in the visit."""
    made = Clinic(tmp_path)
    made.found()
    who = ("--mrn", "@-", "--family", "@-", "--given", "Ada", "--birth", "1968-05-12")
    made.json("patient", "add", *who, lines=(MRN, FAMILY))
    forearm = {hashlib.sha256((DEMO / f"naevus{n}.jpg").read_bytes()).hexdigest() for n in (0, 2, 5)}
    visits = (("2025-03-14", ("naevus0",)), ("2026-03-13", ("naevus2", "back0")), ("", ("naevus5", "back2")))
    for number, (day, names) in enumerate(visits):
        card = tmp_path / f"card{number}"
        card.mkdir()
        for name in names:
            (card / f"{name}.jpg").write_bytes((DEMO / f"{name}.jpg").read_bytes())
        made.json("import", str(card), "--patient", "@-", *(("--visit", day) if day else ()), lines=(MRN,))
    timeline = made.json("timeline", "@-", lines=(MRN,))
    for visit in timeline["visits"]:
        for photo in visit["photos"]:
            site, view = (FOREARM, "close-up") if photo["sha256"] in forearm else (BACK, "overview")
            made.json("photo", "set", photo["photo_id"], "--site", site, "--view", view)
    return made


@pytest.fixture
def windows(clinic: Clinic) -> Iterator[Windows]:
    with Screen() as screen, Windows(clinic, screen) as made:
        made.wait_for_sign_in()
        made.sign_in()
        yield made


def patch(pixels: Pixels, colour: tuple[int, int, int]) -> int:
    """How many pixels of the chip have this colour."""
    seen = pixels[HEAD, CHIP].astype(np.int16)
    return int((np.abs(seen - np.array(colour, np.int16)).max(axis=2) <= TOLERANCE).sum())


def likeness(seen: Pixels, name: str) -> float:
    """How alike the middle of a pane and a photo's are, −1 to 1, at the scale they share."""
    import cv2

    photo = simplejpeg.decode_jpeg((DEMO / f"{name}.jpg").read_bytes())
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    pane = cv2.cvtColor(np.ascontiguousarray(seen), cv2.COLOR_RGB2GRAY)
    best = -1.0
    for scale in np.linspace(0.3, 0.9, 25):
        small = cv2.resize(grey, None, fx=float(scale), fy=float(scale), interpolation=cv2.INTER_AREA)
        high, wide = small.shape
        middle = small[high // 2 - 90 : high // 2 + 90, wide // 2 - 90 : wide // 2 + 90]
        if middle.shape == (180, 180):
            best = max(best, float(cv2.matchTemplate(pane, middle, cv2.TM_CCOEFF_NORMED).max()))
    return best


def test_today_beside_the_first_visit_aligned_in_at_most_three_presses(windows: Windows, tmp_path: Path) -> None:
    screen = windows.screen
    windows.open_patient(FAMILY[:4])
    wait_until(
        lambda: bool((screen.pixels()[740:780, 1130:1250] == (31, 95, 191)).all(axis=2).sum() > 900), "the chart"
    )
    presses = Presses(screen)
    presses.press("c")
    wait_until(lambda: patch(screen.pixels(), ALIGNED) > 1200 or patch(screen.pixels(), WARNS) > 1200, "the chip", 60)
    screen.move(640, 790)
    seen = screen.pixels()
    screen.shot(tmp_path / "seen.png")
    assert presses.count <= MOST_PRESSES
    assert patch(seen, WARNS) < 100
    assert patch(seen, ALIGNED) > 1200, "the chip says aligned"
    first, today = likeness(seen[PANES, A], "naevus0"), likeness(seen[PANES, B], "naevus5")
    assert first > 0.8, "the first visit stands at the left"
    assert today > 0.8, "today stands at the right"
    assert first > likeness(seen[PANES, A], "naevus5")
    assert today > likeness(seen[PANES, B], "naevus0")
