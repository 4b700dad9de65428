"""The authenticator app: enrolled by a code, asked for at every sign-in, each code once, backup codes, policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.errors import Damaged, Refused
from photodesk.store.members_log import MembersLog
from photodesk.store.policies import set_policy
from photodesk.store.roles import Role
from photodesk.store.totp_record import policy_name
from tests.desk.entering import App, Door
from tests.store.clinic import OTHER_PASSWORD, PASSWORD, make_clinic
from tests.store.quick import quick_passwords


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    quick_passwords(monkeypatch)
    return Door(make_clinic(tmp_path / "store"))


def _refused(door: Door, code: str) -> str:
    with pytest.raises(Refused) as refused:
        door.enter(code).close()
    return refused.value.code


def _what(door: Door) -> list[str]:
    return [entry.details["what"] for entry in door.keeper.entries if "what" in entry.details]


def test_the_code_is_asked_for_and_opens(door: Door) -> None:
    app, _ = door.enrolled()
    door.keeper.attempts.clear()
    assert _refused(door, "") == "code_needed"
    assert [what.split()[0] for what in door.keeper.attempts] == ["began", "void"]
    session = door.enter(app.code())
    assert session.factors.mine().app
    assert session.factors.mine().backup_codes == 10
    session.close()
    assert "authenticator app enrolled" in _what(door)


def test_a_wrong_code_is_a_failed_attempt_and_nothing_is_unlocked(door: Door) -> None:
    app, _ = door.enrolled()
    door.keeper.attempts.clear()
    wrong = str((int(app.code()) + 1) % 1_000_000).zfill(6)
    assert _refused(door, wrong) == "wrong_code"
    assert [what.split()[0] for what in door.keeper.attempts] == ["began", "failed"]


def test_one_step_of_drift_is_taken_and_no_more(door: Door) -> None:
    app, _ = door.enrolled()
    door.clock.now_ms += 90_000
    for steps in (-2, 2):
        assert _refused(door, app.code(steps)) == "wrong_code"
    door.enter(app.code(-1)).close()
    door.clock.now_ms += 60_000
    door.enter(app.code(1)).close()


def test_a_code_is_taken_once_also_after_a_restart(door: Door) -> None:
    app, _ = door.enrolled()
    code = app.code()
    door.enter(code).close()
    again = Door(door.clinic)
    again.clock.now_ms = door.clock.now_ms
    assert _refused(again, code) == "code_used"
    assert _refused(again, app.code(-1)) == "code_used"
    door.clock.now_ms += 30_000
    again.clock.now_ms += 30_000
    again.enter(app.code()).close()


@pytest.mark.parametrize("how", ["missing", "altered"])
def test_without_the_list_of_taken_codes_only_later_codes_are_taken(door: Door, how: str) -> None:
    app, _ = door.enrolled()
    door.enter(app.code()).close()
    path = door.clinic.layout.totp_steps
    data = path.read_bytes()
    path.unlink() if how == "missing" else path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert _refused(door, app.code()) == "code_used"
    door.clock.now_ms += 60_000
    door.enter(app.code()).close()


def test_each_backup_code_opens_once_and_only_hashes_are_stored(door: Door) -> None:
    _, codes = door.enrolled()
    assert len(set(codes)) == 10
    everything = b"".join(path.read_bytes() for path in door.clinic.layout.root.rglob("*") if path.is_file())
    assert not any(code.encode() in everything for code in codes)
    session = door.enter(codes[3].lower().replace("-", " "))
    assert session.factors.mine().backup_codes == 9
    session.close()
    assert _refused(door, codes[3]) == "wrong_code"
    session = door.enter(codes[4])
    fresh = session.factors.renew_backup_codes()
    session.close()
    assert _refused(door, codes[5]) == "wrong_code"
    door.enter(fresh[0]).close()
    assert _what(door).count("backup code used") == 3


def test_the_secret_needs_the_persons_keys(door: Door) -> None:
    app, _ = door.enrolled()
    everything = b"".join(path.read_bytes() for path in door.clinic.layout.root.rglob("*") if path.is_file())
    assert app.secret not in everything
    assert app.secret.hex().encode() not in everything


def test_enrolling_needs_the_right_code(door: Door) -> None:
    session = door.enter()
    enrolment = session.factors.begin_totp()
    with pytest.raises(Refused) as refused:
        session.factors.confirm_totp(enrolment, "000000")
    assert refused.value.code == "wrong_code"
    assert not session.factors.mine().app
    session.close()
    door.enter().close()


def test_policy_demands_it_at_the_next_sign_in(door: Door) -> None:
    session = door.enter()
    session.policy.set("second-factor.administrator", "required")
    session.close()
    assert _refused(door, "") == "second_factor_required"
    begun = door.begin()
    assert begun.must_enrol
    enrolment = begun.begin_enrolment()
    app = App(enrolment, door.clock)
    with pytest.raises(Refused):
        begun.finish()
    assert len(begun.confirm_enrolment(enrolment, app.code())) == 10
    session = begun.finish()
    with pytest.raises(Refused) as refused:
        session.factors.remove_totp()
    assert refused.value.code == "second_factor_required"
    session.close()


def test_an_administrator_takes_away_a_lost_app_and_nobody_else_does(door: Door) -> None:
    session = door.enter()
    ben = session.people.add("Ben Roth", [Role.FRONT_DESK], OTHER_PASSWORD)
    session.close()
    other = Door(door.clinic, "Ben Roth", OTHER_PASSWORD)
    other.enrolled()
    assert _refused(other, "") == "code_needed"
    session = door.enter()
    assert {one.name: one.app for one in session.factors.everyone()} == {"Ada Byron": False, "Ben Roth": True}
    session.factors.remove_totp(ben)
    session.close()
    mine = other.enter()
    with pytest.raises(Refused) as refused:
        mine.factors.remove_totp(door.enter().person.person_id)
    assert refused.value.code == "no_right"
    mine.close()


def test_a_record_that_its_owner_spoilt_harms_nobody_else(door: Door) -> None:
    session = door.enter()
    session.people.add("Ben Roth", [Role.FRONT_DESK], OTHER_PASSWORD)
    session.close()
    ben = Door(door.clinic, "Ben Roth", OTHER_PASSWORD).enter()
    name = policy_name(ben.person.person_id)
    set_policy(ben.layout, ben.keyset, ben.log, ben.clock, name, "no record at all")
    with pytest.raises(Damaged):
        set_policy(ben.layout, ben.keyset, ben.log, ben.clock, policy_name(door.clinic.founded.person_id), "")
    ben.close()
    session = door.enter()
    assert {one.name: one.app for one in session.factors.everyone()} == {"Ada Byron": False, "Ben Roth": True}
    session.factors.remove_totp(ben.person.person_id)
    session.close()
    Door(door.clinic, "Ben Roth", OTHER_PASSWORD).enter().close()


def test_a_new_key_pair_ends_the_app(door: Door) -> None:
    session = door.enter()
    ben = session.people.add("Ben Roth", [Role.FRONT_DESK], OTHER_PASSWORD)
    session.close()
    other = Door(door.clinic, "Ben Roth", OTHER_PASSWORD)
    other.enrolled()
    session = door.enter()
    session.people.reset(ben, PASSWORD)
    session.close()
    fresh = Door(door.clinic, "Ben Roth", PASSWORD).enter()
    assert not fresh.factors.mine().app
    fresh.close()


def test_an_envelope_is_nobody(door: Door) -> None:
    session = door.enter()
    session.emergency.renew()
    assert [one.name for one in session.factors.everyone()] == ["Ada Byron"]
    session.close()


def test_a_record_put_back_or_changed_is_found(door: Door) -> None:
    door.enrolled()
    log = door.clinic.layout.members
    clinic_id = bytes.fromhex(door.clinic.founded.clinic_id)
    value = MembersLog.open(log, clinic_id).members.policies[policy_name(door.clinic.founded.person_id)]
    data = log.read_bytes()
    place = data.index(value[60:80].encode())
    log.write_bytes(data[:place] + b"0" * 20 + data[place + 20 :])
    with pytest.raises(Exception, match="membership log was changed"):
        door.enter()
