"""A desk without a store, for screens: photos in memory, a gate that keeps its entries, tasks that run when told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np

from photodesk.desk.ahead import Ready
from photodesk.desk.corrections import DeletedPhoto, Moved
from photodesk.desk.look import Look
from photodesk.desk.purpose import NONE_GIVEN
from photodesk.desk.roles import Right
from photodesk.desk.timeline import SeenBy, Timeline, TimelineVisit
from photodesk.errors import Damaged, Fixable
from photodesk.imaging.decoded import Decoded
from photodesk.imaging.renditions import encode_jpeg, jpeg_pixels
from photodesk.patients import Patient, Sex
from photodesk.photos import (
    DEFAULT_PROTOCOLS,
    CameraTime,
    CaptureFacts,
    Original,
    Photo,
    PhotoChange,
    PhotoFacts,
    Protocol,
    Rendition,
)
from photodesk.ui.page import PageContext
from photodesk.visits import Visit
from tests.ui.pretend_layers import PretendLayers

TODAY = date(2026, 11, 20)
PATIENT = Patient("p" * 32, "000123", "Test", "Ada", date(1968, 5, 12), Sex.FEMALE)
FOREARM, UPPER_BACK, CHEEK = "66480008", "699893008", "60819002"


def photo(number: int, visit_id: str, site: str = "", view: str = "", tags: tuple[str, ...] = ()) -> Photo:
    """A photo with a made-up original."""
    photo_id = f"{number:032x}"
    facts = PhotoFacts(
        "image/jpeg",
        6000,
        4000,
        camera_time=CameraTime("2026-11-20T09:14:00"),
        capture=CaptureFacts(model="Room 2 camera", focal_length_mm=100.0, f_number=8, exposure_s=1 / 160, iso=200),
    )
    original = Original(photo_id, f"{number:064x}", 1000, "image/jpeg", f"IMG_{number:05}.JPG")
    return Photo(photo_id, PATIENT.patient_id, visit_id, (original,), facts, site, view, tags)


def visit(number: int, day: date, title: str = "") -> Visit:
    """A visit of the patient."""
    return Visit(f"v{number:031x}", PATIENT.patient_id, day, None, "", "", title, "")


def small_timeline() -> Timeline:
    """Six visits as on the picture: the forearm in all, upper back and cheek in some."""
    days = (
        (date(2026, 11, 20), "Naevus check"),
        (date(2026, 8, 28), "Naevus check"),
        (date(2026, 6, 5), "Naevus check"),
        (date(2026, 3, 13), "Acne, first visit"),
        (date(2025, 9, 12), "Naevus check"),
        (date(2025, 3, 14), "First"),
    )
    visits, number = [], 0
    for at, (day, title) in enumerate(days):
        this = visit(at, day, title)
        wanted = [(FOREARM, "overview"), (FOREARM, "close-up")]
        wanted += [(FOREARM, "dermoscopy")] if at < 2 else []
        wanted += [(UPPER_BACK, "overview"), (UPPER_BACK, "close-up")] if at in {0, 4, 5} else []
        wanted += [(CHEEK, "frontal"), (CHEEK, "oblique-right")] if at in {1, 2, 3} else []
        photos = []
        for site, view in wanted:
            photos.append(photo(number, this.visit_id, site, view, ("naevus",) if site == FOREARM else ()))
            number += 1
        visits.append(TimelineVisit(this, tuple(photos)))
    return Timeline(PATIENT, tuple(visits))


def large_timeline(photos: int, per_visit: int = 12) -> Timeline:
    """Many visits."""
    visits = []
    for at, start in enumerate(range(0, photos, per_visit)):
        this = visit(at, TODAY - timedelta(days=9 * at), "Follow-up")
        kept = tuple(
            photo(n, this.visit_id, (FOREARM, UPPER_BACK, CHEEK)[n % 3], ("overview", "close-up")[n % 2])
            for n in range(start, min(start + per_visit, photos))
        )
        visits.append(TimelineVisit(this, kept))
    return Timeline(PATIENT, tuple(visits))


def grey_jpeg(width: int = 48, height: int = 36, value: int = 128) -> bytes:
    """A flat rendition."""
    return encode_jpeg(np.full((height, width, 3), value, np.uint8), 85)


class PretendPurposes:
    """Asks where `ask` says so, until something was said."""

    def __init__(self) -> None:
        self.ask = False
        self.said: list[str] = []

    def needed(self, _patient_id: str) -> bool:
        return self.ask and not self.said

    def say(self, _patient_id: str, purpose: str = NONE_GIVEN) -> None:
        self.said.append(purpose)


@dataclass
class PretendGate:
    """Keeps what was asked; every call is one entry. `broken` refuses like a full log."""

    pictures: Callable[[str, Rendition], bytes] = field(default=lambda _p, _r: grey_jpeg())
    entries: list[tuple[str, tuple[str, ...], str, str]] = field(default_factory=list)
    broken: bool = False
    purposes: PretendPurposes = field(default_factory=PretendPurposes)
    damages: dict[str, Damaged] = field(default_factory=dict)

    def _write(self, what: str, photo_ids: Sequence[str], rendition: Rendition, screen: str) -> None:
        if self.broken:
            raise Fixable("log_not_writable", "The activity log cannot be written.", "Free some space.")
        self.entries.append((what, tuple(photo_ids), rendition.value, screen))

    def coming(self, _photo_id: str) -> bool:
        return False

    def damage(self, photo_id: str) -> Damaged | None:
        return self.damages.get(photo_id)

    def view(
        self, patient_id: str, photo_ids: Sequence[str], rendition: Rendition, screen: str, purpose: str | None = None
    ) -> dict[str, bytes]:
        self._write("VIEW", photo_ids, rendition, screen)
        return {p: self.pictures(p, rendition) for p in photo_ids}

    def compare(
        self,
        patient_id: str,
        photo_ids: Sequence[str],
        screen: str = "compare",
        purpose: str | None = None,
        rendition: Rendition = Rendition.SCREEN,
    ) -> dict[str, bytes]:
        self._write("COMPARE", photo_ids, rendition, screen)
        return {p: self.pictures(p, rendition) for p in photo_ids}

    def look(self, patient_id: str, photo_ids: Sequence[str], screen: str, purpose: str | None = None) -> Look:
        def send() -> tuple[()]:
            what = "COMPARE" if len(photo_ids) > 1 else "VIEW"
            self._write(what, photo_ids, Rendition.SCREEN, screen)
            return ()

        return Look(send, lambda photo_id: self.pictures(photo_id, Rendition.SCREEN) or None, lambda: None)

    def prefetch(
        self, patient_id: str, photo_ids: Sequence[str], rendition: Rendition, ready: Ready | None = None
    ) -> None:
        """Nothing to fetch."""

    def original_pixels(
        self, patient_id: str, photo_id: str, screen: str, purpose: str | None = None, long_edge_px: int | None = None
    ) -> Decoded:
        self._write("VIEW", (photo_id,), Rendition.ORIGINAL, screen)
        pixels = jpeg_pixels(self.pictures(photo_id, Rendition.SCREEN))
        painted = np.dstack([pixels[:, :, ::-1], np.full_like(pixels[:, :, :1], 255)])
        return Decoded(PhotoFacts("image/jpeg", pixels.shape[1], pixels.shape[0]), painted)

    def leave(self, screen: str) -> None:
        self.entries.append(("VIEW_END", (), "", screen))


@dataclass
class PretendTimeline:
    timeline: Timeline

    def open(self, _patient_id: str, screen: str = "timeline") -> Timeline:
        return self.timeline

    def refresh(self, _patient_id: str) -> Timeline:
        return self.timeline

    def seen_by(self, _patient_id: str) -> tuple[SeenBy, ...]:
        return (SeenBy("o" * 32, "Dr. Jo Model", 1_795_163_460_000),)

    def close(self, _patient_id: str) -> None:
        """Nothing is open."""


class PretendEdit:
    """Changes photos of the pretended timeline."""

    def __init__(self, desk: PretendDesk) -> None:
        self._desk = desk
        self.entries: list[tuple[str, ...]] = []

    def apply(self, _patient_id: str, wanted: Mapping[str, PhotoChange]) -> tuple[Photo, ...]:
        self.entries.append(tuple(wanted))
        held = self._desk.timeline
        photos = {p.photo_id: p for v in held.timeline.visits for p in v.photos}
        for photo_id, change in wanted.items():
            photos[photo_id] = replace(photos[photo_id], **change.differing(photos[photo_id]))  # type: ignore[arg-type]
        visits = tuple(
            replace(v, photos=tuple(p for p in photos.values() if p.visit_id == v.visit.visit_id))
            for v in held.timeline.visits
        )
        held.timeline = replace(held.timeline, visits=visits)
        return tuple(photos[photo_id] for photo_id in wanted)


class PretendProtocols:
    def all(self) -> tuple[Protocol, ...]:
        return DEFAULT_PROTOCOLS


class PretendCorrections:
    """Hides and moves photos of the pretended timeline; remembers what was asked."""

    def __init__(self, desk: PretendDesk) -> None:
        self._desk = desk
        self.calls: list[tuple[object, ...]] = []
        self.gone: dict[str, DeletedPhoto] = {}

    def _keep(self, wanted: Callable[[Photo], bool]) -> list[Photo]:
        held = self._desk.timeline
        gone = [p for v in held.timeline.visits for p in v.photos if not wanted(p)]
        visits = tuple(replace(v, photos=tuple(p for p in v.photos if wanted(p))) for v in held.timeline.visits)
        held.timeline = replace(held.timeline, visits=visits)
        return gone

    def delete(self, photo_ids: Sequence[str], reason: str) -> tuple[DeletedPhoto, ...]:
        self.calls.append(("delete", tuple(photo_ids), reason))
        for one in self._keep(lambda p: p.photo_id not in photo_ids):
            self.gone[one.photo_id] = DeletedPhoto(one.photo_id, one, None, 0, 30 * 86_400_000, reason, "i", "Dr. Iris")
        return tuple(self.gone[p] for p in photo_ids)

    def deleted(self, _patient_id: str) -> tuple[DeletedPhoto, ...]:
        return tuple(self.gone.values())

    def restore(self, photo_ids: Sequence[str]) -> tuple[str, ...]:
        self.calls.append(("restore", tuple(photo_ids)))
        back = [self.gone.pop(p).photo for p in photo_ids]
        held = self._desk.timeline
        visits = tuple(
            replace(v, photos=v.photos + tuple(p for p in back if p is not None and p.visit_id == v.visit.visit_id))
            for v in held.timeline.visits
        )
        held.timeline = replace(held.timeline, visits=visits)
        return tuple(photo_ids)

    def move(self, photo_ids: Sequence[str], to_patient_id: str, visit_id: str, reason: str) -> Moved:
        self.calls.append(("move", tuple(photo_ids), to_patient_id, visit_id, reason))
        self._keep(lambda p: p.photo_id not in photo_ids)
        return Moved("m" * 32, tuple(photo_ids), PATIENT.patient_id, to_patient_id, visit_id, 0, 0)

    def undo_move(self, move_id: str, reason: str = "moved back") -> Moved:
        self.calls.append(("undo", move_id))
        return Moved("n" * 32, (), "", "", "", 0, 0)


class PretendPatients:
    def notes(self, _patient_id: str) -> str:
        return ""

    def all_notes(self, _patient_id: str) -> str:
        return ""


class PretendDesk:
    """What the screens of a chart ask of a session."""

    def __init__(
        self, timeline: Timeline, gate: PretendGate | None = None, *, rights: frozenset[Right] | None = None
    ) -> None:
        self.today = TODAY.isoformat()
        self.gate = gate or PretendGate()
        self.timeline = PretendTimeline(timeline)
        self.photo_edit = PretendEdit(self)
        self.protocols = PretendProtocols()
        self.corrections = PretendCorrections(self)
        self.layers = PretendLayers()
        self.clock = SimpleNamespace(wall_ms=lambda: 0)
        self.patients = PretendPatients()
        self.person = SimpleNamespace(person_id="i" * 32, name="Dr. Iris Sample", emergency="")
        self._rights = frozenset(Right) - {Right.READ_LOG} if rights is None else rights

    def may(self, right: Right) -> bool:
        return right in self._rights


@dataclass
class Asked:
    """One piece of work that was asked for."""

    work: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[BaseException], None] | None
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


class HandTasks:
    """Runs nothing until told: `run()` runs what waits, `work_only()` computes answers that `deliver` brings later."""

    def __init__(self) -> None:
        self.waiting: list[Asked] = []

    def store(self, work: Any, done: Any, failed: Any = None) -> Asked:
        asked = Asked(work, done, failed)
        self.waiting.append(asked)
        return asked

    decode = store

    def run(self, rounds: int = 20) -> None:
        """Run all that waits, and what that asks for."""
        for _ in range(rounds):
            now, self.waiting = self.waiting, []
            if not now:
                return
            for asked in now:
                self.finish(asked)

    @staticmethod
    def finish(asked: Asked) -> None:
        """Run one piece and bring its answer, unless it was cancelled."""
        if asked.cancelled:
            return
        try:
            answer = asked.work()
        except Exception as failure:
            if asked.failed is None:
                raise
            asked.failed(failure)
            return
        if not asked.cancelled:
            asked.done(answer)


@dataclass
class Went:
    """Where a page wanted to go."""

    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args: self.calls.append((name, *args))


def context(desk: PretendDesk, tasks: Any, went: Went | None = None) -> PageContext:
    """A page's context around the pretended desk."""
    return PageContext(desk, tasks, went or Went())  # type: ignore[arg-type]
