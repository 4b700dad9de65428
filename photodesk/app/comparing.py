"""One comparison as a command makes it: seen through the gate, written as an export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from photodesk.background.both import both
from photodesk.compare import Alignment, Measure, Side, align, as_json, measure
from photodesk.desk.session import Session
from photodesk.errors import Fixable
from photodesk.imaging.renditions import jpeg_pixels
from photodesk.photos import Photo, Rendition
from photodesk.photos.comparison import LaidBy
from photodesk.ui.compare.picture import SCREEN, PairPicture, PictureLaying, no_picture


@dataclass(frozen=True)
class ComparedPair:
    """Two photos of one patient and what was found about them."""

    patient_id: str
    photos: tuple[Photo, Photo]
    days: tuple[date, date]
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

    def picture(self) -> PairPicture:
        """What `compare --to` writes."""
        by = LaidBy.ITSELF if self.alignment.aligned else LaidBy.NOBODY
        laying = PictureLaying(by, self.alignment.matrix)
        return PairPicture(self.patient_id, self.photos, self.days, laying, self.measures)


def compare_pair(session: Session, patient_id: str, a: str, b: str, *, align_them: bool) -> ComparedPair:
    """See both through the gate (`COMPARE` and `VIEW` entries), align and measure them.

    Fixable `not_shown` where one has no picture; Damaged `rendition_damaged` where the picture made from it is damaged.
    """
    pictures = session.gate.compare(patient_id, (a, b), SCREEN, rendition=Rendition.SCREEN)
    timeline = {
        photo.photo_id: (photo, visit.visit.day)
        for visit in session.timeline.open(patient_id, SCREEN).visits
        for photo in visit.photos
    }
    for letter, photo_id in (("A", a), ("B", b)):
        if photo_id not in timeline:
            raise Fixable("photo_unknown", f"The chart does not list {letter} ({photo_id}).", "Name another photo.")
        if photo_id not in pictures:
            raise no_picture(letter, timeline[photo_id][0], session.gate.damage(photo_id))
    one, other = (jpeg_pixels(pictures[photo_id]) for photo_id in (a, b))
    (photo_a, day_a), (photo_b, day_b) = timeline[a], timeline[b]
    found = Alignment(0.0, None)
    if align_them:
        found = align(one, other, _size(photo_a), _size(photo_b), both)
    sides = Side(one, photo_a.facts, day_a), Side(other, photo_b.facts, day_b)
    return ComparedPair(patient_id, (photo_a, photo_b), (day_a, day_b), found, measure(*sides, found.matrix))


def _size(photo: Photo) -> tuple[int, int]:
    return photo.facts.width_px, photo.facts.height_px


def one_patient(session: Session, photo_ids: Sequence[str]) -> str:
    """The patient of these photos; Fixable `photo_unknown`, `different_patients`."""
    patients = {session.catalog.persons.main(session.photo_edit.patient_of(photo_id)) for photo_id in photo_ids}
    if len(patients) != 1:
        raise Fixable(
            "different_patients", "These photos are of different patients.", "Name photos of one patient at a time."
        )
    return patients.pop()
