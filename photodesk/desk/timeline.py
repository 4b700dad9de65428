"""A patient's timeline: visits newest first, each with its photos. Opening one is logged. No pixels here."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass

from photodesk.desk.actor import Actor
from photodesk.desk.camera_clock import corrected
from photodesk.desk.merged_entries import MergedEntry, merged_entries
from photodesk.desk.roles import Right
from photodesk.desk.visits import joined
from photodesk.log.entry import Action
from photodesk.patients import Patient
from photodesk.photos import Attachment, Photo
from photodesk.store.catalog import Catalog
from photodesk.store.charts import Charts
from photodesk.visits import Visit


@dataclass(frozen=True)
class TimelineVisit:
    """One visit; photos in the order they were taken."""

    visit: Visit
    photos: tuple[Photo, ...]
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Timeline:
    """Visits newest first, of every entry of the person. `merged` are the entries beside the main one."""

    patient: Patient
    visits: tuple[TimelineVisit, ...]
    merged: tuple[MergedEntry, ...] = ()

    @property
    def entries(self) -> tuple[str, ...]:
        """Ids of the patient's entries, the main one first."""
        return (self.patient.patient_id, *(one.patient.patient_id for one in self.merged))

    @property
    def photo_count(self) -> int:
        """How many photos the chart holds."""
        return sum(len(visit.photos) for visit in self.visits)


@dataclass(frozen=True)
class SeenBy:
    """Who opened a chart, and when last (wall ms). A convenience; the log is the proof."""

    person_id: str
    name: str
    at_ms: int


class TimelineDesk:
    """Opens timelines."""

    def __init__(self, actor: Actor, catalog: Catalog, charts: Charts) -> None:
        self._actor = actor
        self._catalog = catalog
        self._charts = charts
        self._open: set[str] = set()
        self._lock = threading.Lock()

    def open(self, patient_id: str, screen: str = "timeline") -> Timeline:
        """The timeline, after a `RECORD_OPENED` entry for each entry of the person; that of the main one.

        Fixable `patient_unknown`; Damaged for a damaged chart.
        """
        self._actor.require(Right.SEE_CHART)
        entries = self._catalog.persons.entries(patient_id)
        patient = self._catalog.patient(entries[0])
        for entry in entries:
            self._actor.log(self._actor.entry(Action.RECORD_OPENED, entry, screen=screen))
        with self._lock:
            self._open.update(entries)
        return self._read(patient)

    def refresh(self, patient_id: str) -> Timeline:
        """The timeline of a record that is open already, without another entry; otherwise as `open`."""
        self._actor.require(Right.SEE_CHART)
        entries = self._catalog.persons.entries(patient_id)
        with self._lock:
            known = self._open.issuperset(entries)
        return self._read(self._catalog.patient(entries[0])) if known else self.open(patient_id)

    def seen_by(self, patient_id: str) -> tuple[SeenBy, ...]:
        """Who opened this chart, each person once, the latest first; what the chart itself remembers."""
        self._actor.require(Right.SEE_CHART)
        latest: dict[str, int] = {}
        for seen in (one for chart in self._charts.of_person(patient_id) for one in chart.seen_list()):
            latest[seen.person_id] = max(seen.last_ms, latest.get(seen.person_id, 0))
        ordered = sorted(latest.items(), key=lambda each: -each[1])
        return tuple(SeenBy(person, self._catalog.person_name(person), at_ms) for person, at_ms in ordered)

    def close(self, patient_id: str) -> None:
        """The record is left: opening it again is a new entry."""
        with self._lock:
            self._open.difference_update(self._catalog.persons.entries(patient_id))

    def _read(self, patient: Patient) -> Timeline:
        photos: defaultdict[str, list[Photo]] = defaultdict(list)
        attachments: defaultdict[str, list[Attachment]] = defaultdict(list)
        for chart in self._charts.of_person(patient.patient_id):
            for photo in corrected(self._catalog, chart.photos()):
                photos[photo.visit_id].append(photo)
            for attachment in chart.attachments():
                attachments[attachment.visit_id].append(attachment)
        visits = joined(self._actor, self._catalog, self._charts, patient.patient_id)
        return Timeline(
            patient,
            tuple(
                TimelineVisit(
                    visit, tuple(sorted(photos[visit.visit_id], key=taken_order)), tuple(attachments[visit.visit_id])
                )
                for visit in visits
                if not visit.cancelled or visit.visit_id in photos or visit.visit_id in attachments or visit.title
            ),
            merged_entries(self._catalog, patient.patient_id),
        )


def taken_order(photo: Photo) -> tuple[str, str, str]:
    """Sorts photos of one visit: (corrected) camera time where written, then the name on the card, then the id."""
    camera_time = photo.taken
    return camera_time.text if camera_time else "", photo.displayed.name, photo.photo_id
