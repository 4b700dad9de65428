"""A desk with a copied card in its inbox: real packs, real groups, pictures that are flat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from photodesk import ids
from photodesk.imaging import Decoder
from photodesk.importing.separators import separator_text
from photodesk.importing.service import ImportService
from photodesk.importing.workplace import Workplace
from photodesk.patients import Patient, PatientDraft, Sex
from photodesk.photos import CameraTime, Code, PhotoFacts
from photodesk.store.catalog import Job
from photodesk.store.packs import PackWriter
from photodesk.ui.page import PageContext
from photodesk.visits import Visit, VisitDraft
from tests.desk.conftest import NOW_MS, Desk, ListKeeper, TestClock, session_of
from tests.store.conftest import front_desk, make_store
from tests.ui.conftest import AtOnce, Went
from tests.ui.pretend_desk import grey_jpeg

TODAY = date(2026, 11, 20)
NAMES = (("Test", "Ada"), ("Sample", "Ben"), ("Demo", "Cleo"), ("Fixture", "Dora"))
START = datetime(2026, 11, 20, 9, 30)


@dataclass(frozen=True)
class Frame:
    """One file of the card: minutes after the start, the patient of a separator card, its picture."""

    minute: float
    card_of: int = -1
    picture: bytes = b""
    broken: bool = False
    seconds_wrong: int = 0
    unread: bool = False


@dataclass
class ImportDesk:
    """A session, its patients with today's visits, and imports of what waits."""

    desk: Desk
    patients: list[Patient]
    visits: list[Visit]
    went: Went = field(default_factory=Went)
    tasks: AtOnce = field(default_factory=AtOnce)

    def service(self, decoder: Decoder | None = None) -> ImportService:
        session = self.desk.session
        workplace = Workplace(
            session.layout, session.keyset, session.catalog, session.charts, session.log, session.clock, "clinician"
        )

        def no_importer(_job_id: str) -> Any:
            raise AssertionError("no import starts here")

        return ImportService(workplace, no_importer, decoder)

    def context(self, decoder: Decoder | None = None) -> PageContext:
        return PageContext(
            self.desk.session,
            self.tasks,
            self.went,  # type: ignore[arg-type]
            imports=self.service(decoder),
        )

    def job(self, frames: Sequence[Frame], at_ms: int = NOW_MS) -> str:
        """A copied job with these files; its id."""
        session, job_id = self.desk.session, ids.ordered_id(at_ms)
        session.catalog.start_job(
            session.actor.change("import"), Job(job_id, session.person.person_id, at_ms, "copied", '{"sources":[]}', "")
        )
        for number, first in enumerate(range(0, len(frames), 64), start=1):
            self._pack(job_id, number, first, frames[first : first + 64])
        with self.service_filing(job_id):
            pass
        return job_id

    @contextmanager
    def service_filing(self, job_id: str) -> Iterator[None]:
        """The desk takes the packs, as it does when an import ends."""
        self.service().file_parts(job_id, ())
        yield

    def _pack(self, job_id: str, number: int, first: int, frames: Sequence[Frame]) -> None:
        keys = self.desk.session.keyset
        writer = PackWriter.create(
            self.desk.session.layout,
            job_id,
            number,
            keys.clinic_id,
            keys.inbox_public,
            keys.inbox_epoch,
            keys.kem.public,
            self.desk.keeper,
        )
        for at, frame in enumerate(frames, start=first):
            data = frame.picture if frame.unread else f"{job_id} file {at}".encode()
            shot_id, _ = writer.add_shot(f"DCIM/100TEST/IMG_{at:04}.JPG", len(data), 1, [data])
            picture = frame.picture or grey_jpeg(value=80 + at % 120)
            facts = self._facts(frame)
            shown = None if frame.broken else picture
            if not frame.unread:
                writer.set_renditions(shot_id, shown, shown, facts, facts.undecodable)
            writer.read_back(shot_id)
            writer.mark_verified([shot_id])
        writer.finish()

    def _facts(self, frame: Frame) -> PhotoFacts:
        taken = START + timedelta(minutes=frame.minute)
        text = (taken - timedelta(seconds=frame.seconds_wrong)).isoformat(timespec="seconds")
        codes: tuple[Code, ...] = ()
        if frame.card_of >= 0:
            visit = self.visits[frame.card_of]
            shown_ms = round(taken.timestamp() * 1000)
            words = separator_text(
                self.desk.session.keyset, visit.patient_id, visit.visit_id, shown_ms, shown=bool(frame.seconds_wrong)
            )
            codes = (Code("QR Code", words),)
        if frame.broken:
            return PhotoFacts("image/jpeg", undecodable="This file cannot be decoded; it is kept as it is.")
        return PhotoFacts("image/jpeg", 4000, 3000, camera_time=CameraTime(text), codes=codes)


def card_of_four(photos: int = 60, picture: Callable[[int], bytes] = lambda _n: b"") -> list[Frame]:
    """A card with four separators, each before its patient's photos."""
    each = photos // 4
    frames: list[Frame] = []
    for patient in range(4):
        begin = patient * 30.0
        frames.append(Frame(begin, patient, picture(-1 - patient)))
        frames += [Frame(begin + 0.5 + n * 0.25, picture=picture(patient * each + n)) for n in range(each)]
    return frames


@contextmanager
def import_desk(folder: Path, *, counter: bool = False) -> Iterator[ImportDesk]:
    """A clinic with four patients who have a visit today; at the `counter` nobody opens charts."""
    store = make_store(folder)
    session = session_of(store, store.keyset, ListKeeper(store.keeper), TestClock())
    made = []
    for number, (family, given) in enumerate(NAMES):
        draft = PatientDraft(f"00012{number}", family, given, date(1968, 5, 12), Sex.FEMALE)
        made.append(session.catalog.add_patient(session.actor.change("patient added"), draft))
    visits = [
        session.catalog.add_visit(
            session.actor.change("visit added"),
            VisitDraft(patient.patient_id, TODAY, time(9 + number // 2, 40), "Room 2"),
        )
        for number, patient in enumerate(made)
    ]
    shown = store.reopened(front_desk(store.keyset)) if counter else store
    keeper, clock = ListKeeper(shown.keeper), TestClock()
    desk = Desk(session_of(shown, shown.keyset, keeper, clock), keeper, clock, shown)
    try:
        yield ImportDesk(desk, made, visits)
    finally:
        shown.close()
