"""New epochs after somebody left: made by whoever holds the key, granted to everybody who stays, to nobody else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.errors import PhotoDeskError, Refused
from photodesk.store.catching_up import catch_up
from photodesk.store.epochs import raise_epochs
from photodesk.store.keys_file import database_epoch, open_for_recovery, read_grant, read_keys
from photodesk.store.keyset import KeySet
from photodesk.store.members_log import MembersLog
from photodesk.store.people import people, remove_person, renew_person, set_roles
from photodesk.store.recovery import identity
from photodesk.store.roles import KeyKind, Role
from photodesk.store.signin import check_store, people_for_signin
from photodesk.store.store_json import read_store
from photodesk.store.workstation import open_workstation_keys
from tests.store.clinic import OTHER_PASSWORD, Clinic, make_clinic
from tests.store.quick import quick_passwords

NEW_PASSWORD = "nine slow trains by the sea"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick_passwords(monkeypatch)


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    """Ada has every role but front desk, Bea is an administrator and no more; one person of each other role."""
    made = make_clinic(tmp_path / "store")
    ada = made.sign_in()
    made.add(ada, "Bea", Role.ADMINISTRATOR)
    made.add(ada, "Dora", Role.CLINICIAN)
    made.add(ada, "Fay", Role.FRONT_DESK)
    made.add(ada, "Otto", Role.PRIVACY_OFFICER)
    return made


def _id(clinic: Clinic, by: KeySet, name: str) -> str:
    return next(one.person_id for one in people(clinic.layout, by) if one.name == name)


def _states(clinic: Clinic, by: KeySet) -> dict[str, str]:
    return {one.name: one.state for one in people(clinic.layout, by)}


def _catch_up(clinic: Clinic, keyset: KeySet) -> tuple[KeyKind, ...]:
    return catch_up(clinic.layout, keyset, clinic.secrets, clinic.signer(), SystemClock())[1]


def test_who_leaves_holds_nothing_of_what_comes(clinic: Clinic) -> None:
    ada, dora = clinic.sign_in(), clinic.sign_in("Dora", OTHER_PASSWORD)
    membership = clinic.membership(ada)
    remove_person(membership, dora.person_id)
    assert raise_epochs(membership) == (KeyKind.DESK, KeyKind.CHART, KeyKind.INBOX)
    assert set(ada.desk_keys) == set(ada.chart_keys) == set(ada.inbox_keys) == {1, 2}
    assert ada.inbox_public == ada.inbox_keys[2].public
    keys = read_keys(clinic.layout, ada.clinic_id)
    assert {database_epoch(record) for record in keys.databases} == {("catalog", 2), ("erasure", 2), ("index", 2)}
    assert not [one for one in map(read_grant, keys.grants) if one.person_id == dora.person_id]
    assert (dora.desk_epoch, dora.chart_epoch, set(dora.inbox_keys)) == (1, 1, {1})
    with pytest.raises(StopIteration):
        clinic.sign_in("Dora", OTHER_PASSWORD)
    fay, otto = clinic.sign_in("Fay", OTHER_PASSWORD), clinic.sign_in("Otto", OTHER_PASSWORD)
    assert fay.desk_keys == ada.desk_keys
    assert not fay.chart_keys
    assert otto.desk_keys == ada.desk_keys
    again = clinic.sign_in()
    assert (again.desk_keys, again.chart_keys, again.inbox_public) == (ada.desk_keys, ada.chart_keys, ada.inbox_public)
    assert again.inbox_keys[2].raw == ada.inbox_keys[2].raw, "what this session learned is what the next opens"
    assert read_store(clinic.layout).inbox_key.epoch == 2
    assert not clinic.layout.store_json_next.exists()
    assert open_workstation_keys(clinic.layout, clinic.secrets).log_epoch == 1
    assert _states(clinic, ada) == dict.fromkeys(["Ada Byron", "Bea", "Fay", "Otto"], "active") | {"Dora": "disabled"}


def test_an_administrator_without_chart_keys_leaves_that_to_the_next_clinician(clinic: Clinic) -> None:
    bea, dora = clinic.sign_in("Bea", OTHER_PASSWORD), clinic.sign_in("Dora", OTHER_PASSWORD)
    membership = clinic.membership(bea)
    remove_person(membership, dora.person_id)
    assert raise_epochs(membership) == (KeyKind.DESK,)
    owed = MembersLog.open(clinic.layout.members, bea.clinic_id).members.owed
    assert set(owed) == {KeyKind.CHART, KeyKind.INBOX}
    fay = clinic.sign_in("Fay", OTHER_PASSWORD)
    assert _catch_up(clinic, fay) == ()
    ada = clinic.sign_in()
    assert _catch_up(clinic, ada) == (KeyKind.CHART, KeyKind.INBOX)
    assert ada.chart_epoch == ada.desk_epoch == 2
    assert read_store(clinic.layout).author == ada.person_id
    assert _catch_up(clinic, clinic.sign_in()) == ()


def test_a_clinician_who_is_no_administrator_makes_the_epoch_and_signs_the_store(clinic: Clinic) -> None:
    ada, dora = clinic.sign_in(), clinic.sign_in("Dora", OTHER_PASSWORD)
    clinic.add(ada, "Emil", Role.CLINICIAN)
    bea = clinic.sign_in("Bea", OTHER_PASSWORD)
    remove_person(clinic.membership(bea), _id(clinic, bea, "Emil"))
    dora = clinic.sign_in("Dora", OTHER_PASSWORD)
    assert _catch_up(clinic, dora) == (KeyKind.DESK, KeyKind.CHART, KeyKind.INBOX)
    assert read_store(clinic.layout).author == dora.person_id
    check_store(clinic.layout, clinic.secrets)
    assert clinic.sign_in().chart_keys == dora.chart_keys


def test_a_log_key_of_a_new_epoch_seals_what_is_written_from_then_on(clinic: Clinic) -> None:
    ada = clinic.sign_in()
    membership = clinic.membership(ada)
    remove_person(membership, _id(clinic, ada, "Otto"))
    assert raise_epochs(membership) == (KeyKind.DESK, KeyKind.LOG)
    keys = open_workstation_keys(clinic.layout, clinic.secrets)
    assert (keys.log_epoch, keys.log_public) == (2, ada.log_keys[2].public)


def test_losing_a_role_is_losing_its_keys(clinic: Clinic) -> None:
    ada, dora = clinic.sign_in(), clinic.sign_in("Dora", OTHER_PASSWORD)
    membership = clinic.membership(ada)
    set_roles(membership, dora.person_id, [Role.FRONT_DESK])
    assert raise_epochs(membership) == (KeyKind.CHART, KeyKind.INBOX)
    dora = clinic.sign_in("Dora", OTHER_PASSWORD)
    assert dora.roles == {Role.FRONT_DESK}
    assert not dora.chart_keys
    assert "index" not in dora.database_keys
    shown = next(one for one in people_for_signin(clinic.layout, clinic.secrets) if one.name == "Dora")
    assert shown.roles == {Role.FRONT_DESK}
    set_roles(clinic.membership(ada), dora.person_id, [Role.FRONT_DESK, Role.CLINICIAN])
    dora = clinic.sign_in("Dora", OTHER_PASSWORD)
    assert dora.chart_keys == ada.chart_keys


def test_a_gained_role_waits_for_a_holder(clinic: Clinic) -> None:
    bea, fay = clinic.sign_in("Bea", OTHER_PASSWORD), clinic.sign_in("Fay", OTHER_PASSWORD)
    set_roles(clinic.membership(bea), fay.person_id, [Role.CLINICIAN])
    listed = next(one for one in people(clinic.layout, bea) if one.name == "Fay")
    assert (listed.state, listed.waits_for) == ("waiting", {KeyKind.CHART})
    assert not clinic.sign_in("Fay", OTHER_PASSWORD).chart_keys
    _catch_up(clinic, clinic.sign_in("Dora", OTHER_PASSWORD))
    assert _states(clinic, bea)["Fay"] == "active"
    assert clinic.sign_in("Fay", OTHER_PASSWORD).chart_keys


def test_a_forgotten_password_is_a_new_key_pair(clinic: Clinic) -> None:
    ada, fay = clinic.sign_in(), clinic.sign_in("Fay", OTHER_PASSWORD)
    renew_person(clinic.membership(ada), fay.person_id, NEW_PASSWORD, FLOOR_COST)
    with pytest.raises(Refused) as refused:
        clinic.sign_in("Fay", OTHER_PASSWORD)
    assert refused.value.code == "wrong_password"
    again = clinic.sign_in("Fay", NEW_PASSWORD)
    assert again.person_id == fay.person_id
    assert again.desk_keys == fay.desk_keys
    assert again.signing.public != fay.signing.public
    members = MembersLog.open(clinic.layout.members, ada.clinic_id).members
    assert members.signing_keys(fay.person_id) == (again.signing.public, fay.signing.public)
    assert len(read_keys(clinic.layout, ada.clinic_id).bundles) == len(members.people)


def test_who_was_disabled_comes_back(clinic: Clinic) -> None:
    ada, dora = clinic.sign_in(), clinic.sign_in("Dora", OTHER_PASSWORD)
    membership = clinic.membership(ada)
    remove_person(membership, dora.person_id)
    raise_epochs(membership)
    assert [one.name for one in people_for_signin(clinic.layout, clinic.secrets)].count("Dora") == 0
    renew_person(clinic.membership(ada), dora.person_id, NEW_PASSWORD, FLOOR_COST)
    again = clinic.sign_in("Dora", NEW_PASSWORD)
    assert (again.roles, again.chart_keys) == (dora.roles, ada.chart_keys)
    assert _states(clinic, ada)["Dora"] == "active"


def test_what_may_not_be(clinic: Clinic) -> None:
    ada, bea, fay = clinic.sign_in(), clinic.sign_in("Bea", OTHER_PASSWORD), clinic.sign_in("Fay", OTHER_PASSWORD)
    before = [path.read_bytes() for path in (clinic.layout.members, clinic.layout.keys, clinic.layout.slots)]
    cases = [
        (ada, lambda m: remove_person(m, ada.person_id), "own_roles"),
        (ada, lambda m: set_roles(m, ada.person_id, [Role.CLINICIAN]), "own_roles"),
        (ada, lambda m: renew_person(m, ada.person_id, NEW_PASSWORD), "own_password"),
        (ada, lambda m: renew_person(m, bea.person_id, NEW_PASSWORD), "second_needed"),
        (ada, lambda m: set_roles(m, fay.person_id, [Role.ADMINISTRATOR]), "second_needed"),
        (ada, lambda m: set_roles(m, fay.person_id, []), "role_needed"),
        (ada, lambda m: remove_person(m, "0" * 32), "person_unknown"),
        (fay, lambda m: remove_person(m, bea.person_id), "no_right"),
    ]
    for by, attempt, code in cases:
        with pytest.raises(PhotoDeskError) as caught:
            attempt(clinic.membership(by))
        assert caught.value.code == code
    pretended = replace(fay, roles=frozenset(Role))
    with pytest.raises(PhotoDeskError) as caught:
        remove_person(clinic.membership(pretended), bea.person_id)
    assert caught.value.code == "members_altered"
    assert [path.read_bytes() for path in (clinic.layout.members, clinic.layout.keys, clinic.layout.slots)] == before
    remove_person(clinic.membership(ada), bea.person_id)
    with pytest.raises(Refused) as refused:
        remove_person(clinic.membership(ada), ada.person_id)
    assert refused.value.code == "last_administrator"


def test_the_recovery_kit_opens_every_epoch(clinic: Clinic) -> None:
    ada = clinic.sign_in()
    membership = clinic.membership(ada)
    for name in ("Dora", "Otto"):
        remove_person(membership, _id(clinic, ada, name))
        raise_epochs(membership)
    opener = identity(clinic.founded.recovery_code)
    keys = read_keys(clinic.layout, ada.clinic_id)
    opened = {one[:2]: one[2] for one in (open_for_recovery(record, ada.clinic_id, opener) for record in keys.recovery)}
    assert {epoch: opened[KeyKind.DESK, epoch] for epoch in (1, 2, 3)} == ada.desk_keys
    assert {epoch: opened[KeyKind.CHART, epoch] for epoch in (1, 2)} == ada.chart_keys
    assert opened[KeyKind.LOG, 2] == ada.log_keys[2].raw
    assert opened[KeyKind.INBOX, 2] == ada.inbox_keys[2].raw
