"""A clinic in real windows, on one screen or two, with pretended services, and clocks that can be moved.

The program run is a copy of the package in which two things differ, because neither can be waited for nor done to the
machine: a minute of the idle times may last three seconds, and the wall clock is ahead by what a file says.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import photodesk
from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.store.founding import found
from photodesk.store.keyring import LocalSecrets
from photodesk.store.layout import Layout
from photodesk.store.roles import FOUNDER_ROLES
from tests.background.mock_buses import Buses
from tests.journeys.commands import PASSWORD, Clinic
from tests.journeys.processes import MAPPING, family, in_range, kind
from tests.journeys.screen import Screen, wait_until
from tests.journeys.test_lock import COLOUR, FAMILY, MRN, needles
from tests.journeys.windows import DARK, Windows, exact, flat_photo
from tests.soak.eye import Eye

WIDTH, HEIGHT = 1280, 800
NEAR = 6
LEAST_TICKS, QUIET_S, QUIET_LOOKS = 50, 0.25, 3
COVERED = (160, 600)  # on every screen: dark when covered
MINUTE = "MINUTE_MS = 60_000"
MINUTE_MS, SHORT_MINUTE_MS = 60_000, 3_000
WALL = "return time.time_ns() // 1_000_000"


def copy_with_movable_clocks(folder: Path, minute_ms: int) -> Path:
    """A copy of the package to run; `ahead` beside it holds milliseconds."""
    package = folder / "copy" / "photodesk"
    shutil.copytree(Path(photodesk.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(Path(photodesk.__file__).parent.parent / "resources", folder / "copy" / "resources")
    ahead = folder / "ahead"
    ahead.write_text("0")
    for name, before, after in (
        ("desk/idle.py", MINUTE, f"MINUTE_MS = {minute_ms}"),
        ("clock.py", WALL, f"{WALL} + int(open({str(ahead)!r}).read() or 0)"),
    ):
        text = (package / name).read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{name} is not as this harness knows it"
        (package / name).write_text(text.replace(before, after), encoding="utf-8")
    return package.parent


def make_clinic(folder: Path) -> Clinic:
    """Founded with the cheapest legal password cost, with one patient and one photo of one colour."""
    made = Clinic(folder)
    layout = Layout(made.store)
    secrets = LocalSecrets(layout.secrets_local)
    found(layout, "Clinic", "Room 1", made.user, PASSWORD, FOUNDER_ROLES, secrets, FLOOR_COST, SystemClock())
    made.json(
        "patient",
        "add",
        "--mrn",
        "@-",
        "--family",
        "@-",
        "--given",
        "Ada",
        "--birth",
        "1968-05-12",
        lines=(MRN, FAMILY),
    )
    card = folder / "card"
    card.mkdir()
    flat_photo(card / "flat.jpg", COLOUR)
    made.json("import", str(card), "--patient", "@-", lines=(MRN,))
    return made


class SoakRoom:
    """The clinic's window on a screen, its buses, and what is looked at."""

    def __init__(self, folder: Path, clinic: Clinic, screen: Screen, buses: Buses, screens: int) -> None:
        self.folder, self.clinic, self.screen, self.buses, self.screens = folder, clinic, screen, buses, screens
        self.eye = Eye(screen.display)
        self.wanted = needles(clinic)
        self._fresh, self._at = True, 0
        self._photo_at: tuple[int, int] | None = None
        self.windows = self.start()

    def start(self) -> Windows:
        """PhotoDesk, at its sign-in."""
        made = Windows(self.clinic, self.screen)
        made.wait_for_sign_in()
        self.windows = made
        self.rest()
        return made

    def start_again(self) -> None:
        """After its keeper was killed."""
        self.windows.__exit__()
        self._fresh = True
        self.windows = self.start()

    @property
    def covered(self) -> dict[tuple[int, int], tuple[int, int, int]]:
        """What every screen shows when it is covered."""
        return {(COVERED[0] + WIDTH * number, COVERED[1]): DARK for number in range(self.screens)}

    def view(self) -> int:
        """Sign in and look at the photo; the process in front. Where the pixels were not known yet, they are now."""
        self._type(self.clinic.password)
        if self._fresh:
            wait_until(lambda: self.eye.at(*COVERED) != DARK, "the desk", 60)
            self._type(FAMILY[:4])
        self._fresh = False
        wait_until(self._seen_by_somebody, "the photo", 60)
        if "pixels" not in self.wanted:
            red, green, blue = exact(self.screen.pixels(), COLOUR)
            self.wanted["pixels"] = bytes((blue, green, red, 255)) * 12
            self.wanted["decoded pixels"] = bytes((red, green, blue)) * 12
            assert {"DK 1", "name utf-16", "pixels"} <= held(self.front(), self.wanted)
        self._jiggle()
        return self.front()

    def _seen_by_somebody(self) -> bool:
        self._jiggle()
        return self.seen()

    def _jiggle(self) -> None:
        """Somebody is there: nothing locks for idleness while this harness waits."""
        self._at = 500 - self._at
        self.screen.move(200 + self._at, 790)

    def seen(self) -> bool:
        """Whether the photo is on the screen: somewhere, and from then on where it was."""
        if self._photo_at is not None:
            return max(abs(a - b) for a, b in zip(self.eye.at(*self._photo_at), COLOUR, strict=True)) <= NEAR
        near = abs(self.screen.pixels().astype(int) - COLOUR).max(axis=2) <= NEAR
        rows, columns = near.nonzero()
        if len(rows) < 900:
            return False
        self._photo_at = int(columns[len(rows) // 2]), int(rows[len(rows) // 2])
        return True

    def rest(self) -> None:
        """Until the sign-in is shown and its spare has drawn itself: it does nothing any more."""
        wait_until(lambda: len(self.windows.of_kind("desk")) == 2, "the spare", 60)
        spare = max(self.windows.of_kind("desk"), key=_started)
        before, quiet = -1, 0
        while quiet < QUIET_LOOKS:
            now, sleeps = _worked(spare)
            quiet = quiet + 1 if sleeps and now == before and now >= LEAST_TICKS else 0
            before = now
            time.sleep(QUIET_S)
        shown = {COVERED: DARK} if self._fresh else self.covered  # at the start it is an ordinary window on one screen
        assert self.eye.until(shown, 20), "no sign-in"

    def _type(self, words: str) -> None:
        self.screen._tool("type", "--delay", "4", words)
        self.screen.key("Return")

    def front(self) -> int:
        """The desk in front: the oldest."""
        return min(self.windows.of_kind("desk"), key=_started)

    def left(self) -> set[tuple[str, str]]:
        """(part, what) for everything secret in the memory of any process of ours."""
        pids = family(self.windows.process.pid)
        return {(kind(pid), name) for pid in pids for name in held(pid, self.wanted)}

    def close(self) -> None:
        """End PhotoDesk."""
        self.eye.close()
        self.windows.__exit__()


def _worked(pid: int) -> tuple[int, bool]:
    """Ticks of processor time a process has had, and whether it waits for something now (and not for a processor)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12]), fields[0] == "S"


def _started(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


def held(pid: int, wanted: dict[str, bytes]) -> set[str]:
    """What a process holds in the memory it can write; files mapped for reading only hold nothing of a person."""
    found_here: set[str] = set()
    try:
        with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
            for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
                match = MAPPING.match(line)
                if match and ("w" in match[3] or line.rstrip()[-1].isdigit()):
                    found_here |= in_range(memory, int(match[1], 16), int(match[2], 16), wanted)
    except (FileNotFoundError, ProcessLookupError):
        return set()
    return found_here


def gone_within(pid_fd: int, seconds: float) -> bool:
    """Wait for the end of a process."""
    return bool(select.select([pid_fd], [], [], seconds)[0])


def monitors(screen: Screen, count: int) -> None:
    """Split the display into screens side by side; taking one away is an unplugged screen."""
    tool = ["xrandr"]
    names = ("left", "right")
    listed = subprocess.run(
        [*tool, "--listmonitors"], env=screen.environment(), capture_output=True, text=True, check=True
    )
    for number, name in enumerate(names):
        there = f" {name} " in listed.stdout or f"+{name} " in listed.stdout
        place = f"{WIDTH}/300x{HEIGHT}/200+{WIDTH * number}+0"
        if number < count and not there:
            words = ["--setmonitor", name, place, "screen" if number == 0 else "none"]
        elif number >= count and there:
            words = ["--delmonitor", name]
        else:
            continue
        subprocess.run([*tool, *words], env=screen.environment(), capture_output=True, check=True)


@contextmanager
def soak_room(folder: Path, screens: int = 1, minute_ms: int = MINUTE_MS, plugged: int = 2) -> Iterator[SoakRoom]:
    """All of it, with as many of two screens `plugged` in; everything is ended afterwards."""
    clinic = make_clinic(folder)
    copy = copy_with_movable_clocks(folder, minute_ms)
    with Buses() as buses, Screen(WIDTH * screens, HEIGHT) as screen:
        buses.pretend_logind()
        buses.pretend_savers()
        if screens > 1:
            monitors(screen, plugged)
        clinic.extra_environment = {**buses.environment(), "PYTHONPATH": str(copy), "PYTHONSAFEPATH": "1"}
        room = SoakRoom(folder, clinic, screen, buses, screens)
        try:
            yield room
        finally:
            room.close()


def since(start: float) -> float:
    """Milliseconds."""
    return (time.monotonic() - start) * 1000


def say(line: str) -> None:
    """For the record, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def load() -> str:
    """How busy the machine is, for the record."""
    return "load " + " ".join(f"{one:.1f}" for one in os.getloadavg()) + f" on {os.cpu_count()} cores"
