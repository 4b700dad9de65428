"""Marks over the demo clinic's followed naevus, from `resources/demo/marks.toml`: drawn the way a person draws them."""

from __future__ import annotations

import tomllib
from pathlib import Path

from photodesk import ids
from photodesk.compare.measurement import scale_from
from photodesk.desk.session import Session
from photodesk.photos.marks import Mark, MarkKind, Point, ScaleSource


def draw_marks(session: Session, described: Path) -> None:
    """Give each photo named there its scale from the ruler in it, an outline and a length of the lesion."""
    wanted = tomllib.loads(described.read_text(encoding="utf-8"))
    patient_id = session.patients.by_mrn(wanted["patient"]).patient_id
    timeline = session.timeline.refresh(patient_id)
    by_name = {photo.displayed.name: photo.photo_id for each in timeline.visits for photo in each.photos}
    layers = session.layers
    lesion = layers.follow(patient_id, wanted["name"], wanted["body_site"])
    for one in wanted["photos"]:
        photo_id = by_name[one["file"]]
        start, end = points(one["ruler"])
        scale = scale_from(photo_id, (start, end), wanted["ruler_mm"], ScaleSource.RULER)
        layers.set_scale(patient_id, photo_id, scale)
        outline, across = points(one["outline"]), points(one["across"])
        for kind, drawn, aided in ((MarkKind.OUTLINE, outline, True), (MarkKind.LENGTH, across, False)):
            mark = Mark(ids.random_id(), photo_id, kind, drawn, "", lesion.lesion_id, aided)
            layers.draw(patient_id, mark)


def points(listed: list[list[float]]) -> tuple[Point, ...]:
    """Points as the file lists them."""
    return tuple((float(x), float(y)) for x, y in listed)
