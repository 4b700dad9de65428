"""Two real desks over one server and a network that breaks: nothing lost or doubled, the status true, memory flat.

    python -m tests.soak.desks --minutes 20

Each desk (`tests.soak.desk_at`) is a process with its keeper, syncer, importers and decoders; connections are torn at
random points, the server is killed and started again, and for the first half of the time one of the desks is killed
now and then. At the end both come to rest and are compared with each other and with what their journals say.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from photodesk.app.commands_sync import known
from photodesk.store.layout import Layout
from photodesk.sync.spool import Spool
from photodesk.sync.standing import GENERATION
from tests.journeys.commands import Clinic
from tests.journeys.processes import family
from tests.server.running import serving
from tests.soak.cutting_proxy import CuttingProxy
from tests.soak.room import say

MEAN_BYTES = 300 << 10
SERVER_LIVES_S, SERVER_GONE_S, DESK_LIVES_S = 45.0, 5.0, 90.0
LOOK_S, ENDS_S = 2.0, 120.0
MEBIBYTE = 1 << 20
MORE_MEMORY_ALLOWED = {  # a desk keeps 32 charts open with 8 MiB of pages each, and 48 MiB of the catalog's
    "keeper": 16 * MEBIBYTE,
    "syncer": 32 * MEBIBYTE,
    "desk": (32 * 8 + 48) * MEBIBYTE,
}
SETTLED = 0.3
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Station:
    """A workstation, and the process at its desk."""

    clinic: Clinic
    name: str
    server: Path
    seed: int
    process: subprocess.Popen[str] | None = None
    starts: int = 0
    said: list[str] = field(default_factory=list)
    memory: dict[tuple[int, str], list[int]] = field(default_factory=dict)

    @property
    def journal(self) -> Path:
        """What it did."""
        return self.clinic.folder / "journal"

    def command(self, *more: str) -> list[str]:
        """Its desk's command line."""
        given = ["--store", str(self.clinic.store), "--server", str(self.server), "--journal", str(self.journal)]
        who = ["--user", self.clinic.user, "--name", self.name, "--seed", str(self.seed + self.starts)]
        return [sys.executable, "-m", "tests.soak.desk_at", *given, *who, *more]

    def start(self) -> None:
        """Somebody sits down."""
        self.starts += 1
        self.process = subprocess.Popen(
            self.command(), stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=self.environment()
        )
        if self.process.stdin is not None:
            self.process.stdin.write(f"{self.clinic.password}\n")
            self.process.stdin.close()

    def environment(self) -> dict[str, str]:
        """Its own home."""
        return self.clinic.environment()

    def end(self, number: int = signal.SIGTERM) -> int:
        """It is told to end, or killed; what it said is kept."""
        process = self.process
        if process is None:
            return 0
        process.send_signal(number)
        try:
            process.wait(ENDS_S)
        finally:
            process.kill()
            if process.stderr is not None:
                self.said += process.stderr.read().splitlines()
                process.stderr.close()
        return process.returncode

    def told(self) -> Any:
        """What stands in its store."""
        done = subprocess.run(
            self.command("--tell"),
            input=f"{self.clinic.password}\n",
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=self.environment(),
            check=True,
            text=True,
            timeout=ENDS_S,
        )
        return json.loads(done.stdout)

    def behind(self) -> dict[str, tuple[int, int]]:
        """Databases that went on since their changes were put into the spool: (generation, generation then)."""
        layout = Layout(self.clinic.store)
        with closing(Spool(layout.spool)) as spool:
            there = known(layout).items()
            pairs = {name: (generation, spool.number(f"{GENERATION}{name}")) for name, generation in there}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    def look(self) -> None:
        """Memory of each of its processes."""
        if self.process is None:
            return
        for pid in family(self.process.pid):
            size, what = _resident(pid)
            if what in {"keeper", "syncer", "desk"}:
                self.memory.setdefault((pid, what), []).append(size)

    def grown(self) -> list[str]:
        """Processes that lived long and hold much more than a while after their start."""
        found = []
        for (_, what), sizes in self.memory.items():
            early, late = sizes[int(len(sizes) * SETTLED)], sizes[-1]
            if len(sizes) * LOOK_S > DESK_LIVES_S:
                tenths = [sizes[at * (len(sizes) - 1) // 10] >> 20 for at in range(11)]
                say(f"{self.name} {what}, MiB at each tenth of its life: {tenths}")
            if late > early + MORE_MEMORY_ALLOWED[what]:
                found.append(f"{self.name}'s {what} grew from {early >> 20} to {late >> 20} MiB")
        return found

    def acts(self) -> list[dict[str, Any]]:
        """Its journal."""
        return [json.loads(line) for line in self.journal.read_text().splitlines()] if self.journal.exists() else []


class Soak:
    """The server, the wire, the two desks."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder, self._dice = folder, random.Random(seed)  # noqa: S311
        server = folder / "server" / "server.db"
        self.a, self.b = (
            Station(Clinic(folder / name), name, server, seed * 1000 + at * 100) for at, name in enumerate(("a", "b"))
        )
        self.kills = self.desk_kills = 0

    def run(self, seconds: float) -> list[str]:
        """What was wrong."""
        with ExitStack() as stack:
            proxy = self._found(stack)
            wrong = self._work(stack, proxy, seconds)
            proxy.still = True
            wrong += self._rest()
            say(f"{proxy.cuts} cuts, {self.kills} kills of the server, {self.desk_kills} of a desk")
        return wrong

    def _found(self, stack: ExitStack) -> CuttingProxy:
        a, b = self.a.clinic, self.b.clinic
        for clinic in (a, b):
            clinic.folder.mkdir()
        a.found()
        a.json("patient", "add", "--mrn", "first", "--family", "Soak", "--given", "Ada", "--birth", "1970-01-01")
        with serving(self._folder / "server", "--quiet") as server:
            port = int(server.url.rsplit(":", 1)[1])
            a.json("enrol", "--server", server.url, "--code", "@-", lines=(server.code or "",))
            a.json("sync", "--once")
        self._server = stack.enter_context(serving(self._folder / "server", "--quiet"))
        self._port = self._server.url.rsplit(":", 1)[1]
        proxy = stack.enter_context(CuttingProxy(int(self._port), MEAN_BYTES, self._dice, port))
        proxy.still = True
        code = a.json("enrol", "--invite")["code"]
        b.json("enrol", "--server", f"https://127.0.0.1:{port}", "--code", code, "--password-only")
        proxy.still = False
        return proxy

    def _work(self, stack: ExitStack, proxy: CuttingProxy, seconds: float) -> list[str]:
        wrong: list[str] = []
        began = time.monotonic()
        try:
            for station in (self.a, self.b):
                station.start()
            server_at, desk_at = (began + self._dice.expovariate(1 / one) for one in (SERVER_LIVES_S, DESK_LIVES_S))
            while (now := time.monotonic()) < began + seconds:
                time.sleep(LOOK_S)
                if now > server_at:
                    self._restart(stack)
                    server_at = time.monotonic() + self._dice.expovariate(1 / SERVER_LIVES_S)
                if now > desk_at and now < began + seconds / 2:
                    self.a.end(signal.SIGKILL)
                    self.desk_kills += 1
                    self.a.start()
                    desk_at = time.monotonic() + self._dice.expovariate(1 / DESK_LIVES_S)
                for station in (self.a, self.b):
                    station.look()
                    if station.process is not None and station.process.poll() is not None:
                        return [*wrong, f"{station.name}'s desk ended by itself"]
        finally:
            proxy.still = True
            codes = [station.end() for station in (self.a, self.b)]
            for station in (self.a, self.b):
                for line in station.said:
                    say(f"  {line}")
        return wrong + [f"a desk ended with {code}" for code in codes if code]

    def _restart(self, stack: ExitStack) -> None:
        self._server.kill()
        self.kills += 1
        time.sleep(self._dice.uniform(0, SERVER_GONE_S))
        self._server = stack.enter_context(serving(self._server.folder, "--quiet", "--port", self._port))

    def _rest(self) -> list[str]:
        """Both come to rest, and are what they should be."""
        wrong = []
        for station in (self.a, self.b, self.a, self.b):
            done = station.clinic.json("sync", "--once", code=None)
        for station in (self.a, self.b):
            done = station.clinic.json("sync", "status", sign_in=False)
            if done["state"] != "up_to_date" or done["alarm"] or done["wrong"]:
                wrong.append(f"{station.name} is not up to date: {done}; {station.behind()}")
        there = {station.name: station.told() for station in (self.a, self.b)}
        if there["a"] != there["b"]:
            wrong.append("the two are not the same")
        wrong += compared([*self.a.acts(), *self.b.acts()], there["b"])
        wrong += self._at_the_server(there["a"])
        return wrong + self.a.grown() + self.b.grown()

    def _at_the_server(self, there: Any) -> list[str]:
        photos = sum(len(one) for _, one in there["people"])
        with closing(sqlite3.connect(self._server.folder / "server.db")) as server:
            (blobs,) = server.execute("SELECT count(*) FROM blob").fetchone()
        say(f"{len(there['people'])} patients, {photos} photos, {there['conflicts']} conflicts, {blobs} blobs")
        return [] if blobs >= 3 * photos else [f"the server holds {blobs} blobs of {photos} photos"]


def compared(acts: list[dict[str, Any]], there: Any) -> list[str]:
    """Everything that was done is there once, and nothing that nobody began."""
    wrong = []
    people = Counter(mrn for mrn, _ in there["people"])
    photos = Counter(photo[0] for _, of in there["people"] for photo in of)
    for what, key, found in (("patient", "mrn", people), ("import", "sha256", photos)):
        begun = {one[key] for one in acts if one["what"] == what}
        done = {one[key] for one in acts if one["what"] == what and one["done"]}
        wrong += [f"{what} {one} is lost" for one in done - found.keys()]
        wrong += [f"{what} {one} is there {count} times" for one, count in found.items() if count > 1]
        wrong += [f"{what} {one} was never begun" for one in found.keys() - begun - {"first"}]
    return wrong + _tags(acts, there)


def _tags(acts: list[dict[str, Any]], there: Any) -> list[str]:
    """What stands is what somebody said, and where only one desk spoke, what it said last."""
    wrong = []
    for _, of in there["people"]:
        for sha, _, tags in of:
            said = [one for one in acts if one["what"] == "tag" and one["sha256"] == sha]
            begun, done = ([one["tag"] for one in said if one["done"] is ended] for ended in (False, True))
            if tags and tags[0] not in begun:
                wrong.append(f"nobody said {tags} of {sha}")
            if not tags and done:
                wrong.append(f"a tag of {sha} is lost")
            if len({one["by"] for one in said}) == 1 and done == begun and tags != done[-1:]:
                wrong.append(f"{sha} is {tags}, last said was {done[-1:]}")
    return wrong


def _resident(pid: int) -> tuple[int, str]:
    try:
        size = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        return 0, ""
    if "tests.soak.desk_at" in words:
        return size, "desk"
    return size, words[words.index("photodesk") + 1] if "photodesk" in words else ""


def run(seconds: float, folder: Path, seed: int = 6) -> list[str]:
    """A soak of so many seconds."""
    return Soak(folder, seed).run(seconds)


def main() -> int:
    """1 where something was wrong."""
    words = argparse.ArgumentParser(prog="python -m tests.soak.desks")
    words.add_argument("--minutes", type=float, default=20.0)
    words.add_argument("--seed", type=int, default=6)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as name:
        wrong = run(given.minutes * 60, Path(name), given.seed)
    for one in wrong:
        say(f"WRONG: {one}")
    say("all is as it should be" if not wrong else f"{len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
