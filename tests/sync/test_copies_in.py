"""What one workstation filed comes to the other: pictures at once, originals when they are asked for, nothing false."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

import pytest

from photodesk.clock import SystemClock
from photodesk.desk.actor import SignedInPerson
from photodesk.desk.keeper import Keeper
from photodesk.desk.session import Session
from photodesk.errors import Damaged, Fixable
from photodesk.ids import random_id
from photodesk.patients import Patient
from photodesk.photos import Rendition
from photodesk.progress import Cancel
from photodesk.store.backup_chart import ChartBackup
from photodesk.store.backup_seal import Shelf
from photodesk.store.backup_target import FolderTarget
from photodesk.store.chart_health import ChartCheck
from photodesk.store.findings import Findings
from photodesk.store.keyring import LocalSecrets
from photodesk.store.quarantine import Quarantine
from photodesk.store.sealed_blob import BlobKind, seal_blob
from photodesk.sync.blob_step import BlobStep
from photodesk.sync.copies_in import TakenCopies, by_chart, take_copies
from photodesk.sync.copies_out import seal_out
from photodesk.sync.keeping_room import keep_room
from photodesk.sync.on_server import lacking_on_server
from photodesk.sync.pins import set_pinned
from photodesk.sync.spool_blobs import URGENT, BlobSpool, Out, SpooledBlob, rank_of
from photodesk.sync.wishing import listen_to_wishes, wish
from tests.desk.conftest import ListKeeper
from tests.store.inbox import RENDITIONS, shot_of
from tests.sync.pretend_blobs import PretendBlobs
from tests.sync.workstations import Network, Workstation, clinic


@dataclass
class Two:
    """Two workstations, the clinic's order and the server's blobs."""

    a: Workstation
    b: Workstation
    network: Network
    server: PretendBlobs

    def session(self, station: Workstation) -> Session:
        store = station.store
        keeper = cast("Keeper", ListKeeper(station.keeper))
        person = SignedInPerson(store.keyset.person_id, "Ada Berg", store.keyset.roles)
        secrets = LocalSecrets(store.layout.secrets_local)
        return Session(person, store.keyset, store.layout, secrets, keeper, SystemClock(), store.catalog, store.charts)

    def filed(self, count: int = 2, day: date | None = None) -> tuple[Patient, list[str]]:
        store = self.a.store
        patient = store.patient(random_id()[:12])
        visit = store.visit(patient, day or date.today())  # noqa: DTZ011
        chart = store.charts.open(patient.patient_id)
        made = []
        for number in range(count):
            shot, source = shot_of(f"photo {number} of {visit.visit_id}".encode() * 999, f"IMG_{number:04}.JPG")
            made.append(chart.file_shot(store.change, shot, source, RENDITIONS, visit.visit_id).photo_id)
        return patient, made

    def meet(self) -> TakenCopies:
        """A sends all there is, B fetches and takes in until nothing is asked for."""
        seal_out(self.session(self.a), self.a.spool)
        self.network.exchange(self.a, self.b)
        BlobStep(self.server, self.a.spool).run(Cancel())
        return self.fetch()

    def fetch(self) -> TakenCopies:
        take_copies(self.session(self.b), self.b.spool)
        BlobStep(self.server, self.b.spool).run(Cancel())
        return take_copies(self.session(self.b), self.b.spool)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    a, b = clinic(tmp_path, 2)
    yield Two(a, b, Network(), PretendBlobs())
    for one in (a, b):
        one.close()


def original(station: Workstation, patient: Patient, photo_id: str) -> bytes:
    return station.store.charts.open(patient.patient_id).original_bytes(photo_id)


def test_pictures_come_by_themselves_and_an_original_when_it_is_asked_for(two: Two) -> None:
    patient, photos = two.filed()
    taken = two.meet()
    assert taken.photos == {patient.patient_id: frozenset(photos)}
    assert (taken.blobs, taken.refused, taken.originals) == (4, 0, {})
    chart = two.b.store.charts.open(patient.patient_id)
    for kind, data in RENDITIONS.items():
        assert chart.renditions(photos, kind) == dict.fromkeys(photos, data)
    told: list[int] = []
    listen_to_wishes(two.session(two.b), two.b.spool, lambda: told.append(1))
    with pytest.raises(Fixable) as raised:
        original(two.b, patient, photos[0])
    assert raised.value.code == "original_not_here"
    assert told == [1]
    assert two.fetch().originals == {patient.patient_id: frozenset({photos[0]})}
    assert original(two.b, patient, photos[0]) == original(two.a, patient, photos[0])
    with pytest.raises(Fixable):
        original(two.b, patient, photos[1])
    assert two.fetch().blobs == 1


def test_screen_pictures_of_long_ago_wait_until_somebody_looks(two: Two) -> None:
    patient, photos = two.filed(day=date(2011, 5, 12))
    assert two.meet().blobs == 2
    session = two.session(two.b)
    listen_to_wishes(session, two.b.spool, lambda: None)
    seen = session.gate.view(patient.patient_id, photos, Rendition.SCREEN, "photo")
    assert seen == dict.fromkeys(photos, RENDITIONS[Rendition.THUMBNAIL])
    assert two.fetch().blobs == 2
    seen = session.gate.view(patient.patient_id, photos, Rendition.SCREEN, "photo")
    assert seen == dict.fromkeys(photos, RENDITIONS[Rendition.SCREEN])


def test_a_pinned_patient_is_kept_whole(two: Two) -> None:
    patient, photos = two.filed(day=date(2011, 5, 12))
    two.meet()
    set_pinned(two.session(two.b), patient.patient_id, pin=True)
    assert two.fetch().originals == {patient.patient_id: frozenset(photos)}
    assert original(two.b, patient, photos[1]) == original(two.a, patient, photos[1])


def test_what_came_from_the_server_is_not_sent_again(two: Two) -> None:
    two.filed()
    two.meet()
    assert seal_out(two.session(two.b), two.b.spool).blobs == 0
    asked = len(two.server.completed)
    BlobStep(two.server, two.b.spool).run(Cancel())
    assert len(two.server.completed) == asked
    assert BlobSpool(two.b.spool.file).waiting().photos_out == 0


def test_the_same_bytes_taken_twice_change_nothing(two: Two) -> None:
    patient, photos = two.filed(1)
    two.meet()
    blobs, session = BlobSpool(two.b.spool.file), two.session(two.b)
    wish(session, two.b.spool, patient.patient_id, photos)
    with ThreadPoolExecutor(2) as pool:
        BlobStep(two.server, two.b.spool, pool).run(Cancel())
    held = {path: path.read_bytes() for path in blobs.in_folder.iterdir()}
    assert take_copies(session, two.b.spool).blobs == 1
    two.b.spool.file.rows("UPDATE blob_in SET state = 1")  # killed between the chart's commit and the spool's
    for path, data in held.items():
        path.write_bytes(data)
    assert take_copies(session, two.b.spool) == TakenCopies()
    assert original(two.b, patient, photos[0]) == original(two.a, patient, photos[0])
    assert not list(blobs.in_folder.iterdir())


def spoiled(two: Two, patient: Patient, photos: list[str], how: str) -> bytes:
    """A sealed blob that is not the first photo's original."""
    piece = two.a.store.charts.open(patient.patient_id).original_piece(photos[0])
    assert piece is not None
    key, clinic_id, kind = piece.photo_key, two.a.store.keyset.clinic_id, piece.kind
    data = original(two.a, patient, photos[0])
    if how == "another photo":
        other = two.a.store.charts.open(patient.patient_id).original_piece(photos[1])
        assert other is not None
        key, data = other.photo_key, original(two.a, patient, photos[1])
    if how == "another patient":
        there, others = two.filed(1)
        other = two.a.store.charts.open(there.patient_id).original_piece(others[0])
        assert other is not None
        key, data = other.photo_key, original(two.a, there, others[0])
    if how == "another clinic":
        clinic_id = bytes(16)
    if how == "wrong kind":
        kind = BlobKind.ATTACHMENT
    if how == "other bytes under its key":
        data = data[:-1] + b"!"
    blob = b"".join(seal_blob([data], len(data), kind, key, clinic_id))
    if how == "truncated":
        return blob[:-40]
    if how == "reordered chunks":
        return blob[:104] + blob[104 + 1000 :] + blob[104 : 104 + 1000]
    return blob


