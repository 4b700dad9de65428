"""A clinic of many photos, made the way of a real one: a card copied and read back, its shots filed to visits.

The photos are real ones of the test data, each another crop with a grain of its own. Most are small, so that twenty
thousand fit on a disk; every `LARGE_EVERY`th is as large as a camera makes them, to know what a whole clinic of such
would weigh.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from photodesk.app.bench.workshop import made_patients
from photodesk.app.command_desk import CommandDesk, command_desk
from photodesk.app.command_line import Invocation
from photodesk.app.workplaces import import_service
from photodesk.crypto import FLOOR_COST
from photodesk.importing.job import Assignment
from tests.journeys.commands import Clinic

SMALL, LARGE, LARGE_EVERY = (960, 720), (4032, 3024), 100
A_CARD, A_VISIT, VISITS = 1000, 10, 5
BASES = 24
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Making:
    """How many photos, of which real ones, for a store that is founded."""

    clinic: Clinic
    photos: int
    real: tuple[Path, ...]

    @property
    def patients(self) -> int:
        """Each has `VISITS` visits of `A_VISIT` photos."""
        return max(1, self.photos // (A_VISIT * VISITS))

    def run(self, say: Callable[[str], None]) -> None:
        """Import and file everything, a card at a time; the card goes afterwards."""
        camera, made = _Camera(self.real), 0
        invocation = Invocation(
            store=self.clinic.store,
            user=self.clinic.user,
            passwords=[self.clinic.password],
            quiet=True,
            cost=FLOOR_COST,
        )
        with command_desk(invocation, decoder=True) as desk:
            people = [desk.session.patients.add(draft).patient_id for draft in made_patients(self.patients)]
            visits = self._visits(people, date.fromisoformat(desk.session.today))
            while made < self.photos:
                card = self.clinic.folder / "card"
                count = min(A_CARD, self.photos - made)
                camera.fill(card, made, count)
                self._file(desk, card, [next(visits) for _ in range(-(-count // A_VISIT))])
                shutil.rmtree(card)
                made += count
                say(f"{made:,} photos imported")

    def _visits(self, people: list[str], today: date) -> Iterator[Assignment]:
        """Patient by patient, the oldest first."""
        for patient_id in people:
            for number in reversed(range(VISITS)):
                yield Assignment(patient_id, today - timedelta(days=30 + number * 365))
        while True:
            yield Assignment(people[-1], today - timedelta(days=7))

    @staticmethod
    def _file(desk: CommandDesk, card: Path, visits: list[Assignment]) -> None:
        service = import_service(desk.session, desk.link, desk.decoder)
        done = service.run([card])
        shots = [one.shot_id for one in sorted(done.outcomes, key=lambda one: one.name)]
        parts = [(one, shots[at * A_VISIT : (at + 1) * A_VISIT]) for at, one in enumerate(visits)]
        service.file_parts(done.job_id, parts)


class _Camera:
    """Takes the pictures."""

    def __init__(self, real: tuple[Path, ...]) -> None:
        self._random = np.random.default_rng(20_000)
        self._bases: list[Pixels] = []
        for path in real[:BASES]:
            with Image.open(path) as image:
                self._bases.append(np.asarray(image.convert("RGB").resize((1440, 1080))))
        self._grain = self._random.normal(0, 3.0, (LARGE[1] + 512, LARGE[0] + 512, 1)).astype(np.int8)

    def fill(self, card: Path, first: int, count: int) -> None:
        """Files of one card."""
        card.mkdir(parents=True)
        for number in range(first, first + count):
            self.take(card / f"IMG_{number:06d}.JPG", large=number % LARGE_EVERY == LARGE_EVERY - 1)

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
