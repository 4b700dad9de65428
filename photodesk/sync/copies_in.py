"""Taking in what came down, and asking for what this workstation keeps: thumbnails of everything, screen pictures of
two years and of today's patients, originals of pinned patients and of whoever is looked at.

A blob goes into a chart only where the chart's signed operations ask for exactly these bytes: the photo's key opens it,
its kind is right, its SHA-256 is the photo's. What is refused is fetched again a few times, then it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import BinaryIO

from photodesk.desk.session import Session
from photodesk.progress import Cancel
from photodesk.store.catalog import ChartPointer
from photodesk.store.chart import Chart
from photodesk.store.chart_copies import KeptCopy, name_of
from photodesk.store.chart_pieces import Piece
from photodesk.store.sealed_blob import BlobKind
from photodesk.store.snapshot_announcing import announced_charts
from photodesk.sync.copies_out import changed_charts
from photodesk.sync.keeping_room import keep_room
from photodesk.sync.named_copies import copied, lacking
from photodesk.sync.pins import pinned
from photodesk.sync.spool import Spool
from photodesk.sync.spool_blobs import BlobSpool, SpooledBlob, rank_of
from photodesk.sync.sync_settings import read_settings

GB = 10**9
SCREENS_FOR = timedelta(days=731)
TOGETHER, TOGETHER_BYTES = 64, 256 << 20
_WHOLE = {BlobKind.ORIGINAL, BlobKind.ATTACHMENT}


@dataclass(frozen=True)
class TakenCopies:
    """What came: photo ids by patient, all of them and those whose original came; how many blobs; how many were
    refused; how many are asked for now that were not before.
    """

    photos: Mapping[str, frozenset[str]] = field(default_factory=dict)
    originals: Mapping[str, frozenset[str]] = field(default_factory=dict)
    blobs: int = 0
    refused: int = 0
    asked: int = 0

    @property
    def patients(self) -> frozenset[str]:
        """Whose charts have more to show."""
        return frozenset(self.photos)


def take_copies(session: Session, spool: Spool, cancel: Cancel | None = None) -> TakenCopies:
    """Put what lies in the spool into the charts, and ask for what they lack. In the desk's one writing lane.

    Nothing without chart keys. Killed in between, the same blobs are taken again and change nothing.
    """
    if not session.has_chart_keys:
        return TakenCopies()
    blobs = BlobSpool(spool.file)
    taken = _Taking(session, blobs, cancel or Cancel()).run()
    keep_room(session, blobs, read_settings(spool).cache_gb * GB, cancel or Cancel())
    return replace(taken, asked=want_copies(session, blobs, cancel or Cancel()))


class _Taking:
    def __init__(self, session: Session, blobs: BlobSpool, cancel: Cancel) -> None:
        self._session = session
        self._blobs = blobs
        self._cancel = cancel
        self._photos: dict[str, set[str]] = {}
        self._originals: dict[str, set[str]] = {}
        self._count = self._refused = 0

    def run(self) -> TakenCopies:
        pointers = {one.chart_id: one for one in self._session.catalog.chart_pointers() if one.made}
        self._blobs.forget_strangers(pointers.keys() | announced_charts(self._session.catalog).keys())
        while here := self._blobs.here():
            for (_, scope), waiting in by_chart(here).items():
                self._cancel.check()
                self._chart(pointers.get(scope), scope, waiting)
        told = {patient: frozenset(ids) for patient, ids in self._photos.items()}
        originals = {patient: frozenset(ids) for patient, ids in self._originals.items()}
        return TakenCopies(told, originals, self._count, self._refused)

    def _chart(self, pointer: ChartPointer | None, scope: str, waiting: Sequence[SpooledBlob]) -> None:
        if pointer is None:
            self._blobs.unwanted([one.blob_id for one in waiting])
            return
        chart = self._session.charts.open(pointer.patient_id, hidden_too=True)
        asked = dict(copied(chart))
        wanted = [(one, asked[one.blob_id]) for one in waiting if one.blob_id in asked]
        self._blobs.unwanted([one.blob_id for one in waiting if one.blob_id not in asked])
        self._blobs.taken([one for one, piece in wanted if piece.here])
        for group in _groups([(one, piece) for one, piece in wanted if not piece.here]):
            self._cancel.check()
            self._group(chart, group)

    def _group(self, chart: Chart, group: Sequence[tuple[SpooledBlob, Piece]]) -> None:
        files = {name_of(piece): self._blobs.in_path(one.blob_id) for one, piece in group}

        def opened(piece: Piece) -> BinaryIO:
            return files[name_of(piece)].open("rb")

        there = [(one, piece) for one, piece in group if files[name_of(piece)].is_file()]
        size = sum(one.size_bytes for one, _ in there)
        refused = chart.take([piece for _, piece in there], opened, size) if there else {}
        good = [(one, piece) for one, piece in there if name_of(piece) not in refused]
        self._blobs.taken([one for one, _ in good])
        for one, piece in group:
            if (one, piece) not in good:
                self._refused += 1
                self._blobs.refused(one.blob_id)
        for _, piece in good:
            self._count += 1
            self._photos.setdefault(chart.patient_id, set()).add(piece.photo_id)
            if piece.kind in _WHOLE:
                self._originals.setdefault(chart.patient_id, set()).add(piece.photo_id)
        self._session.gate.forget(chart.patient_id, [piece.photo_id for _, piece in good])


def want_copies(session: Session, blobs: BlobSpool, cancel: Cancel) -> int:
    """Ask for what charts that changed lack and this workstation keeps; more for today's and pinned patients. How many
    were not asked for before."""
    asked = 0
    marks = {scope: mark[1] for scope, mark in blobs.chart_marks().items()}
    today = date.fromisoformat(session.today)
    recent = (today - SCREENS_FOR).isoformat()
    persons = session.catalog.persons
    of_today = {one for visit in session.catalog.visits_on(today) for one in persons.entries(visit.patient_id)}
    pins = pinned(session.catalog, session.keyset.workstation_id)
    of_pins = {one for patient_id in pins for one in persons.entries(patient_id)}
    due = {one.chart_id: one for one in changed_charts(session, marks)}
    for pointer in session.catalog.chart_pointers():
        if pointer.made and pointer.patient_id in of_today | of_pins:
            due.setdefault(pointer.chart_id, pointer)
    for pointer in due.values():
        cancel.check()
        chart = session.charts.open(pointer.patient_id, hidden_too=True)
        generation = chart.ledger.database.generation()
        if chart.drop_gone_bytes():
            generation += 1
        all_screens = pointer.patient_id in of_today
        seen = {one.visit_id for one in session.catalog.visits(pointer.patient_id) if one.day.isoformat() >= recent}
        shown = {photo.photo_id for photo in chart.photos() if all_screens or photo.visit_id in seen}
        keeps = _keeps(shown, whole=pointer.patient_id in of_pins)
        lacks = (_spooled(copy, chart, rank_of(copy.kind)) for copy, piece in lacking(chart) if keeps(piece))
        asked += blobs.want(lacks)
        blobs.mark_wanted(chart.chart_id, generation)
    return asked


def _keeps(shown: set[str], *, whole: bool) -> Callable[[Piece], bool]:
    def keeps(piece: Piece) -> bool:
        if piece.kind is BlobKind.SCREEN:
            return whole or piece.photo_id in shown
        return whole or piece.kind is BlobKind.THUMBNAIL

    return keeps


def _spooled(copy: KeptCopy, chart: Chart, rank: int) -> SpooledBlob:
    return SpooledBlob(copy.blob_id, chart.chart_id, copy.kind, copy.size_bytes, rank)


def by_chart(blobs: Sequence[SpooledBlob]) -> dict[tuple[int, str], list[SpooledBlob]]:
    """Every chart's thumbnails before the first screen picture."""
    found: dict[tuple[int, str], list[SpooledBlob]] = {}
    for one in blobs:
        found.setdefault((one.rank, one.scope), []).append(one)
    return found


def _groups(found: Sequence[tuple[SpooledBlob, Piece]]) -> Iterator[list[tuple[SpooledBlob, Piece]]]:
    group: list[tuple[SpooledBlob, Piece]] = []
    size = 0
    for one, piece in found:
        group.append((one, piece))
        size += one.size_bytes
        if len(group) == TOGETHER or size >= TOGETHER_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group
