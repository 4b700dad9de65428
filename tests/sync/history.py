"""Two to seven workstations in memory that change the same patient, while what they send is lost, doubled and shuffled.

Real operations, real keys, real tables, no files. A *newer* workstation runs a program with schema N + 1, which knows a
field and an entity more; until the others are updated, what it says about these waits with them unread.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from sqlcipher3 import dbapi2

from photodesk import ids
from photodesk.clock import HybridClock
from photodesk.crypto import SigningKey
from photodesk.patients import persons_of
from photodesk.store import catalog_search, operations
from photodesk.store.catalog_patients import patient_of
from photodesk.store.catalog_schema import CATALOG_FORMAT, CATALOG_TABLES
from photodesk.store.change import Change
from photodesk.store.chart_schema import CHART_FORMAT, CHART_TABLES
from photodesk.store.conflict_rules import deleting_field, reviewed
from photodesk.store.conflicts import ConflictBook, said_about
from photodesk.store.keyset import KeySet
from photodesk.store.ledger import Writing
from photodesk.store.members import Member, Members, MemberWorkstation
from photodesk.store.members_log import start_of
from photodesk.store.operations import Compartment, Operation, OperationBook, Scope, open_operation
from photodesk.store.projection import Edit, Table
from photodesk.store.taking import Outcome, Taking
from photodesk.store.taking_catalog import CatalogTaking
from photodesk.store.taking_chains import arrived
from tests.store.conftest import make_keyset

HOUR_MS = 3_600_000
NOW_MS = 1_795_000_000_000
PATIENT, CHART, PHOTO = "0a" * 16, "0c" * 16, "0f" * 16
ENTRIES = (PATIENT, "1a" * 16, "2a" * 16, "3a" * 16)
NEWER_TABLES = {
    **CHART_TABLES,
    "photo": replace(CHART_TABLES["photo"], columns=CHART_TABLES["photo"].columns | {"severity"}),
    "wound": Table("wound", "wound_id", frozenset({"depth"})),
}
NEWER_STATEMENTS = (
    "ALTER TABLE photo ADD COLUMN severity TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE wound (wound_id TEXT PRIMARY KEY, depth TEXT NOT NULL DEFAULT '')",
)
UNCOMPARED = {"erased_operation", "seen", "fetched", "original_part", "thumbnail", "screen", "sqlite_sequence"}


class SkewedClock:
    """A wall clock that is wrong by hours."""

    def __init__(self, skew_ms: int) -> None:
        self.now_ms = NOW_MS + skew_ms

    def wall_ms(self) -> int:
        self.now_ms += 1
        return self.now_ms

    def monotonic_ms(self) -> int:
        return self.now_ms


@dataclass
class Workstation:
    """One of them: its two databases, and what the network has for it and it has not taken."""

    keyset: KeySet
    key: SigningKey
    clock: SkewedClock
    newer: bool
    catalog: Any = None
    chart: Any = None
    arriving: list[bytes] = field(default_factory=list)
    knows: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.catalog = _memory(CATALOG_FORMAT.steps)
        self.chart = _memory((*CHART_FORMAT.steps, NEWER_STATEMENTS) if self.newer else CHART_FORMAT.steps)
        self.books = {
            True: self._book(Compartment.CLINICAL, NEWER_TABLES if self.newer else CHART_TABLES),
            False: self._book(Compartment.DESK, CATALOG_TABLES),
        }

    def _book(self, compartment: Compartment, tables: Any) -> OperationBook:
        return OperationBook(self.keyset, self, HybridClock(self.clock), compartment, tables)

    def sign(self, kind: str, data: bytes) -> bytes:
        return self.key.sign(kind, self.keyset.clinic_id, data)

    def update(self) -> None:
        """From now on it runs the newer program."""
        if not self.newer:
            self.newer = True
            for statement in NEWER_STATEMENTS:
                self.chart.execute(statement)
            self.books[True] = self._book(Compartment.CLINICAL, NEWER_TABLES)

    @contextmanager
    def program(self) -> Iterator[None]:
        """What runs inside is this workstation's program."""
        before, operations.SCHEMA = operations.SCHEMA, 2 if self.newer else 1
        try:
            yield
        finally:
            operations.SCHEMA = before


@dataclass
class Made:
    """One operation, and every operation its author knew then."""

    operation: Operation
    known: frozenset[str]


