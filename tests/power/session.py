"""What a day at a desk writes, step by step, each acknowledged in a file when the desk said that it is safe.

    python -m tests.power.session STORE CARD ACKS

A real keeper on a thread, a real session, a real importer on threads of this process; photos are decoded by Pillow.
An acknowledgement is one line of JSON, written once the product has said so and never before.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from photodesk.background.keeper_link import KeeperLink
from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from photodesk.desk.session import Session
from photodesk.importing.job import SAFE_STAGES, Assignment, Stage
from photodesk.importing.service import ImportService
from photodesk.importing.workplace import workplace_of
from photodesk.log.entry import Action
from photodesk.patients import Patient, PatientDraft
from photodesk.visits import VisitDraft
from tests.app.bent_store import PASSWORD, USER, KeeperThread
from tests.importing.conftest import Clinic, PlainDecoder, jpeg

DAY = date(2026, 11, 20)
FACE, FOREARM = "89545001", "66480008"


def make_card(folder: Path, photos: int) -> None:
    """Photos of 10 to 200 kB, one twice, and a video."""
    folder.mkdir(parents=True)
    for number in range(photos):
        size = (400, 300) if number % 3 == 0 else (96, 64)
        (folder / f"IMG_{number:04}.JPG").write_bytes(jpeg(number, size))
    (folder / "TWIN.JPG").write_bytes((folder / "IMG_0001.JPG").read_bytes())
    (folder / "MVI.MP4").write_bytes(b"\0\0\0\x18ftypisom" + os.urandom(40_000))


def found(store: Path) -> None:
    """A clinic with two patients, before anything is recorded."""
    Entrance(store, SystemClock(), FLOOR_COST).found("C", "Desk", USER, PASSWORD, password_only=True)
    with signed_in(store) as session:
        for mrn in ("M1", "M2"):
            session.patients.add(PatientDraft(mrn, "Muster", "Maria", date(1980, 1, 2)))


@contextmanager
def signed_in(store: Path) -> Iterator[Session]:
    """One sign-in, from the keeper's start to its end."""
    ours, theirs = socket.socketpair()
    with theirs:
        keeper = KeeperThread(("keeper", "--fd", str(theirs.fileno()), "--store", str(store)), ())
    link = KeeperLink(ours, part="command")
    try:
        session = Entrance(store, SystemClock(), FLOOR_COST).sign_in(link, USER, PASSWORD, PlainDecoder())
        try:
            yield session
        finally:
            session.close()
    finally:
        link.close()
        keeper.wait(30)
    assert keeper.fault is None, keeper.fault


class Acknowledged:
    """Writes what was acknowledged, each once."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._told: set[str] = set()

    def __call__(self, kind: str, **facts: Any) -> None:
        line = json.dumps({"kind": kind, **facts}, sort_keys=True)
        if line not in self._told:
            self._told.add(line)
            os.write(self._file, f"{line}\n".encode())


class Day:
    """The steps of the session."""

    def __init__(self, session: Session, card: Path, told: Acknowledged) -> None:
        self._session = session
        self._card = card
        self._told = told
        self._first, self._second = (session.patients.by_mrn(mrn) for mrn in ("M1", "M2"))

    def run(self) -> None:
        """Import and file, write about it, move and delete, import what waits, and file that."""
        names = sorted(path for path in self._card.iterdir())
        half = len(names) // 2
        ids = self._import(names[:half], Assignment(self._first.patient_id, DAY, FACE, "frontal"))
        self._edit(ids)
        self._correct(ids)
        job_id = self._import_unassigned(names[half:])
        self._file(job_id)
        self._log()

    def _service(self) -> ImportService:
        workplace = workplace_of(self._session)
        keeper: Any = workplace.keeper
        self._clinic = Clinic(workplace, self._first, keeper, [])
        return self._clinic.service()

    def _import(self, paths: list[Path], assignment: Assignment | None) -> list[str]:
        service = self._service()
        result = service.run(paths, assignment, lambda _now: self._tell_safe(service))
        self._clinic.join()
        for one in result.outcomes:
            assert one.is_safe or one.deleted_before, one
            if one.is_safe:
                self._told("filed" if one.stage is Stage.FILED else "safe", sha256=one.sha256)
        return [one.photo_id for one in result.outcomes if one.stage is Stage.FILED and not one.duplicate]

    def _tell_safe(self, service: ImportService) -> None:
        for one in service.outcomes():
            if one.stage in SAFE_STAGES and one.sha256:
                self._told("safe", sha256=one.sha256)

    def _edit(self, photo_ids: list[str]) -> None:
        session = self._session
        listed = {photo.photo_id for photo in session.charts.open(self._first.patient_id).photos()}
        for number, photo_id in enumerate(one for one in photo_ids if one in listed):
            session.photo_edit.set(self._first.patient_id, photo_id, site=FOREARM, tags=(f"t{number}",))
            self._told("edited", photo_id=photo_id, site=FOREARM, tag=f"t{number}")
        session.patients.set_notes(self._first.patient_id, "Left forearm, third visit.")
        self._told("notes", patient=self._first.mrn, text="Left forearm, third visit.")
        added = session.patients.add(PatientDraft("M3", "Probe", "Jan", date(1990, 3, 4)))
        self._told("patient", mrn=added.mrn)
        visit = session.visits.add(VisitDraft(added.patient_id, DAY, title="Control", reason="Follow-up"))
        self._told("visit", mrn=added.mrn, visit_id=visit.visit_id)

    def _correct(self, photo_ids: list[str]) -> None:
        session = self._session
        visit = session.visits.add(VisitDraft(self._second.patient_id, DAY))
        session.corrections.move(photo_ids[:1], self._second.patient_id, visit.visit_id, "Wrong patient")
        self._told("moved", photo_id=photo_ids[0], patient=self._second.mrn)
        session.corrections.delete(photo_ids[1:2], "Out of focus")
        self._told("deleted", photo_id=photo_ids[1])
        session.corrections.delete(photo_ids[2:3], "By mistake")
        session.corrections.restore(photo_ids[2:3])
        self._told("restored", photo_id=photo_ids[2])

    def _import_unassigned(self, paths: list[Path]) -> str:
        self._import(paths, None)
        return self._session.inbox.jobs()[-1].job.job_id

    def _file(self, job_id: str) -> None:
        waiting = [shot.shot for shot in self._session.inbox.job(job_id).shots]
        service = self._service()
        for shot in waiting:
            service.file_shots(job_id, Assignment(self._second.patient_id, DAY), [shot.shot_id])
            self._told("filed", sha256=shot.sha256)

    def _log(self) -> None:
        actor = self._session.actor
        for number in range(20):
            receipt = actor.log(actor.entry(Action.SEARCH, purpose=f"entry {number}"))
            self._told("entry", sequence=receipt.sequence, purpose=f"entry {number}")


def main(store: Path, card: Path, acks: Path) -> None:
    """The whole session."""
    told = Acknowledged(acks)
    with signed_in(store) as session:
        Day(session, card, told).run()


def patients_of(session: Session) -> dict[str, Patient]:
    """By record number."""
    return {found.patient.mrn: found.patient for found in session.patients.search("")}


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