@pytest.mark.parametrize(
    "how",
    [
        "another photo",
        "another patient",
        "another clinic",
        "wrong kind",
        "other bytes under its key",
        "truncated",
        "reordered chunks",
    ],
)
def test_a_blob_that_is_not_this_photo_is_refused(two: Two, how: str) -> None:
    """Even where the id would fit: a workstation of the clinic may be hostile too."""
    patient, photos = two.filed()
    false = spoiled(two, patient, photos, how)
    two.meet()
    session, blobs = two.session(two.b), BlobSpool(two.b.spool.file)
    wish(session, two.b.spool, patient.patient_id, photos[:1])
    [waiting] = [one for one in blobs.wanted(-1, 10) if one.kind is BlobKind.ORIGINAL]
    chart = two.b.store.charts.open(patient.patient_id)
    generation = chart.ledger.database.generation()
    blobs.in_path(waiting.blob_id).write_bytes(false)
    blobs.arrived_here(waiting.blob_id)
    assert take_copies(session, two.b.spool).refused == 1
    with pytest.raises(Fixable):
        original(two.b, patient, photos[0])
    assert chart.ledger.database.row("SELECT count(*) FROM original_part") == (0,)
    assert chart.ledger.database.generation() == generation + 1
    assert not list(blobs.in_folder.iterdir())
    assert two.fetch().originals == {patient.patient_id: frozenset({photos[0]})}  # asked for again, and right


