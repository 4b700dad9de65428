"""Photos that Stop or a kill left unread: read before they are filed, in the background, a card among them found."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from photodesk import ids
from photodesk.desk.actor import Actor, SignedInPerson
from photodesk.desk.inbox import InboxDesk
from photodesk.imaging import Decoded
from photodesk.importing.job import Assignment
from photodesk.importing.separators import separator_text
from photodesk.importing.service import ImportService
from photodesk.patients import PatientDraft
from photodesk.photos import Code, PhotoFacts, Rendition
from photodesk.progress import Cancel
from photodesk.store.catalog import Job
from photodesk.store.keyset import KeySet
from photodesk.store.packs import PackReader, PackWriter, Shot, pack_numbers
from photodesk.visits import VisitDraft
from tests.importing.conftest import DAY, Clinic, PlainDecoder, jpeg

CARD = jpeg(77)


@dataclass
class CardDecoder(PlainDecoder):
    """Reads one code in one picture, and counts."""

    text: str = ""
    asked: int = 0
    before: Callable[[int], None] = lambda _asked: None

    def decode(
        self, data: Any, long_edge_px: int | None = None, *, read_codes: bool = False, painted: bool = False
    ) -> Decoded:
        self.asked += 1
        self.before(self.asked)
        found = super().decode(data, long_edge_px, read_codes=read_codes)
        if bytes(data) != CARD:
            return found
        return replace(found, facts=replace(found.facts, codes=(Code("QR Code", self.text),)))


def left_unread(clinic: Clinic, files: list[bytes], per_pack: int = 4) -> str:
    """A job whose files are proven and were never looked at."""
    workplace, job_id = clinic.workplace, ids.random_id()
    keys = workplace.keyset
    record = Job(job_id, workplace.person_id, 1_795_168_800_000, "copied", '{"sources":[]}', "")
    workplace.catalog.start_job(workplace.change("import"), record)
    for number, first in enumerate(range(0, len(files), per_pack), start=1):
        writer = PackWriter.create(
            workplace.layout, job_id, number, keys.clinic_id, keys.inbox_public, keys.inbox_epoch, keys.kem.public
        )
        for at, data in enumerate(files[first : first + per_pack], start=first):
            shot_id, _ = writer.add_shot(f"IMG_{at:04}.JPG", len(data), 1, [data])
            writer.read_back(shot_id)
            writer.mark_verified([shot_id])
        writer.finish()
    service_of(clinic).file_parts(job_id, ())  # nothing is asked for: nothing is read, the desk only takes the packs
    return job_id


def service_of(clinic: Clinic, decoder: Any = None) -> ImportService:
    return ImportService(clinic.workplace, clinic.connect, decoder)


def shots_of(clinic: Clinic, job_id: str) -> dict[str, Shot]:
    workplace, found = clinic.workplace, {}
    for number in pack_numbers(workplace.layout, job_id):
        pack = PackReader.open(workplace.layout, job_id, number, workplace.keyset)
        for shot in pack.shots():
            has = set(pack.renditions(shot.shot_id))
            assert has == (set() if not shot.has_thumbnail else {Rendition.THUMBNAIL, Rendition.SCREEN})
            found[shot.name] = shot
        pack.close()
    return found


def test_what_was_left_unread_is_read_once_and_keeps_its_bytes(clinic: Clinic) -> None:
    job_id = left_unread(clinic, [*(jpeg(number) for number in range(6)), jpeg(9)[:200], b"left eye first\n"])
    before = shots_of(clinic, job_id)
    assert not any(shot.has_thumbnail or shot.facts.media_type for shot in before.values())
    decoder, told = CardDecoder(), []
    assert service_of(clinic, decoder).read_unread(job_id, told.append) == 8
    after = shots_of(clinic, job_id)
    assert [shot.has_thumbnail for shot in after.values()] == [True] * 6 + [False] * 2
    assert after["IMG_0006.JPG"].reason
    assert {name: shot.sha256 for name, shot in after.items()} == {name: shot.sha256 for name, shot in before.items()}
    assert [one.total for one in told] == [8] * 8
    asked = decoder.asked
    assert service_of(clinic, decoder).read_unread(job_id) == 0
    assert decoder.asked == asked


def test_a_card_among_them_is_known_before_anything_is_filed(clinic: Clinic) -> None:
    workplace = clinic.workplace
    change = workplace.change("test")
    other = workplace.catalog.add_patient(change, PatientDraft("P-2", "Beispiel", "Jan", clinic.patient.birth))
    visit = workplace.catalog.add_visit(change, VisitDraft(other.patient_id, DAY))
    text = separator_text(workplace.keyset, other.patient_id, visit.visit_id, 1_795_168_800_000)
    job_id = left_unread(clinic, [jpeg(1), CARD, jpeg(2)])
    filed = service_of(clinic, CardDecoder(text)).file_shots(job_id, Assignment(clinic.patient.patient_id, DAY))
    assert len(filed) == 2
    left = shots_of(clinic, job_id)
    assert list(left) == ["IMG_0001.JPG"]
    assert left["IMG_0001.JPG"].facts.codes
    assert not workplace.catalog.assignments(job_id)[0].shot_ids.count(left["IMG_0001.JPG"].shot_id)
    assert all(clinic.chart.rendition(photo.photo_id, Rendition.SCREEN) for photo in clinic.chart.photos())


def test_only_what_is_filed_is_read_first(clinic: Clinic) -> None:
    job_id = left_unread(clinic, [jpeg(number) for number in range(6)])
    wanted = shots_of(clinic, job_id)["IMG_0004.JPG"].shot_id
    decoder = CardDecoder()
    service_of(clinic, decoder).file_shots(job_id, Assignment(clinic.patient.patient_id, DAY), [wanted])
    assert decoder.asked == 1
    assert len(clinic.chart.photos()) == 1


def test_reading_ends_when_asked_and_stays_out_of_an_import_that_runs(clinic: Clinic) -> None:
    job_id = left_unread(clinic, [jpeg(number) for number in range(6)])
    cancel = Cancel()
    decoder = CardDecoder(before=lambda asked: cancel.set() if asked == 2 else None)
    service = service_of(clinic, decoder)
    assert service.read_unread(job_id, cancel=cancel) == 2
    service._active.add(job_id)
    assert service.read_unread(job_id) == 0
    service._active.clear()
    assert service.read_unread(job_id) == 4


def test_filing_may_go_on_beside_it(clinic: Clinic) -> None:
    """Every photo is filed once, with pictures, whoever was first; no stray file stays behind."""
    job_id = left_unread(clinic, [jpeg(number) for number in range(24)], per_pack=3)
    service = service_of(clinic, CardDecoder())
    reading = threading.Thread(target=service.read_unread, args=(job_id,))
    reading.start()
    names = [shot.shot_id for shot in shots_of(clinic, job_id).values()]
    for first in range(0, 24, 5):
        service.file_shots(job_id, Assignment(clinic.patient.patient_id, DAY), names[first : first + 5])
    reading.join(30)
    photos = clinic.chart.photos()
    assert len(photos) == 24
    assert all(clinic.chart.rendition(photo.photo_id, Rendition.THUMBNAIL) for photo in photos)
    assert not clinic.workplace.layout.inbox(job_id).exists()


def test_a_damaged_pack_is_an_alarm_and_the_others_are_read(clinic: Clinic) -> None:
    job_id = left_unread(clinic, [jpeg(number) for number in range(8)])
    path = clinic.workplace.layout.pack(job_id, 1)
    data = bytearray(path.read_bytes())
    data[20_000:20_064] = bytes(64)
    path.write_bytes(data)
    alarms: list[Any] = []
    clinic.workplace = replace(clinic.workplace, alarm=alarms.append)
    assert service_of(clinic, CardDecoder()).read_unread(job_id) >= 4
    assert alarms


def test_the_front_desk_reads_what_it_imported(clinic: Clinic, at_front_desk: Callable[[KeySet], KeySet]) -> None:
    clinic.sign_in(at_front_desk(clinic.workplace.keyset))
    job_id = left_unread(clinic, [jpeg(1), jpeg(2)])
    assert service_of(clinic, CardDecoder()).read_unread(job_id) == 2


def test_the_inbox_reads_a_pack_once_and_only_jobs_that_wait(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many imports were finished, and however large their documents are."""
    workplace = clinic.workplace
    for number in range(20):
        done = Job(ids.random_id(), workplace.person_id, number, "done", '{"sources":[]}', "x" * 100_000)
        workplace.catalog.start_job(workplace.change("import"), done)
    job_id = left_unread(clinic, [jpeg(number) for number in range(6)], per_pack=2)
    person = SignedInPerson(workplace.person_id, "Ada", workplace.keyset.roles)
    actor = Actor(person, clinic.keeper, workplace.clock)  # type: ignore[arg-type]
    inbox = InboxDesk(actor, workplace.layout, workplace.keyset, workplace.catalog)
    opened: list[int] = []
    whole = PackReader.open.__func__  # type: ignore[attr-defined]

    def counted(cls: type[PackReader], layout: Any, job: str, number: int, *more: Any) -> PackReader:
        opened.append(number)
        return whole(cls, layout, job, number, *more)  # type: ignore[no-any-return]

    monkeypatch.setattr(PackReader, "open", classmethod(counted))
    (job,) = inbox.jobs()
    assert (job.job.job_id, len(job.shots), job.job.summary) == (job_id, 6, "")
    assert inbox.waiting() == 6
    assert opened == [1, 2, 3]
    service_of(clinic, CardDecoder()).file_shots(
        job_id, Assignment(clinic.patient.patient_id, DAY), [job.shots[0].shot.shot_id]
    )
    opened.clear()
    assert inbox.waiting() == 5
    assert 1 in opened
    assert all(not shot.shot.has_thumbnail for one in inbox.jobs() for shot in one.shots)
    assert service_of(clinic, CardDecoder()).read_unread(job_id) == 5
    assert all(shot.shot.has_thumbnail for one in inbox.jobs() for shot in one.shots)


@pytest.mark.parametrize("facts", [PhotoFacts("application/octet-stream", undecodable="It is no picture.")])
def test_what_no_decoder_can_read_is_not_asked_again(clinic: Clinic, facts: PhotoFacts) -> None:
    job_id = left_unread(clinic, [b"nothing at all"])

    class Sure(CardDecoder):
        def decode(self, *_: Any, **__: Any) -> Decoded:
            self.asked += 1
            return Decoded(facts)

    decoder = Sure()
    assert [service_of(clinic, decoder).read_unread(job_id) for _ in range(2)] == [1, 0]
    assert decoder.asked == 1
