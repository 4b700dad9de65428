"""Pulls the card at a random read, puts it back, imports again, and looks whether all is there once.

    python -m tests.importing.pulling 200 7
    python -m tests.importing.pulling 40 7 --real

N pulls and a seed. A pull is one of three faults (`ENODEV`, `EIO`, `ENOENT`) at a random open or read, after which
nothing of the card can be read; or, one time in four, of that one read only, as a bad spot gives it. With `--real` the
card is a mounted image that loses its blocks and its mount while a command imports from it, and is put back under the
same folder (needs root, `mount` and `mkfs.ext4`).
"""

from __future__ import annotations

import argparse
import errno
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from photodesk.importing.reading import DiskCard, OpenSource
from photodesk.store.health import Parts, check
from tests.importing.conftest import Clinic, clinic_in
from tests.importing.shop import MRN, Shop, hashes_of, make_card

FAULTS = (errno.ENODEV, errno.EIO, errno.ENOENT)
GONE_CODES = frozenset({"card_gone"})


class PulledFile:
    """A file of the card that fails where the card does."""

    def __init__(self, card: PulledCard, file: OpenSource) -> None:
        self._card = card
        self._file = file

    @property
    def size_bytes(self) -> int:
        return self._file.size_bytes

    def read(self, size: int) -> bytes:
        self._card.touch()
        return self._file.read(min(size, self._card.piece_bytes))

    def unchanged(self) -> bool:
        self._card.touch()
        return self._file.unchanged()

    def close(self) -> None:
        self._file.close()


class PulledCard(DiskCard):
    """A card that is out from its `at`th use on, or fails there once. `at` 0 never fails, and counts."""

    def __init__(self, root: Path, at: int, fault: int, *, once: bool, piece_bytes: int) -> None:
        super().__init__([root])
        self.piece_bytes = piece_bytes
        self.uses = 0
        self._at, self._fault, self._once = at, fault, once
        self._lock = threading.Lock()

    def touch(self) -> None:
        """One more use of the card; OSError where it is out."""
        with self._lock:
            self.uses += 1
            out = self.uses == self._at or self._is_out
        if out:
            raise OSError(self._fault, os.strerror(self._fault))

    @property
    def _is_out(self) -> bool:
        return bool(self._at) and self.uses >= self._at and not self._once

    def open(self, path: Path) -> OpenSource:
        self.touch()
        return PulledFile(self, super().open(path))

    def present(self, root: Path) -> bool:
        return not self._is_out and super().present(root)


@dataclass
class Pull:
    """What one pull was, and what the import said to it."""

    fault: str
    once: bool
    at: int
    safe: int
    said: str


def all_there(clinic: Clinic, card: Path) -> None:
    """Every file of the card is in the chart once, nothing waits, the store is clean."""
    place = clinic.workplace
    photos = [one.sha256 for photo in clinic.chart.photos() for one in photo.originals]
    beside = [one.original.sha256 for one in clinic.chart.attachments()]
    assert sorted(photos + beside) == sorted(hashes_of(card)), "lost or doubled"
    found = check(Parts(place.layout, place.keyset, place.catalog, place.charts, clinic.keeper, {}))
    assert not found.problems, found.problems
    inbox = place.layout.inbox_folder
    assert not inbox.is_dir() or not list(inbox.iterdir())


def pull_once(folder: Path, card: Path, chance: random.Random, piece_bytes: int, uses: int) -> Pull:
    """One import with a pull, one without."""
    fault, once = chance.choice(FAULTS), chance.random() < 0.25
    pulled = PulledCard(card, chance.randint(1, uses), fault, once=once, piece_bytes=piece_bytes)
    with clinic_in(folder) as clinic:
        clinic.card = pulled
        first = clinic.run(card)
        safe = [outcome for outcome in first.outcomes if outcome.is_safe]
        assert len(first.outcomes) == len(list(card.iterdir())), "a file is unaccounted for"
        assert all(outcome.reason for outcome in first.outcomes if not outcome.is_safe)
        if not once:
            assert first.stopped is not None, "nothing was said of the card"
            assert first.stopped.code in GONE_CODES
            assert f"{len(safe)} file" in first.stopped.message
        clinic.card = DiskCard([card])
        again = clinic.run(card)
        assert again.exit_code == 0, again.document()
        assert again.all_safe
        all_there(clinic, card)
    return Pull(errno.errorcode[fault], once, pulled.uses, len(safe), first.stopped.code if first.stopped else "")