def test_an_original_that_was_lost_here_comes_back_and_was_never_called_elsewhere(two: Two) -> None:
    patient, photos = two.filed(1)
    two.meet()
    chart = two.a.store.charts.open(patient.patient_id)
    with chart.ledger.database.transaction() as connection:
        connection.execute("DELETE FROM original_part")
    with pytest.raises(Damaged):
        original(two.a, patient, photos[0])
    assert wish(two.session(two.a), two.a.spool, patient.patient_id, photos) == 1
    BlobStep(two.server, two.a.spool).run(Cancel())
    assert take_copies(two.session(two.a), two.a.spool).blobs == 1
    assert original(two.a, patient, photos[0])


def test_a_blob_of_a_chart_that_is_not_here_is_dropped(two: Two) -> None:
    blobs = BlobSpool(two.b.spool.file)
    stray = SpooledBlob(bytes(32), "cd" * 16, BlobKind.SCREEN, 4, 1)
    blobs.want([stray])
    blobs.in_path(stray.blob_id).write_bytes(b"bits")
    blobs.arrived_here(stray.blob_id)
    assert take_copies(two.session(two.b), two.b.spool) == TakenCopies()
    assert not blobs.here()
    assert not list(blobs.in_folder.iterdir())


def test_fetched_originals_beyond_the_limit_go_and_come_again(two: Two) -> None:
    patient, photos = two.filed(3)
    kept, its = two.filed(1)
    two.meet()
    session, blobs = two.session(two.b), BlobSpool(two.b.spool.file)
    set_pinned(session, kept.patient_id, pin=True)
    two.fetch()
    for photo_id in photos:
        wish(session, two.b.spool, patient.patient_id, [photo_id])
        two.fetch()
    sizes = [one.size_bytes for one in blobs.fetched_originals()]
    assert len(sizes) == 4
    assert keep_room(session, blobs, sum(sizes), Cancel()) == 0
    blobs.set_out([blobs.fetched_originals()[1].blob_id], Out.ASK)  # a restored server may not have it
    assert keep_room(session, blobs, 1, Cancel()) == 2
    chart = two.b.store.charts.open(patient.patient_id)
    away = [piece.owner_id for piece in chart.pieces(pictures=False) if piece.away]
    assert len(away) == 2
    assert original(two.b, kept, its[0]) == original(two.a, kept, its[0])
    with pytest.raises(Fixable):
        original(two.b, patient, away[0])
    assert keep_room(two.session(two.a), BlobSpool(two.a.spool.file), 1, Cancel()) == 0  # what was imported here stays
    wish(session, two.b.spool, patient.patient_id, away)
    assert two.fetch().originals == {patient.patient_id: frozenset(away)}


def test_nothing_is_disclosed_before_it_is_here(two: Two) -> None:
    patient, photos = two.filed(3)
    two.meet()
    session = two.session(two.b)
    listen_to_wishes(session, two.b.spool, lambda: None)
    with pytest.raises(Fixable, match="2 originals are not on this workstation"):
        session.disclosures.require_here(patient.patient_id, photos[:2])
    assert two.fetch().originals == {patient.patient_id: frozenset(photos[:2])}
    session.disclosures.require_here(patient.patient_id, photos[:2])


def test_a_check_and_a_backup_say_what_is_not_here(two: Two, tmp_path: Path) -> None:
    patient, photos = two.filed(3)
    two.meet()
    session = two.session(two.b)
    wish(session, two.b.spool, patient.patient_id, photos[:1])
    two.fetch()
    findings = Findings()
    store = two.b.store
    layout, catalog = store.layout, store.catalog
    quarantine = Quarantine(layout, SystemClock())
    chart_check = ChartCheck(layout, catalog, store.charts, store.change, {}, findings, quarantine)
    chart_check.check(catalog.chart_pointer(patient.patient_id), Cancel())
    assert (findings.photos, findings.originals, findings.elsewhere) == (3, 1, 2)
    assert findings.problems == []
    chart = store.charts.open(patient.patient_id)
    shelf = Shelf(FolderTarget(tmp_path / "backup"), store.keyset.clinic_id, {})
    backup = ChartBackup(shelf, store.keyset.chart_keys[1], 1)
    part = backup.run(chart, catalog.erasure.key(chart.chart_id), None)
    assert (part.photos, backup.elsewhere, backup.problems) == (1, 2, [])
    assert shelf.originals == 1


