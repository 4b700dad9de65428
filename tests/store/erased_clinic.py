"""A founded clinic with two patients whose every field holds a canary, for tests of erasing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from photodesk import ids
from photodesk.clock import Clock, SystemClock
from photodesk.patients import Patient, PatientDraft
from photodesk.photos import CameraTime, CaptureFacts, Code, PhotoFacts
from photodesk.store.catalog import Catalog, ContentState, Job, KeptReceipt, KnownContent
from photodesk.store.catalog_cards import CardRow
from photodesk.store.change import Change
from photodesk.store.charts import Charts
from photodesk.store.correcting import Correcting
from photodesk.store.erasing import Erasing
from photodesk.store.keeping_book import Erasure, ErasureState, Keeping, KeepingBook, Place
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.operations import open_operation
from photodesk.store.packs import PackReader, PackWriter, Shot
from photodesk.store.signer import REMOVED_GENERATION
from photodesk.store.worklist_book import LookState, PleaseLook, WorklistBook
from photodesk.store.workstation import WorkstationSigner
from photodesk.visits import VisitDraft
from tests.store.clinic import Clinic, make_clinic
from tests.store.inbox import RENDITIONS, MemorySource

NOW_MS = 1_800_000_000_000
PLACES = (Place("workstation", "Front desk", NOW_MS), Place("backup", "Backup disk"))


@dataclass
class Watching:
    """Signs as the workstation, and remembers generations as the keeper does."""

    signer: WorkstationSigner
    known: dict[str, int] = field(default_factory=dict)

    def sign(self, kind: str, data: bytes) -> bytes:
        return self.signer.sign(kind, data)

    def committed(self, database: str, generation: int) -> None:
        assert generation > self.known.get(database, 0) or generation == REMOVED_GENERATION
        self.known[database] = generation


@dataclass
class Open:
    layout: Layout
    keyset: KeySet
    catalog: Catalog
    charts: Charts
    watching: Watching
    erasing: Erasing
    book: KeepingBook

    @property
    def change(self) -> Change:
        return Change(self.keyset.person_id, "test")


@contextmanager
def opened(clinic: Clinic, known: dict[str, int] | None = None, clock: Clock | None = None) -> Iterator[Open]:
    """The store as a desk with chart keys opens it; `known` are the generations of the log."""
    clock = clock or SystemClock()
    keyset = clinic.sign_in()
    watching = Watching(clinic.signer(), {} if known is None else known)
    logged = {name: value for name, value in watching.known.items() if value != REMOVED_GENERATION}
    catalog = Catalog.open(clinic.layout, keyset, watching, watching, clock, logged)
    charts = Charts(clinic.layout, keyset, catalog, catalog.erasure, watching, watching, clock, logged)
    layout = clinic.layout
    erasing = Erasing(layout, keyset, clinic.secrets, catalog, charts, watching, watching, clock)
    try:
        yield Open(layout, keyset, catalog, charts, watching, erasing, KeepingBook(catalog))
    finally:
        charts.close_all()
        catalog.close()


@dataclass
class Planted:
    """One patient: `canaries` are texts that are in their record and nowhere else; `hashes` those of their photos."""

    patient: Patient
    canaries: list[str]
    hashes: list[str] = field(default_factory=list)
    photo_ids: list[str] = field(default_factory=list)
    chart_id: str = ""


def plant(there: Open, sign: str, other: Planted | None = None) -> Planted:
    """A patient with something in every table. With `other`, one photo was filed to the other's chart by mistake."""
    catalog, change = there.catalog, there.change
    draft = PatientDraft(f"{sign}MRN", f"{sign}former", f"{sign}given", date(1980, 5, 12))
    patient = catalog.add_patient(change, draft)
    now = PatientDraft(f"{sign}MRN", f"{sign}family", f"{sign}given", date(1980, 5, 12))
    patient = catalog.edit_patient(change, patient.patient_id, now)
    planted = Planted(patient, [sign])
    visit = catalog.add_visit(change, VisitDraft(patient.patient_id, date(2026, 11, 20), room=f"{sign}room"))
    book = WorklistBook(catalog)
    planned = VisitDraft(patient.patient_id, date(2026, 11, 21), room=f"{sign}planned")
    book.plan(change, ids.random_id(), planned, f"{sign}clinician")
    row = f'{{"family": "{sign}row"}}'
    look = PleaseLook(ids.random_id(), LookState.OPEN, patient.patient_id, "s", 1, "identity", sign, sign, row, 1)
    book.note(change, look)
    KeepingBook(catalog).keep(change, Keeping(patient.patient_id, "long", False, f"{sign}hold"))
    _chart(there, planted, visit.visit_id, sign)
    _inbox(there, planted, visit.visit_id, sign)
    if other is not None:
        _moved(there, planted, visit.visit_id, other, sign)
    catalog.set_setting(change, f"odd.{sign}MRN", f"{sign}given {sign}family was here")
    catalog.set_setting(change, "places", f"/home/{sign}family {sign}given/photos")
    catalog.set_card(change, CardRow(ids.random_id(), title=f"{sign}MRN of {sign}"))
    planted.chart_id = catalog.chart_pointer(patient.patient_id).chart_id
    return planted


