"""Everything the computer says locks the desk: pretended services on private buses, a keeper with scripted desks."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from photodesk.protocol import messages as m
from tests.app.keeping import SLOT, Clinic, Room, ScriptedDesk
from tests.background.mock_buses import (
    FREE_SAVER,
    FREE_SAVER_PATH,
    LOGIND,
    LOGIND_PATH,
    SAVER,
    SAVER_PATH,
    SESSION,
    Buses,
    available,
    wait_until,
)

pytestmark = pytest.mark.skipif(not available(), reason="no dbus-daemon or no python3-dbusmock here")


@pytest.fixture(scope="module")
def buses() -> Iterator[Buses]:
    with Buses() as made:
        made.pretend_logind()
        made.pretend_savers()
        yield made


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return Clinic(tmp_path / "store")


@pytest.fixture
def more_buses() -> Iterator[Buses]:
    """Buses for services that change what the others do."""
    with Buses() as made:
        made.pretend_logind()
        made.pretend_savers()
        yield made


@pytest.fixture
def richer_room(clinic: Clinic, more_buses: Buses, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    for name, value in more_buses.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DISPLAY", raising=False)
    made = Room(clinic)
    yield made
    made.end()


@pytest.fixture
def room(clinic: Clinic, buses: Buses, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    for name, value in buses.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DISPLAY", raising=False)
    made = Room(clinic)
    yield made
    made.end()


def signed_in(room: Room) -> tuple[ScriptedDesk, ScriptedDesk]:
    """The desk in front, signed in, and the spare, ready; the keeper hears the buses."""
    front = room.desks.get(timeout=5)
    front.link.spare_ready()
    spare = room.desks.get(timeout=5)
    spare.link.spare_ready()
    front.sign_in()
    heard = m.Computer()
    while not {"session", "delay", "screen_saver"} <= set(heard.heard):
        heard = front.heard(m.Computer)  # type: ignore[assignment]
    return front, spare


def locks(clinic: Clinic, front: ScriptedDesk, spare: ScriptedDesk, reason: str) -> None:
    """The spare is told why, the desk is ended, the entry names the reason."""
    assert spare.heard(m.Show) == m.Show(reason, SLOT)
    spare.link.shown()
    front.link.drafts_saved()
    assert front.ended.wait(5)
    assert spare.link.generation("x") == 0
    assert clinic.actions()[-1] == f"LOCK:{reason}"


TRIGGERS: dict[str, tuple[str, Callable[[Buses], None]]] = {
    "Session.Lock": ("system_lock", lambda buses: buses.lock_session()),
    "LockedHint": ("system_lock", lambda buses: buses.update(SESSION, f"{LOGIND}.Session", "LockedHint", True)),
    "user switch": ("user_switch", lambda buses: buses.update(SESSION, f"{LOGIND}.Session", "Active", False)),
    "closing": ("session_ended", lambda buses: buses.update(SESSION, f"{LOGIND}.Session", "State", "closing")),
    "removed": (
        "session_ended",
        lambda buses: buses.system.signal(
            LOGIND, LOGIND_PATH, f"{LOGIND}.Manager", "SessionRemoved", "so", "c1", SESSION
        ),
    ),
    "sleep": ("suspend", lambda buses: buses.prepare("PrepareForSleep", begins=True)),
    "shutdown": ("shutdown", lambda buses: buses.prepare("PrepareForShutdown", begins=True)),
    "lid": ("lid", lambda buses: buses.update(LOGIND_PATH, f"{LOGIND}.Manager", "LidClosed", True)),
    "GNOME's saver": (
        "screen_lock",
        lambda buses: buses.session.signal(SAVER, SAVER_PATH, SAVER, "ActiveChanged", "b", True),
    ),
    "the common saver": (
        "screen_lock",
        lambda buses: buses.session.signal(FREE_SAVER, FREE_SAVER_PATH, FREE_SAVER, "ActiveChanged", "b", True),
    ),
}


@pytest.fixture(autouse=True)
def _as_before(buses: Buses) -> Iterator[None]:
    yield
    for name, value in (("LockedHint", False), ("Active", True), ("State", "active")):
        buses.update(SESSION, f"{LOGIND}.Session", name, value)
    buses.update(LOGIND_PATH, f"{LOGIND}.Manager", "LidClosed", False)


@pytest.mark.parametrize("name", TRIGGERS)
def test_it_locks_and_the_entry_names_the_reason(clinic: Clinic, room: Room, buses: Buses, name: str) -> None:
    reason, pull = TRIGGERS[name]
    front, spare = signed_in(room)
    pull(buses)
    locks(clinic, front, spare, reason)


def test_sleep_waits_for_the_lock_and_is_held_back_again_afterwards(clinic: Clinic, room: Room, buses: Buses) -> None:
    front, spare = signed_in(room)
    (ours,) = buses.inhibitors()
    assert ours[:2] == ("sleep:shutdown", "PhotoDesk")
    assert ours[3] == "delay"
    buses.prepare("PrepareForSleep", begins=True)
    assert spare.heard(m.Show) == m.Show("suspend", SLOT)
    assert buses.inhibitors() == [ours], "the desk is still there"
    spare.link.shown()
    front.link.drafts_saved()
    assert front.ended.wait(5)
    wait_until(lambda: buses.inhibitors() == [], "sleep to be let go")
    assert clinic.actions()[-1] == "LOCK:suspend"
    buses.prepare("PrepareForSleep", begins=False)
    wait_until(lambda: len(buses.inhibitors()) == 1, "sleep to be held back again")


def test_sleep_with_nobody_signed_in_does_not_wait(room: Room, buses: Buses) -> None:
    room.desks.get(timeout=5)
    wait_until(lambda: len(buses.inhibitors()) == 1, "sleep to be held back")
    buses.prepare("PrepareForSleep", begins=True)
    wait_until(lambda: buses.inhibitors() == [], "sleep to be let go")


def test_a_password_that_is_being_tried_does_not_open_a_desk_over_the_lock(room: Room, buses: Buses) -> None:
    front = room.desks.get(timeout=5)
    front.link.spare_ready()
    spare = room.desks.get(timeout=5)
    spare.link.spare_ready()
    assert spare.link.generation("x") == 0
    wait_until(lambda: len(buses.inhibitors()) == 1, "the keeper to listen")
    front.link.begin_attempt(SLOT)
    buses.prepare("PrepareForSleep", begins=True)
    assert spare.heard(m.Show) == m.Show("suspend", SLOT)
    spare.link.shown()
    assert front.ended.wait(5)


def test_what_does_not_lock(clinic: Clinic, room: Room, buses: Buses) -> None:
    front, _spare = signed_in(room)
    bus = buses.system
    bus.call(LOGIND, SESSION, f"{LOGIND}.Session", "Unlock")
    buses.update(SESSION, f"{LOGIND}.Session", "IdleHint", True)
    buses.update(SESSION, f"{LOGIND}.Session", "Active", True)
    buses.prepare("PrepareForSleep", begins=False)
    buses.session.signal(SAVER, SAVER_PATH, SAVER, "ActiveChanged", "b", False)
    other = f"{LOGIND_PATH}/session/c2"
    bus.signal(LOGIND, LOGIND_PATH, f"{LOGIND}.Manager", "SessionRemoved", "so", "c2", other)
    for _ in range(2):
        front.heard(m.Computer)
    assert clinic.actions()[-1] == "UNLOCK"


def test_another_program_cannot_say_it_in_logind_s_name(clinic: Clinic, room: Room, buses: Buses) -> None:
    front, _spare = signed_in(room)
    for number in range(1, 60):
        words = [f"--dest=:1.{number}", "--type=signal", SESSION, f"{LOGIND}.Session.Lock"]
        subprocess.run(["dbus-send", f"--bus={buses.system.address}", *words], capture_output=True, check=False)
    front.heard(m.Computer)
    front.heard(m.Computer)
    assert clinic.actions()[-1] == "UNLOCK"


def test_idle_time_is_the_whole_computer_s_where_it_tells(richer_room: Room, more_buses: Buses) -> None:
    front, _spare = signed_in(richer_room)
    assert front.heard(m.Computer).idle_from == ""  # type: ignore[union-attr]
    more_buses.pretend_mutter(4_000)
    said = m.Computer()
    while said.idle_ms != 4_000:
        said = front.heard(m.Computer)  # type: ignore[assignment]
    assert said.idle_from == "desktop"


def test_upower_tells_of_the_lid(clinic: Clinic, richer_room: Room, more_buses: Buses) -> None:
    more_buses.pretend_upower()
    front, spare = signed_in(richer_room)
    more_buses.shut_lid(shut=False)
    more_buses.shut_lid(shut=True)
    locks(clinic, front, spare, "lid")


def test_without_any_bus_it_works(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DBUS_SYSTEM_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.setenv(name, "disabled:")
    monkeypatch.delenv("DISPLAY", raising=False)
    room = Room(clinic)
    try:
        front = room.desks.get(timeout=5)
        front.sign_in()
        assert front.heard(m.Computer) == m.Computer()
    finally:
        room.end()


def test_a_bus_that_does_not_let_us_in_locks_nobody_out(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there and ends every greeting: a container with the socket of its host, for one."""
    path = tmp_path / "bus"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        for name in ("DBUS_SYSTEM_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS"):
            monkeypatch.setenv(name, f"unix:path={path}")
        monkeypatch.delenv("DISPLAY", raising=False)
        room = Room(clinic)
        try:
            front = room.desks.get(timeout=5)
            front.sign_in()
            for _ in range(2):
                line, _address = listening.accept()
                line.recv(100)
                line.sendall(b"REJECTED NOTHING\r\n")
                line.close()
            for _ in range(2):
                assert front.heard(m.Computer) == m.Computer()
        finally:
            room.end()
    assert "not_heard" not in str(clinic.actions())


def test_a_bus_that_goes_away_locks(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    with Buses() as own:
        own.pretend_logind()
        for name, value in own.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("DISPLAY", raising=False)
        room = Room(clinic)
        try:
            front = room.desks.get(timeout=5)
            front.link.spare_ready()
            spare = room.desks.get(timeout=5)
            spare.link.spare_ready()
            front.sign_in()
            heard = front.heard(m.Computer)
            while "session" not in heard.heard:  # type: ignore[union-attr]
                heard = front.heard(m.Computer)
            own.session.daemon.kill()
            locks(clinic, front, spare, "not_heard")
        finally:
            room.end()
