"""Kills desk, importer, keeper or decoder of a real import at a random instant, and looks at the store afterwards.

The full run of the issue, on one 500-photo job after another (each is killed again and again until it is through):

    python -m tests.importing.killing 1000 7 --photos 500
    python -m tests.importing.killing 1000 8 --photos 500 --locked

N kills, seed, and how many photos a job has. `--locked` (see `tests.importing.locked`): desks without windows under a
real keeper lock themselves again and again while the importer goes on; without it, a command imports. `--keep FOLDER`
leaves the store that failed there. It prints a line a job and at the end the kills by process and by stage.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.importing.conftest import jpeg
from tests.importing.shop import MRN, Shop, make_card

PARTS = ("desk", "importer", "keeper", "decoder")
Kill = tuple[str, str]
ROUNDS = 40
FROM_WORK = 0.8
ROOT_TOO = 0.5  # its end ends the others, and little else would be killed


def kill(pid: int) -> bool:
    """Whether there was such a process to kill."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def descendants(pid: int, part: str) -> list[int]:
    """Processes below `pid` whose hidden command is `part` (Linux: from /proc)."""
    found: list[int] = []
    for child in children(pid):
        with suppress(OSError):
            if part.encode() in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
                found.append(child)
        found += descendants(child, part)
    return found


def children(pid: int) -> list[int]:
    """Processes that any thread of `pid` started and that it has not collected."""
    try:
        lists = [task / "children" for task in Path(f"/proc/{pid}/task").iterdir()]
        return [int(word) for one in lists for word in one.read_text().split()]
    except OSError:
        return []


def stage_of(progress: Path) -> str:
    """What an import was doing, by the last row of progress it wrote."""
    rows = progress.read_bytes().splitlines()
    with suppress(ValueError, IndexError, KeyError):
        row = json.loads(rows[-1])
        if row["what"].startswith("Filing"):
            return "filed" if row["done"] >= row["total"] else "filing"
        if row["what"].startswith("Copying"):
            return "proving" if row["done"] >= row["total"] else "copying"
        return row["what"].lower() if row["what"] in {"Locked", "Signed in"} else "looking"
    return "starting"


def until_it_works(child: subprocess.Popen[bytes], progress: Path) -> None:
    """Wait for the first row of progress: on a busy computer starting takes longer than the work."""
    while child.poll() is None and not progress.stat().st_size:
        with suppress(subprocess.TimeoutExpired):
            child.wait(0.02)


@dataclass
class Killer:
    """Imports a card with a command and kills one process of it."""

    chance: random.Random
    longest_s: float
    killed: list[Kill] = field(default_factory=list)

    def wait_s(self) -> float:
        """How long until the next kill: often soon, so that they come in the middle of coming back."""
        return self.chance.uniform(0.2, self.chance.choice((self.longest_s / 4, self.longest_s)))

    def strike_one(self, root: subprocess.Popen[bytes], root_part: str, progress: Path) -> str:
        """Kill one process of those there are below `root`, or it; which part it was, "" for none."""
        found = {part: descendants(root.pid, part) for part in PARTS if part != root_part}
        found[root_part] = [root.pid] if self.chance.random() < ROOT_TOO or not any(found.values()) else []
        part = self.chance.choice([part for part in PARTS if found[part]])
        if root.poll() is not None or not kill(self.chance.choice(found[part])):
            return ""
        self.killed.append((part, stage_of(progress)))
        return part

    def strike(self, shop: Shop, card: Path) -> bool:
        """Start the import and kill one process of it after another; whether it ended by itself and well."""
        with tempfile.NamedTemporaryFile() as errors:
            progress = Path(errors.name)
            child = shop.start("import", str(card), "--patient", MRN, "--progress", "json", errors=errors)
            if self.chance.random() < FROM_WORK:
                until_it_works(child, progress)
            while child.poll() is None:
                with suppress(subprocess.TimeoutExpired):
                    child.wait(self.wait_s())
                part = self.strike_one(child, "desk", progress)
                if part in {"desk", "keeper"}:
                    break
            status, document = shop.end_of(child)
        shop.believe(document)
        return status == 0


def kill_at_random(
    folder: Path,
    kills: int,
    seed: int,
    photos: int = 12,
    longest_s: float = 3.0,
    told: Callable[[str], object] = lambda _: None,
    striker: Callable[[random.Random, float], Killer] = Killer,
) -> list[Kill]:
    """`kills` kills over as many jobs as that takes, looking at the store after each job; what was killed, and when."""
    chance = random.Random(seed)  # noqa: S311
    killed: list[Kill] = []
    first = Shop(folder / "first")
    first.found()
    model = make_card(folder / "model", photos)
    for number in range(1, 1 << 20):
        if len(killed) >= kills:
            break
        began_s = time.monotonic()
        shop, card = Shop(folder / f"store-{number}"), folder / f"card-{number}"
        shop.copy_of(first)
        shutil.copytree(model, card, copy_function=os.link)
        killer = striker(chance, longest_s)
        for attempt in range(ROUNDS):
            if killer.strike(shop, card) or len(killed) + len(killer.killed) >= kills:
                break
            if attempt % 4 == 3:  # photos that came with a later visit to the camera
                (card / f"MORE_{attempt:03}.JPG").write_bytes(jpeg(10_000 + attempt, (640, 480)))
        try:
            shop.look(card)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, job {number}, killed {killer.killed}: {error}") from error
        killed += killer.killed
        told(f"job {number}: {table(killer.killed)}, all there ({time.monotonic() - began_s:.0f} s)")
        shutil.rmtree(shop.store)
        shutil.rmtree(card)
    return killed


def table(killed: list[Kill]) -> str:
    """Kills by process and by stage."""
    by_part, by_stage = Counter(part for part, _ in killed), Counter(stage for _, stage in killed)
    return f"{len(killed)} kills; by process {dict(by_part)}; by stage {dict(by_stage)}"


def main(words: list[str]) -> int:
    """The command in this module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m tests.importing.killing", description=__doc__)
    parser.add_argument("kills", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--photos", type=int, default=500)
    parser.add_argument("--longest", type=float, default=6.0, help="seconds after which a kill comes at the latest")
    parser.add_argument("--locked", action="store_true")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args(words)
    striker: Callable[[random.Random, float], Killer] = Killer
    if given.locked:
        from tests.importing.locked import LockedKiller

        striker = LockedKiller
    scratch = given.keep or Path(tempfile.mkdtemp())

    def told(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    killed = kill_at_random(scratch, given.kills, given.seed, given.photos, given.longest, told, striker)
    told(f"seed {given.seed}: {table(killed)}: nothing lost, nothing doubled, every check clean")
    shutil.rmtree(scratch)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
