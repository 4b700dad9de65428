"""A patient's timeline on paper: visits newest first with their words, photos small with what is recorded of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from photodesk.errors import Fixable
from photodesk.export.paper import Paper, Picture, day_words
from photodesk.photos import Photo, body_site, standard_view

if TYPE_CHECKING:
    from photodesk.desk.timeline import Timeline, TimelineVisit

_ROOM_PT = 270  # a heading and a row of photos
_START_OF_FRAME = frozenset({0xC0, 0xC1, 0xC2, 0xC3})


def timeline_pdf(
    timeline: Timeline, notes: str, clinic: str, made_at_ms: int, thumbnail: Callable[[str], bytes]
) -> bytes:
    """The PDF. `thumbnail` gives a photo's small JPEG, b"" where it has none. Fixable `font_missing`."""
    patient, paper = timeline.patient, Paper(clinic, made_at_ms)
    paper.heading("Photo record")
    born = f"born {day_words(patient.birth)}"
    paper.line(f"{patient.given} {patient.family}".strip() + f", {born} · record number {patient.mrn}")
    for one in timeline.merged:
        also = f"{one.patient.given} {one.patient.family}".strip()
        paper.line(f"With the entry of {also} · record number {one.patient.mrn}")
    visits = f"{len(timeline.visits):,} visit{'' if len(timeline.visits) == 1 else 's'}"
    photos = f"{timeline.photo_count:,} photo{'' if timeline.photo_count == 1 else 's'}"
    paper.line(f"{visits}, {photos}, newest first.")
    if notes:
        paper.section("Notes")
        for line in notes.splitlines():
            paper.line(line, 10)
    for visit in timeline.visits:
        _visit(paper, visit, thumbnail)
    return paper.document()


def _visit(paper: Paper, visit: TimelineVisit, thumbnail: Callable[[str], bytes]) -> None:
    one = visit.visit
    when = day_words(one.day) + (f", {one.at:%H:%M}" if one.at else "")
    paper.section(
        when, " · ".join(text for text in (one.title, one.room, "cancelled" if one.cancelled else "") if text)
    )
    if one.reason:
        paper.line(one.reason, 10)
    pictures: list[Picture] = []
    without: list[Photo] = []
    for photo in visit.photos:
        jpeg = thumbnail(photo.photo_id)
        size = jpeg_size(jpeg)
        if size is None:
            without.append(photo)
        else:
            pictures.append(Picture(jpeg, *size, _words(photo)))
    if pictures:
        paper.pictures(pictures)
    for photo in without:
        paper.line("A photo that cannot be shown: " + " · ".join(_words(photo)), 9, 0.4)
    for attachment in visit.attachments:
        paper.line(f"Kept with this visit: {attachment.original.name}. {attachment.reason}", 9, 0.4)


def _words(photo: Photo) -> tuple[str, ...]:
    place = " ".join(text for text in (_site(photo.body_site), _view(photo.standard_view)) if text)
    taken = photo.taken.text.replace("T", " ") if photo.taken else ""
    return tuple(text for text in (place, taken, ", ".join(photo.tags)) if text)


def _site(code: str) -> str:
    try:
        return body_site(code).name if code else ""
    except Fixable:
        return code


def _view(code: str) -> str:
    try:
        return standard_view(code).name.lower() if code else ""
    except Fixable:
        return code


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """(pixels across, pixels down) from a JPEG's start of frame (ITU-T T.81 B.2.2), None where there is none."""
    at = 2
    while data[:2] == b"\xff\xd8" and at + 9 <= len(data) and data[at] == 0xFF:
        if data[at + 1] in _START_OF_FRAME:
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