class History:
    """A clinic's day out of contact. Every method may be called in any order."""

    def __init__(self, count: int, skews_h: list[int], newer: list[bool]) -> None:
        first = make_keyset()
        self.erasure_key = bytes([7]) * 32
        self.members = Members(first.clinic_id, start_of(first.clinic_id))
        self.stations: list[Workstation] = []
        self.made: list[Made] = []
        self.decisions: set[str] = set()
        for number in range(count):
            keyset = replace(
                first, workstation_id=ids.random_id(), person_id=ids.random_id(), signing=SigningKey.generate()
            )
            station = Workstation(keyset, SigningKey.generate(), SkewedClock(skews_h[number] * HOUR_MS), newer[number])
            self.stations.append(station)
            self.members.people[keyset.person_id] = Member(
                keyset.person_id, keyset.roles, keyset.signing.public, keyset.kem.public, b""
            )
            self.members.workstations[keyset.workstation_id] = MemberWorkstation(
                keyset.workstation_id, station.key.public, bytes(32), b""
            )
        fields = {"family": "Test", "given": "Ada", "mrn": "1", "birth": "1980-05-12", "chart_id": CHART}
        self.edit(0, Edit("patient", PATIENT, "add", fields), clinical=False)
        photo = {"visit_id": "v1", "body_site": "", "standard_view": "", "tags": [], "presence": ""}
        self.edit(0, Edit("photo", PHOTO, "add", photo))
        self.everything_arrives()

    # -- what happens -------------------------------------------------------------------------------------------

    def edit(self, who: int, edit: Edit, *, clinical: bool = True) -> None:
        """Somebody changes something and sends it at once; when it arrives is another matter."""
        station = self.stations[who]
        connection = station.chart if clinical else station.catalog
        if (
            edit.entity == "patient"
            and edit.verb == "set"
            and not connection.execute("SELECT 1 FROM patient").fetchone()
        ):
            return  # a newer program added the patient: nobody sees one here yet
        with station.program():
            connection.execute("BEGIN IMMEDIATE")
            writing = Writing(connection, station.books[clinical], Change(station.keyset.person_id, "test"))
            _words(connection, edit, catalog_search.remove_patient)
            writing.record(Scope(CHART, self.erasure_key), edit)
            _words(connection, edit, catalog_search.index_patient)
            row = connection.execute(
                "SELECT operation_id, record FROM operation WHERE workstation = ? ORDER BY sequence DESC LIMIT 1",
                (station.keyset.workstation_id,),
            ).fetchone()
            connection.execute("COMMIT")
            told = open_operation(bytes(row[1]), station.keyset, lambda _: self.erasure_key)
        self.made.append(Made(told, frozenset(station.knows)))
        station.knows.add(str(row[0]))
        for other in self.stations:
            if other is not station:
                other.arriving.append(bytes(row[1]))

    def deliver(self, who: int, chance: Random, *, kill: str = "") -> None:
        """Some of what is on its way arrives, shuffled, some of it twice; `kill`: before or after the commit."""
        station = self.stations[who]
        some = [record for record in station.arriving if chance.random() < 0.7]
        some += [record for record in some if chance.random() < 0.2]
        chance.shuffle(some)
        done = self._take(station, some, killed=kill == "before")
        if kill != "after":
            station.arriving = [record for record in station.arriving if record not in done]

    def _take(self, station: Workstation, records: list[bytes], *, killed: bool = False) -> set[bytes]:
        done: set[bytes] = set()
        for clinical in (False, True):
            connection = station.chart if clinical else station.catalog
            part = [one for one in records if _is_clinical(one) == clinical]
            with station.program():
                connection.execute("BEGIN IMMEDIATE")
                outcome = self._taking(station, connection, clinical=clinical)
                self._run(outcome, part, station, done)
                connection.execute("ROLLBACK" if killed else "COMMIT")
        if killed:
            return set()
        station.knows |= {_id_of(one) for one in done}
        return done

    def _run(self, taking: Taking, part: list[bytes], station: Workstation, done: set[bytes]) -> None:
        taking.reread()
        outcome = taking.run(part, Outcome())
        done |= {part[number] for number in outcome.done}
        assert len(set(outcome.done)) == len(outcome.done)

    def _taking(self, station: Workstation, connection: Any, *, clinical: bool) -> Taking:
        made = Taking if clinical else CatalogTaking
        tables = (NEWER_TABLES if station.newer else CHART_TABLES) if clinical else CATALOG_TABLES
        return made(connection, tables, station.keyset, self.members, lambda _: self.erasure_key)

    def everything_arrives(self) -> None:
        """At last the network holds still."""
        for station in self.stations:
            done = self._take(station, station.arriving)
            station.arriving = [record for record in station.arriving if record not in done]
            assert station.arriving == [], "something waits for ever"

    def settle(self, who: int, chance: Random) -> None:
        """Somebody decides a conflict that is shown there, for one value or the other."""
        station = self.stations[who]
        book = ConflictBook(station.chart, station.keyset, lambda _: self.erasure_key)
        rows = station.chart.execute(
            "SELECT conflict_id, entity, entity_id, field, operation_id FROM conflict ORDER BY 1"
        ).fetchall()
        if not rows:
            return
        key, entity, entity_id, name, lost_id = map(str, chance.choice(rows))
        with station.program():
            said = said_about(book.operations(entity, entity_id), name)
        lost = [one for one in said if one.operation_id == lost_id]
        keeps = not lost or deleting_field(entity) == name or chance.random() < 0.5
        if keeps:
            self.edit(who, Edit("settled", key, "set", {"kept": "here"}))
        if lost and deleting_field(entity) != name:
            value = said[-1].value if keeps else lost[0].value
            self.edit(who, Edit(entity, entity_id, "set", {name: value}))
            if keeps:
                self.decisions.add(self.made[-1].operation.operation_id)

    # -- what must hold -----------------------------------------------------------------------------------------

    def check(self) -> None:
        """All are updated and hear of everything: the same tables, and nothing lost that nobody decided on."""
        for station in self.stations:
            station.update()
        self.everything_arrives()
        states = [self._state(station) for station in self.stations]
        assert all(state == states[0] for state in states), _difference(states)
        assert len({_hash(state) for state in states}) == 1
        self._one_person_everywhere()
        self._nothing_lost(self.stations[0])

    def _state(self, station: Workstation) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for name, connection in (("catalog", station.catalog), ("chart", station.chart)):
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in tables:
                if table not in UNCOMPARED:
                    columns = [
                        row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "number"
                    ]
                    rows = connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()  # noqa: S608
                    found[f"{name}.{table}"] = sorted(rows, key=repr)
        return found

    def _one_person_everywhere(self) -> None:
        """Whatever was merged and parted, every entry has the same main one at each workstation, and only one."""
        sql = "SELECT patient_id, main_id FROM same_person WHERE main_id <> ''"
        found = [persons_of(dict(station.catalog.execute(sql).fetchall())) for station in self.stations]
        assert all(persons == found[0] for persons in found)
        for entry in ENTRIES:
            main = found[0].main(entry)
            assert (found[0].main(main), entry in found[0].entries(main)) == (main, True)

    def _nothing_lost(self, station: Workstation) -> None:
        told = {one.operation.operation_id: one for one in self.made}
        for connection in (station.catalog, station.chart):
            held = {str(row[0]) for row in connection.execute("SELECT operation_id FROM operation")}
            open_ones = {
                tuple(row) for row in connection.execute("SELECT entity_id, field, operation_id FROM conflict")
            }
            for one in (told[key] for key in held):
                for name in one.operation.edit.fields.keys() & reviewed(one.operation.edit.entity):
                    self._kept(one, name, [told[key] for key in held], open_ones)

    def _kept(self, lost: Made, name: str, every: list[Made], open_ones: set[tuple[str, str, str]]) -> None:
        """A value stands, or somebody who knew it said another one, or it is to be reviewed, or the same was said."""
        edit = lost.operation.edit
        about = [
            one
            for one in every
            if (one.operation.edit.entity, one.operation.edit.entity_id) == (edit.entity, edit.entity_id)
            and name in one.operation.edit.fields
        ]
        stands = max(about, key=lambda one: (one.operation.clock, one.operation.workstation))
        if stands is lost or any(lost.operation.operation_id in one.known for one in about):
            return
        clocks = [one.operation.clock for one in about]
        by_clock = {one.operation.clock: one for one in about if clocks.count(one.operation.clock) == 1}
        decided = lost.operation.operation_id in self.decisions
        way: list[Any] = []
        step: Made | None = stands
        while step is not None:
            if not decided or step.operation.clock >= lost.operation.clock:
                way.append(step.operation.edit.fields[name])
            step = by_clock.get(step.operation.replaced[name])
        if edit.fields[name] not in way:
            assert (edit.entity_id, name, lost.operation.operation_id) in open_ones, (edit, name)


