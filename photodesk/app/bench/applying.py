"""`bench apply`: operations of another workstation until they stand in catalog and charts, against bare inserts.

The other workstation is made here with keys of its own; what it sends lies in the spool before the clock starts. Ours
is everything a desk does with it: both signatures, chains, opening, projecting, words to search by, content ids, index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from photodesk import ids
from photodesk.app.bench.figures import Result, Wanted, timed
from photodesk.app.bench.workshop import FAMILY, GIVEN, workshop
from photodesk.clock import HybridClock, SystemClock
from photodesk.crypto import SigningKey
from photodesk.desk.session import Session
from photodesk.store.catalog_schema import CATALOG_FORMAT, CATALOG_TABLES
from photodesk.store.change import Change
from photodesk.store.chart_schema import CHART_FORMAT, CHART_TABLES
from photodesk.store.keyset import KeySet
from photodesk.store.members import Member, Members, MemberWorkstation
from photodesk.store.members_log import MembersLog
from photodesk.store.operations import Compartment, OperationBook, Scope
from photodesk.store.projection import Edit
from photodesk.sync.desk_side import AT_ONCE, SyncDesk
from photodesk.sync.spool import Spool

OPERATIONS_A_CHART = 200
PHOTOS_A_CHART = 60
AIM_A_SECOND = 1_000_000 / 480
EVERY = 5_000
PHOTO: dict[str, Any] = {
    "visit_id": "",
    "body_site": "",
    "standard_view": "",
    "tags": [],
    "photo_key": bytes(32),
    "facts": {"media_type": "image/jpeg"},
    "renditions": {"thumbnail": "00" * 32, "screen": "11" * 32},
}


class Other:
    """Another workstation, of the same person or of a stranger: it signs, and writes into databases in memory."""

    def __init__(self, session: Session, *, stranger: bool = False) -> None:
        self.key = SigningKey.generate()
        self.keyset: KeySet = replace(session.keyset, workstation_id=ids.random_id())
        if stranger:
            self.keyset = replace(self.keyset, person_id=ids.random_id(), signing=SigningKey.generate())
        self._change = Change(self.keyset.person_id, "bench")

    def sign(self, kind: str, data: bytes) -> bytes:
        return self.key.sign(kind, self.keyset.clinic_id, data)

    def book(self, compartment: Compartment, tables: Any) -> OperationBook:
        return OperationBook(self.keyset, self, HybridClock(SystemClock()), compartment, tables)

    def record(self, book: OperationBook, connection: Any, scope: Scope, edit: Edit) -> bytes:
        book.record(connection, self._change, scope, edit)
        row = connection.execute("SELECT record FROM operation ORDER BY rowid DESC LIMIT 1").fetchone()
        return bytes(row[0])

    def members(self, session: Session) -> Members:
        """The membership log with this workstation and its person in it."""
        members = MembersLog.open(session.layout.members, session.keyset.clinic_id).members.copy()
        station = self.keyset.workstation_id
        members.workstations[station] = MemberWorkstation(station, self.key.public, bytes(32), b"")
        keys = self.keyset
        if keys.person_id not in members.people:
            members.people[keys.person_id] = Member(
                keys.person_id, keys.roles, keys.signing.public, keys.kem.public, b""
            )
        return members


def bench_apply(wanted: Wanted) -> Result:
    """Operations a second."""
    count = wanted.photos or 20_000
    with workshop() as shop:
        session, other = shop.desk.session, Other(shop.desk.session)
        spool = Spool(shop.folder / "spool")
        fill(spool, other, _made(session, other, count))
        desk = SyncDesk(session, spool, lambda: other.members(session))
        ours = timed(take_all, desk, count)
        bare = timed(_insert, shop.folder / "bare.db", spool, session)
        spool.close()
    return Result.of(
        [ours],
        [bare],
        at="rate",
        unit="operations/s of ours ÷ operations/s of inserts into plain SQLite; higher is better",
        n=count,
        notes=f"{OPERATIONS_A_CHART} operations a patient; the aim is 1,000,000 in 8 minutes, {AIM_A_SECOND:.0f}/s.",
        per_sample=count,
    )


def _made(session: Session, other: Other, count: int) -> Iterator[tuple[str, int, bytes]]:
    """(scope, compartment, record) of a clinic's patients, visits, photos and what was said about them."""
    catalog, book = memory(CATALOG_FORMAT.steps), other.book(Compartment.DESK, CATALOG_TABLES)
    made, number = 0, 0
    while made < count:
        chart_id, patient_id, number = ids.random_id(), ids.random_id(), number + 1
        erasure_key = session.catalog.erasure.make([chart_id])[chart_id]
        scope = Scope(chart_id, erasure_key)
        fields = {
            "mrn": f"A-{number}",
            "family": FAMILY[number % len(FAMILY)],
            "given": GIVEN[number % len(GIVEN)],
            "birth": f"{1930 + number % 80}-05-12",
            "chart_id": chart_id,
        }
        yield chart_id, 1, other.record(book, catalog, scope, Edit("patient", patient_id, "add", fields))
        visit = {"patient_id": patient_id, "day": "2026-11-20"}
        yield chart_id, 1, other.record(book, catalog, scope, Edit("visit", ids.random_id(), "add", visit))
        of_chart = min(OPERATIONS_A_CHART, count - made) - 2
        for edit in _chart_edits(chart_id, of_chart):
            if edit is None:
                chart, chart_book = memory(CHART_FORMAT.steps), other.book(Compartment.CLINICAL, CHART_TABLES)
                continue
            yield chart_id, 2, other.record(chart_book, chart, scope, edit)
        made += OPERATIONS_A_CHART


