"""What is not taken, why it waits, and that it is taken once what it waits for is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from photodesk import ids
from photodesk.clock import FOLLOWED_AHEAD_MS, HybridClock
from photodesk.crypto import SigningKey
from photodesk.errors import Damaged, Refused
from photodesk.store.chart_schema import CHART_TABLES
from photodesk.store.erasure_seal import open_erasure_key, seal_erasure_key
from photodesk.store.members import Member
from photodesk.store.projection import Edit
from photodesk.store.taking import OFFLINE_MS, Outcome, Taking
from photodesk.store.taking_chains import LAST_CLOCK, Wait
from tests.store.conftest import front_desk, make_keyset
from tests.sync.history import CHART, HOUR_MS, NOW_MS, History, SkewedClock, Workstation


def note(history: History, text: str, who: int = 0) -> bytes:
    """A note written at one workstation, as the others get it."""
    history.edit(who, Edit("record", CHART, "set", {"notes": text}))
    return history.stations[1 - who].arriving[-1]


def take(history: History, *records: bytes, who: int = 1, **changed: Any) -> Outcome:
    """Take records in at one workstation."""
    station = history.stations[who]
    keyset = changed.get("keyset", station.keyset)
    key = changed.get("erasure_key", history.erasure_key)
    station.chart.execute("BEGIN IMMEDIATE")
    outcome = Taking(station.chart, CHART_TABLES, keyset, history.members, lambda _: key).run(records, Outcome())
    station.chart.execute("COMMIT")
    return outcome


def notes(station: Workstation) -> str:
    row = station.chart.execute("SELECT notes FROM record").fetchone()
    return "" if row is None else str(row[0])


@pytest.fixture
def history() -> History:
    return History(2, [0, 0], [False, False])


def test_the_later_waits_for_the_earlier_and_comes_with_it(history: History) -> None:
    records = [note(history, str(number)) for number in range(4)]
    outcome = take(history, records[3], records[1])
    assert (outcome.done, set(outcome.waiting.values())) == ([], {Wait.EARLIER})
    outcome = take(history, *reversed(records), records[2])
    assert (len(outcome.done), outcome.waiting) == (5, {})
    assert notes(history.stations[1]) == "3"
    assert len(take(history, *records).done) == 4, "again, and nothing changes"


def test_what_is_altered_foreign_or_forked_is_never_taken(history: History) -> None:
    record = note(history, "true")
    altered = bytearray(record)
    altered[-70] ^= 1
    assert set(take(history, bytes(altered)).waiting.values()) <= {Wait.SIGNATURE, Wait.DAMAGED}
    assert take(history, b"\xc0").waiting == {0: Wait.DAMAGED}
    stranger = History(2, [0, 0], [False, False])
    assert take(history, note(stranger, "foreign")).waiting == {0: Wait.MEMBER}
    first = history.stations[0]
    stolen = replace(history.members.workstations[first.keyset.workstation_id], signing_public=bytes(32))
    held = history.members.workstations[first.keyset.workstation_id]
    history.members.workstations[first.keyset.workstation_id] = stolen
    assert take(history, record).waiting == {0: Wait.SIGNATURE}
    history.members.workstations[first.keyset.workstation_id] = held
    assert take(history, record).waiting == {}
    first.chart.execute("DELETE FROM operation WHERE entity = 'record'")
    assert take(history, note(history, "another of the same number")).waiting == {0: Wait.FORKED}
    assert notes(history.stations[1]) == "true"


def test_a_value_that_no_column_holds_has_no_effect_and_stops_nothing(history: History) -> None:
    history.edit(0, Edit("record", CHART, "set", {"notes": {b"a key that is no text": 1}}))
    broken = history.stations[1].arriving[-1]
    outcome = take(history, broken, note(history, "after it"))
    assert (len(outcome.done), outcome.waiting) == (2, {})
    assert notes(history.stations[1]) == "after it"


def test_the_person_must_have_said_it_and_belong_to_the_clinic(history: History) -> None:
    person = history.stations[0].keyset.person_id
    record = note(history, "said")
    known = history.members.people.pop(person)
    assert take(history, record).waiting == {0: Wait.MEMBER}
    history.members.people[person] = replace(known, signing_public=SigningKey.generate().public)
    assert take(history, record).waiting == {0: Wait.SIGNATURE}
    history.members.former_keys[person] = [known.signing_public]
    history.members.left[person] = NOW_MS - OFFLINE_MS - HOUR_MS
    assert take(history, record).waiting == {0: Wait.REMOVED}
    history.members.left[person] = NOW_MS - HOUR_MS
    assert take(history, record).waiting == {}, "a workstation out of contact had not heard of it"
    assert isinstance(known, Member)


def test_it_waits_for_keys(history: History) -> None:
    record = note(history, "sealed")
    assert take(history, record, erasure_key=None).waiting == {0: Wait.ERASURE_KEY}
    assert take(history, record, erasure_key=bytes(32)).waiting == {0: Wait.DAMAGED}
    keyset = front_desk(history.stations[1].keyset)
    assert take(history, record, keyset=keyset).waiting == {0: Wait.ROLE_KEY}
    history.members.erased.add(CHART)
    assert take(history, record, erasure_key=None).waiting == {}, "of an erased patient only the place stays"
    assert notes(history.stations[1]) == ""
    later = note(history, "later")
    assert take(history, later, erasure_key=None).waiting == {}


def test_an_absurd_clock_waits_and_a_wrong_one_does_not_spread(history: History) -> None:
    first, second = history.stations
    first.clock.now_ms = NOW_MS + 20 * 365 * 24 * HOUR_MS
    ahead = note(history, "from the future")
    assert take(history, ahead).waiting == {}
    note(history, "said over it", who=1)
    history.edit(1, Edit("visit_text", "v1", "set", {"title": "another"}))
    clocks = dict(second.chart.execute("SELECT entity, clock FROM operation ORDER BY clock").fetchall())
    assert notes(second) == "said over it", "a change outranks what it changes, whatever the clock"
    assert clocks["record"] >> 16 > NOW_MS + FOLLOWED_AHEAD_MS
    assert clocks["visit_text"] >> 16 < NOW_MS + HOUR_MS, "and the clock goes on where it was"
    history.everything_arrives()
    assert notes(first) == "said over it"
    first.clock.now_ms = LAST_CLOCK >> 16
    assert take(history, note(history, "absurd")).waiting == {0: Wait.CLOCK}


def test_the_hybrid_clock_follows_two_days_and_no_more() -> None:
    clock = HybridClock(SkewedClock(0))
    near, far = NOW_MS + FOLLOWED_AHEAD_MS - HOUR_MS << 16, NOW_MS + FOLLOWED_AHEAD_MS + HOUR_MS << 16
    assert clock.above(far) == far + 1
    assert clock.now() < near
    assert clock.above(near) == near + 1
    assert clock.now() == near + 2


def test_an_erasure_key_travels_under_the_desks_key() -> None:
    keyset, chart, key = make_keyset(), ids.random_id(), bytes(range(32))
    sealed = seal_erasure_key(keyset, chart, key)
    assert open_erasure_key(keyset, chart, sealed) == key
    wrong: list[Callable[[], bytes]] = [
        lambda: open_erasure_key(keyset, ids.random_id(), sealed),
        lambda: open_erasure_key(replace(keyset, desk_keys={1: bytes(32)}), chart, sealed),
        lambda: open_erasure_key(keyset, chart, sealed[:-1] + b"\x00"),
    ]
    for attempt in wrong:
        with pytest.raises(Damaged):
            attempt()
    with pytest.raises(Refused):
        open_erasure_key(replace(keyset, desk_keys={2: bytes(32)}), chart, sealed)