def _memory(steps: Any) -> Any:
    connection = dbapi2.connect(":memory:", isolation_level=None)
    for statements in steps:
        for statement in statements:
            connection.execute(statement)
    return connection


def _words(connection: Any, edit: Edit, follow: Callable[[Any, Any], None]) -> None:
    """What the catalog does with a patient it changes."""
    row = None
    if edit.entity == "patient":
        row = connection.execute("SELECT patient_id, mrn, family, given, birth, sex FROM patient").fetchone()
    if row is not None:
        follow(connection, patient_of(row))


def _is_clinical(record: bytes) -> bool:
    return arrived(record).compartment == Compartment.CLINICAL


def _id_of(record: bytes) -> str:
    return arrived(record).operation_id


def _hash(state: dict[str, list[Any]]) -> str:
    return hashlib.sha256(repr(sorted(state.items())).encode()).hexdigest()


def _difference(states: list[dict[str, list[Any]]]) -> list[Any]:
    return [
        (name, [set(map(repr, state[name])) ^ set(map(repr, rows)) for state in states[1:]])
        for name, rows in states[0].items()
        if any(state[name] != rows for state in states[1:])
    ]


# -- histories by chance ----------------------------------------------------------------------------------------


def some_edit(who: int, newer: bool, chance: Random) -> tuple[Edit, bool]:
    """Something a person may do, and whether it is clinical."""
    word = chance.choice(("left", "right", "healed", "worse", ""))
    kind = chance.randrange(12 if newer else 10)
    mark = f"{chance.randrange(3):02x}" * 16
    edits: list[tuple[Edit, bool]] = [
        (Edit("patient", PATIENT, "set", {chance.choice(("family", "given", "mrn")): word or "Test"}), False),
        (Edit("patient", PATIENT, "set", {"birth": f"19{chance.randrange(10, 99)}-01-01"}), False),
        (Edit("visit", mark, "set", {"patient_id": PATIENT, "day": "2026-11-20", "room": word}), False),
        (Edit("photo", PHOTO, "set", {"body_site": word}), True),
        (Edit("photo", PHOTO, "set", {"standard_view": word, "tags": [word]}), True),
        (Edit("photo", PHOTO, "set", {"presence": chance.choice(("", "hidden"))}), True),
        (Edit("mark", mark, "set", {"photo_id": PHOTO, "text": word, "gone": 0}), True),
        (Edit("mark", mark, "set", {"gone": 1}), True),
        (Edit("record", CHART, "set", {"notes": word}), True),
        (_original(who, chance), True),
        (Edit("photo", PHOTO, "set", {"severity": word, "body_site": word}), True),
        (Edit("wound", mark, "set", {"depth": word}), True),
    ]
    return edits[kind]