def _file(there: Open, planted: Planted, patient_id: str, visit_id: str, sign: str, number: int) -> str:
    chart = there.charts.open(patient_id)
    data = f"{sign}pixels {number} ".encode() + os.urandom(20_000)
    facts = PhotoFacts(
        "image/jpeg",
        4000,
        3000,
        camera_time=CameraTime("2026-11-20T09:14:05"),
        capture=CaptureFacts(make=f"{sign}make", model="X", serial=f"{sign}serial"),
    )
    sha256 = hashlib.sha256(data).hexdigest()
    shot = Shot(
        ids.ordered_id(), ids.random_id(), f"{sign}_{number}.JPG", len(data), 1, sha256, "verified", facts, True, ""
    )
    filed = chart.file_shot(there.change, shot, MemorySource(data), RENDITIONS, visit_id, tags=[f"{sign}tag"])
    known = KnownContent(there.keyset.content_id(bytes.fromhex(sha256)), ContentState.FILED, patient_id, filed.photo_id)
    there.catalog.record_content([known])
    if there.catalog.index is not None:
        there.catalog.index.put([chart.photo(filed.photo_id)])
    planted.hashes.append(sha256)
    planted.photo_ids.append(filed.photo_id)
    return filed.photo_id


def _chart(there: Open, planted: Planted, visit_id: str, sign: str) -> None:
    patient_id = planted.patient.patient_id
    for number in range(3):
        _file(there, planted, patient_id, visit_id, sign, number)
    chart = there.charts.open(patient_id)
    chart.set_notes(there.change, f"{sign}notes")
    chart.set_visit_text(there.change, visit_id, f"{sign}title", f"{sign}reason")
    chart.seen(there.keyset.person_id, 5)
    correcting = Correcting(there.catalog, there.charts, there.keyset)
    correcting.delete(Change(there.keyset.person_id, f"{sign}why"), patient_id, planted.photo_ids[:1], NOW_MS, 0)


def _inbox(there: Open, planted: Planted, visit_id: str, sign: str) -> None:
    """An import with one shot of the patient's, a photographed wristband, and one of nobody's."""
    catalog, change, keyset, job_id = there.catalog, there.change, there.keyset, ids.random_id()
    path = os.fsencode(f"/media/{sign}card").hex()
    source = f'{{"sources":["{path}"],"patient_id":"{planted.patient.patient_id}","day":"2026-11-20"}}'
    catalog.start_job(change, Job(job_id, keyset.person_id, 1, "ended", source, ""))
    writer = PackWriter.create(
        there.layout, job_id, 1, keyset.clinic_id, keyset.inbox_public, keyset.inbox_epoch, keyset.kem.public
    )
    made: list[tuple[str, str]] = []
    codes = ((), (Code("code128", f"{sign}MRN"),), ())
    for number, code in enumerate(codes):
        data = f"{sign if number < 2 else 'nobody'} waits {number} {job_id}".encode() * 500
        shot_id, sha256 = writer.add_shot(f"{sign if number < 2 else ''}wait_{number}.JPG", len(data), 1, [data])
        writer.set_renditions(shot_id, b"\xff\xd8 t", b"\xff\xd8 s", PhotoFacts("image/jpeg", 40, 30, codes=code))
        writer.read_back(shot_id)
        writer.mark_verified([shot_id])
        content = KnownContent(keyset.content_id(bytes.fromhex(sha256)), ContentState.INBOX, "", shot_id, job_id)
        catalog.record_content([content])
        made.append((shot_id, sha256))
    writer.finish()
    catalog.assign(change, job_id, [made[0][0]], planted.patient.patient_id, visit_id, b"")
    files = ",".join(
        f'{{"name":"{sign}wait_{number}.JPG","sha256":"{sha256}","photo_id":null}}'
        for number, (_, sha256) in enumerate(made[:2])
    )
    theirs = f'{{"name":"filed.JPG","sha256":"{planted.hashes[1]}","photo_id":null}}'
    summary = f'{{"runs":1,"document":{{"files":[{files},{theirs},{{"name":"other.JPG","sha256":"{made[2][1]}"}}]}}}}'
    catalog.update_job(change, job_id, summary=summary)
    gone = f'[{{"shot_id":"{made[0][0]}","name":"{sign}gone.JPG"}},{{"shot_id":"{made[2][0]}","name":"kept.JPG"}}]'
    catalog.set_setting(change, f"import.gone.{job_id}.1", gone)
    catalog.keep_receipt(change, KeptReceipt(job_id, "", 1, b"record", b"signature"))


