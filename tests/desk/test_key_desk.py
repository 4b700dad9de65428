"""Security keys in a clinic: enrolling, signing in with password and key, losing one, a new password, the policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.background.security_keys import SecurityKeyReader
from photodesk.desk.security_key import AskedKey
from photodesk.desk.session import Session
from photodesk.errors import Fixable, PhotoDeskError, Refused
from tests.background.software_key import SoftwareKey
from tests.desk.entering import Door
from tests.store.clinic import PASSWORD, make_clinic
from tests.store.quick import quick_passwords

NEW_PASSWORD = "nine slow herons over ice"


def _reader(*keys: SoftwareKey) -> SecurityKeyReader:
    return SecurityKeyReader(lambda: None, devices=lambda: list(keys))


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    quick_passwords(monkeypatch)
    return Door(make_clinic(tmp_path / "store"))


@pytest.fixture
def keyed(door: Door) -> tuple[Door, SoftwareKey, SoftwareKey]:
    """Both keys are enrolled."""
    first, second = SoftwareKey(), SoftwareKey()
    session = door.enter()
    assert session.security_keys.enrol(PASSWORD, _reader(first)) == 1
    assert session.factors.mine().password_alone
    assert session.security_keys.enrol(PASSWORD, _reader(first, second)) == 2
    mine = session.factors.mine()
    assert (mine.security_keys, mine.password_alone) == (2, False)
    session.close()
    return door, first, second


def _code(door: Door, *keys: SoftwareKey, password: str = "") -> str:
    with pytest.raises(PhotoDeskError) as failure:
        door.enter(password=password, keys=_reader(*keys)).close()
    return failure.value.code


def test_each_key_opens_with_the_password_and_nothing_alone(keyed: tuple[Door, SoftwareKey, SoftwareKey]) -> None:
    door, first, second = keyed
    for key in (first, second):
        door.enter(keys=_reader(key)).close()
    door.keeper.attempts.clear()
    assert _code(door) == "security_key_missing"
    assert _code(door, SoftwareKey()) == "security_key_other"
    assert [what.split()[0] for what in door.keeper.attempts] == ["began", "void"] * 2
    door.keeper.attempts.clear()
    assert _code(door, first, password="a wrong password") == "wrong_password"
    assert [what.split()[0] for what in door.keeper.attempts] == ["began", "failed"]


def test_one_key_leaves_the_password_until_the_person_says_otherwise(door: Door) -> None:
    key = SoftwareKey()
    session = door.enter()
    session.security_keys.enrol(PASSWORD, _reader(key))
    session.close()
    session = door.enter()
    session.security_keys.remove(session.security_keys.mine()[0].slot_id, PASSWORD, _reader(key))
    session.security_keys.enrol(PASSWORD, _reader(key), alone=True)
    session.close()
    assert _code(door) == "security_key_missing"
    door.enter(keys=_reader(key)).close()


def test_a_third_key_and_the_same_key_twice_are_refused(keyed: tuple[Door, SoftwareKey, SoftwareKey]) -> None:
    door, first, _ = keyed
    session = door.enter(keys=_reader(first))
    with pytest.raises(Refused) as refused:
        session.security_keys.enrol(PASSWORD, _reader(SoftwareKey()))
    assert refused.value.code == "keys_enough"
    lost = _slot_of_another(session, first)
    session.security_keys.remove(lost, PASSWORD, _reader(first))
    with pytest.raises(Fixable) as failure:
        session.security_keys.enrol(PASSWORD, _reader(first))
    assert failure.value.code == "security_key_other"
    session.close()


def _slot_of_another(session: Session, key: SoftwareKey) -> str:
    return next(
        slot.slot_id for slot in session.security_keys.mine() if not _answers(key, slot.fido_credential, slot.fido_salt)
    )


def _answers(key: SoftwareKey, credential: bytes, salt: bytes) -> bool:
    try:
        _reader(key).answer([AskedKey(credential, salt)])
    except Fixable:
        return False
    return True


def test_a_lost_key_is_removed_with_the_other(keyed: tuple[Door, SoftwareKey, SoftwareKey]) -> None:
    door, first, second = keyed
    session = door.enter(keys=_reader(first))
    lost = _slot_of_another(session, first)
    session.security_keys.remove(lost, PASSWORD, _reader(first))
    session.close()
    assert _code(door, second) == "security_key_other"
    session = door.enter(keys=_reader(first))
    session.security_keys.remove(session.security_keys.mine()[0].slot_id, PASSWORD, _reader(first))
    session.close()
    door.enter().close()


def test_a_new_password_needs_every_key(keyed: tuple[Door, SoftwareKey, SoftwareKey]) -> None:
    door, first, second = keyed
    session = door.enter(keys=_reader(first))
    with pytest.raises(Fixable):
        session.security_keys.change_password(PASSWORD, NEW_PASSWORD, _reader(first))
    door.enter(keys=_reader(second)).close()
    session.security_keys.change_password(PASSWORD, NEW_PASSWORD, _reader(first, second))
    session.close()
    assert _code(door, first) == "wrong_password"
    for key in (first, second):
        door.enter(password=NEW_PASSWORD, keys=_reader(key)).close()


def test_keys_fulfil_the_policy(keyed: tuple[Door, SoftwareKey, SoftwareKey]) -> None:
    door, first, second = keyed
    session = door.enter(keys=_reader(first))
    session.policy.set("second-factor.administrator", "required")
    ids = [slot.slot_id for slot in session.security_keys.mine()]
    session.security_keys.remove(ids[0], PASSWORD, _reader(first, second))
    with pytest.raises(Refused) as refused:
        session.security_keys.remove(ids[1], PASSWORD, _reader(first, second))
    assert refused.value.code == "second_factor_required"
    session.close()
    door.enter(keys=_reader(first, second)).close()


def test_the_app_and_keys_stand_beside_each_other(keyed: tuple[Door, SoftwareKey, SoftwareKey]) -> None:
    door, first, _ = keyed
    session = door.enter(keys=_reader(first))
    enrolment = session.factors.begin_totp()
    session.close()
    assert "otpauth://totp/" in enrolment.uri


def test_presenting_ends_with_password_and_key(keyed: tuple[Door, SoftwareKey, SoftwareKey]) -> None:
    door, first, second = keyed
    session = door.enter(keys=_reader(first))
    session.presenting.confirm(PASSWORD, _reader(second))
    with pytest.raises(Fixable) as failure:
        session.presenting.confirm(PASSWORD, _reader())
    assert failure.value.code == "security_key_missing"
    with pytest.raises(Refused) as refused:
        session.presenting.confirm("a wrong password", _reader(first))
    assert refused.value.code == "wrong_password"
    session.close()
