"""Wrong codes are throttled like wrong passwords, by the same count: the right password alone never resets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.app.attempts import Attempts
from photodesk.crypto import SigningKey
from photodesk.desk.keeper import Allowed, Attempt, Disabled, Wait
from photodesk.errors import Refused
from tests.desk.conftest import ListKeeper
from tests.desk.entering import App, Door
from tests.store.clinic import Clinic, make_clinic
from tests.store.conftest import Keeper as Signing
from tests.store.quick import quick_passwords


class CountingKeeper(ListKeeper):
    """With the keeper's real count of attempts."""

    def __init__(self, clinic: Clinic, door: Door) -> None:
        signer = clinic.signer()

        class Workstation(Signing):
            def sign(self, kind: str, data: bytes) -> bytes:
                return signer.sign(kind, data)

        super().__init__(Workstation(SigningKey.generate(), bytes(16)))
        self.count = Attempts(bytes(32), bytes(16), door.clock, "boot", lambda _data: None)

    def begin_attempt(self, slot_id: str, person_id: str = "") -> Attempt:
        self.slot_id = slot_id
        verdict = self.count.begin(slot_id)
        if verdict.state == "wait":
            return Wait(verdict.wait_ms)
        return Allowed() if verdict.state == "allowed" else Disabled()

    def attempt_void(self, slot_id: str) -> None:
        self.count.take_back(slot_id)

    def unlocked(self, person_id: str, roles: tuple[str, ...] = ()) -> None:
        self.count.forgive(self.slot_id)


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    quick_passwords(monkeypatch)
    clinic = make_clinic(tmp_path / "store")
    made = Door(clinic)
    made.keeper = CountingKeeper(clinic, made)
    return made


def _refused(door: Door, code: str = "", password: str = "") -> str:
    with pytest.raises(Refused) as refused:
        door.enter(code, password).close()
    return refused.value.code


def _wrong(app: App) -> str:
    return str((int(app.code()) + 500_000) % 1_000_000).zfill(6)


def test_ten_wrong_codes_disable_and_wait_before(door: Door) -> None:
    app, _ = door.enrolled()
    answers = []
    for _ in range(10):
        while (answer := _refused(door, _wrong(app))) == "sign_in_waits":
            door.clock.now_ms += 5_000
        answers.append(answer)
    assert answers == ["wrong_code"] * 10
    door.clock.now_ms += 3_600_000
    assert _refused(door, app.code()) == "slot_disabled"


def test_the_right_password_without_a_code_resets_nothing(door: Door) -> None:
    app, _ = door.enrolled()
    for _ in range(3):
        assert _refused(door, _wrong(app)) == "wrong_code"
    assert _refused(door) == "sign_in_waits"
    door.clock.now_ms += 5_000
    assert _refused(door) == "code_needed"
    assert _refused(door, _wrong(app)) == "wrong_code"
    assert _refused(door, app.code()) == "sign_in_waits"
    door.clock.now_ms += 10_000
    door.enter(app.code()).close()
    assert _refused(door, password="another password") == "wrong_password"
    door.enter(_later(door, app)).close()


def _later(door: Door, app: App) -> str:
    door.clock.now_ms += 30_000
    return app.code()
