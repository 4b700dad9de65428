"""The membership log under tampering: every flipped byte is found, a torn tail is told from an altered one."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from photodesk.errors import Damaged, Fixable, PhotoDeskError, Refused
from photodesk.ids import to_bytes
from photodesk.store.member_entry import KIND, AddPerson, Author, Body, GrantMade, Policy, RemovePerson, SetRoles
from photodesk.store.members_log import MembersLog, _frame
from photodesk.store.roles import KeyKind, Role
from photodesk.store.signin import check_store, people_for_signin
from tests.store.clinic import Clinic, make_clinic


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    made = make_clinic(tmp_path_factory.mktemp("members") / "store")
    founder = made.sign_in()
    made.add(founder, "Front One", Role.FRONT_DESK)
    return made


@pytest.fixture
def log_copy(clinic: Clinic, tmp_path: Path) -> tuple[Path, bytes, bytes]:
    """A copy of the file, its bytes, the clinic id."""
    data = clinic.layout.members.read_bytes()
    path = tmp_path / "members.log"
    path.write_bytes(data)
    return path, data, bytes.fromhex(clinic.founded.clinic_id)


def author(clinic: Clinic) -> Author:
    keyset, signer = clinic.sign_in(), clinic.signer()
    return Author(
        keyset.person_id,
        keyset.workstation_id,
        lambda data: keyset.signing.sign(KIND, keyset.clinic_id, data),
        lambda data: signer.sign(KIND, data),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_flipped_byte_is_found(log_copy: tuple[Path, bytes, bytes], data: st.DataObject) -> None:
    path, good, clinic_id = log_copy
    at = data.draw(st.integers(0, len(good) - 1))
    flip = data.draw(st.integers(1, 255))
    path.write_bytes(good[:at] + bytes([good[at] ^ flip]) + good[at + 1 :])
    with pytest.raises(PhotoDeskError) as error:
        MembersLog.open(path, clinic_id)
    assert error.value.code in {"members_altered", "newer_format"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_torn_tail_loses_only_what_was_never_acknowledged(
    log_copy: tuple[Path, bytes, bytes], data: st.DataObject
) -> None:
    path, good, clinic_id = log_copy
    path.write_bytes(good)
    before = MembersLog.open(path, clinic_id).members
    torn = _frame(good[-300:])
    tail = data.draw(
        st.one_of(st.integers(1, len(torn) - 1).map(lambda cut: torn[:cut]), st.integers(1, 64).map(bytes))
    )
    path.write_bytes(good + tail)
    after = MembersLog.open(path, clinic_id).members
    assert (after.sequence, after.head) == (before.sequence, before.head)


def test_append_cuts_the_torn_tail_off(clinic: Clinic, log_copy: tuple[Path, bytes, bytes]) -> None:
    path, good, clinic_id = log_copy
    path.write_bytes(good + b"\x10\x00")
    log = MembersLog.open(path, clinic_id)
    log.append([Policy("idle", "3")], author(clinic), 1_700_000_000_000)
    again = MembersLog.open(path, clinic_id).members
    assert again.policies["idle"] == "3"
    assert path.read_bytes().startswith(good)
    assert again.sequence == log.members.sequence


def test_append_compares_before_it_swaps(clinic: Clinic, log_copy: tuple[Path, bytes, bytes]) -> None:
    path, _, clinic_id = log_copy
    first, second = MembersLog.open(path, clinic_id), MembersLog.open(path, clinic_id)
    first.append([Policy("idle", "3")], author(clinic), 1)
    with pytest.raises(Fixable) as fixable:
        second.append([Policy("idle", "4")], author(clinic), 2)
    assert fixable.value.code == "members_changed"
    assert MembersLog.open(path, clinic_id).members.policies["idle"] == "3"


def test_entries_removed_from_the_end_are_noticed_by_the_workstation_that_saw_them(
    clinic: Clinic, tmp_path: Path
) -> None:
    copy = clinic.copied(tmp_path / "copy")
    data, clinic_id = copy.layout.members.read_bytes(), bytes.fromhex(copy.founded.clinic_id)
    length = int.from_bytes(data[22:26], "little")
    copy.layout.members.write_bytes(data[: 22 + 8 + length])
    assert MembersLog.open(copy.layout.members, clinic_id).members.sequence == 1
    with pytest.raises(Damaged) as damaged:
        check_store(copy.layout, copy.secrets)
    assert damaged.value.code == "members_altered"


def test_who_may_write_what(clinic: Clinic, tmp_path: Path) -> None:
    clinic = clinic.copied(tmp_path / "copy")
    founder = author(clinic)
    front = next(one for one in people_for_signin(clinic.layout, clinic.secrets) if one.name == "Front One")
    keyset = clinic.sign_in("Front One", "seven grey boats at noon")
    by_front = Author(
        keyset.person_id,
        keyset.workstation_id,
        lambda data: keyset.signing.sign(KIND, keyset.clinic_id, data),
        founder.workstation_sign,
    )
    person = to_bytes(front.person_id)
    newcomer = AddPerson(bytes(16), [Role.CLINICIAN], bytes(32), bytes(1216), b"", [])
    refused: list[tuple[Author, Body]] = [
        (by_front, SetRoles(person, [Role.ADMINISTRATOR])),
        (by_front, newcomer),
        (by_front, Policy("idle", "600")),
        (by_front, GrantMade(person, KeyKind.CHART, 1, bytes(32))),
        (founder, GrantMade(person, KeyKind.CHART, 1, bytes(32))),
        (founder, AddPerson(person, [], bytes(32), bytes(1216), b"", [])),
        (founder, RemovePerson(bytes(16))),
    ]
    before = clinic.layout.members.read_bytes()
    for writer, body in refused:
        with pytest.raises(Damaged) as damaged:
            MembersLog.open(clinic.layout.members, keyset.clinic_id).append([body], writer, 1)
        assert damaged.value.code == "members_altered"
    assert clinic.layout.members.read_bytes() == before


def test_a_removed_person_is_gone_from_the_sign_in_page(clinic: Clinic, tmp_path: Path) -> None:
    clinic = clinic.copied(tmp_path / "copy")
    front = next(one for one in people_for_signin(clinic.layout, clinic.secrets) if one.name == "Front One")
    log = MembersLog.open(clinic.layout.members, bytes.fromhex(clinic.founded.clinic_id))
    log.append([RemovePerson(to_bytes(front.person_id))], author(clinic), 1)
    assert [one.name for one in people_for_signin(clinic.layout, clinic.secrets)] == ["Ada Byron"]


def test_an_unknown_kind_of_entry_is_a_newer_format(clinic: Clinic, log_copy: tuple[Path, bytes, bytes]) -> None:
    path, good, clinic_id = log_copy
    fields = [1, 1, 1, bytes(32), 99, 0, bytes(16), bytes(16), [], bytes(64), bytes(64), None]
    path.write_bytes(good + _frame(msgspec.msgpack.encode(fields)))
    with pytest.raises(Refused) as refused:
        MembersLog.open(path, clinic_id)
    assert refused.value.code == "newer_format"
    assert path.read_bytes().startswith(good)


def test_what_was_checked_is_not_believed_where_a_byte_differs(
    clinic: Clinic, log_copy: tuple[Path, bytes, bytes]
) -> None:
    path, good, clinic_id = log_copy
    first = MembersLog.open(path, clinic_id)
    again = MembersLog.open(path, clinic_id)
    assert (again.members.head, again.members.people) == (first.members.head, first.members.people)
    first.append([Policy("idle", "3")], author(clinic), 1)
    assert "idle" not in again.members.policies, "each reader has a state of its own"
    path.write_bytes(good)
    assert MembersLog.open(path, clinic_id).members.head == again.members.head, "a shorter log is read as it is"
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    with pytest.raises(Damaged):
        MembersLog.open(path, clinic_id)
