"""A clinic that is used through its command line only, and the question every fault is followed by: is all there?

What was acknowledged before or despite a fault (a file's state in a document, a `FILE` entry in the log) is believed:
such files leave the card, as if it had been erased, and must be in the chart at the end all the same.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from tests.importing.conftest import jpeg

PASSWORD = "a long enough pass phrase 7"
USER = "Ada Berg"
MRN = "M1"
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 300.0
SAFE = frozenset({"verified", "assigned", "filed"})
VIDEO = ".MP4"


def make_card(folder: Path, photos: int = 24, large_every: int = 6) -> Path:
    """Photos of some 100 kB to 3 MB, one of them twice, one broken, one video."""
    folder.mkdir(parents=True)
    for number in range(photos):
        size = (1600, 1200) if number % large_every == 0 else (320, 240)
        (folder / f"IMG_{number:04}.JPG").write_bytes(jpeg(number, size))
    (folder / "TWIN.JPG").write_bytes((folder / "IMG_0001.JPG").read_bytes())
    (folder / "TORN.JPG").write_bytes(jpeg(5_000)[:400])
    (folder / f"MVI{VIDEO}").write_bytes(b"\0\0\0\x18ftypisom" + os.urandom(200_000))
    return folder


def hashes_of(card: Path) -> dict[str, str]:
    """SHA-256 of each file of a card, and its name."""
    return {sha256(path.read_bytes()).hexdigest(): path.name for path in sorted(card.iterdir(), reverse=True)}


@dataclass
class Shop:
    """One store. `wanted` are the bytes that must be in the chart at the end: SHA-256 to name on the card."""

    store: Path
    wanted: dict[str, str] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)

    def found(self) -> None:
        """A clinic with one patient. Sign-in is cheap, so that hundreds of them are."""
        Entrance(self.store, SystemClock(), FLOOR_COST).found("C", "Desk", USER, PASSWORD, password_only=True)
        birth = "--birth", "1980-01-02"
        status, document = self.run("patient", "add", "--mrn", MRN, "--family", "Muster", "--given", "Maria", *birth)
        assert status == 0, document

    def copy_of(self, other: Shop) -> None:
        """The same clinic again: quicker than founding one."""
        shutil.copytree(other.store, self.store)

    def start(
        self, *words: str, prefix: Sequence[str] = (), errors: Any = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        """A command that was given its password."""
        ends = ["--store", str(self.store), "--user", USER, "--password-stdin", "--json"]
        child = subprocess.Popen(
            [*prefix, sys.executable, "-m", "photodesk", *words, *ends],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        assert child.stdin is not None
        child.stdin.write(f"{PASSWORD}\n".encode())
        child.stdin.close()
        child.stdin = None
        return child

    def run(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Exit status and document; a store still held by a dying process, or a resting sign-in, is waited for."""
        until = time.monotonic() + PATIENCE_S
        while True:
            status, document = self.end_of(self.start(*words))
            code = document.get("error", {}).get("code", "")
            if code not in {"store_in_use", "sign_in_waits"} or time.monotonic() > until:
                return status, document
            time.sleep(0.2)

    def end_of(self, child: subprocess.Popen[bytes]) -> tuple[int, dict[str, Any]]:
        """Wait for a command: exit status and document. One that does not end by itself fails the test."""
        out, _ = child.communicate(timeout=PATIENCE_S)
        try:
            document = json.loads(out) if out.strip() else {}
        except ValueError:  # killed while it printed
            document = {}
        return child.returncode, document

    def believe(self, document: dict[str, Any]) -> None:
        """Remember what this document says is safe."""
        files = document.get("files", [])
        self.acknowledged |= {one["sha256"] for one in files if one["stage"] in SAFE}

    def want(self, card: Path) -> None:
        """All that is on this card must be in the chart at the end."""
        self.wanted |= hashes_of(card)

    def take_safe_files(self, card: Path) -> None:
        """What was said to be safe leaves the card."""
        for path in list(card.iterdir()):
            if sha256(path.read_bytes()).hexdigest() in self.acknowledged:
                path.unlink()

    def import_again(self, card: Path) -> dict[str, Any]:
        """The same order, undisturbed: it ends well and tells of every file."""
        status, document = self.run("import", str(card), "--patient", MRN)
        assert status == 0, document
        assert sorted(one["name"] for one in document["files"]) == sorted(path.name for path in card.iterdir())
        self.believe(document)
        return document

    def look(self, card: Path) -> None:
        """After whatever happened: importing again ends well, nothing is lost or doubled, the store is clean."""
        self.want(card)
        status, shown = self.run("log", "show", "--limit", "10000")
        assert status == 0, shown
        filed_ids = {one for entry in shown["entries"] if entry["action"] == "FILE" for one in entry["photo_ids"]}
        self.take_safe_files(card)
        (card / "LAST.JPG").write_bytes(jpeg(4_999, (320, 240)))
        self.want(card)
        self.import_again(card)
        self.all_there(filed_ids)

    def all_there(self, filed_ids: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        """Every wanted file is in the chart once, no inbox row is left, `check` is clean."""
        status, checked = self.run("check")
        assert (status, checked["result"], checked["problems"]) == (0, "clean", []), checked
        status, timeline = self.run("timeline", MRN)
        assert status == 0, timeline
        inbox = sorted(str(path.relative_to(self.store)) for path in (self.store / "inbox").rglob("*"))
        photos = [photo for visit in timeline["visits"] for photo in visit["photos"]]
        hashes = [photo["sha256"] for photo in photos]
        pictures = {digest for digest, name in self.wanted.items() if not name.endswith(VIDEO)}
        videos = len(self.wanted) - len(pictures)
        assert len(hashes) == len(set(hashes)), "a photo is there twice"
        assert set(hashes) == pictures, f"missing: {sorted(self.wanted[one] for one in pictures - set(hashes))}"
        lost = filed_ids - {photo["photo_id"] for photo in photos}
        assert len(lost) <= videos, f"filed, says the log, and not there: {lost}"  # the video is no photo
        assert checked["photos"] == len(pictures) + videos, checked
        assert not inbox, f"something is left in the inbox: {inbox}"
