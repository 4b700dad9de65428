"""A card of sixty photos with four separators becomes four filed visits in under ten key presses, in the real windows.

The cards are printed by PhotoDesk itself, photographed (pasted, turned, compressed) and read from the photos.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from photodesk.clock import SystemClock, local_today
from tests.journeys.commands import Clinic
from tests.journeys.screen import Pixels, Screen, available, wait_until
from tests.journeys.windows import Windows

PEOPLE = (("QX-1", "Test", "Ada"), ("QX-2", "Sample", "Ben"), ("QX-3", "Demo", "Cleo"), ("QX-4", "Fixture", "Dora"))
PHOTOS_EACH, MOST_KEYS, ROW_PX = 15, 9, 84
TODAY = local_today(SystemClock())
OK = (30, 122, 70)
EXIF_TIME, EXIF_IFD = 36867, 34665
STATES = (slice(150, 700), slice(330, 416))  # where a group says that it is filed, at 1280 × 800

pytestmark = [pytest.mark.journey, pytest.mark.skipif(not available(), reason="no X tools here")]


class Counted:
    """The keyboard, with every press counted and a picture of the screen after it."""

    def __init__(self, screen: Screen, folder: Path) -> None:
        self._screen, self._folder = screen, folder
        self.pressed: list[str] = []
        folder.mkdir()

    def press(self, key: str) -> None:
        self.pressed.append(key)
        self._screen.key(key)

    def shot(self, name: str) -> None:
        self._screen.shot(self._folder / f"{len(self.pressed)}-{name}.png")


def save(picture: Image.Image, path: Path, at: datetime) -> None:
    """A JPEG as a camera writes it, with its time."""
    exif = Image.Exif()
    exif.get_ifd(EXIF_IFD)[EXIF_TIME] = f"{at:%Y:%m:%d %H:%M:%S}"
    picture.save(path, "JPEG", quality=90, exif=exif)


def photo_of(number: int) -> Image.Image:
    """Skin, roughly: no two alike."""
    rng = np.random.default_rng(number)
    base = np.array((214, 166, 146)) - rng.integers(0, 40)
    noise = np.kron(rng.integers(-12, 12, (75, 100, 1)), np.ones((12, 12, 1), int))
    return Image.fromarray(np.clip(base + noise, 0, 255).astype(np.uint8))


def photo_of_card(card: Path, number: int) -> Image.Image:
    """The printed card on a grey ground, not quite straight."""
    ground = Image.new("RGB", (1600, 1200), (120, 120, 118))
    printed = Image.open(card).convert("RGB")
    printed.thumbnail((900, 900))
    turned = printed.convert("RGBA").rotate(4 + 3 * number, expand=True, resample=Image.Resampling.BICUBIC)
    ground.paste(turned, (260, 180), turned)
    return ground


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    """Four patients who have a visit today."""
    made = Clinic(tmp_path_factory.mktemp("clinic"))
    made.found()
    for number, (mrn, family, given) in enumerate(PEOPLE):
        made.json("patient", "add", "--mrn", mrn, "--family", family, "--given", given, "--birth", "1968-05-12")
        made.json("visit", "add", mrn, "--date", TODAY.isoformat(), "--at", f"{9 + number:02}:10")
    return made


@pytest.fixture(scope="module")
def card(clinic: Clinic) -> Path:
    """Four separators, each before its patient's fifteen photos."""
    folder = clinic.folder / "card" / "DCIM" / "100TEST"
    folder.mkdir(parents=True)
    number, at = 0, datetime.combine(TODAY, datetime.min.time()) + timedelta(hours=9, minutes=12)
    for place, (mrn, _, _) in enumerate(PEOPLE):
        printed = clinic.folder / f"{mrn}.png"
        clinic.run("separators", "--mrn", mrn, "--png", "--to", str(printed))
        save(photo_of_card(printed, place), folder / f"IMG_{number:04}.JPG", at)
        for _ in range(PHOTOS_EACH):
            number, at = number + 1, at + timedelta(seconds=20)
            save(photo_of(number), folder / f"IMG_{number:04}.JPG", at)
        number, at = number + 1, at + timedelta(minutes=40)
    return clinic.folder / "card"


