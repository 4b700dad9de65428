"""A desk over a real store, with a keeper that writes its log into a list and can be told to fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from photodesk.desk.actor import SignedInPerson
from photodesk.desk.keeper import Allowed, Attempt
from photodesk.desk.session import Session
from photodesk.errors import Fixable
from photodesk.log.entry import Action, Entry, Receipt, encode
from photodesk.patients import Patient
from photodesk.store.keyring import LocalSecrets
from photodesk.store.keyset import KeySet
from photodesk.store.roles import Role
from photodesk.visits import Visit
from tests.store.conftest import Keeper as Signing
from tests.store.conftest import Store, front_desk, make_store
from tests.store.inbox import RENDITIONS, shot_of

NOW_MS = int(datetime(2026, 11, 20, 9, 0, tzinfo=UTC).timestamp() * 1000)


class TestClock:
    """Stands still until told to go on."""

    __test__ = False

    def __init__(self, now_ms: int = NOW_MS) -> None:
        self.now_ms = now_ms

    def wall_ms(self) -> int:
        return self.now_ms

    def monotonic_ms(self) -> int:
        return self.now_ms


@dataclass
class ListKeeper:
    """A keeper whose log is a list. `full` refuses entries; `hold` makes them wait."""

    signing: Signing
    entries: list[Entry] = field(default_factory=list)
    full: bool = False
    hold: threading.Event | None = None
    attempts: list[str] = field(default_factory=list)
    attempt: Attempt = field(default_factory=Allowed)

    def append(self, entry: Entry) -> Receipt:
        return self.append_async(entry).result()

    def append_async(self, entry: Entry) -> Future[Receipt]:
        future: Future[Receipt] = Future()
        encode(entry)
        if self.full:
            future.set_exception(Fixable("log_not_writable", "No space."))
            return future
        if self.hold is not None:
            keeper, hold = self, self.hold

            class Held(Future[Receipt]):
                def result(self, timeout: float | None = None) -> Receipt:
                    assert hold.wait(10)
                    keeper.entries.append(entry)
                    return Receipt("0" * 32, len(keeper.entries), bytes(32))

            return Held()
        self.entries.append(entry)
        future.set_result(Receipt("0" * 32, len(self.entries), bytes(32)))
        return future

    def sign(self, kind: str, data: bytes) -> bytes:
        return self.signing.sign(kind, data)

    def committed(self, database: str, generation: int) -> None:
        self.signing.committed(database, generation)

    def generation(self, database: str) -> int:
        return self.signing.generations.get(database, 0)

    def generations(self) -> dict[str, int]:
        return dict(self.signing.generations)

    def begin_attempt(self, slot_id: str, person_id: str = "") -> Attempt:
        self.attempts.append(f"began {slot_id}")
        return self.attempt

    def attempt_failed(self, slot_id: str, person_id: str = "") -> None:
        self.attempts.append(f"failed {slot_id}")

    log_cut = False

    def attempt_void(self, slot_id: str) -> None:
        self.attempts.append(f"void {slot_id}")

    def attempt_right(self, slot_id: str) -> None:
        self.attempts.append(f"right {slot_id}")

    def unlocked(self, person_id: str, roles: tuple[str, ...] = ()) -> None:
        self.attempts.append(f"unlocked {person_id}")

    def actions(self) -> list[Action]:
        return [entry.action for entry in self.entries]


@dataclass
class Desk:
    """A session with what tests look at."""

    session: Session
    keeper: ListKeeper
    clock: TestClock
    store: Store

    def photos(self, patient: Patient, visit: Visit, count: int = 3) -> list[str]:
        """File photos with made-up bytes; their ids."""
        chart = self.store.charts.open(patient.patient_id)
        made = []
        for number in range(count):
            shot, source = shot_of(f"photo {number} of {visit.visit_id}".encode(), f"IMG_{number:04}.JPG")
            made.append(chart.file_shot(self.store.change, shot, source, RENDITIONS, visit.visit_id).photo_id)
        return made


def session_of(store: Store, keyset: KeySet, keeper: ListKeeper, clock: TestClock) -> Session:
    person = SignedInPerson(keyset.person_id, "Ada Berg", keyset.roles)
    secrets = LocalSecrets(store.layout.secrets_local)
    return Session(person, keyset, store.layout, secrets, keeper, clock, store.catalog, store.charts)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Somebody with every role."""
    store = make_store(tmp_path / "store")
    keeper, clock = ListKeeper(store.keeper), TestClock()
    yield Desk(session_of(store, store.keyset, keeper, clock), keeper, clock, store)
    store.close()


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Desk]:
    """Somebody at the front desk, who holds no chart keys."""
    made = make_store(tmp_path / "store")
    store = made.reopened(front_desk(made.keyset))
    keeper, clock = ListKeeper(store.keeper), TestClock()
    assert store.keyset.roles == {Role.FRONT_DESK}
    yield Desk(session_of(store, store.keyset, keeper, clock), keeper, clock, store)
    store.close()
