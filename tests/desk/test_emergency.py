"""The sealed envelope: opened once, marked everywhere, told to every administrator, made anew with new keys."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.envelope_opening import open_envelope
from photodesk.desk.roles import Right
from photodesk.desk.session import Session
from photodesk.errors import Damaged, PhotoDeskError
from photodesk.ids import to_bytes
from photodesk.log.entry import Action
from photodesk.patients import PatientDraft
from photodesk.store import emergency
from photodesk.store.emergency import new_code, tidy_code
from photodesk.store.member_entry import Policy, SlotMark, SlotSet
from photodesk.store.people import people
from photodesk.store.roles import KeyKind, Role
from photodesk.store.signin import check_store, people_for_signin
from photodesk.store.slots import SlotKind
from tests.desk.clinic_desk import list_keeper, signed_in
from tests.desk.conftest import ListKeeper
from tests.store.clinic import OTHER_PASSWORD, Clinic, make_clinic
from tests.store.quick import quick_passwords

WHY = "patient bleeding, nobody else reachable"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick_passwords(monkeypatch)


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    """Bea is an administrator without chart keys, Fay sits at the front desk."""
    made = make_clinic(tmp_path / "store")
    ada = made.sign_in()
    made.add(ada, "Bea", Role.ADMINISTRATOR)
    made.add(ada, "Fay", Role.FRONT_DESK)
    return made


@contextmanager
def opened(
    clinic: Clinic, code: str, who: str = "Fay", reason: str = WHY, keeper: ListKeeper | None = None
) -> Iterator[Session]:
    session = open_envelope(
        clinic.layout, clinic.secrets, keeper or list_keeper(clinic), who, code, reason, SystemClock(), cost=FLOOR_COST
    )
    try:
        yield session
    finally:
        session.close()


def _refused(clinic: Clinic, code: str, expected: str, who: str = "Fay", reason: str = WHY) -> ListKeeper:
    keeper = list_keeper(clinic)
    with pytest.raises(PhotoDeskError) as caught, opened(clinic, code, who, reason, keeper):
        pass
    assert caught.value.code == expected
    return keeper


def test_the_envelope_opens_once(clinic: Clinic) -> None:
    with signed_in(clinic) as session:
        assert session.emergency.envelope().state == "none"
        code = session.emergency.renew()
        assert session.emergency.envelope().state == "ready"
        assert "Emergency access" not in {one.name for one in session.people.everyone()}
        chart_keys = dict(session.keyset.chart_keys)
    assert "Emergency access" not in {one.name for one in people_for_signin(clinic.layout, clinic.secrets)}
    keeper = list_keeper(clinic)
    with opened(clinic, code.lower().replace("-", " "), keeper=keeper) as session:
        assert session.keyset.chart_keys == chart_keys
        assert session.person.emergency == f"Fay: {WHY}"
        assert session.may(Right.SEE_CHART)
        assert not session.may(Right.MANAGE_PEOPLE)
        session.patients.add(PatientDraft("4711", "Müller", "Anna", date(1980, 5, 12)))
        account = session.person.person_id
    first = keeper.entries[0]
    assert (first.action, first.details["what"], first.purpose) == (Action.PERSON, "emergency access", WHY)
    fay = next(one.person_id for one in people_for_signin(clinic.layout, clinic.secrets) if one.name == "Fay")
    assert first.details["person"] == fay
    assert len(keeper.entries) > 1
    for entry in keeper.entries:
        assert (entry.details["emergency"], entry.person_id) == ("yes", account)
    assert _refused(clinic, code, "no_envelope").attempts == []
    assert not [one for one in check_store(clinic.layout, clinic.secrets).slots.slots if one.kind is SlotKind.EMERGENCY]


def test_the_slot_is_dead_before_anything_is_seen(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    with signed_in(clinic) as session:
        code = session.emergency.renew()
    with monkeypatch.context() as broken:
        broken.setattr("photodesk.desk.envelope_opening.open_session", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError), opened(clinic, code):
            pass
    _refused(clinic, code, "no_envelope")


def test_an_old_slot_file_put_back_opens_nothing(clinic: Clinic, tmp_path: Path) -> None:
    with signed_in(clinic) as session:
        code = session.emergency.renew()
    shutil.copy(clinic.layout.slots, tmp_path / "kept")
    with opened(clinic, code):
        pass
    shutil.copy(tmp_path / "kept", clinic.layout.slots)
    _refused(clinic, code, "no_envelope")


def test_the_envelopes_account_cannot_make_itself_another_slot(clinic: Clinic) -> None:
    with signed_in(clinic) as session:
        code = session.emergency.renew()
    with opened(clinic, code) as session:
        keyset = session.keyset
        mine = to_bytes(keyset.person_id)
        for body in (SlotSet(SlotMark(bytes(16), b"1" * 32), mine, []), Policy("idle.clinician", "60")):
            with pytest.raises(Damaged):
                clinic.membership(keyset).commit([body])
    fay = clinic.sign_in("Fay", OTHER_PASSWORD)
    dead = SlotSet(SlotMark(bytes(16), bytes(32)), to_bytes(fay.person_id), [])
    with pytest.raises(Damaged):
        clinic.membership(fay).commit([dead])


def test_administrators_are_told_until_they_acknowledge(clinic: Clinic) -> None:
    with signed_in(clinic) as session:
        code = session.emergency.renew()
        assert session.emergency.unseen() == ()
    with opened(clinic, code):
        pass
    for _ in range(2):
        with signed_in(clinic) as session:
            [use] = session.emergency.unseen()
            assert (use.who, use.reason) == ("Fay", WHY)
            assert session.emergency.envelope().state == "used"
    with signed_in(clinic, "Fay", OTHER_PASSWORD) as session:
        assert session.emergency.unseen() == ()
    with signed_in(clinic) as session:
        session.emergency.acknowledge()
        assert session.emergency.unseen() == ()
        assert len(session.emergency.uses()) == 1
    with signed_in(clinic, "Bea", OTHER_PASSWORD) as session:
        assert len(session.emergency.unseen()) == 1, "each administrator acknowledges it"


def test_a_new_envelope_brings_new_keys(clinic: Clinic) -> None:
    with signed_in(clinic) as session:
        first = session.emergency.renew()
    with opened(clinic, first) as session:
        held = session.keyset
    with signed_in(clinic) as session:
        second = session.emergency.renew()
        assert (session.keyset.chart_epoch, session.keyset.desk_epoch) == (2, 2)
        assert 2 not in held.chart_keys
        assert session.emergency.envelope().state == "ready"
        assert [one.state for one in people(clinic.layout, session.keyset) if one.envelope] == ["disabled", "active"]
    _refused(clinic, first, "wrong_password")
    with opened(clinic, second) as session:
        assert session.keyset.chart_epoch == 2


def test_an_envelope_made_without_chart_keys_waits_for_a_clinician(clinic: Clinic) -> None:
    with signed_in(clinic, "Bea", OTHER_PASSWORD) as session:
        code = session.emergency.renew()
        found = session.emergency.envelope()
        assert (found.state, found.waits_for) == ("waiting", {KeyKind.CHART})
    keeper = _refused(clinic, code, "waiting_for_grant")
    assert [what.split()[0] for what in keeper.attempts] == ["began", "void"]
    with signed_in(clinic):
        pass
    with opened(clinic, code) as session:
        assert session.has_chart_keys


def test_wrong_codes_are_counted_and_mistyped_ones_are_not(clinic: Clinic) -> None:
    with signed_in(clinic) as session:
        code = session.emergency.renew()
    other = new_code(bytes)
    keeper = _refused(clinic, other, "wrong_password")
    assert [what.split()[0] for what in keeper.attempts] == ["began", "failed"]
    for mistyped in (code[:-1], code[:-1] + ("A" if code[-1] != "A" else "B"), "", code + "A"):
        assert _refused(clinic, mistyped, "envelope_code_wrong").attempts == []
    for who, reason in (("", WHY), ("Fay", "  "), ("Fay", "why")):
        assert _refused(clinic, code, "emergency_unexplained", who, reason).attempts == []


def test_only_administrators_make_and_acknowledge(clinic: Clinic) -> None:
    with signed_in(clinic, "Fay", OTHER_PASSWORD) as session:
        for attempt in (session.emergency.renew, session.emergency.acknowledge, session.emergency.envelope):
            with pytest.raises(PhotoDeskError) as caught:
                attempt()
            assert caught.value.code == "no_right"
        with pytest.raises(PhotoDeskError):
            emergency.make_envelope(clinic.membership(session.keyset), FLOOR_COST)


def test_codes_are_typed_as_people_type() -> None:
    code = new_code(lambda size: bytes(range(size)))
    assert len(code) == 29
    assert tidy_code(f" {code.lower().replace('-', '')} ") == code
    assert tidy_code(code.replace("0", "o").replace("1", "l")) == code
