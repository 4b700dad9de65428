"""The index in memory says what reading the whole log says, also of a damaged log and of one that grows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from photodesk.crypto import KemPrivateKey
from photodesk.log.entry import Action, Entry
from photodesk.log.frames import HEADER
from photodesk.log.index import LogIndex
from photodesk.log.reader import LoggedEntry, read
from photodesk.log.segment import frames
from tests.log.writing import Bench, Unsynced, flipped, view

DAY_MS = 86_400_001


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Two starts and three segments, the second start going on in a segment of the first."""
    made = Bench(tmp_path / "log")
    for _ in range(2):
        writer = made.open(Unsynced)
        for number in range(6):
            writer.append(view(number))
            if number == 3:
                writer.append(Entry(Action.LOCK, f"{8:032x}", outcome="idle"))
                made.clock.move(DAY_MS)
        writer.close()
    return made


def index_of(bench: Bench, key: KemPrivateKey | None = None) -> LogIndex:
    made = LogIndex(bench.folder, {1: key or bench.kem}, bench.clinic_id)
    made.refresh()
    return made


def everything(index: LogIndex) -> list[LoggedEntry]:
    parts = reversed(list(index.parts()))
    found = [index.entry(part, place) for part in parts for place in range(len(part.columns))]
    assert all(one.signed_ms is None or one.signed_ms >= one.at_ms for one in found)
    return [replace(one, signed_ms=None) for one in found]


def test_every_entry_is_there_as_reading_gives_it(bench: Bench) -> None:
    index = index_of(bench)
    assert everything(index) == list(read(bench.folder, {1: bench.kem}, bench.clinic_id))
    assert index.entries == 14
    last = index.last(bench.workstation_id)
    assert last is not None
    found = index.place(bench.workstation_id, last.sequence)
    assert found is not None
    assert index.entry(*found) == last
    assert last.signed_ms == bench.clock.wall
    assert index.place(bench.workstation_id, 10_000) is None
    assert index.place("ff" * 16, 1) is None


def test_columns_say_what_entries_say_and_time_picks_segments(bench: Bench) -> None:
    index = index_of(bench)
    parts = list(index.parts())
    actions = [index.actions.texts[int(one["action"])] for part in parts for one in part.columns]
    people = {index.people.texts[int(one["person"])] for part in parts for one in part.columns}
    assert (actions.count("VIEW"), actions.count("LOCK")) == (12, 2)
    assert people == {f"{7:032x}", f"{8:032x}"}
    assert len(list(index.parts(since_ms=bench.clock.wall))) == 1
    assert len(list(index.parts(until_ms=bench.clock.wall - 2 * DAY_MS + 1))) == 1
    assert list(index.parts("ff" * 16)) == []


def test_a_log_that_grows_is_read_on_from_where_it_ended(bench: Bench) -> None:
    index = index_of(bench)
    before = len(everything(index))
    writer = bench.open(Unsynced)
    writer.append(view(77))
    index.refresh()
    assert len(everything(index)) == before + 1
    bench.clock.move(DAY_MS)
    writer.append(view(78))
    writer.close()
    bench.segment(4).write_bytes(bench.segment(4).read_bytes() + bytes(10))
    index.refresh()
    assert [one.entry for one in everything(index)][-2:] == [view(77), view(78)]


def test_what_cannot_be_opened_is_damage_and_takes_nothing_else_with_it(bench: Bench) -> None:
    stranger = everything(index_of(bench, KemPrivateKey.generate()))
    assert {(one.entry.action, one.entry.outcome) for one in stranger} == {(Action.DAMAGE, "unreadable")}
    data = bench.segment(1).read_bytes()
    second = [frame for frame in frames(data) if frame.kind == 1][1]
    bench.segment(1).write_bytes(flipped(data, second.offset + 45, 1))
    found = everything(index_of(bench))
    assert [one.entry.action for one in found[:3]] == [Action.VIEW, Action.DAMAGE, Action.VIEW]
    for at in range(HEADER.size, len(data), 37):  # lengths and kinds too: fewer entries, never an exception
        bench.segment(1).write_bytes(flipped(data, at, 0x80))
        everything(index_of(bench))
