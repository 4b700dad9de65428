"""One desk of the soak in a process of its own, with its keeper, syncer, importers and decoders: signed in, it imports,
edits and makes its rounds with the spool until it is told to end (SIGTERM). Used by `tests.soak.desks`.

What it begins and ends goes into a journal, so that a desk that is killed is known to have been about something. Each
time its status says that everything is on the server, the server's own database is asked whether that is so.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import simplejpeg

from photodesk.app.command_desk import CommandDesk, command_desk
from photodesk.app.command_line import Invocation
from photodesk.app.desk_sync import DeskSync
from photodesk.app.workplaces import import_service
from photodesk.crypto import FLOOR_COST, sha256
from photodesk.errors import PhotoDeskError
from photodesk.importing.job import Assignment
from photodesk.patients import PatientDraft
from photodesk.store.chart import Chart
from photodesk.store.travelling import travels
from photodesk.sync.spool import Spool
from photodesk.sync.standing import Standing
from photodesk.sync.status import UP_TO_DATE

ACT_S, ROUND_S, BUSY_S = 5.0, 1.0, 30.0


@dataclass
class Desk:
    """Signed in. `problems` are claims that were not so."""

    desk: CommandDesk
    spool: Spool
    server: Path
    journal: Path
    dice: random.Random
    name: str
    problems: list[str] = field(default_factory=list)
    acts: int = 0
    claims: int = 0

    def run(self, ending: list[bool]) -> None:
        """Until told to end."""
        sync, acted = DeskSync(self.desk.session, self.spool, self.desk.link.sync_now), time.monotonic()
        while not ending:
            if time.monotonic() - acted > self.dice.expovariate(1 / ACT_S):
                acted = time.monotonic()
                self._act()
            if sync.round().spooled:
                self.desk.link.sync_now()
            self._claim()
            time.sleep(ROUND_S)

    # -- what a person does --

    def _act(self) -> None:
        people = [one.patient_id for one in self.desk.session.catalog.patients()]
        lot = self.dice.random()
        if lot < 0.08 or not people:
            self._add_patient()
        elif lot < 0.5:
            self._import(self.dice.choice(people))
        else:
            self._edit(self.dice.choice(people))

    def _add_patient(self) -> None:
        mrn = f"{self.name}-{self.dice.getrandbits(40):010x}"
        with self._journal("patient", mrn=mrn):
            self.desk.session.patients.add(PatientDraft(mrn, "Soak", self.name, date(1970, 1, 1)))

    def _import(self, patient_id: str) -> None:
        data = simplejpeg.encode_jpeg(
            np.random.default_rng(self.dice.getrandbits(60)).integers(0, 255, (160, 240, 3), np.uint8), quality=90
        )
        card = self.journal.parent / f"card-{sha256(data).hex()[:12]}"
        card.mkdir()
        (card / "IMG_0001.JPG").write_bytes(data)
        session = self.desk.session
        with self._journal("import", sha256=sha256(data).hex()):
            service = import_service(session, self.desk.link, self.desk.decoder)
            result = service.run([card], Assignment(patient_id, date.fromisoformat(session.today)))
            if result.counts["filed"] != 1:
                self.problems.append(f"an import ended as {result.counts}")

    def _edit(self, patient_id: str) -> None:
        photos = self.desk.session.charts.open(patient_id).photos()
        if photos:
            photo, tag = self.dice.choice(photos), f"{self.name} {self.dice.getrandbits(40):010x}"
            with self._journal("tag", sha256=photo.displayed.sha256, tag=tag):
                self.desk.session.photo_edit.set(patient_id, photo.photo_id, tags=[tag])

    def _journal(self, what: str, **more: str) -> _Act:
        self.acts += 1
        return _Act(self.journal, {"what": what, "by": self.name, "at": time.time(), **more})

    # -- whether it is so --

    def _claim(self) -> None:
        session = self.desk.session
        status = Standing(self.spool, session.clock).now(self.desk.link.generations())
        if status.state != UP_TO_DATE:
            return
        self.claims += 1
        own, blobs = self._newest_own(), self._own_blobs()
        with closing(sqlite3.connect(f"file:{self.server}?mode=ro", uri=True, timeout=30)) as server:
            lost = [one for one in own if not server.execute(_OPERATION, (one,)).fetchone()]
            missing = [one for one in blobs if not server.execute(_BLOB, (one,)).fetchone()]
        if lost or missing:
            self.problems.append(f"{self.name} says all is sent, {len(lost)} changes and {len(missing)} copies are not")

    def _newest_own(self) -> list[bytes]:
        """The hash of the newest change of this workstation in each database."""
        session, found = self.desk.session, []
        for ledger in (session.catalog.ledger, *(chart.ledger for chart in charts(self.desk).values())):
            rows = ledger.database.rows(_NEWEST, (session.keyset.workstation_id,))
            found += [sha256(bytes(row[2])) for row in rows if travels(row[0], row[1])][:1]
        return found

    def _own_blobs(self) -> list[bytes]:
        found = []
        for chart in charts(self.desk).values():
            here = {piece.uuid.hex() for piece in chart.pieces() if piece.here}
            found += [copy.blob_id for key, copy in chart.copies().items() if key in here]
        return found


_OPERATION = "SELECT 1 FROM operation WHERE record_hash = ?"
_BLOB = "SELECT 1 FROM blob WHERE blob_id = ?"
_NEWEST = "SELECT entity, entity_id, record FROM operation WHERE workstation = ? ORDER BY sequence DESC LIMIT 20"


@dataclass
class _Act:
    """Noted before and after."""

    journal: Path
    what: dict[str, Any]

    def __enter__(self) -> None:
        self._note(done=False)

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._note(done=True)

    def _note(self, *, done: bool) -> None:
        with self.journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(self.what | {"done": done}) + "\n")


def charts(desk: CommandDesk) -> dict[str, Chart]:
    """Charts that are here, by patient."""
    session = desk.session
    here = (one for one in session.catalog.chart_pointers() if one.made and session.charts.has_file(one.chart_id))
    return {one.patient_id: session.charts.open(one.patient_id) for one in here}


def told(desk: CommandDesk) -> dict[str, Any]:
    """Everything that should be the same on every workstation."""
    here = charts(desk)
    people = []
    for patient in desk.session.catalog.patients():
        photos = here[patient.patient_id].photos() if patient.patient_id in here else []
        people.append([patient.mrn, sorted([one.displayed.sha256, one.photo_id, sorted(one.tags)] for one in photos)])
    return {"people": sorted(people), "conflicts": desk.session.conflicts.count()}


def opened(store: Path, user: str, password: str) -> Any:
    """A desk once nobody else has the store: a keeper whose desk was killed ends by itself."""
    end = time.monotonic() + BUSY_S
    while True:
        who = Invocation(store=store, user=user, passwords=[password], quiet=True, cost=FLOOR_COST)
        context = command_desk(who, decoder=True, file_waiting=True)
        try:
            return context, context.__enter__()
        except PhotoDeskError as error:
            if error.code != "store_in_use" or time.monotonic() > end:
                raise
            time.sleep(0.5)


def main() -> int:
    """The process; 1 where a claim was wrong. The password comes on standard input."""
    words = argparse.ArgumentParser()
    for name in ("--store", "--server", "--journal"):
        words.add_argument(name, type=Path, required=True)
    for name in ("--user", "--name"):
        words.add_argument(name, required=True)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--tell", action="store_true")
    given = words.parse_args()
    context, desk = opened(given.store, given.user, sys.stdin.readline().rstrip("\n"))
    try:
        if given.tell:
            print(json.dumps(told(desk)))  # noqa: T201
            return 0
        ending: list[bool] = []
        signal.signal(signal.SIGTERM, lambda *_: ending.append(True))
        spool = Spool(desk.session.layout.spool)
        with closing(spool):
            made = Desk(desk, spool, given.server, given.journal, random.Random(given.seed), given.name)  # noqa: S311
            made.run(ending)
        sys.stderr.write(f"{given.name}: {made.acts} acts, {made.claims} claims of being up to date\n")
        for problem in made.problems:
            sys.stderr.write(f"WRONG {problem}\n")
        return 1 if made.problems else 0
    finally:
        context.__exit__(None, None, None)


if __name__ == "__main__":
    sys.exit(main())
