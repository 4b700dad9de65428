"""A clinic of many photos: some are imported as a person does it, and these are filed again and again.

A pool of real photos of the test data (other crops, a camera's grain) goes through a card, copier and decoder. The rest
of the clinic is filed from them straight into charts, each as a file of its own (a JPEG comment differs), with its own
keys, operations and pictures: what travels between workstations is all there, and twenty thousand take minutes. Most
are small, so that they fit on a disk; every `LARGE_EVERY`th is as large as a camera makes them, to know what a whole
clinic of such would weigh.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from photodesk import ids
from photodesk.app.bench.workshop import made_patients
from photodesk.app.command_desk import CommandDesk, command_desk
from photodesk.app.command_line import Invocation
from photodesk.app.workplaces import import_service
from photodesk.crypto import FLOOR_COST
from photodesk.importing.job import Assignment
from photodesk.photos import PhotoFacts, Rendition
from photodesk.store.packs import Shot
from photodesk.visits import VisitDraft
from tests.journeys.commands import Clinic

SMALL, LARGE, LARGE_EVERY = (960, 720), (4032, 3024), 50
POOL_SMALL, POOL_LARGE = 49, 4
A_VISIT, VISITS, SAY_EVERY = 10, 5, 1000
BASES = 24
STORED = (Rendition.THUMBNAIL, Rendition.SCREEN)
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Pooled:
    """One imported photo as its chart holds it."""

    data: bytes
    facts: PhotoFacts
    renditions: dict[Rendition, bytes]

    def again(self) -> bytes:
        """The same photo as another file: with a comment of its own after the start of the JPEG."""
        return self.data[:2] + b"\xff\xfe\x00\x12" + os.urandom(16) + self.data[2:]


@dataclass(frozen=True)
class InMemory:
    """A `BlobSource`."""

    data: bytes

    def chunks(self) -> Iterator[bytes]:
        """All of it at once."""
        yield self.data


@dataclass(frozen=True)
class Making:
    """How many photos, of which real ones, for a store that is founded."""

    clinic: Clinic
    photos: int
    real: tuple[Path, ...]

    def run(self, say: Callable[[str], None]) -> None:
        """Import the pool, then fill charts: each patient has `VISITS` visits of `A_VISIT` photos."""
        who = {"user": self.clinic.user, "passwords": [self.clinic.password]}
        with command_desk(
            Invocation(store=self.clinic.store, quiet=True, cost=FLOOR_COST, **who), decoder=True
        ) as desk:
            people = [one.patient_id for one in map(desk.session.patients.add, made_patients(self._patients))]
            small, large = self._pool(desk, people[0])
            made = len(small) + len(large)
            say(f"{made:,} photos imported")
            for number, (patient_id, day) in enumerate(self._visits(people, date.fromisoformat(desk.session.today))):
                if made >= self.photos:
                    break
                count = min(A_VISIT, self.photos - made)
                _file(desk, patient_id, day, [_picked(small, large, made + one) for one in range(count)])
                made += count
                if made // SAY_EVERY > (made - count) // SAY_EVERY:
                    say(f"{made:,} photos in {number + 1:,} visits")

    @property
    def _patients(self) -> int:
        return self.photos // (A_VISIT * VISITS) + 1

    @staticmethod
    def _visits(people: list[str], today: date) -> Iterator[tuple[str, date]]:
        """Patient by patient, the oldest first."""
        for patient_id in people:
            for number in reversed(range(VISITS)):
                yield patient_id, today - timedelta(days=30 + number * 365)

    def _pool(self, desk: CommandDesk, patient_id: str) -> tuple[list[Pooled], list[Pooled]]:
        card, session = self.clinic.folder / "card", desk.session
        _Camera(self.real).fill(card)
        service = import_service(session, desk.link, desk.decoder)
        done = service.run([card], Assignment(patient_id, date.fromisoformat(session.today) - timedelta(days=3000)))
        shutil.rmtree(card)
        chart = session.charts.open(patient_id)
        facts = {photo.photo_id: photo.facts for photo in chart.photos()}
        pooled = [
            Pooled(
                chart.original_bytes(one.photo_id),
                facts[one.photo_id],
                {rendition: chart.rendition(one.photo_id, rendition) for rendition in STORED},
            )
            for one in done.outcomes
            if one.photo_id
        ]
        large = [one for one in pooled if one.facts.width_px > SMALL[0]]
        return [one for one in pooled if one.facts.width_px <= SMALL[0]], large


def _picked(small: list[Pooled], large: list[Pooled], number: int) -> Pooled:
    pool = large if number % LARGE_EVERY == 0 else small
    return pool[number % len(pool)]


def _file(desk: CommandDesk, patient_id: str, day: date, photos: list[Pooled]) -> None:
    """A whole visit in one transaction, as filing does it."""
    session = desk.session
    visit = session.visits.add(VisitDraft(patient_id, day))
    chart, change, job_id = session.charts.open(patient_id), session.actor.change("import"), ids.random_id()
    with chart.filing(change, sum(len(one.data) for one in photos)):
        for place, one in enumerate(photos):
            data = one.again()
            digest = hashlib.sha256(data).hexdigest()
            name = f"IMG_{place:04}.JPG"
            shot = Shot(ids.ordered_id(), job_id, name, len(data), 1, digest, "verified", one.facts, True, "")
            chart.file_shot(change, shot, InMemory(data), one.renditions, visit.visit_id)


class _Camera:
    """Takes the pictures."""

    def __init__(self, real: tuple[Path, ...]) -> None:
        self._random = np.random.default_rng(20_000)
        self._bases: list[Pixels] = []
        for path in real[:BASES]:
            with Image.open(path) as image:
                self._bases.append(np.asarray(image.convert("RGB").resize((1440, 1080))))
        self._grain = self._random.normal(0, 3.0, (LARGE[1] + 512, LARGE[0] + 512, 1)).astype(np.int8)

    def fill(self, card: Path) -> None:
        """The pool."""
        card.mkdir(parents=True)
        for number in range(POOL_SMALL + POOL_LARGE):
            self.take(card / f"IMG_{number:04d}.JPG", large=number >= POOL_SMALL)

    def take(self, path: Path, *, large: bool) -> None:
        """One photo: a crop of a real one at the camera's size, with the camera's grain."""
        width, height = LARGE if large else SMALL
        base = self._bases[int(self._random.integers(len(self._bases)))]
        share = self._random.uniform(0.6, 0.95)
        wide, high = int(base.shape[1] * share), int(base.shape[0] * share)
        x, y = (int(self._random.integers(most + 1)) for most in (base.shape[1] - wide, base.shape[0] - high))
        crop = Image.fromarray(base[y : y + high, x : x + wide]).resize((width, height))
        down, right = (int(one) for one in self._random.integers(0, 512, 2))
        grain = self._grain[down : down + height, right : right + width]
        pixels = np.clip(np.asarray(crop, np.int16) + grain, 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(path, quality=95 if large else 88)


def real_photos(folder: Path) -> tuple[Path, ...]:
    """Skin photos of the test data, the demo's where it is not here."""
    found = sorted((folder / "series" / "skin_single").glob("*.png"))
    return tuple(found or sorted((Path(__file__).parents[2] / "resources" / "demo").glob("*.png")))