@pytest.fixture
def windows(clinic: Clinic) -> Iterator[Windows]:
    with Screen() as screen, Windows(clinic, screen) as made:
        made.wait_for_sign_in(spare=False)
        made.sign_in()
        yield made


def filed_rows(pixels: Pixels) -> int:
    """How many groups say in green that they are filed."""
    near = np.abs(pixels[STATES].astype(np.int16) - np.array(OK, np.int16)).max(axis=2) <= 30
    rows = np.flatnonzero(near.any(axis=1))
    return 0 if not len(rows) else 1 + int((np.diff(rows) > 20).sum())


def safe_card_is_shown(pixels: Pixels) -> bool:
    """The pale green round behind the check."""
    near = np.abs(pixels[150:700, 420:].astype(np.int16) - np.array((231, 242, 235), np.int16)).max(axis=2) <= 3
    return int(near.sum()) > 1000


def in_charts(clinic: Clinic) -> dict[str, tuple[int, int]]:
    """Photos and other files of each patient, as the command line knows them."""
    found: dict[str, tuple[int, int]] = {}
    for mrn, _, _ in PEOPLE:
        visits: Any = clinic.json("timeline", mrn)["visits"]
        found[mrn] = (
            sum(len(visit["photos"]) for visit in visits),
            sum(len(visit.get("attachments", ())) for visit in visits),
        )
    return found


def test_sixty_photos_with_four_separators_need_fewer_than_ten_keys(
    clinic: Clinic, card: Path, windows: Windows, tmp_path: Path
) -> None:
    screen, keys = windows.screen, Counted(windows.screen, tmp_path / "screens")
    windows.import_folder(card)
    wait_until(lambda: safe_card_is_shown(screen.pixels()), "the card to be safe", 120)
    keys.shot("safe")
    keys.press("Return")
    wait_until(lambda: not safe_card_is_shown(screen.pixels()), "the photos")
    keys.shot("groups")
    for group in range(len(PEOPLE)):
        keys.press("Return")
        wait_until(lambda done=group + 1: filed_rows(screen.pixels()) >= done, f"group {group + 1} to be filed", 60)
        keys.shot(f"filed-{group + 1}")
    assert len(keys.pressed) <= MOST_KEYS
    assert windows.end() == ""
    assert in_charts(clinic) == {mrn: (PHOTOS_EACH, 1) for mrn, _, _ in PEOPLE}


def test_groups_changed_by_hand_are_there_after_a_lock(clinic: Clinic, windows: Windows, tmp_path: Path) -> None:
    """A group is split, the desk locks, the same person comes back to the same import, split as it was."""
    screen, folder = windows.screen, tmp_path / "more"
    folder.mkdir()
    at = datetime.combine(TODAY, datetime.min.time()) + timedelta(hours=18)
    for number in range(6):
        save(photo_of(900 + number), folder / f"IMG_{number}.JPG", at + timedelta(seconds=10 * number))
    windows.import_folder(folder)
    wait_until(lambda: safe_card_is_shown(screen.pixels()), "the folder to be safe", 120)
    screen.key("Return")
    wait_until(lambda: not safe_card_is_shown(screen.pixels()), "the photos")
    before = group_lines(screen.pixels())
    screen.key("Right", "Right", "Right", "x")
    wait_until(lambda: group_lines(screen.pixels()) > before, "the split")
    windows.lock()
    windows.sign_in()
    wait_until(lambda: group_lines(screen.pixels()) == before + 1, "the import as it was", 60)
    assert windows.end() == ""
    groups = [len(group["shots"]) for job in clinic.json("inbox")["jobs"] for group in job["groups"]]
    assert sorted(groups) == [2, 4]


def group_lines(pixels: Pixels) -> int:
    """How many groups the list at the left shows: rows of 84 px, each ending in a line."""
    strip = pixels[150:690, 80:300].astype(np.int16)
    lines = (np.abs(strip - 222).max(axis=(1, 2)) <= 1).nonzero()[0]
    return int((np.diff(lines) == ROW_PX).sum())
