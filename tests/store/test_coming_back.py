"""The recovery code on this workstation: a new password, the keyring's secrets, and a new kit."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.errors import Fixable, Refused
from photodesk.store.coming_back import come_back
from photodesk.store.keyring import LocalSecrets
from photodesk.store.recovery_kit import renew_kit
from photodesk.store.roles import Role
from photodesk.store.signin import people_for_signin
from photodesk.store.store_json import read_store
from tests.store.clinic import OTHER_PASSWORD, PASSWORD, Clinic, make_clinic

NEW = "eleven blue kettles sing"


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    made = make_clinic(tmp_path / "store")
    made.add(made.sign_in(), "Cleo", Role.CLINICIAN)
    return made


def back(clinic: Clinic, code: str, name: str = "Ada Byron", password: str = NEW) -> str:
    return come_back(clinic.layout, clinic.secrets, code, name, password, FLOOR_COST)


def test_a_new_password_and_everything_opens(clinic: Clinic) -> None:
    before = clinic.sign_in()
    assert back(clinic, clinic.founded.recovery_code) == clinic.founded.person_id
    after = clinic.sign_in(password=NEW)
    assert (after.desk_keys, after.chart_keys) == (before.desk_keys, before.chart_keys)
    assert after.database_keys == before.database_keys
    assert after.log_keys[1].raw == before.log_keys[1].raw
    with pytest.raises(Refused):
        clinic.sign_in(password=PASSWORD)
    assert {one.name: one.disabled for one in people_for_signin(clinic.layout, clinic.secrets)} == {
        "Ada Byron": False,
        "Cleo": True,
    }
    back(clinic, clinic.founded.recovery_code, password=OTHER_PASSWORD)
    assert clinic.sign_in(password=OTHER_PASSWORD).chart_keys == before.chart_keys


def test_somebody_who_is_no_administrator_becomes_one(clinic: Clinic) -> None:
    back(clinic, clinic.founded.recovery_code, "cleo")
    assert clinic.sign_in("Cleo", NEW).roles == {Role.CLINICIAN, Role.ADMINISTRATOR}


def test_a_lost_keyring(clinic: Clinic) -> None:
    clinic.keyring.held.clear()
    back(clinic, clinic.founded.recovery_code)
    assert clinic.sign_in(password=NEW).chart_keys


def test_from_a_keyring_that_is_gone_to_the_store_itself(clinic: Clinic) -> None:
    clinic.keyring.gone = True
    secrets = LocalSecrets(clinic.layout.secrets_local)
    come_back(clinic.layout, secrets, clinic.founded.recovery_code, "Ada Byron", NEW, FLOOR_COST)
    assert read_store(clinic.layout).keyring == "none"
    local = Clinic(clinic.layout, secrets, clinic.keyring, clinic.founded)
    assert local.sign_in(password=NEW).chart_keys


def test_a_stranger_is_told_who_there_is(clinic: Clinic) -> None:
    with pytest.raises(Fixable) as unknown:
        back(clinic, clinic.founded.recovery_code, "Bob")
    assert unknown.value.code == "person_unknown"
    assert "Cleo" in unknown.value.remedy


def test_a_new_kit_takes_the_place_of_the_old_one(clinic: Clinic) -> None:
    code = renew_kit(clinic.layout, clinic.sign_in(), clinic.secrets, clinic.signer(), SystemClock())
    with pytest.raises(Refused) as old:
        back(clinic, clinic.founded.recovery_code)
    assert old.value.code == "recovery_code_of_another"
    back(clinic, code)
    assert clinic.sign_in(password=NEW).chart_keys


def test_who_lacks_keys_needs_the_old_code(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path / "narrow", (Role.ADMINISTRATOR,))
    keyset = clinic.sign_in()
    with pytest.raises(Refused) as missing:
        renew_kit(clinic.layout, keyset, clinic.secrets, clinic.signer())
    assert missing.value.code == "keys_missing"
    code = renew_kit(clinic.layout, keyset, clinic.secrets, clinic.signer(), old_code=clinic.founded.recovery_code)
    assert back(clinic, code)
