"""A clinic for a bench: a temporary store, a signed-in desk, made photos and made patients."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import simplejpeg

from photodesk.app.command_desk import CommandDesk, command_desk
from photodesk.app.command_line import Invocation
from photodesk.app.workplaces import import_service
from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST, Argon2Cost
from photodesk.desk.entrance import Entrance
from photodesk.importing.job import Assignment, ImportResult
from photodesk.patients import PatientDraft
from photodesk.progress import Report, silent

PERSON = "Bench Person"
PIXELS_PER_MB = 3_000_000


@dataclass(frozen=True)
class Workshop:
    """One bench's clinic."""

    folder: Path
    password: str
    desk: CommandDesk

    def patient(self) -> str:
        """A patient to file to."""
        return self.desk.session.patients.add(PatientDraft("B-1", "Bench", "Photo", date(1980, 1, 1))).patient_id

    def import_photos(self, patient_id: str, files: list[Path], day: date | None = None) -> list[str]:
        """File these; photo ids in order."""
        result = self.import_card(patient_id, files, day=day)
        return [outcome.photo_id for outcome in result.outcomes if outcome.photo_id]

    def import_card(
        self, patient_id: str, files: list[Path], report: Report = silent, day: date | None = None
    ) -> ImportResult:
        """Import and file these."""
        desk = self.desk
        assignment = Assignment(patient_id, day or date.fromisoformat(desk.session.today))
        return import_service(desk.session, desk.link, desk.decoder).run(files, assignment, report)


@contextmanager
def empty_clinic(cost: Argon2Cost = FLOOR_COST) -> Iterator[tuple[Path, str]]:
    """A founded store in a temporary folder that goes with the bench: (folder, password)."""
    with tempfile.TemporaryDirectory(prefix="photodesk-bench-") as name:
        folder, password = Path(name), secrets.token_urlsafe(16)
        Entrance(folder / "store", SystemClock(), cost).found(
            "Bench clinic", "Bench", PERSON, password, password_only=True
        )
        yield folder, password


@contextmanager
def workshop() -> Iterator[Workshop]:
    """A founded store with a desk signed in."""
    with empty_clinic() as (folder, password):
        invocation = Invocation(store=folder / "store", user=PERSON, passwords=[password], quiet=True, cost=FLOOR_COST)
        with command_desk(invocation, decoder=True) as desk:
            yield Workshop(folder, password, desk)


def made_photos(folder: Path, count: int, size_mb: float) -> list[Path]:
    """`count` different JPEGs of exactly `size_mb` × 10⁶ bytes each, of camera-like texture, 3 megapixels a MB."""
    folder.mkdir(parents=True, exist_ok=True)
    size_bytes = int(size_mb * 1_000_000)
    base = _picture(size_mb, size_bytes - 64)
    files = []
    for number in range(count):
        file = folder / f"IMG_{number:05d}.JPG"
        file.write_bytes(base + os.urandom(size_bytes - len(base)))
        files.append(file)
    os.sync()
    return files


def _picture(size_mb: float, limit_bytes: int) -> bytes:
    pixels = max(10_000, int(PIXELS_PER_MB * size_mb))
    height = int((pixels / 1.5) ** 0.5)
    width = int(height * 1.5)
    random = np.random.default_rng(4711)
    coarse = np.kron(random.integers(90, 200, (height // 16 + 1, width // 16 + 1, 3)), np.ones((16, 16, 1)))
    noise = random.normal(0, 9, (height, width, 3))
    image = np.clip(coarse[:height, :width] + noise, 0, 255).astype(np.uint8)
    for quality in (92, 88, 84, 78, 70, 60, 45, 30, 15, 5):
        data: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(image), quality=quality, colorsubsampling="420")
        if len(data) <= limit_bytes:
            return data
    return data[:limit_bytes]


FAMILY = ("Berg", "Sørensen", "Müller", "Nguyễn", "García", "O'Neil", "Łukasz", "Yılmaz", "Rossi", "Dubois", "Kowalski")
GIVEN = (
    "Ada",
    "Ben",
    "Cléo",
    "Dora",
    "Émile",
    "Finn",
    "Greta",
    "Håkon",
    "Inès",
    "Jürgen",
    "Kim",
    "Léa",
    "Maja",
    "Nils",
)


def made_patients(count: int) -> list[PatientDraft]:
    """Invented patients: few names, many people, as in a clinic."""
    random = np.random.default_rng(7)
    start = date(1930, 1, 1)
    return [
        PatientDraft(
            f"{number:07d}",
            f"{FAMILY[int(random.integers(len(FAMILY)))]}{'' if number % 3 else f'-{number % 997}'}",
            f"{GIVEN[int(random.integers(len(GIVEN)))]} {GIVEN[int(random.integers(len(GIVEN)))]}",
            start + timedelta(days=int(random.integers(0, 33_000))),
        )
        for number in range(count)
    ]
