"""A keeper with scripted desks: sign in, append, sign, lock, hand over; and a keeper that serves a command."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from photodesk.app.keeper_books import Books
from photodesk.app.time_watch import TimeWatch
from photodesk.clock import SystemClock
from photodesk.crypto import verify
from photodesk.desk.keeper import Allowed, Wait
from photodesk.errors import Fixable, Refused
from photodesk.log.entry import Action, Entry
from photodesk.log.records import read_checkpoint
from photodesk.log.verify import Result
from photodesk.protocol import messages as m
from tests.app.keeping import PERSON, SLOT, Clinic, Room, command_link
from tests.log.writing import FailingSegment, HandClock, view

VIEW = Entry(Action.VIEW, person_id=PERSON, photo_ids=("1" * 32,))


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return Clinic(tmp_path / "store")


@pytest.fixture
def room(clinic: Clinic) -> Iterator[Room]:
    made = Room(clinic)
    yield made
    made.end()


def test_a_command_signs_in_appends_signs_and_leaves_a_signed_log(clinic: Clinic) -> None:
    with command_link(clinic) as link:
        assert link.workstation_id == clinic.workstation_id
        with pytest.raises(Refused, match="Nobody is signed in"):
            link.append(VIEW)
        assert isinstance(link.begin_attempt(SLOT, PERSON), Allowed)
        link.unlocked(PERSON, ("clinician",))
        receipts = [pending.result() for pending in [link.append_async(VIEW) for _ in range(100)]]
        assert len({receipt.sequence for receipt in receipts}) == 100
        assert verify(clinic.signing.public, link.sign("operation", b"o"), "operation", clinic.clinic_id, b"o")
        link.committed("catalog", 7)
        assert link.generation("catalog") == 7
        checkpoint = read_checkpoint(link.checkpoint())
        assert ("catalog", 7) in checkpoint.generations
        assert checkpoint.last_operation
    assert clinic.actions() == ["START", "UNLOCK", *["VIEW"] * 100, "LOCK:quit", "STOP"]
    verdict = clinic.verify()
    assert (verdict.result, verdict.torn_bytes) == (Result.INTACT, 0)
    with command_link(clinic) as link:
        assert link.generation("catalog") == 7


def test_nobody_writes_in_another_name_or_what_only_the_keeper_knows(clinic: Clinic) -> None:
    with command_link(clinic) as link:
        link.begin_attempt(SLOT, PERSON)
        link.unlocked(PERSON, ("clinician",))
        for entry in (Entry(Action.VIEW, person_id="c" * 32), Entry(Action.LOCK, person_id=PERSON)):
            with pytest.raises(Refused):
                link.append(entry)
        link.append(Entry(Action.SEARCH))
    found = next(entry for entry in clinic.entries() if entry.action is Action.SEARCH)
    assert (found.person_id, found.role) == (PERSON, "clinician")


def test_a_store_is_open_once(clinic: Clinic) -> None:
    with command_link(clinic), pytest.raises(Fixable) as caught, command_link(clinic):
        pass
    assert caught.value.code == "store_in_use"


@pytest.mark.parametrize("fault", [{"write": errno.ENOSPC}, {"sync": errno.EIO}])
def test_an_entry_that_can_not_be_written_fails_in_words(clinic: Clinic, fault: dict[str, int]) -> None:
    faults: dict[str, int] = {}
    with command_link(clinic, lambda path: FailingSegment(path, faults)) as link:
        link.begin_attempt(SLOT, PERSON)
        link.unlocked(PERSON)
        link.append(VIEW)
        faults.update(fault)
        with pytest.raises(Fixable) as caught:
            link.append(VIEW)
        assert caught.value.code == "log_not_writable"
    assert clinic.verify().result is Result.INTACT


@pytest.mark.parametrize("full", [errno.ENOSPC, errno.EFBIG])
def test_the_log_goes_on_by_itself_when_there_is_room_again(clinic: Clinic, full: int) -> None:
    faults: dict[str, int] = {}
    with command_link(clinic, lambda path: FailingSegment(path, faults)) as link:
        link.begin_attempt(SLOT, PERSON)
        link.unlocked(PERSON)
        for _ in range(2):
            faults["write"] = full
            pending = [link.append_async(VIEW) for _ in range(3)]
            for one in pending:
                with pytest.raises(Fixable):
                    one.result()
            faults.clear()
            link.append(VIEW)
    assert clinic.actions() == ["START", "UNLOCK", "VIEW", "VIEW", "LOCK:quit", "STOP"]
    verdict = clinic.verify()
    assert (verdict.result, verdict.torn_bytes) == (Result.INTACT, 0)


def test_wrong_passwords_are_entries_and_make_the_next_one_wait(clinic: Clinic) -> None:
    for _ in range(3):
        with command_link(clinic) as link:
            assert isinstance(link.begin_attempt(SLOT, PERSON), Allowed)
            link.attempt_failed(SLOT, PERSON)
    with command_link(clinic) as link:
        waiting = link.begin_attempt(SLOT, PERSON)
        assert isinstance(waiting, Wait)
        assert 0 < waiting.wait_ms <= 5_000
    assert clinic.actions().count("UNLOCK_FAILED:wrong_password") == 3
    assert clinic.actions().count("UNLOCK_FAILED:wait") == 1


def test_a_password_typed_again_at_an_open_desk_counts_and_is_forgiven(clinic: Clinic) -> None:
    with command_link(clinic) as link:
        with pytest.raises(Refused):
            link.attempt_right(SLOT)
        for _ in range(2):
            assert isinstance(link.begin_attempt(SLOT, PERSON), Allowed)
            link.unlocked(PERSON)
            for _ in range(2):
                assert isinstance(link.begin_attempt(SLOT, PERSON), Allowed)
                link.attempt_failed(SLOT, PERSON)
            assert isinstance(link.begin_attempt(SLOT, PERSON), Allowed)
            link.attempt_right(SLOT)
    assert clinic.actions().count("UNLOCK_FAILED:wrong_password") == 4
    assert clinic.actions().count("UNLOCK") == 2


def test_before_set_up_there_is_no_log_and_after_it_there_is(clinic: Clinic) -> None:
    clinic.layout.store_json.unlink()
    room = Room(clinic)
    try:
        desk = room.desks.get(timeout=5)
        assert not desk.link.founded
        with pytest.raises(Fixable, match="no clinic"):
            desk.link.begin_attempt(SLOT)
        clinic.layout.store_json.write_text("{}")
        desk.link.founded_now()
        assert desk.link.founded
        assert desk.link.workstation_id == clinic.workstation_id
        desk.sign_in()
    finally:
        room.end()
    assert clinic.actions() == ["START", "UNLOCK", "LOCK:quit", "STOP"]


def test_the_first_run_has_one_window_and_after_set_up_it_can_be_locked(clinic: Clinic) -> None:
    clinic.layout.store_json.unlink()
    room = Room(clinic)
    try:
        desk = room.desks.get(timeout=5)
        desk.link.spare_ready()
        assert desk.link.imports_running() == ()
        assert room.desks.empty(), "there is nothing to sign in to yet, so there is no spare"
        clinic.layout.store_json.write_text("{}")
        desk.link.founded_now()
        spare = room.desks.get(timeout=5)
        assert spare.link.founded
        spare.link.spare_ready()
        desk.sign_in()
        desk.link.lock("asked")
        assert spare.heard(m.Show) == m.Show("asked", SLOT)
        spare.link.shown()
        assert desk.ended.wait(5)
    finally:
        room.end()
    assert clinic.actions()[:3] == ["START", "UNLOCK", "LOCK:asked"]


def test_a_desk_that_asks_for_a_lock_without_being_in_front_is_ended(clinic: Clinic, room: Room) -> None:
    front = room.desks.get(timeout=5)
    front.link.spare_ready()
    spare = room.desks.get(timeout=5)
    with contextlib.suppress(Refused):
        spare.link.lock("asked")
    assert spare.ended.wait(5)


def test_a_lock_covers_first_then_lets_drafts_be_saved_then_ends_the_desk(clinic: Clinic, room: Room) -> None:
    front = room.desks.get(timeout=5)
    assert front.link.front
    front.link.spare_ready()
    spare = room.desks.get(timeout=5)
    assert not spare.link.front
    spare.link.spare_ready()
    front.sign_in()
    front.link.append(VIEW)
    front.link.keep_place(b"sealed")
    assert spare.link.generation("x") == 0
    front.link.lock("asked")
    show = spare.heard(m.Show)
    assert show == m.Show("asked", SLOT)
    assert front.heard(m.SaveDrafts) == m.SaveDrafts("asked")
    assert not front.ended.is_set()
    spare.link.shown()
    front.link.drafts_saved()
    assert front.ended.wait(5)
    with pytest.raises(Refused, match="locked"):
        front.link.append(VIEW)
    spare.sign_in()
    assert clinic.actions() == ["START", "UNLOCK", "VIEW", "LOCK:asked", "UNLOCK"]
    assert spare.link.place() == b"sealed"
    assert room.desks.get(timeout=5).link.front is False


@pytest.mark.parametrize("shown", [True, False])
def test_a_hung_desk_is_ended_and_a_late_cover_does_not_hold_the_lock_open(
    clinic: Clinic, room: Room, *, shown: bool
) -> None:
    front = room.desks.get(timeout=5)
    front.link.spare_ready()
    spare = room.desks.get(timeout=5)
    spare.link.spare_ready()
    assert spare.link.generation("x") == 0
    front.sign_in()
    front.link.alive(-650)
    assert spare.heard(m.Show) == m.Show("idle", SLOT)
    if shown:
        spare.link.shown()
    assert front.ended.wait(5)
    assert spare.link.generation("x") == 0
    assert clinic.actions()[-1] == "LOCK:idle"


def test_a_desk_that_dies_is_a_lock(clinic: Clinic, room: Room) -> None:
    front = room.desks.get(timeout=5)
    front.link.spare_ready()
    spare = room.desks.get(timeout=5)
    spare.link.spare_ready()
    assert spare.link.generation("x") == 0
    front.sign_in()
    front.link.close()
    assert spare.heard(m.Show) == m.Show("desk_ended", SLOT)
    assert spare.link.generation("x") == 0
    assert clinic.actions()[-1] == "LOCK:desk_ended"


def test_handing_over_locks_and_the_next_person_is_chosen(clinic: Clinic, room: Room) -> None:
    front = room.desks.get(timeout=5)
    front.link.spare_ready()
    spare = room.desks.get(timeout=5)
    spare.link.spare_ready()
    assert spare.link.generation("x") == 0
    front.sign_in()
    front.link.ask_lock("hand_over", "c" * 32)
    assert spare.heard(m.Show) == m.Show("hand_over", SLOT, next_slot="c" * 32)
    spare.link.shown()
    front.link.drafts_saved()
    assert front.ended.wait(5)
    assert spare.link.generation("x") == 0
    assert clinic.actions()[-1] == "LOCK:hand_over"


def test_a_keeper_that_ended_suddenly_is_a_lock_that_the_next_one_says(clinic: Clinic) -> None:
    killed = Books(clinic.layout, clinic.open_keys, SystemClock())
    killed.signed_in(PERSON, "clinician front-desk")
    os.close(killed._lock_fd)  # as its end does
    with command_link(clinic) as link:
        link.begin_attempt(SLOT, PERSON)
        link.unlocked(PERSON)
    assert clinic.actions() == ["START", "START", "LOCK:keeper_ended", "UNLOCK", "LOCK:quit", "STOP"]
    lock = next(entry for entry in clinic.entries() if entry.outcome == "keeper_ended")
    assert (lock.person_id, lock.role) == (PERSON, "clinician front-desk")
    assert clinic.layout.lock.read_bytes() == b""
    with command_link(clinic):
        assert clinic.actions()[-1] == "START"


def test_a_spare_is_started_whether_or_not_the_front_says_that_it_is_ready(room: Room) -> None:
    assert room.desks.get(timeout=5).link.front
    assert not room.desks.get(timeout=5).link.front


def test_without_a_spare_the_desk_is_ended_at_once_and_a_new_one_shows(clinic: Clinic, room: Room) -> None:
    front = room.desks.get(timeout=5)
    front.sign_in()
    front.link.lock("asked")
    assert front.ended.wait(5)
    after = room.desks.get(timeout=5)
    assert after.link.front
    assert after.heard(m.Show) == m.Show("asked", SLOT)
    assert clinic.actions()[-1] == "LOCK:asked"


def test_a_desk_that_could_not_open_is_replaced_by_a_sign_in_that_says_why(clinic: Clinic, room: Room) -> None:
    front = room.desks.get(timeout=5)
    front.sign_in()
    front.link.ask_lock("The catalog is damaged. Restore it from the backup.")
    assert front.ended.wait(5)
    shown = room.desks.get(timeout=5).heard(m.Show)
    assert shown == m.Show("The catalog is damaged. Restore it from the backup.", SLOT)
    assert clinic.actions()[-1] == "LOCK:not_opened"


def test_the_desk_that_held_a_wrong_password_is_replaced(clinic: Clinic, room: Room) -> None:
    front = room.desks.get(timeout=5)
    front.link.begin_attempt(SLOT, PERSON)
    front.link.attempt_failed(SLOT, PERSON)
    spare = room.desks.get(timeout=5)
    spare.link.spare_ready()
    assert spare.heard(m.Show) == m.Show("", SLOT, wrong_password=True)
    assert not front.ended.is_set()
    spare.link.shown()
    assert front.ended.wait(5)
    spare.sign_in()
    assert clinic.actions() == ["START", "UNLOCK_FAILED:wrong_password", "UNLOCK"]


def test_an_importer_outlives_the_desk_and_the_next_one_attaches(clinic: Clinic, room: Room) -> None:
    front = room.desks.get(timeout=5)
    front.link.spare_ready()
    spare = room.desks.get(timeout=5)
    spare.link.spare_ready()
    front.sign_in()
    job = "d" * 32
    to_importer = front.link.start_import(job)
    importer = room.importers.get(timeout=5)
    importer.heard(m.ImporterAttached)
    to_desk = importer.link.take_pushed_importer()
    to_importer.sendall(b"copy this")
    assert to_desk.recv(20) == b"copy this"
    importer.link.import_state(m.ImportState(job, "Copying", 3, 9))
    importer.link.append(Entry(Action.IMPORT, person_id=PERSON, details={"job": job}))
    with pytest.raises(Fixable):
        front.link.start_import(job)
    front.link.lock("asked")
    spare.heard(m.Show)
    spare.link.shown()
    assert front.ended.wait(5)
    importer.link.import_state(m.ImportState(job, "Copying", 4, 9))
    while spare.heard(m.ImportSummary) != m.ImportSummary("Copying photos", 4, 9):
        continue
    spare.sign_in()
    assert [state.done for state in spare.link.imports_running()] == [4]
    again = spare.link.attach_import(job)
    importer.heard(m.ImporterAttached)
    third = importer.link.take_pushed_importer()
    third.sendall(b"still here")
    assert again.recv(20) == b"still here"
    importer.link.close()
    while spare.link.imports_running():
        continue
    with pytest.raises(Fixable, match="not running"):
        spare.link.attach_import(job)
    for sock in (to_importer, to_desk, again, third):
        sock.close()


def test_a_jump_of_the_clock_is_noticed_in_both_directions() -> None:
    clock = HandClock()
    watch = TimeWatch(clock)
    clock.move(60_000)
    assert watch.jump_ms() == 0
    clock.wall += 3_600_000
    assert watch.jump_ms() == 3_600_000
    clock.wall -= 10_000
    assert watch.jump_ms() == -10_000
    clock.wall += 4_000
    assert watch.jump_ms() == 0


class Sleepy(SystemClock):
    """The wall clock is ahead by what the test says."""

    ahead_ms = 0

    def wall_ms(self) -> int:
        return super().wall_ms() + self.ahead_ms


def test_a_sleep_nobody_saw_is_an_entry(clinic: Clinic) -> None:
    clock = Sleepy()
    with command_link(clinic, clock=clock) as link:
        clock.ahead_ms = 3_600_000
        while "TIME_JUMP" not in clinic.actions():
            assert link.generation("x") == 0


def test_a_peer_that_talks_rubbish_is_gone(clinic: Clinic) -> None:
    with command_link(clinic) as link:
        link.begin_attempt(SLOT, PERSON)
        link.unlocked(PERSON)
        ours, theirs = socket.socketpair()
        ours.close()
        theirs.close()
        link.append(Entry(Action.VIEW, person_id=PERSON, photo_ids=view().photo_ids))
    assert clinic.verify().result is Result.INTACT
