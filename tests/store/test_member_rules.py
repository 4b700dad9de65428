"""What the membership log lets be written: renewals, two signatures, the last administrator, new epochs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from photodesk.crypto import KemPrivateKey, SigningKey
from photodesk.errors import Damaged
from photodesk.ids import random_id, to_bytes
from photodesk.store.keyset import KeySet
from photodesk.store.member_entry import (
    KIND,
    AddPerson,
    Author,
    Body,
    Cosigner,
    ErasePatient,
    KeyMark,
    Policy,
    RemovePerson,
    SetRoles,
    SlotMark,
)
from photodesk.store.member_rules import needs_two
from photodesk.store.members import Members
from photodesk.store.members_log import MembersLog
from photodesk.store.roles import KeyKind, Role
from tests.store.clinic import OTHER_PASSWORD, Clinic, make_clinic
from tests.store.quick import quick_passwords

CHART = bytes(range(16))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick_passwords(monkeypatch)


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    """Ada and Bea are administrators, Cleo is at the front desk."""
    made = make_clinic(tmp_path / "store")
    founder = made.sign_in()
    made.add(founder, "Bea", Role.ADMINISTRATOR)
    made.add(founder, "Cleo", Role.FRONT_DESK)
    return made


def _author(clinic: Clinic, keyset: KeySet) -> Author:
    signer = clinic.signer()
    return Author(
        keyset.person_id,
        keyset.workstation_id,
        lambda data: keyset.signing.sign(KIND, keyset.clinic_id, data),
        lambda data: signer.sign(KIND, data),
    )


def _second(keyset: KeySet) -> Cosigner:
    return Cosigner(keyset.person_id, lambda data: keyset.signing.sign(KIND, keyset.clinic_id, data))


def _append(clinic: Clinic, by: KeySet, body: Body, second: Cosigner | None = None) -> Members:
    log = MembersLog.open(clinic.layout.members, by.clinic_id)
    log.append([body], _author(clinic, by), 1_700_000_000_000, second)
    return MembersLog.open(clinic.layout.members, by.clinic_id).members


def _newcomer(*roles: Role, person_id: bytes | None = None) -> AddPerson:
    signing, kem = SigningKey.generate(), KemPrivateKey.generate()
    return AddPerson(person_id or to_bytes(random_id()), sorted(roles), signing.public, kem.public, b"", [])


def _refused(clinic: Clinic, by: KeySet, body: Body, second: Cosigner | None = None) -> None:
    before = clinic.layout.members.read_bytes()
    with pytest.raises(Damaged) as damaged:
        _append(clinic, by, body, second)
    assert damaged.value.code == "members_altered"
    assert clinic.layout.members.read_bytes() == before


def test_two_administrators_sign_together(clinic: Clinic) -> None:
    ada, bea, cleo = clinic.sign_in(), clinic.sign_in("Bea", OTHER_PASSWORD), clinic.sign_in("Cleo", OTHER_PASSWORD)
    front = to_bytes(cleo.person_id)
    for body in (
        _newcomer(Role.ADMINISTRATOR),
        _newcomer(Role.ADMINISTRATOR, person_id=to_bytes(bea.person_id)),
        SetRoles(front, [Role.ADMINISTRATOR]),
        ErasePatient(CHART),
    ):
        _refused(clinic, ada, body)
        _refused(clinic, ada, body, _second(ada))
        _refused(clinic, ada, body, _second(cleo))
        wrong_key = SigningKey.generate()
        _refused(
            clinic, ada, body, Cosigner(bea.person_id, lambda data, key=wrong_key: key.sign(KIND, ada.clinic_id, data))
        )
    members = _append(clinic, ada, ErasePatient(CHART), _second(bea))
    assert members.erased == {CHART.hex()}
    members = _append(clinic, ada, SetRoles(front, [Role.ADMINISTRATOR, Role.CLINICIAN]), _second(bea))
    assert cleo.person_id in members.administrators()
    assert not needs_two(members, SetRoles(front, [Role.ADMINISTRATOR])), "who is one already needs no second signature"
    _append(clinic, ada, _newcomer(Role.CLINICIAN))


def test_one_administrator_signs_alone(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path / "store")
    ada = clinic.sign_in()
    assert _append(clinic, ada, ErasePatient(CHART)).erased == {CHART.hex()}
    assert len(_append(clinic, ada, _newcomer(Role.ADMINISTRATOR)).administrators()) == 2


def test_the_last_administrator_stays(clinic: Clinic) -> None:
    ada, bea = clinic.sign_in(), clinic.sign_in("Bea", OTHER_PASSWORD)
    me = to_bytes(ada.person_id)
    _append(clinic, ada, RemovePerson(to_bytes(bea.person_id)))
    _refused(clinic, ada, RemovePerson(me))
    _refused(clinic, ada, SetRoles(me, [Role.CLINICIAN]))
    _refused(clinic, ada, _newcomer(Role.CLINICIAN, person_id=me))
    _append(clinic, ada, SetRoles(me, [Role.ADMINISTRATOR]))


def test_a_renewal_brings_new_keys_and_ends_the_old_ones(clinic: Clinic) -> None:
    ada, cleo = clinic.sign_in(), clinic.sign_in("Cleo", OTHER_PASSWORD)
    old = MembersLog.open(clinic.layout.members, ada.clinic_id).members
    old_slot = next(slot for slot, (owner, _) in old.slots.items() if owner == cleo.person_id)
    same = old.people[cleo.person_id]
    again = AddPerson(to_bytes(cleo.person_id), [Role.FRONT_DESK], same.signing_public, same.kem_public, b"", [])
    _refused(clinic, ada, again)
    stolen = AddPerson(to_bytes(cleo.person_id), [Role.FRONT_DESK], ada.signing.public, same.kem_public, b"", [])
    _refused(clinic, ada, stolen)
    renewed = _newcomer(Role.FRONT_DESK, person_id=to_bytes(cleo.person_id))
    renewed = AddPerson(
        *[getattr(renewed, name) for name in renewed.__struct_fields__[:5]], [SlotMark(CHART, bytes(32))]
    )
    members = _append(clinic, ada, renewed)
    assert members.signing_keys(cleo.person_id) == (renewed.signing_public, same.signing_public)
    assert old_slot not in members.slots
    assert members.slots[CHART.hex()] == (cleo.person_id, bytes(32))
    assert not [one for one in members.grants if one[0] == cleo.person_id], "grants were sealed to the old key"
    assert not members.owed
    _refused(clinic, cleo, Policy("x", "y"))
    back = _append(clinic, ada, RemovePerson(to_bytes(cleo.person_id)))
    assert back.person(cleo.person_id) is None
    back = _append(clinic, ada, _newcomer(Role.CLINICIAN, person_id=to_bytes(cleo.person_id)))
    assert back.people[cleo.person_id].roles == {Role.CLINICIAN}


def test_who_leaves_a_key_owes_it_a_new_epoch(clinic: Clinic) -> None:
    ada, cleo = clinic.sign_in(), clinic.sign_in("Cleo", OTHER_PASSWORD)
    front = to_bytes(cleo.person_id)
    members = _append(clinic, ada, SetRoles(front, [Role.CLINICIAN, Role.PRIVACY_OFFICER]))
    assert not members.owed, "who gains takes nothing away"
    members = _append(clinic, ada, SetRoles(front, [Role.PRIVACY_OFFICER]))
    assert set(members.owed) == {KeyKind.CHART, KeyKind.INBOX}
    members = _append(clinic, ada, RemovePerson(front))
    assert set(members.owed) == {KeyKind.CHART, KeyKind.INBOX, KeyKind.DESK, KeyKind.LOG}
    members = _append(clinic, ada, KeyMark(KeyKind.DESK, 2, os.urandom(32)))
    assert set(members.owed) == {KeyKind.CHART, KeyKind.INBOX, KeyKind.LOG}
    assert members.epochs(KeyKind.DESK) == [1, 2]


def test_epochs_are_made_one_after_the_other_by_who_holds_them(clinic: Clinic) -> None:
    ada, bea = clinic.sign_in(), clinic.sign_in("Bea", OTHER_PASSWORD)
    _refused(clinic, ada, KeyMark(KeyKind.CHART, 1, os.urandom(32)))
    _refused(clinic, ada, KeyMark(KeyKind.CHART, 3, os.urandom(32)))
    for kind in (KeyKind.CHART, KeyKind.INBOX, KeyKind.LOG):
        _refused(clinic, bea, KeyMark(kind, 2, os.urandom(32)))
    _append(clinic, bea, KeyMark(KeyKind.DESK, 2, os.urandom(32)))
    _append(clinic, ada, KeyMark(KeyKind.INBOX, 2, os.urandom(1216)))
