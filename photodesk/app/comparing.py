"""One comparison as a command makes it: seen through the gate, written as an export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photodesk.compare import Alignment, Measure, Mode, Side, align, as_json, measure, render, scaled_matrix
from photodesk.desk.session import Session
from photodesk.errors import Fixable
from photodesk.export import export_comparison
from photodesk.imaging.decoded import Pixels
from photodesk.imaging.renditions import jpeg_pixels
from photodesk.photos import Photo, Rendition

SCREEN = "compare"


@dataclass(frozen=True)
class ComparedPair:
    """Two photos of one patient and what was found about them."""

    patient_id: str
    photos: tuple[Photo, Photo]
    alignment: Alignment
    measures: tuple[Measure, ...]

    def document(self) -> dict[str, Any]:
        """The JSON without `path`."""
        matrix = self.alignment.matrix
        return {
            "aligned": self.alignment.aligned,
            "confidence": self.alignment.confidence,
            "matrix": None if matrix is None else [list(row) for row in matrix],
            "comparability": as_json(self.measures),
        }

    def write(self, session: Session, target: Path, mode: Mode, width_px: int, purpose: str, recipient: str) -> Path:
        """A PNG of both, after an `EXPORT` entry. Fixable `folder_missing`, `export_failed`."""
        decoder = session.decoder
        if not target.parent.is_dir() or decoder is None:
            raise Fixable("folder_missing", "The folder to write into does not exist.", "Make it, or choose another.")
        photo_ids = (self.photos[0].photo_id, self.photos[1].photo_id)
        leave = session.disclosures.disclose(
            self.patient_id, photo_ids, purpose, recipient, rendition=f"comparison {mode.value}", screen=SCREEN
        )
        pixels = [_shown(session.disclosures.pixels(leave, photo_id, width_px).pixels) for photo_id in photo_ids]
        matrix = self.alignment.matrix
        if matrix is not None:
            factors = [
                max(shown.shape[:2]) / max(one.facts.width_px, one.facts.height_px)
                for shown, one in zip(pixels, self.photos, strict=True)
            ]
            matrix = scaled_matrix(matrix, factors[0], factors[1])  # type: ignore[assignment]
        picture = render(pixels[0], pixels[1], mode, width_px, matrix)
        return export_comparison(picture, target.resolve(), leave, decoder).path


def compare_pair(session: Session, patient_id: str, a: str, b: str, *, align_them: bool) -> ComparedPair:
    """See both through the gate (`COMPARE` and `VIEW` entries), align and measure them.

    Fixable `not_shown` where one has no picture.
    """
    pictures = session.gate.compare(patient_id, (a, b), SCREEN, rendition=Rendition.SCREEN)
    timeline = {
        photo.photo_id: (photo, visit.visit.day)
        for visit in session.timeline.open(patient_id, SCREEN).visits
        for photo in visit.photos
    }
    if not {a, b} <= pictures.keys() & timeline.keys():
        raise _no_picture()
    one, other = (jpeg_pixels(pictures[photo_id]) for photo_id in (a, b))
    (photo_a, day_a), (photo_b, day_b) = timeline[a], timeline[b]
    found = Alignment(0.0, None)
    if align_them:
        found = align(one, other, _size(photo_a), _size(photo_b))
    sides = Side(one, photo_a.facts, day_a), Side(other, photo_b.facts, day_b)
    return ComparedPair(patient_id, (photo_a, photo_b), found, measure(*sides, found.matrix))


def _size(photo: Photo) -> tuple[int, int]:
    return photo.facts.width_px, photo.facts.height_px


def _shown(pixels: Pixels | None) -> Pixels:
    if pixels is None:
        raise _no_picture()
    return pixels


def _no_picture() -> Fixable:
    return Fixable("not_shown", "One of these files cannot be shown: there is nothing to compare.", "Choose another.")


def one_patient(session: Session, photo_ids: Sequence[str]) -> str:
    """The patient of these photos; Fixable `photo_unknown`, `different_patients`."""
    patients = {session.photo_edit.patient_of(photo_id) for photo_id in photo_ids}
    if len(patients) != 1:
        raise Fixable(
            "different_patients", "These photos are of different patients.", "Name photos of one patient at a time."
        )
    return patients.pop()