def uses_of(folder: Path, card: Path, piece_bytes: int) -> int:
    """How often an undisturbed import opens and reads."""
    counting = PulledCard(card, 0, 0, once=True, piece_bytes=piece_bytes)
    with clinic_in(folder) as clinic:
        clinic.card = counting
        assert clinic.run(card).exit_code == 0
    return counting.uses


def pull_at_random(folder: Path, pulls: int, seed: int, photos: int = 12) -> list[Pull]:
    """`pulls` pulls of one card at random reads, each in a fresh store."""
    chance = random.Random(seed)  # noqa: S311
    card = make_card(folder / "card", photos)
    piece_bytes = 16_384
    uses = uses_of(folder / "undisturbed", card, piece_bytes)
    done: list[Pull] = []
    for number in range(pulls):
        store = folder / f"pull-{number}"
        try:
            done.append(pull_once(store, card, chance, piece_bytes, uses))
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, pull {number}: {error}") from error
        shutil.rmtree(store)
    return done


class MountedCard:
    """A card as an ext4 image on a loop device, pulled while it is read and put back."""

    def __init__(self, folder: Path, files: Path) -> None:
        self.folder = folder / "reader"
        self.folder.mkdir()
        self._image, self._whole = folder / "card.img", folder / "whole.img"
        with self._whole.open("wb") as file:
            file.truncate(64 << 20)
        _do("mkfs.ext4", "-q", "-O", "^has_journal", "-d", files, self._whole)

    def put_in(self) -> None:
        """Readable, with nothing of it left in the computer's memory."""
        self._image.unlink(missing_ok=True)
        shutil.copyfile(self._whole, self._image)
        _do("mount", "-o", "loop,ro", self._image, self.folder)

    def pull(self) -> None:
        """From now on every read that reaches the device fails (it has no block any more), and the mount is gone."""
        os.truncate(self._image, 0)
        _do("umount", "-l", self.folder)

    def take_out(self) -> None:
        """Leave nothing mounted."""
        with suppress(subprocess.CalledProcessError):
            _do("umount", "-l", self.folder)


def _do(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True, capture_output=True)


def wait_for_inbox(shop: Shop, child: subprocess.Popen[bytes]) -> None:
    """Until the importer has begun its first pack."""
    inbox = shop.store / "inbox"
    while child.poll() is None and not (inbox.is_dir() and any(inbox.iterdir())):
        with suppress(subprocess.TimeoutExpired):
            child.wait(0.005)


def pull_really(folder: Path, pulls: int, seed: int, photos: int = 60) -> list[str]:
    """Pull a mounted card while a command imports from it; what each import said."""
    chance = random.Random(seed)  # noqa: S311
    files = make_card(folder / "files", photos, large_every=2)
    first = Shop(folder / "first")
    first.found()
    card = MountedCard(folder, files)
    said: list[str] = []
    try:
        for number in range(pulls):
            shop = Shop(folder / f"store-{number}")
            shop.copy_of(first)
            card.put_in()
            child = shop.start("import", str(card.folder), "--patient", MRN)
            wait_for_inbox(shop, child)
            with suppress(subprocess.TimeoutExpired):
                child.wait(chance.uniform(0, 0.4))
            card.pull()
            status, document = shop.end_of(child)
            stopped = document.get("stopped") or document.get("error")
            assert (stopped is None) == (status == 0), document
            said.append(stopped["code"] if stopped else "through")
            shop.believe(document)
            card.put_in()
            shop.want(files)
            again, ended = shop.run("import", str(card.folder), "--patient", MRN)
            assert again == 0, ended
            shop.all_there()
            card.take_out()
            shutil.rmtree(shop.store)
    finally:
        card.take_out()
    return said


def main(words: list[str]) -> int:
    """The commands in this module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m tests.importing.pulling", description=__doc__)
    parser.add_argument("pulls", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--photos", type=int, default=24)
    parser.add_argument("--real", action="store_true")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as scratch:
        if given.real:
            said = Counter(pull_really(Path(scratch), given.pulls, given.seed, max(given.photos, 60)))
            sys.stdout.write(f"{given.pulls} cards really pulled, nothing lost, nothing doubled; imports said {said}\n")
            return 0
        done = pull_at_random(Path(scratch), given.pulls, given.seed, given.photos)
    kinds = Counter(f"{one.fault}{' once' if one.once else ''}" for one in done)
    safe = sorted(one.safe for one in done)
    sys.stdout.write(
        f"{len(done)} pulls, nothing lost, nothing doubled: {dict(kinds)}; safe when it was pulled: "
        f"{safe[0]} to {safe[-1]} files, median {safe[len(safe) // 2]}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