def test_an_erased_patients_blobs_leave_the_spool(two: Two) -> None:
    patient, photos = two.filed()
    two.meet()
    session, blobs = two.session(two.b), BlobSpool(two.b.spool.file)
    wish(session, two.b.spool, patient.patient_id, photos)
    BlobStep(two.server, two.b.spool).run(Cancel())
    assert len(list(blobs.in_folder.iterdir())) == 2
    chart_id = two.b.store.charts.open(patient.patient_id).chart_id
    two.b.store.charts.close(patient.patient_id)
    two.b.store.catalog.forget_chart(chart_id)
    assert take_copies(session, two.b.spool) == TakenCopies()
    assert not list(blobs.in_folder.iterdir())
    assert not blobs.known_out(chart_id)


def test_the_server_holds_a_file_only_once_everything_of_its_photo_is_complete_there(two: Two) -> None:
    patient, photos = two.filed()
    session = two.session(two.a)
    shas = [one.sha256 for one in two.a.store.charts.open(patient.patient_id).originals()]
    assert lacking_on_server(session, two.a.spool, shas) == 2
    seal_out(session, two.a.spool)
    assert lacking_on_server(session, two.a.spool, shas) == 2
    two.server.quota = sum(one.size_bytes for one in BlobSpool(two.a.spool.file).out_in(Out.SEALED)) - 1
    with pytest.raises(Fixable):
        BlobStep(two.server, two.a.spool).run(Cancel())
    assert lacking_on_server(session, two.a.spool, shas) == 1
    two.server.quota *= 2
    BlobStep(two.server, two.a.spool).run(Cancel())
    assert lacking_on_server(session, two.a.spool, shas) == 0
    assert lacking_on_server(session, two.a.spool, [*shas, "00" * 32]) == 1
    two.network.exchange(two.a, two.b)
    assert lacking_on_server(two.session(two.b), two.b.spool, shas) == 2  # nobody told this one
    assert photos


def test_what_is_asked_for_is_told_once_so_that_the_syncer_is_woken_and_thumbnails_are_known_to_come(two: Two) -> None:
    patient, photos = two.filed()
    seal_out(two.session(two.a), two.a.spool)
    two.network.exchange(two.a, two.b)
    session = two.session(two.b)
    assert take_copies(session, two.b.spool).asked == 4
    assert take_copies(session, two.b.spool).asked == 0
    session.gate.view(patient.patient_id, photos, Rendition.THUMBNAIL, "timeline")
    assert all(session.gate.coming(photo_id) for photo_id in photos)
    BlobStep(two.server, two.a.spool).run(Cancel())
    BlobStep(two.server, two.b.spool).run(Cancel())
    assert take_copies(session, two.b.spool).blobs == 4
    assert len(session.gate.view(patient.patient_id, photos, Rendition.THUMBNAIL, "timeline")) == 2
    assert not any(session.gate.coming(photo_id) for photo_id in photos)


def test_thumbnails_that_somebody_looks_at_come_before_everybody_elses(two: Two) -> None:
    others, _ = two.filed(3)
    patient, photos = two.filed()
    seal_out(two.session(two.a), two.a.spool)
    two.network.exchange(two.a, two.b)
    BlobStep(two.server, two.a.spool).run(Cancel())
    session, told = two.session(two.b), []
    listen_to_wishes(session, two.b.spool, lambda: told.append(1))
    take_copies(session, two.b.spool)
    session.gate.view(patient.patient_id, photos, Rendition.THUMBNAIL, "timeline")
    assert told == [1]
    looked_at = BlobSpool(two.b.spool.file).wanted(URGENT, 100)
    chart = session.charts.open(patient.patient_id)
    assert {(one.scope, one.kind) for one in looked_at} == {(chart.chart_id, BlobKind.THUMBNAIL)}
    assert len(looked_at) == len(photos)
    assert take_copies_of(two).patients == {patient.patient_id, others.patient_id}


def take_copies_of(two: Two) -> TakenCopies:
    BlobStep(two.server, two.b.spool).run(Cancel())
    return take_copies(two.session(two.b), two.b.spool)


def test_every_charts_thumbnails_come_before_the_first_screen_picture() -> None:
    def blob(scope: str, kind: BlobKind) -> SpooledBlob:
        return SpooledBlob(b"", scope, kind, 1, rank_of(kind))

    kinds = (BlobKind.THUMBNAIL, BlobKind.SCREEN)
    found = by_chart([blob(scope, kind) for kind in kinds for scope in ("a", "b", "a")])
    assert [(scope, len(blobs)) for (_, scope), blobs in found.items()] == [("a", 2), ("b", 1), ("a", 2), ("b", 1)]