def _moved(there: Open, planted: Planted, visit_id: str, other: Planted, sign: str) -> None:
    """Filed to the other patient, marked, and then moved to whom it belongs."""
    made = Planted(planted.patient, [])
    wrong_visit = there.catalog.visits(other.patient.patient_id)[0].visit_id
    photo_id = _file(there, made, other.patient.patient_id, wrong_visit, sign, 9)
    correcting = Correcting(there.catalog, there.charts, there.keyset)
    change = Change(there.keyset.person_id, f"{sign}moved")
    planned = correcting.plan_move(
        change, ids.ordered_id(), [photo_id], other.patient.patient_id, planted.patient.patient_id, visit_id, NOW_MS
    )
    correcting.move(change, planned)
    planted.hashes += made.hashes
    planted.photo_ids.append(photo_id)


def two_patients(root: Path) -> tuple[Clinic, Planted, Planted, dict[str, int]]:
    """(clinic, the one to erase, the one who stays, generations of the log)."""
    clinic, known = make_clinic(root), dict[str, int]()
    with opened(clinic, known) as there:
        stays = plant(there, "STAYQX")
        goes = plant(there, "CANARYZV", stays)
    return clinic, goes, stays, known


def request(there: Open, planted: Planted) -> Erasure:
    erasure = Erasure(
        ids.random_id(),
        ErasureState.REQUESTED,
        planted.patient.patient_id,
        planted.chart_id,
        "asked for",
        "",
        there.keyset.person_id,
        "",
        NOW_MS,
        0,
    )
    there.book.request(there.change, [erasure])
    return erasure


def erase(there: Open, planted: Planted) -> Erasure:
    """Asked for, authorised and carried out."""
    running = there.book.authorise(there.change, request(there, planted), "")
    return there.erasing.carry_out(there.change, running, PLACES)


def everything(there: Open) -> Iterator[tuple[str, bytes]]:
    """Every value of every database that opens with the keys that remain, every operation opened, every raw file."""
    databases = [there.catalog.ledger.database, there.catalog.erasure.database]
    if there.catalog.index is not None:
        databases.append(there.catalog.index.database)
    pointers = [pointer for pointer in there.catalog.chart_pointers() if pointer.made]
    databases += [there.charts.open_pointer(pointer).ledger.database for pointer in pointers]
    packs = sorted(there.layout.inbox_folder.glob("*/*.db"))
    databases += [_pack(there, path.parent.name, int(path.stem)) for path in packs]
    for database in databases:
        yield from _values(there, database)
    for path in there.layout.root.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()


def _pack(there: Open, job_id: str, number: int) -> Any:
    return PackReader.open(there.layout, job_id, number, there.keyset).database


def _values(there: Open, database: Any) -> Iterator[tuple[str, bytes]]:
    tables = [row[0] for row in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        for row in database.rows(f"SELECT * FROM {table}"):  # noqa: S608
            for value in row:
                yield f"{database.name}.{table}", value if isinstance(value, bytes) else str(value).encode()
                if isinstance(value, str) and len(value) % 2 == 0 and value.isalnum():
                    try:
                        yield f"{database.name}.{table} (hex)", bytes.fromhex(value)
                    except ValueError:
                        continue
    if "operation" in tables:

        def key(scope: str) -> bytes:
            return bytes(32) if not scope.strip("0") else there.catalog.erasure.key(scope)

        for (record,) in database.rows("SELECT record FROM operation"):
            opened_one = open_operation(bytes(record), there.keyset, key)
            yield f"{database.name} operation {opened_one.edit.entity}", repr(opened_one).encode()
    database.close()
