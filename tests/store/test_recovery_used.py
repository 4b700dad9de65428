"""Coming back with the recovery code: what the membership log lets it do, and what a forged entry does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from photodesk.crypto import KemPrivateKey, SigningKey
from photodesk.errors import Damaged
from photodesk.ids import random_id, to_bytes
from photodesk.store.member_entry import KIND, AddPerson, AddWorkstation, Author, Policy, RecoveryUsed
from photodesk.store.member_rules import RECOVERY_KIND, recovery_proof
from photodesk.store.members import Members
from photodesk.store.members_log import MembersLog
from photodesk.store.recovery import SIGNING_POLICY, new_code, signing_key
from photodesk.store.roles import Role
from tests.store.clinic import Clinic, make_clinic


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    made = make_clinic(tmp_path / "store")
    made.add(made.sign_in(), "Cleo", Role.FRONT_DESK)
    return made


class Comer:
    """Someone with new keys on a new workstation."""

    def __init__(self, clinic: Clinic, *roles: Role) -> None:
        self.clinic_id = bytes.fromhex(clinic.founded.clinic_id)
        self.signing, self.station, self.log_signing = (SigningKey.generate() for _ in range(3))
        self.person = AddPerson(
            to_bytes(clinic.founded.person_id),
            sorted(roles or (Role.ADMINISTRATOR,)),
            self.signing.public,
            KemPrivateKey.generate().public,
            b"",
            [],
        )
        self.workstation = AddWorkstation(to_bytes(random_id()), self.station.public, self.log_signing.public, b"")

    def author(self) -> Author:
        return Author(
            self.person.person_id.hex(),
            self.workstation.workstation_id.hex(),
            lambda data: self.signing.sign(KIND, self.clinic_id, data),
            lambda data: self.station.sign(KIND, self.clinic_id, data),
        )

    def append(self, clinic: Clinic, code: str, previous: bytes = b"") -> Members:
        log = MembersLog.open(clinic.layout.members, self.clinic_id)
        proven = recovery_proof(previous or log.members.head, self.person, self.workstation)
        proof = signing_key(code).sign(RECOVERY_KIND, self.clinic_id, proven)
        log.append([RecoveryUsed(self.person, self.workstation, proof)], self.author(), 1_700_000_000_000)
        return MembersLog.open(clinic.layout.members, self.clinic_id).members


def test_the_code_brings_a_person_and_a_workstation_and_every_other_slot_rests(clinic: Clinic) -> None:
    comer = Comer(clinic)
    before = MembersLog.open(clinic.layout.members, comer.clinic_id).members
    assert len(before.slots) == 2
    members = comer.append(clinic, clinic.founded.recovery_code)
    assert members.slots == {}
    assert members.person(clinic.founded.person_id).signing_public == comer.signing.public  # type: ignore[union-attr]
    assert set(members.workstations) == {clinic.founded.workstation_id, comer.workstation.workstation_id.hex()}
    assert len(members.people) == 2


def _refused(clinic: Clinic, comer: Comer, code: str, previous: bytes = b"") -> None:
    with pytest.raises(Damaged) as damaged:
        comer.append(clinic, code, previous)
    assert damaged.value.code == "members_altered"


def test_what_is_not_proven_is_refused(clinic: Clinic) -> None:
    code = clinic.founded.recovery_code
    _refused(clinic, Comer(clinic), new_code())
    _refused(clinic, Comer(clinic), code, previous=bytes(32))
    _refused(clinic, Comer(clinic, Role.CLINICIAN), code)
    taken = Comer(clinic)
    taken.workstation = replace_id(taken.workstation, clinic.founded.workstation_id)
    _refused(clinic, taken, code)
    kept = Comer(clinic)
    kept.person = AddPerson(
        kept.person.person_id,
        kept.person.roles,
        clinic.sign_in().signing.public,
        kept.person.kem_public,
        b"",
        [],
    )
    kept.signing = clinic.sign_in().signing
    _refused(clinic, kept, code)


def replace_id(body: AddWorkstation, workstation_id: str) -> AddWorkstation:
    return AddWorkstation(to_bytes(workstation_id), body.signing_public, body.log_signing_public, body.sealed_name)


def test_a_recovery_key_in_the_policy_is_a_key(clinic: Clinic) -> None:
    keyset, signer = clinic.sign_in(), clinic.signer()
    author = replace(
        Comer(clinic).author(),
        workstation_id=keyset.workstation_id,
        sign=lambda data: keyset.signing.sign(KIND, keyset.clinic_id, data),
        workstation_sign=lambda data: signer.sign(KIND, data),
    )
    log = MembersLog.open(clinic.layout.members, keyset.clinic_id)
    with pytest.raises(Damaged):
        log.append([Policy(SIGNING_POLICY, "none")], author, 1_700_000_000_000)
    log.append([Policy(SIGNING_POLICY, signing_key(new_code()).public.hex())], author, 1_700_000_000_000)
    _refused(clinic, Comer(clinic), clinic.founded.recovery_code)
