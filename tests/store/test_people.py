from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from photodesk.clock import SystemClock
from photodesk.errors import Fixable, PhotoDeskError, Refused
from photodesk.store.grants import grant_from_recovery
from photodesk.store.members_log import MembersLog
from photodesk.store.people import people
from photodesk.store.recovery import new_code
from photodesk.store.roles import FOUNDER_ROLES, KeyKind, Role
from photodesk.store.signin import people_for_signin
from tests.store.clinic import OTHER_PASSWORD, Clinic, make_clinic


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return make_clinic(tmp_path / "store")


def test_added_people_get_the_keys_of_their_roles_and_no_others(clinic: Clinic) -> None:
    founder = clinic.sign_in()
    front = clinic.add(founder, "Front One", Role.FRONT_DESK)
    clinic.add(founder, "Doctor Two", Role.CLINICIAN)
    clinic.add(founder, "Officer Three", Role.PRIVACY_OFFICER)
    listed = [(one.name, one.state) for one in people(clinic.layout, founder)]
    assert listed == [(name, "active") for name in ("Ada Byron", "Front One", "Doctor Two", "Officer Three")]
    at_front = clinic.sign_in("Front One", OTHER_PASSWORD)
    assert at_front.person_id == front
    assert not at_front.chart_keys
    assert not at_front.log_keys
    assert "index" not in at_front.database_keys
    assert at_front.desk_keys == founder.desk_keys
    assert at_front.inbox_public == founder.inbox_public
    doctor = clinic.sign_in("Doctor Two", OTHER_PASSWORD)
    assert doctor.chart_keys == founder.chart_keys
    assert not doctor.log_keys
    officer = clinic.sign_in("Officer Three", OTHER_PASSWORD)
    assert not officer.chart_keys
    assert officer.log_keys[1].raw == founder.log_keys[1].raw
    assert clinic.catch_up(founder) == 0


def test_a_key_the_adder_lacks_waits_for_its_next_holder(clinic: Clinic) -> None:
    founder = clinic.sign_in()
    clinic.add(founder, "Second Administrator", Role.ADMINISTRATOR)
    second = clinic.sign_in("Second Administrator", OTHER_PASSWORD)
    clinic.add(second, "Doctor Two", Role.CLINICIAN)
    assert {one.name: one.state for one in people(clinic.layout, second)}["Doctor Two"] == "waiting"
    waiting = clinic.sign_in("Doctor Two", OTHER_PASSWORD)
    assert not waiting.chart_keys
    assert clinic.catch_up(waiting) == 0
    assert clinic.catch_up(clinic.sign_in()) == 1
    assert clinic.sign_in("Doctor Two", OTHER_PASSWORD).chart_keys == founder.chart_keys
    assert all(one.state == "active" for one in people(clinic.layout, founder))


def test_the_recovery_kit_grants_where_no_holder_is_left(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path / "store", (Role.ADMINISTRATOR,))
    founder = clinic.sign_in()
    clinic.add(founder, "Doctor Two", Role.CLINICIAN)
    with pytest.raises(PhotoDeskError):
        grant_from_recovery(clinic.layout, founder, new_code(), clinic.signer(), SystemClock())
    code = clinic.founded.recovery_code
    assert grant_from_recovery(clinic.layout, founder, code, clinic.signer(), SystemClock()) == 1
    assert clinic.sign_in("Doctor Two", OTHER_PASSWORD).chart_keys


def test_only_an_administrator_adds_people(clinic: Clinic) -> None:
    founder = clinic.sign_in()
    clinic.add(founder, "Front One", Role.FRONT_DESK)
    front = clinic.sign_in("Front One", OTHER_PASSWORD)
    before = clinic.layout.members.read_bytes()
    with pytest.raises(Refused) as refused:
        clinic.add(front, "Friend", Role.ADMINISTRATOR)
    assert refused.value.code == "no_right"
    pretended = replace(front, roles=FOUNDER_ROLES)
    with pytest.raises(PhotoDeskError) as altered:
        clinic.add(pretended, "Friend", Role.ADMINISTRATOR)
    assert altered.value.code == "members_altered"
    assert clinic.layout.members.read_bytes() == before
    assert [one.name for one in people_for_signin(clinic.layout, clinic.secrets)] == ["Ada Byron", "Front One"]


@pytest.mark.parametrize(
    ("name", "roles", "code"),
    [("", [Role.CLINICIAN], "name_missing"), ("Eve", [], "role_needed"), ("ada byron", [Role.CLINICIAN], "name_taken")],
)
def test_bad_input_is_said(clinic: Clinic, name: str, roles: list[Role], code: str) -> None:
    with pytest.raises(Fixable) as fixable:
        clinic.add(clinic.sign_in(), name, *roles)
    assert fixable.value.code == code


def test_grants_are_in_the_membership_log(clinic: Clinic) -> None:
    founder = clinic.sign_in()
    doctor = clinic.add(founder, "Doctor Two", Role.CLINICIAN)
    members = MembersLog.open(clinic.layout.members, founder.clinic_id).members
    assert {(kind, epoch) for person, kind, epoch in members.grants if person == doctor} == {
        (KeyKind.DESK, 1),
        (KeyKind.CHART, 1),
    }