def _chart_edits(chart_id: str, count: int) -> Iterator[Edit | None]:
    yield None
    photos = [ids.ordered_id() for _ in range(PHOTOS_A_CHART)]
    for number in range(count):
        photo_id = photos[number // 2 % PHOTOS_A_CHART]
        if number < 2 * PHOTOS_A_CHART and number % 2 == 0:
            yield Edit("photo", photo_id, "add", PHOTO)
        elif number < 2 * PHOTOS_A_CHART:
            yield Edit("original", photo_id, "add", original_fields(photo_id))
        elif number % 3:
            yield Edit("photo", photo_id, "set", {"body_site": "", "tags": [f"tag {number}"]})
        else:
            yield Edit("record", chart_id, "set", {"notes": f"note {number}"})


def original_fields(photo_id: str) -> dict[str, Any]:
    """What an import says of a file."""
    sha256 = photo_id * 2
    return {
        "photo_id": photo_id,
        "place": 0,
        "content_id": bytes.fromhex(sha256),
        "sha256": sha256,
        "size_bytes": 8_000_000,
        "media_type": "image/jpeg",
        "name": "IMG_0001.JPG",
        "mtime_ms": 0,
    }


def fill(spool: Spool, other: Other, made: Iterable[tuple[str, int, bytes]]) -> None:
    """Operations into a spool, as they come from the server."""
    rows: list[tuple[Any, ...]] = []
    for place, (scope, compartment, record) in enumerate(made, start=1):
        rows.append((place, other.keyset.workstation_id, scope, compartment, record))
        if len(rows) >= EVERY:
            _put(spool, rows)
    _put(spool, rows)


def _put(spool: Spool, rows: list[tuple[Any, ...]]) -> None:
    with spool.file.transaction() as connection:
        connection.executemany(
            "INSERT INTO incoming (place, workstation, scope, compartment, record) VALUES (?, ?, ?, ?, ?)", rows
        )
    rows.clear()


def take_all(desk: SyncDesk, count: int) -> None:
    """Take in what lies in the spool, all of it."""
    taken = desk.take_in()
    if (taken.applied, taken.waiting) != (count, 0):
        raise RuntimeError(f"{taken.applied} of {count} applied, {taken.waiting} wait: {taken.reasons}")


def _insert(path: Path, spool: Spool, session: Session) -> None:
    """The same number of records of about that size, a batch a transaction, on the same disk."""
    size = session.catalog.ledger.database.row("SELECT avg(length(record)) FROM operation")
    record = bytes(int(size[0]) if size and size[0] else 500)
    count = int((spool.file.row("SELECT count(*) FROM incoming") or (0,))[0])
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE operation (place INTEGER PRIMARY KEY, record BLOB NOT NULL)")
    for start in range(0, count, AT_ONCE):
        connection.execute("BEGIN IMMEDIATE")
        rows = [(place, record) for place in range(start, min(start + AT_ONCE, count))]
        connection.executemany("INSERT INTO operation VALUES (?, ?)", rows)
        connection.execute("COMMIT")
    connection.close()


def memory(steps: Any) -> Any:
    """A database in memory with these tables."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statements in steps:
        for statement in statements:
            connection.execute(statement)
    return connection


BENCHES = {"apply": bench_apply}
