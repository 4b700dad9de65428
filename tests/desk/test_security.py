"""The security list: each fact with its state, and moving the secrets into a keyring."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.clock import rfc3339
from photodesk.crypto import FLOOR_COST
from photodesk.desk.factors import Factors
from photodesk.desk.health import LastCheck
from photodesk.desk.security import (
    DAY_MS,
    Fact,
    HostFacts,
    Protection,
    Shield,
    State,
    anchor_fact,
    backup_fact,
    check_fact,
    disk_fact,
    factors_fact,
    keyring_fact,
    kit_fact,
    swap_fact,
)
from photodesk.errors import Fixable, Refused
from photodesk.store.founding import found
from photodesk.store.keyring import LocalSecrets, Secrets, secrets_of
from photodesk.store.layout import Layout
from photodesk.store.roles import Role
from tests.desk.conftest import NOW_MS, TestClock
from tests.desk.entering import Door
from tests.store.clinic import OTHER_PASSWORD, PASSWORD, Clinic
from tests.store.fake_keyring import MemoryKeyring
from tests.store.quick import quick_passwords

HOST = HostFacts(Protection(Shield.OFF), Protection(Shield.ON, "none"))
NAMES = ["keyring", "disk", "swap", "second_factors", "backup", "check", "anchor", "recovery_kit"]


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    """A clinic whose secrets lie in the store."""
    quick_passwords(monkeypatch)
    layout = Layout(tmp_path / "store")
    local = LocalSecrets(layout.secrets_local)
    founded = found(layout, "Example Skin Clinic", "Front desk", "Ada Byron", PASSWORD, (), local, FLOOR_COST)
    return Door(Clinic(layout, local, MemoryKeyring(), founded))


def _by_name(facts: tuple[Fact, ...]) -> dict[str, Fact]:
    return {fact.name: fact for fact in facts}


def test_a_new_password_only_store(door: Door) -> None:
    session = door.enter()
    facts = session.security.facts(HOST)
    assert [fact.name for fact in facts] == NAMES
    named = _by_name(facts)
    assert (named["keyring"].state, named["backup"].state, named["disk"].state) == (State.BAD, State.BAD, State.LOOK)
    assert (named["swap"].state, named["recovery_kit"].state) == (State.OK, State.OK)
    assert all(fact.do for fact in facts if fact.state is not State.OK)
    assert all(not fact.do for fact in facts if fact.state is State.OK)
    session.close()


def test_a_front_desk_person_sees_their_own_factors_only(door: Door) -> None:
    session = door.enter()
    session.people.add("Ben Roth", [Role.FRONT_DESK], OTHER_PASSWORD)
    assert _by_name(session.security.facts(HOST))["second_factors"].details["people"] == 2
    session.close()
    ben = Door(door.clinic, "Ben Roth", OTHER_PASSWORD).enter()
    assert _by_name(ben.security.facts(HOST))["second_factors"].details["people"] == 1
    with pytest.raises(Refused) as refused:
        ben.security.move_into_keyring(Secrets(MemoryKeyring()))
    assert refused.value.code == "no_right"
    ben.close()


def test_moving_the_secrets_into_the_keyring(door: Door) -> None:
    layout, backend = door.clinic.layout, MemoryKeyring()
    held = layout.secrets_local.read_bytes()
    session = door.enter()
    assert session.security.move_into_keyring(Secrets(backend))
    assert not layout.secrets_local.exists()
    assert len(backend.held) == 2
    assert not session.security.password_only
    assert _by_name(session.security.facts(HOST))["keyring"].state is State.OK
    session.people.add("Ben Roth", [Role.FRONT_DESK], OTHER_PASSWORD)
    with pytest.raises(Fixable) as failure:
        session.security.move_into_keyring(Secrets(backend))
    assert failure.value.code == "keyring_already"
    session.close()
    door.clinic.secrets = Secrets(backend)
    layout.secrets_local.write_bytes(held)
    session = door.enter()
    assert "still holds" in _by_name(session.security.facts(HOST))["keyring"].says
    session.close()
    assert type(secrets_of(layout)) is Secrets
    assert [entry.details["what"] for entry in door.keeper.entries if "what" in entry.details].count(
        "secrets moved into the keyring"
    )


def test_a_keyring_that_is_not_there_changes_nothing(door: Door) -> None:
    backend = MemoryKeyring()
    backend.gone = True
    session = door.enter()
    with pytest.raises(Fixable) as failure:
        session.security.move_into_keyring(Secrets(backend))
    assert failure.value.code == "keyring_missing"
    session.close()
    door.enter().close()


def test_each_fact_has_its_states() -> None:
    clock = TestClock()
    ago = {days: NOW_MS - days * DAY_MS for days in (0, 1, 3, 40, 400)}
    assert keyring_fact("SecretService", left_behind=False).state is State.OK
    assert disk_fact(Protection(Shield.ON, "LUKS2")).state is State.OK
    assert disk_fact(Protection(Shield.UNKNOWN)).state is State.UNKNOWN
    assert swap_fact(Protection(Shield.OFF)).state is State.BAD
    assert swap_fact(Protection(Shield.UNKNOWN, "file")).state is State.UNKNOWN
    assert [backup_fact(at, clock).state for at in (ago[0], ago[3], None)] == [State.OK, State.LOOK, State.BAD]
    assert backup_fact(ago[1], clock).says == "The last backup was yesterday."
    assert backup_fact(ago[1], clock).details == {"at": rfc3339(ago[1])}
    clean, damaged = LastCheck(ago[0], "clean", 3, 0), LastCheck(ago[0], "damaged", 3, 2)
    states = [check_fact(last, clock).state for last in (clean, LastCheck(ago[40], "clean", 3, 0), damaged, None)]
    assert states == [State.OK, State.LOOK, State.BAD, State.LOOK]
    assert [anchor_fact(at, clock).state for at in (ago[0], ago[40], None)] == [State.OK, State.LOOK, State.LOOK]
    assert [kit_fact(at, clock).state for at in (ago[40], ago[400])] == [State.OK, State.LOOK]


def test_factors_are_counted_by_what_they_are() -> None:
    people = [
        Factors("1", "A", app=False, security_keys=2, password_alone=False, demanded=True),
        Factors("2", "B", app=True, security_keys=0, password_alone=True, demanded=False),
        Factors("3", "C", app=False, security_keys=1, password_alone=True, demanded=False),
    ]
    fact = factors_fact(people)
    assert fact.details == {"people": 3, "security_key": 1, "app": 1, "password_alone": 1}
    assert fact.state is State.LOOK
    assert factors_fact(people[:2]).state is State.OK
