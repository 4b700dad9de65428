"""Cuts the power of a recorded session at many instants, and opens what is left.

    python -m tests.power.cut --images 500

A session (`tests.power.session`) is recorded once. Its instants are those around every sync, where the most is at
stake: just before a sync is over, when all it was asked for may still be lost, and just after. At each the store is
laid out as the disk may give it back (unsynced writes and names lost, kept, or torn), then a keeper starts, a person
signs in as after any start, and: everything that was acknowledged before that instant is there, the log is intact with
every acknowledged entry, and `check` finds nothing damaged. Needs `strace` and the right to trace.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from photodesk.desk.activity import ActivityQuery
from photodesk.desk.session import Session
from photodesk.errors import PhotoDeskError
from photodesk.importing.service import ImportService
from photodesk.importing.workplace import workplace_of
from photodesk.log.verify import Result, verify
from photodesk.patients import Patient
from photodesk.store.layout import Layout
from photodesk.store.store_json import read_store
from tests.importing.conftest import PlainDecoder
from tests.power.disk import KEPT, LOST, TORN, Disk
from tests.power.recording import Step, record, steps
from tests.power.session import found, make_card, signed_in

PHOTOS = 10
HOW = (LOST, TORN, TORN, KEPT)


@dataclass
class Recorded:
    """A session: the folder before it, what it wrote, and where its acknowledgements went."""

    before: Path
    store: Path
    acks: Path
    steps: tuple[Step, ...]

    def instants(self) -> list[int]:
        """Before and after each sync: how many steps were taken by then."""
        syncs = [at for at, step in enumerate(self.steps) if step.kind == "sync"]
        return sorted({place for at in syncs for place in (at, at + 1)})


def recorded(folder: Path, photos: int = PHOTOS) -> Recorded:
    """Record one session; AssertionError where the recording does not give the store that is there afterwards."""
    store, before, card, acks = (folder / name for name in ("store", "before", "card", "acks"))
    found(store)
    make_card(card, photos)
    shutil.copytree(store, before)
    session = [sys.executable, "-m", "tests.power.session", str(store), str(card), str(acks)]
    trace = folder / "trace"
    assert record(session, trace) == 0, "the session itself failed"
    sizes = {str(store / path.relative_to(before)): path.stat().st_size for path in before.rglob("*")}
    made = Recorded(before, store, acks, tuple(steps(trace, (store, acks), sizes)))
    trace.unlink()
    _same_as_it_was(made, folder / "whole")
    return made


def _disk(made: Recorded) -> Disk:
    """The disk as it was before the session; its folder is called what the session called it."""
    return Disk(made.before, called=made.store)


def _same_as_it_was(made: Recorded, to: Path) -> None:
    disk = _disk(made)
    for step in made.steps:
        if step.path != str(made.acks):
            disk.take(step)
    disk.image(to, KEPT)
    assert _files(to) == _files(made.store), "the recording missed something"
    shutil.rmtree(to)


def _files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): sha256(path.read_bytes()).digest()
        for path in root.rglob("*")
        if path.is_file() and not path.name.endswith("-shm")
    }


@dataclass(frozen=True)
class Image:
    """What the disk gave back: after how many steps, how, and what had been acknowledged by then."""

    at: int
    how: str
    path: Path
    acks: tuple[dict[str, Any], ...]
    unsynced: int


def images(made: Recorded, folder: Path, count: int, seed: int = 0) -> Iterator[Image]:
    """`count` of them, spread over all instants; each folder is removed when the next is asked for."""
    instants = made.instants()
    wanted = Counter(instants[number * len(instants) // count] for number in range(count))
    disk, told, number = _disk(made), b"", 0
    for at in range(len(made.steps) + 1):
        for _ in range(wanted[at]):
            number += 1
            path, how = folder / "image", HOW[(number + seed) % len(HOW)]
            disk.image(path, how, seed * 1_000_003 + number)
            acks = tuple(json.loads(line) for line in told.splitlines())
            yield Image(at, how, path, acks, disk.unsynced())
            shutil.rmtree(path)
        if at < len(made.steps):
            step = made.steps[at]
            if step.path == str(made.acks):
                told += step.data
            else:
                disk.take(step)


class Looking:
    """Opens an image as the next start does, and compares it with what was acknowledged. AssertionError."""

    def __init__(self, image: Image) -> None:
        self._image = image

    def look(self) -> None:
        """All of it."""
        store = read_store(Layout(self._image.path))
        with signed_in(self._image.path) as session:
            ImportService(workplace_of(session), _no_importer, PlainDecoder()).file_waiting()
            session.health.heal_index()
            self._photos(session)
            self._changes(session)
            self._entries(session)
            checked = session.health.check(repair=True)
            assert checked.result != "damaged", checked.problems
            left = [one for one in checked.problems if one.kind not in {"file_torn", "index_differs"}]
            assert not left, left
            again = session.health.check()
            assert again.result == "clean", again.problems
        verdict = verify(Layout(self._image.path).log, store.log_signing_keys, required=(store.workstation_id,))
        assert verdict.result is Result.INTACT, verdict

    def _of(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self._image.acks if one["kind"] == kind]

    def _photos(self, session: Session) -> None:
        """Filed ones in a chart, byte for byte; safe ones there or in the inbox."""
        filed = set(_originals(session))
        inbox = {shot.shot.sha256 for job in session.inbox.jobs() for shot in job.shots}
        lost = {one["sha256"] for one in self._of("filed")} - filed
        assert not lost, f"filed and lost: {lost}"
        lost = {one["sha256"] for one in self._of("safe")} - filed - inbox
        assert not lost, f"safe and lost: {lost}"

    def _changes(self, session: Session) -> None:
        charts = session.charts
        patients = {mrn: session.patients.by_mrn(mrn) for mrn in ("M1", "M2")}
        moved = {one["photo_id"] for one in self._of("moved")}
        gone = {one["photo_id"] for one in self._of("deleted")}
        first = {photo.photo_id: photo for photo in charts.open(patients["M1"].patient_id).photos()}
        for one in self._of("edited"):
            photo = first.get(one["photo_id"])
            if photo is not None:
                assert (photo.body_site, photo.tags) == (one["site"], (one["tag"],)), one
        for one in self._of("moved"):
            assert charts.open(patients[one["patient"]].patient_id).photo(one["photo_id"])
        assert not (moved | gone) & first.keys(), "moved or deleted, and there again"
        assert {one["photo_id"] for one in self._of("restored")} <= first.keys()
        for one in self._of("notes"):
            assert session.patients.notes(patients[one["patient"]].patient_id) == one["text"]
        for one in self._of("patient"):
            assert session.patients.by_mrn(one["mrn"])
        for one in self._of("visit"):
            patient: Patient = session.patients.by_mrn(one["mrn"])
            assert one["visit_id"] in {visit.visit_id for visit in session.visits.of_patient(patient.patient_id)}

    def _entries(self, session: Session) -> None:
        wanted = {(one["sequence"], one["purpose"]) for one in self._of("entry")}
        if wanted:
            read = session.activity.read(ActivityQuery(limit=10_000))
            assert wanted <= {(one.sequence, one.purpose) for one in read}, "an acknowledged entry is lost"


def _originals(session: Session) -> Iterator[str]:
    """SHA-256 of everything in a chart, as the disk gives it."""
    for pointer in session.catalog.chart_pointers():
        if pointer.made:
            chart = session.charts.open(pointer.patient_id)
            for original in chart.originals():
                digest = chart.verify_original(original.original_id)
                assert digest == original.sha256
                yield digest


def _no_importer(_job_id: str) -> Any:
    raise AssertionError("nothing is imported here")


def cut(made: Recorded, folder: Path, count: int, told: Callable[[Image], object], seed: int = 0) -> Counter[str]:
    """Look at so many images: how many of each kind. AssertionError names the one where something is lost."""
    seen: Counter[str] = Counter()
    for image in images(made, folder, count, seed):
        try:
            Looking(image).look()
        except (AssertionError, PhotoDeskError) as lost:
            kept = folder / f"kept-{image.at}-{image.how}"
            shutil.copytree(image.path, kept, dirs_exist_ok=True)
            raise AssertionError(f"power cut after step {image.at}, {image.how}: {lost!r}; kept in {kept}") from lost
        seen[image.how] += 1
        told(image)
    return seen


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--photos", type=int, default=PHOTOS)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="power") as folder:
        made = recorded(Path(folder), arguments.photos)
        kinds = Counter(step.kind for step in made.steps)
        _say(f"recorded: {dict(kinds)}, {len(made.instants())} instants")
        seen = cut(
            made,
            Path(folder),
            arguments.images,
            lambda image: _say(f"{image.at} {image.how} ok"),
            arguments.seed,
        )
    _say(f"{sum(seen.values())} images in {time.monotonic() - began:.0f} s, nothing lost: {dict(seen)}")


if __name__ == "__main__":
    main()
