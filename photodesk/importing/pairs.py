"""Files of one card that are one photo: a RAW and the JPEG (or HEIC) beside it, and what belongs to a photo.

Two files are one photo when they come from one job, lie in the same folder, have the same name up to the ending, one is
a RAW and the other a JPEG or HEIC that can be shown, they go to the same visit, and the camera does not say otherwise
(times more than two seconds apart, another model). The JPEG is displayed. A file that comes in with a later job stays a
photo of its own: a name is no proof across cards, for cameras count from 0001 again and again.
A video or sidecar of the same name belongs to the photo as its attachment (Live Photos).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import PurePosixPath
from typing import TypeVar

from photodesk.importing.workplace import JobRecord, Workplace
from photodesk.photos import PhotoFacts, Rendition
from photodesk.store.change import Change
from photodesk.store.chart import BlobSource, Chart, Filed
from photodesk.store.chart_corrections import Presence
from photodesk.store.packs import Shot

MOST_APART_S = 2
SHOWN_TYPES = frozenset({"image/jpeg", "image/heic", "image/heif"})
_SHOWN_ENDINGS = frozenset({".jpg", ".jpeg", ".jpe", ".heic", ".heif", ".hif"})
_BESIDE_ENDINGS = frozenset({".mov", ".mp4", ".m4v", ".xmp", ".aae", ".thm", ".wav"})
_RAW_ENDINGS = frozenset(
    {".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".sr2", ".srf", ".raf", ".orf", ".rw2", ".dng", ".pef", ".srw"}
)
One = TypeVar("One")


class Part(IntEnum):
    """What a file can be of a photo, in the order in which they are filed."""

    SHOWN = 0
    RAW = 1
    BESIDE = 2


@dataclass(frozen=True)
class Member:
    """A photo of this job that is in a chart: what a mate is compared with. `has_shown`: it has its JPEG."""

    photo_id: str
    facts: PhotoFacts
    has_shown: bool


def stem_of(name: str) -> str:
    """Folder and name without the ending, case not distinguished (cameras and copies differ in it)."""
    path = PurePosixPath(name)
    return str(path.with_name(path.stem) if path.stem else path).casefold()


def is_raw(media_type: str) -> bool:
    """Whether a camera's own format; all of them are named `image/x-…`."""
    return media_type.startswith("image/x-")


def part_of(name: str) -> Part:
    """What a file probably is, by its name: good enough to put files in order, never to pair them."""
    ending = PurePosixPath(name).suffix.casefold()
    return Part.SHOWN if ending in _SHOWN_ENDINGS else Part.BESIDE if ending in _BESIDE_ENDINGS else Part.RAW


def waits_for_shown(name: str) -> bool:
    """Whether a file of this name is often one of several: a RAW, a video or a sidecar."""
    ending = PurePosixPath(name).suffix.casefold()
    return ending in _RAW_ENDINGS or ending in _BESIDE_ENDINGS


def pairs_together(waiting: Iterable[One], names: Sequence[str]) -> list[One]:
    """The same things in the order of `names`, but files of one photo next to each other, the displayed one first."""
    first: dict[str, int] = {}
    keyed = []
    for place, (one, name) in enumerate(zip(waiting, names, strict=True)):
        stem = stem_of(name)
        keyed.append(((first.setdefault(stem, place), part_of(name), place), one))
    return [one for _, one in sorted(keyed, key=lambda pair: pair[0])]


class Pairs:
    """Files the pictures of one job, each alone or as an original of the photo it belongs to."""

    def __init__(self, workplace: Workplace, job_id: str) -> None:
        self._workplace = workplace
        self._job_id = job_id
        self._charts: dict[str, dict[tuple[str, str], Member]] = {}

    def file(
        self,
        chart: Chart,
        change: Change,
        shot: Shot,
        source: BlobSource,
        renditions: Mapping[Rendition, bytes],
        visit_id: str,
        place: tuple[str, str],
    ) -> Filed:
        """File a picture with its site and view; as a further original, or in front of a RAW, it keeps the photo's."""
        mate = self.mate(chart, shot, visit_id)
        if mate is None:
            filed = chart.file_shot(change, shot, source, renditions, visit_id, *place)
        elif mate.has_shown:
            filed = chart.add_original(change, mate.photo_id, shot, source)
        else:
            filed = chart.add_displayed(change, mate.photo_id, shot, source, renditions)
        self._remember(chart, shot, visit_id, filed.photo_id)
        return filed

    def mate(self, chart: Chart, shot: Shot, visit_id: str) -> Member | None:
        """The photo that this RAW, JPEG or HEIC is an original of, or None where it is a photo of its own."""
        found = self._member(chart, shot, visit_id)
        raw = is_raw(shot.facts.media_type)
        shown = shot.facts.media_type in SHOWN_TYPES and not shot.facts.undecodable
        fits = found is not None and (raw if found.has_shown else shown)
        if found is None or not fits or not self._same_moment(found.facts, shot.facts):
            return None
        return found

    def photo_beside(self, chart: Chart, shot: Shot, visit_id: str) -> str:
        """The photo that a video or sidecar belongs to, "" for none."""
        found = self._member(chart, shot, visit_id)
        if found is None or part_of(shot.name) is not Part.BESIDE:
            return ""
        live = found.facts.live_photo_id, shot.facts.live_photo_id
        return found.photo_id if not all(live) or live[0] == live[1] else ""

    def _remember(self, chart: Chart, shot: Shot, visit_id: str, photo_id: str) -> None:
        known = self._of(chart)
        key = visit_id, stem_of(shot.name)
        before = known.get(key)
        if before is not None and before.photo_id == photo_id and is_raw(shot.facts.media_type):
            return
        known[key] = Member(photo_id, shot.facts, not is_raw(shot.facts.media_type))

    def _member(self, chart: Chart, shot: Shot, visit_id: str) -> Member | None:
        """The photo of this name, if the chart really has it: what was filed may have been rolled back, or moved."""
        known = self._of(chart)
        found = known.get((visit_id, stem_of(shot.name)))
        if found is None:
            return None
        item = chart.item(found.photo_id)
        if item is None or item.presence is not Presence.HERE:
            del known[visit_id, stem_of(shot.name)]
            return None
        return found

    def _of(self, chart: Chart) -> dict[tuple[str, str], Member]:
        """Read from the chart once, so that a job that was interrupted goes on where it was."""
        known = self._charts.get(chart.patient_id)
        if known is None:
            known = {
                (photo.visit_id, stem_of(photo.displayed.name)): Member(
                    photo.photo_id,
                    photo.facts,
                    photo.facts.media_type in SHOWN_TYPES and not photo.facts.undecodable,
                )
                for photo in chart.photos()
                if photo.job_id == self._job_id
            }
            self._charts[chart.patient_id] = known
        return known

    def _same_moment(self, one: PhotoFacts, other: PhotoFacts) -> bool:
        models = one.capture.model, other.capture.model
        if all(models) and models[0] != models[1]:
            return False
        if one.camera_time is None or other.camera_time is None:
            return self._one_source()
        return abs((one.camera_time.local() - other.camera_time.local()).total_seconds()) <= MOST_APART_S

    def _one_source(self) -> bool:
        """Whether names alone tell files in one folder from files of another: not where several places were chosen."""
        return len(JobRecord.parse(self._workplace.catalog.job(self._job_id).source).sources) == 1
