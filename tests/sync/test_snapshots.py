"""A workstation that joins fills a long chart from a snapshot another one made: the same state as one by one, always.

Real stores, spools and blob steps; the server is one in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from photodesk.patients import Patient
from photodesk.progress import Cancel
from photodesk.store.erasing import Erasing
from photodesk.store.operations import Operation
from photodesk.store.snapshot_announcing import Announced, announce, announced, announced_charts
from photodesk.sync import snapshots_in
from photodesk.sync.blob_step import BlobStep
from photodesk.sync.copies_in import take_copies
from photodesk.sync.snapshots_out import SnapshotsOut
from photodesk.sync.spool_blobs import BlobSpool, In, Out
from tests.sync.history import UNCOMPARED
from tests.sync.pretend_blobs import PretendBlobs
from tests.sync.test_desk_side import filed
from tests.sync.test_erasing_elsewhere import erase
from tests.sync.workstations import Network, Workstation, clinic

EVERY = 20


class Clinic:
    """Two workstations with a history of one patient, and one that was never there."""

    def __init__(self, folder: Path, count: int = 3) -> None:
        self.network, self.server = Network(), PretendBlobs()
        *self.old, self.new = clinic(folder, count)
        self.patient: Patient = self.old[0].store.patient()
        for number in range(4):
            self.edit(self.old[number % len(self.old)], number)
            self.network.exchange(*self.old)

    def chart(self, station: Workstation) -> Any:
        return station.store.charts.open(self.patient.patient_id)

    def edit(self, station: Workstation, number: int) -> None:
        self.network.fetch(station)
        station.take_in()
        photo_id = filed(station, self.patient.patient_id, b"photo %d" % number)
        for word in ("left", "right"):
            self.chart(station).set_photo(station.store.change, photo_id, tags=[word])
            self.chart(station).set_notes(station.store.change, f"{word} {number}")

    def publish(self, station: Workstation, every: int = EVERY) -> int:
        """It makes what is due and sends it."""
        station.desk.spool_out()
        made = SnapshotsOut(station.session, station.spool, every).run()
        self.network.send(station)
        self.carry(station)
        return made

    def hear(self) -> None:
        for station in self.old:
            self.network.fetch(station)
            station.take_in()

    def carry(self, station: Workstation) -> None:
        BlobStep(self.server, station.spool).run(Cancel())  # type: ignore[arg-type]

    def join(self) -> int:
        """The new one hears of everything: in turn operations, blobs, operations; how many were applied at last."""
        self.network.fetch(self.new)
        self.new.take_in()
        self.carry(self.new)
        return self.new.take_in().applied

    def state(self, station: Workstation) -> dict[str, list[Any]]:
        database = self.chart(station).ledger.database
        tables = [row[0] for row in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: sorted(database.rows(f"SELECT * FROM {table}"), key=repr)  # noqa: S608
            for table in tables
            if table not in UNCOMPARED | {"generation"}
        }

    def is_loaded(self) -> bool:
        """Whether the new one took a snapshot."""
        row = self.new.spool.file.row("SELECT count(*) FROM blob_in WHERE kind = 5 AND state = 2")
        return row is not None and row[0] > 0

    def close(self) -> None:
        for station in (*self.old, self.new):
            station.close()


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Clinic]:
    made = Clinic(tmp_path)
    yield made
    made.close()


def maker(there: Clinic) -> Workstation:
    """Who wrote last."""
    return there.old[3 % len(there.old)]


def test_a_joining_workstation_loads_the_snapshot_and_takes_what_came_after(there: Clinic) -> None:
    assert there.publish(maker(there)) == 1
    late = there.old[1]
    there.edit(late, 9)
    there.network.exchange(*there.old)
    assert there.join() > EVERY
    assert there.is_loaded()
    assert there.new.take_in().waiting == 0
    assert there.state(there.new) == there.state(late)
    assert there.new.store.catalog.summary(there.patient.patient_id).photos == 5
    there.edit(there.new, 10)
    there.network.exchange(*there.old, there.new)
    assert there.state(there.new) == there.state(late)


def test_who_makes_one_and_when(there: Clinic) -> None:
    first = maker(there)
    others = [one for one in there.old if one is not first]
    assert [there.publish(one) for one in others] == [0], "whoever wrote last makes it"
    assert there.publish(first, 1000) == 0
    first.spool.set_facts({f"snapshot-out:{there.chart(first).chart_id}": b""})
    assert there.publish(first) == 1
    there.hear()
    assert [there.publish(one) for one in there.old] == [0, 0]
    for number in range(20, 29):
        there.edit(first, number)
    before = announced(first.store.catalog, there.chart(first).chart_id)
    there.network.exchange(*there.old)
    assert there.publish(others[0]) == 1, "somebody else does where nobody did for twice as long"
    there.hear()
    after = announced(first.store.catalog, there.chart(first).chart_id)
    assert before is not None
    assert after is not None
    assert after.blob_id != before.blob_id
    rows = BlobSpool(first.spool.file).known_out(there.chart(first).chart_id)
    assert rows[before.blob_id] is Out.THERE
    assert [there.publish(first), there.publish(first)] == [1, 0], "it signs for what it wrote"
    now = announced(first.store.catalog, there.chart(first).chart_id)
    assert now == after


def plain(there: Clinic, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """What the new one comes to where no snapshot helps."""
    monkeypatch.setattr(snapshots_in, "HOLD_MS", 0)
    there.network.fetch(there.new)
    there.new.take_in()
    assert there.new.take_in().waiting == 0
    assert not there.is_loaded()
    return there.state(there.new)


def test_a_snapshot_that_does_not_come_is_done_without(there: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    assert there.publish(maker(there)) == 1
    there.network.fetch(there.new)
    taken = there.new.take_in()
    assert (taken.asked, taken.waiting > EVERY) == (1, True)
    assert there.new.take_in().asked == 0
    assert plain(there, monkeypatch) == there.state(maker(there))
    assert BlobSpool(there.new.spool.file).wanted(0, 10) == []
    there.carry(there.new)
    assert there.new.take_in().asked == 0


def test_one_the_server_does_not_have_is_not_waited_for(there: Clinic) -> None:
    assert there.publish(maker(there)) == 1
    there.server.blobs.clear()
    assert there.join() > EVERY
    assert not there.is_loaded()
    assert there.state(there.new) == there.state(maker(there))


def test_killed_at_any_point_it_is_loaded_once(there: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    assert there.publish(maker(there)) == 1
    there.network.fetch(there.new)
    there.new.take_in()
    there.carry(there.new)
    for place in ("photodesk.store.taking_chart.follow", "photodesk.sync.spool.Spool.mark_taken"):
        with monkeypatch.context() as patched:
            patched.setattr(place, _killed)
            with pytest.raises(KeyboardInterrupt):
                there.new.take_in()
    assert there.new.take_in().waiting == 0
    assert there.state(there.new) == there.state(maker(there))
    assert there.new.store.catalog.summary(there.patient.patient_id).photos == 4


def _killed(*_given: object, **_named: object) -> None:
    raise KeyboardInterrupt


def test_killed_while_it_is_made_nothing_waits_for_it(there: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    first = maker(there)
    for place in ("snapshots_out.announce", "spool_blobs_out.BlobsOut.add_out"):
        with monkeypatch.context() as patched:
            patched.setattr(f"photodesk.sync.{place}", _killed)
            with pytest.raises(KeyboardInterrupt):
                there.publish(first)
    there.network.send(first)
    assert there.join() > EVERY
    assert not there.is_loaded()
    assert there.state(there.new) == there.state(first)


def test_a_chart_somebody_wrote_in_here_is_taken_one_by_one(there: Clinic) -> None:
    assert there.publish(maker(there)) == 1
    there.network.fetch(there.new)
    there.new.take_in()
    there.chart(there.new).set_visit_text(there.new.store.change, "v9", "written here", "")
    there.carry(there.new)
    assert there.new.take_in().waiting == 0
    assert not there.is_loaded()
    there.network.exchange(*there.old, there.new)
    assert there.state(there.new) == there.state(maker(there))


def test_copies_and_erasure_know_of_snapshots(there: Clinic) -> None:
    first = maker(there)
    assert there.publish(first) == 1
    there.network.fetch(there.new)
    there.new.take_in()
    there.carry(there.new)
    take_copies(there.new.session, there.new.spool)
    blobs, chart_id = BlobSpool(there.new.spool.file), there.chart(first).chart_id
    one = announced(there.new.store.catalog, chart_id)
    assert one is not None
    assert blobs.stands(one.blob_id) == (In.HERE, 0)
    blobs.forget_strangers(["ab" * 16])
    assert blobs.stands(one.blob_id) is None
    assert not blobs.in_path(one.blob_id).exists()


def _covers(change: Callable[[int, bytes], tuple[int, bytes]]) -> Callable[[Announced], Announced]:
    return lambda one: replace(one, covers={station: change(*head) for station, head in one.covers.items()})


@pytest.mark.parametrize(
    "wrong",
    [
        lambda one: replace(one, epoch=9),
        lambda one: replace(one, covers=dict(list(one.covers.items())[1:])),
        lambda one: replace(one, size_bytes=one.size_bytes - 1),
        _covers(lambda number, chain: (number - 1, chain)),
        _covers(lambda number, chain: (number, bytes(32))),
    ],
)
def test_what_is_announced_wrongly_is_replayed(there: Clinic, wrong: Callable[[Announced], Announced]) -> None:
    first = maker(there)
    assert there.publish(first) == 1
    good = announced(first.store.catalog, there.chart(first).chart_id)
    assert good is not None
    announce(first.store.catalog, first.store.change, there.patient.patient_id, wrong(good))
    there.network.send(first)
    assert there.join() > EVERY
    assert not there.is_loaded()
    assert there.state(there.new) == there.state(first)


def test_whoever_wrote_much_of_it_signs_for_it_too(there: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    first = maker(there)
    other = next(one for one in there.old if one is not first)
    assert there.publish(first) == 1
    there.hear()
    chart_id = there.chart(first).chart_id
    before = announced(first.store.catalog, chart_id)
    other.desk.spool_out()
    assert SnapshotsOut(other.session, other.spool, 5).run() == 1
    assert SnapshotsOut(other.session, other.spool, 5).run() == 0
    there.network.send(other)
    assert announced(other.store.catalog, chart_id) == before
    verified: list[str] = []
    whole = Operation.signed_by
    monkeypatch.setattr(
        Operation, "signed_by", lambda one, *given: verified.append(one.edit.entity) or whole(one, *given)
    )
    assert there.join() > EVERY
    assert there.is_loaded()
    assert set(verified) <= {"patient", "visit", "snapshot"}, "two signatures stand for all of the chart's"
    assert there.state(there.new) == there.state(first)


def test_without_a_snapshot_what_waits_is_taken_at_once(there: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    there.network.fetch(there.new)
    with monkeypatch.context() as patched:
        patched.setattr("photodesk.store.taking_in.TakingIn.chart_operations", _killed)
        assert there.new.take_in().waiting == 0
    assert there.state(there.new) == there.state(maker(there))
    assert there.new.store.catalog.summary(there.patient.patient_id).photos == 4


def test_what_does_not_prove_whole_is_taken_one_by_one(there: Clinic) -> None:
    there.network.fetch(there.new)
    file = there.new.spool.file
    late = file.rows("SELECT * FROM incoming WHERE compartment = 2 ORDER BY place LIMIT 1 OFFSET 5")
    with file.transaction() as connection:
        connection.execute("DELETE FROM incoming WHERE place = ?", (late[0][0],))
    taken = there.new.take_in()
    assert taken.waiting > 0
    assert taken.applied > 5
    with file.transaction() as connection:
        connection.executemany("INSERT INTO incoming VALUES (?, ?, ?, ?, ?, ?)", late)
    assert there.new.take_in().waiting == 0
    assert there.state(there.new) == there.state(maker(there))


def test_an_erased_patients_snapshot_is_of_no_use_to_anybody(there: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Erasing, "_name_keys", lambda _self, _fresh: None)  # these stores have no key file
    first = maker(there)
    assert there.publish(first) == 1
    there.network.fetch(there.new)
    there.new.take_in()
    there.carry(there.new)
    chart_id = there.chart(first).chart_id
    assert announced_charts(first.store.catalog).keys() == {chart_id}
    erase(first, there.patient.patient_id)
    there.network.erasure_keys.pop(chart_id)
    there.network.exchange(*there.old, there.new)
    take_copies(there.new.session, there.new.spool)
    for station in (first, there.new):
        assert announced_charts(station.store.catalog) == {}
        assert station.store.catalog.erasure.key_if_known(chart_id) is None
        rows = station.store.catalog.ledger.database.rows("SELECT entity FROM operation")
        assert ("snapshot",) not in rows
    blobs = BlobSpool(there.new.spool.file)
    assert list(blobs.in_folder.iterdir()) == []
