"""Two workstations of one clinic, both signed in in their windows at the same time, and a real server between them.

A card imported at A stands on the timeline that is open at B, and is compared there; the same field changed at both
while the server is gone becomes a conflict that B shows; B, shut out while its window is open, gets nothing more,
erases itself, and its window says so.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photodesk.clock import SystemClock, local_today
from photodesk.store.wiping import NOTICE
from tests.journeys.commands import Clinic
from tests.journeys.screen import Pixels, Screen, available, wait_until
from tests.journeys.test_filing_a_card import filed_rows, photo_of_card, safe_card_is_shown, save
from tests.journeys.windows import ACCENT, Colour, Windows, flat_photo, shows
from tests.server.running import Running, serving

MRN, ROOM = "000123", "Exam room 2"
COLOURS: tuple[Colour, Colour] = ((37, 201, 119), (201, 37, 119))
TODAY = local_today(SystemClock())
CHIP, POPOVER = (910, 46), (slice(90, 700), slice(540, 1280))
PANE_PX, SLOW_S = 60_000, 150
POPPED_UP = 0.02  # so much of the screen is another
FOUND_S, AGAIN_S = 1.0, 20.0
SENT = (
    "SELECT count(*) FROM outgoing WHERE parcel IS NULL OR parcel IN (SELECT send_sequence FROM parcel WHERE sent = 0)"
)

pytestmark = [pytest.mark.journey, pytest.mark.skipif(not available(), reason="no X tools here")]


@dataclass
class Desk:
    """One workstation's window."""

    clinic: Clinic
    screen: Screen
    windows: Windows

    def open_patient(self) -> None:
        """By the record number. Enter opens nobody while the search goes on: then it is asked once more."""

        def opened() -> bool:
            self.screen.key("ctrl+k", "ctrl+a")
            self.screen.type(MRN)
            time.sleep(FOUND_S)
            self.screen.key("Return")
            try:
                self.windows.wait_for(COLOURS[0], seconds=AGAIN_S)
            except AssertionError:
                return False
            return True

        wait_until(opened, "the patient", SLOW_S)

    def waiting(self) -> int:
        """How many changes wait to be sent."""
        path = self.clinic.store / "spool" / "sync.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as spool:
            return int(spool.execute(SENT).fetchone()[0])

    def set_site(self, name: str) -> None:
        """Of the newest photo on the open timeline, by keys; returns when the change waits to be sent."""
        self.screen.key("Home")
        before = self.screen.pixels()
        self.screen.key("s")
        wait_until(lambda: changed(self.screen.pixels(), before) >= POPPED_UP, "the sites", SLOW_S)
        self.screen.type(name)
        self.screen.key("Return")
        wait_until(lambda: self.waiting() > 0, "the change to wait", SLOW_S)


@dataclass
class Both:
    """Two stores of one clinic that are up to date with its server."""

    a: Clinic
    b: Clinic
    card: Path
    server: Running
    stack: ExitStack

    def restart(self) -> None:
        """The server, which was killed, comes back at its address."""
        port = self.server.url.rsplit(":", 1)[1]
        self.server = self.stack.enter_context(serving(self.server.folder, "--quiet", "--port", port))


def changed(now: Pixels, before: Pixels) -> float:
    """The share of pixels that are others."""
    return float(np.mean((now != before).any(axis=2)))


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    a, b = Clinic(tmp_path / "a"), Clinic(tmp_path / "b")
    for clinic in (a, b):
        clinic.folder.mkdir()
    a.found()
    who = ("--mrn", "@-", "--family", "@-", "--given", "@-", "--birth", "1968-05-12")
    a.json("patient", "add", *who, lines=(MRN, "Test", "Ada"))
    old = tmp_path / "old"
    old.mkdir()
    flat_photo(old / "flat.jpg", COLOURS[0])
    a.json("import", str(old), "--patient", "@-", "--visit", "2025-01-10", lines=(MRN,))
    a.json("visit", "add", "@-", "--date", TODAY.isoformat(), lines=(MRN,))
    with ExitStack() as stack:
        server = stack.enter_context(serving(tmp_path / "server", "--quiet"))
        a.json("enrol", "--server", server.url, "--code", "@-", lines=(server.code or "",))
        a.json("sync", "--once")
        code = a.json("enrol", "--invite")["code"]
        b.json("enrol", "--server", server.url, "--code", code, "--workstation", ROOM, "--password-only")
        yield Both(a, b, _card(a, tmp_path), server, stack)


