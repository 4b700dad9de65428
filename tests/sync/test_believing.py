"""Heartbeats, alarms, logs and an honest restore, between workstations that trust the server with nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from photodesk.errors import Fixable, Refused
from photodesk.ids import to_bytes
from photodesk.store.member_entry import RevokeWorkstation, ServerRestored
from photodesk.sync.contradictions import Contradiction
from photodesk.sync.heartbeats import CONTROL, EVERY_MS, read_heartbeat
from photodesk.sync.parcels import operation_head
from photodesk.sync.spool import Outgoing
from photodesk.sync.spool_log import CHECKPOINT, SEGMENT, SpoolLogs
from photodesk.sync.spool_seen import LOG, PARCEL, Seen
from tests.sync.pretend import Desk, clinic_with_server


@pytest.fixture
def three(tmp_path: Path) -> tuple[Desk, Desk, Desk]:
    clinic, server = clinic_with_server()
    stations = (clinic.first, clinic.add_workstation(), clinic.add_workstation())
    a, b, c = (Desk(tmp_path / name, clinic, station, server) for name, station in zip("abc", stations, strict=True))
    return a, b, c


def pass_all(*desks: Desk, after_ms: int = EVERY_MS) -> None:
    for desk in desks:
        desk.clock.now_ms += after_ms
        desk.whole_pass()


def test_heartbeats_repeat_what_was_seen_and_the_others_find_it_so(three: tuple[Desk, Desk, Desk]) -> None:
    a, b, c = three
    a.change(3)
    a.write_log(2)
    for _ in range(3):
        pass_all(a, b, c)
    beats = [read_heartbeat(one.record) for one in a.server.order if operation_head(one.record).compartment == CONTROL]
    assert len(beats) == 9
    assert len({beat.head.workstation_id for beat in beats}) == 3
    said_of_a = [one for beat in beats for one in beat.sight.parcels if one.workstation_id == a.station.workstation_id]
    assert said_of_a, "the others repeat how far A's parcels go"
    assert [one for beat in beats for one in beat.sight.logs], "and how far its log goes"
    for desk in three:
        seen = Seen(desk.spool.file)
        assert seen.claims(PARCEL) == seen.claims(LOG) == []
        assert desk.alarms.standing() == []
    assert b.records() == a.records() + [one.record for one in a.server.order[:3]]


def test_a_heartbeat_is_made_every_fifteen_minutes_and_survives_a_cut(three: tuple[Desk, Desk, Desk]) -> None:
    a, b, _ = three
    pass_all(a, after_ms=0)
    pass_all(a, a, after_ms=EVERY_MS // 3)
    assert len(a.server.order) == 1
    a.server.lose_answers = 1
    with pytest.raises(Fixable):
        pass_all(a)
    pass_all(a, after_ms=1000)
    pass_all(b)
    assert len(a.server.order) == 3
    assert b.alarms.standing() == []


def test_a_contradiction_stands_as_an_alarm_until_a_person_clears_it(
    three: tuple[Desk, Desk, Desk], tmp_path: Path
) -> None:
    a, b, _ = three
    made = a.change(4)
    pass_all(a, b)
    more = a.change(2)
    pass_all(a)
    kept = list(a.server.order)
    a.server.order = kept[:2]
    with pytest.raises(Contradiction):
        pass_all(b)
    (alarm,) = b.alarms.standing()
    assert "shorter" in alarm.what
    a.server.order = kept
    with pytest.raises(Refused) as told:
        pass_all(b)
    assert told.value.code == "server_alarm"
    assert b.records() == [], "nothing is handed out, also of what was proven before"
    b.change(1)
    assert b.alarms.save(tmp_path / "evidence") == 1
    saved = tmp_path / "evidence" / f"alarm-{alarm.number}"
    assert {one.name for one in saved.iterdir()} == {"alarm.json", "page.msgpack", "seen.json"}
    assert json.loads((saved / "alarm.json").read_text())["code"] == "server_alarm"
    with pytest.raises(Fixable, match="holds evidence already"):
        b.alarms.save(tmp_path / "evidence")
    assert b.alarms.clear() == 1
    pass_all(b)
    assert b.records() == made + more
    with pytest.raises(Fixable, match="no alarm"):
        b.alarms.save(tmp_path / "other")


def test_after_an_honest_restore_everything_is_sent_again_and_nothing_twice(three: tuple[Desk, Desk, Desk]) -> None:
    a, b, c = three
    first = a.change(3)
    pass_all(a, b)
    backup = len(a.server.order)
    b_made = b.change(2)
    second = a.change(2)
    pass_all(a, b)
    a.server.put_back(backup)
    a.server.kept_checkpoints.clear()
    for desk in (a, b):
        with pytest.raises(Refused):
            pass_all(desk)
        assert desk.alarms.standing()
    a.clinic.append(ServerRestored(backup, a.server.order[-1].chain))
    pass_all(a, b, c)
    pass_all(a, b, c)
    for desk in three:
        assert desk.alarms.standing() == []
    placed = [one.record for one in a.server.order]
    assert len(placed) == len(set(placed))
    assert {*first, *second, *b_made} <= set(placed)
    assert set(c.records()) == {*first, *second, *b_made}
    assert set(a.records()) == set(b_made)
    pass_all(a, b, c)


def test_a_restore_to_what_never_was_is_an_alarm(three: tuple[Desk, Desk, Desk]) -> None:
    a, b, _ = three
    a.change(3)
    pass_all(a, b)
    a.clinic.append(ServerRestored(2, bytes(32)))
    with pytest.raises(Contradiction, match="never was"):
        pass_all(b)


def test_a_lost_spool_is_filled_again_and_nothing_is_sent_twice(three: tuple[Desk, Desk, Desk], tmp_path: Path) -> None:
    a, b, _ = three
    made = a.change(3)
    pass_all(a, b)
    again = Desk(tmp_path / "again", a.clinic, a.station, a.server)
    again.clock.now_ms = a.clock.now_ms
    again.spool.add_outgoing([Outgoing("catalog", number, one) for number, one in enumerate(made, start=1)])
    again.made = 3
    pass_all(again, b)
    later = again.change(2)
    pass_all(again, b)
    assert again.alarms.standing() == b.alarms.standing() == []
    assert b.records() == made + later
    placed = [one.record for one in a.server.order]
    assert len(placed) == len(set(placed))
    assert again.spool.waiting().to_send == 0


def test_a_workstation_that_was_shut_out_is_heard_no_more(three: tuple[Desk, Desk, Desk]) -> None:
    a, b, c = three
    made = c.change(2)
    pass_all(a, b, c)
    a.clinic.append(RevokeWorkstation(to_bytes(c.station.workstation_id), 2, bytes(32), False))
    c.change(3)
    c.exchange(beats=False).run()
    pass_all(b)
    assert b.records() == made
    assert b.alarms.standing() == []


def test_a_workstation_that_joined_during_the_pass_is_no_alarm(three: tuple[Desk, Desk, Desk], tmp_path: Path) -> None:
    a, b, _ = three
    pass_all(a, b)
    known = b.members()
    d = Desk(tmp_path / "d", a.clinic, a.clinic.add_workstation(), a.server)
    made = d.change(2)
    pass_all(d)
    b.members = lambda: known  # type: ignore[method-assign]
    pass_all(b)
    assert b.records() == made
    assert b.alarms.standing() == []


def test_the_log_goes_up_with_receipts_that_are_checked(three: tuple[Desk, Desk, Desk]) -> None:
    a, b, _ = three
    a.write_log(3)
    pass_all(a)
    a.log._next_segment()
    a.write_log(1)
    pass_all(a, b)
    kept = SpoolLogs(a.spool.file)
    assert kept.has(SEGMENT, 1)
    assert not kept.has(SEGMENT, 2), "it is still being written"
    newest = kept.last(CHECKPOINT)
    seen = SpoolLogs(b.spool.file).newest(a.station.workstation_id)
    assert newest is not None
    assert seen is not None
    assert seen.sequence == newest.number == a.log.last_checkpoint.sequence


def test_a_log_cut_here_is_found_by_the_server_and_by_the_others(three: tuple[Desk, Desk, Desk]) -> None:
    a, b, _ = three
    a.write_log(1)
    whole = (a.log_folder / a.station.workstation_id / "1.pdlog").read_bytes()
    a.write_log(5)
    pass_all(a, b, b)
    (a.log_folder / a.station.workstation_id / "1.pdlog").write_bytes(whole)
    with pytest.raises(Contradiction, match="not whole"):
        pass_all(a)
    a.alarms.clear()
    a.server.kept_checkpoints.clear()
    with pytest.raises(Contradiction, match="gave a receipt for"):
        pass_all(a)
    a.alarms.clear()
    with a.spool.file.transaction() as connection:
        connection.execute("DELETE FROM log_receipt")  # put back too
    with pytest.raises(Contradiction, match="another workstation has seen"):
        pass_all(a)
