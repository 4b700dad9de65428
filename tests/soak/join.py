"""A new workstation joins a clinic of many photos: when it is usable, and how much has come down by then.

    python -m tests.soak.join --photos 20000

Workstation A and the server are real, over TLS. B joins with an invitation and is driven through its own window; what
comes down is counted on the wire. Usable means: every operation applied and every photo's thumbnail in its chart, so
that any timeline shows its pictures. Small photos make the thumbnails' share of the bytes larger than it is in a
clinic, so it is also told for a clinic whose photos all are as large as a camera makes them: those among these are.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from photodesk.clock import SystemClock, local_today
from photodesk.store.sealed_blob import BlobKind
from photodesk.sync.spool_blobs_in import In
from tests.journeys.commands import Clinic
from tests.journeys.processes import family, kind
from tests.journeys.screen import Screen
from tests.journeys.windows import Windows, flat_photo, shows
from tests.server.running import Running, serving
from tests.soak.cutting_proxy import CuttingProxy
from tests.soak.large_clinic import Making, real_photos
from tests.soak.room import say

DATA = Path(__file__).resolve().parents[3] / "shared" / "testdata"
MRN, COLOURS = "CANARY-1", ((37, 201, 119), (201, 37, 119))
CAMERA_BYTES = 1_500_000
LOOK_S, THERE_S = 0.5, 60.0
FOUND_S, AGAIN_S = 1.0, 20.0
MEBIBYTE = 1 << 20
LONGEST_S = 3 * 3_600.0
SHARE_AIM = 0.05
SEEN, USABLE = "a patient's timeline seen with its pictures", "every thumbnail in its chart"


@dataclass(frozen=True)
class Sealed:
    """What lies at the server: (count, bytes) by kind; the mean bytes of what is as large as a camera makes it."""

    counts: dict[int, int]
    sizes: dict[int, int]
    camera_original: float
    camera_screen: float

    @property
    def size_bytes(self) -> int:
        """All of it."""
        return sum(self.sizes.values())

    @property
    def photos(self) -> int:
        """Each has one thumbnail."""
        return self.counts.get(BlobKind.THUMBNAIL, 0)

    @property
    def camera_clinic(self) -> float:
        """What it would be if every photo were as large as a camera makes it."""
        return self.sizes.get(BlobKind.THUMBNAIL, 0) + self.photos * (self.camera_original + self.camera_screen)

    @classmethod
    def at(cls, station: Clinic) -> Sealed:
        """As the workstation that sealed everything knows it."""
        with _spool(station) as spool:
            rows = spool.execute("SELECT kind, count(*), sum(bytes) FROM blob_out GROUP BY kind").fetchall()
            large = "SELECT count(*), avg(bytes) FROM blob_out WHERE kind = ? AND bytes > ?"
            count, original = spool.execute(large, (int(BlobKind.ORIGINAL), CAMERA_BYTES)).fetchone()
            screens = "SELECT avg(bytes) FROM (SELECT bytes FROM blob_out WHERE kind = ? ORDER BY bytes DESC LIMIT ?)"
            (screen,) = spool.execute(screens, (int(BlobKind.SCREEN), count)).fetchone()
        counts, sizes = {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}
        return cls(counts, sizes, original or 0.0, screen or 0.0)


@dataclass
class Watching:
    """Looks at B while it works: memory by kind of process, and when each milestone was passed."""

    window: Windows
    station: Clinic
    proxy: CuttingProxy
    server: Running
    photos: int
    peaks: dict[str, int] = field(default_factory=dict)
    passed: dict[str, tuple[float, int]] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def note(self, what: str) -> None:
        """It is so now, for the first time."""
        if what not in self.passed:
            self.passed[what] = (time.monotonic() - self.began, self.proxy.down_bytes)
            say(f"{self.passed[what][0]:7.1f} s {self.passed[what][1] / MEBIBYTE:9.1f} MiB down: {what}")

    def look(self) -> bool:
        """Whether everything that B keeps is there."""
        for pid in [*family(self.window.process.pid), self.server.process.pid]:
            name = "server" if pid == self.server.process.pid else (kind(pid) or "gone")
            self.peaks[name] = max(self.peaks.get(name, 0), _resident(pid))
        with _spool(self.station) as spool:
            waits = spool.execute("SELECT count(*), coalesce(sum(taken = 0), 0) FROM incoming").fetchone()
            rows = spool.execute("SELECT kind, state, count(*) FROM blob_in GROUP BY kind, state").fetchall()
        stand = {(row[0], row[1]): row[2] for row in rows}
        asked = {one: sum(count for (of, _), count in stand.items() if of == one) for one in BlobKind}
        here = {one: stand.get((one, In.TAKEN), 0) for one in BlobKind}
        if asked[BlobKind.THUMBNAIL] >= self.photos and not waits[1]:
            self.note("every operation applied")
        if stand.get((BlobKind.THUMBNAIL, In.HERE), 0) + here[BlobKind.THUMBNAIL] >= self.photos:
            self.note("every thumbnail came down")
        if here[BlobKind.THUMBNAIL] >= self.photos:
            self.note(USABLE)
            if here[BlobKind.SCREEN] >= asked[BlobKind.SCREEN]:
                self.note("every picture it keeps in its chart")
                return True
        return False


def run(photos: int, folder: Path, prepared: Path | None = None) -> list[str]:
    """What does not hold. `prepared` holds a clinic that `Making` made."""
    a, b = (Clinic(folder / name, longest_s=LONGEST_S) for name in ("a", "b"))
    with ExitStack() as stack:
        if prepared is not None:
            shutil.copytree(prepared, a.folder)
        else:
            a.folder.mkdir()
            a.found()
            _timed("made", lambda: Making(a, photos, real_photos(DATA)).run(say))
        _add_canary(a)
        b.folder.mkdir()
        with serving(folder / "server", "--quiet") as server:
            port = int(server.url.rsplit(":", 1)[1])
            a.json("enrol", "--server", server.url, "--code", "@-", lines=(server.code or "",))
            done = _timed("A sent everything", lambda: a.json("sync", "--once"))
            sealed = Sealed.at(a)
            if done["state"] != "up_to_date":
                return [f"A is not up to date: {done}"]
        server = stack.enter_context(serving(folder / "server", "--quiet"))
        proxy = CuttingProxy(int(server.url.rsplit(":", 1)[1]), 1, random.Random(1), port)  # noqa: S311
        proxy.still = True
        stack.enter_context(proxy)
        code = a.json("enrol", "--invite")["code"]
        given = ("--server", f"https://127.0.0.1:{port}", "--code", code, "--password-only")
        _timed("B joined", lambda: b.json("enrol", *given))
        watching = _open(b, proxy, server, sealed.photos)
    return _told(watching, sealed)


def _add_canary(a: Clinic) -> None:
    """The last patient of all has photos that are known on a screen."""
    who = ("--mrn", "@-", "--family", "@-", "--given", "@-", "--birth", "1968-05-12")
    a.json("patient", "add", *who, lines=(MRN, "Canary", "Ada"))
    for number, colour in enumerate(COLOURS):
        card = a.folder / f"canary-{number}"
        card.mkdir()
        flat_photo(card / "flat.jpg", colour)
        day = (local_today(SystemClock()) - timedelta(days=number)).isoformat()
        a.json("import", str(card), "--patient", "@-", "--visit", day, lines=(MRN,))


def _open(b: Clinic, proxy: CuttingProxy, server: Running, photos: int) -> Watching:
    with Screen() as screen, Windows(b, screen) as window:
        watching = Watching(window, b, proxy, server, photos)
        window.wait_for_sign_in()
        watching.note("the sign-in is shown")
        window.sign_in()
        watching.note("signed in")
        seen = threading.Thread(target=_see, args=(screen, watching), daemon=True)
        seen.start()
        end, moved = time.monotonic() + LONGEST_S, time.monotonic()
        while not (watching.look() and not seen.is_alive()):
            if time.monotonic() > moved + THERE_S:  # a desk that nobody uses locks, and takes nothing into its charts
                screen.key("shift")
                moved = time.monotonic()
            if time.monotonic() > end:
                watching.note("given up")
                break
            time.sleep(LOOK_S)
        screen.shot(b.folder / "seen.png")
    return watching


def _see(screen: Screen, watching: Watching) -> None:
    """As soon as all that was said is here, a person opens a patient: until the pictures are seen."""
    end = time.monotonic() + LONGEST_S
    while "every operation applied" not in watching.passed and time.monotonic() < end:
        time.sleep(LOOK_S)
    while time.monotonic() < end:
        screen.key("ctrl+k", "ctrl+a")
        screen.type(MRN)
        time.sleep(FOUND_S)  # Enter opens nobody while the search goes on
        screen.key("Return")
        again = time.monotonic() + AGAIN_S
        while time.monotonic() < again:
            pixels = screen.pixels()
            if all(shows(pixels, one) for one in COLOURS):
                watching.note(SEEN)
                return
            time.sleep(LOOK_S)


def _told(watching: Watching, sealed: Sealed) -> list[str]:
    whole = sealed.camera_clinic or sealed.size_bytes
    sizes = {
        BlobKind(one).name.lower(): f"{sealed.counts[one]:,} = {size / MEBIBYTE:,.0f} MiB"
        for one, size in sorted(sealed.sizes.items())
    }
    say(f"sealed: {sizes}; camera: {sealed.camera_original:,.0f} B an original, {sealed.camera_screen:,.0f} a screen")
    for what in (SEEN, USABLE):
        seconds, down = watching.passed.get(what, (0.0, 0))
        say(
            f"{what}: after {seconds:.0f} s and {down / MEBIBYTE:.1f} MiB, {down / sealed.size_bytes:.1%} of these"
            f" sealed bytes, {down / whole:.1%} were every photo as a camera makes it"
        )
    say(f"load {os.getloadavg()[0]:.1f}")
    say("peak memory, MiB: " + ", ".join(f"{name} {size // MEBIBYTE}" for name, size in sorted(watching.peaks.items())))
    down = watching.passed.get(USABLE, (0.0, 0))[1]
    wrong = [] if down else ["B did not become usable"]
    return wrong + ([f"{down / whole:.1%} of a camera's bytes came down first"] if down > whole * SHARE_AIM else [])


def _timed(what: str, work: Callable[[], object]) -> dict:
    began = time.monotonic()
    done = work()
    say(f"{what} in {time.monotonic() - began:.0f} s (load {os.getloadavg()[0]:.1f})")
    return done if isinstance(done, dict) else {}


@contextmanager
def _spool(station: Clinic) -> Iterator[sqlite3.Connection]:
    path = station.store / "spool" / "sync.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as connection:
        yield connection


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def main() -> int:
    """0 where everything holds."""
    words = argparse.ArgumentParser(prog="python -m tests.soak.join")
    words.add_argument("--photos", type=int, default=20_000)
    words.add_argument("--clinic", type=Path, help="a clinic made before")
    words.add_argument("--make", type=Path, help="only make a clinic here")
    given = words.parse_args()
    if given.make:
        given.make.mkdir(parents=True)
        made = Clinic(given.make)
        made.found()
        Making(made, given.photos, real_photos(DATA)).run(say)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        wrong = run(given.photos, Path(folder), given.clinic)
        if (seen := Path(folder) / "b" / "seen.png").exists():
            say(f"last seen: {shutil.copy(seen, tempfile.gettempdir())}")
    for one in wrong:
        say(f"WRONG: {one}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