def some_merge(chance: Random) -> Edit:
    """Two entries are one person, or are parted again; also in chains and in circles."""
    entry = chance.choice(ENTRIES)
    main = chance.choice([one for one in ENTRIES if one != entry] + [""])
    return Edit("same_person", entry, "set", {"main_id": main, "at_ms": NOW_MS})


def _original(who: int, chance: Random) -> Edit:
    """The same bytes, filed at several workstations; or let go."""
    content = bytes([chance.randrange(2)]) * 32
    original_id = f"{who:02x}{chance.randrange(2):02x}" + "0d" * 14
    if chance.random() < 0.2:
        return Edit("original", original_id, "delete", {"gone": 1, "content_id": None})
    return Edit("original", original_id, "set", {"photo_id": PHOTO, "content_id": content, "gone": 0})


def by_chance(seed: int, steps: int = 40, *, merges: bool = True) -> History:
    """One history, made and checked. Without `merges` a seed is the history it was before entries could be merged."""
    chance = Random(seed)  # noqa: S311
    count = chance.randint(2, 7)
    skews = [chance.randint(-48, 48) for _ in range(count)]
    history = History(count, skews, [chance.random() < 0.3 for _ in range(count)])
    for _ in range(steps):
        who = chance.randrange(count)
        step = chance.random()
        if merges and chance.random() < 0.15:
            history.edit(who, some_merge(chance), clinical=False)
        elif step < 0.55:
            edit, clinical = some_edit(who, history.stations[who].newer, chance)
            history.edit(who, edit, clinical=clinical)
        elif step < 0.93:
            history.deliver(who, chance, kill=chance.choice(("", "", "", "before", "after")))
        elif step < 0.97:
            history.settle(who, chance)
        else:
            history.stations[who].update()
    history.check()
    return history
