"""Photos of one colour each, a screen that is filmed, and the log: nothing is seen before its `VIEW` entry.

Where the log takes no entry there is nothing to be seen, and one sentence says why;
with room again it goes on by itself.
"""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from photodesk.clock import SystemClock, local_today
from photodesk.ui.purpose_bar import ASKS
from tests.journeys.commands import Clinic
from tests.journeys.processes import holds
from tests.journeys.screen import Screen, available, wait_until
from tests.journeys.windows import Colour, Windows, flat_photo, shows

LEVELS = (40, 120, 200)
COLOURS: list[Colour] = [(r, g, b) for r in LEVELS for g in LEVELS for b in LEVELS if len({r, g, b}) > 1]
FAMILY, MRN = "Zyxquarkson", "QX-7788123"
NOT_SHOWN = "Photos cannot be shown: the activity log cannot be written."

pytestmark = [pytest.mark.journey, pytest.mark.skipif(not available(), reason="no X tools here")]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clinic, dict[str, Colour]]:
    """A clinic with 24 photos in two visits; which photo has which colour."""
    clinic = Clinic(tmp_path_factory.mktemp("clinic"))
    clinic.found()
    who = ("--mrn", MRN, "--family", FAMILY, "--given", "Ada", "--birth", "1968-05-12")
    clinic.json("patient", "add", *who)
    colours: dict[str, Colour] = {}
    today = local_today(SystemClock()).isoformat()  # with a visit this near nobody is asked what for
    for day, some in (("2025-01-10", COLOURS[:4]), (today, COLOURS[4:])):
        card = clinic.folder / day
        card.mkdir()
        by_name = {f"IMG_{number}.jpg": colour for number, colour in enumerate(some)}
        for name, colour in by_name.items():
            flat_photo(card / name, colour, (600, 450))
        done = clinic.json("import", str(card), "--patient", MRN, "--visit", day)
        colours |= {one["photo_id"]: by_name[one["name"]] for one in done["files"]}
    assert len(colours) == len(COLOURS)
    return clinic, colours


@contextmanager
def filmed(screen: Screen, colours: dict[str, Colour]) -> Iterator[dict[str, float]]:
    """While it runs: photo id -> wall time (s) just after the first picture of the screen that shows it."""
    seen: dict[str, float] = {}
    over = threading.Event()

    def film() -> None:
        while not over.is_set():
            picture, taken = screen.pixels(), time.time()
            for photo_id, colour in colours.items():
                if photo_id not in seen and shows(picture, colour):
                    seen[photo_id] = taken

    camera = threading.Thread(target=film, name="camera")
    camera.start()
    try:
        yield seen
    finally:
        over.set()
        camera.join()


def entries(clinic: Clinic, action: str) -> list[dict[str, Any]]:
    """The log's entries of one kind, oldest first."""
    shown = clinic.json("log", "show", "--limit", "1000")["entries"]
    return [one for one in reversed(shown) if one["action"] == action]


def at(entry: dict[str, Any]) -> float:
    return datetime.fromisoformat(entry["at"]).timestamp()


