"""Two workstations over a server that is honest, and one that is not: nothing it changes is ever kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from photodesk.errors import Fixable, Refused
from photodesk.sync.line import OrderPage, Placed
from photodesk.sync.parcels import MOST_OPERATIONS, operation_head
from photodesk.sync.spool import Outgoing, Spool
from photodesk.sync.statements import FIRST_ORDER, next_order
from tests.server.clinic import Clinic
from tests.sync.pretend import Desk, PretendServer


@pytest.fixture
def two(tmp_path: Path) -> tuple[Desk, Desk]:
    clinic = Clinic()
    second = clinic.add_workstation()
    server = PretendServer(clinic)
    return Desk(tmp_path / "a", clinic, clinic.first, server), Desk(tmp_path / "b", clinic, second, server)


def records(desk: Desk) -> list[bytes]:
    return [one.record for one in desk.spool.waiting_incoming((1, 2), 10_000)]


def test_what_one_makes_the_other_gets_in_order_and_once(two: tuple[Desk, Desk]) -> None:
    a, b = two
    first, second = a.change(MOST_OPERATIONS + 3), b.change(2)
    assert a.exchange().run().sent == len(first)
    assert b.exchange().run().sent == 2
    assert records(b) == first
    a.exchange().run()
    assert records(a) == second, "its own come back and are not kept twice"
    assert a.spool.waiting().to_send == b.spool.waiting().to_send == 0
    for _ in range(2):
        done = b.exchange().run()
        assert (done.sent, done.fetched) == (0, 0)
    taken = [one.place for one in b.spool.waiting_incoming((1,), 100)]
    b.spool.mark_taken(taken)
    assert b.spool.waiting().to_take == len(first) - 100
    assert records(b) == first[100:]


def test_a_lost_answer_doubles_nothing(two: tuple[Desk, Desk]) -> None:
    a, b = two
    made = a.change(5)
    a.server.lose_answers = 2
    for _ in range(2):
        with pytest.raises(Fixable, match="lost"):
            a.exchange().run()
        a.change(0)
    later = a.change(2)
    a.exchange().run()
    b.exchange().run()
    assert records(b) == made + later
    a.spool.add_outgoing([Outgoing("catalog", 1, made[0])])
    assert a.exchange().run().sent == 0, "spooled again, sent once"


def test_a_spool_reopened_goes_on(two: tuple[Desk, Desk], tmp_path: Path) -> None:
    a, b = two
    made = a.change(3)
    a.server.lose_answers = 1
    with pytest.raises(Fixable):
        a.exchange().run()
    a.spool.close()
    a.spool = Spool(tmp_path / "a")
    assert a.spool.spooled_until("catalog") == 3
    a.exchange().run()
    b.exchange().run()
    assert records(b) == made


def test_a_spool_that_is_lost_doubles_nothing_and_goes_on(two: tuple[Desk, Desk], tmp_path: Path) -> None:
    a, b = two
    made = a.change(MOST_OPERATIONS + 3)
    a.exchange(beats=True).run()
    b.exchange().run()
    a.spool.close()
    a.spool, a.made = Spool(tmp_path / "again"), 0
    a.spool.add_outgoing([Outgoing("catalog", number, one) for number, one in enumerate(made, start=1)])
    assert a.exchange(beats=True).run().sent == 0, "all of it is known to be there"
    assert a.spool.waiting().to_send == 0
    later = a.station.operation()
    a.spool.add_outgoing([Outgoing("catalog", len(made) + 1, later)])
    assert a.exchange(beats=True).run().sent == 1
    b.exchange().run()
    assert records(b) == [*made, later]
    assert a.alarms.standing() == b.alarms.standing() == []


def test_a_clock_that_is_ahead_fetches_and_sends_nothing(two: tuple[Desk, Desk]) -> None:
    a, b = two
    a.change(2)
    made = b.change(3)
    b.exchange().run()
    done = a.exchange(beats=True).run(may_send=False)
    assert (done.sent, done.fetched) == (0, 3)
    assert records(a) == made
    assert a.exchange(beats=True).run().sent == 3, "two and a heartbeat, as they were made"


def test_a_spool_that_is_no_database_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / "sync.db").write_bytes(b"what a dying disk left" * 1000)
    spool = Spool(tmp_path)
    assert spool.parcel_head() == (0, b"")
    spool.close()
    assert (tmp_path / "sync.db.damaged").exists()


def test_compartments_wait_for_who_can_open_them(two: tuple[Desk, Desk]) -> None:
    a, b = two
    a.change(4)
    a.exchange().run()
    b.exchange().run()
    assert b.spool.waiting_incoming((2,), 10) == []
    assert len(b.spool.waiting_incoming((1,), 2)) == 2
    assert len(b.spool.waiting_incoming((1,), 10, after=3)) == 1


def foreign(page: OrderPage) -> OrderPage:
    """Everything rewritten consistently around an operation of nobody."""
    clinic = Clinic()
    records_ = [one.record for one in page.operations]
    records_[1] = clinic.first.operation()
    return rechained(page, records_)


def rechained(page: OrderPage, operations: Sequence[bytes]) -> OrderPage:
    placed: list[Placed] = []
    chain = FIRST_ORDER
    for place, operation in enumerate(operations, start=1):
        chain = next_order(chain, CLINIC_ID[0], place, operation_head(operation).hash)
        placed.append(Placed(place, chain, operation))
    return OrderPage(tuple(placed), len(placed), chain)


CLINIC_ID = [b""]
SPOILS: dict[str, Callable[[OrderPage], OrderPage]] = {
    "one dropped": lambda page: replace(page, operations=page.operations[:1] + page.operations[2:]),
    "two swapped": lambda page: replace(
        page, operations=(page.operations[1], page.operations[0], *page.operations[2:])
    ),
    "one twice": lambda page: replace(page, operations=(page.operations[0], *page.operations)),
    "a bit flipped": lambda page: replace(
        page,
        operations=(
            replace(page.operations[0], record=page.operations[0].record[:-1] + b"\x00"),
            *page.operations[1:],
        ),
    ),
    "another chain": lambda page: replace(page, operations=(replace(page.operations[0], chain=bytes(32)),)),
    "no operation": lambda page: replace(page, operations=(replace(page.operations[0], record=b"\x00"),)),
    "the end elsewhere": lambda page: replace(page, chain=bytes(32)),
    "the tail hidden for ever": lambda page: replace(page, operations=()),
    "an operation of nobody": foreign,
    "another place": lambda page: replace(page, operations=(replace(page.operations[0], place=7),)),
}


@pytest.mark.parametrize("name", list(SPOILS))
def test_a_server_that_changes_the_order_is_an_alarm_and_nothing_is_kept(two: tuple[Desk, Desk], name: str) -> None:
    a, b = two
    CLINIC_ID[0] = a.clinic.raw_id
    made = a.change(4)
    a.exchange().run()
    b.server.spoil = SPOILS[name]
    with pytest.raises(Refused) as told:
        b.exchange().run()
    assert told.value.code == "server_alarm"
    assert records(b) == []
    assert b.spool.order_head() == (0, FIRST_ORDER)
    b.server.spoil = lambda page: page
    b.exchange().run()
    assert records(b) == made, "an honest answer goes on where it stood"


def test_an_order_that_goes_back_or_forks_is_an_alarm(two: tuple[Desk, Desk]) -> None:
    a, b = two
    a.change(3)
    a.exchange().run()
    b.exchange().run()
    kept = list(a.server.order)
    a.server.order = kept[:2]
    with pytest.raises(Refused, match="shorter"):
        b.exchange().run()
    fork = [one.record for one in kept[:2]] + [a.station.operation()]
    CLINIC_ID[0] = a.clinic.raw_id
    a.server.order = list(rechained(OrderPage((), 0, b""), fork).operations)
    with pytest.raises(Refused, match="shorter"):
        b.exchange().run()


def test_a_server_that_says_it_took_something_else_is_an_alarm(two: tuple[Desk, Desk]) -> None:
    a, _ = two
    a.change(3)
    honest = a.server.push
    a.server.push = lambda record, operations: replace(honest(record, operations), last_place=9)  # type: ignore[method-assign]
    with pytest.raises(Refused, match="does not fit what was sent"):
        a.exchange().run()
    a.server.push = honest  # type: ignore[method-assign]
    assert a.exchange().run().sent == 3
