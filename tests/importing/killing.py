"""Kills desk, importer, keeper or decoder of a real import at a random instant, and looks at the store afterwards.

What was acknowledged before or despite a kill (a file's state in the document, a `FILE` entry in the log) is believed:
such files leave the card, as if it had been erased, and must be in the chart at the end all the same.

`python -m tests.importing.killing N [SEED]` does N kills; the suite does a few, and 200 with `--thorough`.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.importing.conftest import jpeg

PASSWORD = "a long enough pass phrase 7"
PARTS = ("desk", "importer", "keeper", "decoder")
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120.0
SAFE = frozenset({"verified", "assigned", "filed"})


def make_card(folder: Path, photos: int = 24) -> Path:
    """Photos of some 100 kB to 3 MB, one of them twice, one broken, one video."""
    folder.mkdir(parents=True)
    for number in range(photos):
        size = (1600, 1200) if number % 6 == 0 else (320, 240)
        (folder / f"IMG_{number:04}.JPG").write_bytes(jpeg(number, size))
    (folder / "TWIN.JPG").write_bytes((folder / "IMG_0001.JPG").read_bytes())
    (folder / "TORN.JPG").write_bytes(jpeg(500)[:400])
    (folder / "MVI.MP4").write_bytes(b"\0\0\0\x18ftypisom" + os.urandom(200_000))
    return folder


@dataclass
class Shop:
    """A store that is used through its command line only."""

    store: Path
    killed: list[str] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)

    def start(self, *words: str, signed_in: bool = True, extra_input: str = "") -> subprocess.Popen[bytes]:
        who = ["--user", "Ada Berg"] if signed_in else []
        ends = ["--store", str(self.store), *who, "--password-stdin", "--json"]
        command = [sys.executable, "-m", "photodesk", *words, *ends]
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert child.stdin is not None
        child.stdin.write(f"{PASSWORD}\n{extra_input}".encode())
        child.stdin.close()
        child.stdin = None
        return child

    def run(self, *words: str, signed_in: bool = True) -> tuple[int, dict[str, Any]]:
        """Exit status and document; a store still held by a dying process, or a resting sign-in, is waited for."""
        until = time.monotonic() + PATIENCE_S
        while True:
            child = self.start(*words, signed_in=signed_in)
            out, _ = child.communicate(timeout=PATIENCE_S)
            document = json.loads(out) if out.strip() else {}
            code = document.get("error", {}).get("code", "")
            if code not in {"store_in_use", "sign_in_waits"} or time.monotonic() > until:
                return child.returncode, document
            time.sleep(0.2)

    def found(self) -> None:
        status, document = self.run("init", "--clinic", "C", "--user", "Ada Berg", "--password-only", signed_in=False)
        assert status == 0, document
        status, document = self.run(
            "patient", "add", "--mrn", "M1", "--family", "Muster", "--given", "Maria", "--birth", "1980-01-02"
        )
        assert status == 0, document

    def import_and_kill(self, card: Path, part: str, after_s: float) -> bool:
        """Start the import, kill one process of it after a while; whether there was one to kill."""
        child = self.start("import", str(card), "--patient", "M1")
        with suppress(subprocess.TimeoutExpired):
            child.wait(after_s)
        victim = child.pid if part == "desk" else _descendant(child.pid, part)
        killed = victim is not None and child.poll() is None and _kill(victim)
        out, _ = child.communicate(timeout=PATIENCE_S)
        self._believe(json.loads(out) if out.strip() else {})
        if killed:
            self.killed.append(part)
        return killed

    def _believe(self, document: dict[str, Any]) -> None:
        """Remember what this document says is safe."""
        files = document.get("files", [])
        self.acknowledged |= {one["sha256"] for one in files if one["stage"] in SAFE}

    def look(self, card: Path) -> None:
        """After whatever happened: importing again ends well, nothing is lost or doubled, the store is clean."""
        by_hash = {sha256(path.read_bytes()).hexdigest(): path.name for path in sorted(card.iterdir(), reverse=True)}
        pictures = {digest for digest, name in by_hash.items() if not name.endswith(".MP4")}
        status, shown = self.run("log", "show", "--limit", "1000")
        assert status == 0, shown
        filed_ids = {one for entry in shown["entries"] if entry["action"] == "FILE" for one in entry["photo_ids"]}
        for path in list(card.iterdir()):
            if sha256(path.read_bytes()).hexdigest() in self.acknowledged:
                path.unlink()
        (card / "LAST.JPG").write_bytes(jpeg(900, (320, 240)))
        pictures.add(sha256((card / "LAST.JPG").read_bytes()).hexdigest())
        status, document = self.run("import", str(card), "--patient", "M1")
        assert status == 0, document
        files = sorted(path.name for path in card.iterdir())
        assert sorted(one["name"] for one in document["files"]) == files
        status, checked = self.run("check")
        assert (status, checked["result"], checked["problems"]) == (0, "clean", []), checked
        status, timeline = self.run("timeline", "M1")
        assert status == 0, timeline
        photos = [photo for visit in timeline["visits"] for photo in visit["photos"]]
        hashes = [photo["sha256"] for photo in photos]
        assert len(hashes) == len(set(hashes)), "a photo is there twice"
        assert set(hashes) == pictures, f"missing: {[by_hash.get(one, one) for one in pictures - set(hashes)]}"
        lost = filed_ids - {photo["photo_id"] for photo in photos}
        assert len(lost) <= 1, f"filed, says the log, and not there: {lost}"  # the video is no photo
        assert checked["photos"] == len(pictures) + 1, checked
        inbox = self.store / "inbox"
        assert not list(inbox.iterdir()), "something is left in the inbox"


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _descendant(pid: int, part: str) -> int | None:
    """A process below `pid` whose hidden command is `part` (Linux: from /proc)."""
    for child in _children(pid):
        words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0") if Path(f"/proc/{child}").exists() else []
        if part.encode() in words:
            return child
        below = _descendant(child, part)
        if below is not None:
            return below
    return None


def _children(pid: int) -> list[int]:
    try:
        lists = [task / "children" for task in Path(f"/proc/{pid}/task").iterdir()]
        return [int(word) for one in lists for word in one.read_text().split()]
    except OSError:
        return []


def kill_at_random(folder: Path, kills: int, seed: int) -> list[str]:
    """`kills` kills over as many fresh imports as that takes, looking at the store after each; the parts killed."""
    chance = random.Random(seed)  # noqa: S311
    killed: list[str] = []
    number = 0
    while len(killed) < kills:
        number += 1
        shop = Shop(folder / f"store-{number}")
        card = make_card(folder / f"card-{number}")
        shop.found()
        for attempt in range(chance.randint(2, 12)):
            more = chance.randint(1, 8)
            for photo in range(more):
                seed_of_photo = 1000 + attempt * 10 + photo
                (card / f"MORE_{seed_of_photo}.JPG").write_bytes(jpeg(seed_of_photo, (640, 480)))
            shop.import_and_kill(card, chance.choice(PARTS), chance.uniform(0.5, 3.5))
        try:
            shop.look(card)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, store {number}, killed {shop.killed}: {error}") from error
        killed += shop.killed
    return killed


if __name__ == "__main__":
    count, first_seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbelow(1 << 30)
    with tempfile.TemporaryDirectory() as scratch:
        done = kill_at_random(Path(scratch), count, first_seed)
    sys.stdout.write(f"seed {first_seed}: {len(done)} kills, nothing lost, nothing doubled: {done}\n")