def test_what_is_seen_was_logged_before(photos: tuple[Clinic, dict[str, Colour]]) -> None:
    clinic, colours = photos
    of_colour = {colour: photo_id for photo_id, colour in colours.items()}
    begun = time.time()
    with Screen() as screen, Windows(clinic, screen) as windows:
        windows.wait_for_sign_in(spare=False)
        with filmed(screen, colours) as seen:
            windows.sign_in()
            windows.open_patient(FAMILY[:4])
            wait_until(lambda: len(seen) >= 4, "the timeline")
            screen.key("End")
            wait_until(lambda: len(seen) >= 8, "more photos after scrolling")
            screen.key("space")
            wait_until(lambda: any(shows(screen.pixels(), c, 120_000) for c in COLOURS), "a photo at full size")
            screen.key("Escape")
            wait_until(lambda: not any(shows(screen.pixels(), c, 120_000) for c in COLOURS), "the timeline again")
            screen.key("c")
            wait_until(lambda: sum(shows(screen.pixels(), c, 60_000) for c in COLOURS) == 2, "two photos side by side")
            picture = screen.pixels()
            pair = {of_colour[c] for c in COLOURS if shows(picture, c, 60_000)}
    views = [one for one in entries(clinic, "VIEW") if at(one) >= begun - 1]
    compared = entries(clinic, "COMPARE")
    assert seen
    for photo_id, first_seen in seen.items():
        earlier = [one for one in [*views, *compared] if photo_id in one["photo_ids"] and at(one) <= first_seen]
        assert earlier, f"{photo_id} {colours[photo_id]} was seen and not logged before"
    assert any(one["screen"] == "photo" and len(one["photo_ids"]) == 1 for one in views)
    assert any(pair == set(one["photo_ids"]) for one in compared)
    opened = [one for one in entries(clinic, "RECORD_OPENED") if at(one) >= begun - 1]
    assert {one["patient_id"] for one in opened} == {views[0]["patient_id"]}
    assert at(opened[0]) <= min(seen.values())


def test_where_the_log_takes_no_entry_nothing_is_seen(photos: tuple[Clinic, dict[str, Colour]]) -> None:
    clinic, colours = photos
    with Screen() as screen, Windows(clinic, screen) as windows:
        windows.wait_for_sign_in(spare=False)
        windows.sign_in()
        with filmed(screen, colours) as seen:
            segment = max((clinic.store / "log").rglob("*.pdlog"), key=lambda path: path.stat().st_mtime)
            _, hard = resource.prlimit(windows.keeper, resource.RLIMIT_FSIZE)
            resource.prlimit(windows.keeper, resource.RLIMIT_FSIZE, (segment.stat().st_size, hard))
            windows.open_patient(FAMILY[:4])
            sentence = {"sentence": NOT_SHOWN.encode("utf-16-le")}
            wait_until(lambda: any(holds(pid, sentence) for pid in windows.of_kind("desk")), "the sentence")
            assert not seen
            resource.prlimit(windows.keeper, resource.RLIMIT_FSIZE, (hard, hard))
            wait_until(lambda: len(seen) >= 4, "the photos by themselves once there is room again")


def test_where_no_visit_is_near_nothing_is_seen_before_one_key_says_what_for(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    clinic.found()
    clinic.json("patient", "add", "--mrn", MRN, "--family", FAMILY, "--given", "Ada", "--birth", "1968-05-12")
    card = tmp_path / "card"
    card.mkdir()
    for number, colour in enumerate(COLOURS[:4]):
        flat_photo(card / f"IMG_{number}.jpg", colour, (600, 450))
    clinic.json("import", str(card), "--patient", MRN, "--visit", "2025-01-10")
    with Screen() as screen, Windows(clinic, screen) as windows:
        windows.wait_for_sign_in(spare=False)
        windows.sign_in()
        windows.open_patient(FAMILY[:4])
        asks = {"question": ASKS.encode("utf-16-le")}
        wait_until(lambda: any(holds(pid, asks) for pid in windows.of_kind("desk")), "the question")
        with filmed(screen, dict(zip(map(str, range(4)), COLOURS[:4], strict=True))) as seen:
            screen.key("Home", "space")  # the photo's own page asks too
            wait_until(lambda: bool(np.all(screen.pixels()[400, 400] < 80)), "the dark ground")
        assert not seen
        screen.key("5")
        wait_until(lambda: any(shows(screen.pixels(), c, 120_000) for c in COLOURS[:4]), "a photo at full size")
        screen.key("Escape")
        wait_until(lambda: sum(shows(screen.pixels(), c) for c in COLOURS[:4]) >= 4, "the timeline")
    assert {one["purpose"] for one in entries(clinic, "VIEW")} == {"teaching"}
