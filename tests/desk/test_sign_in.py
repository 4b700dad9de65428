"""Signing in: attempts counted first, one answer to every wrong name or password."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST, SigningKey
from photodesk.desk import signing_in
from photodesk.desk.entrance import Entrance, Role
from photodesk.desk.keeper import Disabled, Wait
from photodesk.desk.signing_in import sign_in
from photodesk.errors import Damaged, Fixable, Refused
from photodesk.log.entry import Action
from photodesk.store.keyring import LocalSecrets
from tests.desk.conftest import ListKeeper
from tests.store.clinic import OTHER_PASSWORD, PASSWORD, Clinic, make_clinic
from tests.store.conftest import Keeper as Signing


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    return make_clinic(tmp_path_factory.mktemp("clinic") / "store")


def _keeper(clinic: Clinic) -> ListKeeper:
    signer = clinic.signer()

    class Workstation(Signing):
        def sign(self, kind: str, data: bytes) -> bytes:
            return signer.sign(kind, data)

    return ListKeeper(Workstation(SigningKey.generate(), bytes(16)))


def test_signing_in_and_adding_a_person(clinic: Clinic) -> None:
    keeper = _keeper(clinic)
    session = sign_in(clinic.layout, clinic.secrets, keeper, " ada  BYRON ", PASSWORD, SystemClock(), cost=FLOOR_COST)
    try:
        assert session.person.name == "Ada Byron"
        assert [what.split()[0] for what in keeper.attempts] == ["began", "unlocked"]
        person_id = session.people.add("Ben Roth", [Role.FRONT_DESK], OTHER_PASSWORD)
        assert [person.name for person in session.people.everyone()] == ["Ada Byron", "Ben Roth"]
        assert keeper.entries[-1].details["person"] == person_id
        assert session.has_chart_keys
    finally:
        session.close()
    again = sign_in(clinic.layout, clinic.secrets, _keeper(clinic), "Ben Roth", OTHER_PASSWORD, SystemClock())
    try:
        assert not again.has_chart_keys
        with pytest.raises(Refused):
            again.people.everyone()
        with pytest.raises(Refused):
            again.activity.read()
    finally:
        again.close()


@pytest.mark.parametrize(("name", "password"), [("Ada Byron", "wrong"), ("Nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(clinic: Clinic, name: str, password: str) -> None:
    keeper = _keeper(clinic)
    with pytest.raises(Refused) as caught:
        sign_in(clinic.layout, clinic.secrets, keeper, name, password, SystemClock())
    assert caught.value.code == "wrong_password"
    assert str(caught.value) == "The name or the password is not right. Type both again."
    assert [what.split()[0] for what in keeper.attempts] == (["began", "failed"] if name == "Ada Byron" else [])


def test_only_a_wrong_password_counts(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(*_: object) -> None:
        raise Damaged("keys_altered", "The file is damaged.")

    keeper = _keeper(clinic)
    monkeypatch.setattr(signing_in, "open_slot", damaged)
    with pytest.raises(Damaged):
        sign_in(clinic.layout, clinic.secrets, keeper, "Ada Byron", PASSWORD, SystemClock())
    assert [what.split()[0] for what in keeper.attempts] == ["began", "void"]


def test_a_damaged_catalog_and_a_cut_log_are_told(clinic: Clinic) -> None:
    keeper = _keeper(clinic)
    keeper.log_cut = True
    signed_in = ("Ada Byron", PASSWORD, SystemClock())
    session = sign_in(clinic.layout, clinic.secrets, keeper, *signed_in, cost=FLOOR_COST)
    session.close()
    assert [words[:24] for words in session.alarms.sentences] == ["The end of the activity "]
    assert Action.DAMAGE not in keeper.actions(), "the keeper has made that entry"
    sound = clinic.layout.catalog.read_bytes()
    clinic.layout.catalog.write_bytes(bytes(len(sound)))
    try:
        with pytest.raises(Damaged):
            sign_in(clinic.layout, clinic.secrets, keeper, *signed_in, cost=FLOOR_COST)
    finally:
        clinic.layout.catalog.write_bytes(sound)
    assert keeper.actions().count(Action.DAMAGE) == 1


def test_waiting_and_resting_slots_are_not_tried(clinic: Clinic) -> None:
    keeper = _keeper(clinic)
    for attempt, code in ((Wait(4_100), "sign_in_waits"), (Disabled(), "slot_disabled")):
        keeper.attempt = attempt
        with pytest.raises(Refused) as caught:
            sign_in(clinic.layout, clinic.secrets, keeper, "Ada Byron", PASSWORD, SystemClock())
        assert caught.value.code == code
    assert "5 s" in str(_waits(keeper, clinic))
    assert all(what.startswith("began") for what in keeper.attempts)


def _waits(keeper: ListKeeper, clinic: Clinic) -> Refused:
    keeper.attempt = Wait(4_100)
    with pytest.raises(Refused) as caught:
        sign_in(clinic.layout, clinic.secrets, keeper, "Ada Byron", PASSWORD, SystemClock())
    return caught.value


def test_an_entrance_founds_once(tmp_path: Path) -> None:
    entrance = Entrance(tmp_path / "store", SystemClock(), FLOOR_COST)
    assert not entrance.founded
    founded = entrance.found("Example Clinic", "Room 1", "Ada Byron", PASSWORD, password_only=True)
    assert entrance.founded
    assert founded.keyring_name == "none"
    assert [person.name for person in entrance.people()] == ["Ada Byron"]
    assert entrance.page().clinic_name == "Example Clinic"
    assert LocalSecrets(entrance.layout.secrets_local).name() == "none"
    with pytest.raises(Fixable):
        entrance.found("Example Clinic", "Room 1", "Ada Byron", PASSWORD, password_only=True)
