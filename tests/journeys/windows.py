"""PhotoDesk in its own windows on a screen of its own: started, signed in, driven by keys, and looked at."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import simplejpeg

from tests.journeys.commands import Clinic
from tests.journeys.processes import family, kind
from tests.journeys.screen import Pixels, Screen, wait_until

DARK = (28, 28, 28)
PANEL = (slice(560, 655), slice(20, 300))  # of the sign-in screen: below the clock, above what goes on while locked
RAIL_IMPORT, ACCENT = (36, 225), (31, 95, 191)
TOLERANCE, PATCH_PX = 4, 900
Colour = tuple[int, int, int]


def flat_photo(path: Path, colour: Colour, size: tuple[int, int] = (1200, 900)) -> None:
    """A photo of one colour: where that colour is on the screen, that photo is."""
    width, height = size
    path.write_bytes(simplejpeg.encode_jpeg(np.full((height, width, 3), colour, np.uint8), quality=95))


def shows(pixels: Pixels, colour: Colour, least_px: int = PATCH_PX) -> bool:
    """Whether a patch of this colour is to be seen."""
    near = np.abs(pixels.astype(np.int16) - np.array(colour, np.int16)).max(axis=2) <= TOLERANCE
    return int(near.sum()) >= least_px


def exact(pixels: Pixels, colour: Colour) -> Colour:
    """How the screen shows this colour, to the last bit (JPEG rounds)."""
    near = np.abs(pixels.astype(np.int16) - np.array(colour, np.int16)).max(axis=2) <= TOLERANCE
    found, counts = np.unique(pixels[near], axis=0, return_counts=True)
    red, green, blue = (int(one) for one in found[counts.argmax()])
    return red, green, blue


class Windows:
    """`photodesk` on `screen`. Use as a context manager: at its end PhotoDesk is told to end and has said nothing."""

    def __init__(self, clinic: Clinic, screen: Screen, prefix: Sequence[str] = ()) -> None:
        self.clinic, self.screen = clinic, screen
        ours = {k: v for k, v in screen.environment().items() if k in {"DISPLAY", "QT_QPA_PLATFORM"}}
        environment = {k: v for k, v in clinic.environment().items() if k != "WAYLAND_DISPLAY"} | ours
        for bus in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
            environment.setdefault(bus, "disabled:")  # or Qt starts a bus of its own that outlives the journey
        self._said = (clinic.folder / "said").open("w+b")
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "photodesk", "--store", str(clinic.store)],
            env=environment,
            stderr=self._said,
            stdin=subprocess.DEVNULL,
        )
        self.ended = False

    def __enter__(self) -> Windows:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            said = self.end()
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait(20)
            self._said.close()
        assert said == ""

    def end(self) -> str:
        """Tell it to end and wait for that; what it said on standard error."""
        if not self.ended:
            self.ended = True
            if self.process.poll() is None and self.keeper:
                os.kill(self.keeper, signal.SIGTERM)
            self.process.wait(120)
        self._said.seek(0)
        return self._said.read().decode()

    # -- its processes --

    @property
    def keeper(self) -> int:
        """The process id of the keeper: the process started, or what a tracer started for it; 0 when gone."""
        found = [pid for pid in family(self.process.pid) if kind(pid) == "photodesk"]
        return found[0] if found else 0

    def of_kind(self, part: str) -> list[int]:
        """`desk`, `importer`, `decoder`."""
        return [pid for pid in family(self.process.pid) if kind(pid) == part]

    # -- what a person does --

    def wait_for_sign_in(self, *, spare: bool = True) -> None:
        """Until the sign-in is shown and, unless told otherwise, its spare is there."""
        desks = 2 if spare else 1
        wait_until(lambda: len(self.of_kind("desk")) >= desks and self.asks_for_password(), "the sign-in", 40)

    def asks_for_password(self) -> bool:
        """Whether the sign-in screen is what is seen."""
        seen = self.screen.pixels()[PANEL].astype(np.int16)
        return bool(np.abs(seen - np.array(DARK)).max() <= TOLERANCE)

    def sign_in(self, password: str = "") -> None:
        """Type the password; returns when the desk is seen."""
        self.screen.type(password or self.clinic.password)
        self.screen.key("Return")
        wait_until(lambda: not self.asks_for_password() and bool(self.screen.windows()), "the desk", 60)

    def open_patient(self, text: str) -> None:
        """On the home page: type and press Enter."""
        self.screen.type(text)
        self.screen.key("Return")

    def lock(self) -> None:
        """Ctrl+L; returns when the sign-in is seen and the desk that was in front is gone."""
        before = self.of_kind("desk")
        self.screen.key("ctrl+l")
        wait_until(self.asks_for_password, "the lock screen")
        wait_until(lambda: len(set(before) & set(self.of_kind("desk"))) < len(before), "the desk to end")

    def wait_for(self, *colours: Colour, seconds: float = 40) -> Pixels:
        """Until all these photos are seen; what is seen then."""
        seen = self.screen.pixels()

        def all_there() -> bool:
            nonlocal seen
            seen = self.screen.pixels()
            return all(shows(seen, colour) for colour in colours)

        wait_until(all_there, f"{colours} on the screen", seconds)
        return seen

    def import_folder(self, folder: Path) -> None:
        """Leave for the import page, choose the folder by its path."""
        self.screen.click(*RAIL_IMPORT)
        wait_until(lambda: shows(self.screen.pixels()[:, 360:], ACCENT), "the import page")
        self.screen.key("o")
        wait_until(self._dialog_is_open, "the folder dialog")
        self.screen.key("Tab", "ctrl+a")
        self.screen.type(str(folder))
        self.screen.key("Return")
        wait_until(lambda: not self._dialog_is_open(), "the folder to be taken")

    def _dialog_is_open(self) -> bool:
        """The page behind a dialog is dimmed."""
        return float(self.screen.pixels()[25:65, 500:900].mean()) < 200