def _card(a: Clinic, folder: Path) -> Path:
    """The patient's separator, photographed, and one photo after it."""
    card, at = folder / "card", datetime.combine(TODAY, datetime.min.time()) + timedelta(hours=9)
    card.mkdir()
    a.run("separators", "--mrn", "@-", "--png", "--to", str(folder / "separator.png"), lines=(MRN,))
    save(photo_of_card(folder / "separator.png", 0), card / "IMG_0000.JPG", at)
    save(Image.new("RGB", (1200, 900), COLOURS[1]), card / "IMG_0001.JPG", at + timedelta(seconds=20))
    return card


def _imported_at_a_compared_at_b(a: Desk, b: Desk, card: Path) -> None:
    a.windows.import_folder(card)
    wait_until(lambda: safe_card_is_shown(a.screen.pixels()), "the card to be safe", SLOW_S)
    a.screen.key("Return")
    wait_until(lambda: not safe_card_is_shown(a.screen.pixels()), "the photos", SLOW_S)
    a.screen.key("Return")
    wait_until(lambda: filed_rows(a.screen.pixels()) >= 1, "the group to be filed", SLOW_S)
    b.windows.wait_for(*COLOURS, seconds=SLOW_S)
    b.screen.key("c")
    wait_until(lambda: all(shows(b.screen.pixels(), one, PANE_PX) for one in COLOURS), "the pair", SLOW_S)
    b.screen.key("Escape")
    wait_until(lambda: not shows(b.screen.pixels(), COLOURS[0], PANE_PX), "the timeline", SLOW_S)


def _changed_at_both_while_the_server_is_gone(both: Both, a: Desk, b: Desk) -> None:
    a.open_patient()
    both.server.kill()
    a.set_site("Nose")
    b.set_site("Chin")
    both.restart()
    wait_until(lambda: a.waiting() == b.waiting() == 0, "both to be heard", SLOW_S)
    b.screen.click(*CHIP)
    wait_until(lambda: shows(b.screen.pixels()[POPOVER], ACCENT, 2_000), "the two values", SLOW_S)


def _shut_out_while_its_window_is_open(both: Both, b: Desk) -> None:
    both.a.json("workstation", "revoke", ROOM, "--wipe")
    gone = ("workstation.key", "secrets.local", "slots.msgpack", "catalog.db")
    wait_until(lambda: not any((both.b.store / name).exists() for name in gone), "the order", SLOW_S)
    wait_until(lambda: b.windows.asks_for_password() and bool(b.screen.windows()), "a last page", SLOW_S)
    assert not any(shows(b.screen.pixels(), one, 100) for one in COLOURS)
    assert [path.name for path in both.b.store.iterdir() if path.stat().st_size] == [NOTICE]

    def closed() -> bool:
        b.screen.key("space")  # on Close PhotoDesk
        return b.windows.process.poll() is not None

    wait_until(closed, "PhotoDesk to be closed", SLOW_S)


def test_two_windows_at_once(both: Both) -> None:
    with Screen() as screen_b, Windows(both.b, screen_b) as windows_b:
        b = Desk(both.b, screen_b, windows_b)
        with Screen() as screen_a, Windows(both.a, screen_a) as windows_a:
            a = Desk(both.a, screen_a, windows_a)
            for desk in (a, b):
                desk.windows.wait_for_sign_in()
                desk.windows.sign_in()
            b.open_patient()
            _imported_at_a_compared_at_b(a, b, both.card)
            _changed_at_both_while_the_server_is_gone(both, a, b)
        [conflict] = both.a.json("conflicts", "list")["conflicts"]
        assert conflict["here"] != conflict["there"], conflict
        _shut_out_while_its_window_is_open(both, b)
